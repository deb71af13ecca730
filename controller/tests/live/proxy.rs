//! A proxy before the API server that counts, refuses and stops at writes.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use testkit::Cluster;
use tokio::net::TcpListener;
use tokio::sync::Notify;

/// Name of the controller's Lease.
const LEASE: &str = "chancery-secrets";

/// What happens to a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The server answers with this Status, written out, and does nothing.
    Refuse(u16, &'static str),
    /// The request never arrives and is never answered.
    LostRequest,
    /// The server does it and the answer never arrives.
    LostAnswer,
}

type Rule = Box<dyn Fn(usize, &Method, &str) -> Option<Fault> + Send>;

/// A proxy with rules.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    inner: Arc<Inner>,
}

struct Inner {
    client: kube::Client,
    /// The name that the Lease has behind the proxy.
    lease: Option<&'static str>,
    /// Leases are forbidden, as upstream's roles forbid them.
    no_leases: AtomicBool,
    writes: AtomicUsize,
    rule: Mutex<Rule>,
    lost: Notify,
}

impl Proxy {
    /// Starts a proxy that asks the rule about each write, numbered from 1. Writes to Leases are let
    /// through and not counted: their number depends on time.
    pub(crate) async fn start(
        cluster: &Cluster,
        rule: impl Fn(usize, &Method, &str) -> Option<Fault> + Send + 'static,
    ) -> Self {
        Self::start_with(cluster, None, rule).await
    }

    /// Starts a proxy behind which the Lease has another name: who sees the cluster through it leads beside the others,
    /// as a leader does that was paused and doesn't know yet that it lost its Lease.
    pub(crate) async fn start_beside(cluster: &Cluster, lease: &'static str) -> Self {
        Self::start_with(cluster, Some(lease), |_, _, _| None).await
    }

    async fn start_with(
        cluster: &Cluster,
        lease: Option<&'static str>,
        rule: impl Fn(usize, &Method, &str) -> Option<Fault> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let inner = Arc::new(Inner {
            client: cluster.client.clone(),
            lease,
            no_leases: AtomicBool::new(false),
            writes: AtomicUsize::new(0),
            rule: Mutex::new(Box::new(rule)),
            lost: Notify::new(),
        });
        let router = axum::Router::new()
            .fallback(forward)
            .with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, inner }
    }

    /// Forbids Leases, or allows them.
    pub(crate) fn forbid_leases(&self, forbidden: bool) {
        self.inner.no_leases.store(forbidden, Ordering::SeqCst);
    }

    /// Waits until a request or an answer was lost.
    pub(crate) async fn lost(&self) {
        self.inner.lost.notified().await;
    }

    /// Returns how many writes were asked for.
    pub(crate) fn writes(&self) -> usize {
        self.inner.writes.load(Ordering::SeqCst)
    }

    /// Writes a kubeconfig that leads here. The proxy authenticates itself.
    pub(crate) fn kubeconfig(&self, dir: &std::path::Path) -> std::path::PathBuf {
        let config = serde_json::json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "proxy",
            "clusters": [{"name": "proxy", "cluster": {"server": format!("http://{}", self.address)}}],
            "users": [{"name": "proxy", "user": {}}],
            "contexts": [{"name": "proxy", "context": {"cluster": "proxy", "user": "proxy"}}],
        });
        let file = dir.join("proxy.yaml");
        std::fs::write(&file, config.to_string()).unwrap();
        file
    }
}

async fn forward(State(inner): State<Arc<Inner>>, request: Request) -> Response {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    if inner.no_leases.load(Ordering::SeqCst) && path.contains("/leases") {
        let status = r#"{"kind":"Status","code":403,"reason":"Forbidden","message":"leases is forbidden"}"#;
        return (
            StatusCode::FORBIDDEN,
            [(header::CONTENT_TYPE, "application/json")],
            status,
        )
            .into_response();
    }
    let is_write = method != Method::GET && !path.contains("/leases");
    let fault = if is_write {
        let n = inner.writes.fetch_add(1, Ordering::SeqCst) + 1;
        (inner.rule.lock().unwrap())(n, &method, &path)
    } else {
        None
    };
    match fault {
        Some(Fault::Refuse(code, status)) => {
            let code = StatusCode::from_u16(code).unwrap();
            (code, [(header::CONTENT_TYPE, "application/json")], status).into_response()
        }
        Some(Fault::LostRequest) => never(&inner).await,
        Some(Fault::LostAnswer) => {
            send(&inner, request).await;
            never(&inner).await
        }
        None => send(&inner, request).await,
    }
}

async fn never(inner: &Inner) -> Response {
    inner.lost.notify_one();
    std::future::pending().await
}

async fn send(inner: &Inner, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    parts.headers.remove(header::HOST);
    let mut body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
    if let Some(lease) = inner.lease
        && parts.uri.path().contains("/leases")
    {
        parts.uri = parts.uri.to_string().replace(LEASE, lease).parse().unwrap();
        body = String::from_utf8(body)
            .unwrap()
            .replace(LEASE, lease)
            .into_bytes();
        parts.headers.remove(header::CONTENT_LENGTH);
    }
    let request = axum::http::Request::from_parts(parts, kube::client::Body::from(body));
    match inner.client.send(request).await {
        Ok(answer) => answer.map(Body::new),
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}
