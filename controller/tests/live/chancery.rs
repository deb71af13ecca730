//! The command line, run as a user runs it, against the controller of a test.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use testkit::{Cluster, TestNamespace, proxy};
use tokio::process::Command;

use crate::process::Controller;

/// The Service that leads to the controller, by its usual name.
const SERVICE: &str = "sealed-secrets-controller";

/// The command line of the same build. Cargo names only a package's own programs to its tests; another one's lies in the
/// same folder when the workspace was built.
pub(crate) fn program() -> PathBuf {
    let path = Path::new(env!("CARGO_BIN_EXE_chancery-controller")).with_file_name("chancery");
    assert!(
        path.exists(),
        "`{}` is missing: run `cargo build -p chancery`",
        path.display()
    );
    path
}

/// A folder to run commands in, and the cluster that they see.
pub(crate) struct Shell {
    folder: tempfile::TempDir,
    cluster: Vec<String>,
}

/// How a command ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Shell {
    /// A folder whose commands talk to the controller of this namespace, if one is exposed.
    pub(crate) fn new(cluster: &Cluster, namespace: &TestNamespace) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let kubeconfig = cluster.kubeconfig(folder.path());
        Self {
            cluster: vec![
                format!("--kubeconfig={}", kubeconfig.display()),
                format!("--controller-namespace={}", namespace.name()),
            ],
            folder,
        }
    }

    /// Makes the controller reachable through the API server.
    pub(crate) async fn expose(cluster: &Cluster, namespace: &TestNamespace, controller: &Controller) {
        proxy::expose(cluster, namespace.name(), SERVICE, controller.port()).await;
    }

    /// A path in the folder.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.folder.path().join(relative)
    }

    /// Runs `chancery` with these arguments and those that name the cluster.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Ended {
        self.ended(Command::new(program()).args(arguments).args(&self.cluster))
            .await
    }

    /// Runs `git` in a folder of the folder and returns what it printed.
    pub(crate) async fn git(&self, folder: &str, arguments: &[&str]) -> String {
        let identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"];
        let mut git = Command::new("git");
        git.arg("-C")
            .arg(self.path(folder))
            .args(identity)
            .args(arguments);
        self.ended(&mut git).await.succeeded().stdout
    }

    async fn ended(&self, command: &mut Command) -> Ended {
        let output = command
            .current_dir(self.folder.path())
            .env("HOME", self.folder.path())
            .env_remove("XDG_CACHE_HOME")
            .stdin(Stdio::null())
            .output()
            .await
            .unwrap();
        Ended {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ended {
    /// It did what it was asked.
    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{}{}", self.stdout, self.stderr);
        self
    }

    /// It ended with this code and said this.
    #[track_caller]
    pub(crate) fn failed(self, code: i32, said: &str) -> Self {
        assert_eq!(self.code, Some(code), "{}{}", self.stdout, self.stderr);
        assert!(self.stderr.contains(said), "{}", self.stderr);
        self
    }
}
