//! With a real API server, and upstream's controller behind the Service proxy.

use std::path::PathBuf;

use testkit::upstream::Controller;
use testkit::{Cluster, TestNamespace, eventually, proxy};

use super::both::{Both, Ended, assert_same};

pub(super) const SERVICE: &str = "sealed-secrets-controller";

pub(super) const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {a: b}\n";

/// A controller, both programs, and the administrator's kubeconfig.
pub(super) struct World {
    pub(super) cluster: Cluster,
    pub(super) namespace: TestNamespace,
    pub(super) controller: Controller,
    pub(super) both: Both,
    pub(super) kubeconfig: PathBuf,
    pub(super) folder: tempfile::TempDir,
}

impl World {
    pub(super) async fn new() -> Self {
        let cluster = testkit::cluster().await;
        cluster.install_sealed_secrets_crd().await;
        let namespace = cluster.namespace("kubeseal").await;
        let args = ["--all-namespaces=false", "--key-size=2048", "--kubeclient-qps=-1"];
        let controller = Controller::start(&cluster, namespace.name(), &args).await;
        proxy::expose(&cluster, namespace.name(), SERVICE, controller.address.port()).await;
        let folder = tempfile::tempdir().unwrap();
        let kubeconfig = cluster.kubeconfig(folder.path());
        let world = Self {
            cluster,
            namespace,
            controller,
            both: Both::new(),
            kubeconfig,
            folder,
        };
        world.serves().await;
        world
    }

    /// The API server takes a moment to see new Endpoints.
    async fn serves(&self) {
        let kubeconfig = self.kubeconfig.display().to_string();
        eventually("the certificate comes through the proxy", async || {
            let [theirs, _] = self.run(&["--fetch-cert", "--kubeconfig", &kubeconfig], "", &[]);
            (theirs.run.code == Some(0))
                .then_some(())
                .ok_or(theirs.run.stderr)
        })
        .await;
    }

    /// Runs both with the namespace of the controller.
    pub(super) fn run(&self, arguments: &[&str], stdin: &str, environment: &[(&str, &str)]) -> [Ended; 2] {
        let namespace = ["--controller-namespace", self.namespace.name()];
        self.both
            .run(&[arguments, &namespace].concat(), stdin, environment)
    }

    #[track_caller]
    pub(super) fn alike(&self, arguments: &[&str], stdin: &str, environment: &[(&str, &str)]) -> [Ended; 2] {
        let ended = self.run(arguments, stdin, environment);
        assert_same(&format!("{arguments:?} {environment:?}"), &ended);
        ended
    }
}

#[tokio::test]
async fn the_controllers_certificate_is_fetched_and_sealed_with() {
    let world = World::new().await;
    let config = world.kubeconfig.display().to_string();
    let [_, ours] = world.alike(&["--fetch-cert", "--kubeconfig", &config], "", &[]);
    assert_eq!(ours.run.stdout, world.controller.certificate().await);
    let by_environment = [
        ("KUBECONFIG", config.as_str()),
        ("SEALED_SECRETS_FETCH_CERT", "true"),
    ];
    world.alike(&[], "", &by_environment);
    for arguments in [
        ["--kubeconfig", &config].as_slice(),
        &["--kubeconfig", &config, "-n", "shop", "-oyaml"],
        &[
            "--kubeconfig",
            &config,
            "-n",
            "shop",
            "--scope",
            "cluster-wide",
            "--context",
            "testkit",
        ],
        &["--kubeconfig", &config, "--raw", "--name", "db", "-n", "shop"],
    ] {
        let [_, ours] = world.alike(arguments, SECRET, &[]);
        assert_eq!(ours.run.code, Some(0), "{}", ours.run.stderr);
    }
}

#[tokio::test]
async fn a_service_that_is_not_there_or_may_not_be_seen_is_said_alike() {
    let world = World::new().await;
    let config = world.kubeconfig.display().to_string();
    let missing = [
        "--fetch-cert",
        "--kubeconfig",
        &config,
        "--controller-name",
        "other",
    ];
    let [_, ours] = world.alike(&missing, "", &[]);
    assert_eq!(ours.run.code, Some(1));
    assert!(
        ours.run
            .stderr
            .contains("--controller-name and --controller-namespace")
    );
    let [theirs, ours] = world.run(
        &["--fetch-cert", "--kubeconfig", &config, "--as", "nobody"],
        "",
        &[],
    );
    assert_eq!((theirs.run.code, ours.run.code), (Some(1), Some(1)));
    for run in [&theirs.run, &ours.run] {
        let said = "error: cannot get sealed secret service";
        assert!(
            run.stderr.contains(said) && run.stderr.contains("nobody"),
            "{}",
            run.stderr
        );
    }
}

#[tokio::test]
async fn a_pods_account_is_a_configuration_and_a_namespace() {
    let world = World::new().await;
    let account = world.folder.path().join("serviceaccount");
    let (cluster, namespace) = (&world.cluster, world.namespace.name());
    cluster.service_account_dir(&account, namespace, &cluster.token);
    let address = cluster.in_cluster_environment();
    let environment: Vec<_> = address
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    for arguments in [
        ["--controller-namespace", namespace].as_slice(),
        &["--controller-namespace", namespace, "--fetch-cert"],
        &["--controller-namespace", namespace, "-n", "shop"],
        &["--controller-namespace", namespace, "--raw", "--name", "db"],
    ] {
        let ended = world.both.run_in_pod(&account, arguments, SECRET, &environment);
        assert_same(&format!("{arguments:?}"), &ended);
        assert_eq!(ended[1].run.code, Some(0), "{}", ended[1].run.stderr);
    }
}
