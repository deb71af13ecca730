//! The rules of the engine in memory.

use schema::change::Change;
use schema::desired::{Desired, DesiredTable};
use schema::engine::{DeclaredTable, Engine, GrantRequest, LowerError, StepContext};
use schema::ir::{Column, Table, TableName, Unsupported};
use schema::plan::{Hazard, LockClass, StepDraft, TransactionClass};
use schema::{EngineKind, ServerFacts};

/// Tables are made with others in one transaction, columns are added outside any, and dropped in one of their own.
#[derive(Debug)]
pub(crate) struct Fake;

pub(crate) static FAKE: Fake = Fake;

/// The statement of a change. A session finds the change by it.
pub(crate) fn statement(change: &Change) -> (String, TransactionClass) {
    let object = change.object();
    match change {
        Change::CreateTable(_) => (format!("create {object}"), TransactionClass::WithOthers),
        Change::AddColumn(..) => (format!("add {object}"), TransactionClass::None),
        _ => (format!("drop {object}"), TransactionClass::Alone),
    }
}

impl Engine for Fake {
    fn kind(&self) -> EngineKind {
        EngineKind::Sqlite
    }

    fn lower(&self, tables: &[DeclaredTable<'_>], _: &ServerFacts) -> Result<Desired, Vec<LowerError>> {
        let mut desired = Desired::default();
        for declared in tables {
            let Some(columns) = declared
                .spec
                .schema
                .as_ref()
                .and_then(|schema| schema.sqlite.as_ref())
                .map(|table| &table.columns)
            else {
                return Err(vec![LowerError {
                    place: declared.place.to_owned(),
                    field: "spec.schema".into(),
                    problem: "there is no table".into(),
                }]);
            };
            let mut table = Table::new(TableName::unqualified(&declared.spec.name));
            table.columns = columns
                .iter()
                .map(|column| Column {
                    name: column.name.clone(),
                    type_: column.type_.clone(),
                    ..Column::default()
                })
                .collect();
            let lowered = DesiredTable {
                place: declared.place.to_owned(),
                table,
                ..DesiredTable::default()
            };
            desired.tables.insert(lowered.table.name.clone(), lowered);
        }
        Ok(desired)
    }

    fn hazards(&self, _: &Change, _: &StepContext<'_>) -> Vec<Hazard> {
        Vec::new()
    }

    fn merge(&self, _: &Table, _: &Table, changes: Vec<Change>, _: &ServerFacts) -> Vec<Change> {
        changes
    }

    fn foreign_keys_need_target(&self) -> bool {
        false
    }

    fn steps(&self, change: &Change, _: &StepContext<'_>) -> Result<Vec<StepDraft>, Unsupported> {
        let (sql, transaction) = statement(change);
        Ok(vec![StepDraft {
            summary: sql.clone(),
            sql: vec![sql],
            hazards: Vec::new(),
            transaction,
            lock: LockClass::None,
            // As engines do it for what must not give up half-way.
            lock_timeout_ms: if transaction == TransactionClass::None {
                0
            } else {
                100
            },
            statement_timeout_ms: 0,
            effects: vec![change.clone()],
            undo: None,
        }])
    }

    fn grants(&self, _: &GrantRequest<'_>) -> Result<Vec<String>, String> {
        Err("it has no roles".into())
    }
}
