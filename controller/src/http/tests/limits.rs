//! How often callers may ask, and what is counted of them.

use std::time::Duration;

use serde_json::{Value, json};

use super::world::{OLD, World, sealed};
use crate::context::Work;
use crate::http::Limit;
use crate::keys::Keys;
use crate::metrics::{Format, Metrics, Seen};

const RESEALED: &str = "Accept: application/vnd.chancery.resealed+json\r\n";

/// An object that doesn't open.
fn broken() -> Value {
    let mut object = serde_json::to_value(sealed(&json!({"a": "b"}), OLD)).unwrap();
    object["metadata"]["name"] = "another".into();
    object
}

fn good() -> Value {
    serde_json::to_value(sealed(&json!({"a": "b"}), OLD)).unwrap()
}

/// Statuses of requests, one after the other, to a server that lets one pass and then none for a minute.
async fn statuses(path: &str, headers: &str, objects: &[Value]) -> Vec<u16> {
    let world = World::limited(Limit::once_a_minute()).await;
    let mut statuses = Vec::new();
    for object in objects {
        let body = object.to_string();
        let answer = world.send("POST", path, headers, body.as_bytes()).await;
        if answer.status == 429 {
            assert!(answer.head.contains("retry-after: 60"), "{}", answer.head);
            assert_eq!(answer.body, "limit exceeded\n");
        }
        statuses.push(answer.status);
    }
    statuses
}

#[tokio::test]
async fn verify_and_rotate_count_every_request() {
    for path in ["/v1/verify", "/v1/rotate"] {
        assert_eq!(statuses(path, "", &[good(), good()]).await, [200, 429], "{path}");
        assert_eq!(
            statuses(path, "", &[broken(), good()]).await,
            [409, 429],
            "{path}"
        );
        assert_eq!(
            statuses(path, "", &[json!({}), good()]).await,
            [400, 429],
            "{path}"
        );
    }
}

#[tokio::test]
async fn whoever_reseals_or_inspects_many_is_slowed_by_what_does_not_open_alone() {
    let all = [good(), good(), broken(), good()];
    assert_eq!(statuses("/v1/rotate", RESEALED, &all).await, [200, 200, 409, 429]);
    assert_eq!(statuses("/v1/inspect", "", &all).await, [200, 200, 200, 429]);
}

#[tokio::test]
async fn what_a_caller_says_of_itself_makes_no_other_caller_of_it() {
    let world = World::limited(Limit::once_a_minute()).await;
    let body = good().to_string();
    let mut statuses = Vec::new();
    for from in ["10.0.0.1", "10.0.0.2"] {
        let headers = format!("X-Forwarded-For: {from}\r\nX-Real-Ip: {from}\r\nForwarded: for={from}\r\n");
        let answer = world.send("POST", "/v1/verify", &headers, body.as_bytes()).await;
        statuses.push(answer.status);
    }
    assert_eq!(statuses, [200, 429]);
}

#[tokio::test]
async fn answers_are_counted_by_path_status_and_method_and_other_paths_not() {
    let world = World::new().await;
    world.send("GET", "/v1/cert.pem", "", b"").await;
    world.send("GET", "/v1/verify", "", b"").await;
    world.post("/v1/verify", &good()).await;
    world.post("/v1/verify", &broken()).await;
    for path in ["/healthz", "/readyz", "/nothing", "/metrics"] {
        world.send("GET", path, "", b"").await;
    }
    let mut metrics = Metrics::new("v1", false);
    metrics.requests = world.requests.clone();
    let (keys, work) = (Keys::default(), Work::default());
    let seen = Seen {
        leads: true,
        keys: &keys,
        objects: &[],
        work: &work,
    };
    let page = metrics.page(Format::Prometheus, &seen);
    let counted: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("sealed_secrets_controller_http_requests_total"))
        .filter(|rest| rest.starts_with('{'))
        .collect();
    assert_eq!(
        counted,
        [
            "{code=\"503\",method=\"get\",path=\"/v1/cert.pem\"} 1",
            "{code=\"200\",method=\"post\",path=\"/v1/verify\"} 1",
            "{code=\"405\",method=\"get\",path=\"/v1/verify\"} 1",
            "{code=\"409\",method=\"post\",path=\"/v1/verify\"} 1",
        ]
    );
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_given_up() {
    let times = super::Times::new(Duration::from_secs(9), Duration::from_millis(1));
    let world = World::with(Limit::new(9, 9), times, true).await;
    // Nobody else works, and still the cores are taken.
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Arc::new(std::sync::Mutex::new(held));
    for _ in 0..cores {
        let (cpu, held) = (world.cpu.clone(), held.clone());
        tokio::spawn(async move { cpu.run(move || held.lock().unwrap().recv()).await });
    }
    let answer = world.post("/v1/verify", &good()).await;
    drop(release);
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert_eq!(answer.body, "the answer took too long\n");
}
