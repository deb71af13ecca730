//! When to try again what did not work.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::decide::Due;
use crate::backoff;

/// Failures in a row, each kind of work by itself: what keeps failing must not hold up the rest.
#[derive(Debug, Default)]
pub(super) struct Tries(BTreeMap<Due, Failed>);

#[derive(Debug)]
struct Failed {
    attempts: u32,
    again: Instant,
}

impl Tries {
    /// Returns what to do next and how long to wait for it, and forgets the failures of what need not be done any more.
    pub(super) fn next(&mut self, due: &[(Due, Duration)], now: Instant) -> Option<(Due, Duration)> {
        self.0.retain(|kind, _| due.iter().any(|(due, _)| due == kind));
        let wait = |(kind, wait): &(Due, Duration)| {
            let again = self.0.get(kind).map_or(Duration::ZERO, |failed| {
                failed.again.saturating_duration_since(now)
            });
            (*kind, again.max(*wait))
        };
        // The first of those that wait equally long is the most urgent.
        due.iter().map(wait).min_by_key(|(_, wait)| *wait)
    }

    /// Notes that it worked.
    pub(super) fn done(&mut self, kind: Due) {
        self.0.remove(&kind);
    }

    /// Notes that it did not work.
    pub(super) fn failed(&mut self, kind: Due, now: Instant) {
        let attempts = self
            .0
            .get(&kind)
            .map_or(0, |failed| failed.attempts)
            .saturating_add(1);
        let delay = backoff::delay(attempts, backoff::jitter(&kind, attempts));
        let again = now + delay;
        self.0.insert(kind, Failed { attempts, again });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::decide::{self, Habit, Observed};

    const BOTH: [(Due, Duration); 2] = [(Due::Keep, Duration::ZERO), (Due::Fill, Duration::ZERO)];

    #[test]
    fn what_failed_waits_and_the_rest_goes_on() {
        let now = Instant::now();
        let mut tries = Tries::default();
        assert_eq!(tries.next(&BOTH, now), Some((Due::Keep, Duration::ZERO)));
        tries.failed(Due::Keep, now);
        assert_eq!(tries.next(&BOTH, now), Some((Due::Fill, Duration::ZERO)));
        tries.done(Due::Fill);
        let (due, wait) = tries.next(&BOTH[..1], now).unwrap();
        assert!(due == Due::Keep && wait > Duration::ZERO, "{wait:?}");
        assert_eq!(tries.next(&[], now), None);
    }

    #[test]
    fn a_request_that_cannot_be_filled_does_not_keep_the_first_key_from_being_made() {
        let now = Instant::now();
        let mut tries = Tries::default();
        let observed = Observed {
            leader: true,
            legacy: false,
            synced: true,
            newest: None,
            now: jiff::Timestamp::UNIX_EPOCH,
            signalled: false,
            requests: 1,
            unkept: None,
        };
        let habit = Habit {
            unasked: true,
            ..Habit::default()
        };
        let due = decide::due(&observed, &habit);
        assert_eq!(tries.next(&due, now), Some((Due::Fill, Duration::ZERO)));
        tries.failed(Due::Fill, now);
        assert_eq!(tries.next(&due, now), Some((Due::Generate, Duration::ZERO)));
    }

    #[test]
    fn a_renewal_that_failed_is_tried_again_long_before_another_period_has_passed() {
        let now = Instant::now();
        let mut tries = Tries::default();
        let due = [(Due::Generate, Duration::ZERO)];
        for attempt in 1..30 {
            tries.failed(Due::Generate, now);
            let (_, wait) = tries.next(&due, now).unwrap();
            assert!(
                Duration::ZERO < wait && wait <= backoff::LONGEST,
                "{attempt}: {wait:?}"
            );
        }
        // Once a key is there the next one is a period away, and failures are forgotten.
        let renewed = [(Due::Generate, Duration::from_hours(720))];
        assert_eq!(tries.next(&[], now), None);
        assert_eq!(tries.next(&renewed, now), Some(renewed[0]));
    }

    #[test]
    fn failures_in_a_row_wait_longer_and_are_forgotten_once_there_is_nothing_to_do() {
        let now = Instant::now();
        let mut tries = Tries::default();
        for _ in 0..20 {
            tries.failed(Due::Fill, now);
        }
        let wait = |tries: &mut Tries| tries.next(&BOTH[1..], now).unwrap().1;
        assert!(wait(&mut tries) >= backoff::LONGEST / 2);
        tries.next(&[], now);
        assert_eq!(wait(&mut tries), Duration::ZERO);
    }
}
