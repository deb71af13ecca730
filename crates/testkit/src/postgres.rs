//! A fresh Postgres database for one test.

use std::thread;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

use crate::fail::OrFail;
use crate::servers::{PostgresServer, servers};
use crate::unique::unique_name;

/// A database of one test, owned by a role of its own that is no superuser; both are dropped at the end.
#[must_use = "the database is dropped when this is dropped"]
pub struct PostgresDatabase {
    name: String,
    password: String,
    server: &'static PostgresServer,
}

/// Creates a database `test-<random>` and an owner role of the same name on the private server.
///
/// # Panics
/// When the servers have not been started (see [`servers`]) or Postgres refuses.
pub async fn postgres() -> PostgresDatabase {
    let server = &servers().postgres;
    let database = PostgresDatabase {
        name: unique_name("test"),
        password: unique_name("password"),
        server,
    };
    let PostgresDatabase { name, password, .. } = &database;
    run(
        server,
        &[
            format!("CREATE ROLE \"{name}\" LOGIN PASSWORD '{password}'"),
            format!("CREATE DATABASE \"{name}\" OWNER \"{name}\""),
        ],
    )
    .await
    .or_fail(|| format!("creating the database `{name}`"));
    database
}

impl PostgresDatabase {
    /// Returns the name of the database, which is its owner's too.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the URL for the owner, over TCP with a password. The owner is not a superuser.
    pub fn url(&self) -> String {
        self.url_for(&self.name, &self.password)
    }

    /// Returns the URL for the superuser, over TCP with a password.
    pub fn superuser_url(&self) -> String {
        self.url_for(&self.server.superuser, &self.server.password)
    }

    /// Returns the URL for any role, over TCP with a password, for tests of rights.
    pub fn url_for(&self, role: &str, password: &str) -> String {
        let PostgresServer { host, port, .. } = self.server;
        format!(
            "postgres://{role}:{password}@{host}:{port}/{}?sslmode=disable",
            self.name
        )
    }

    /// Returns a connection as the owner.
    ///
    /// # Panics
    /// When Postgres refuses it.
    pub async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.url())
            .await
            .or_fail(|| format!("connecting to the database `{}` as its owner", self.name))
    }

    /// Runs statements as the owner, in one simple-protocol message.
    ///
    /// # Panics
    /// When a statement fails.
    pub async fn execute(&self, sql: &str) {
        let mut connection = self.connect().await;
        connection
            .execute(sqlx::raw_sql(AssertSqlSafe(sql)))
            .await
            .or_fail(|| format!("running `{sql}` in the database `{}`", self.name));
    }

    /// Runs a statement as the owner that the server must refuse.
    ///
    /// # Panics
    /// When it doesn't.
    pub async fn refused(&self, sql: &str) {
        let mut connection = self.connect().await;
        let outcome = connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await;
        assert!(
            outcome.is_err(),
            "the server took `{sql}` in the database `{}`",
            self.name
        );
    }
}

impl Drop for PostgresDatabase {
    /// Ends every session of the database and drops it and its role; a failure is ignored, since the
    /// server ends with the run.
    fn drop(&mut self) {
        let server = self.server;
        let statements = [
            format!("DROP DATABASE IF EXISTS \"{}\" WITH (FORCE)", self.name),
            format!("DROP ROLE IF EXISTS \"{}\"", self.name),
        ];
        // A thread with a runtime of its own: `drop` may run inside a runtime, or after its end.
        let removal = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .ok()?;
            runtime.block_on(async {
                tokio::time::timeout(Duration::from_secs(10), run(server, &statements))
                    .await
                    .ok()?
                    .ok()
            })
        });
        let _ = removal.join();
    }
}

/// Runs statements one by one as the superuser over the socket.
async fn run(server: &PostgresServer, statements: &[String]) -> sqlx::Result<()> {
    let mut connection = PgConnectOptions::new_without_pgpass()
        .socket(&server.socket)
        .port(server.port)
        .username(&server.superuser)
        .database("postgres")
        .connect()
        .await?;
    for statement in statements {
        connection.execute(AssertSqlSafe(statement.as_str())).await?;
    }
    connection.close().await
}
