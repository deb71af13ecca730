//! Compares the tables as they are with the tables as a plan expects them.

use std::collections::BTreeMap;

use schema::diff::diff;
use schema::fingerprint::Fingerprint;
use schema::ir::{Schema, TableName};
use schema::plan::Step;
use schema::simulate;

/// How many differing objects an error names.
const NAMED_DIFFERENCES: usize = 8;

/// Applies the effects of steps. The planner has applied the same ones in the same order, so that none of them can
/// fail here; if one did, the next check would show it.
pub(super) fn follow(schema: &mut Schema, steps: &[Step]) {
    for effect in steps.iter().flat_map(|step| &step.draft.effects) {
        let _ = simulate::apply(schema, effect);
    }
}

pub(super) fn fingerprints<'a>(
    schema: &Schema,
    names: impl Iterator<Item = &'a TableName>,
) -> BTreeMap<TableName, Option<Fingerprint>> {
    names
        .map(|name| (name.clone(), schema.table(name).map(Fingerprint::of_table)))
        .collect()
}

pub(super) fn part<'a>(schema: &Schema, names: impl Iterator<Item = &'a TableName>) -> Schema {
    names.filter_map(|name| schema.table(name)).cloned().collect()
}

/// Returns the objects in which two schemas differ, for people; the tables where the difference is in a part that
/// plans don't change (a check, a trigger).
pub(super) fn differences<'a>(
    expected: &Schema,
    live: &Schema,
    names: impl Iterator<Item = &'a TableName> + Clone,
) -> Vec<String> {
    let mut objects: Vec<String> = diff(expected, live)
        .iter()
        .map(|change| change.object().to_string())
        .collect();
    objects.dedup();
    if objects.is_empty() {
        objects = names
            .filter(|name| {
                live.table(name).map(Fingerprint::of_table) != expected.table(name).map(Fingerprint::of_table)
            })
            .map(|name| format!("a check, trigger or option of table {name}"))
            .collect();
    }
    let more = objects.len().saturating_sub(NAMED_DIFFERENCES);
    objects.truncate(NAMED_DIFFERENCES);
    if more > 0 {
        objects.push(format!("and {more} more"));
    }
    objects
}
