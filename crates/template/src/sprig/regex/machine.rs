//! Runs an automaton over a text, and charges for each thing that it does.
//!
//! The engines of `regex-automata` can't be interrupted: with the largest automaton and 1 MiB, one search takes a
//! minute, and how far a search looked for a match is not told, so that all matches of a text can't be charged by what
//! they took. This is the simulation that Go's `regexp` runs too: the same priorities, the same matches.

use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::primitives::StateID;

use super::threads::{NOWHERE, Threads};
use crate::call::Call;
use crate::failure::Failure;

/// Visits of states that take about a microsecond.
const VISITS_A_STEP: u64 = 256;

/// What is to be done on the way through states that take no byte.
enum Task {
    Visit(StateID),
    /// Put back what a position was before the states that were visited since.
    Restore(usize, u32),
}

/// An automaton with room for its threads.
pub(super) struct Machine {
    nfa: NFA,
    current: Threads,
    next: Threads,
    tasks: Vec<Task>,
    /// The positions of the thread that is visited.
    passed: Vec<u32>,
    /// The positions of the match.
    found: Vec<u32>,
    visits: u64,
}

impl Machine {
    /// Returns a machine that finds where groups begin and end, those with numbers below `groups`; that of the whole
    /// match is 0.
    ///
    /// # Errors
    ///
    /// The threads need more memory than there is left.
    pub(super) fn new(call: &mut Call<'_>, nfa: NFA, groups: usize) -> Result<Self, Failure> {
        let (states, width) = (nfa.states().len(), 2 * groups);
        let bytes = Threads::bytes(states, width).saturating_mul(2);
        call.afford(bytes)?;
        call.steps(bytes as u64 >> 13)?;
        Ok(Self {
            nfa,
            current: Threads::new(states, width),
            next: Threads::new(states, width),
            tasks: Vec::new(),
            passed: vec![NOWHERE; width],
            found: vec![NOWHERE; width],
            visits: 0,
        })
    }

    /// Returns where a group began and ended in the match that was found last, if it took part in it.
    pub(super) fn span(&self, group: usize) -> Option<(usize, usize)> {
        let position = |slot: usize| self.found.get(slot).filter(|&&position| position != NOWHERE);
        let slot = group.checked_mul(2)?;
        let (start, end) = position(slot).zip(position(slot + 1))?;
        Some((*start as usize, *end as usize))
    }

    /// Looks for the first match from a position on; returns whether there is one. `text` is UTF-8.
    ///
    /// # Errors
    ///
    /// A limit is reached.
    pub(super) fn search(&mut self, call: &mut Call<'_>, text: &[u8], from: usize) -> Result<bool, Failure> {
        self.current.clear();
        let mut matched = false;
        for at in from..=text.len() {
            self.charge(call)?;
            if !matched && starts_character(text, at) {
                self.passed.fill(NOWHERE);
                self.visits += self.passed.len() as u64 / 8;
                // After those that began before: the leftmost match wins.
                std::mem::swap(&mut self.current, &mut self.next);
                self.follow(self.nfa.start_anchored(), text, at);
                std::mem::swap(&mut self.current, &mut self.next);
            }
            if matched && self.current.is_empty() {
                break;
            }
            self.next.clear();
            matched |= self.step(call, text, at)?;
            std::mem::swap(&mut self.current, &mut self.next);
        }
        self.charge(call)?;
        Ok(matched)
    }

    /// Lets each thread take the byte at a position; returns whether one has matched before it.
    fn step(&mut self, call: &mut Call<'_>, text: &[u8], at: usize) -> Result<bool, Failure> {
        let mut index = 0;
        while let Some(state) = self.current.at(index) {
            index += 1;
            self.visits += 1;
            let next = match self.nfa.state(state) {
                State::ByteRange { trans } => trans.matches(text, at).then_some(trans.next),
                State::Sparse(transitions) => {
                    self.visits += transitions.transitions.len() as u64 / 8;
                    transitions.matches(text, at)
                }
                State::Dense(transitions) => transitions.matches(text, at),
                State::Match { .. } => {
                    self.found.copy_from_slice(self.current.slots(state));
                    // What comes after has a lower priority.
                    return Ok(true);
                }
                _ => None,
            };
            if let Some(next) = next {
                self.passed.copy_from_slice(self.current.slots(state));
                self.visits += self.passed.len() as u64 / 8;
                self.follow(next, text, at + 1);
                self.charge(call)?;
            }
        }
        Ok(false)
    }

    /// Adds a state to the next threads, and whatever is reached from it without a byte.
    fn follow(&mut self, state: StateID, text: &[u8], at: usize) {
        self.tasks.push(Task::Visit(state));
        while let Some(task) = self.tasks.pop() {
            match task {
                Task::Restore(slot, position) => self.pass(slot, position),
                Task::Visit(state) => self.visit(state, text, at),
            }
        }
    }

    fn visit(&mut self, mut state: StateID, text: &[u8], at: usize) {
        loop {
            self.visits += 1;
            if !self.next.insert(state) {
                return;
            }
            state = match self.nfa.state(state) {
                State::Look { look, next } if self.nfa.look_matcher().matches(*look, text, at) => *next,
                State::BinaryUnion { alt1, alt2 } => {
                    self.tasks.push(Task::Visit(*alt2));
                    *alt1
                }
                State::Union { alternates } => {
                    let Some((first, others)) = alternates.split_first() else {
                        return;
                    };
                    self.visits += others.len() as u64;
                    self.tasks
                        .extend(others.iter().rev().map(|&other| Task::Visit(other)));
                    *first
                }
                State::Capture { next, slot, .. } => {
                    let (next, slot) = (*next, slot.as_usize());
                    if let Some(&position) = self.passed.get(slot) {
                        self.tasks.push(Task::Restore(slot, position));
                        // Texts are shorter than the memory that is allowed, which is far less than 4 GiB.
                        self.pass(slot, u32::try_from(at).unwrap_or(NOWHERE));
                    }
                    next
                }
                State::Look { .. } | State::Fail => return,
                State::ByteRange { .. } | State::Sparse(_) | State::Dense(_) | State::Match { .. } => {
                    self.visits += self.passed.len() as u64 / 8;
                    self.next.set_slots(state, &self.passed);
                    return;
                }
            };
        }
    }

    fn pass(&mut self, slot: usize, position: u32) {
        if let Some(slot) = self.passed.get_mut(slot) {
            *slot = position;
        }
    }

    fn charge(&mut self, call: &mut Call<'_>) -> Result<(), Failure> {
        if self.visits >= VISITS_A_STEP {
            let steps = self.visits / VISITS_A_STEP;
            self.visits %= VISITS_A_STEP;
            call.steps(steps)?;
        }
        Ok(())
    }
}

/// Whether a character of a text that is UTF-8 starts at a position, or the text ends there.
fn starts_character(text: &[u8], at: usize) -> bool {
    text.get(at).is_none_or(|byte| byte & 0xc0 != 0x80)
}
