//! How long to wait before a step is tried again.

use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

/// The first pause, at most.
const FIRST: Duration = Duration::from_millis(200);

/// The longest pause.
const LONGEST: Duration = Duration::from_secs(5);

/// Returns the pause before the next attempt after `failures` of them: it doubles, and a random half of it is left
/// out, so that two runs that got in each other's way don't meet again.
pub(super) fn pause(failures: u32) -> Duration {
    // The standard library seeds each `RandomState` from the system's random numbers.
    let random = RandomState::new().hash_one(failures) % 1024;
    scaled(failures, u32::try_from(random).unwrap_or_default())
}

fn scaled(failures: u32, random: u32) -> Duration {
    let doubled = FIRST.saturating_mul(1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX));
    let longest = doubled.min(LONGEST);
    longest / 2 + longest / 2 * random / 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_bound_and_never_vanish() {
        assert_eq!(scaled(1, 0), Duration::from_millis(100));
        assert_eq!(scaled(2, 0), Duration::from_millis(200));
        assert_eq!(scaled(40, 0), LONGEST / 2);
        for failures in [1, 5, 31, 32, 33, u32::MAX] {
            assert!(scaled(failures, 1023) <= LONGEST);
        }
    }
}
