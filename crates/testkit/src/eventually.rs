//! Waiting for a state, with a deadline that fails the test.

use std::fmt::Debug;
use std::time::Duration;

use tokio::time::Instant;

use crate::fail::fail;

/// Time between two looks: short, since what is looked at is on this machine.
const INTERVAL: Duration = Duration::from_millis(50);

/// What a look at the world returns: the value waited for, or why it is not there yet.
pub trait Observation {
    /// The value waited for.
    type Value;

    /// Returns the value, or what was seen instead, for the message of a test that waited in vain.
    ///
    /// # Errors
    /// When the state waited for is not reached.
    fn outcome(self) -> Result<Self::Value, String>;
}

impl Observation for bool {
    type Value = ();

    fn outcome(self) -> Result<(), String> {
        if self { Ok(()) } else { Err("false".to_owned()) }
    }
}

impl<T> Observation for Option<T> {
    type Value = T;

    fn outcome(self) -> Result<T, String> {
        self.ok_or_else(|| "nothing".to_owned())
    }
}

impl<T, E: Debug> Observation for Result<T, E> {
    type Value = T;

    fn outcome(self) -> Result<T, String> {
        self.map_err(|error| format!("{error:?}"))
    }
}

/// Looks until `look` returns `true`, `Some` or `Ok`, for at most 30 seconds, and returns the value.
///
/// # Panics
/// When the time is over; the message has `what` and what the last look saw.
#[track_caller]
pub fn eventually<L, O>(what: &str, look: L) -> impl Future<Output = O::Value>
where
    L: AsyncFnMut() -> O,
    O: Observation,
{
    eventually_within(Duration::from_secs(30), what, look)
}

/// Does as [`eventually`], with a limit of the caller's.
///
/// # Panics
/// When the time is over; the message has `what` and what the last look saw. A look that itself never
/// ends is cut off by the same limit.
#[track_caller]
pub fn eventually_within<L, O>(limit: Duration, what: &str, mut look: L) -> impl Future<Output = O::Value>
where
    L: AsyncFnMut() -> O,
    O: Observation,
{
    let caller = std::panic::Location::caller();
    async move {
        let deadline = Instant::now() + limit;
        let mut seen = "no look ended".to_owned();
        loop {
            if let Ok(observation) = tokio::time::timeout_at(deadline, look()).await {
                match observation.outcome() {
                    Ok(value) => return value,
                    Err(other) => seen = other,
                }
            }
            if Instant::now() >= deadline {
                fail(&format!(
                    "waited {limit:?} at {caller} until {what}; last seen: {seen}"
                ));
            }
            tokio::time::sleep_until(deadline.min(Instant::now() + INTERVAL)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_value_ends_the_wait() {
        let mut looks = 0;
        let value = eventually("two looks were taken", async || {
            looks += 1;
            if looks < 2 { Err("too few") } else { Ok(looks) }
        })
        .await;
        assert_eq!(value, 2);
    }

    #[tokio::test]
    #[should_panic(expected = "until pigs fly; last seen: \"on the ground\"")]
    async fn the_deadline_fails_with_what_was_last_seen() {
        let limit = Duration::from_millis(120);
        eventually_within(limit, "pigs fly", async || Err::<(), _>("on the ground")).await;
    }

    #[tokio::test]
    #[should_panic(expected = "no look ended")]
    async fn a_look_that_never_ends_is_cut_off() {
        eventually_within(Duration::from_millis(50), "it ends", async || {
            std::future::pending::<bool>().await
        })
        .await;
    }
}
