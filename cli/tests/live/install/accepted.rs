//! The API server takes everything, with strict fields and without a warning.

use k8s_openapi::api::core::v1::Namespace;
use kube::Api;
use kube::api::{Patch, PatchParams};
use serde_json::json;
use testkit::{Cluster, TestNamespace};

use super::printed::{apply_all, documents, install};

/// A namespace where the API server warns of Pods that the Pod Security Standard `restricted` would refuse.
async fn restricted(cluster: &Cluster) -> TestNamespace {
    let namespace = cluster.namespace("accepted").await;
    let label = json!({"metadata": {"labels": {"pod-security.kubernetes.io/warn": "restricted"}}});
    Api::<Namespace>::all(cluster.client.clone())
        .patch(namespace.name(), &PatchParams::default(), &Patch::Merge(label))
        .await
        .unwrap();
    namespace
}

#[tokio::test]
async fn an_installation_for_the_whole_cluster_is_accepted_without_a_warning() {
    let cluster = testkit::cluster().await;
    let namespace = restricted(&cluster).await;
    let printed = install(&["--controller-namespace", namespace.name()]).stdout;
    apply_all(&cluster, &printed, true).await;
}

#[tokio::test]
async fn an_installation_for_two_namespaces_is_accepted_without_a_warning() {
    let cluster = testkit::cluster().await;
    let (own, first, second) = (
        restricted(&cluster).await,
        cluster.namespace("shop").await,
        cluster.namespace("bank").await,
    );
    let watched = format!("{},{}", first.name(), second.name());
    let printed = install(&["--controller-namespace", own.name(), "--namespace", &watched]).stdout;
    apply_all(&cluster, &printed, true).await;
}

#[tokio::test]
async fn the_pods_are_as_restricted_as_the_pod_security_standard_wants_them() {
    let cluster = testkit::cluster().await;
    let namespace = restricted(&cluster).await;
    let printed = install(&[
        "--controller-namespace",
        namespace.name(),
        "--only",
        "secrets,schema",
    ])
    .stdout;
    let deployments: Vec<_> = documents(&printed)
        .into_iter()
        .filter(|document| document.value["kind"] == "Deployment")
        .collect();
    assert_eq!(deployments.len(), 2);
    for deployment in deployments {
        assert_eq!(deployment.apply(&cluster, true).await.warnings, [""; 0]);
        // The server does look.
        for (from, to) in [
            ("runAsNonRoot: true", "runAsNonRoot: false"),
            (
                "allowPrivilegeEscalation: false",
                "allowPrivilegeEscalation: true",
            ),
            ("type: RuntimeDefault", "type: Unconfined"),
            ("- ALL", "- NET_RAW"),
        ] {
            let answer = deployment.try_changed(&cluster, from, to).await;
            assert!(
                answer
                    .warnings
                    .iter()
                    .any(|warning| warning.contains("would violate PodSecurity")),
                "{to}: {:?}",
                answer.warnings
            );
        }
    }
}
