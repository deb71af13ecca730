//! What a mapping gets.

use std::collections::BTreeMap;

/// New entries of a mapping, by key.
pub(super) type Added<'a> = BTreeMap<&'a str, New<'a>>;

/// The value of a new entry.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum New<'a> {
    /// A ciphertext.
    Item(&'a str),
    /// Any text.
    Text(&'a str),
    /// A mapping of its own.
    Mapping(Added<'a>),
}

/// Adds an entry below names: mappings of their own, one in the other.
pub(super) fn insert<'a>(added: &mut Added<'a>, names: &[&'a str], key: &'a str, value: New<'a>) {
    let Some((name, rest)) = names.split_first() else {
        added.insert(key, value);
        return;
    };
    let below = added.entry(*name).or_insert_with(|| New::Mapping(Added::new()));
    // Names are those of the API, and no leaf stands at any.
    if let New::Mapping(below) = below {
        insert(below, rest, key, value);
    }
}
