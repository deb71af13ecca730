//! Draws up the steps of changes, in order, and follows their effects in memory.

use std::collections::{BTreeMap, BTreeSet};

use super::hold::Hold;
use super::order::{Graph, Rules};
use super::{HeldStep, PlanError, PlanInput, Step, StepDraft, change_hazards};
use crate::change::Change;
use crate::desired::is_temporary;
use crate::engine::StepContext;
use crate::fingerprint::Fingerprint;
use crate::ir::{ObjectName, Schema, TableName, Unsupported};
use crate::simulate;

/// The steps so far, and the schema as it is after them.
pub(super) struct Drawing<'a> {
    input: PlanInput<'a>,
    live: &'a Schema,
    now: Schema,
    /// What the engine can't do.
    pub(super) unsupported: Vec<Unsupported>,
}

/// A step with the change that it is a part of.
struct Drawn {
    step: Step,
    change: Change,
}

impl<'a> Drawing<'a> {
    /// Begins at what is live; `used` are the tables of it that others may be using.
    pub(super) fn new(input: PlanInput<'a>, live: &Schema, used: &'a Schema) -> Self {
        Self {
            input,
            live: used,
            now: live.clone(),
            unsupported: Vec::new(),
        }
    }

    /// Returns the steps that make these changes, which all may run.
    pub(super) fn steps(&mut self, changes: Vec<Change>) -> Result<Vec<Step>, PlanError> {
        Ok(self.draw(changes)?.into_iter().map(|drawn| drawn.step).collect())
    }

    /// Returns the steps that would make the held changes after those that run.
    pub(super) fn held(&mut self, changes: Vec<Change>, holds: &[Hold]) -> Result<Vec<HeldStep>, PlanError> {
        let mut by_object: BTreeMap<ObjectName, Hold> = BTreeMap::new();
        for (change, hold) in changes.iter().zip(holds) {
            merge_hold(by_object.entry(change.object()).or_default(), hold);
        }
        let drawn = self.draw(changes)?;
        Ok(drawn
            .into_iter()
            .map(|drawn| {
                let mut hold = Hold::default();
                for object in objects(&drawn.change) {
                    if let Some(part) = by_object.get(&object) {
                        merge_hold(&mut hold, part);
                    }
                }
                let own = objects(&drawn.change);
                let waits_for = hold
                    .waits_for
                    .into_iter()
                    .filter(|object| !own.contains(object))
                    .collect();
                HeldStep {
                    step: drawn.step,
                    allow: hold.allow.into_iter().collect(),
                    waits_for,
                }
            })
            .collect())
    }

    fn draw(&mut self, changes: Vec<Change>) -> Result<Vec<Drawn>, PlanError> {
        let target = self.applied(&changes)?;
        let changes = self.merged(changes, &target);
        let (graph, order) = self.ordered(&changes)?;
        let mut left_out: BTreeSet<usize> = BTreeSet::new();
        let mut drawn = Vec::new();
        for at in order {
            let change = &changes[at];
            let missing = graph.before[at]
                .iter()
                .find(|edge| edge.hard && left_out.contains(&edge.first));
            if let Some(edge) = missing {
                let reason = format!(
                    "it needs the change of {}, which is not supported",
                    changes[edge.first].object()
                );
                self.unsupported.push(Unsupported {
                    object: change.object(),
                    reason,
                });
                left_out.insert(at);
                continue;
            }
            let context = StepContext {
                facts: self.input.facts,
                before: &self.now,
                target: &target,
                live: self.live,
            };
            let hazards = change_hazards(self.input.engine, change, &context);
            match self.input.engine.steps(change, &context) {
                Ok(drafts) => drawn.extend(self.follow(change, drafts, &hazards)?),
                Err(unsupported) => {
                    self.unsupported.push(unsupported);
                    left_out.insert(at);
                }
            }
        }
        Ok(drawn)
    }

    /// Returns the graph of the changes and an order in which each finds what it needs.
    fn ordered(&self, changes: &[Change]) -> Result<(Graph, Vec<usize>), PlanError> {
        let graph = Graph::new(changes, Rules::of(self.input.engine));
        let order = graph.sort(changes).map_err(|circle| {
            PlanError::Circle(
                circle
                    .into_iter()
                    .map(|at| changes[at].object().to_string())
                    .collect(),
            )
        })?;
        Ok((graph, order))
    }

