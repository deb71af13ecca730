use super::*;
use api::conditions::Condition;
use api::sealed_secret::{SealedSecretSpec, SealedSecretStatus};
use sealing::Certificate;

const PEM: &str = include_str!("../../../testdata/crypto/cert-2048.pem");
const KEY: &[u8] = include_bytes!("../../../testdata/crypto/key-2048.pem");

fn object(namespace: &str, name: &str, conditions: &[(&str, &str, &str)]) -> Arc<SealedSecret> {
    let mut object = SealedSecret::new(name, SealedSecretSpec::default());
    object.metadata.namespace = Some(namespace.to_owned());
    let conditions = conditions.iter().map(|(kind, status, reason)| Condition {
        type_: (*kind).to_owned(),
        status: (*status).to_owned(),
        reason: (*reason).to_owned(),
        ..Condition::default()
    });
    object.status = Some(SealedSecretStatus {
        conditions: conditions.collect(),
        ..SealedSecretStatus::default()
    });
    Arc::new(object)
}

fn synced(namespace: &str, name: &str) -> Arc<SealedSecret> {
    object(
        namespace,
        name,
        &[("Synced", "True", ""), ("Ready", "True", "Unsealed")],
    )
}

fn failing(namespace: &str, name: &str, reason: &str) -> Arc<SealedSecret> {
    let all = [
        ("Synced", "False", reason),
        ("Ready", "False", reason),
        ("Stalled", "True", reason),
    ];
    object(namespace, name, &all)
}

fn metrics() -> Metrics {
    Metrics::new("v9.9.9", false)
}

/// The page of a replica that leads.
fn page(metrics: &Metrics, objects: &[Arc<SealedSecret>]) -> String {
    page_of(metrics, objects, true, &Keys::default())
}

fn page_of(metrics: &Metrics, objects: &[Arc<SealedSecret>], leads: bool, keys: &Keys) -> String {
    let work = Work::default();
    let seen = Seen {
        leads,
        keys,
        objects,
        work: &work,
    };
    metrics.page(Format::Prometheus, &seen)
}

#[track_caller]
fn has(page: &str, line: &str) {
    assert!(
        page.lines().any(|present| present == line),
        "no `{line}` in\n{page}"
    );
}

#[test]
fn the_version_is_a_label() {
    has(
        &page(&metrics(), &[]),
        "sealed_secrets_controller_build_info{revision=\"v9.9.9\"} 1",
    );
}

#[test]
fn each_object_has_its_condition_and_the_instance_it_belongs_to() {
    let mut labelled = SealedSecret::clone(&synced("b", "y"));
    let label = ("app.kubernetes.io/instance".to_owned(), "shop".to_owned());
    labelled.metadata.labels = Some([label].into());
    let objects = [
        failing("b", "x", "UnsealFailed"),
        Arc::new(labelled),
        object("a", "z", &[("Synced", "Unknown", "")]),
        object("a", "new", &[]),
    ];
    let page = page(&metrics(), &objects);
    let lines: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("sealed_secrets_controller_condition_info"))
        .collect();
    assert_eq!(
        lines,
        [
            "{namespace=\"a\",name=\"z\",condition=\"Synced\",ss_app_kubernetes_io_instance=\"\"} 0",
            "{namespace=\"b\",name=\"x\",condition=\"Synced\",ss_app_kubernetes_io_instance=\"\"} -1",
            "{namespace=\"b\",name=\"y\",condition=\"Synced\",ss_app_kubernetes_io_instance=\"shop\"} 1",
        ]
    );
}

#[test]
fn only_the_leader_tells_of_conditions() {
    let objects = [failing("a", "x", "UnsealFailed")];
    let page = page_of(&metrics(), &objects, false, &Keys::default());
    assert!(
        !page.contains("condition_info") && !page.contains("failing_objects"),
        "{page}"
    );
    has(&page, "chancery_secrets_leader 0");
    has(&page, "chancery_secrets_objects 1");
}

#[test]
fn without_names_no_label_tells_of_an_object_or_a_namespace() {
    let metrics = Metrics::new("v1", true);
    metrics.failed(Failed::Unseal, "hidden");
    let page = page(&metrics, &[failing("hidden", "hidden", "UnsealFailed")]);
    assert!(!page.contains("hidden"), "{page}");
    has(
        &page,
        "sealed_secrets_controller_unseal_errors_total{reason=\"unseal\",namespace=\"\"} 1",
    );
    has(
        &page,
        "chancery_secrets_failing_objects{reason=\"UnsealFailed\"} 1",
    );
}

#[test]
fn failures_are_counted_by_upstreams_reasons_until_their_namespace_has_no_object() {
    let metrics = metrics();
    for at in [
        Failed::Unseal,
        Failed::Unseal,
        Failed::Unmanaged,
        Failed::Update,
        Failed::Status,
    ] {
        metrics.failed(at, "a");
    }
    let now = page(&metrics, &[synced("a", "x")]);
    for (reason, count) in [("unseal", 2), ("unmanaged", 1), ("update", 1), ("status", 1)] {
        let labels = format!("{{reason=\"{reason}\",namespace=\"a\"}} {count}");
        has(
            &now,
            &format!("sealed_secrets_controller_unseal_errors_total{labels}"),
        );
    }
    assert!(!page(&metrics, &[synced("b", "x")]).contains("unseal_errors_total"));
}

