//! A file of its own for each test, and the smallest driver that plans and applies as Chancery does.

use std::time::Duration;

use schema::declared::TableSpec;
use schema::desired::Desired;
use schema::engine::{DeclaredTable, Engine as _, LowerError, Session, SessionError, Timeouts};
use schema::fingerprint::Fingerprint;
use schema::ir::{Schema, TableName};
use schema::plan::{Plan, PlanInput, Policy, Step};
use schema_sqlite::{ENGINE, Target};
use serde::Deserialize;
use sqlx::{AssertSqlSafe, Connection as _, Row as _, SqliteConnection};

/// A SQLite file in a folder that is deleted with it.
pub(crate) struct Database {
    folder: tempfile::TempDir,
}

#[derive(Deserialize)]
struct Document {
    spec: TableSpec,
}

/// Reads manifests from YAML documents.
pub(crate) fn tables(yaml: &str) -> Vec<TableSpec> {
    let documents: Vec<Document> = serde_saphyr::from_multiple(yaml).expect("YAML of Tables");
    documents.into_iter().map(|document| document.spec).collect()
}

impl Database {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    pub(crate) fn path(&self) -> std::path::PathBuf {
        self.folder.path().join("app.db")
    }

    pub(crate) fn target(&self) -> Target {
        format!("sqlite:{}", self.path().display())
            .parse()
            .expect("a target")
    }

    pub(crate) async fn session(&self) -> Box<dyn Session> {
        schema_sqlite::connect(&self.target()).await.expect("a session")
    }

    async fn connection(&self) -> SqliteConnection {
        let url = format!("sqlite://{}?mode=rwc", self.path().display());
        SqliteConnection::connect(&url).await.expect("a connection")
    }

    /// Runs statements as an application would.
    pub(crate) async fn run(&self, sql: &str) {
        let mut connection = self.connection().await;
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut connection)
            .await
            .expect(sql);
        connection.close().await.expect("closing");
    }

    /// Returns the rows of a query, their values as SQLite's `quote` writes them.
    pub(crate) async fn rows(&self, sql: &str) -> Vec<String> {
        let mut connection = self.connection().await;
        let rows = sqlx::query(AssertSqlSafe(sql))
            .fetch_all(&mut connection)
            .await
            .expect(sql);
        connection.close().await.expect("closing");
        rows.iter().map(|row| row.get::<String, _>(0)).collect()
    }

    /// Returns the statement that SQLite keeps of an object.
    pub(crate) async fn statement(&self, name: &str) -> String {
        let sql = format!("SELECT coalesce(sql, '') FROM sqlite_schema WHERE name = '{name}'");
        self.rows(&sql).await.pop().unwrap_or_default()
    }

    pub(crate) async fn inspect(&self, names: &[&str]) -> Schema {
        let names: Vec<TableName> = names.iter().map(|name| TableName::unqualified(*name)).collect();
        let mut session = self.session().await;
        let schema = session.inspect(&names).await.expect("a catalog");
        session.close().await.expect("closing");
        schema
    }

    /// Returns the plan for manifests.
    pub(crate) async fn plan(&self, yaml: &str, policy: &Policy) -> Plan {
        self.plan_tables(&tables(yaml), policy).await.expect("a plan")
    }

    pub(crate) async fn plan_tables(
        &self,
        specs: &[TableSpec],
        policy: &Policy,
    ) -> Result<Plan, Vec<LowerError>> {
        let mut session = self.session().await;
        let plan = draw(&mut *session, specs, policy).await;
        session.close().await.expect("closing");
        plan.map(|(plan, _)| plan)
    }

    /// Plans, runs the steps in one transaction, and returns the plan. After each step the catalog must say what the
    /// plan said it would, and at the end nothing may be left to do.
    pub(crate) async fn apply(&self, yaml: &str, policy: &Policy) -> Plan {
        self.apply_tables(&tables(yaml), policy)
            .await
            .expect("an applied plan")
    }

    pub(crate) async fn apply_tables(
        &self,
        specs: &[TableSpec],
        policy: &Policy,
    ) -> Result<Plan, SessionError> {
        let mut session = self.session().await;
        session.lock(Duration::from_secs(5)).await?;
        let (plan, desired) = draw(&mut *session, specs, policy).await.expect("a plan");
        session.begin().await?;
        let ran = run_steps(&mut *session, &plan.steps).await;
        let ended = match ran {
            Ok(()) => session.commit().await,
            Err(error) => Err(error),
        };
        if let Err(error) = ended {
            session.rollback().await.expect("rolling back");
            session.unlock().await.expect("unlocking");
            session.close().await.expect("closing");
            return Err(error);
        }
        session.unlock().await?;
        session.close().await?;
        let again = self.plan_tables(specs, policy).await.expect("a second plan");
        let left: Vec<_> = again.steps.iter().map(|step| &step.draft.sql).collect();
        assert!(
            left.is_empty(),
            "still to do after {plan:#?}: {left:#?} of {desired:#?}"
        );
        Ok(plan)
    }
}

async fn run_steps(session: &mut dyn Session, steps: &[Step]) -> Result<(), SessionError> {
    for step in steps {
        for sql in &step.draft.sql {
            session
                .execute(sql, Timeouts::default(), &step.draft.summary)
                .await?;
        }
        for (name, expected) in &step.after {
            let live = session.inspect(std::slice::from_ref(name)).await?;
            let found = live.table(name).map(Fingerprint::of_table);
            assert_eq!(
                &found,
                expected,
                "after {:#?}\nthe catalog has {:#?}",
                step.draft,
                live.table(name)
            );
        }
    }
    Ok(())
}

async fn draw(
    session: &mut dyn Session,
    specs: &[TableSpec],
    policy: &Policy,
) -> Result<(Plan, Desired), Vec<LowerError>> {
    let declared: Vec<DeclaredTable<'_>> = specs
        .iter()
        .map(|spec| DeclaredTable { place: "test", spec })
        .collect();
    let mut desired = ENGINE.lower(&declared, session.facts())?;
    let names: Vec<TableName> = desired.tables.keys().cloned().collect();
    let live = session.inspect(&names).await.expect("a catalog");
    let resolution = session.resolve(&mut desired, &live).await.expect("a resolution");
    if !resolution.errors.is_empty() {
        return Err(resolution.errors);
    }
    let input = PlanInput {
        engine: &ENGINE,
        facts: session.facts(),
        desired: &desired,
        live: &live,
        unproven: &resolution.unproven,
        policy,
        last_run: 0,
    };
    let plan = schema::plan::plan(input).expect("a plan without a defect");
    Ok((plan, desired))
}
