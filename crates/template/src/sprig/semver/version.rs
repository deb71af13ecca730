//! One version.

use std::cmp::Ordering;

/// A version; parts that were not written are 0.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Version {
    pub(super) major: u64,
    pub(super) minor: u64,
    pub(super) patch: u64,
    pub(super) prerelease: String,
    pub(super) metadata: String,
    pub(super) original: String,
    /// Whether it is the struct itself: upstream reads pointers, and `IncMajor` and its like return structs.
    pub(super) by_value: bool,
}

impl Version {
    /// Reads `1`, `v1.2`, `1.2.3-pre.1+meta`; leading zeros are accepted in the numbers. None for anything else.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (numbers, metadata) = match text.split_once('+') {
            Some((numbers, metadata)) if is_metadata(metadata) => (numbers, metadata),
            Some(_) => return None,
            None => (text, ""),
        };
        let (numbers, prerelease) = match numbers.split_once('-') {
            Some((numbers, prerelease)) if is_prerelease(prerelease) => (numbers, prerelease),
            Some(_) => return None,
            None => (numbers, ""),
        };
        let mut parts = numbers
            .strip_prefix('v')
            .unwrap_or(numbers)
            .split('.')
            .map(number);
        let version = Self {
            major: parts.next()??,
            minor: parts.next().unwrap_or(Some(0))?,
            patch: parts.next().unwrap_or(Some(0))?,
            prerelease: prerelease.to_owned(),
            metadata: metadata.to_owned(),
            original: text.to_owned(),
            by_value: false,
        };
        parts.next().is_none().then_some(version)
    }

    /// Returns the version as it is written in full, without a `v`.
    pub(super) fn print(&self) -> String {
        let mut text = format!("{}.{}.{}", self.major, self.minor, self.patch);
        for (mark, part) in [('-', &self.prerelease), ('+', &self.metadata)] {
            if !part.is_empty() {
                text.push(mark);
                text.push_str(part);
            }
        }
        text
    }

    /// Compares by precedence; metadata has none.
    pub(super) fn precedence(&self, other: &Self) -> Ordering {
        (self.major, self.minor, self.patch)
            .cmp(&(other.major, other.minor, other.patch))
            .then_with(
                || match (self.prerelease.is_empty(), other.prerelease.is_empty()) {
                    (true, true) => Ordering::Equal,
                    (true, false) => Ordering::Greater,
                    (false, true) => Ordering::Less,
                    (false, false) => compare_prereleases(&self.prerelease, &other.prerelease),
                },
            )
    }

    /// Returns the struct with `original` made anew, with the `v` that it had.
    pub(super) fn renewed(mut self) -> Self {
        let v = if self.original.starts_with('v') { "v" } else { "" };
        self.original = format!("{v}{}", self.print());
        self.by_value = true;
        self
    }
}

fn number(digits: &str) -> Option<u64> {
    digits
        .bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| digits.parse().ok())?
}

/// Compares what dots separate, numbers as numbers and before words.
pub(super) fn compare_prereleases(one: &str, other: &str) -> Ordering {
    let (mut ones, mut others) = (one.split('.'), other.split('.'));
    loop {
        let (one, other) = match (ones.next(), others.next()) {
            (None, None) => return Ordering::Equal,
            (one, other) => (one.unwrap_or_default(), other.unwrap_or_default()),
        };
        let order = match (one.is_empty(), other.is_empty()) {
            (false, false) => match (number(one), number(other)) {
                // Equal numbers that are not equal as texts are taken for less.
                (Some(a), Some(b)) if one != other => {
                    if a > b {
                        Ordering::Greater
                    } else {
                        Ordering::Less
                    }
                }
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                _ => one.cmp(other),
            },
            (one, other) => other.cmp(&one),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Returns whether each part is an identifier.
pub(super) fn is_metadata(text: &str) -> bool {
    text.split('.').all(is_identifier)
}

/// Returns whether each part is an identifier; a number without a leading zero.
pub(super) fn is_prerelease(text: &str) -> bool {
    text.split('.').all(|part| {
        let zero = part.len() > 1 && part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit());
        is_identifier(part) && !zero
    })
}

fn is_identifier(part: &str) -> bool {
    !part.is_empty()
        && part
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        Version::parse(text).unwrap()
    }

    #[test]
    fn versions_are_read_loosely() {
        for (text, want) in [
            ("v1.2", "1.2.0"),
            ("1", "1.0.0"),
            ("01.002", "1.2.0"),
            ("1.2.3-a.1+b.2", "1.2.3-a.1+b.2"),
        ] {
            assert_eq!(version(text).print(), want);
        }
        for text in [
            "",
            "a",
            "1.2.3.4",
            "1.2.3-01",
            "1.2.3-",
            "1.2.3+",
            " 1",
            "1.",
            "18446744073709551616",
        ] {
            assert!(Version::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn prereleases_come_before_the_release_in_their_order() {
        let order = [
            "1.2.3-1",
            "1.2.3-2",
            "1.2.3-10",
            "1.2.3-alpha",
            "1.2.3-alpha.1",
            "1.2.3-alpha.beta",
            "1.2.3",
            "1.3",
        ];
        for pair in order.windows(2) {
            assert_eq!(
                version(pair[0]).precedence(&version(pair[1])),
                Ordering::Less,
                "{pair:?}"
            );
        }
    }
}
