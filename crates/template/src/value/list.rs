//! Go's slices.

use std::cell::RefCell;
use std::rc::Rc;

use super::{Elem, Value};

/// What several lists can be views of.
pub(crate) type Items = Rc<RefCell<Vec<Value>>>;

/// A slice: a view of items that other lists may share.
#[derive(Clone)]
pub(crate) struct List {
    elem: Elem,
    items: Items,
    start: usize,
    len: usize,
    nil: bool,
}

impl List {
    /// Returns a list of those items; a function makes one by `Call::list`, which charges for it.
    pub(crate) fn uncharged(elem: Elem, items: Vec<Value>) -> Self {
        let len = items.len();
        Self {
            elem,
            items: Rc::new(RefCell::new(items)),
            start: 0,
            len,
            nil: false,
        }
    }

    /// Returns Go's nil slice: empty, prints as `[]`, is `null` in JSON.
    pub(crate) fn nil(elem: Elem) -> Self {
        Self {
            nil: true,
            ..Self::uncharged(elem, Vec::new())
        }
    }

    pub(crate) fn elem(&self) -> Elem {
        self.elem
    }

    pub(crate) fn is_nil(&self) -> bool {
        self.nil
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Returns how far a view may reach beyond the end: Go's `cap`.
    pub(crate) fn capacity(&self) -> usize {
        self.items.borrow().len().saturating_sub(self.start)
    }

    pub(crate) fn get(&self, index: usize) -> Option<Value> {
        if index >= self.len {
            return None;
        }
        self.items.borrow().get(self.start + index).cloned()
    }

    /// Returns the items one by one; what is changed meanwhile is seen, as in Go.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Value> + '_ {
        (0..self.len).map_while(|index| self.get(index))
    }

    /// Returns the view `[start:end]`, which shares the items; none when it does not fit the capacity.
    pub(crate) fn view(&self, start: usize, end: usize) -> Option<Self> {
        (start <= end && end <= self.capacity()).then(|| Self {
            elem: self.elem,
            items: Rc::clone(&self.items),
            start: self.start + start,
            len: end - start,
            nil: self.nil,
        })
    }

    /// Lets `change` reorder the items in place, seen by every list that shares them.
    pub(crate) fn change(&self, change: impl FnOnce(&mut [Value])) {
        let mut items = self.items.borrow_mut();
        if let Some(items) = items.get_mut(self.start..self.start + self.len) {
            change(items);
        }
    }

    pub(crate) fn items(&self) -> &Items {
        &self.items
    }
}
