mod limits;
mod objects;
mod strain;
mod verify;
mod world;

use super::*;
use crate::cpu::CpuPool;
use crate::keys::Keys;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Sends bytes to a server with these answers, and returns all that comes back until it hangs up.
async fn talk(certificate: Option<&'static str>, awaited: Option<&'static str>, request: &[u8]) -> String {
    let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (_stop, stopped) = watch::channel(false);
    let server = tokio::spawn(serve(
        listener,
        router(
            move || certificate.map(Arc::from),
            move || awaited,
            &Arc::new(Intake::new(Keys::default, CpuPool::new(), Times::default(), true)),
            &Arc::new(Front::new(Limit::new(2, 2), Arc::default(), Times::default())),
        ),
        Times::default(),
        stopped,
    ));
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may hang up before it has read all; that is part of what is tested.
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    server.abort();
    String::from_utf8(answer).unwrap()
}

fn request(method: &str, path: &str) -> Vec<u8> {
    format!("{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").into_bytes()
}

#[tokio::test]
async fn the_certificate_comes_with_upstreams_type() {
    let answer = talk(Some("PEM"), None, &request("GET", "/v1/cert.pem")).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(
        answer.contains("content-type: application/x-pem-file\r\n"),
        "{answer}"
    );
    assert!(answer.ends_with("\r\n\r\nPEM"), "{answer}");
}

#[tokio::test]
async fn without_a_key_the_certificate_is_unavailable_and_worth_another_try() {
    let answer = talk(None, None, &request("GET", "/v1/cert.pem")).await;
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.ends_with("there is no sealing key yet\n"), "{answer}");
}

#[tokio::test]
async fn health_is_upstreams_and_does_not_depend_on_readiness() {
    let answer = talk(
        None,
        Some("caches are not filled yet"),
        &request("GET", "/healthz"),
    )
    .await;
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("\r\n\r\nok\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn readiness_says_what_is_awaited() {
    let answer = talk(
        None,
        Some("caches are not filled yet"),
        &request("GET", "/readyz"),
    )
    .await;
    assert!(
        answer.starts_with("HTTP/1.1 503 ") && answer.ends_with("caches are not filled yet\n"),
        "{answer}"
    );
    let answer = talk(None, None, &request("GET", "/readyz")).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[tokio::test]
async fn head_has_the_headers_without_the_body() {
    let answer = talk(Some("PEM"), None, &request("HEAD", "/v1/cert.pem")).await;
    assert!(
        answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("\r\n\r\n"),
        "{answer}"
    );
}

#[tokio::test]
async fn every_other_method_is_refused() {
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"] {
        for path in ["/v1/cert.pem", "/healthz", "/readyz"] {
            let answer = talk(Some("PEM"), None, &request(method, path)).await;
            assert!(answer.starts_with("HTTP/1.1 405 "), "{method} {path}: {answer}");
            assert!(answer.contains("allow: GET,HEAD"), "{method} {path}: {answer}");
        }
    }
}

#[tokio::test]
async fn nothing_else_of_upstreams_is_served() {
    for path in ["/v1/validate", "/", "/metrics"] {
        let answer = talk(Some("PEM"), None, &request("POST", path)).await;
        assert!(answer.starts_with("HTTP/1.1 404 "), "{path}: {answer}");
    }
}

#[tokio::test]
async fn endless_headers_end_the_connection() {
    let mut long = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX: ".to_vec();
    long.extend(std::iter::repeat_n(b'a', 1 << 20));
    assert!(!talk(None, None, &long).await.contains(" 200 "));

    let mut many = b"GET /healthz HTTP/1.1\r\nHost: x\r\n".to_vec();
    for n in 0..200 {
        many.extend(format!("X{n}: a\r\n").bytes());
    }
    many.extend(b"\r\n");
    assert!(!talk(None, None, &many).await.contains(" 200 "));
}

#[tokio::test]
async fn a_body_is_not_waited_for() {
    let claim =
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1000000000\r\n\r\n";
    assert!(talk(None, None, claim).await.starts_with("HTTP/1.1 200 "));
}
