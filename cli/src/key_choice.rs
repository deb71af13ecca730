//! Which key is meant: a fingerprint, the start of one, or a Secret's name. Pure.

use std::collections::BTreeSet;

use sealing::Fingerprint;

use crate::error::CommandError;
use crate::key_listing::KeyListing;

/// Begins every fingerprint, and may be left out.
const PREFIX: &str = "SHA256:";

/// Returns the key that is meant among these.
///
/// # Errors
/// When none is, when several are, or when the Secret that is named holds no key.
pub(crate) fn choose(keys: &[KeyListing], text: &str) -> Result<Fingerprint, CommandError> {
    if let Some(named) = keys.iter().find(|key| key.name.as_deref() == Some(text)) {
        return named.fingerprint.clone().ok_or_else(|| {
            CommandError::message(format!("the Secret `{text}` holds no key that can be used"))
                .hint("`chancery keys list -o json` says what is wrong with it")
        });
    }
    let start = text.strip_prefix(PREFIX).unwrap_or(text);
    let found: BTreeSet<&Fingerprint> = keys
        .iter()
        .filter_map(|key| key.fingerprint.as_ref())
        .filter(|key| {
            !start.is_empty()
                && key
                    .as_str()
                    .strip_prefix(PREFIX)
                    .is_some_and(|key| key.starts_with(start))
        })
        .collect();
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (Some(key), None) => Ok(key.clone()),
        (Some(_), Some(_)) => Err(CommandError::usage(format!(
            "{text:?} is the start of several fingerprints"
        ))
        .hint("write more of it; `chancery keys list` shows them")),
        (None, _) => Err(CommandError::message(format!(
            "no key has the fingerprint or the name {text:?}"
        ))
        .hint("`chancery keys list` shows the keys; a fingerprint begins with `SHA256:`, and its start is enough")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Status;

    fn key(name: &str, digest: &str) -> KeyListing {
        let fingerprint = format!("SHA256:{digest}{}", "A".repeat(43 - digest.len()));
        KeyListing {
            name: Some(name.to_owned()),
            ..KeyListing::missing(fingerprint.parse().unwrap())
        }
    }

    fn chosen(text: &str) -> Result<String, Status> {
        let mut keys = vec![key("one", "ab1"), key("two", "ab2"), key("copy-of-two", "ab2")];
        keys.push(KeyListing {
            fingerprint: None,
            ..key("broken", "x")
        });
        choose(&keys, text)
            .map(|key| key.as_str()[7..10].to_owned())
            .map_err(|error| Status::from(&error))
    }

    #[test]
    fn a_key_is_meant_by_its_secret_or_by_the_start_of_its_fingerprint() {
        for text in ["two", "copy-of-two", "SHA256:ab2", "ab2", "ab2AAA"] {
            assert_eq!(chosen(text), Ok("ab2".to_owned()), "{text}");
        }
        assert_eq!(chosen("SHA256:ab1"), Ok("ab1".to_owned()));
    }

    #[test]
    fn what_means_no_key_or_several_is_refused() {
        for text in ["ab", "SHA256:ab"] {
            assert_eq!(chosen(text), Err(Status::Usage), "{text}");
        }
        for text in ["", "SHA256:", "AB1", "on", "broken", "sha256:ab1"] {
            assert_eq!(chosen(text), Err(Status::Failed), "{text}");
        }
    }
}
