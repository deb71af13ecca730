//! A proxy before the API server that passes on each caller's own token, notes which rights the requests need, and can
//! refuse one of them as the API server refuses what no role gives.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;
use testkit::Cluster;
use tokio::net::TcpListener;

use super::right::Right;

/// A proxy that notes rights.
pub(super) struct Recorder {
    address: SocketAddr,
    inner: Arc<Inner>,
}

struct Inner {
    /// A client without a token of its own.
    client: kube::Client,
    used: Mutex<BTreeSet<Right>>,
    taken: Option<Right>,
    refusals: AtomicUsize,
}

impl Recorder {
    /// Starts a proxy that refuses what needs `taken`.
    pub(super) async fn start(cluster: &Cluster, taken: Option<Right>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let inner = Arc::new(Inner {
            client: cluster.client_without_credentials(),
            used: Mutex::default(),
            taken,
            refusals: AtomicUsize::new(0),
        });
        let router = axum::Router::new()
            .fallback(forward)
            .with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, inner }
    }

    /// Returns what was needed so far.
    pub(super) fn used(&self) -> BTreeSet<Right> {
        self.inner.used.lock().unwrap().clone()
    }

    /// Returns how often the right was refused.
    pub(super) fn refusals(&self) -> usize {
        self.inner.refusals.load(Ordering::SeqCst)
    }

    /// Writes a kubeconfig that leads here with a token.
    pub(super) fn kubeconfig(&self, dir: &Path, token: &str) -> PathBuf {
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "recorder",
            "clusters": [{"name": "recorder", "cluster": {"server": format!("http://{}", self.address)}}],
            "users": [{"name": "recorder", "user": {"token": token}}],
            "contexts": [{"name": "recorder", "context": {"cluster": "recorder", "user": "recorder"}}],
        });
        let file = dir.join("recorder.yaml");
        std::fs::write(&file, config.to_string()).unwrap();
        file
    }
}

async fn forward(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let needed = Right::of_request(request.method(), request.uri());
    if let (Some(taken), Some(needed)) = (&inner.taken, &needed)
        && taken.covers(needed)
    {
        inner.refusals.fetch_add(1, Ordering::SeqCst);
        let status = json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": format!("no role gives the right to {taken}"), "reason": "Forbidden", "code": 403,
        });
        return (
            StatusCode::FORBIDDEN,
            [(header::CONTENT_TYPE, "application/json")],
            status.to_string(),
        )
            .into_response();
    }
    let (mut parts, body) = request.into_parts();
    parts.headers.remove(header::HOST);
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    let request = axum::http::Request::from_parts(parts, kube::client::Body::from(body.to_vec()));
    match inner.client.send(request).await {
        Ok(answer) => {
            // What the API server itself refused was not granted, and so not used.
            if answer.status() != StatusCode::FORBIDDEN {
                inner.used.lock().unwrap().extend(needed);
            }
            answer.map(Body::new)
        }
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}
