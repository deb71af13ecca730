//! A limit of requests to the API server, where one is asked for.

use std::cell::Cell;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::http::Request;
use futures::future::BoxFuture;
use kube::client::Body;
use tokio::time::{Instant, sleep, sleep_until};
use tower::{Layer, Service};

use crate::args::ClientPace;

tokio::task_local! {
    /// How long the requests of this scope waited for their turn.
    static WAITED: Cell<Duration>;
}

/// Awaits something for `limit` at most, to which the time is added that its requests wait for their turn. `None` when
/// that was over.
pub(crate) async fn within<T>(limit: Duration, work: impl Future<Output = T>) -> Option<T> {
    let limited = async {
        let mut work = pin!(work);
        let begun = Instant::now();
        let mut until = limit;
        loop {
            tokio::select! {
                biased;
                done = &mut work => return Some(done),
                () = sleep_until(begun + until) => {}
            }
            let longer = limit + WAITED.with(Cell::get);
            if longer <= until {
                return None;
            }
            until = longer;
        }
    };
    WAITED.scope(Cell::new(Duration::ZERO), limited).await
}

/// Makes requests wait for their turn. Events have turns of their own, as many again, so that they hold up nothing; and
/// who leads is settled without any.
#[derive(Debug, Clone)]
pub(crate) struct Pace {
    requests: Arc<Turns>,
    events: Arc<Turns>,
}

/// Turns at a rate, some of which can be taken at once after a rest.
#[derive(Debug)]
struct Turns {
    interval: Duration,
    burst: u32,
    /// When a request would be due if all came at the rate.
    due: Mutex<Option<Instant>>,
}

impl Turns {
    fn new(pace: ClientPace) -> Self {
        // Rates that are all but nothing give an interval that no clock holds.
        let interval = Duration::try_from_secs_f32(1.0 / pace.rate).unwrap_or(Duration::from_hours(1));
        Self {
            interval,
            burst: pace.burst.max(1),
            due: Mutex::new(None),
        }
    }

    /// Takes the next turn and returns how long it is until then.
    fn take(&self, now: Instant) -> Duration {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let at = due.map_or(now, |due| due.max(now));
        *due = Some(at + self.interval);
        let early = at.saturating_duration_since(now);
        early.saturating_sub(self.interval.saturating_mul(self.burst - 1))
    }
}

impl Pace {
    /// Returns turns at this pace.
    pub(crate) fn new(pace: ClientPace) -> Self {
        Self {
            requests: Arc::new(Turns::new(pace)),
            events: Arc::new(Turns::new(pace)),
        }
    }

    fn turns(&self, path: &str) -> Option<&Arc<Turns>> {
        match resource(path) {
            Some("leases") => None,
            Some("events") => Some(&self.events),
            _ => Some(&self.requests),
        }
    }
}

/// Returns the resource that a path of the API server leads to, if it is in a namespace.
fn resource(path: &str) -> Option<&str> {
    let mut parts = path.split('/').skip(1);
    // `api/VERSION` or `apis/GROUP/VERSION`.
    let before = if parts.next()? == "api" { 1 } else { 2 };
    let mut parts = parts.skip(before);
    if parts.next()? != "namespaces" {
        return None;
    }
    parts.nth(1)
}

impl<S> Layer<S> for Pace {
    type Service = Paced<S>;

    fn layer(&self, inner: S) -> Paced<S> {
        Paced {
            pace: self.clone(),
            inner,
        }
    }
}

/// A client whose requests wait for their turn.
#[derive(Debug, Clone)]
pub(crate) struct Paced<S> {
    pace: Pace,
    inner: S,
}

impl<S> Service<Request<Body>> for Paced<S>
where
    S: Service<Request<Body>>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<S::Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let turns = self.pace.turns(request.uri().path()).cloned();
        // Sends nothing before it is awaited.
        let answer = self.inner.call(request);
        Box::pin(async move {
            let wait = turns.map_or(Duration::ZERO, |turns| turns.take(Instant::now()));
            if !wait.is_zero() {
                // Nobody counts where nobody limits, as for a watch.
                let _ = WAITED.try_with(|waited| waited.set(waited.get() + wait));
                sleep(wait).await;
            }
            answer.await
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn requests_wait_once_the_burst_is_used_up_and_are_let_through_at_the_rate() {
        let turns = Turns::new(ClientPace { rate: 8.0, burst: 3 });
        let now = Instant::now();
        let waits: Vec<Duration> = (0..6).map(|_| turns.take(now)).collect();
        assert_eq!(waits, [MS(0), MS(0), MS(0), MS(125), MS(250), MS(375)]);
        assert_eq!(turns.take(now + MS(10_000)), MS(0));
    }

    #[test]
    fn events_hold_up_nothing_and_leases_never_wait() {
        let pace = Pace::new(ClientPace { rate: 1.0, burst: 1 });
        let now = Instant::now();
        let wait = |path| pace.turns(path).map(|turns| turns.take(now));
        assert_eq!(wait("/api/v1/namespaces/a/events"), Some(MS(0)));
        assert_eq!(wait("/api/v1/namespaces/a/events/x"), Some(MS(1000)));
        assert_eq!(wait("/api/v1/namespaces/a/secrets/x"), Some(MS(0)));
        assert_eq!(
            wait("/apis/bitnami.com/v1alpha1/namespaces/a/sealedsecrets/x/status"),
            Some(MS(1000))
        );
        assert_eq!(wait("/apis/coordination.k8s.io/v1/namespaces/a/leases/x"), None);
    }

    #[test]
    fn an_object_that_is_called_like_a_resource_is_none() {
        for (path, expected) in [
            ("/api/v1/namespaces/leases/secrets/events", Some("secrets")),
            (
                "/apis/bitnami.com/v1alpha1/namespaces/events/sealedsecrets/leases/status",
                Some("sealedsecrets"),
            ),
            ("/api/v1/namespaces/events", None),
            ("/api/v1/secrets", None),
            ("/version", None),
            ("", None),
        ] {
            assert_eq!(resource(path), expected, "{path}");
        }
    }

    #[tokio::test]
    async fn time_that_requests_wait_for_their_turn_is_not_theirs() {
        let waiting = async {
            WAITED.with(|waited| waited.set(MS(60_000)));
            sleep(MS(30)).await;
        };
        assert_eq!(within(MS(1), waiting).await, Some(()));
        assert_eq!(within(MS(1), std::future::pending::<()>()).await, None);
    }

    #[test]
    fn a_rate_that_is_all_but_nothing_is_no_panic() {
        for rate in [f32::MIN_POSITIVE, f32::MAX, f32::INFINITY] {
            let turns = Turns::new(ClientPace {
                rate,
                burst: u32::MAX,
            });
            assert_eq!(turns.take(Instant::now()), MS(0));
        }
    }
}
