//! Names that no other test of the run uses.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Returns `prefix-` and ten lower-case letters or digits, fit for a Kubernetes name when `prefix` is.
pub fn unique_name(prefix: &str) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut bits = random();
    let suffix: String = std::iter::repeat_with(|| {
        let letter = ALPHABET.get((bits % 32) as usize).copied().unwrap_or(b'x');
        bits /= 32;
        char::from(letter)
    })
    .take(10)
    .collect();
    format!("{prefix}-{suffix}")
}

/// Returns 64 bits that differ from call to call and from process to process: the standard library seeds
/// each `RandomState` from the system's random numbers. Not for keys.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::unique_name;

    #[test]
    fn a_thousand_names_differ_and_are_dns_labels() {
        let names: BTreeSet<String> = (0..1000).map(|_| unique_name("live")).collect();
        assert_eq!(names.len(), 1000);
        assert!(names.iter().all(|name| {
            name.len() == 15
                && name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        }));
    }
}
