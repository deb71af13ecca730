//! A controller as a process.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use serde_json::Value;
use testkit::{Cluster, TestNamespace, eventually};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::proxy::Proxy;

/// A running controller, killed on drop.
pub(crate) struct Controller {
    child: Child,
    log: PathBuf,
    address: String,
    _dir: tempfile::TempDir,
}

impl Controller {
    /// Starts a controller for one namespace, which also holds its keys, and waits until it serves.
    /// `kubeconfig` writes one into a folder.
    async fn start(
        namespace: &TestNamespace,
        kubeconfig: impl FnOnce(&Path) -> PathBuf,
        args: &[&str],
    ) -> Self {
        // Small keys: their generation is most of the time of a test.
        let own = [
            "secrets",
            "--all-namespaces=false",
            "--key-size=2048",
            "--listen-metrics-addr=127.0.0.1:0",
            // Keys of tests are of any age.
            "--key-renew-period=0",
        ];
        Self::start_half(namespace, &own, kubeconfig, args).await
    }

    /// Starts a schema controller for one namespace and waits until it is ready. It leads at once, and
    /// compares databases only when something changes, unless the arguments say otherwise.
    pub(crate) async fn schema(cluster: &Cluster, namespace: &TestNamespace, args: &[&str]) -> Self {
        Self::start_schema(namespace, |dir| cluster.kubeconfig(dir), args)
            .await
            .become_ready()
            .await
    }

    /// Does as [`Controller::schema`], with a kubeconfig that is written into a folder, and doesn't wait.
    pub(crate) async fn start_schema(
        namespace: &TestNamespace,
        kubeconfig: impl FnOnce(&Path) -> PathBuf,
        args: &[&str],
    ) -> Self {
        let own = [
            "schema",
            "--all-namespaces=false",
            "--leader-election=false",
            "--recheck-interval=1h",
        ];
        Self::start_half(namespace, &own, kubeconfig, args).await
    }

    async fn start_half(
        namespace: &TestNamespace,
        own: &[&str],
        kubeconfig: impl FnOnce(&Path) -> PathBuf,
        args: &[&str],
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let log = dir.path().join("log");
        let output = File::create(&log).unwrap();
        let child = Command::new(env!("CARGO_BIN_EXE_chancery-controller"))
            .args(own)
            .args([
                "--listen-addr=127.0.0.1:0",
                "--log-format=json",
                "--log-level=debug",
                "--kubeconfig",
            ])
            .arg(kubeconfig(dir.path()))
            .args(args)
            .env_clear()
            .env("POD_NAMESPACE", namespace.name())
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut controller = Self {
            child,
            log,
            address: String::new(),
            _dir: dir,
        };
        let found = eventually("the controller says where it serves", async || {
            controller.line("serving").ok_or_else(|| controller.text())
        });
        let address = found.await["address"].as_str().unwrap().to_owned();
        controller.address = address;
        controller
    }

    /// Starts a controller and waits until it is ready.
    pub(crate) async fn ready(cluster: &Cluster, namespace: &TestNamespace) -> Self {
        Self::ready_with(cluster, namespace, &[]).await
    }

    /// Does as [`Controller::ready`], with more arguments.
    pub(crate) async fn ready_with(cluster: &Cluster, namespace: &TestNamespace, args: &[&str]) -> Self {
        Self::start(namespace, |dir| cluster.kubeconfig(dir), args)
            .await
            .become_ready()
            .await
    }

    /// Does as [`Controller::ready_with`], with the rights of this token.
    pub(crate) async fn ready_with_token(
        cluster: &Cluster,
        namespace: &TestNamespace,
        token: &str,
        args: &[&str],
    ) -> Self {
        Self::start(namespace, |dir| cluster.kubeconfig_with_token(dir, token), args)
            .await
            .become_ready()
            .await
    }

    /// Starts a controller that sees the API server through a proxy.
    pub(crate) async fn start_behind(namespace: &TestNamespace, proxy: &Proxy) -> Self {
        Self::start(namespace, |dir| proxy.kubeconfig(dir), &[]).await
    }

