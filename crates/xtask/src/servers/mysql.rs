//! MySQL, in a folder of its own; and what MariaDB does as it does.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use testkit::MysqlServer;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::process::Command;

use super::account::Account;
use super::identity::{random_hex, write};
use super::process::Server;
use super::reaper::{Reaper, Stop};

const SUPERUSER: &str = "root";

/// Makes a data folder in `dir`, starts MySQL on a free loopback port and a socket, and returns it with how
/// to reach it once it answers.
///
/// # Errors
/// When it does not come up.
pub(super) async fn start(
    programs: &Path,
    account: &Account,
    dir: &Path,
    logs: &Path,
    reaper: &Reaper,
) -> Result<(Server, MysqlServer)> {
    let home = home(dir, "mysql", account)?;
    let program = programs.join("bin/mysqld");
    let mut init = command(&program, &home, account);
    init.arg("--initialize-insecure").args(STORAGE).args(MYSQL_ONLY);
    made(&mut init, "mysqld --initialize-insecure").await?;
    let mut serve = command(&program, &home, account);
    serve.args(STORAGE).args(MYSQL_ONLY).args([
        // A second port, of another protocol.
        "--mysqlx=OFF",
        "--performance-schema=ON",
    ]);
    listen("mysql", serve, &home, account, logs, reaper).await
}

/// The data goes with the run: nothing waits for the disk, and a new folder is small.
pub(super) const STORAGE: [&str; 3] = [
    "--innodb-flush-method=nosync",
    "--innodb-doublewrite=OFF",
    "--innodb-flush-log-at-trx-commit=2",
];

const MYSQL_ONLY: [&str; 3] = [
    "--innodb-log-file-size=16M",
    "--skip-log-bin",
    // This build (OpenSSL 1.0.2) offers no key exchange over elliptic curves and rustls no other: a client that
    // takes TLS where it is offered would get no connection at all. Tests of TLS use MariaDB.
    "--ssl=OFF",
];

/// Makes the folder of a server that its account owns.
///
/// # Errors
/// When it cannot be made.
pub(super) fn home(dir: &Path, name: &str, account: &Account) -> Result<PathBuf> {
    let home = dir.join(name);
    fs::create_dir(&home).with_context(|| format!("making `{}`", home.display()))?;
    fs::set_permissions(&home, fs::Permissions::from_mode(0o755))
        .with_context(|| format!("opening `{}`", home.display()))?;
    account.give(&home)?;
    Ok(home)
}

/// Returns a command of a server program that reads no configuration of the system's.
fn command(program: &Path, home: &Path, account: &Account) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(home)
        // Has to be the first.
        .arg("--no-defaults")
        .args(account.user_option())
        .arg(format!("--datadir={}", home.join("data").display()));
    command
}

/// Runs a command that makes a data folder.
///
/// # Errors
/// When it fails: with what it printed.
pub(super) async fn made(command: &mut Command, name: &str) -> Result<()> {
    let output = command
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .with_context(|| format!("running `{name}`"))?;
    ensure!(
        output.status.success(),
        "making a data folder with `{name}`: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

/// Starts a server over the data folder in `home` and returns it once it answers.
///
/// # Errors
/// When it does not come up.
pub(super) async fn listen(
    name: &'static str,
    mut command: Command,
    home: &Path,
    account: &Account,
    logs: &Path,
    reaper: &Reaper,
) -> Result<(Server, MysqlServer)> {
    let password = random_hex()?;
    // One statement a line. Names are not resolved, so the superuser needs an account for the address.
    let statements = ["localhost", "127.0.0.1"].map(|host| {
        format!(
            "CREATE USER IF NOT EXISTS '{SUPERUSER}'@'{host}';\n\
             ALTER USER '{SUPERUSER}'@'{host}' IDENTIFIED BY '{password}';\n\
             GRANT ALL PRIVILEGES ON *.* TO '{SUPERUSER}'@'{host}' WITH GRANT OPTION;\n"
        )
    });
    let init_file = write(home, "init.sql", &statements.concat())?;
    account.give(&init_file)?;
    let port = testkit::free_port();
    let socket = home.join("server.sock");
    let option = |option: &str, path: &Path| format!("--{option}={}", path.display());
    command
        .arg("--bind-address=127.0.0.1")
        .arg(format!("--port={port}"))
        .arg(option("socket", &socket))
        .arg(option("pid-file", &home.join("server.pid")))
        .arg(option("init-file", &init_file))
        .args([
            "--skip-name-resolve",
            // Tests cut connections in the middle of a handshake; the default blocks the address after 100.
            "--max-connect-errors=1000000",
            // Tests run in parallel, each with a few sessions.
            "--max-connections=300",
            "--default-time-zone=+00:00",
        ]);
    let mut server = Server::start(name, command, logs, Stop::Kill, reaper)?;
    server.ready(async || greeting(port).await).await?;
    // It holds a password and has been read.
    fs::remove_file(&init_file).with_context(|| format!("removing `{}`", init_file.display()))?;
    let address = MysqlServer {
        host: "127.0.0.1".to_owned(),
        port,
        socket,
        superuser: SUPERUSER.to_owned(),
        password,
    };
    Ok((server, address))
}

/// Reads the first packet of the server: three bytes of length, a number, then 10 for the protocol; an error
/// packet has 255 there. The server listens before it has read its init file, and greets after that.
async fn greeting(port: u16) -> Result<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))
        .await
        .with_context(|| format!("connecting to port {port}"))?;
    let mut start = [0; 5];
    stream
        .read_exact(&mut start)
        .await
        .with_context(|| format!("reading the greeting of port {port}"))?;
    ensure!(
        start[4] == 10,
        "port {port} greets with {}, not with protocol 10",
        start[4]
    );
    Ok(())
}
