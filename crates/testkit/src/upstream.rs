//! The real Sealed Secrets controller, run against the private API server.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};

use crate::cluster::Cluster;
use crate::eventually::eventually_within;
use crate::fail::OrFail;
use crate::port::free_port;
use crate::proxy;
use crate::servers::{PodAddress, servers};

/// Where client-go looks for a Pod's credentials; the path cannot be configured (`rest.InClusterConfig`).
const SERVICE_ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// A running Sealed Secrets controller, killed when dropped.
///
/// It runs in a mount namespace of its own where the ServiceAccount's folder is one of this value, so that several can
/// run at once with different credentials.
pub struct Controller {
    /// The address of its HTTP server: `/v1/cert.pem`, `/v1/verify`, `/v1/rotate`, `/healthz`.
    pub address: SocketAddr,
    numbers: SocketAddr,
    child: Child,
    log: PathBuf,
    // Holds the ServiceAccount folder and the log; removed with the process.
    _dir: tempfile::TempDir,
}

impl Controller {
    /// Starts the controller with the rights of an administrator and waits until it serves.
    ///
    /// `namespace` is its own: it keeps its keys there. By default it watches all namespaces; `args` are
    /// further flags of its own, such as `--all-namespaces=false` (do so unless the test owns the cluster:
    /// several controllers that watch the same namespaces fight), `--key-size=2048`, `--kubeclient-qps=-1`.
    ///
    /// # Panics
    /// When its `SealedSecret` CRD is not installed ([`Cluster::install_sealed_secrets_crd`]), when mount
    /// namespaces are not permitted (they need root), or when it does not serve within 60 seconds; the
    /// message has the end of its log.
    pub async fn start(cluster: &Cluster, namespace: &str, args: &[&str]) -> Self {
        let token = cluster.token.clone();
        Self::start_with_token(cluster, namespace, &token, args).await
    }

    /// Does as [`Controller::start`] with the rights of `token`.
    ///
    /// # Panics
    /// As [`Controller::start`].
    pub async fn start_with_token(cluster: &Cluster, namespace: &str, token: &str, args: &[&str]) -> Self {
        let doing = || "starting the Sealed Secrets controller".to_owned();
        let dir = tempfile::Builder::new()
            .prefix("sealed-secrets-")
            .tempdir()
            .or_fail(doing);
        let credentials = dir.path().join("serviceaccount");
        cluster.service_account_dir(&credentials, namespace, token);
        let log = dir.path().join("controller.log");
        let output = File::create(&log).or_fail(doing);
        let ip = match &servers().pod_address {
            PodAddress::Address(_) => proxy::pod_address(),
            PodAddress::Unavailable(_) => std::net::Ipv4Addr::LOCALHOST.into(),
        };
        let address = SocketAddr::new(ip, free_port());
        let numbers = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let child = in_mount_namespace(&credentials)
            .arg(&servers().tools.sealed_secrets_controller)
            .arg(format!("--listen-addr={address}"))
            .arg(format!("--listen-metrics-addr={numbers}"))
            .args(args)
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("POD_NAMESPACE", namespace)
            .envs(cluster.in_cluster_environment())
            .stdin(Stdio::null())
            .stdout(output.try_clone().or_fail(doing))
            .stderr(output)
            .kill_on_drop(true)
            .spawn()
            .or_fail(|| {
                "starting the Sealed Secrets controller through `setpriv` and `unshare` (util-linux)"
                    .to_owned()
            });
        let mut controller = Self {
            address,
            numbers,
            child,
            log,
            _dir: dir,
        };
        controller.wait_until_it_serves().await;
        controller
    }

    /// Returns what the controller has logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Returns the certificate of its newest key, PEM, read over HTTP.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn certificate(&self) -> String {
        self.get("/v1/cert.pem")
            .await
            .or_fail(|| format!("asking {} for its certificate", self.address))
    }

    /// Returns its metrics, in Prometheus' own form.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn metrics(&self) -> String {
        get(self.numbers, "/metrics")
            .await
            .or_fail(|| format!("asking {} for its metrics", self.numbers))
    }

    /// Kills the controller and waits until it is gone.
    ///
    /// # Panics
    /// When the system refuses to.
    pub async fn kill(&mut self) {
        self.child
            .kill()
            .await
            .or_fail(|| "killing the Sealed Secrets controller".to_owned());
    }

    async fn wait_until_it_serves(&mut self) {
        let log = self.log.clone();
        let end_of_log = || fs::read_to_string(&log).unwrap_or_default();
        let (address, child) = (self.address, &mut self.child);
        let served = eventually_within(
            Duration::from_mins(1),
            "the Sealed Secrets controller serves",
            async || {
                // An end is an answer too: it must not take a minute to be told.
                match child.try_wait() {
                    Ok(Some(status)) => Ok(Err(format!("it ended with {status}"))),
                    _ => match get(address, "/v1/cert.pem").await {
                        Ok(text) if text.contains("BEGIN CERTIFICATE") => Ok(Ok(())),
                        Ok(text) => Err(format!("{text}\n{}", end_of_log())),
                        Err(error) => Err(format!("{error:#}\n{}", end_of_log())),
                    },
                }
            },
        )
        .await;
        served.map_err(anyhow::Error::msg).or_fail(|| {
            format!(
                "starting the Sealed Secrets controller (it needs its CRD, and root for a mount namespace); its log:\n{}",
                end_of_log()
            )
        });
    }

    async fn get(&self, path: &str) -> anyhow::Result<String> {
        get(self.address, path).await
    }
}

/// Returns a command that runs its arguments with `credentials` at [`SERVICE_ACCOUNT`], seen by itself
/// alone, and that dies with the thread that starts it.
fn in_mount_namespace(credentials: &Path) -> Command {
    // `$1` is the folder to be seen, `$2` what shall be in it, the rest is the program. The nearest folder
    // that exists becomes a tmpfs of this namespace, so that nothing is created on the machine.
    const SCRIPT: &str = "target=$(realpath -m \"$1\") && base=$target && \
        while ! [ -d \"$base\" ]; do base=$(dirname \"$base\"); done && \
        mount -t tmpfs tmpfs \"$base\" && mkdir -p \"$target\" && cp -R \"$2\"/. \"$target\" && \
        shift 2 && exec \"$@\"";
    let mut command = Command::new("setpriv");
    command
        .args([
            "--pdeathsig",
            "KILL",
            "unshare",
            "--mount",
            "--propagation",
            "private",
            "sh",
            "-c",
            SCRIPT,
            "sh",
        ])
        .arg(SERVICE_ACCOUNT)
        .arg(credentials);
    command
}

/// Does one HTTP/1.0 GET; a client library for one request in tests would be too much.
async fn get(address: SocketAddr, path: &str) -> anyhow::Result<String> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(address).await?;
    stream
        .write_all(format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n").as_bytes())
        .await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((answer.as_str(), ""));
    anyhow::ensure!(
        head.contains(" 200 "),
        "the answer to {path} is {}",
        head.lines().next().unwrap_or_default()
    );
    Ok(body.to_owned())
}
