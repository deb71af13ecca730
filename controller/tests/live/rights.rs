//! The rights that `README.md` lists, and no others, are enough.

use k8s_openapi::api::core::v1::ServiceAccount;
use k8s_openapi::api::rbac::v1::{PolicyRule, Role, RoleBinding, RoleRef, Subject};
use kube::Api;
use kube::api::{ObjectMeta, PostParams};
use testkit::{Cluster, TestNamespace};

use crate::cluster::{apply, cluster, edit, has, item, sealed, secret, synced};
use crate::process::Controller;

fn rule(group: &str, resource: &str, verbs: &[&str]) -> PolicyRule {
    PolicyRule {
        api_groups: Some(vec![group.to_owned()]),
        resources: Some(vec![resource.to_owned()]),
        verbs: verbs.iter().map(ToString::to_string).collect(),
        ..PolicyRule::default()
    }
}

/// Makes a ServiceAccount with the rights of the README and returns a token of it.
async fn account(cluster: &Cluster, namespace: &TestNamespace) -> String {
    let named = || ObjectMeta {
        name: Some("sealer".to_owned()),
        ..ObjectMeta::default()
    };
    let accounts: Api<ServiceAccount> = namespace.api();
    let account = ServiceAccount {
        metadata: named(),
        ..ServiceAccount::default()
    };
    accounts.create(&PostParams::default(), &account).await.unwrap();
    let needed = vec![
        rule("bitnami.com", "sealedsecrets", &["list", "watch"]),
        rule("bitnami.com", "sealedsecrets/status", &["patch"]),
        rule("", "secrets", &["get", "list", "watch", "create", "update"]),
        rule("events.k8s.io", "events", &["create", "patch"]),
        rule("coordination.k8s.io", "leases", &["get", "create", "update"]),
    ];
    let roles: Api<Role> = namespace.api();
    roles
        .create(
            &PostParams::default(),
            &Role {
                metadata: named(),
                rules: Some(needed),
            },
        )
        .await
        .unwrap();
    let binding = RoleBinding {
        metadata: named(),
        role_ref: RoleRef {
            api_group: "rbac.authorization.k8s.io".to_owned(),
            kind: "Role".to_owned(),
            name: "sealer".to_owned(),
        },
        subjects: Some(vec![Subject {
            kind: "ServiceAccount".to_owned(),
            name: "sealer".to_owned(),
            namespace: Some(namespace.name().to_owned()),
            ..Subject::default()
        }]),
    };
    let bindings: Api<RoleBinding> = namespace.api();
    bindings.create(&PostParams::default(), &binding).await.unwrap();
    cluster.service_account_token(namespace.name(), "sealer").await
}

#[tokio::test]
async fn the_listed_rights_are_enough_to_make_heal_and_report() {
    let (cluster, namespace) = cluster("rights").await;
    let token = account(&cluster, &namespace).await;
    let controller = Controller::ready_as(&cluster, &namespace, &token).await;
    apply(
        &namespace,
        &sealed(
            &secret(&namespace, "app", &[("a", "1")]),
            &controller.certificate().await,
        ),
    )
    .await;
    synced(&namespace, "app", "True").await;
    edit(&namespace, "app", item("a", "ZWRpdGVk")).await;
    has(&namespace, "app", &[("a", "1")]).await;
    let log = controller.text();
    let (status, _) = controller.terminate().await;
    assert_eq!(status.code(), Some(0));
    // A role that was bound a moment ago may not be in force at the first request.
    assert!(!log.contains("publish an event"), "{log}");
}
