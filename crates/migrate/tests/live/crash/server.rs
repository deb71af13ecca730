//! A private server and databases on it.

use std::thread;

use testkit::{MysqlDatabase, OpenSession, PostgresDatabase, PrivateMysql, PrivatePostgres};

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flavour {
    Postgres,
    Mysql,
    Mariadb,
}

/// A server that a case may kill.
pub(crate) enum CrashServer {
    Postgres(PrivatePostgres),
    Mysql(PrivateMysql),
}

impl CrashServer {
    pub(crate) async fn create(flavour: Flavour) -> Self {
        match flavour {
            Flavour::Postgres => Self::Postgres(testkit::private_postgres().await),
            Flavour::Mysql => Self::Mysql(testkit::private_mysql().await),
            Flavour::Mariadb => Self::Mysql(testkit::private_mariadb().await),
        }
    }

    pub(crate) fn address(&self) -> String {
        match self {
            Self::Postgres(server) => server.address(),
            Self::Mysql(server) => server.address(),
        }
    }

    pub(crate) fn kill(&self) {
        match self {
            Self::Postgres(server) => server.kill(),
            Self::Mysql(server) => server.kill(),
        }
    }

    /// Starts it again if it was killed.
    pub(crate) async fn start(&self) {
        match self {
            Self::Postgres(server) => server.start().await,
            Self::Mysql(server) => server.start().await,
        }
    }

    pub(crate) async fn database(&self) -> CrashDatabase {
        match self {
            Self::Postgres(server) => CrashDatabase::Postgres(Box::new(server.database().await)),
            Self::Mysql(server) => CrashDatabase::Mysql(Box::new(server.database().await)),
        }
    }
}

/// A fresh database on it.
pub(crate) enum CrashDatabase {
    Postgres(Box<PostgresDatabase>),
    Mysql(Box<MysqlDatabase>),
}

impl CrashDatabase {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Postgres(database) => database.name(),
            Self::Mysql(database) => database.name(),
        }
    }

    pub(crate) fn url(&self) -> String {
        match self {
            Self::Postgres(database) => database.url(),
            Self::Mysql(database) => database.url(),
        }
    }

    pub(crate) async fn texts(&self, sql: &str) -> Vec<String> {
        match self {
            Self::Postgres(database) => database.texts(sql).await,
            Self::Mysql(database) => database.texts(sql).await,
        }
    }

    /// Opens a session, runs the statements in it and leaves it open.
    pub(crate) async fn open_session(&self, sql: &str) -> OpenSession {
        match self {
            Self::Postgres(database) => database.open_session(sql).await,
            Self::Mysql(database) => database.open_session(sql).await,
        }
    }

    /// Ends the oldest session of a migrator in this database, and returns when it is gone.
    pub(crate) async fn end_session(&self) {
        match self {
            Self::Postgres(database) => {
                let end = "SELECT pg_terminate_backend(pid, 10000)::text FROM pg_stat_activity \
                            WHERE datname = current_database() AND application_name = 'chancery' \
                            ORDER BY backend_start LIMIT 1";
                assert_eq!(database.texts(end).await, ["true"], "the session ends");
            }
            Self::Mysql(database) => {
                let oldest = "SELECT MIN(ID) FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID()";
                let id = database.texts(oldest).await.concat();
                database.execute(&format!("KILL {id}")).await;
            }
        }
    }
}

/// Runs something that waits in a thread of its own, for callers that are no async code but run inside it.
pub(crate) fn blocking<F: Future>(make: impl FnOnce() -> F + Send) {
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime")
                .block_on(make());
        });
        thread.join().expect("it doesn't panic");
    });
}
