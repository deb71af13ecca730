//! Postgres, in a folder of its own.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use testkit::PostgresServer;
use tokio::process::Command;

use super::account::Account;
use super::database_tls::DatabaseTls;
use super::identity::{random_hex, write};
use super::process::Server;
use super::reaper::{Reaper, Stop};

const SUPERUSER: &str = "postgres";

/// Makes a database cluster in `dir`, starts Postgres on a free loopback port and a socket, and returns it
/// with how to reach it once it answers.
///
/// # Errors
/// When it does not come up.
pub(super) async fn start(
    programs: &Path,
    account: &Account,
    tls: &DatabaseTls,
    dir: &Path,
    logs: &Path,
    reaper: &Reaper,
) -> Result<(Server, PostgresServer)> {
    let home = dir.join("postgres");
    fs::create_dir(&home).with_context(|| format!("making `{}`", home.display()))?;
    let password = random_hex()?;
    let password_file = write(&home, "password", &password)?;
    for path in [&home, &password_file] {
        account.give(path)?;
    }
    // Any role is trusted on the socket, so that tests can become the superuser; its folder is the gate.
    fs::set_permissions(&home, fs::Permissions::from_mode(0o755))
        .with_context(|| format!("opening `{}`", home.display()))?;
    let data = home.join("data");
    init(programs, &home, &data, &password_file, account).await?;

    require_certificates(&data)?;

    let port = testkit::free_port();
    let mut command = account.run(&programs.join("postgres"));
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
        "ssl=on",
    ] {
        command.args(["-c", setting]);
    }
    for (setting, path) in [
        ("ssl_ca_file", &tls.ca),
        ("ssl_cert_file", &tls.server_certificate),
        ("ssl_key_file", &tls.server_key),
    ] {
        command.args(["-c", &format!("{setting}={}", path.display())]);
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

async fn init(
    programs: &Path,
    home: &Path,
    data: &Path,
    password: &PathBuf,
    account: &Account,
) -> Result<()> {
    let mut command = account.run(&programs.join("initdb"));
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

/// Puts the rules for members of [`testkit::POSTGRES_CERTIFICATE_ROLE`] before all others: the first that
/// matches counts.
fn require_certificates(data: &Path) -> Result<()> {
    let path = data.join("pg_hba.conf");
    let rules = fs::read_to_string(&path).with_context(|| format!("reading `{}`", path.display()))?;
    let role = testkit::POSTGRES_CERTIFICATE_ROLE;
    let text = format!(
        "hostssl all +{role} all scram-sha-256 clientcert=verify-ca\nhost all +{role} all reject\n{rules}"
    );
    fs::write(&path, text).with_context(|| format!("writing `{}`", path.display()))
}
