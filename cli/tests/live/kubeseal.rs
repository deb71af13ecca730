//! What `chancery` seals the real kubeseal opens, and the other way round, in every scope.

mod both;
mod cluster;
mod overrides;
mod table;

use tempfile::TempDir;

use crate::program::{chancery, run};

const SCOPES: [&str; 3] = ["strict", "namespace-wide", "cluster-wide"];

const SECRET: &str = "\
apiVersion: v1
kind: Secret
metadata:
  name: db
  namespace: shop
  labels: {app: shop}
data:
  binary: AAECAwD/
stringData:
  empty: ''
  password: 'on'
";

/// A folder with a key Secret and its certificate.
fn with_key() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let generate = ["keys", "generate", "-w", "key.yaml", "--bits", "2048"];
    chancery(folder.path(), &generate, "").succeeded();
    chancery(
        folder.path(),
        &["cert", "--cert", "key.yaml", "-w", "cert.pem"],
        "",
    )
    .succeeded();
    folder
}

fn data(json: &str) -> serde_json::Value {
    let secret: serde_json::Value = serde_json::from_str(json).unwrap();
    assert_eq!(secret["metadata"]["labels"]["app"], "shop");
    let mut data = secret["data"].clone();
    // kubeseal writes an empty value as null, which Kubernetes reads as empty.
    if data["empty"].is_null() {
        data["empty"] = "".into();
    }
    data
}

fn expected() -> serde_json::Value {
    serde_json::json!({"binary": "AAECAwD/", "empty": "", "password": "b24="})
}

#[test]
fn kubeseal_opens_what_chancery_sealed() {
    let folder = with_key();
    for scope in SCOPES {
        let seal = ["seal", "--cert", "cert.pem", "--scope", scope];
        let sealed = chancery(folder.path(), &seal, SECRET).succeeded().stdout;
        let unseal = ["--recovery-unseal", "--recovery-private-key", "key.yaml"];
        let opened = run(&testkit::kubeseal(), folder.path(), &unseal, &sealed).succeeded();
        assert_eq!(data(&opened.stdout), expected(), "{scope}");
    }
}

#[test]
fn chancery_opens_what_kubeseal_sealed() {
    let folder = with_key();
    for scope in SCOPES {
        let seal = ["--cert", "cert.pem", "--scope", scope];
        let sealed = run(&testkit::kubeseal(), folder.path(), &seal, SECRET)
            .succeeded()
            .stdout;
        let opened = chancery(folder.path(), &["unseal", "--key", "key.yaml"], &sealed).succeeded();
        assert_eq!(data(&opened.stdout), expected(), "{scope}");
    }
}