    /// Returns the schema with all these changes made.
    fn applied(&self, changes: &[Change]) -> Result<Schema, PlanError> {
        let mut schema = self.now.clone();
        for at in self.ordered(changes)?.1 {
            simulate::apply(&mut schema, &changes[at])?;
        }
        Ok(schema)
    }

    /// Lets the engine merge the changes of each table that exists before and after.
    fn merged(&self, changes: Vec<Change>, target: &Schema) -> Vec<Change> {
        let mut by_table: BTreeMap<TableName, Vec<Change>> = BTreeMap::new();
        let mut merged = Vec::new();
        for change in changes {
            let table = change.table();
            if self.now.table(table).is_some() && target.table(table).is_some() {
                by_table.entry(table.clone()).or_default().push(change);
            } else {
                merged.push(change);
            }
        }
        for (name, changes) in by_table {
            if let (Some(before), Some(after)) = (self.now.table(&name), target.table(&name)) {
                merged.extend(self.input.engine.merge(before, after, changes, self.input.facts));
            }
        }
        merged
    }

    /// Applies the effects of the drafts one after the other, and checks that together they are the change.
    fn follow(
        &mut self,
        change: &Change,
        drafts: Vec<StepDraft>,
        hazards: &[super::Hazard],
    ) -> Result<Vec<Drawn>, PlanError> {
        let mut touched: BTreeSet<TableName> = BTreeSet::from([change.table().clone()]);
        touched.extend(
            drafts
                .iter()
                .flat_map(|draft| draft.effects.iter().map(|effect| effect.table().clone())),
        );
        let mut expected: Schema = touched
            .iter()
            .filter_map(|name| self.now.table(name))
            .cloned()
            .collect();
        simulate::apply(&mut expected, change)?;
        let bytes = self.live.table(change.table()).and_then(|table| table.bytes);
        let mut drawn = Vec::with_capacity(drafts.len());
        for (at, mut draft) in drafts.into_iter().enumerate() {
            let tables: BTreeSet<TableName> = if draft.effects.is_empty() {
                BTreeSet::from([change.table().clone()])
            } else {
                draft
                    .effects
                    .iter()
                    .map(|effect| effect.table().clone())
                    .collect()
            };
            if at == 0 {
                let own = std::mem::take(&mut draft.hazards);
                draft.hazards = hazards.to_vec();
                draft.hazards.extend(own);
                draft.hazards.dedup();
            }
            let before = fingerprints(&self.now, &tables);
            for effect in &draft.effects {
                simulate::apply(&mut self.now, effect)?;
            }
            let after = fingerprints(&self.now, &tables);
            let step = Step {
                object: change.object(),
                draft,
                bytes,
                before,
                after,
            };
            drawn.push(Drawn {
                step,
                change: change.clone(),
            });
        }
        // A check that a killed run left may go with the change that it was for.
        let [now, expected] = [&self.now, &expected].map(|schema| lasting(schema, &touched));
        if fingerprints(&now, &touched) != fingerprints(&expected, &touched) {
            return Err(PlanError::Effect {
                object: change.object().to_string(),
            });
        }
        Ok(drawn)
    }
}

/// Returns these tables without the checks that exist only while a plan runs.
fn lasting(schema: &Schema, names: &BTreeSet<TableName>) -> Schema {
    let tables = names.iter().filter_map(|name| schema.table(name)).cloned();
    tables
        .map(|mut table| {
            table.checks.retain(|check| !is_temporary(check));
            table
        })
        .collect()
}

fn fingerprints(schema: &Schema, names: &BTreeSet<TableName>) -> BTreeMap<TableName, Option<Fingerprint>> {
    names
        .iter()
        .map(|name| (name.clone(), schema.table(name).map(Fingerprint::of_table)))
        .collect()
}

/// Returns the objects that a change is about: its own, and those of what was merged into it.
fn objects(change: &Change) -> BTreeSet<ObjectName> {
    match change {
        Change::Rebuild(rebuild) => rebuild.changes.iter().map(Change::object).collect(),
        other => BTreeSet::from([other.object()]),
    }
}

fn merge_hold(into: &mut Hold, from: &Hold) {
    into.allow.extend(from.allow.iter().copied());
    into.waits_for.extend(from.waits_for.iter().cloned());
}
