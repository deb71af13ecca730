//! What stands before the answers: who asks, how often, how long it takes, and that it is counted.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::MethodRouter;
use tokio::time::{Instant, timeout};

use super::limit::Limit;
use super::refusal::Refusal;
use crate::metrics::Requests;

/// Longest time for a request to arrive, and for a kept-alive connection to be idle. Upstream's 2 minutes let a few slow
/// callers keep everybody else out.
const READ: Duration = Duration::from_secs(10);
/// Time for an answer, where none is given; upstream's.
const WRITE: Duration = Duration::from_mins(2);

/// How long a caller may take, and an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Times {
    /// For the headers of a request, and again for its body.
    pub(super) read: Duration,
    /// For an answer.
    pub(super) write: Duration,
}

/// What stands before every answer.
pub(crate) struct Front {
    pub(super) limit: Limit,
    requests: Arc<Requests>,
    times: Times,
}

/// The other end of the connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer(pub(super) IpAddr);

impl Default for Times {
    fn default() -> Self {
        Self {
            read: READ,
            write: WRITE,
        }
    }
}

impl Times {
    /// Returns the times that the flags give. [`Duration::MAX`], which is no limit for upstream's controller, is the
    /// longest that there is for this one.
    pub(crate) fn new(read: Duration, write: Duration) -> Self {
        Self {
            read: read.min(READ),
            write: if write == Duration::MAX { WRITE } else { write },
        }
    }
}

impl Front {
    /// Returns the front of a server.
    pub(crate) fn new(limit: Limit, requests: Arc<Requests>, times: Times) -> Self {
        Self {
            limit,
            requests,
            times,
        }
    }

    /// Awaits what is made of an object that counts only when it doesn't open. Whoever has many objects that do, as
    /// `chancery reseal` has, learns nothing by them; whoever tries around is as slow as elsewhere.
    ///
    /// # Errors
    /// The refusal of what is awaited, and [`Refusal::TooOften`].
    pub(super) async fn in_bulk<T>(
        &self,
        path: &'static str,
        peer: Peer,
        taken: impl Future<Output = Result<T, Refusal>>,
        opens: impl FnOnce(&T) -> bool,
    ) -> Result<T, Refusal> {
        self.limit.would_admit(path, peer.0)?;
        let taken = taken.await;
        let counts = match &taken {
            Ok(done) => !opens(done),
            Err(refusal) => matches!(refusal, Refusal::Unopened | Refusal::TooMuchWork),
        };
        if counts {
            // Whoever came at the same time may have used up what was left: this one was let in.
            let _ = self.limit.admit(path, peer.0);
        }
        taken
    }
}

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        // Every connection has one.
        let nobody = Self(IpAddr::from([0, 0, 0, 0]));
        Ok(parts.extensions.get().copied().unwrap_or(nobody))
    }
}

/// Returns what answers a path, in time, and counted.
pub(super) fn counted(path: &'static str, front: &Arc<Front>, answers: MethodRouter) -> MethodRouter {
    let front = Arc::clone(front);
    answers.layer(from_fn(move |request: Request, next: Next| {
        let front = Arc::clone(&front);
        async move { front.answer(path, request, next).await }
    }))
}

impl Front {
    async fn answer(&self, path: &'static str, request: Request, next: Next) -> Response {
        let begun = Instant::now();
        let method = request.method().clone();
        let answer = timeout(self.times.write, next.run(request)).await;
        let answer = answer.unwrap_or_else(|_| Refusal::TooLate.into_response());
        self.requests
            .count(path, method.as_str(), answer.status().as_u16(), begun.elapsed());
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_to_read_is_ours_at_most_and_time_to_write_is_what_is_given() {
        let seconds = Duration::from_secs;
        assert_eq!(Times::new(seconds(120), seconds(120)), Times::default());
        assert_eq!(Times::new(Duration::MAX, Duration::MAX), Times::default());
        let short = Times::new(seconds(3), seconds(5));
        assert_eq!((short.read, short.write), (seconds(3), seconds(5)));
    }
}
