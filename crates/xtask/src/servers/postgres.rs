//! Postgres, in a folder of its own.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use testkit::PostgresServer;
use tokio::process::Command;

use super::identity::{random_hex, write};
use super::needs::{answer, is_root};
use super::process::Server;
use super::reaper::{Reaper, Stop};

const SUPERUSER: &str = "postgres";

/// Makes a database cluster in `dir`, starts Postgres on a free loopback port and a socket, and returns it
/// with how to reach it once it answers.
///
/// Postgres refuses to run as root; then it runs as `postgres`, the user that Debian's package makes, else
/// as `nobody`.
///
/// # Errors
/// When it does not come up.
pub(super) async fn start(
    programs: &Path,
    dir: &Path,
    logs: &Path,
    reaper: &mut Reaper,
) -> Result<(Server, PostgresServer)> {
    let home = dir.join("postgres");
    fs::create_dir(&home).with_context(|| format!("making `{}`", home.display()))?;
    let user = if is_root() { Some(unprivileged()?) } else { None };
    let password = random_hex()?;
    let password_file = write(&home, "password", &password)?;
    for path in [&home, &password_file] {
        give(path, user.as_ref())?;
    }
    // Any role is trusted on the socket, so that tests can become the superuser; its folder is the gate.
    fs::set_permissions(&home, fs::Permissions::from_mode(0o755))
        .with_context(|| format!("opening `{}`", home.display()))?;
    let data = home.join("data");
    init(programs, &home, &data, &password_file, user.as_ref()).await?;

    let port = testkit::free_port();
    let mut command = run_as(user.as_ref(), &programs.join("postgres"));
    command
        .current_dir(&home)
        .arg("-D")
        .arg(&data)
        .arg("-k")
        .arg(&home)
        .args(["-p", &port.to_string()]);
    for setting in [
        "listen_addresses=127.0.0.1",
        // The data goes with the run.
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        // Tests run in parallel, each with a few sessions; big schemas lock many tables at once.
        "max_connections=200",
        "max_locks_per_transaction=256",
        "timezone=UTC",
        "log_timezone=UTC",
    ] {
        command.args(["-c", setting]);
    }
    let mut server = Server::start("postgres", command, logs, Stop::Quit, reaper)?;
    let ready = programs.join("pg_isready");
    server
        .ready(async || {
            let mut ask = Command::new(&ready);
            let output = ask
                .arg("-h")
                .arg(&home)
                .args(["-p", &port.to_string(), "-U", SUPERUSER, "-d", "postgres"])
                .output()
                .await;
            let output = output.with_context(|| format!("running `{}`", ready.display()))?;
            ensure!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stdout).trim()
            );
            Ok(())
        })
        .await?;
    let address = PostgresServer {
        host: "127.0.0.1".to_owned(),
        port,
        socket: home,
        superuser: SUPERUSER.to_owned(),
        password,
    };
    Ok((server, address))
}

/// Another user to run Postgres as.
struct User {
    id: u32,
    group: u32,
}

fn unprivileged() -> Result<User> {
    ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| {
            Some(User {
                id: answer("id", &["-u", name])?.parse().ok()?,
                group: answer("id", &["-g", name])?.parse().ok()?,
            })
        })
        .context("Postgres refuses to run as root, and there is neither a user `postgres` nor `nobody`")
}

fn give(path: &Path, user: Option<&User>) -> Result<()> {
    let Some(user) = user else { return Ok(()) };
    chown(path, Some(user.id), Some(user.group))
        .with_context(|| format!("giving `{}` to Postgres", path.display()))
}

fn run_as(user: Option<&User>, program: &Path) -> Command {
    let Some(user) = user else {
        return Command::new(program);
    };
    let mut command = Command::new("setpriv");
    command
        .args([
            "--reuid",
            &user.id.to_string(),
            "--regid",
            &user.group.to_string(),
            "--clear-groups",
            "--",
        ])
        .arg(program);
    command
}

async fn init(
    programs: &Path,
    home: &Path,
    data: &Path,
    password: &PathBuf,
    user: Option<&User>,
) -> Result<()> {
    let mut command = run_as(user, &programs.join("initdb"));
    command
        // initdb wants a current folder that its user may read.
        .current_dir(home)
        .arg("-D")
        .arg(data)
        .arg("--pwfile")
        .arg(password)
        .args([
            "--username",
            SUPERUSER,
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
        ])
        // The same order of text on every machine.
        .args(["--encoding=UTF8", "--locale=C", "--no-sync"])
        .stdin(Stdio::null());
    let output = command.output().await.context("running `initdb`")?;
    ensure!(
        output.status.success(),
        "making a database cluster with `initdb`: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    fs::remove_file(password).with_context(|| format!("removing `{}`", password.display()))
}
