//! Objects that are edited together, and which of them can be.

use std::collections::BTreeMap;

use manifests::edit::Edit;

/// Objects whose edits stand or fall together, with their edits.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Unit {
    /// The objects.
    pub(super) objects: Vec<usize>,
    edits: Vec<Edit>,
}

/// What came of the edits.
pub(super) struct Settled<E> {
    /// The text with all edits that can be made together; `None` if none can.
    pub(super) text: Option<String>,
    /// The objects whose edits can't be made, and why.
    pub(super) failed: Vec<(usize, E)>,
}

/// Joins the edits of objects that share a scalar, directly or through others that are edited.
pub(super) fn join(
    mut edits: BTreeMap<usize, Vec<Edit>>,
    shared: impl IntoIterator<Item = (usize, usize)>,
) -> Vec<Unit> {
    let mut neighbours: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (one, other) in shared {
        neighbours.entry(one).or_default().push(other);
        neighbours.entry(other).or_default().push(one);
    }
    let mut units = Vec::new();
    while let Some((first, of_first)) = edits.pop_first() {
        let mut unit = Unit {
            objects: vec![first],
            edits: of_first,
        };
        let mut ahead = vec![first];
        while let Some(object) = ahead.pop() {
            for next in neighbours.get(&object).into_iter().flatten() {
                if let Some(of_next) = edits.remove(next) {
                    unit.objects.push(*next);
                    unit.edits.extend(of_next);
                    ahead.push(*next);
                }
            }
        }
        unit.objects.sort_unstable();
        units.push(unit);
    }
    units
}

/// Makes all edits, or, where that fails, finds those units that are to blame and leaves them out. Each try is a whole
/// edit with its proof, so it goes by halves: for k units that fail among n, about 2·k·log n tries.
pub(super) fn settle<E: Clone>(units: &[Unit], edit: impl FnMut(&[Edit]) -> Result<String, E>) -> Settled<E> {
    let mut settling = Settling {
        edit,
        accepted: Vec::new(),
        settled: Settled {
            text: None,
            failed: Vec::new(),
        },
    };
    settling.settle(units);
    settling.settled
}

struct Settling<E, F> {
    edit: F,
    accepted: Vec<Edit>,
    settled: Settled<E>,
}

impl<E: Clone, F: FnMut(&[Edit]) -> Result<String, E>> Settling<E, F> {
    fn settle(&mut self, units: &[Unit]) {
        if units.is_empty() {
            return;
        }
        let before = self.accepted.len();
        self.accepted
            .extend(units.iter().flat_map(|unit| &unit.edits).cloned());
        let error = match (self.edit)(&self.accepted) {
            Ok(text) => {
                self.settled.text = Some(text);
                return;
            }
            Err(error) => error,
        };
        self.accepted.truncate(before);
        if let [unit] = units {
            let failed = unit.objects.iter().map(|object| (*object, error.clone()));
            self.settled.failed.extend(failed);
            return;
        }
        let (one, other) = units.split_at(units.len() / 2);
        self.settle(one);
        self.settle(other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edits(objects: impl IntoIterator<Item = usize>) -> BTreeMap<usize, Vec<Edit>> {
        let edit = |object| Edit::RemoveItem {
            object,
            key: "a".to_owned(),
        };
        objects
            .into_iter()
            .map(|object| (object, vec![edit(object)]))
            .collect()
    }

    fn objects_of(edits: &[Edit]) -> Vec<usize> {
        let objects = edits.iter().map(|edit| match edit {
            Edit::RemoveItem { object, .. } => *object,
            other => panic!("{other:?}"),
        });
        objects.collect()
    }

    /// Settles n units of which some fail; returns what was accepted, what failed, and the number of tries.
    fn settled(n: usize, bad: &[usize]) -> (Option<String>, Vec<usize>, usize) {
        let units = join(edits(0..n), []);
        let mut tries = 0;
        let settled = settle(&units, |edits| {
            tries += 1;
            let objects = objects_of(edits);
            match objects.iter().find(|object| bad.contains(object)) {
                Some(object) => Err(*object),
                None => Ok(format!("{objects:?}")),
            }
        });
        for (object, error) in &settled.failed {
            assert_eq!(object, error);
        }
        let failed = settled.failed.into_iter().map(|(object, _)| object);
        (settled.text, failed.collect(), tries)
    }

    #[test]
    fn objects_that_share_something_are_joined_however_far_it_goes_and_others_are_not() {
        let joined = |shared: &[(usize, usize)]| {
            let units = join(edits([0, 1, 2, 3, 5]), shared.iter().copied());
            for unit in &units {
                let mut objects = objects_of(&unit.edits);
                objects.sort_unstable();
                assert_eq!(objects, unit.objects);
            }
            units.into_iter().map(|unit| unit.objects).collect::<Vec<_>>()
        };
        assert_eq!(joined(&[]), [[0], [1], [2], [3], [5]]);
        assert_eq!(joined(&[(5, 1), (1, 0), (2, 3)]), [vec![0, 1, 5], vec![2, 3]]);
        // One that isn't edited joins nobody.
        assert_eq!(joined(&[(0, 4), (4, 1)]).len(), 5);
    }

    #[test]
    fn what_cannot_be_edited_is_found_by_halves() {
        assert_eq!(settled(0, &[]), (None, vec![], 0));
        assert_eq!(settled(256, &[]).2, 1);
        assert_eq!(settled(1, &[0]), (None, vec![0], 1));
        let (text, failed, tries) = settled(256, &[77]);
        let all_others: Vec<usize> = (0..256).filter(|object| *object != 77).collect();
        assert_eq!((text, failed), (Some(format!("{all_others:?}")), vec![77]));
        assert!(tries <= 1 + 2 * 8, "{tries}");
        let (_, failed, tries) = settled(256, &[0, 128, 255]);
        assert_eq!(failed, [0, 128, 255]);
        assert!(tries <= 1 + 3 * 2 * 8, "{tries}");
        assert_eq!(settled(3, &[0, 1, 2]).0, None);
    }
}
