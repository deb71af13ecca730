//! How long ago something was.

use jiff::SignedDuration;

/// A time that has passed, as kubectl would round it. A clock that is behind the cluster's makes it 0.
pub(crate) fn age(passed: SignedDuration) -> String {
    let seconds = passed.as_secs().max(0);
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400);
    match (days, hours, minutes) {
        (2.., _, _) => format!("{days}d"),
        (_, 3.., _) => format!("{hours}h"),
        (_, _, 2..) => format!("{minutes}m"),
        _ => format!("{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_rounded_to_what_matters() {
        for (seconds, said) in [
            (-5, "0s"),
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (3 * 3600 - 1, "179m"),
            (3 * 3600, "3h"),
            (2 * 86400 - 1, "47h"),
            (400 * 86400, "400d"),
        ] {
            assert_eq!(age(SignedDuration::from_secs(seconds)), said);
        }
    }
}
