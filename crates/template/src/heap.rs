//! Owns every list and dict of a run.

use crate::value::{Dict, List};

/// Owns every list and dict of a run until its end.
///
/// A dict can be put into itself, and lists can be nested as deep as a template has steps. With all of them held here
/// and emptied one by one at the end, nothing is leaked (there are secrets in them) and no drop goes deep.
#[derive(Default)]
pub(crate) struct Heap {
    lists: Vec<List>,
    dicts: Vec<Dict>,
}

impl Heap {
    pub(crate) fn keep_list(&mut self, list: &List) {
        self.lists.push(list.clone());
    }

    pub(crate) fn keep_dict(&mut self, dict: &Dict) {
        self.dicts.push(dict.clone());
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        for dict in &self.dicts {
            dict.shared().take();
        }
        for list in &self.lists {
            list.items().take();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::rc::Rc;

    use super::*;
    use crate::value::{Elem, Text, Value};

    #[test]
    fn a_dict_that_holds_itself_is_freed_at_the_end() {
        let dict = Dict::uncharged(Elem::Any, BTreeMap::new());
        dict.insert_uncharged(Text::uncharged(b"self".to_vec()), Value::Dict(dict.clone()));
        let watched = Rc::downgrade(dict.shared());
        let mut heap = Heap::default();
        heap.keep_dict(&dict);
        drop(dict);
        assert!(watched.upgrade().is_some());
        drop(heap);
        assert!(watched.upgrade().is_none());
    }
}
