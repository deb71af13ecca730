//! What Prometheus sees: upstream's numbers under upstream's names, and what becomes of them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use api::sealed_secret::SealedSecret;
use k8s_openapi::api::core::v1::Secret;
use kube::Api;
use kube::api::{DeleteParams, PostParams};
use testkit::{Cluster, TestNamespace, eventually, upstream};

use crate::cluster::{apply, cluster, has, sealed, secret};
use crate::process::{Controller, ask};

/// A name, and the values of its labels.
type Series = (String, BTreeMap<String, String>);

/// Reads a page: the type of each family, and the value of each series.
fn read(page: &str) -> (BTreeMap<String, String>, BTreeMap<Series, f64>) {
    let (mut types, mut series) = (BTreeMap::new(), BTreeMap::new());
    for line in page.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(types.insert(name.to_owned(), kind.to_owned()).is_none(), "{name}");
        } else if !line.starts_with('#') {
            let (series_text, value) = line.rsplit_once(' ').unwrap();
            let (name, labels) = series_text.split_once('{').unwrap_or((series_text, "}"));
            let labels = labels.strip_suffix('}').unwrap();
            // No value here has a comma or a quotation mark in it.
            let labels = labels.split(',').filter(|label| !label.is_empty()).map(|label| {
                let (name, value) = label.split_once('=').unwrap();
                (name.to_owned(), value.trim_matches('"').to_owned())
            });
            let before = series.insert((name.to_owned(), labels.collect()), value.parse().unwrap());
            assert!(before.is_none(), "twice: {line}");
        }
    }
    (types, series)
}

/// What a page has under upstream's own names: name, type and names of labels. Numbers of the process have none.
fn shape(page: &str) -> BTreeSet<(String, String, Vec<String>)> {
    let (types, series) = read(page);
    let kind = |name: &str| {
        let endings = ["_bucket", "_sum", "_count"];
        let family = endings
            .iter()
            .find_map(|ending| types.get(name.strip_suffix(ending)?));
        types.get(name).or(family).cloned().unwrap_or_default()
    };
    let shapes = series
        .keys()
        .filter(|(name, _)| name.starts_with("sealed_secrets_controller_") || name.starts_with("process_"))
        .map(|(name, labels)| (name.clone(), kind(name), labels.keys().cloned().collect()));
    shapes.collect()
}

/// The values that a label of a name has.
fn values(page: &str, name: &str, label: &str) -> BTreeSet<String> {
    let (_, series) = read(page);
    let labels = series.into_keys().filter(|(found, _)| found == name);
    labels
        .map(|(_, mut labels)| labels.remove(label).unwrap_or_default())
        .collect()
}

const CONDITION: &str = "sealed_secrets_controller_condition_info";
const ERRORS: &str = "sealed_secrets_controller_unseal_errors_total";
const REQUESTS: &str = "sealed_secrets_controller_http_requests_total";

/// Applies an object that opens, one that does not, and one whose Secret is someone else's.
async fn objects(namespace: &TestNamespace, certificate: &str) {
    let mut good = sealed(&secret(namespace, "good", &[("a", "b")]), certificate);
    good.metadata.labels = Some([("app.kubernetes.io/instance".to_owned(), "shop".to_owned())].into());
    let mut bad = sealed(&secret(namespace, "bad", &[("a", "b")]), certificate);
    bad.spec.encrypted_data.insert("c".to_owned(), "AgA=".to_owned());
    let secrets: Api<Secret> = namespace.api();
    let theirs = secret(namespace, "theirs", &[("a", "theirs")]);
    secrets.create(&PostParams::default(), &theirs).await.unwrap();
    let taken = sealed(&secret(namespace, "theirs", &[("a", "b")]), certificate);
    for object in [good, bad, taken] {
        apply(namespace, &object).await;
    }
}

/// The same questions for both.
async fn questions(address: &str) {
    for (what, body) in [
        ("GET /v1/cert.pem", ""),
        ("POST /v1/verify", "{}"),
        ("POST /v1/rotate", "{}"),
    ] {
        let (status, _) = ask(address, what, body).await;
        assert_ne!(status, 0, "{what}");
    }
}

/// Waits for a page with all that is to be compared.
async fn settled(page: impl AsyncFn() -> String) -> String {
    eventually("every condition and failure is in the numbers", async || {
        let page = page().await;
        let conditions = values(&page, CONDITION, "name");
        let reasons = values(&page, ERRORS, "reason");
        if conditions.len() == 3 && reasons.contains("unseal") && reasons.contains("unmanaged") {
            Ok(page)
        } else {
            Err(page)
        }
    })
    .await
}

