//! An engine for tests: one step for each change, and builders that read as the tables they make.

use std::collections::BTreeSet;

use schema::change::Change;
use schema::desired::{Desired, DesiredTable};
use schema::engine::{DeclaredTable, Engine, GrantRequest, LowerError, StepContext};
use schema::ir::{
    Column, ForeignKey, Index, IndexColumn, IndexOrigin, PrimaryKey, ReferentialAction, Schema, Table,
    TableName, Unsupported,
};
use schema::plan::{
    Hazard, HazardCode, LockClass, Plan, PlanInput, Policy, StepDraft, TransactionClass, plan as make_plan,
};
use schema::{EngineKind, ServerFacts};

#[derive(Debug, Default)]
pub(crate) struct Toy {
    /// Columns whose change of type the engine refuses.
    pub(crate) refuses: BTreeSet<String>,
}

impl Engine for Toy {
    fn kind(&self) -> EngineKind {
        EngineKind::Postgres
    }

    fn lower(&self, _: &[DeclaredTable<'_>], _: &ServerFacts) -> Result<Desired, Vec<LowerError>> {
        Ok(Desired::default())
    }

    fn hazards(&self, change: &Change, _: &StepContext<'_>) -> Vec<Hazard> {
        match change {
            Change::ChangeType(_, change) if change.after.type_ == "smallint" => {
                vec![Hazard::new(HazardCode::ConvertsData, "values may not fit")]
            }
            _ => Vec::new(),
        }
    }

    fn merge(&self, _: &Table, _: &Table, changes: Vec<Change>, _: &ServerFacts) -> Vec<Change> {
        changes
    }

    fn foreign_keys_need_target(&self) -> bool {
        true
    }

    fn steps(&self, change: &Change, _: &StepContext<'_>) -> Result<Vec<StepDraft>, Unsupported> {
        if let Change::ChangeType(_, column) = change
            && self.refuses.contains(&column.after.name)
        {
            return Err(Unsupported {
                object: change.object(),
                reason: "refused".into(),
            });
        }
        Ok(vec![StepDraft {
            summary: verb(change).into(),
            sql: vec![format!("{} {}", verb(change), change.object())],
            hazards: Vec::new(),
            transaction: TransactionClass::WithOthers,
            lock: LockClass::Exclusive,
            lock_timeout_ms: 0,
            statement_timeout_ms: 0,
            effects: vec![change.clone()],
            undo: None,
        }])
    }

    fn grants(&self, _: &GrantRequest<'_>) -> Result<Vec<String>, String> {
        Err("it has no roles".into())
    }
}

fn verb(change: &Change) -> &'static str {
    match change {
        Change::CreateTable(_) => "create",
        Change::DropTable(_)
        | Change::DropColumn(..)
        | Change::DropIndex(..)
        | Change::DropForeignKey(..)
        | Change::DropPrimaryKey(..)
        | Change::DropCheck(..) => "drop",
        Change::AddColumn(..)
        | Change::AddIndex(..)
        | Change::AddForeignKey(..)
        | Change::AddPrimaryKey(..)
        | Change::AddCheck(..) => "add",
        _ => "change",
    }
}

pub(crate) fn name(table: &str) -> TableName {
    TableName::new("public", table)
}

/// A table with these columns, each an `integer`; the first is the primary key.
pub(crate) fn table(table: &str, columns: &[&str]) -> Table {
    let mut result = Table::new(name(table));
    for column in columns {
        result.columns.push(Column {
            name: (*column).into(),
            type_: "integer".into(),
            ..Column::default()
        });
    }
    let key = columns.first().map(|first| (*first).to_owned());
    result.primary_key = key.map(|key| PrimaryKey {
        name: Some(format!("{table}_pkey")),
        columns: vec![key],
        extra: None,
    });
    result
}

pub(crate) fn references(mut from: Table, column: &str, to: &str) -> Table {
    from.foreign_keys.push(ForeignKey {
        name: Some(format!("{}_{column}_fkey", from.name.name)),
        columns: vec![column.into()],
        references: name(to),
        referenced_columns: vec!["id".into()],
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
        extra: None,
        validated: true,
    });
    from
}

pub(crate) fn index(columns: &[&str]) -> Index {
    Index {
        name: format!("idx_{}", columns.join("_")),
        columns: columns
            .iter()
            .map(|column| IndexColumn::column(*column))
            .collect(),
        unique: false,
        origin: IndexOrigin::Index,
        method: Some("btree".into()),
        with: Vec::new(),
        extra: None,
        valid: true,
    }
}

pub(crate) fn indexed(mut table: Table, columns: &[&str]) -> Table {
    table.indexes.push(index(columns));
    table
}

pub(crate) fn typed(mut table: Table, column: &str, type_: &str) -> Table {
    for found in table.columns.iter_mut().filter(|found| found.name == column) {
        found.type_ = type_.into();
    }
    table
}

pub(crate) fn desired(tables: impl IntoIterator<Item = Table>) -> Desired {
    let tables = tables.into_iter().map(|table| {
        (
            table.name.clone(),
            DesiredTable {
                table,
                ..DesiredTable::default()
            },
        )
    });
    Desired {
        tables: tables.collect(),
        unsupported: Vec::new(),
    }
}

pub(crate) fn deleted(mut desired: Desired, table: &str) -> Desired {
    let gone = DesiredTable {
        table: Table::new(name(table)),
        deleted: true,
        ..DesiredTable::default()
    };
    desired.tables.insert(name(table), gone);
    desired
}

pub(crate) fn facts() -> ServerFacts {
    ServerFacts {
        kind: EngineKind::Postgres,
        flavour: "toy".into(),
        version: vec![1],
        default_schema: Some("public".into()),
        read_only: false,
        identity: None,
        default_collation: None,
        folds_table_names: false,
    }
}

pub(crate) fn plan(live: &Schema, desired: &Desired, policy: &Policy) -> Plan {
    plan_with(&Toy::default(), live, desired, policy)
}

pub(crate) fn plan_with(engine: &Toy, live: &Schema, desired: &Desired, policy: &Policy) -> Plan {
    let facts = facts();
    let input = PlanInput {
        engine,
        facts: &facts,
        desired,
        live,
        unproven: &[],
        policy,
        last_run: 0,
    };
    make_plan(input).expect("a plan")
}

pub(crate) fn sql(plan: &Plan) -> Vec<&str> {
    plan.steps
        .iter()
        .flat_map(|step| step.draft.sql.iter().map(String::as_str))
        .collect()
}

pub(crate) fn held_sql(plan: &Plan) -> Vec<&str> {
    plan.held
        .iter()
        .flat_map(|held| held.step.draft.sql.iter().map(String::as_str))
        .collect()
}
