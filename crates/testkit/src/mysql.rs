//! A fresh MySQL or MariaDB database for one test.

use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

use crate::fail::OrFail;
use crate::removal::remove;
use crate::servers::{MysqlServer, servers};
use crate::unique::unique_name;

/// A database of one test on MySQL or MariaDB, with an owner of its own who has all rights on it and none
/// elsewhere; both are dropped at the end.
#[must_use = "the database is dropped when this is dropped"]
pub struct MysqlDatabase {
    name: String,
    password: String,
    server: &'static MysqlServer,
}

/// Creates a database `test-<random>` and an owner of the same name on the private MySQL 8.0.15.
///
/// That version parses CHECK constraints and ignores them (enforced from 8.0.16), and offers no TLS here (see
/// [`DatabaseTlsFiles`](crate::DatabaseTlsFiles)).
///
/// # Panics
/// When the servers have not been started (see [`servers`]) or MySQL refuses.
pub async fn mysql() -> MysqlDatabase {
    MysqlDatabase::create(&servers().mysql).await
}

/// Creates a database `test-<random>` and an owner of the same name on the private MariaDB.
///
/// # Panics
/// When the servers have not been started (see [`servers`]) or MariaDB refuses.
pub async fn mariadb() -> MysqlDatabase {
    MysqlDatabase::create(&servers().mariadb).await
}

impl MysqlDatabase {
    pub(crate) async fn create(server: &'static MysqlServer) -> Self {
        let database = Self {
            name: unique_name("test"),
            password: unique_name("password"),
            server,
        };
        let Self { name, password, .. } = &database;
        run(
            server,
            &[
                format!("CREATE DATABASE `{name}`"),
                format!("CREATE USER '{name}'@'%' IDENTIFIED BY '{password}'"),
                format!("GRANT ALL PRIVILEGES ON `{name}`.* TO '{name}'@'%'"),
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

    /// Returns `mysql://USER:PASSWORD@HOST:PORT/DATABASE` for the owner. Without a TLS mode, most clients take
    /// TLS where it is offered: by MariaDB, not by MySQL.
    pub fn url(&self) -> String {
        self.url_for(&self.name, &self.password)
    }

    /// Returns the URL for the superuser.
    pub fn superuser_url(&self) -> String {
        self.url_for(&self.server.superuser, &self.server.password)
    }

    /// Returns the URL for any user, for tests of rights.
    pub fn url_for(&self, user: &str, password: &str) -> String {
        let MysqlServer { host, port, .. } = self.server;
        format!("mysql://{user}:{password}@{host}:{port}/{}", self.name)
    }

    /// Lets the owner in only with TLS and a client certificate of
    /// [`Servers::database_tls`](crate::Servers::database_tls) from now on; sessions that it has stay. On MySQL,
    /// which offers no TLS here, nobody can then log in as the owner.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn require_client_certificate(&self) {
        run(
            self.server,
            &[format!("ALTER USER '{}'@'%' REQUIRE X509", self.name)],
        )
        .await
        .or_fail(|| format!("asking for a client certificate of the user `{}`", self.name));
    }

    /// Returns a connection as the owner, without TLS, in the server's default `sql_mode`.
    ///
    /// # Panics
    /// When the server refuses it.
    pub async fn connect(&self) -> MySqlConnection {
        self.connect_as(&self.name, &self.password).await
    }

    /// Returns a connection as the superuser, otherwise as [`connect`](Self::connect) does.
    ///
    /// # Panics
    /// When the server refuses it.
    pub async fn connect_as_superuser(&self) -> MySqlConnection {
        self.connect_as(&self.server.superuser, &self.server.password)
            .await
    }

    async fn connect_as(&self, user: &str, password: &str) -> MySqlConnection {
        let doing = || format!("connecting to the database `{}` as `{user}`", self.name);
        let mut connection = options(self.server, user, password)
            .database(&self.name)
            .connect()
            .await
            .or_fail(doing);
        // sqlx logs in with a flag that makes the server add IGNORE_SPACE.
        connection
            .execute("SET SESSION sql_mode = DEFAULT")
            .await
            .or_fail(doing);
        connection
    }

    /// Runs statements as the owner, which the server takes one by one and up to the first that fails.
    ///
    /// # Panics
    /// When a statement fails.
    pub async fn execute(&self, sql: &str) {
        let mut connection = self.connect().await;
        self.all(&mut connection, sql).await;
    }

    /// Runs statements as the superuser in this database, as [`execute`](Self::execute) does.
    ///
    /// # Panics
    /// When a statement fails.
    pub async fn execute_as_superuser(&self, sql: &str) {
        let mut connection = self.connect_as_superuser().await;
        self.all(&mut connection, sql).await;
    }

    async fn all(&self, connection: &mut MySqlConnection, sql: &str) {
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

impl Drop for MysqlDatabase {
    /// Ends every session of the database and its owner and drops both; a failure is ignored, since the server
    /// ends with the run.
    fn drop(&mut self) {
        let (server, name) = (self.server, self.name.clone());
        remove(async move || {
            let mut connection = superuser(server).await?;
            // First, so that no session begins after the others have ended.
            connection
                .execute(AssertSqlSafe(format!("DROP USER IF EXISTS '{name}'@'%'")))
                .await?;
            let sessions: Vec<String> = sqlx::query_scalar(
                "SELECT CONCAT('KILL ', id) FROM information_schema.processlist WHERE user = ? OR db = ?",
            )
            .bind(&name)
            .bind(&name)
            .fetch_all(&mut connection)
            .await?;
            for kill in sessions {
                // It may have ended by itself.
                let _ = connection.execute(AssertSqlSafe(kill)).await;
            }
            connection
                .execute(AssertSqlSafe(format!("DROP DATABASE IF EXISTS `{name}`")))
                .await?;
            connection.close().await
        });
    }
}

/// Runs statements one by one as the superuser.
async fn run(server: &MysqlServer, statements: &[String]) -> sqlx::Result<()> {
    let mut connection = superuser(server).await?;
    for statement in statements {
        connection
            .execute(sqlx::raw_sql(AssertSqlSafe(statement.as_str())))
            .await?;
    }
    connection.close().await
}

pub(crate) async fn superuser(server: &MysqlServer) -> sqlx::Result<MySqlConnection> {
    options(server, &server.superuser, &server.password)
        .connect()
        .await
}

/// Over TCP: on a socket MySQL's `caching_sha2_password` takes the password as it is, and sqlx asks for a key to
/// encrypt it with.
fn options(server: &MysqlServer, user: &str, password: &str) -> MySqlConnectOptions {
    MySqlConnectOptions::new()
        .host(&server.host)
        .port(server.port)
        .username(user)
        .password(password)
        .ssl_mode(MySqlSslMode::Disabled)
        .pipes_as_concat(false)
        .no_engine_substitution(false)
}
