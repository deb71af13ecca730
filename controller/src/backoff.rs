//! How long to wait before the next try. There is no last try: an outage of any length heals.

use std::time::Duration;

/// The first wait, before jitter.
const FIRST: Duration = Duration::from_millis(200);
/// The longest wait, before jitter.
pub(crate) const LONGEST: Duration = Duration::from_mins(5);

/// Returns the wait after `attempts` failures in a row (1 for the first), for `jitter` in 0..=1.
///
/// Waits double from 200 ms up to 5 minutes. Jitter takes up to half of the wait away, so that
/// thousands of objects that failed together do not come back together.
pub(crate) fn delay(attempts: u32, jitter: f64) -> Duration {
    let doublings = attempts.saturating_sub(1).min(16);
    let whole = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    whole.mul_f64(1.0 - 0.5 * jitter.clamp(0.0, 1.0))
}

/// Returns a number in 0..=1 that differs between objects and attempts.
///
/// It only has to spread; a hash does that and keeps random numbers out of the rules.
pub(crate) fn jitter(object: &impl std::hash::Hash, attempts: u32) -> f64 {
    use std::hash::{BuildHasher, RandomState};
    use std::sync::LazyLock;

    // Random per process, so that replicas differ too.
    static STATE: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    let hash = STATE.hash_one((object, attempts));
    f64::from(u16::try_from(hash & 0xffff).unwrap_or(u16::MAX)) / f64::from(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_five_minutes_and_never_end() {
        assert_eq!(delay(1, 0.0), Duration::from_millis(200));
        assert_eq!(delay(2, 0.0), Duration::from_millis(400));
        assert_eq!(delay(12, 0.0), LONGEST);
        assert_eq!(delay(u32::MAX, 0.0), LONGEST);
    }

    #[test]
    fn jitter_only_shortens_and_at_most_by_half() {
        assert_eq!(delay(12, 1.0), LONGEST / 2);
        assert_eq!(delay(12, 7.0), LONGEST / 2);
        for attempt in 1..50 {
            let share = jitter(&"namespace/name", attempt);
            assert!((0.0..=1.0).contains(&share));
        }
    }
}
