//! The HTTP server: the certificate and the probes, from every replica.
//!
//! It answers whoever can reach it, so it gives away nothing but the public certificate and takes
//! nothing in: GET and HEAD only, no body is read, and headers, connections and times are bounded.

mod certificate;
mod health;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{sleep, timeout};

/// Connections at the same time; more wait in the kernel's queue.
const CONNECTIONS: usize = 256;
/// Time for the headers of a request to arrive, and for a kept-alive connection to be idle.
const HEADERS: Duration = Duration::from_secs(10);
/// Life of a connection. A certificate takes milliseconds; upstream's write timeout is as long.
const CONNECTION: Duration = Duration::from_mins(2);
/// Bytes of request line and headers; hyper's least.
const HEADER_BYTES: usize = 16 * 1024;
/// Number of headers of a request.
const HEADER_COUNT: usize = 64;
/// Pause when the process is out of descriptors, so that the accept loop does not spin.
const NO_DESCRIPTORS: Duration = Duration::from_millis(100);

/// Returns the routes. They take functions, so that they know nothing of the controller.
pub(crate) fn router(
    certificate: impl Fn() -> Option<Arc<str>> + Clone + Send + Sync + 'static,
    awaited: impl Fn() -> Option<&'static str> + Clone + Send + Sync + 'static,
) -> Router {
    Router::new()
        .route(
            "/v1/cert.pem",
            get(move || std::future::ready(certificate::answer(certificate().as_deref()))),
        )
        .merge(probes(awaited))
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
pub(crate) async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
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
            Ok((stream, _)) => {
                let router = router.clone();
                tokio::spawn(async move {
                    let _place = place;
                    connection(stream, router).await;
                });
            }
            Err(error) => {
                tracing::warn!(kind = %error.kind(), "cannot accept a connection");
                sleep(NO_DESCRIPTORS).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, router: Router) {
    let mut server = http1::Builder::new();
    server
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_headers(HEADER_COUNT)
        .max_buf_size(HEADER_BYTES)
        .half_close(false);
    let serving = server.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    // What a client did wrong is the client's business; a line for each would be a way to fill logs.
    let _ = timeout(CONNECTION, serving).await;
}

#[cfg(test)]
mod tests;
