//! A folder with a key and its certificate, and calls by the name `kubeseal`.

use std::path::PathBuf;

use serde_json::Value;

use crate::sandbox::{Run, Sandbox};

/// A Secret with a namespace.
pub(super) const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: shop}
stringData: {password: tulip-hunter2-canary}
";

/// A Secret without one.
pub(super) const NOWHERE: &str = "\
apiVersion: v1
kind: Secret
metadata: {name: db}
stringData: {password: tulip-hunter2-canary}
";

/// A folder with `key.yaml`, `cert.pem`, and the program as `kubeseal`.
pub(super) struct Kubeseal {
    pub(super) sandbox: Sandbox,
    program: PathBuf,
}

impl Kubeseal {
    pub(super) fn new() -> Self {
        let sandbox = Sandbox::new();
        let generate = ["keys", "generate", "-w", "key.yaml", "--bits", "2048"];
        sandbox.run(&generate).succeeded();
        sandbox
            .run(&["cert", "--cert", "key.yaml", "-w", "cert.pem"])
            .succeeded();
        let program = sandbox.path("kubeseal");
        std::os::unix::fs::symlink(assert_cmd::cargo::cargo_bin!("chancery"), &program).unwrap();
        Self { sandbox, program }
    }

    pub(super) fn run(&self, arguments: &[&str], stdin: &str) -> Run {
        self.run_with(arguments, stdin, &[])
    }

    /// With these variables and no others, but HOME.
    pub(super) fn run_with(&self, arguments: &[&str], stdin: &str, environment: &[(&str, &str)]) -> Run {
        let output = assert_cmd::Command::new(&self.program)
            .args(arguments)
            .current_dir(self.sandbox.path(""))
            .env_clear()
            .env("HOME", self.sandbox.path(""))
            .envs(environment.iter().copied())
            .write_stdin(stdin)
            .output()
            .unwrap();
        Run {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Seals with `cert.pem`.
    pub(super) fn seal(&self, arguments: &[&str], stdin: &str) -> Run {
        self.run(&[&["--cert", "cert.pem"], arguments].concat(), stdin)
    }

    /// The one object that sealing gives.
    #[track_caller]
    pub(super) fn sealed(&self, arguments: &[&str], stdin: &str) -> Value {
        serde_json::from_str(&self.seal(arguments, stdin).succeeded().stdout).unwrap()
    }

    /// The values of a SealedSecret, as base64.
    #[track_caller]
    pub(super) fn opened(&self, sealed: &str) -> Value {
        let run = self
            .sandbox
            .run_with(&["unseal", "--key", "key.yaml", "-o", "json"], sealed);
        let secret: Value = serde_json::from_str(&run.succeeded().stdout).unwrap();
        secret["data"].clone()
    }
}
