//! `/metrics`, on a listener of its own.

use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};

use crate::metrics::Format;

/// Returns the numbers in the form that the caller wants.
pub(super) fn answer(headers: &HeaderMap, page: impl FnOnce(Format) -> String) -> Response {
    let accept: Vec<&str> = headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let format = Format::of(&accept.join(","));
    let headers = [
        (header::CONTENT_TYPE, format.media_type()),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, page(format)).into_response()
}
