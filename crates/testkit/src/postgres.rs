//! A fresh Postgres database for one test.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

use crate::fail::OrFail;
use crate::removal::remove;
use crate::servers::{PostgresServer, servers};
use crate::unique::unique_name;

/// A role whose members the private server lets in over TCP only with TLS and a client certificate of the
/// testkit's authority, beside their password; [`PostgresDatabase::require_client_certificate`] makes members.
pub const POSTGRES_CERTIFICATE_ROLE: &str = "testkit_certificate";

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
    PostgresDatabase::create(&servers().postgres).await
}

impl PostgresDatabase {
    pub(crate) async fn create(server: &'static PostgresServer) -> Self {
        let database = Self {
            name: unique_name("test"),
            password: unique_name("password"),
            server,
        };
        let Self { name, password, .. } = &database;
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

    /// Lets the owner in only with TLS and a client certificate of
    /// [`Servers::database_tls`](crate::Servers::database_tls) from now on; sessions that it has stay.
    ///
    /// # Panics
    /// When Postgres refuses.
    pub async fn require_client_certificate(&self) {
        let role = POSTGRES_CERTIFICATE_ROLE;
        let statements = [
            // Roles are shared by all tests of the run, and this may be the first or the tenth.
            format!(
                "DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
            ),
            format!("GRANT {role} TO \"{}\"", self.name),
        ];
        run(self.server, &statements)
            .await
            .or_fail(|| format!("asking for a client certificate of the role `{}`", self.name));
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

    /// Runs statements as the superuser in this database, in one simple-protocol message.
    ///
    /// # Panics
    /// When a statement fails.
    pub async fn execute_as_superuser(&self, sql: &str) {
        let doing = || format!("running `{sql}` in the database `{}` as the superuser", self.name);
        let mut connection = PgConnection::connect(&self.superuser_url()).await.or_fail(doing);
        connection
            .execute(sqlx::raw_sql(AssertSqlSafe(sql)))
            .await
            .or_fail(doing);
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
        remove(async move || run(server, &statements).await);
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
