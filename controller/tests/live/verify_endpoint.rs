//! `/v1/verify`, asked by the real kubeseal through the API server's proxy to the Service.

use std::process::Stdio;

use api::sealed_secret::SealedSecret;
use testkit::{Cluster, TestNamespace, eventually, proxy};
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::cluster::{cluster, sealed, secret};
use crate::keys::{pair, with_two_keys};
use crate::process::Controller;

const SERVICE: &str = "sealed-secrets-controller";

/// What the real kubeseal does with a document: whether it succeeded, and both outputs.
async fn kubeseal(
    cluster: &Cluster,
    namespace: &TestNamespace,
    arguments: &[&str],
    document: &impl serde::Serialize,
) -> (bool, String, String) {
    let dir = tempfile::tempdir().unwrap();
    let mut kubeseal = Command::new(testkit::kubeseal())
        .args(arguments)
        .args(["--controller-namespace", namespace.name(), "--kubeconfig"])
        .arg(cluster.kubeconfig(dir.path()))
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let input = serde_json::to_vec(document).unwrap();
    // One that reads nothing may be gone already.
    let _ = kubeseal.stdin.take().unwrap().write_all(&input).await;
    let output = kubeseal.wait_with_output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

/// A controller with an old and a new key behind its Service, and the certificate of the old one.
async fn world(prefix: &str) -> (Cluster, TestNamespace, Controller, String) {
    let (cluster, namespace) = cluster(prefix).await;
    let (old, new) = (pair(2048, 0), pair(2048, 1));
    let controller = with_two_keys(&cluster, &namespace, &old, &new).await;
    proxy::expose(&cluster, namespace.name(), SERVICE, controller.port()).await;
    // The API server takes a moment to see new Endpoints.
    eventually("kubeseal reaches the controller", async || {
        match kubeseal(&cluster, &namespace, &["--fetch-cert"], &()).await {
            (true, certificate, _) if certificate == new.certificate.to_pem() => Ok(()),
            (_, stdout, stderr) => Err(format!("{stdout}{stderr}")),
        }
    })
    .await;
    (cluster, namespace, controller, old.certificate.to_pem())
}

#[tokio::test]
async fn kubeseal_validates_what_opens_and_refuses_what_does_not() {
    let (cluster, namespace, controller, old) = world("validate").await;
    let good = sealed(&secret(&namespace, "good", &[("a", "canary-value")]), &old);
    let (opens, stdout, stderr) = kubeseal(&cluster, &namespace, &["--validate"], &good).await;
    assert!(
        opens && stdout.is_empty() && stderr.is_empty(),
        "{stdout}{stderr}"
    );

    let mut bad = good.clone();
    bad.metadata.name = Some("other".to_owned());
    let (opens, stdout, stderr) = kubeseal(&cluster, &namespace, &["--validate"], &bad).await;
    assert!(!opens && stdout.is_empty(), "{stdout}");
    assert_eq!(stderr, "error: unable to decrypt sealed secret: other\n");

    let page = controller.metrics().await;
    for (code, count) in [(200, 1), (409, 1)] {
        let series = format!("{{code=\"{code}\",method=\"post\",path=\"/v1/verify\"}} {count}\n");
        assert!(page.contains(&series), "{page}");
    }
    assert!(!controller.text().contains("canary-value"));
}

#[tokio::test]
async fn kubeseal_has_its_way_however_often_it_asks_at_upstreams_limit() {
    let (cluster, namespace, controller, old) = world("validate-often").await;
    let documents: Vec<SealedSecret> = (0..3)
        .map(|n| sealed(&secret(&namespace, &format!("s{n}"), &[("a", "b")]), &old))
        .collect();
    let asked = documents.iter().flat_map(|document| {
        ["--validate", "--re-encrypt"].map(|mode| {
            let (cluster, namespace) = (&cluster, &namespace);
            async move { kubeseal(cluster, namespace, &[mode], document).await }
        })
    });
    // With those before there are more of each than may pass at once.
    let all = futures::future::join_all(asked).await;
    for (succeeded, _, stderr) in all {
        assert!(succeeded, "{stderr}\n{}", controller.text());
    }
    let again = futures::future::join_all(documents.iter().flat_map(|document| {
        let (cluster, namespace) = (&cluster, &namespace);
        [document, document]
            .map(|document| async move { kubeseal(cluster, namespace, &["--validate"], document).await })
    }))
    .await;
    for (succeeded, _, stderr) in again {
        assert!(succeeded, "{stderr}\n{}", controller.text());
    }
    let page = controller.metrics().await;
    assert!(
        page.contains("{code=\"429\",method=\"post\",path=\"/v1/verify\"}"),
        "{page}"
    );
}
