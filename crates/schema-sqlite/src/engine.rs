//! The rules of SQLite behind the trait that every engine has.

use schema::change::Change;
use schema::desired::Desired;
use schema::engine::{DeclaredTable, Engine, GrantRequest, LowerError, StepContext};
use schema::ir::{Table, Unsupported};
use schema::plan::{Hazard, StepDraft};
use schema::{EngineKind, ServerFacts};

/// The rules of SQLite.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sqlite;

/// The rules of SQLite, for those that need a reference to them.
pub static ENGINE: Sqlite = Sqlite;

impl Engine for Sqlite {
    fn kind(&self) -> EngineKind {
        EngineKind::Sqlite
    }

    fn lower(&self, tables: &[DeclaredTable<'_>], facts: &ServerFacts) -> Result<Desired, Vec<LowerError>> {
        crate::lower::lower(tables, facts)
    }

    fn hazards(&self, change: &Change, context: &StepContext<'_>) -> Vec<Hazard> {
        crate::render::conversion::hazards(change, context)
    }

    fn merge(&self, before: &Table, after: &Table, changes: Vec<Change>, facts: &ServerFacts) -> Vec<Change> {
        crate::merge::merge(before, after, changes, facts)
    }

    /// A foreign key of SQLite may name a table that is not there yet; rows are checked when the plan commits.
    fn foreign_keys_need_target(&self) -> bool {
        false
    }

    fn steps(&self, change: &Change, context: &StepContext<'_>) -> Result<Vec<StepDraft>, Unsupported> {
        crate::render::step(change, context).map(|step| vec![step])
    }

    fn grants(&self, _: &GrantRequest<'_>) -> Result<Vec<String>, String> {
        crate::grants::grants()
    }
}
