//! The threads of a run, one a state of the automaton.

use regex_automata::util::primitives::StateID;

/// Stands for a position that no thread has passed.
pub(super) const NOWHERE: u32 = u32::MAX;

/// States in the order of their priority, each with the positions that it passed.
pub(super) struct Threads {
    order: Vec<StateID>,
    /// Where in the order a state is, if it is there.
    places: Vec<u32>,
    slots: Vec<u32>,
    width: usize,
}

impl Threads {
    /// Returns room for that many states of `width` positions each.
    pub(super) fn new(states: usize, width: usize) -> Self {
        Self {
            order: Vec::with_capacity(states),
            places: vec![0; states],
            slots: vec![NOWHERE; states * width],
            width,
        }
    }

    /// Returns the bytes of [`Threads::new`].
    pub(super) fn bytes(states: usize, width: usize) -> usize {
        states.saturating_mul(width.saturating_add(2).saturating_mul(size_of::<u32>()))
    }

    pub(super) fn clear(&mut self) {
        self.order.clear();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    pub(super) fn at(&self, index: usize) -> Option<StateID> {
        self.order.get(index).copied()
    }

    /// Adds a state with the lowest priority; returns whether it was not there.
    pub(super) fn insert(&mut self, state: StateID) -> bool {
        let Some(place) = self.places.get_mut(state.as_usize()) else {
            return false;
        };
        if self.order.get(*place as usize) == Some(&state) {
            return false;
        }
        // There are fewer states than the automaton's limit has bytes.
        *place = u32::try_from(self.order.len()).unwrap_or(NOWHERE);
        self.order.push(state);
        true
    }

    pub(super) fn slots(&self, state: StateID) -> &[u32] {
        let start = state.as_usize() * self.width;
        self.slots.get(start..start + self.width).unwrap_or_default()
    }

    pub(super) fn set_slots(&mut self, state: StateID, from: &[u32]) {
        let start = state.as_usize() * self.width;
        if let Some(slots) = self.slots.get_mut(start..start + self.width) {
            slots.copy_from_slice(from);
        }
    }
}
