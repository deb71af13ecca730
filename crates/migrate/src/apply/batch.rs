//! Which steps share a transaction.

use std::ops::Range;

use schema::plan::{Step, TransactionClass};

/// Returns the positions of the steps that run together, in order: neighbours of the class
/// [`TransactionClass::WithOthers`] share a transaction, each other step is for itself.
pub(crate) fn batches(steps: &[Step]) -> Vec<Range<usize>> {
    let mut batches: Vec<Range<usize>> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        match batches.last_mut() {
            Some(last) if shares(step) && shares(&steps[last.start]) => last.end = at + 1,
            _ => batches.push(at..at + 1),
        }
    }
    batches
}

fn shares(step: &Step) -> bool {
    step.draft.transaction == TransactionClass::WithOthers
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use schema::ir::{ObjectName, TableName};
    use schema::plan::{LockClass, StepDraft};

    use super::*;

    fn step(transaction: TransactionClass) -> Step {
        Step {
            object: ObjectName::Table(TableName::unqualified("t")),
            draft: StepDraft {
                summary: String::new(),
                sql: Vec::new(),
                hazards: Vec::new(),
                transaction,
                lock: LockClass::None,
                lock_timeout_ms: 0,
                statement_timeout_ms: 0,
                effects: Vec::new(),
                undo: None,
            },
            bytes: None,
            before: BTreeMap::new(),
            after: BTreeMap::new(),
        }
    }

    #[test]
    fn only_neighbours_that_take_company_are_together() {
        use TransactionClass::{Alone, None, WithOthers};
        let steps = [
            WithOthers, WithOthers, Alone, Alone, WithOthers, None, WithOthers, WithOthers,
        ]
        .map(step);
        assert_eq!(batches(&steps), [0..2, 2..3, 3..4, 4..5, 5..6, 6..8]);
        assert!(batches(&[]).is_empty());
    }
}
