//! An API server that is not there: the process lives, says so, and ends when asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};

use serde_json::{Value, json};

/// A controller whose API server is a closed port.
struct Lonely {
    child: Child,
    log: BufReader<ChildStderr>,
    address: String,
    _dir: tempfile::TempDir,
}

impl Drop for Lonely {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

impl Lonely {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "c",
            // Port 9 of the loopback address: nothing listens there.
            "clusters": [{"name": "c", "cluster": {"server": "http://127.0.0.1:9"}}],
            "users": [{"name": "c", "user": {}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "c"}}],
        });
        let file = dir.path().join("kubeconfig");
        std::fs::write(&file, config.to_string()).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_chancery-controller"))
            .args([
                "secrets",
                "--listen-addr=127.0.0.1:0",
                "--listen-metrics-addr=127.0.0.1:0",
                "--log-info-stdout=false",
                "--log-format=json",
                "--kubeconfig",
            ])
            .arg(file)
            .env_clear()
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stderr.take().unwrap());
        let mut lonely = Self {
            child,
            log,
            address: String::new(),
            _dir: dir,
        };
        let serving = lonely.line(|line| line["msg"] == "serving");
        serving["address"]
            .as_str()
            .unwrap()
            .clone_into(&mut lonely.address);
        lonely
    }

    /// Reads the log up to a line.
    fn line(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut all = String::new();
        loop {
            let mut line = String::new();
            let read = self.log.read_line(&mut line).unwrap();
            assert!(read > 0, "the log ended without the line:\n{all}");
            let value = serde_json::from_str(&line).unwrap();
            if wanted(&value) {
                return value;
            }
            all.push_str(&line);
        }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

#[test]
fn it_is_alive_but_not_ready_and_gives_no_certificate() {
    let mut lonely = Lonely::start();
    let tried = |line: &Value| {
        line["msg"]
            .as_str()
            .is_some_and(|m| m.contains("the API server cannot be reached"))
    };
    lonely.line(tried);
    assert!(lonely.get("/healthz").ends_with("\r\n\r\nok\n"));
    let ready = lonely.get("/readyz");
    assert!(
        ready.starts_with("HTTP/1.1 503 ") && ready.ends_with("sealing keys are not loaded yet\n"),
        "{ready}"
    );
    assert!(lonely.get("/v1/cert.pem").starts_with("HTTP/1.1 503 "));
}

#[test]
fn it_ends_with_success_when_asked_to() {
    for signal in ["-TERM", "-INT"] {
        let mut lonely = Lonely::start();
        let id = lonely.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .unwrap()
                .success()
        );
        lonely.line(|line| line["msg"] == "work done");
        assert_eq!(lonely.child.wait().unwrap().code(), Some(0));
    }
}
