//! Roles for people: reading the certificate, sealing again, working with the kinds, deciding on plans.

use serde_json::{Value, json};

use super::manifest::{Manifest, labels};
use super::names::{
    APPROVER, Controller, DATABASES_GROUP, PORT_NAME, RBAC, RESEALER, SCHEMAS_GROUP, SEALING_GROUP,
    SERVICE_PROXIER,
};
use super::plan::Installation;

const READ: [&str; 3] = ["get", "list", "watch"];
const WRITE: [&str; 5] = ["create", "delete", "deletecollection", "patch", "update"];

/// The roles that come with a controller.
pub(super) fn of(installation: &Installation, controller: Controller) -> Vec<Manifest> {
    let (read, write) = match controller {
        Controller::Secrets => {
            let sealed = [(SEALING_GROUP, ["sealedsecrets"].as_slice())];
            (rules(&sealed, &READ), rules(&sealed, &WRITE))
        }
        Controller::Schema => {
            let databases = (DATABASES_GROUP, ["databases"].as_slice());
            (
                rules(&[databases, (SCHEMAS_GROUP, &["tables", "migrations"])], &READ),
                // Migrations are the controller's to write.
                rules(&[databases, (SCHEMAS_GROUP, &["tables"])], &WRITE),
            )
        }
    };
    let mut all = vec![
        aggregated(controller, "view", &["view", "edit", "admin"], &read)
            .comment("Becomes part of the cluster's own roles `view`, `edit` and `admin`."),
        aggregated(controller, "edit", &["edit", "admin"], &write)
            .comment("Becomes part of the cluster's own roles `edit` and `admin`."),
    ];
    match controller {
        Controller::Secrets => {
            all.extend(certificate(installation));
            all.push(resealer(installation));
        }
        Controller::Schema => all.push(approver()),
    }
    all
}

fn rules(of: &[(&str, &[&str])], verbs: &[&str]) -> Vec<Value> {
    of.iter()
        .map(|(group, resources)| json!({ "apiGroups": [group], "resources": resources, "verbs": verbs }))
        .collect()
}

fn aggregated(controller: Controller, word: &str, into: &[&str], rules: &[Value]) -> Manifest {
    let mut labels = labels(Some(controller));
    for role in into {
        labels[format!("{RBAC}/aggregate-to-{role}")] = "true".into();
    }
    Manifest::new(json!({
        "apiVersion": format!("{RBAC}/v1"),
        "kind": "ClusterRole",
        "metadata": { "name": format!("{}-{word}", controller.name()), "labels": labels },
        "rules": rules,
    }))
}

/// Who may decide. `update` of the object itself is how SchemaHero's own client approves.
fn approver() -> Manifest {
    let verbs = ["get", "list", "watch", "patch", "update"];
    Manifest::new(json!({
        "apiVersion": format!("{RBAC}/v1"),
        "kind": "ClusterRole",
        "metadata": { "name": APPROVER, "labels": labels(Some(Controller::Schema)) },
        "rules": [
            { "apiGroups": [SCHEMAS_GROUP], "resources": ["migrations"], "verbs": verbs },
            { "apiGroups": [SCHEMAS_GROUP], "resources": ["migrations/approve"], "verbs": ["update"] },
        ],
    }))
    .comment(
        "Bound to nobody: bind it to those who may approve, reject and retry migrations. `migrations/approve` exists\n\
         for the admission policies only; of the other roles only those of `*`, such as cluster-admin, have it.",
    )
}

/// The right to read the certificate through the API server's proxy. It is for everyone who is logged in, as upstream's
/// is, because kubeseal works that way for users without other rights. Not upstream's `create`: that is [`resealer`]'s.
fn certificate(installation: &Installation) -> [Manifest; 2] {
    let metadata = metadata(installation, SERVICE_PROXIER);
    [
        Manifest::new(json!({
            "apiVersion": format!("{RBAC}/v1"),
            "kind": "Role",
            "metadata": metadata,
            "rules": through_proxy(installation, &["get"]),
        })),
        Manifest::new(json!({
            "apiVersion": format!("{RBAC}/v1"),
            "kind": "RoleBinding",
            "metadata": metadata,
            "roleRef": { "apiGroup": RBAC, "kind": "Role", "name": SERVICE_PROXIER },
            "subjects": [{ "apiGroup": RBAC, "kind": "Group", "name": "system:authenticated" }],
        }))
        .comment(
            "Everyone who is logged in may read the certificate, as with the Sealed Secrets controller: kubeseal needs\n\
             it. Where that is not wanted (GKE refuses such bindings), leave it out and seal with `--cert FILE`.",
        ),
    ]
}

/// The right to post SealedSecrets to the controller.
fn resealer(installation: &Installation) -> Manifest {
    Manifest::new(json!({
        "apiVersion": format!("{RBAC}/v1"),
        "kind": "Role",
        "metadata": metadata(installation, RESEALER),
        "rules": through_proxy(installation, &["create", "get"]),
    }))
    .comment(
        "Bound to nobody: bind it to those who may have SealedSecrets sealed again to the newest key (`chancery reseal`,\n\
         `kubeseal --re-encrypt`) and ask which keys open them (`chancery inspect`, `verify`). No value comes out that way.",
    )
}

/// Rules for the controller's Service and what it serves: `get` is its certificate, `create` is posting to it.
fn through_proxy(installation: &Installation, verbs: &[&str]) -> Value {
    let service = &installation.service;
    json!([
        { "apiGroups": [""], "resources": ["services"], "resourceNames": [service], "verbs": ["get"] },
        {
            "apiGroups": [""],
            "resources": ["services/proxy"],
            "resourceNames": [format!("http:{service}:"), format!("http:{service}:{PORT_NAME}"), service],
            "verbs": verbs,
        },
    ])
}

fn metadata(installation: &Installation, name: &str) -> Value {
    json!({
        "name": name,
        "namespace": installation.namespace,
        "labels": labels(Some(Controller::Secrets)),
    })
}
