//! etcd, which keeps what the API server is told.

use std::path::Path;

use anyhow::{Context, Result};
use tokio::net::TcpStream;
use tokio::process::Command;

use super::process::Server;
use super::reaper::{Reaper, Stop};

/// Starts etcd on free loopback ports with its data in `dir`, and returns it with its client URL once it
/// listens.
///
/// # Errors
/// When it does not come up.
pub(super) async fn start(
    program: &Path,
    dir: &Path,
    logs: &Path,
    reaper: &Reaper,
) -> Result<(Server, String)> {
    let port = testkit::free_port();
    let client = format!("http://127.0.0.1:{port}");
    let peer = format!("http://127.0.0.1:{}", testkit::free_port());
    let mut command = Command::new(program);
    command
        .arg(format!("--data-dir={}", dir.join("etcd").display()))
        .arg(format!("--listen-client-urls={client}"))
        .arg(format!("--advertise-client-urls={client}"))
        .arg(format!("--listen-peer-urls={peer}"))
        .arg(format!("--initial-advertise-peer-urls={peer}"))
        .arg(format!("--initial-cluster=default={peer}"))
        // The data goes with the run: a lost write costs nothing, a sync costs each test milliseconds.
        .arg("--unsafe-no-fsync")
        .arg("--log-level=warn");
    let mut server = Server::start("etcd", command, logs, Stop::Kill, reaper)?;
    server
        .ready(async || {
            TcpStream::connect(("127.0.0.1", port))
                .await
                .map(drop)
                .with_context(|| format!("connecting to {client}"))
        })
        .await?;
    Ok((server, client))
}
