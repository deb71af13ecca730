//! Who may talk to the controllers, and to whom they may talk.

use serde_json::{Value, json};

use super::manifest::{Manifest, labels};
use super::names::{Controller, METRICS_PORT, PORT};
use super::plan::Installation;

/// Where API servers listen, behind their Service (443).
const API_SERVER_PORTS: [u16; 2] = [443, 6443];

/// The `NetworkPolicy` of a controller's Pods.
pub(super) fn policy(installation: &Installation, controller: Controller) -> Manifest {
    let mut egress = vec![
        json!({ "ports": [port("UDP", 53), port("TCP", 53)] }),
        json!({ "ports": API_SERVER_PORTS.map(|number| port("TCP", number)) }),
    ];
    let mut ingress = vec![port("TCP", PORT)];
    let mut comment = "In: certificate and probes".to_owned();
    if controller == Controller::Secrets {
        ingress.push(port("TCP", METRICS_PORT));
        comment.push_str(", and metrics");
    }
    comment.push_str(". Out: DNS and the API server");
    if controller == Controller::Schema {
        let ports: Vec<Value> = installation
            .database_ports
            .iter()
            .map(|number| port("TCP", *number))
            .collect();
        egress.push(json!({ "ports": ports }));
        comment.push_str(", and databases (`--database-port`)");
    }
    comment.push_str(". Only networks that enforce such policies heed it.");
    Manifest::new(json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {
            "name": controller.name(),
            "namespace": installation.namespace,
            "labels": labels(Some(controller)),
        },
        "spec": {
            "podSelector": { "matchLabels": labels(Some(controller)) },
            "policyTypes": ["Ingress", "Egress"],
            "ingress": [{ "ports": ingress }],
            "egress": egress,
        },
    }))
    .comment(&comment)
}

fn port(protocol: &str, number: u16) -> Value {
    json!({ "protocol": protocol, "port": number })
}
