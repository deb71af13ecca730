//! How often one caller may ask: upstream's rate and burst, by where the caller is and not by what it says.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Callers that are told apart at the same time; more share one bucket.
const CALLERS: usize = 4096;
/// Who is in the bucket that is shared by those for whom there is no room.
const REST: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// A path and a caller.
type Caller = (&'static str, IpAddr);

/// A generic cell rate algorithm for each caller of each path: it keeps one instant, that at which the caller's requests
/// so far would have been due at the sustained rate.
///
/// Upstream's buckets are told apart by the header `X-Forwarded-For`, which the caller writes. Here it is the address of
/// the connection's other end. That nobody can forge who wants an answer. Those who come through an API server share its
/// bucket.
#[derive(Debug)]
pub(crate) struct Limit {
    interval: Duration,
    tolerance: Duration,
    due: Mutex<HashMap<Caller, Instant>>,
}

impl Limit {
    /// Returns the limit of this many requests a second, and this many above that at once, at least one a second. As in
    /// upstream's, a burst of 2 lets 3 requests pass at once.
    pub(crate) fn new(per_second: u32, burst: u32) -> Self {
        let interval = Duration::from_secs(1) / per_second.max(1);
        Self {
            interval,
            tolerance: interval.saturating_mul(burst),
            due: Mutex::default(),
        }
    }

    /// Returns the limit of one request and then none for a minute.
    #[cfg(test)]
    pub(super) fn once_a_minute() -> Self {
        Self {
            interval: Duration::from_mins(1),
            ..Self::new(1, 0)
        }
    }

    /// Counts a request.
    ///
    /// # Errors
    /// How long to wait, when there were too many; then it doesn't count.
    pub(super) fn admit(&self, path: &'static str, peer: IpAddr) -> Result<(), Duration> {
        self.ask((path, peer), Instant::now(), true)
    }

    /// Returns whether a request would be admitted, and doesn't count it.
    ///
    /// # Errors
    /// As [`Self::admit`].
    pub(super) fn would_admit(&self, path: &'static str, peer: IpAddr) -> Result<(), Duration> {
        self.ask((path, peer), Instant::now(), false)
    }

    fn ask(&self, (path, peer): Caller, now: Instant, count: bool) -> Result<(), Duration> {
        // Each change is one assignment, so a panic elsewhere leaves the map whole.
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let caller = Self::caller(&mut due, (path, network(peer)), now);
        let at = due.get(&caller).copied().map_or(now, |due| due.max(now));
        let early = at.saturating_duration_since(now);
        if early > self.tolerance {
            return Err(early.saturating_sub(self.tolerance));
        }
        if count {
            due.insert(caller, at + self.interval);
        }
        Ok(())
    }

    /// Returns the bucket of a caller. One whose requests were all due is as good as none, and makes room.
    fn caller(due: &mut HashMap<Caller, Instant>, caller: Caller, now: Instant) -> Caller {
        if due.len() < CALLERS || due.contains_key(&caller) {
            return caller;
        }
        due.retain(|_, due| *due > now);
        if due.len() < CALLERS {
            caller
        } else {
            (caller.0, REST)
        }
    }
}

/// Returns what stands for a caller: its address, or, of IPv6, its network. Whoever has one address of such a network
/// usually has all.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => {
            let network = address.to_bits() & (u128::MAX << 64);
            Ipv6Addr::from_bits(network).into()
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1));
    const B: IpAddr = IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2));
    const MS: fn(u64) -> Duration = Duration::from_millis;

    #[test]
    fn upstreams_defaults_let_three_pass_at_once_and_then_two_a_second() {
        let limit = Limit::new(2, 2);
        let begin = Instant::now();
        let at = |time| limit.ask(("/a", A), begin + MS(time), true);
        for _ in 0..3 {
            assert_eq!(at(0), Ok(()));
        }
        assert_eq!(at(0), Err(MS(500)));
        assert_eq!(at(499), Err(MS(1)));
        assert_eq!(at(500), Ok(()));
        assert_eq!(at(500), Err(MS(500)));
        for _ in 0..3 {
            assert_eq!(at(60_000), Ok(()));
        }
        assert_eq!(at(60_000), Err(MS(500)));
    }

    #[test]
    fn paths_and_callers_have_a_bucket_each() {
        let limit = Limit::new(1, 0);
        for (path, peer) in [("/a", A), ("/a", B), ("/b", A)] {
            assert_eq!(limit.admit(path, peer), Ok(()));
            assert!(limit.admit(path, peer).is_err());
        }
    }

    #[test]
    fn a_request_that_is_not_counted_takes_nothing() {
        let limit = Limit::new(1, 0);
        for _ in 0..9 {
            assert_eq!(limit.would_admit("/a", A), Ok(()));
        }
        assert_eq!(limit.admit("/a", A), Ok(()));
        assert!(limit.would_admit("/a", A).is_err());
    }

    #[test]
    fn an_address_in_another_form_or_another_one_of_the_same_network_is_the_same_caller() {
        let limit = Limit::new(1, 0);
        for (first, other) in [
            ("10.0.0.1", "::ffff:10.0.0.1"),
            ("2001:db8::1", "2001:db8::ffff:2"),
        ] {
            assert_eq!(limit.admit("/a", first.parse().unwrap()), Ok(()));
            assert!(limit.admit("/a", other.parse().unwrap()).is_err());
        }
    }

    #[test]
    fn however_many_callers_there_are_the_memory_is_bounded_and_nobody_is_without_a_limit() {
        let limit = Limit::new(1, 0);
        let now = Instant::now();
        let ask = |n: u32, now| limit.ask(("/a", Ipv4Addr::from_bits(n).into()), now, true);
        let many = u32::try_from(CALLERS).unwrap() * 3;
        let admitted = (1..=many).filter(|n| ask(*n, now).is_ok());
        assert_eq!(admitted.count(), CALLERS + 1);
        assert!(limit.due.lock().unwrap().len() <= CALLERS + 1);
        assert_eq!(ask(many + 1, now + MS(1000)), Ok(()));
        assert_eq!(limit.due.lock().unwrap().len(), 1);
    }
}