#[test]
fn objects_that_are_not_ready_are_counted_by_reason() {
    let objects = [
        synced("a", "1"),
        failing("a", "2", "UnsealFailed"),
        failing("b", "3", "UnsealFailed"),
        failing("b", "4", "Forbidden"),
        // As upstream's controller leaves it.
        object("b", "5", &[("Synced", "False", "")]),
    ];
    let page = page(&metrics(), &objects);
    for (reason, count) in [("", 1), ("Forbidden", 1), ("UnsealFailed", 2)] {
        has(
            &page,
            &format!("chancery_secrets_failing_objects{{reason=\"{reason}\"}} {count}"),
        );
    }
}

#[test]
fn reasons_that_others_make_up_are_not_told_apart_without_an_end() {
    let mut objects: Vec<_> = (0..500)
        .map(|n| failing("a", &n.to_string(), &format!("R{n}")))
        .collect();
    objects.push(failing("a", "long", &"x".repeat(10_000)));
    let page = page(&metrics(), &objects);
    let reasons = page.matches("\nchancery_secrets_failing_objects{").count();
    assert!((2..=33).contains(&reasons), "{reasons}");
    assert!(
        page.contains("{reason=\"Other\"}") && !page.contains("xxxx"),
        "{page}"
    );
}

#[test]
fn methods_that_callers_make_up_are_not_told_apart() {
    let metrics = metrics();
    for n in 0..100 {
        let took = Duration::from_millis(3);
        metrics.requests.count("/v1/verify", &format!("M{n}"), 405, took);
    }
    metrics
        .requests
        .count("/v1/verify", "POST", 200, Duration::from_millis(3));
    let page = page(&metrics, &[]);
    let name = "sealed_secrets_controller_http_request";
    has(
        &page,
        &format!("{name}s_total{{code=\"405\",method=\"unknown\",path=\"/v1/verify\"}} 100"),
    );
    has(
        &page,
        &format!("{name}s_total{{code=\"200\",method=\"post\",path=\"/v1/verify\"}} 1"),
    );
    let labels = "method=\"post\",path=\"/v1/verify\"";
    has(
        &page,
        &format!("{name}_duration_seconds_bucket{{{labels},le=\"0.005\"}} 1"),
    );
    has(
        &page,
        &format!("{name}_duration_seconds_bucket{{{labels},le=\"1\"}} 1"),
    );
    has(&page, &format!("{name}_duration_seconds_count{{{labels}}} 1"));
}

#[test]
fn an_object_waits_from_its_waking_to_its_pass() {
    let metrics = metrics();
    let key = |name: &str| ("a".to_owned(), name.to_owned());
    let objects = ["x", "y", "gone"].map(|name| synced("a", name));
    let depth = |count: u64| {
        has(
            &page(&metrics, &objects),
            &format!("chancery_secrets_queue_depth {count}"),
        );
    };
    for name in ["x", "x", "y", "gone", "gone unseen"] {
        metrics.waits(&key(name));
    }
    depth(3);
    metrics.no_longer_waits(&key("gone"));
    metrics.pass_begins(&key("x"));
    depth(1);
    metrics.pass_took(Duration::from_millis(2));
    has(
        &page(&metrics, &[]),
        "sealed_secrets_controller_unseal_requests_total 1",
    );
    has(
        &page(&metrics, &[]),
        "chancery_secrets_reconcile_duration_seconds_count 1",
    );
    metrics.none_waits();
    depth(0);
}

#[test]
fn keys_are_told_of_once_they_are_known() {
    let mut keys = Keys::default();
    assert!(!page_of(&metrics(), &[], true, &keys).contains("_key"));
    keys.synced = true;
    has(&page_of(&metrics(), &[], true, &keys), "chancery_secrets_keys 0");

    let certificate = Certificate::from_pem(PEM.as_bytes()).unwrap();
    keys.ring = Arc::new(manifests::keys::ring_from_pem("key", &[PEM.as_bytes(), KEY].concat()).0);
    let fingerprint = certificate.fingerprint().to_string();
    let times = [certificate.not_before(), certificate.not_after()].map(jiff::Timestamp::as_second);
    keys.newest = Some(Arc::new(certificate));
    let page = page_of(&metrics(), &[], true, &keys);
    has(&page, "chancery_secrets_keys 1");
    has(
        &page,
        &format!("chancery_secrets_newest_key_info{{fingerprint=\"{fingerprint}\"}} 1"),
    );
    has(
        &page,
        &format!(
            "chancery_secrets_newest_key_created_timestamp_seconds {}",
            times[0]
        ),
    );
    has(
        &page,
        &format!(
            "chancery_secrets_newest_key_expires_timestamp_seconds {}",
            times[1]
        ),
    );
}
