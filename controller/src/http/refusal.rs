//! What a caller is told whose object is not dealt with. Constant texts, apart from what is wrong with the form of the
//! body: that was seen before anything was opened.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use manifests::documents::DocumentError;

use std::time::Duration;

use super::intake::{BODY, ITEMS, WORK};

/// Why an object is not dealt with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// There is no key to seal to yet.
    NoKey,
    /// Others are before it, and enough wait.
    Busy,
    /// The caller asks too often; how long to wait.
    TooOften(Duration),
    /// The answer was not made in time.
    TooLate,
    /// A body that is too long.
    TooLong,
    /// More items than any Secret has.
    TooManyItems,
    /// Items that would keep a core busy for too long.
    TooMuchWork,
    /// A body that came too slowly.
    TooSlow,
    /// A body that broke off.
    Broken,
    /// A body that is not one SealedSecret; the text is about its form.
    Unfit(String),
    /// An item doesn't open. Not told: which, and why.
    Unopened,
    /// Sealing failed, which it does not.
    Failed,
}

impl Refusal {
    /// Returns the status, as near to upstream's as its meaning allows: its documentation says 409 for what doesn't open.
    fn status(&self) -> StatusCode {
        match self {
            Self::NoKey | Self::TooLate => StatusCode::SERVICE_UNAVAILABLE,
            Self::Busy | Self::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLong | Self::TooManyItems | Self::TooMuchWork => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Broken | Self::Unfit(_) => StatusCode::BAD_REQUEST,
            Self::Unopened => StatusCode::CONFLICT,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Returns the words of the answer.
    pub(super) fn text(&self) -> String {
        match self {
            Self::NoKey => "there is no sealing key yet".to_owned(),
            Self::Busy => "too many requests at once; try again".to_owned(),
            Self::TooOften(_) => "limit exceeded".to_owned(),
            Self::TooLate => "the answer took too long".to_owned(),
            Self::TooLong => format!("the body is longer than {BODY} bytes"),
            Self::TooManyItems => format!("the SealedSecret has more than {ITEMS} items"),
            Self::TooMuchWork => format!("its items take longer than {} s", WORK.as_secs()),
            Self::TooSlow => "the body did not come in time".to_owned(),
            Self::Broken => "the body broke off".to_owned(),
            Self::Unfit(why) => why.clone(),
            Self::Unopened => "the SealedSecret does not open".to_owned(),
            Self::Failed => "the SealedSecret could not be sealed again".to_owned(),
        }
    }

    /// Seconds after which another try is worth it.
    fn retry_after(&self) -> Option<HeaderValue> {
        match self {
            Self::NoKey => Some(HeaderValue::from_static("2")),
            Self::Busy | Self::TooLate => Some(HeaderValue::from_static("1")),
            // In whole seconds, and never too early.
            Self::TooOften(wait) => Some(HeaderValue::from(
                wait.as_secs() + u64::from(wait.subsec_nanos() > 0),
            )),
            _ => None,
        }
    }
}

impl From<Duration> for Refusal {
    fn from(wait: Duration) -> Self {
        Self::TooOften(wait)
    }
}

impl From<DocumentError> for Refusal {
    fn from(error: DocumentError) -> Self {
        Self::Unfit(error.to_string())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let headers = [
            (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        ];
        let mut response = (self.status(), headers, format!("{}\n", self.text())).into_response();
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}
