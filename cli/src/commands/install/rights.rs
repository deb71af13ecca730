//! The accounts of the controllers, and the least rights that they work with: a live test takes the verbs that are used
//! from the requests and compares them with these.

use serde_json::{Value, json};

use super::manifest::{Manifest, labels};
use super::names::{CLUSTER_IDENTITY, Controller, DATABASES_GROUP, RBAC, SCHEMAS_GROUP, SEALING_GROUP};
use super::plan::Installation;

/// The account of a controller, its roles and their bindings.
pub(super) fn of(installation: &Installation, controller: Controller) -> Vec<Manifest> {
    let mut all = vec![account(installation, controller)];
    let rules = watched_rules(controller);
    if installation.watched.is_empty() {
        let rules = [rules, cluster_rules(controller)].concat();
        all.extend(cluster_role(installation, controller, &rules));
    } else {
        for namespace in namespaces(installation, controller) {
            all.extend(role(
                installation,
                controller,
                controller.name(),
                namespace,
                &rules,
            ));
        }
        let rules = cluster_rules(controller);
        if !rules.is_empty() {
            all.extend(cluster_role(installation, controller, &rules));
        }
    }
    let name = format!("{}-leader", controller.name());
    all.extend(role(
        installation,
        controller,
        &name,
        &installation.namespace,
        &leader_rules(controller),
    ));
    all
}

/// The namespaces that a controller works for when it doesn't for all: the sealing keys are in its own one.
fn namespaces(installation: &Installation, controller: Controller) -> Vec<&str> {
    let mut all: Vec<&str> = installation.watched.iter().map(String::as_str).collect();
    if controller == Controller::Secrets {
        all.push(&installation.namespace);
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// A rule without names.
fn rule(group: &str, resource: &str, verbs: &[&str]) -> Value {
    json!({ "apiGroups": [group], "resources": [resource], "verbs": verbs })
}

/// A rule for objects of these names.
fn named(group: &str, resource: &str, name: &str, verbs: &[&str]) -> Value {
    json!({ "apiGroups": [group], "resources": [resource], "resourceNames": [name], "verbs": verbs })
}

/// Rights in each namespace that is watched.
fn watched_rules(controller: Controller) -> Vec<Value> {
    let verbs = ["create", "patch"];
    match controller {
        // No `delete`: Secrets go with their owners through the garbage collector. Lists of Secrets are of metadata only.
        Controller::Secrets => vec![
            rule(SEALING_GROUP, "sealedsecrets", &["list", "watch"]),
            rule(SEALING_GROUP, "sealedsecrets/status", &["update"]),
            rule("", "secrets", &["get", "list", "watch", "create", "update"]),
            // The kind of events, and the status by PUT, that upstream's roles give: either set of roles does.
            rule("", "events", &verbs),
        ],
        // No `list` of Secrets: only those are read that a Database names. `delete` is of old Migrations.
        Controller::Schema => vec![
            rule(DATABASES_GROUP, "databases", &["list", "watch"]),
            rule(DATABASES_GROUP, "databases/status", &["patch"]),
            rule(SCHEMAS_GROUP, "tables", &["list", "watch"]),
            rule(SCHEMAS_GROUP, "tables/status", &["patch"]),
            rule(
                SCHEMAS_GROUP,
                "migrations",
                &["list", "watch", "create", "delete"],
            ),
            rule(SCHEMAS_GROUP, "migrations/status", &["patch"]),
            rule("", "secrets", &["get"]),
            rule("apps", "statefulsets", &["get"]),
            rule("events.k8s.io", "events", &verbs),
        ],
    }
}

/// Rights on objects of the whole cluster.
fn cluster_rules(controller: Controller) -> Vec<Value> {
    match controller {
        Controller::Secrets => Vec::new(),
        // Its UID tells this cluster from another one at the same database.
        Controller::Schema => vec![named("", "namespaces", CLUSTER_IDENTITY, &["get"])],
    }
}

/// Rights in the controllers' own namespace. `create` knows no names.
fn leader_rules(controller: Controller) -> Vec<Value> {
    let group = "coordination.k8s.io";
    vec![
        rule(group, "leases", &["create"]),
        named(group, "leases", controller.name(), &["get", "update"]),
    ]
}

fn account(installation: &Installation, controller: Controller) -> Manifest {
    Manifest::new(json!({
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {
            "name": controller.name(),
            "namespace": installation.namespace,
            "labels": labels(Some(controller)),
        },
        // The Deployment asks for the token itself, so that no other Pod of this account gets one by accident.
        "automountServiceAccountToken": false,
    }))
}

fn cluster_role(installation: &Installation, controller: Controller, rules: &[Value]) -> [Manifest; 2] {
    let name = installation.cluster_name(controller.name());
    let metadata = json!({ "name": name, "labels": labels(Some(controller)) });
    [
        Manifest::new(json!({
            "apiVersion": format!("{RBAC}/v1"),
            "kind": "ClusterRole",
            "metadata": metadata,
            "rules": rules,
        })),
        Manifest::new(json!({
            "apiVersion": format!("{RBAC}/v1"),
            "kind": "ClusterRoleBinding",
            "metadata": metadata,
            "roleRef": { "apiGroup": RBAC, "kind": "ClusterRole", "name": name },
            "subjects": [subject(installation, controller)],
        })),
    ]
}

fn role(
    installation: &Installation,
    controller: Controller,
    name: &str,
    namespace: &str,
    rules: &[Value],
) -> [Manifest; 2] {
    let metadata = json!({ "name": name, "namespace": namespace, "labels": labels(Some(controller)) });
    [
        Manifest::new(json!({
            "apiVersion": format!("{RBAC}/v1"),
            "kind": "Role",
            "metadata": metadata,
            "rules": rules,
        })),
        Manifest::new(json!({
            "apiVersion": format!("{RBAC}/v1"),
            "kind": "RoleBinding",
            "metadata": metadata,
            "roleRef": { "apiGroup": RBAC, "kind": "Role", "name": name },
            "subjects": [subject(installation, controller)],
        })),
    ]
}

fn subject(installation: &Installation, controller: Controller) -> Value {
    json!({ "kind": "ServiceAccount", "name": controller.name(), "namespace": installation.namespace })
}
