//! Which changes of a table are made in one step.

use schema::change::Change;

/// Returns the changes with the new default of a column whose type changes made in the same step: the old default may
/// mean nothing for the new type, and the new one nothing for the old. All others can be made in place as they are.
pub(crate) fn merge(changes: Vec<Change>) -> Vec<Change> {
    let mut merged: Vec<Change> = Vec::with_capacity(changes.len());
    for change in changes {
        if let Change::ChangeDefault(table, default) = &change {
            let same = merged.iter_mut().find_map(|earlier| match earlier {
                Change::ChangeType(of, type_) if of == table && type_.after.name == default.after.name => {
                    Some(type_)
                }
                _ => None,
            });
            if let Some(type_) = same {
                type_.after.default.clone_from(&default.after.default);
                continue;
            }
        }
        merged.push(change);
    }
    merged
}
