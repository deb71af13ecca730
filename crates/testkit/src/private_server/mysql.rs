//! A MySQL or MariaDB server of a test's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use sqlx::Connection;

use super::folder::{Account, Folder, run};
use super::process::Process;
use crate::fail::OrFail;
use crate::mysql::{MysqlDatabase, superuser};
use crate::port::free_port;
use crate::servers::{MysqlServer, servers};

/// Data folders stay small, and nothing waits for the disk; what a kill could tear (the double-write buffer) stays on,
/// and each commit is with the operating system when it is confirmed.
const STORAGE: [&str; 2] = [
    "--innodb-flush-method=nosync",
    "--innodb-flush-log-at-trx-commit=2",
];

/// A MySQL or MariaDB server of one test, killed and removed when this is dropped.
#[must_use = "the server ends when this is dropped"]
pub struct PrivateMysql {
    flavour: Flavour,
    server: &'static MysqlServer,
    // Before the folder, which it works in.
    process: Process,
    folder: Folder,
}

#[derive(Clone, Copy)]
enum Flavour {
    Mysql,
    Mariadb,
}

/// Starts a MySQL server on a loopback port of its own. Its superuser and the password are those of the shared one.
///
/// # Panics
/// When the servers of the run have not been started (see [`servers`]), or it does not come up.
pub async fn private_mysql() -> PrivateMysql {
    PrivateMysql::create(Flavour::Mysql).await
}

/// Starts a MariaDB server on a loopback port of its own. Its superuser and the password are those of the shared one.
///
/// # Panics
/// When the servers of the run have not been started (see [`servers`]), or it does not come up.
pub async fn private_mariadb() -> PrivateMysql {
    PrivateMysql::create(Flavour::Mariadb).await
}

impl PrivateMysql {
    async fn create(flavour: Flavour) -> Self {
        let doing = || format!("starting a private {}", flavour.name());
        let make = move || Folder::with_data(flavour.name(), |home| flavour.init(home));
        let folder = tokio::task::spawn_blocking(make)
            .await
            .or_fail(doing)
            .or_fail(doing);
        // A database refers to its server for as long as there may be one, and a test has one or two.
        let server = Box::leak(Box::new(MysqlServer {
            port: free_port(),
            socket: folder.path().join("server.sock"),
            ..flavour.shared().clone()
        }));
        let mysql = Self {
            flavour,
            server,
            process: Process::new(flavour.name()),
            folder,
        };
        mysql.start().await;
        mysql
    }

    /// Returns `HOST:PORT`, which stays the same after a [`kill`](Self::kill) and a [`start`](Self::start).
    pub fn address(&self) -> String {
        format!("{}:{}", self.server.host, self.server.port)
    }

    /// Creates a database as [`mysql`](crate::mysql()) does, on this server.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn database(&self) -> MysqlDatabase {
        MysqlDatabase::create(self.server).await
    }

    /// Kills the server with SIGKILL; what was committed stays. It may be called inside
    /// [`DatabaseProxy::rule`](crate::DatabaseProxy::rule).
    ///
    /// # Panics
    /// When it can't be killed.
    pub fn kill(&self) {
        self.process
            .kill()
            .or_fail(|| format!("killing the private {}", self.flavour.name()));
    }

    /// Starts the server again and returns when it has recovered.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn start(&self) {
        self.process
            .start(
                || self.command(),
                async || superuser(self.server).await?.close().await,
            )
            .await
            .or_fail(|| format!("starting the private {}", self.flavour.name()));
    }

    fn command(&self) -> Result<Command> {
        let home = self.folder.path();
        let mut command = self.flavour.command(home)?;
        command
            .args(STORAGE)
            .args(self.flavour.only())
            .arg(format!("--init-file={}", self.init_file()?.display()))
            .arg(format!("--port={}", self.server.port))
            .arg(format!("--socket={}", self.server.socket.display()))
            .arg(format!("--pid-file={}", home.join("server.pid").display()))
            // When it starts it removes what it takes for left-overs, which may be another server's that runs.
            .arg(format!("--tmpdir={}", home.display()))
            .args([
                "--bind-address=127.0.0.1",
                "--skip-name-resolve",
                // Tests cut connections in the middle of a handshake.
                "--max-connect-errors=1000000",
                "--max-connections=50",
                "--innodb-buffer-pool-size=32M",
                "--default-time-zone=+00:00",
            ]);
        Ok(command)
    }

    /// Writes the statements that give the superuser its password, one a line.
    fn init_file(&self) -> Result<PathBuf> {
        let path = self.folder.path().join("init.sql");
        let MysqlServer {
            superuser, password, ..
        } = self.server;
        let statements = ["localhost", "127.0.0.1"].map(|host| {
            format!(
                "CREATE USER IF NOT EXISTS '{superuser}'@'{host}';\n\
                 ALTER USER '{superuser}'@'{host}' IDENTIFIED BY '{password}';\n\
                 GRANT ALL PRIVILEGES ON *.* TO '{superuser}'@'{host}' WITH GRANT OPTION;\n"
            )
        });
        fs::write(&path, statements.concat()).with_context(|| format!("writing `{}`", path.display()))?;
        Account::of_run()?.give(&path)?;
        Ok(path)
    }
}

impl Flavour {
    fn name(self) -> &'static str {
        match self {
            Self::Mysql => "mysql",
            Self::Mariadb => "mariadb",
        }
    }

    fn shared(self) -> &'static MysqlServer {
        match self {
            Self::Mysql => &servers().mysql,
            Self::Mariadb => &servers().mariadb,
        }
    }

    /// Options that the other one doesn't know.
    fn only(self) -> &'static [&'static str] {
        match self {
            // Its TLS has no key exchange in common with rustls; the X protocol is a second port.
            Self::Mysql => &[
                "--innodb-log-file-size=16M",
                "--skip-log-bin",
                "--ssl=OFF",
                "--mysqlx=OFF",
                // The default asks for RSA at the first login after each start.
                "--default-authentication-plugin=mysql_native_password",
            ],
            Self::Mariadb => &["--innodb-log-file-size=16M"],
        }
    }

    fn command(self, home: &Path) -> Result<Command> {
        let tools = &servers().tools;
        let mut command = Command::new(match self {
            Self::Mysql => tools.mysql.join("bin/mysqld"),
            Self::Mariadb => tools.mariadb.clone(),
        });
        // The first has to be the first.
        command.current_dir(home).arg("--no-defaults");
        Self::with_account(&mut command, home)?;
        Ok(command)
    }

    /// The program becomes the account by itself: it may be in a folder that the account can't enter.
    fn with_account(command: &mut Command, home: &Path) -> Result<()> {
        if let Some(user) = Account::of_run()?.other()? {
            command.arg(format!("--user={user}"));
        }
        command.arg(format!("--datadir={}", home.join("data").display()));
        Ok(())
    }

    fn init(self, home: &Path) -> Result<()> {
        let mut command = match self {
            Self::Mysql => {
                let mut command = self.command(home)?;
                command.arg("--initialize-insecure").args(self.only());
                command
            }
            Self::Mariadb => {
                // A shell script that runs the server; Debian has it on every PATH.
                let mut command = Command::new("mariadb-install-db");
                command.current_dir(home).arg("--no-defaults");
                Self::with_account(&mut command, home)?;
                command.args(["--auth-root-authentication-method=normal", "--skip-test-db"]);
                command.args(self.only());
                command
            }
        };
        run(command.args(STORAGE), "making a data folder")
    }
}
