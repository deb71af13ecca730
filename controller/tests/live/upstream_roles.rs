//! The controller with the roles of upstream's installation, and no other right.

use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::api::rbac::v1::{
    ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Api;
use kube::api::{DeleteParams, PostParams};
use testkit::{Cluster, TestNamespace, eventually};

use crate::cluster::{apply, cluster, edit, has, item, sealed, secret, synced};
use crate::keys::pair;
use crate::process::Controller;

fn rule(group: &str, resource: &str, verbs: &[&str]) -> PolicyRule {
    PolicyRule {
        api_groups: Some(vec![group.to_owned()]),
        resources: Some(vec![resource.to_owned()]),
        verbs: verbs.iter().map(|verb| (*verb).to_owned()).collect(),
        ..PolicyRule::default()
    }
}

/// The rules of `secrets-unsealer`, as upstream's chart and manifests have them (0.40).
fn unsealer() -> Vec<PolicyRule> {
    vec![
        rule("bitnami.com", "sealedsecrets", &["get", "list", "watch"]),
        rule("bitnami.com", "sealedsecrets/status", &["update"]),
        rule(
            "",
            "secrets",
            &["get", "list", "create", "update", "delete", "watch"],
        ),
        rule("", "events", &["create", "patch"]),
    ]
}

/// The rules of `<name>-key-admin`.
fn key_admin() -> Vec<PolicyRule> {
    let mut legacy = rule("", "secrets", &["get"]);
    legacy.resource_names = Some(vec!["sealed-secrets-key".to_owned()]);
    vec![legacy, rule("", "secrets", &["create", "list"])]
}

fn named(name: &str, namespace: Option<&TestNamespace>) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.to_owned()),
        namespace: namespace.map(|namespace| namespace.name().to_owned()),
        ..ObjectMeta::default()
    }
}

fn role_ref(kind: &str, name: &str) -> RoleRef {
    RoleRef {
        api_group: "rbac.authorization.k8s.io".to_owned(),
        kind: kind.to_owned(),
        name: name.to_owned(),
    }
}

/// Binds rules to an account, in a namespace.
async fn grant(namespace: &TestNamespace, name: &str, rules: Vec<PolicyRule>, subject: &Subject) {
    let role = Role {
        metadata: named(name, Some(namespace)),
        rules: Some(rules),
    };
    let params = PostParams::default();
    namespace.api::<Role>().create(&params, &role).await.unwrap();
    let binding = RoleBinding {
        metadata: named(name, Some(namespace)),
        role_ref: role_ref("Role", name),
        subjects: Some(vec![subject.clone()]),
    };
    namespace
        .api::<RoleBinding>()
        .create(&params, &binding)
        .await
        .unwrap();
}

/// What is of the whole cluster, removed when dropped would be too late: tests say when.
struct Bound {
    name: String,
    cluster: Cluster,
}

impl Bound {
    async fn new(cluster: &Cluster, name: &str, subject: &Subject) -> Self {
        let params = PostParams::default();
        let role = ClusterRole {
            metadata: named(name, None),
            rules: Some(unsealer()),
            ..ClusterRole::default()
        };
        Api::all(cluster.client.clone())
            .create(&params, &role)
            .await
            .unwrap();
        let binding = ClusterRoleBinding {
            metadata: named(name, None),
            role_ref: role_ref("ClusterRole", name),
            subjects: Some(vec![subject.clone()]),
        };
        Api::all(cluster.client.clone())
            .create(&params, &binding)
            .await
            .unwrap();
        Self {
            name: name.to_owned(),
            cluster: cluster.clone(),
        }
    }

    async fn remove(self) {
        let params = DeleteParams::default();
        let roles: Api<ClusterRole> = Api::all(self.cluster.client.clone());
        roles.delete(&self.name, &params).await.unwrap();
        let bindings: Api<ClusterRoleBinding> = Api::all(self.cluster.client.clone());
        bindings.delete(&self.name, &params).await.unwrap();
    }
}

fn account(namespace: &TestNamespace) -> Subject {
    Subject {
        kind: "ServiceAccount".to_owned(),
        name: "default".to_owned(),
        namespace: Some(namespace.name().to_owned()),
        ..Subject::default()
    }
}

/// The main job: a Secret is made, changed, healed after an edit and after its deletion; a failure is told.
async fn works(namespace: &TestNamespace, certificate: &str) {
    for value in ["1", "2"] {
        apply(
            namespace,
            &sealed(&secret(namespace, "app", &[("a", value)]), certificate),
        )
        .await;
        has(namespace, "app", &[("a", value)]).await;
        synced(namespace, "app", "True").await;
    }
    edit(namespace, "app", item("a", "ZHJpZnQ=")).await;
    has(namespace, "app", &[("a", "2")]).await;
    let secrets: Api<Secret> = namespace.api();
    secrets.delete("app", &DeleteParams::default()).await.unwrap();
    has(namespace, "app", &[("a", "2")]).await;
    let foreign = pair(2048, 0).certificate.to_pem();
    apply(
        namespace,
        &sealed(&secret(namespace, "broken", &[("a", "1")]), &foreign),
    )
    .await;
    synced(namespace, "broken", "False").await;
    let told = eventually("events are written", async || {
        let told = crate::cluster::events(namespace, "broken").await;
        if told.is_empty() { Err(told) } else { Ok(told) }
    })
    .await;
    assert_eq!(told[0].0, "ErrUnsealFailed", "{told:?}");
}

#[tokio::test]
async fn the_roles_of_upstreams_installation_are_enough() {
    let (cluster, namespace) = cluster("upstream-roles").await;
    let subject = account(&namespace);
    grant(&namespace, "key-admin", key_admin(), &subject).await;
    let bound = Bound::new(&cluster, namespace.name(), &subject).await;
    let token = cluster.service_account_token(namespace.name(), "default").await;
    let controller = Controller::ready_with_token(&cluster, &namespace, &token, &[]).await;
    let certificate = controller.certificate().await;
    works(&namespace, &certificate).await;
    bound.remove().await;
}

#[tokio::test]
async fn a_namespace_without_a_role_keeps_nobody_waiting_and_is_watched_once_it_has_one() {
    let (cluster, own) = cluster("own-role").await;
    let (first, second) = (
        cluster.namespace("first").await,
        cluster.namespace("second").await,
    );
    let subject = account(&own);
    grant(&own, "key-admin", key_admin(), &subject).await;
    grant(
        &own,
        "keys",
        vec![rule("", "secrets", &["list", "watch", "get", "create"])],
        &subject,
    )
    .await;
    grant(&first, "unsealer", unsealer(), &subject).await;
    let token = cluster.service_account_token(own.name(), "default").await;
    let namespaces = format!("--additional-namespaces={},{}", first.name(), second.name());
    let controller = Controller::ready_with_token(&cluster, &own, &token, &[&namespaces]).await;
    let certificate = controller.certificate().await;
    works(&first, &certificate).await;
    let refused = format!("SealedSecrets in {}", second.name());
    assert!(controller.text().contains(&refused), "{}", controller.text());
    grant(&second, "unsealer", unsealer(), &subject).await;
    works(&second, &certificate).await;
}
