//! The HTTP server: the certificate, the probes, and what is done with callers' SealedSecrets, from every replica.
//!
//! It answers whoever can reach it, so no value and nothing that leads to one leaves it: out go the public certificate,
//! ciphertexts for those who sent ciphertexts, and names of keys. Headers, bodies, connections, times and work are bounded.

mod certificate;
mod front;
mod health;
mod inspect;
mod intake;
mod limit;
mod metrics;
mod parts;
mod refusal;
mod rotate;
mod verify;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use api::endpoints::{CERTIFICATE, INSPECT, ROTATE, VERIFY};
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use manifests::documents::Document;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};

pub(crate) use self::front::{Front, Times};
use self::front::{Peer, counted};
pub(crate) use self::intake::Intake;
pub(crate) use self::limit::Limit;
use crate::context::clip;
use crate::metrics::Format;

/// Connections at the same time; more wait in the kernel's queue.
const CONNECTIONS: usize = 256;
/// Life of a connection, to which the answer is added that is under way then.
const CONNECTION: Duration = Duration::from_mins(2);
/// Bytes of request line and headers; hyper's least.
const HEADER_BYTES: usize = 16 * 1024;
/// Number of headers of a request.
const HEADER_COUNT: usize = 64;
/// Longest name of an object (RFC 1123 subdomain).
const NAME: usize = 253;
/// Pause when the process is out of descriptors, so that the accept loop does not spin.
const NO_DESCRIPTORS: Duration = Duration::from_millis(100);

/// Returns the routes. They take functions, so that they know nothing of the controller.
pub(crate) fn router(
    certificate: impl Fn() -> Option<Arc<str>> + Clone + Send + Sync + 'static,
    awaited: impl Fn() -> Option<&'static str> + Clone + Send + Sync + 'static,
    intake: &Arc<Intake>,
    front: &Arc<Front>,
) -> Router {
    let certificate = get(move || std::future::ready(certificate::answer(certificate().as_deref())));
    let verify = {
        let (intake, front) = (Arc::clone(intake), Arc::clone(front));
        post(async move |peer: Peer, request: Request| {
            front.limit.admit(VERIFY, peer.0)?;
            verify::answer(&intake, request).await
        })
    };
    let rotate = {
        let (intake, front) = (Arc::clone(intake), Arc::clone(front));
        post(async move |peer: Peer, request: Request| rotate::answer(&intake, &front, peer, request).await)
    };
    let inspect = {
        let (intake, front) = (Arc::clone(intake), Arc::clone(front));
        post(async move |peer: Peer, request: Request| inspect::answer(&intake, &front, peer, request).await)
    };
    Router::new()
        .route(CERTIFICATE, counted(CERTIFICATE, front, certificate))
        .route(VERIFY, counted(VERIFY, front, verify))
        .route(ROTATE, counted(ROTATE, front, rotate))
        .route(INSPECT, counted(INSPECT, front, inspect))
        .merge(probes(awaited))
}

/// Returns the one route of the numbers.
pub(crate) fn numbers(page: impl Fn(Format) -> String + Clone + Send + Sync + 'static) -> Router {
    let answer = move |headers: HeaderMap| std::future::ready(metrics::answer(&headers, &page));
    Router::new().route("/metrics", get(answer))
}

/// Returns the routes of the probes alone.
pub(crate) fn probes(awaited: impl Fn() -> Option<&'static str> + Clone + Send + Sync + 'static) -> Router {
    Router::new()
        .route("/healthz", get(|| std::future::ready(health::live())))
        .route(
            "/readyz",
            get(move || std::future::ready(health::ready(awaited()))),
        )
}

/// Binds the address to listen on.
///
/// # Errors
/// The system's, when the address cannot be had. The wildcard `[::]` falls back to `0.0.0.0` where
/// the kernel has no IPv6.
pub(crate) async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    match TcpListener::bind(address).await {
        Err(error)
            if address.ip().is_unspecified()
                && address.is_ipv6()
                && error.kind() != io::ErrorKind::AddrInUse =>
        {
            TcpListener::bind((IpAddr::V4(Ipv4Addr::UNSPECIFIED), address.port())).await
        }
        bound => bound,
    }
}

/// Serves until `stop` is true; connections that are open then end with the process.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    times: Times,
    mut stop: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        // Never closed, so the permit comes when a connection ends.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        match accepted {
            Ok((stream, peer)) => {
                let router = router.clone();
                tokio::spawn(async move {
                    let _place = place;
                    connection(stream, peer.ip(), router, times).await;
                });
            }
            Err(error) => {
                tracing::warn!(kind = %error.kind(), "cannot accept a connection");
                sleep(NO_DESCRIPTORS).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, peer: IpAddr, router: Router, times: Times) {
    let mut server = http1::Builder::new();
    server
        .timer(TokioTimer::new())
        .header_read_timeout(times.read)
        .max_headers(HEADER_COUNT)
        .max_buf_size(HEADER_BYTES)
        .half_close(false);
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        router.call(request)
    });
    let mut serving = pin!(server.serve_connection(TokioIo::new(stream), service));
    // What a client did wrong is the client's business; a line for each would be a way to fill logs.
    if timeout(CONNECTION, serving.as_mut()).await.is_err() {
        // Whoever is being answered has the answer first.
        serving.as_mut().graceful_shutdown();
        let _ = timeout(times.write, serving).await;
    }
}

/// Returns an answer that no cache keeps and no browser takes for something else.
fn json(media_type: &'static str, value: &impl serde::Serialize) -> Response {
    // Maps with keys of text always can be written.
    let text = serde_json::to_string(value).unwrap_or_default();
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, format!("{text}\n")).into_response()
}

/// Returns namespace and name of a caller's object for a log line. They are the caller's words, so they are cut; a
/// log line escapes them.
fn names(document: &Document) -> (String, String) {
    let word = |word: Option<&str>| clip(word.unwrap_or_default(), NAME).to_owned();
    (word(document.namespace()), word(document.name()))
}

#[cfg(test)]
mod tests;
