//! MariaDB, in a folder of its own.

use std::path::Path;

use anyhow::Result;
use testkit::MysqlServer;
use tokio::process::Command;

use super::account::Account;
use super::database_tls::DatabaseTls;
use super::mysql::{STORAGE, home, listen, made};
use super::process::Server;
use super::reaper::Reaper;

/// Makes a data folder in `dir`, starts MariaDB on a free loopback port and a socket, and returns it with how
/// to reach it once it answers.
///
/// # Errors
/// When it does not come up.
pub(super) async fn start(
    program: &Path,
    account: &Account,
    tls: &DatabaseTls,
    dir: &Path,
    logs: &Path,
    reaper: &Reaper,
) -> Result<(Server, MysqlServer)> {
    let home = home(dir, "mariadb", account)?;
    let data = format!("--datadir={}", home.join("data").display());
    // A shell script that runs the server; Debian has it on every PATH.
    let mut init = Command::new("mariadb-install-db");
    init.current_dir(&home)
        .arg("--no-defaults")
        .args(account.user_option())
        .arg(&data)
        .args(["--auth-root-authentication-method=normal", "--skip-test-db"])
        .args(STORAGE);
    made(&mut init, "mariadb-install-db").await?;
    let mut serve = Command::new(program);
    serve
        .current_dir(&home)
        .arg("--no-defaults")
        .args(account.user_option())
        .arg(&data)
        // At its start it deletes what looks like left-over temporary tables, others' that are in use included.
        .arg(format!("--tmpdir={}", home.display()))
        .args(STORAGE);
    for (option, path) in [
        ("ssl-ca", &tls.ca),
        ("ssl-cert", &tls.server_certificate),
        ("ssl-key", &tls.server_key),
    ] {
        serve.arg(format!("--{option}={}", path.display()));
    }
    listen("mariadb", serve, &home, account, logs, reaper).await
}
