//! `/healthz` and `/readyz`, the probes.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Returns upstream's answer to `/healthz`: the process runs. Nothing else is looked at, since a
/// restart heals no outage of the API server.
pub(super) fn live() -> Response {
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], "ok\n").into_response()
}

/// Returns the answer to `/readyz`: 200, or 503 with what is awaited.
pub(super) fn ready(awaited: Option<&'static str>) -> Response {
    match awaited {
        None => live(),
        Some(awaited) => (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
            format!("{awaited}\n"),
        )
            .into_response(),
    }
}
