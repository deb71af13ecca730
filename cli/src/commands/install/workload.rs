//! The Deployments, and the Services of the certificate and of metrics.

use serde_json::{Value, json};

use super::manifest::{Manifest, labels};
use super::names::{Controller, METRICS_PORT, METRICS_PORT_NAME, PORT, PORT_NAME};
use super::plan::Installation;

/// Any account but root: what images call `nonroot`.
const USER: u32 = 65532;

/// The Service that kubeseal looks for.
pub(super) fn service(installation: &Installation) -> Manifest {
    Manifest::new(json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": installation.service,
            "namespace": installation.namespace,
            "labels": labels(Some(Controller::Secrets)),
        },
        "spec": {
            "selector": labels(Some(Controller::Secrets)),
            "ports": [{ "name": PORT_NAME, "port": PORT, "targetPort": PORT_NAME, "protocol": "TCP" }],
        },
    }))
    .comment("Its name is the one under which kubeseal and `chancery seal` look for the certificate.")
}

/// The Service of metrics. One of its own, as upstream's: kubeseal takes the first port of the other, whatever it is.
pub(super) fn metrics_service(installation: &Installation) -> Manifest {
    let ports = json!([{
        "name": METRICS_PORT_NAME, "port": METRICS_PORT, "targetPort": METRICS_PORT_NAME, "protocol": "TCP",
    }]);
    Manifest::new(json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": format!("{}-metrics", installation.service),
            "namespace": installation.namespace,
            "labels": labels(Some(Controller::Secrets)),
        },
        "spec": { "selector": labels(Some(Controller::Secrets)), "ports": ports },
    }))
    .comment("For Prometheus: `/metrics` tells names of SealedSecrets; `--metrics-omit-secret-labels` leaves them out.")
}

/// The Deployment of a controller: a Pod as the Pod Security Standard `restricted` wants it.
pub(super) fn deployment(installation: &Installation, controller: Controller) -> Manifest {
    let labels = labels(Some(controller));
    Manifest::new(json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": controller.name(), "namespace": installation.namespace, "labels": labels },
        "spec": {
            "replicas": 1,
            "selector": { "matchLabels": labels },
            // The new Pod waits for the Lease of the old one, so that one that cannot start changes nothing.
            "strategy": { "type": "RollingUpdate", "rollingUpdate": { "maxSurge": 1, "maxUnavailable": 0 } },
            "template": {
                "metadata": { "labels": labels },
                "spec": {
                    "serviceAccountName": controller.name(),
                    "automountServiceAccountToken": true,
                    // No variables for every Service of the namespace.
                    "enableServiceLinks": false,
                    "securityContext": {
                        "runAsNonRoot": true,
                        "runAsUser": USER,
                        "runAsGroup": USER,
                        "seccompProfile": { "type": "RuntimeDefault" },
                    },
                    "containers": [container(installation, controller)],
                },
            },
        },
    }))
}

fn container(installation: &Installation, controller: Controller) -> Value {
    json!({
        "name": "controller",
        "image": installation.image,
        "args": args(installation, controller),
        "env": [from_field("POD_NAME", "metadata.name"), from_field("POD_NAMESPACE", "metadata.namespace")],
        "ports": ports(controller),
        "livenessProbe": probe("/healthz"),
        "readinessProbe": probe("/readyz"),
        // No limit on the processor: it would only make what is under way slower.
        "resources": {
            "requests": { "cpu": "50m", "memory": "64Mi" },
            "limits": { "memory": "512Mi" },
        },
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "capabilities": { "drop": ["ALL"] },
            "readOnlyRootFilesystem": true,
        },
    })
}

fn ports(controller: Controller) -> Vec<Value> {
    let port = |name: &str, number: u16| json!({ "name": name, "containerPort": number, "protocol": "TCP" });
    let mut ports = vec![port(PORT_NAME, PORT)];
    if controller == Controller::Secrets {
        ports.push(port(METRICS_PORT_NAME, METRICS_PORT));
    }
    ports
}

/// The arguments; the program itself is the image's entry point.
fn args(installation: &Installation, controller: Controller) -> Vec<String> {
    let mut args = vec![controller.component().to_owned()];
    let watched = installation.watched.join(",");
    // All namespaces are the default of both.
    if !watched.is_empty() {
        args.push(match controller {
            // Besides its own, which has the keys.
            Controller::Secrets => format!("--additional-namespaces={watched}"),
            Controller::Schema => format!("--namespaces={watched}"),
        });
    }
    args
}

fn from_field(name: &str, path: &str) -> Value {
    json!({ "name": name, "valueFrom": { "fieldRef": { "fieldPath": path } } })
}

fn probe(path: &str) -> Value {
    json!({ "httpGet": { "path": path, "port": PORT_NAME } })
}
