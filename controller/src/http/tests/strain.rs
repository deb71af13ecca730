//! Bodies that are bad, huge or slow, and too many of them.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::world::{Answer, OLD, World, answer, sealed};

const PATHS: [&str; 3] = ["/v1/rotate", "/v1/inspect", "/v1/verify"];

/// Begins a request whose body is of this length.
async fn begin(world: &World, path: &str, len: usize) -> TcpStream {
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    let head =
        format!("POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream
}

/// An object with this many items, each of which is long enough to be tried with every key.
fn with_items(items: usize) -> Value {
    let mut object = serde_json::to_value(sealed(&json!({"a": "b"}), OLD)).unwrap();
    let junk = sealing::encode_item(&[&[1, 0], [7; 280].as_slice()].concat());
    object["spec"]["encryptedData"] = (0..items)
        .map(|item| (item.to_string(), Value::String(junk.clone())))
        .collect();
    object
}

#[tokio::test]
async fn every_other_method_is_refused() {
    let world = World::new().await;
    for path in PATHS {
        for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
            let answer = world.send(method, path, "", b"").await;
            assert_eq!(answer.status, 405, "{method} {path}");
            assert!(answer.head.contains("allow: post"), "{}", answer.head);
        }
    }
}

#[tokio::test]
async fn a_body_that_is_not_one_sealed_secret_is_refused_in_words_about_its_form() {
    let world = World::new().await;
    let good = serde_json::to_string(&sealed(&json!({"a": "b"}), OLD)).unwrap();
    let two = format!("{good}\n{good}");
    let secret = r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{"p":"hunter2"}}"#;
    let list = format!(r#"{{"apiVersion":"v1","kind":"List","items":[{good}]}}"#);
    let number = good.replace(
        "\"encryptedData\":{\"a\":\"",
        "\"encryptedData\":{\"a\":1,\"b\":\"",
    );
    let other = good.replace("bitnami.com/v1alpha1", "bitnami.com/v9");
    let none = good.replace(r#""apiVersion":"bitnami.com/v1alpha1","#, "");
    for path in PATHS {
        for (body, word) in [
            (other.as_str(), "no SealedSecret of bitnami.com/v1alpha1"),
            (none.as_str(), "no SealedSecret of bitnami.com/v1alpha1"),
            ("", "one SealedSecret"),
            ("{", "body"),
            ("null", "SealedSecret"),
            ("[]", "body"),
            ("\u{0}\u{1}", "body"),
            (two.as_str(), "one SealedSecret"),
            (secret, "no SealedSecret"),
            (list.as_str(), "no SealedSecret"),
            (number.as_str(), "encryptedData.a"),
        ] {
            let answer = world.send("POST", path, "", body.as_bytes()).await;
            assert_eq!(answer.status, 400, "{path} {body}: {}", answer.body);
            assert!(answer.body.contains(word), "{body}: {}", answer.body);
            assert!(!answer.body.contains("hunter2"), "{}", answer.body);
        }
        let answer = world.send("POST", path, "", b"\xff\xfe").await;
        assert_eq!(answer.status, 400);
    }
}

#[tokio::test]
async fn a_body_that_says_it_is_too_long_is_not_read() {
    let world = World::new().await;
    for path in PATHS {
        for len in [2 * 1024 * 1024 + 1, 1 << 40] {
            let mut stream = begin(&world, path, len).await;
            assert_eq!(answer(&mut stream).await.status, 413, "{len}");
        }
    }
}

#[tokio::test]
async fn a_body_that_does_not_say_how_long_it_is_ends_at_the_bound() {
    let world = World::new().await;
    let mut stream = TcpStream::connect(world.address).await.unwrap();
    let head =
        "POST /v1/rotate HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = [b"10000\r\n".as_slice(), &vec![b' '; 0x10000], b"\r\n"].concat();
    let mut sent = 0;
    // The server hangs up in the end; that it must before there were 64 MiB is what is tested.
    while sent < 1024 && stream.write_all(&chunk).await.is_ok() {
        sent += 1;
    }
    assert!(sent < 1024);
}

#[tokio::test]
async fn more_items_than_a_secret_can_have_are_refused_before_any_is_tried() {
    let world = World::new().await;
    let object = with_items(5000);
    for path in PATHS {
        let answer = world.post(path, &object).await;
        assert_eq!((answer.status, answer.body.contains("items")), (413, true));
    }
}

#[tokio::test]
async fn the_first_item_that_does_not_open_ends_the_work() {
    let world = World::new().await;
    let object = with_items(2000);
    let began = Instant::now();
    assert_eq!(world.post("/v1/rotate", &object).await.status, 409);
    let rotated = began.elapsed();
    let began = Instant::now();
    assert_eq!(world.post("/v1/inspect", &object).await.status, 200);
    let all_of_it = began.elapsed();
    assert!(rotated * 2 < all_of_it, "{rotated:?} of {all_of_it:?}");
}

/// Posts an object that takes a while, and waits until it has the turn.
async fn keep_busy(world: &World) -> TcpStream {
    let body = serde_json::to_vec(&with_items(2000)).unwrap();
    let mut stream = begin(world, "/v1/inspect", body.len()).await;
    stream.write_all(&body).await.unwrap();
    testkit::eventually("the object is worked on", async || world.intake.is_at_work()).await;
    stream
}

#[tokio::test]
async fn a_caller_who_hangs_up_is_not_worked_for() {
    let world = World::new().await;
    drop(keep_busy(&world).await);
    testkit::eventually("the turn is free", async || !world.intake.is_at_work()).await;
    assert_eq!(world.intake.inspected(), 0);
}

#[tokio::test]
async fn a_slow_body_holds_up_nobody_and_is_given_up() {
    let world = World::new().await;
    let mut slow = begin(&world, "/v1/rotate", 1000).await;
    slow.write_all(b"{").await.unwrap();
    let good = world.post("/v1/rotate", &sealed(&json!({"a": "b"}), OLD)).await;
    assert_eq!(good.status, 200);
    let given_up = timeout(Duration::from_secs(20), answer(&mut slow)).await.unwrap();
    assert_eq!(given_up.status, 408);
}

#[tokio::test]
async fn a_body_that_breaks_off_frees_its_place() {
    let world = World::new().await;
    for _ in 0..40 {
        drop(begin(&world, "/v1/rotate", 1000).await);
    }
    let object = sealed(&json!({"a": "b"}), OLD);
    testkit::eventually("there is a place again", async || {
        Some(world.post("/v1/rotate", &object).await).filter(|answer| answer.status == 200)
    })
    .await;
}

#[tokio::test]
async fn of_many_at_once_those_beyond_the_places_are_told_to_come_again() {
    let world = World::new().await;
    let mut waiting = Vec::new();
    for _ in 0..16 {
        waiting.push(begin(&world, "/v1/rotate", 10_000).await);
    }
    let object = sealed(&json!({"a": "b"}), OLD);
    let refused = testkit::eventually("the places are taken", async || {
        Some(world.post("/v1/rotate", &object).await).filter(|answer| answer.status == 429)
    })
    .await;
    assert!(refused.head.contains("retry-after: 1"), "{}", refused.head);
    // Probes and the certificate don't wait for them.
    assert_eq!(world.send("GET", "/healthz", "", b"").await.status, 200);
    drop(waiting);
}

#[tokio::test]
async fn many_clients_at_once_are_all_served_or_told_to_come_again() {
    let world = World::new().await;
    let object = sealed(&json!({"a": "b", "c": "d"}), OLD);
    let answers = (0..100).map(|_| world.post("/v1/rotate", &object));
    let answers: Vec<Answer> = futures::future::join_all(answers).await;
    let count = |status| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!(count(200) + count(429), 100);
    assert!(count(200) >= 16, "{}", count(200));
}

#[tokio::test]
async fn callers_leave_cores_to_the_controllers_own_work() {
    let world = World::new().await;
    let waiting = [keep_busy(&world).await, keep_busy(&world).await];
    for _ in 0..20 {
        world.cpu.run(|| ()).await;
    }
    assert!(world.intake.is_at_work());
    assert_eq!(world.intake.inspected(), 0);
    drop(waiting);
}
