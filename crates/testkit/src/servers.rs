//! The hand-over from the program that started the servers to the processes that test with them.

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::fail::{OrFail, fail};

/// The environment variable that names the hand-over file: [`Servers`] as JSON.
pub const HANDOVER: &str = "CHANCERY_TESTKIT";

/// The private servers of this run and the programs that tests compare with.
///
/// There is no `Debug`: the fields hold tokens and passwords.
#[derive(Clone, Serialize, Deserialize)]
pub struct Servers {
    /// The Kubernetes API server.
    pub kubernetes: KubernetesServer,
    /// The Postgres server.
    pub postgres: PostgresServer,
    /// The MySQL server.
    pub mysql: MysqlServer,
    /// The MariaDB server.
    pub mariadb: MysqlServer,
    /// Certificates for encrypted connections to Postgres and MariaDB.
    pub database_tls: DatabaseTlsFiles,
    /// Programs that were built or found for this run.
    pub tools: Tools,
    /// An address of this machine that the API server's proxies accept as a Pod's.
    pub pod_address: PodAddress,
    /// Folder with one log file a server; it stays after the run.
    pub logs: PathBuf,
}

/// How to reach the API server as an administrator.
#[derive(Clone, Serialize, Deserialize)]
pub struct KubernetesServer {
    /// `https://127.0.0.1:PORT`.
    pub url: String,
    /// The certificate authority of the server, PEM.
    pub ca: String,
    /// The token of the user `admin` in the group `system:masters`.
    pub token: String,
}

/// How to reach the Postgres server.
#[derive(Clone, Serialize, Deserialize)]
pub struct PostgresServer {
    /// Loopback address of the TCP listener; every role needs its password there.
    pub host: String,
    /// TCP port, also part of the socket's name.
    pub port: u16,
    /// Folder of the Unix socket, where any role is trusted.
    pub socket: PathBuf,
    /// Name of the superuser.
    pub superuser: String,
    /// Password of the superuser.
    pub password: String,
}

/// How to reach the MySQL or the MariaDB server.
#[derive(Clone, Serialize, Deserialize)]
pub struct MysqlServer {
    /// Loopback address of the TCP listener.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// The Unix socket.
    pub socket: PathBuf,
    /// Name of the superuser.
    pub superuser: String,
    /// Password of the superuser, on the socket too.
    pub password: String,
}

/// Certificates for connections to Postgres and MariaDB, PEM files. Both offer TLS and accept connections
/// without it. MySQL offers none: its build has no key exchange in common with rustls.
///
/// Their certificate is for the address `127.0.0.1` and not for the name `localhost`, and the authority is not
/// the one of the Kubernetes API server: so a test has a wrong name and a wrong authority at hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatabaseTlsFiles {
    /// The certificate authority of servers and clients.
    pub ca: PathBuf,
    /// A client's certificate.
    pub client_certificate: PathBuf,
    /// Its key, PKCS #8.
    pub client_key: PathBuf,
}

/// Paths of programs and files.
#[derive(Clone, Serialize, Deserialize)]
pub struct Tools {
    /// The real kubeseal.
    pub kubeseal: PathBuf,
    /// The real Sealed Secrets controller.
    pub sealed_secrets_controller: PathBuf,
    /// The CRD that the real controller ships, YAML.
    pub sealed_secrets_crd: PathBuf,
    /// What [`status::check`](crate::status::check) runs.
    pub status_check: PathBuf,
    /// What [`go_template::Renderer`](crate::go_template::Renderer) runs.
    pub template: PathBuf,
    /// The etcd server.
    pub etcd: PathBuf,
    /// The Kubernetes API server.
    pub kube_apiserver: PathBuf,
    /// The Kubernetes controller manager.
    pub kube_controller_manager: PathBuf,
    /// Postgres' folder of programs: `initdb`, `postgres`, `psql`, `pg_dump`.
    pub postgres: PathBuf,
    /// MySQL's folder, with `bin/mysqld`.
    pub mysql: PathBuf,
    /// MariaDB's server.
    pub mariadb: PathBuf,
}

/// An address that is not loopback, on which servers of tests can listen.
///
/// kube-apiserver's proxies refuse loopback addresses, so the run puts one address of 198.18.0.0/15
/// (RFC 2544, benchmarking; never routed) on the loopback interface. That needs the right to do so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PodAddress {
    /// Servers may listen on this address.
    Address(IpAddr),
    /// There is none, for this reason.
    Unavailable(String),
}

impl Servers {
    /// Reads a hand-over file.
    ///
    /// # Errors
    /// When the file cannot be read or is of another version of this crate; the message names it.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        use anyhow::Context;
        let text = fs::read(path).with_context(|| {
            format!(
                "reading the testkit's hand-over `{}` (the servers that wrote it may have stopped: run `cargo xtask test`)",
                path.display()
            )
        })?;
        serde_json::from_slice(&text).with_context(|| {
            format!(
                "`{}` is not a hand-over of this version of the testkit: stop `cargo xtask servers` and start it again",
                path.display()
            )
        })
    }
}

/// Returns the servers of this run.
///
/// # Panics
/// When the environment names no hand-over file: the servers have not been started.
#[track_caller]
pub fn servers() -> &'static Servers {
    static SERVERS: OnceLock<Servers> = OnceLock::new();
    SERVERS.get_or_init(|| {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where test processes learn of the servers; they have no command line"
        )]
        let path = std::env::var_os(HANDOVER);
        match path {
            Some(path) => Servers::read(Path::new(&path)).or_fail(|| "finding the private servers".to_owned()),
            None => fail(
                "these tests need private servers; run `cargo xtask test` (or `cargo xtask servers` and export what it prints)",
            ),
        }
    })
}

/// Returns the path of the real kubeseal.
#[track_caller]
pub fn kubeseal() -> PathBuf {
    servers().tools.kubeseal.clone()
}

/// Returns the path of the real Sealed Secrets controller; [`upstream::Controller`](crate::upstream::Controller)
/// runs it.
#[track_caller]
pub fn upstream_controller() -> PathBuf {
    servers().tools.sealed_secrets_controller.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_hand_over_file_is_named_with_the_command_to_run() {
        let error = Servers::read(Path::new("no/such/handover.json")).err().unwrap();
        let message = format!("{error:#}");
        assert!(message.contains("no/such/handover.json"), "{message}");
        assert!(message.contains("cargo xtask test"), "{message}");
    }

    #[test]
    fn a_hand_over_of_another_version_asks_for_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("handover.json");
        fs::write(&path, "{\"kubernetes\":{}}").unwrap();
        let message = format!("{:#}", Servers::read(&path).err().unwrap());
        assert!(message.contains("start it again"), "{message}");
    }
}
