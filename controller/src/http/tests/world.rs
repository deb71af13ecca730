//! A server with two keys, and objects for it.

use std::sync::Arc;

use api::sealed_secret::SealedSecret;
use aws_lc_rs::rand::SystemRandom;
use manifests::keys::ring_from_pem;
use manifests::seal::{SealOptions, seal};
use sealing::{Certificate, KeyRing};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

use crate::cpu::CpuPool;
use crate::http::{Front, Intake, Limit, Times, bind, router, serve};
use crate::keys::Keys;
use crate::metrics::Requests;

pub(super) const OLD: &str = include_str!("../../../../testdata/crypto/cert-2048.pem");
pub(super) const NEW: &str = include_str!("../../../../testdata/crypto/cert-foreign.pem");
const OLD_KEY: &[u8] = include_bytes!("../../../../testdata/crypto/key-2048.pem");
const NEW_KEY: &[u8] = include_bytes!("../../../../testdata/crypto/key-foreign.pem");

/// A server that stops with this value.
pub(super) struct World {
    pub(super) address: std::net::SocketAddr,
    pub(super) cpu: CpuPool,
    pub(super) intake: Arc<Intake>,
    pub(super) keys: Keys,
    pub(super) requests: Arc<Requests>,
    _stop: watch::Sender<bool>,
}

/// An answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl World {
    /// Starts a server that holds an old and a new key, and that callers may ask as often as they like.
    pub(super) async fn new() -> Self {
        Self::limited(Limit::new(1_000_000, 1_000_000)).await
    }

    /// Does as [`World::new`], with a limit.
    pub(super) async fn limited(limit: Limit) -> Self {
        Self::with(limit, Times::default(), true).await
    }

    /// Does as [`World::new`], with a limit, times, and the choice whether the format before 2019 is opened.
    pub(super) async fn with(limit: Limit, times: Times, accepts_deprecated: bool) -> Self {
        let mut ring = KeyRing::new();
        for pem in [OLD_KEY, NEW_KEY] {
            ring.extend(ring_from_pem("key", pem).0);
        }
        let keys = Keys {
            ring: Arc::new(ring),
            newest: Some(Arc::new(certificate(NEW))),
            ..Keys::default()
        };
        let cpu = CpuPool::new();
        let served = keys.clone();
        let intake = Intake::new(move || served.clone(), cpu.clone(), times, accepts_deprecated);
        let intake = Arc::new(intake);
        let requests = Arc::default();
        let front = Arc::new(Front::new(limit, Arc::clone(&requests), times));
        let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        let router = router(|| None, || None, &intake, &front);
        tokio::spawn(serve(listener, router, times, stopped));
        Self {
            address,
            cpu,
            intake,
            keys,
            requests,
            _stop: stop,
        }
    }

    /// Posts an object.
    pub(super) async fn post(&self, path: &str, object: &impl serde::Serialize) -> Answer {
        let body = serde_json::to_string(object).unwrap();
        self.send("POST", path, "", body.as_bytes()).await
    }

    /// Sends a request with these further header lines, and returns the answer.
    pub(super) async fn send(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> Answer {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n",
            body.len()
        );
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        // The server may answer and hang up before it has read all; that is part of what is tested.
        let _ = stream.write_all(&[head.as_bytes(), body].concat()).await;
        answer(&mut stream).await
    }
}

/// Reads an answer to its end.
pub(super) async fn answer(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Answer {
        status: status.unwrap_or_default(),
        head: head.to_lowercase(),
        body: body.to_owned(),
    }
}

pub(super) fn certificate(pem: &str) -> Certificate {
    Certificate::from_pem(pem.as_bytes()).unwrap()
}

pub(super) fn fingerprint(pem: &str) -> String {
    certificate(pem).fingerprint().to_string()
}

/// The SealedSecret `shop/database` with these values.
pub(super) fn sealed(values: &Value, pem: &str) -> SealedSecret {
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "type": "T",
        "metadata": {"name": "database", "namespace": "shop", "labels": {"app": "shop"}},
        "stringData": values,
    });
    let secret = serde_json::from_value(secret).unwrap();
    seal(
        &secret,
        &certificate(pem),
        &SealOptions::default(),
        &SystemRandom::new(),
    )
    .unwrap()
}
