//! `.chancery.yaml` whose clusters are asked through a real API server, and the cache of their certificates.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use tempfile::TempDir;
use testkit::{TestNamespace, eventually, proxy};

use crate::program::{Run, chancery};

/// What answers behind a Service with a certificate, until it is broken.
struct Answering {
    port: u16,
    broken: Arc<AtomicBool>,
}

impl Answering {
    fn with(pem: String) -> Self {
        let listener = TcpListener::bind("0.0.0.0:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let broken = Arc::new(AtomicBool::new(false));
        let is_broken = Arc::clone(&broken);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A port that nothing listens on keeps the API server trying for half a minute.
                if !is_broken.load(Ordering::SeqCst) {
                    answer(stream, &pem);
                }
            }
        });
        Self { port, broken }
    }

    fn break_down(&self) {
        self.broken.store(true, Ordering::SeqCst);
    }
}

fn answer(mut stream: TcpStream, pem: &str) {
    let lines = BufReader::new(&stream).lines();
    let _ = lines.map_while(Result::ok).find(String::is_empty);
    let length = pem.len();
    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{pem}");
    let _ = stream.write_all(answer.as_bytes());
}

/// A folder with two configured clusters: two Services of one API server, each with a key of its own.
struct Fixture {
    folder: TempDir,
    kubeconfig: PathBuf,
    _namespace: TestNamespace,
    staging: Answering,
}

impl Fixture {
    async fn new() -> Self {
        let cluster = testkit::cluster().await;
        let namespace = cluster.namespace("config").await;
        let folder = tempfile::tempdir().unwrap();
        let kubeconfig = cluster.kubeconfig(folder.path());
        let mut servers = Vec::new();
        let mut clusters = String::new();
        for name in ["staging", "production"] {
            let key = format!("{name}-key.yaml");
            chancery(
                folder.path(),
                &["keys", "generate", "--bits", "2048", "-w", &key],
                "",
            )
            .succeeded();
            let pem = chancery(folder.path(), &["cert", "--cert", &key], "")
                .succeeded()
                .stdout;
            let server = Answering::with(pem);
            proxy::expose(&cluster, namespace.name(), name, server.port).await;
            servers.push(server);
            let _ = writeln!(
                clusters,
                "- name: {name}\n  controller: {{context: testkit, namespace: {}, name: {name}}}",
                namespace.name()
            );
        }
        fs::write(
            folder.path().join(".chancery.yaml"),
            format!(
                "apiVersion: chancery.dev/v1alpha1\nkind: Config\nclusters:\n{clusters}defaults: {{clusters: [staging, production]}}\n"
            ),
        )
        .unwrap();
        fs::write(
            folder.path().join("db.yaml"),
            "apiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\nstringData: {password: tulip}\n",
        )
        .unwrap();
        Self {
            folder,
            kubeconfig,
            _namespace: namespace,
            staging: servers.remove(0),
        }
    }

    fn run(&self, arguments: &[&str]) -> Run {
        let kubeconfig = self.kubeconfig.display().to_string();
        let cluster = ["--kubeconfig", &kubeconfig];
        chancery(self.folder.path(), &[arguments, &cluster].concat(), "")
    }

    /// The API server takes a moment to see new Endpoints.
    async fn answers(&self) {
        eventually("the certificates come through the proxy", async || {
            let run = self.run(&["cert", "-o", "json"]);
            if run.code == Some(0) {
                Ok(())
            } else {
                Err(run.stderr)
            }
        })
        .await;
    }

    fn opens(&self, file: &str, key: &str) {
        chancery(self.folder.path(), &["unseal", file, "--key", key], "").succeeded();
    }

    fn cache(&self) -> Vec<PathBuf> {
        let folder = self.folder.path().join(".cache/chancery/certificates");
        let entries = fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

fn as_if_fetched_long_ago(file: &Path) {
    let mut kept: serde_json::Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    kept["fetched"] = "2024-01-01T00:00:00Z".into();
    fs::write(file, kept.to_string()).unwrap();
}

#[tokio::test]
async fn each_configured_controller_gives_its_own_certificate() {
    let fixture = Fixture::new().await;
    fixture.answers().await;
    fixture.run(&["seal", "db.yaml", "-w", "sealed/"]).succeeded();
    fixture.opens("sealed/staging/db.yaml", "staging-key.yaml");
    fixture.opens("sealed/production/db.yaml", "production-key.yaml");
    assert_eq!(fixture.cache().len(), 2);
}

#[tokio::test]
async fn a_controller_that_is_down_is_sealed_for_with_the_certificate_it_gave() {
    let fixture = Fixture::new().await;
    fixture.answers().await;
    for file in fixture.cache() {
        as_if_fetched_long_ago(&file);
    }
    fixture.staging.break_down();
    let run = fixture.run(&["seal", "db.yaml", "-w", "sealed/"]).succeeded();
    assert!(
        run.stderr
            .contains("the certificate of cluster `staging` (Service `")
            && run
                .stderr
                .contains("can't be asked for, so the one that was fetched"),
        "{}",
        run.stderr
    );
    assert!(!run.stderr.contains("cluster `production`"), "{}", run.stderr);
    fixture.opens("sealed/staging/db.yaml", "staging-key.yaml");
    let run = fixture.run(&["seal", "db.yaml", "-w", "other/", "--no-cache"]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr
            .contains("cannot get the certificate of cluster `staging`"),
        "{}",
        run.stderr
    );
    assert!(!fixture.folder.path().join("other").exists());
}
