//! `/v1/cert.pem`: the certificate to seal with, under upstream's path and type.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Returns the answer: the newest certificate whose key is stored, or 503 while there is none.
///
/// 503 and not 404, so that kubeseal and scripts retry: a replica that just started is about to
/// load its keys or to make the first one.
pub(super) fn answer(certificate: Option<&str>) -> Response {
    match certificate {
        // `nosniff` and `no-store`: a stale certificate from a cache in between seals to an old key.
        Some(pem) => (
            [
                (header::CONTENT_TYPE, "application/x-pem-file"),
                (header::CACHE_CONTROL, "no-store"),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            ],
            pem.to_owned(),
        )
            .into_response(),
        None => (
            StatusCode::SERVICE_UNAVAILABLE,
            [
                (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
                (header::RETRY_AFTER, "2"),
            ],
            "there is no sealing key yet\n",
        )
            .into_response(),
    }
}
