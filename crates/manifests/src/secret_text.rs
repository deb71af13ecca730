//! A text under a key of a Secret, such as a connection string.

use k8s_openapi::api::core::v1::Secret;
use zeroize::Zeroizing;

/// A Secret that has no such text. It never holds a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretTextError {
    /// There is no such key.
    #[error("has no key `{key}`; {}", has(.keys))]
    NoKey {
        /// The key.
        key: String,
        /// The keys that are there.
        keys: Vec<String>,
    },
    /// What is there is no text.
    #[error("has no text under the key `{key}`: it is not UTF-8")]
    NotUtf8 {
        /// The key.
        key: String,
    },
}

fn has(keys: &[String]) -> String {
    if keys.is_empty() {
        return "it is empty".to_owned();
    }
    let keys: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    format!("it has {}", keys.join(", "))
}

/// Returns the text under a key, as it is: nothing is trimmed. `stringData` wins over `data`, as it does when the API
/// server takes a Secret (Kubernetes API reference, Secret v1).
///
/// # Errors
/// [`SecretTextError`], to stand after the name of the Secret in a sentence.
pub fn secret_text(secret: Secret, key: &str) -> Result<Zeroizing<String>, SecretTextError> {
    if let Some(text) = secret.string_data.and_then(|mut data| data.remove(key)) {
        return Ok(Zeroizing::new(text));
    }
    let key = key.to_owned();
    let mut data = secret.data.unwrap_or_default();
    let Some(value) = data.remove(&key) else {
        return Err(SecretTextError::NoKey {
            key,
            keys: data.into_keys().collect(),
        });
    };
    match String::from_utf8(value.0) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            Err(SecretTextError::NotUtf8 { key })
        }
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::ByteString;

    use super::*;

    fn secret(key: &str, value: &[u8]) -> Secret {
        Secret {
            data: Some([(key.to_owned(), ByteString(value.to_vec()))].into()),
            ..Secret::default()
        }
    }

    #[test]
    fn a_missing_key_is_told_with_those_that_are_there_and_no_value() {
        let error = secret_text(secret("uri", b"canary"), "url").unwrap_err();
        assert_eq!(error.to_string(), "has no key `url`; it has `uri`");
        assert!(!format!("{error:?}").contains("canary"));
    }

    #[test]
    fn a_value_is_taken_as_it_is() {
        assert_eq!(secret_text(secret("p", b" a\n"), "p").unwrap().as_str(), " a\n");
        assert!(secret_text(secret("p", b"\xff"), "p").is_err());
    }
}
