//! When a replica takes, renews or leaves alone the Lease. Pure.

use std::time::Duration;

use k8s_openapi::api::coordination::v1::LeaseSpec;

/// Longest duration that a holder may claim for itself: without a bound, one bad write to the Lease
/// would leave the cluster without a leader for years.
const LONGEST_CLAIM: Duration = Duration::from_mins(5);

/// The Lease as it was last read.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// Its spec, `None` when there is no such Lease.
    pub(crate) spec: Option<LeaseSpec>,
    /// When this replica first saw it like this, on this replica's own monotonic clock. The times
    /// in the Lease come from the holder's wall clock and are never compared with ours: two clocks
    /// that differ by minutes must not make two leaders.
    pub(crate) since: Duration,
}

/// What to do about the Lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Take it: nobody holds it, or its holder stopped renewing it.
    Acquire,
    /// It is ours: renew it.
    Renew,
    /// Another replica holds it.
    Wait,
}

/// Returns what the replica `me` does about the Lease at `now`, on the clock of `seen.since`.
pub(crate) fn decide(seen: &Seen, now: Duration, me: &str) -> Decision {
    let Some(spec) = &seen.spec else {
        return Decision::Acquire;
    };
    match spec.holder_identity.as_deref() {
        None | Some("") => Decision::Acquire,
        Some(holder) if holder == me => Decision::Renew,
        Some(_) if now.saturating_sub(seen.since) >= claimed(spec) => Decision::Acquire,
        Some(_) => Decision::Wait,
    }
}

/// For how long the API server must go on refusing before a replica believes that it has no right to Leases: while it
/// starts, rights are not known yet.
const REFUSED: Duration = Duration::from_secs(5);

/// Returns whether a replica that is refused the Lease works as if it were alone; it is refused since `refused`, on the
/// clock of `now`.
///
/// Upstream's installation has no right to Leases and one replica. Where there are more, writes are protected by
/// resourceVersions and by the names of new keys.
pub(crate) fn is_alone(refused: Option<Duration>, now: Duration) -> bool {
    refused.is_some_and(|since| now.saturating_sub(since) >= REFUSED)
}

/// Returns how long the holder may stay silent.
fn claimed(spec: &LeaseSpec) -> Duration {
    let seconds = spec.lease_duration_seconds.unwrap_or(0).max(1);
    Duration::from_secs(seconds.unsigned_abs().into()).min(LONGEST_CLAIM)
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::MicroTime;

    fn held_by(holder: &str, seconds: i32) -> LeaseSpec {
        LeaseSpec {
            holder_identity: Some(holder.to_owned()),
            lease_duration_seconds: Some(seconds),
            ..LeaseSpec::default()
        }
    }

    fn check(spec: impl Into<Option<LeaseSpec>>, silent_for: u64, expected: Decision) {
        let seen = Seen {
            spec: spec.into(),
            since: Duration::from_secs(1000),
        };
        assert_eq!(
            decide(&seen, Duration::from_secs(1000 + silent_for), "me"),
            expected
        );
    }

    #[test]
    fn a_lease_that_nobody_holds_is_taken() {
        check(None, 0, Decision::Acquire);
        check(LeaseSpec::default(), 0, Decision::Acquire);
        check(held_by("", 15), 0, Decision::Acquire);
    }

    #[test]
    fn our_lease_is_renewed_even_when_it_looks_expired() {
        check(held_by("me", 15), 0, Decision::Renew);
        check(held_by("me", 15), 1000, Decision::Renew);
    }

    #[test]
    fn a_lease_of_another_is_taken_only_after_it_stayed_unchanged_for_its_duration() {
        check(held_by("other", 15), 14, Decision::Wait);
        check(held_by("other", 15), 15, Decision::Acquire);
    }

    #[test]
    fn wall_clocks_in_the_lease_change_nothing() {
        let mut spec = held_by("other", 15);
        spec.renew_time = Some(MicroTime(jiff::Timestamp::MIN));
        check(spec, 14, Decision::Wait);
    }

    #[test]
    fn an_absurd_duration_neither_starves_nor_robs_the_cluster() {
        check(held_by("other", i32::MAX), 299, Decision::Wait);
        check(held_by("other", i32::MAX), 300, Decision::Acquire);
        check(held_by("other", -5), 0, Decision::Wait);
        check(held_by("other", -5), 1, Decision::Acquire);
    }

    #[test]
    fn who_has_no_right_to_leases_works_alone_once_that_is_sure() {
        let seconds = Duration::from_secs;
        assert!(!is_alone(None, seconds(1000)));
        for (refused, now, expected) in [(10, 10, false), (10, 14, false), (10, 15, true), (10, 9, false)] {
            assert_eq!(
                is_alone(Some(seconds(refused)), seconds(now)),
                expected,
                "{refused} {now}"
            );
        }
    }

    #[test]
    fn a_clock_that_seems_to_run_backwards_does_not_take_the_lease() {
        let seen = Seen {
            spec: Some(held_by("other", 15)),
            since: Duration::from_secs(10),
        };
        assert_eq!(decide(&seen, Duration::ZERO, "me"), Decision::Wait);
    }
}
