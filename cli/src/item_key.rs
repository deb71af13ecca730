//! The key of an item, checked before anything is sealed under it.

use std::fmt;
use std::str::FromStr;

/// A key that a Secret can have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ItemKey(String);

/// A text that is no key of a Secret.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a Secret's keys have 1 to 253 letters, digits, `-`, `_` and `.`, and do not begin with `..` or consist of one `.`"
)]
pub(crate) struct NotAKey;

impl ItemKey {
    /// The key.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ItemKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ItemKey {
    type Err = NotAKey;

    /// Reads a key as the API server checks it (`IsConfigMapKey`): each becomes the name of a file in a Pod.
    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let is_path = text == "." || text.starts_with("..");
        if text.is_empty() || text.len() > 253 || is_path || !text.bytes().all(plain) {
            return Err(NotAKey);
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_the_api_server() {
        for key in ["tls.crt", ".env", "a", "A_b-1", &"k".repeat(253)] {
            assert_eq!(key.parse::<ItemKey>().unwrap().as_str(), key);
        }
        for key in ["", ".", "..", "..a", "a/b", "a b", "é", "a\n", &"k".repeat(254)] {
            assert_eq!(key.parse::<ItemKey>(), Err(NotAKey), "{key:?}");
        }
    }
}
