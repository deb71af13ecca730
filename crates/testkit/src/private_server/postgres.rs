//! A Postgres server of a test's own.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions, Connection};

use super::folder::{Account, Folder, run};
use super::process::Process;
use crate::fail::OrFail;
use crate::port::free_port;
use crate::postgres::PostgresDatabase;
use crate::servers::{PostgresServer, servers};

/// A Postgres server of one test, killed and removed when this is dropped.
#[must_use = "the server ends when this is dropped"]
pub struct PrivatePostgres {
    server: &'static PostgresServer,
    // Before the folder, which it works in.
    process: Process,
    folder: Folder,
}

/// Starts a Postgres server on a loopback port of its own. Its superuser and the password are those of the shared one.
///
/// # Panics
/// When the servers of the run have not been started (see [`servers`]), or it does not come up.
pub async fn private_postgres() -> PrivatePostgres {
    let doing = || "starting a private Postgres".to_owned();
    let folder = tokio::task::spawn_blocking(|| Folder::with_data("postgres", init))
        .await
        .or_fail(doing)
        .or_fail(doing);
    let shared = &servers().postgres;
    // A database refers to its server for as long as there may be one, and a test has one or two.
    let server = Box::leak(Box::new(PostgresServer {
        port: free_port(),
        socket: folder.path().to_owned(),
        ..shared.clone()
    }));
    let postgres = PrivatePostgres {
        server,
        process: Process::new("postgres"),
        folder,
    };
    postgres.start().await;
    postgres
}

impl PrivatePostgres {
    /// Returns `HOST:PORT`, which stays the same after a [`kill`](Self::kill) and a [`start`](Self::start).
    pub fn address(&self) -> String {
        format!("{}:{}", self.server.host, self.server.port)
    }

    /// Creates a database as [`postgres`](crate::postgres()) does, on this server.
    ///
    /// # Panics
    /// When Postgres refuses.
    pub async fn database(&self) -> PostgresDatabase {
        PostgresDatabase::create(self.server).await
    }

    /// Kills the server and every process of it with SIGKILL; what was committed stays. It may be called inside
    /// [`DatabaseProxy::rule`](crate::DatabaseProxy::rule).
    ///
    /// # Panics
    /// When it can't be killed.
    pub fn kill(&self) {
        self.process
            .kill()
            .or_fail(|| "killing the private Postgres".to_owned());
    }

    /// Starts the server again and returns when it has recovered.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn start(&self) {
        self.process
            .start(|| self.command(), async || self.probe().await)
            .await
            .or_fail(|| "starting the private Postgres".to_owned());
    }

    fn command(&self) -> Result<Command> {
        let home = self.folder.path();
        let mut command = Account::of_run()?.run(&servers().tools.postgres.join("postgres"))?;
        command
            .current_dir(home)
            .arg("-D")
            .arg(home.join("data"))
            .arg("-k")
            .arg(home)
            .args(["-p", &self.server.port.to_string()]);
        for setting in [
            "listen_addresses=127.0.0.1",
            // The operating system survives. What a commit was confirmed for has to be with it by then
            // (synchronous_commit), and a page that was being written when it was killed must be found whole
            // (full_page_writes): both stay on.
            "fsync=off",
            "shared_buffers=16MB",
            "max_connections=50",
            "timezone=UTC",
            "log_timezone=UTC",
        ] {
            command.args(["-c", setting]);
        }
        Ok(command)
    }

    async fn probe(&self) -> sqlx::Result<()> {
        let PostgresServer {
            host,
            port,
            superuser,
            password,
            ..
        } = self.server;
        let connection = PgConnectOptions::new_without_pgpass()
            .host(host)
            .port(*port)
            .username(superuser)
            .password(password)
            .database("postgres")
            .ssl_mode(PgSslMode::Disable)
            .connect()
            .await?;
        connection.close().await
    }
}

fn init(home: &Path) -> Result<()> {
    let account = Account::of_run()?;
    let password = home.join("password");
    fs::write(&password, &servers().postgres.password)
        .with_context(|| format!("writing `{}`", password.display()))?;
    account.give(&password)?;
    let mut command = account.run(&servers().tools.postgres.join("initdb"))?;
    command
        // initdb wants a current folder that its user may read.
        .current_dir(home)
        .arg("-D")
        .arg(home.join("data"))
        .arg("--pwfile")
        .arg(&password)
        .args(["--username", &servers().postgres.superuser])
        // The server derives the key then, not the client: in a debug build that is most of a short test.
        .args(["--auth-local=trust", "--auth-host=password"])
        .args(["--encoding=UTF8", "--locale=C", "--no-sync"]);
    run(&mut command, "making a database cluster with `initdb`")?;
    fs::remove_file(&password).with_context(|| format!("removing `{}`", password.display()))
}
