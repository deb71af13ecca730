//! The rules of MySQL and MariaDB as the trait wants them; each dispatches to its module.

use schema::change::Change;
use schema::desired::Desired;
use schema::engine::{DeclaredTable, Engine, GrantRequest, LowerError, StepContext};
use schema::ir::{Table, Unsupported};
use schema::plan::{Hazard, StepDraft};
use schema::{EngineKind, ServerFacts};

use crate::{grants, lower, merge, render};

/// The rules of MySQL and MariaDB. It holds nothing; [`crate::ENGINE`] is one of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mysql;

impl Engine for Mysql {
    fn kind(&self) -> EngineKind {
        EngineKind::Mysql
    }

    fn lower(&self, tables: &[DeclaredTable<'_>], facts: &ServerFacts) -> Result<Desired, Vec<LowerError>> {
        lower::lower(tables, facts)
    }

    fn hazards(&self, change: &Change, context: &StepContext<'_>) -> Vec<Hazard> {
        render::hazards(change, context)
    }

    fn merge(&self, before: &Table, after: &Table, changes: Vec<Change>, _: &ServerFacts) -> Vec<Change> {
        merge::merge(before, after, changes)
    }

    fn foreign_keys_need_target(&self) -> bool {
        true
    }

    fn index_names_are_the_tables_own(&self) -> bool {
        true
    }

    fn steps(&self, change: &Change, context: &StepContext<'_>) -> Result<Vec<StepDraft>, Unsupported> {
        render::steps(change, context)
    }

    fn grants(&self, request: &GrantRequest<'_>) -> Result<Vec<String>, String> {
        grants::grants(request)
    }
}