    /// Does as [`Controller::start_behind`], and waits until it is ready.
    pub(crate) async fn ready_behind(namespace: &TestNamespace, proxy: &Proxy) -> Self {
        Self::start_behind(namespace, proxy).await.become_ready().await
    }

    /// Does as [`Controller::start_behind`], with more arguments.
    pub(crate) async fn start_behind_with(namespace: &TestNamespace, proxy: &Proxy, args: &[&str]) -> Self {
        Self::start(namespace, |dir| proxy.kubeconfig(dir), args).await
    }

    /// Starts a controller that need not become ready.
    pub(crate) async fn started_with(cluster: &Cluster, namespace: &TestNamespace, args: &[&str]) -> Self {
        Self::start(namespace, |dir| cluster.kubeconfig(dir), args).await
    }

    /// Sends SIGUSR1.
    pub(crate) async fn ask_for_key(&self) {
        let id = self.id().to_string();
        let sent = Command::new("kill").args(["-USR1", &id]).status().await.unwrap();
        assert!(sent.success());
    }

    async fn become_ready(self) -> Self {
        eventually("the controller is ready", async || {
            match self.get("/readyz").await {
                (200, _) => Ok(()),
                other => Err(format!("{other:?}\n{}", self.text())),
            }
        })
        .await;
        self
    }

    /// Returns status and body of an answer; status 0 when there was none.
    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        self.ask(&format!("GET {path}"), "").await
    }

    /// Does as [`Controller::get`] with `POST` and this body.
    pub(crate) async fn post(&self, path: &str, body: &impl serde::Serialize) -> (u16, String) {
        let body = serde_json::to_string(body).unwrap();
        self.ask(&format!("POST {path}"), &body).await
    }

    /// Returns what is served of metrics, in Prometheus' own form.
    pub(crate) async fn metrics(&self) -> String {
        let line = self.line("serving metrics").unwrap();
        let address = line["address"].as_str().unwrap();
        match ask(address, "GET /metrics", "").await {
            (200, page) => page,
            other => panic!("no metrics: {other:?}\n{}", self.text()),
        }
    }

    async fn ask(&self, what: &str, body: &str) -> (u16, String) {
        ask(&self.address, what, body).await
    }

    /// Returns the port that the controller serves on.
    pub(crate) fn port(&self) -> u16 {
        self.address.rsplit(':').next().unwrap().parse().unwrap()
    }

    /// Returns the certificate that the controller serves.
    pub(crate) async fn certificate(&self) -> String {
        match self.get("/v1/cert.pem").await {
            (200, pem) => pem,
            other => panic!("no certificate: {other:?}\n{}", self.text()),
        }
    }

    /// Returns the log so far.
    pub(crate) fn text(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Returns the first line of the log with this message.
    pub(crate) fn line(&self, message: &str) -> Option<Value> {
        let lines = self.text();
        let mut values = lines
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        values.find(|line| line["msg"] == message)
    }

    /// Sends SIGTERM and returns how the process ended, and what it did in its life.
    pub(crate) async fn terminate(self) -> (ExitStatus, Work) {
        self.terminate_with().await
    }

    /// Does as [`Controller::terminate`], of either half.
    pub(crate) async fn terminate_with<W: serde::de::DeserializeOwned>(mut self) -> (ExitStatus, W) {
        let id = self.child.id().unwrap().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().await.unwrap();
        assert!(sent.success());
        let status = self.child.wait().await.unwrap();
        let line = self
            .line("work done")
            .unwrap_or_else(|| panic!("no totals in the log:\n{}", self.text()));
        (status, serde_json::from_value(line).unwrap())
    }

    /// Returns the number of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Ends the process as a crash would.
    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// Returns status and body of an answer; status 0 when there was none.
pub(crate) async fn ask(address: &str, what: &str, body: &str) -> (u16, String) {
    let talk = async {
        let mut stream = TcpStream::connect(address).await.ok()?;
        let request = format!(
            "{what} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
    };
    talk.await.unwrap_or_default()
}

/// What a controller did, by its own count.
#[derive(Debug, PartialEq, Eq, serde::Deserialize)]
pub(crate) struct Work {
    pub(crate) unseals: u64,
    pub(crate) secret_writes: u64,
    pub(crate) status_writes: u64,
}
