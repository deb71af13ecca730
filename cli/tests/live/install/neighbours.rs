//! Controllers of others that run in the cluster.

use k8s_openapi::api::apps::v1::{Deployment, StatefulSet};
use k8s_openapi::api::core::v1::Service;
use kube::api::{Patch, PatchParams, PostParams};
use serde_json::{Value, json};
use testkit::{Cluster, TestNamespace};

use crate::program::{Run, chancery};

fn workload(name: &str, image: &str) -> Value {
    json!({
        "metadata": {"name": name},
        "spec": {
            "replicas": 1,
            "serviceName": name,
            "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "it", "image": image}]},
            },
        },
    })
}

/// Runs `chancery install` for a namespace of the test's own; it looks at the whole cluster.
fn install(cluster: &Cluster, namespace: &TestNamespace, arguments: &[&str]) -> Run {
    let folder = tempfile::tempdir().unwrap();
    let kubeconfig = cluster.kubeconfig(folder.path()).display().to_string();
    let fixed = [
        "install",
        "--kubeconfig",
        &kubeconfig,
        "--controller-namespace",
        namespace.name(),
    ];
    chancery(folder.path(), &[fixed.as_slice(), arguments].concat(), "")
}

#[tokio::test]
async fn a_running_sealed_secrets_controller_or_schemahero_is_named_and_nothing_is_printed() {
    let cluster = testkit::cluster().await;
    let namespace = cluster.namespace("beside").await;
    let create = PostParams::default();
    let sealed =
        serde_json::from_value(workload("mine", "bitnami/sealed-secrets-controller:0.36.6")).unwrap();
    namespace
        .api::<Deployment>()
        .create(&create, &sealed)
        .await
        .unwrap();
    let hero =
        serde_json::from_value(workload("airlinedb-controller", "schemahero/schemahero:0.25.0")).unwrap();
    namespace
        .api::<StatefulSet>()
        .create(&create, &hero)
        .await
        .unwrap();
    let sentences = [
        format!(
            "a Sealed Secrets controller runs: Deployment `{}/mine`",
            namespace.name()
        ),
        format!(
            "SchemaHero runs: StatefulSet `{}/airlinedb-controller`",
            namespace.name()
        ),
    ];
    let run = install(&cluster, &namespace, &[]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    for said in &sentences {
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    let stop = format!(
        "kubectl -n {} scale deployment mine --replicas=0",
        namespace.name()
    );
    assert!(run.stderr.contains(&stop), "{}", run.stderr);
    // One half does not mind the other's neighbour.
    let run = install(&cluster, &namespace, &["--only", "schema"]);
    assert!(
        !run.stderr.contains(&sentences[0]) && run.stderr.contains(&sentences[1]),
        "{}",
        run.stderr
    );
    install(&cluster, &namespace, &["--only", "crds,policies"]).succeeded();
    let forced = install(&cluster, &namespace, &["--force"]).succeeded();
    assert!(
        forced.stdout.contains("kind: MutatingAdmissionPolicyBinding"),
        "{}",
        forced.stdout
    );
    // Scaled to nothing they may stay.
    let stopped = Patch::Merge(json!({"spec": {"replicas": 0}}));
    let params = PatchParams::default();
    namespace
        .api::<Deployment>()
        .patch("mine", &params, &stopped)
        .await
        .unwrap();
    namespace
        .api::<StatefulSet>()
        .patch("airlinedb-controller", &params, &stopped)
        .await
        .unwrap();
    let run = install(&cluster, &namespace, &[]);
    assert!(
        sentences.iter().all(|said| !run.stderr.contains(said)),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn a_service_that_selects_the_pods_of_another_controller_is_named() {
    let cluster = testkit::cluster().await;
    let namespace = cluster.namespace("beside").await;
    let service: Service = serde_json::from_value(json!({
        "metadata": {"name": "left-over"},
        "spec": {"selector": {"name": "sealed-secrets-controller"}, "ports": [{"port": 8080}]},
    }))
    .unwrap();
    namespace
        .api::<Service>()
        .create(&PostParams::default(), &service)
        .await
        .unwrap();
    let arguments = ["--only", "secrets", "--controller-name", "left-over"];
    let run = install(&cluster, &namespace, &arguments);
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    let said = format!(
        "Service `{}/left-over` selects the Pods of another controller",
        namespace.name()
    );
    assert!(run.stderr.contains(&said), "{}", run.stderr);
}

#[tokio::test]
async fn someone_who_may_not_look_is_told_how_to_print_without_looking() {
    let cluster = testkit::cluster().await;
    let namespace = cluster.namespace("beside").await;
    let folder = tempfile::tempdir().unwrap();
    let token = cluster.service_account_token(namespace.name(), "default").await;
    let kubeconfig = cluster
        .kubeconfig_with_token(folder.path(), &token)
        .display()
        .to_string();
    let run = chancery(folder.path(), &["install", "--kubeconfig", &kubeconfig], "");
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    assert!(
        run.stderr
            .contains("not allowed: reading Service `kube-system/sealed-secrets-controller`"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("--offline"), "{}", run.stderr);
}
