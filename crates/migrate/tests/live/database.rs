//! A fresh database of any engine, and what tests do with it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use migrate::{
    Applied, ApplyError, ApplyOptions, Approval, DatabaseUrl, PlanFailure, PlanRequest, Planned, Stop,
};
use schema::declared::TableSpec;
use schema::engine::{DeclaredTable, Engine, Session};
use schema::plan::Policy;
use serde::Deserialize;
use testkit::{MysqlDatabase, PostgresDatabase};

/// A database that is gone when this is dropped.
pub(crate) enum TestDatabase {
    /// On the private server.
    Postgres(Box<PostgresDatabase>),
    /// On the private MySQL or MariaDB.
    Mysql(MysqlDatabase),
    /// The file `test.db` in this folder.
    Sqlite(tempfile::TempDir),
}

impl TestDatabase {
    pub(crate) async fn postgres() -> Self {
        Self::Postgres(Box::new(testkit::postgres().await))
    }

    pub(crate) async fn mysql() -> Self {
        Self::Mysql(testkit::mysql().await)
    }

    pub(crate) async fn mariadb() -> Self {
        Self::Mysql(testkit::mariadb().await)
    }

    pub(crate) fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().expect("a folder"))
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Postgres(database) => database.url(),
            Self::Mysql(database) => database.url(),
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join("test.db").display()),
        }
    }

    pub(crate) async fn connect(&self) -> (&'static dyn Engine, Box<dyn Session>) {
        let url = DatabaseUrl::parse(&self.url()).expect("a URL");
        migrate::connect(&url).await.expect("the database answers")
    }

    /// Runs statements that are no business of a plan.
    pub(crate) async fn execute(&self, sql: &str) {
        match self {
            Self::Postgres(database) => database.execute(sql).await,
            Self::Mysql(database) => database.execute(sql).await,
            Self::Sqlite(folder) => testkit::sqlite_execute(&folder.path().join("test.db"), sql).await,
        }
    }

    /// The rows of a query of one column of texts.
    pub(crate) async fn texts(&self, sql: &str) -> Vec<String> {
        match self {
            Self::Postgres(database) => database.texts(sql).await,
            Self::Mysql(database) => database.texts(sql).await,
            Self::Sqlite(folder) => testkit::sqlite_texts(&folder.path().join("test.db"), sql).await,
        }
    }

    pub(crate) async fn plan(&self, specs: &[TableSpec], policy: &Policy) -> Result<Planned, PlanFailure> {
        let (engine, mut session) = self.connect().await;
        let tables = declared(specs);
        let planned = migrate::plan(
            session.as_mut(),
            PlanRequest {
                engine,
                tables: &tables,
                policy,
            },
        )
        .await;
        session.close().await.expect("the connection ends");
        planned
    }

    pub(crate) async fn apply_with(
        &self,
        specs: &[TableSpec],
        policy: &Policy,
        options: &ApplyOptions,
    ) -> Result<Applied, ApplyError> {
        let (engine, mut session) = self.connect().await;
        let tables = declared(specs);
        let request = PlanRequest {
            engine,
            tables: &tables,
            policy,
        };
        let applied = migrate::apply(session.as_mut(), request, options, &mut (), &Stop::default()).await;
        // A test may have ended the connection itself.
        let _ = session.close().await;
        applied
    }

    /// Applies whatever the plan is, everything allowed.
    pub(crate) async fn apply(&self, specs: &[TableSpec]) -> Result<Applied, ApplyError> {
        self.apply_with(specs, &Policy::allow_all(), &options()).await
    }
}

/// Options of a test.
pub(crate) fn options() -> ApplyOptions {
    ApplyOptions {
        lock_wait: Duration::from_secs(30),
        ..ApplyOptions::approved_by("a test")
    }
}

/// Options that let only a plan with this hash run.
pub(crate) fn approving(hash: &str) -> ApplyOptions {
    ApplyOptions {
        approval: Approval::Hashes(BTreeSet::from([hash.to_owned()])),
        ..options()
    }
}

pub(crate) fn declared(specs: &[TableSpec]) -> Vec<DeclaredTable<'_>> {
    specs
        .iter()
        .map(|spec| DeclaredTable {
            place: &spec.name,
            spec,
        })
        .collect()
}

/// The part of a Table that a plan is made from.
#[derive(Deserialize)]
struct Document {
    spec: TableSpec,
}

/// Reads Tables from YAML.
pub(crate) fn specs(yaml: &str) -> Vec<TableSpec> {
    let documents: Vec<Document> =
        serde_saphyr::from_multiple(yaml).unwrap_or_else(|error| panic!("{error}\n{yaml}"));
    documents.into_iter().map(|document| document.spec).collect()
}

/// Reads the Tables of a file.
pub(crate) fn specs_of(file: &Path) -> Vec<TableSpec> {
    specs(&fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display())))
}
