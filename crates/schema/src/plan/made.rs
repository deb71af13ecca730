//! What an interrupted plan has made already.

use std::collections::BTreeSet;

use super::{PlanInput, StepDraft, cycles_split};
use crate::change::Change;
use crate::diff;
use crate::engine::StepContext;
use crate::ir::{Table, TableName};
use crate::simulate;

/// Returns the live tables that an interrupted run made: those whose creation has a step that `ran` knows.
///
/// What the creation of a table looks like depends on which of the tables that it refers to are as new. So the tables
/// are looked for again until no more are found; a run makes a table after those that it refers to.
pub fn made(input: PlanInput<'_>, ran: impl Fn(&StepDraft) -> bool) -> BTreeSet<TableName> {
    let mut known = diff::declared_part(input.desired, input.live);
    let target = diff::target(input.desired, input.live);
    let whole: Vec<Table> = input
        .desired
        .tables
        .values()
        .filter(|table| !table.deleted && known.table(&table.table.name).is_some())
        .map(|table| simulate::normalised(table.table.clone()))
        .collect();
    let mut candidates: Vec<Change> = whole
        .into_iter()
        .map(|table| Change::CreateTable(Box::new(table)))
        .collect();
    // Foreign keys that run in a circle of new tables are made after them; which were new is what is to be found.
    let split = cycles_split(input.engine, candidates.clone());
    candidates.extend(
        split
            .into_iter()
            .filter(|change| matches!(change, Change::CreateTable(_))),
    );
    let mut made = BTreeSet::new();
    loop {
        let before = made.len();
        for change in &candidates {
            let Some(table) = known.tables.remove(change.table()) else {
                continue;
            };
            let context = StepContext {
                facts: input.facts,
                before: &known,
                target: &target,
                live: &known,
            };
            let steps = input.engine.steps(change, &context).unwrap_or_default();
            if steps
                .iter()
                .any(|step| creates(step, change.table()) && ran(step))
            {
                made.insert(table.name);
            } else {
                known.insert(table);
            }
        }
        if made.len() == before {
            return made;
        }
    }
}

fn creates(step: &StepDraft, name: &TableName) -> bool {
    step.effects
        .iter()
        .any(|effect| matches!(effect, Change::CreateTable(table) if table.name == *name))
}
