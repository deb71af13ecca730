//! Go's maps from strings.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::{Elem, Text, Value};

/// What several dicts can be references to.
pub(crate) type Entries = Rc<RefCell<BTreeMap<Text, Value>>>;

/// A map from strings, in the order of its keys: Go prints and ranges in that order. A reference, as Go's maps are.
#[derive(Clone)]
pub(crate) struct Dict {
    elem: Elem,
    entries: Entries,
    nil: bool,
}

impl Dict {
    /// Returns a dict of those entries; a function makes one by `Call::dict`, which charges for it.
    pub(crate) fn uncharged(elem: Elem, entries: BTreeMap<Text, Value>) -> Self {
        Self {
            elem,
            entries: Rc::new(RefCell::new(entries)),
            nil: false,
        }
    }

    /// Returns Go's nil map: empty, and nothing can be put in.
    pub(crate) fn nil(elem: Elem) -> Self {
        Self {
            nil: true,
            ..Self::uncharged(elem, BTreeMap::new())
        }
    }

    pub(crate) fn elem(&self) -> Elem {
        self.elem
    }

    pub(crate) fn is_nil(&self) -> bool {
        self.nil
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.borrow().len()
    }

    pub(crate) fn get(&self, key: &[u8]) -> Option<Value> {
        self.entries.borrow().get(key).cloned()
    }

    /// Returns the entries as they are now, in the order of the keys.
    pub(crate) fn entries(&self) -> Vec<(Text, Value)> {
        self.entries
            .borrow()
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// Takes an entry out, seen by everyone who holds this dict.
    pub(crate) fn remove(&self, key: &[u8]) -> Option<Value> {
        self.entries.borrow_mut().remove(key)
    }

    /// Puts an entry in without charging for it: a function does so by `Call::insert`.
    pub(crate) fn insert_uncharged(&self, key: Text, value: Value) -> Option<Value> {
        self.entries.borrow_mut().insert(key, value)
    }

    /// Returns whether both are references to one map.
    pub(crate) fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.entries, &other.entries)
    }

    pub(crate) fn shared(&self) -> &Entries {
        &self.entries
    }
}
