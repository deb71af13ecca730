//! Matches two lists by a key.

use std::collections::BTreeMap;

/// One key's values on both sides.
pub(super) enum Pair<T> {
    /// Only on the current side.
    Removed(T),
    /// Only on the target side.
    Added(T),
    /// On both sides.
    Both(T, T),
}

/// Returns the pairs: removed and common ones in the order of the current side, then the added ones in theirs.
/// Values with an equal key are paired in turn.
pub(super) fn pairs<T: Copy, K: Ord>(
    current: impl IntoIterator<Item = T>,
    target: impl IntoIterator<Item = T>,
    key: impl Fn(&T) -> K,
) -> Vec<Pair<T>> {
    let target: Vec<T> = target.into_iter().collect();
    let mut by_key: BTreeMap<K, Vec<usize>> = BTreeMap::new();
    for (at, value) in target.iter().enumerate().rev() {
        by_key.entry(key(value)).or_default().push(at);
    }
    let mut taken = vec![false; target.len()];
    let mut pairs = Vec::new();
    for before in current {
        match by_key.get_mut(&key(&before)).and_then(Vec::pop) {
            Some(at) => {
                taken[at] = true;
                pairs.push(Pair::Both(before, target[at]));
            }
            None => pairs.push(Pair::Removed(before)),
        }
    }
    let added = target.into_iter().zip(taken).filter(|(_, taken)| !taken);
    pairs.extend(added.map(|(after, _)| Pair::Added(after)));
    pairs
}
