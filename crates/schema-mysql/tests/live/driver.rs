//! Plans and runs tables step by step, and checks at each step that the catalog says what the plan said it would.

use schema::declared::{EngineSchema, MysqlTable, TableSpec};
use schema::engine::{DeclaredTable, LowerError, Session, SessionError, Timeouts};
use schema::fingerprint::Fingerprint;
use schema::ir::{Schema, Table, TableName};
use schema::plan::{Plan, PlanInput, Policy, Step, TransactionClass, plan};
use schema_mysql::{ENGINE, Target};
use serde_json::Value;
use testkit::MysqlDatabase;

/// A fresh database with a session in it.
pub(crate) struct Fixture {
    pub(crate) database: MysqlDatabase,
    pub(crate) session: Box<dyn Session>,
}

pub(crate) async fn connect(url: &str) -> Result<Box<dyn Session>, SessionError> {
    schema_mysql::connect(&Target::parse(url).unwrap()).await
}

/// Returns the declaration of a table, given what stands under `mysql`.
pub(crate) fn table(name: &str, mysql: Value) -> TableSpec {
    let mysql: MysqlTable = serde_json::from_value(mysql).unwrap();
    TableSpec {
        database: "db".to_owned(),
        name: name.to_owned(),
        schema: Some(EngineSchema {
            mysql: Some(mysql),
            ..EngineSchema::default()
        }),
        ..TableSpec::default()
    }
}

impl Fixture {
    pub(crate) async fn mysql() -> Self {
        Self::of(testkit::mysql().await).await
    }

    pub(crate) async fn mariadb() -> Self {
        Self::of(testkit::mariadb().await).await
    }

    /// Returns one on each server.
    pub(crate) async fn both() -> [Self; 2] {
        [Self::mysql().await, Self::mariadb().await]
    }

    pub(crate) async fn of(database: MysqlDatabase) -> Self {
        let session = connect(&database.url()).await.unwrap();
        Self { database, session }
    }

    pub(crate) fn is_mariadb(&self) -> bool {
        self.session.facts().flavour == "mariadb"
    }

    pub(crate) async fn sql(&self, sql: &str) {
        self.database.execute(sql).await;
    }

    pub(crate) async fn inspect(&mut self, name: &str) -> Option<Table> {
        let name = TableName::unqualified(name);
        let schema = self.session.inspect(std::slice::from_ref(&name)).await.unwrap();
        schema.table(&name).cloned()
    }

    /// Plans, and fails on what the declarations have wrong.
    pub(crate) async fn plan(&mut self, tables: &[TableSpec], policy: &Policy) -> Plan {
        self.try_plan(tables, policy).await.unwrap()
    }

    pub(crate) async fn try_plan(
        &mut self,
        tables: &[TableSpec],
        policy: &Policy,
    ) -> Result<Plan, Vec<LowerError>> {
        let declared: Vec<DeclaredTable<'_>> = tables
            .iter()
            .map(|spec| DeclaredTable {
                place: "tables.yaml",
                spec,
            })
            .collect();
        let facts = self.session.facts().clone();
        let mut desired = schema::engine::Engine::lower(&ENGINE, &declared, &facts)?;
        let names: Vec<TableName> = desired.tables.keys().cloned().collect();
        let live = self.session.inspect(&names).await.unwrap();
        let resolution = self.session.resolve(&mut desired, &live).await.unwrap();
        if !resolution.errors.is_empty() {
            return Err(resolution.errors);
        }
        let input = PlanInput {
            engine: &ENGINE,
            facts: &facts,
            desired: &desired,
            live: &live,
            unproven: &resolution.unproven,
            policy,
            last_run: 0,
        };
        Ok(plan(input).unwrap())
    }

    /// Plans with everything allowed, runs the steps with their fingerprints checked, and checks that nothing is left.
    pub(crate) async fn apply(&mut self, tables: &[TableSpec]) -> Plan {
        let plan = self.plan(tables, &Policy::allow_all()).await;
        assert!(plan.held.is_empty(), "{:?}", plan.held);
        for step in &plan.steps {
            self.run(step).await.unwrap();
        }
        let again = self.plan(tables, &Policy::allow_all()).await;
        assert!(
            again.is_empty(),
            "the second plan is not empty: {:#?}",
            again.steps
        );
        plan
    }

    /// Runs one step as `migrate` does.
    pub(crate) async fn run(&mut self, step: &Step) -> Result<(), SessionError> {
        let names: Vec<TableName> = step.before.keys().cloned().collect();
        let before = self.session.inspect(&names).await?;
        same(&before, step, &step.before, "before");
        let timeouts = Timeouts {
            lock_ms: step.draft.lock_timeout_ms,
            statement_ms: step.draft.statement_timeout_ms,
        };
        let transaction = step.draft.transaction != TransactionClass::None;
        if transaction {
            self.session.begin().await?;
        }
        for sql in &step.draft.sql {
            if let Err(error) = self.session.execute(sql, timeouts, &step.draft.summary).await {
                self.session.rollback().await?;
                return Err(error);
            }
        }
        if transaction {
            self.session.commit().await?;
        }
        let after = self.session.inspect(&names).await?;
        same(&after, step, &step.after, "after");
        Ok(())
    }
}

fn same(
    found: &Schema,
    step: &Step,
    expected: &std::collections::BTreeMap<TableName, Option<Fingerprint>>,
    when: &str,
) {
    for (name, expected) in expected {
        let table = found.table(name);
        let actual = table.map(Fingerprint::of_table);
        assert_eq!(
            &actual, expected,
            "{when} `{}` ({:?}) the catalog has {table:#?}, and the effects are {:#?}",
            step.draft.summary, step.draft.sql, step.draft.effects
        );
    }
}

/// Returns the SQL of a plan, one statement a line.
pub(crate) fn sql(plan: &Plan) -> String {
    let steps: Vec<&str> = plan
        .steps
        .iter()
        .flat_map(|step| step.draft.sql.iter().map(String::as_str))
        .collect();
    steps.join("\n")
}