#[tokio::test]
async fn names_types_and_labels_are_upstreams() {
    let (cluster, ours) = cluster("metrics").await;
    let theirs = cluster.namespace("metrics-upstream").await;
    let args = ["--all-namespaces=false", "--key-size=2048"];
    let upstream = upstream::Controller::start(&cluster, theirs.name(), &args).await;
    let controller = Controller::ready(&cluster, &ours).await;
    objects(&theirs, &upstream.certificate().await).await;
    objects(&ours, &controller.certificate().await).await;
    questions(&upstream.address.to_string()).await;
    questions(&SocketAddr::from(([127, 0, 0, 1], controller.port())).to_string()).await;
    let expected = settled(async || upstream.metrics().await).await;
    let page = settled(async || controller.metrics().await).await;

    assert_eq!(shape(&page), shape(&expected));
    // Every value that rules and dashboards select by. What answers differ in has a line in the README.
    for (name, label) in [
        (CONDITION, "condition"),
        (CONDITION, "name"),
        (ERRORS, "reason"),
        (REQUESTS, "path"),
    ] {
        assert_eq!(
            values(&page, name, label),
            values(&expected, name, label),
            "{name} {label}"
        );
    }
    let of = |page: &str, name: &str| {
        let (_, series) = read(page);
        let mut conditions = series.into_iter().filter(|((found, _), _)| found == CONDITION);
        let ((_, labels), value) = conditions
            .find(|((_, labels), _)| labels["name"] == name)
            .unwrap();
        (labels["ss_app_kubernetes_io_instance"].clone(), value)
    };
    for name in ["good", "bad", "theirs"] {
        assert_eq!(of(&page, name), of(&expected, name), "{name}");
    }
    let (_, series) = read(&page);
    let alone = |name: &str| series[&(name.to_owned(), BTreeMap::new())];
    assert!((alone("chancery_secrets_keys") - 1.0).abs() < f64::EPSILON);
    assert!((alone("chancery_secrets_leader") - 1.0).abs() < f64::EPSILON);
    assert!((alone("chancery_secrets_objects") - 3.0).abs() < f64::EPSILON);
    let reasons = values(&page, "chancery_secrets_failing_objects", "reason");
    assert_eq!(reasons, ["UnsealFailed", "Unmanaged"].map(str::to_owned).into());
}

#[tokio::test]
async fn nothing_is_left_of_an_object_that_is_gone() {
    let (cluster, namespace) = cluster("metrics-gone").await;
    let controller = Controller::ready(&cluster, &namespace).await;
    objects(&namespace, &controller.certificate().await).await;
    settled(async || controller.metrics().await).await;
    let api: Api<SealedSecret> = namespace.api();
    for name in ["bad", "theirs", "good"] {
        api.delete(name, &DeleteParams::default()).await.unwrap();
        eventually("the object's numbers are gone", async || {
            let page = controller.metrics().await;
            let names = values(&page, CONDITION, "name");
            if names.contains(name) { Err(page) } else { Ok(()) }
        })
        .await;
    }
    let page = controller.metrics().await;
    assert!(!page.contains(namespace.name()), "{page}");
    assert!(!page.contains("chancery_secrets_failing_objects"), "{page}");
    assert!(page.contains("\nchancery_secrets_queue_depth 0\n"), "{page}");
}

#[tokio::test]
async fn names_are_left_out_when_asked_to() {
    let (cluster, namespace) = cluster("metrics-names").await;
    let controller = Controller::ready_with(&cluster, &namespace, &["--metrics-omit-secret-labels"]).await;
    objects(&namespace, &controller.certificate().await).await;
    let page = eventually("all three were looked at", async || {
        let page = controller.metrics().await;
        let reasons = values(&page, "chancery_secrets_failing_objects", "reason");
        if reasons.len() == 2 { Ok(page) } else { Err(page) }
    })
    .await;
    assert!(
        !page.contains(CONDITION) && !page.contains(namespace.name()),
        "{page}"
    );
}

#[tokio::test]
async fn a_replica_that_does_not_lead_tells_of_no_conditions() {
    let (cluster, namespace) = cluster("metrics-replica").await;
    let leader = Controller::ready(&cluster, &namespace).await;
    let good = sealed(
        &secret(&namespace, "good", &[("a", "b")]),
        &leader.certificate().await,
    );
    apply(&namespace, &good).await;
    has(&namespace, "good", &[("a", "b")]).await;
    let other = Controller::ready(&cluster, &namespace).await;
    let page = eventually("the other replica sees the object", async || {
        let page = other.metrics().await;
        let sees = page.contains("\nchancery_secrets_objects 1\n");
        if sees { Ok(page) } else { Err(page) }
    })
    .await;
    assert!(page.contains("\nchancery_secrets_leader 0\n"), "{page}");
    assert!(!page.contains(CONDITION), "{page}");
    assert!(page.contains("\nchancery_secrets_keys 1\n"), "{page}");
}

#[tokio::test]
async fn a_port_for_metrics_that_is_taken_stops_nothing() {
    let (cluster, namespace) = cluster("metrics-port").await;
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("--listen-metrics-addr={}", taken.local_addr().unwrap());
    let controller = Controller::ready_with(&cluster, &namespace, &[&address]).await;
    assert!(
        controller.text().contains("no metrics are served"),
        "{}",
        controller.text()
    );
}

#[tokio::test]
async fn requests_to_the_api_server_keep_the_pace_that_is_asked_for() {
    let (cluster, namespace): (Cluster, TestNamespace) = cluster("metrics-pace").await;
    let args = ["--kubeclient-qps=20", "--kubeclient-burst=1"];
    let controller = Controller::ready_with(&cluster, &namespace, &args).await;
    let certificate = controller.certificate().await;
    let begun = std::time::Instant::now();
    for n in 0..10 {
        let plain = secret(&namespace, &format!("s{n}"), &[("a", "b")]);
        apply(&namespace, &sealed(&plain, &certificate)).await;
    }
    for n in 0..10 {
        has(&namespace, &format!("s{n}"), &[("a", "b")]).await;
    }
    let page = eventually("every status is written", async || {
        let page = controller.metrics().await;
        if page.contains("\nchancery_secrets_status_writes_total 10\n") {
            Ok(page)
        } else {
            Err(page)
        }
    })
    .await;
    // A write of the Secret and one of the status for each, one every 50 ms, which is 950 ms after the first.
    assert!(begun.elapsed() >= std::time::Duration::from_millis(900), "{page}");
}
