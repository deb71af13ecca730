//! The items: keys that a Secret may have, and texts that are ciphertext.

use serde_json::Value;

use super::{Code, Expected, Findings, text};

/// The item of the format before 2019.
use crate::opening::DEPRECATED_ITEM;

/// Lengths in bytes of the moduli that sealing keys have: 2048, 3072, 4096 and 8192 bits.
const MODULUS_LENS: [usize; 4] = [256, 384, 512, 1024];
/// Length of the length field.
const HEADER_LEN: usize = 2;
/// Length of the GCM tag, which is all there is of an empty value.
const TAG_LEN: usize = 16;
/// Longest key of a Secret.
const KEY_LEN: usize = 253;

pub(super) fn check(expected: &Expected<'_>, findings: &mut Findings<'_>) {
    let value = findings.value();
    let items = value.pointer("/spec/encryptedData").and_then(Value::as_object);
    for (key, item) in items.into_iter().flatten() {
        if !is_key(key) {
            findings.add_item(
                Code::ItemKey,
                key,
                format!("item `{key}`: a key of a Secret is at most 253 letters, digits, `-`, `_` and `.`"),
            );
        }
        let Some(item) = item.as_str() else {
            let found = if item.is_null() {
                "nothing"
            } else {
                "something else"
            };
            findings.add_item(
                Code::ItemType,
                key,
                format!("item `{key}`: expected a text in base64, found {found}"),
            );
            continue;
        };
        if let Some((code, message)) = flaw(item, expected.modulus_lens) {
            findings.add_item(code, key, format!("item `{key}`: {message}"));
        }
    }
    if let Some(item) = text(value, &["spec", "data"])
        && let Some((code, message)) = flaw(item, expected.modulus_lens)
    {
        findings.push(
            code,
            &super::keys(&["spec", "data"]),
            Some(DEPRECATED_ITEM),
            format!("`spec.data`: {message}"),
        );
    }
}

/// The lengths of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ItemSize {
    /// Bytes of the value that is sealed in it.
    pub value_len: usize,
    /// Bytes of the modulus of the key that it is sealed with.
    pub modulus_len: usize,
}

/// Returns the lengths of an item, which its text shows without any key; or in words why it is none.
///
/// # Errors
/// What is wrong with the text, as the findings say it.
pub fn item_size(item: &str) -> Result<ItemSize, String> {
    if let Some((_, message)) = flaw(item, &[]) {
        return Err(message);
    }
    let bytes = sealing::decode_item(item).map_err(|error| error.to_string())?;
    let modulus_len = modulus_len(&bytes).unwrap_or_default();
    Ok(ItemSize {
        value_len: bytes.len().saturating_sub(HEADER_LEN + modulus_len + TAG_LEN),
        modulus_len,
    })
}

/// Returns whether a Secret may have the key (`IsConfigMapKey` of Kubernetes' validation).
fn is_key(key: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !key.is_empty()
        && key.len() <= KEY_LEN
        && key.bytes().all(is_plain)
        && key != "."
        && !key.starts_with("..")
}

/// Returns what is wrong with the text of an item.
fn flaw(item: &str, modulus_lens: &[usize]) -> Option<(Code, String)> {
    let is_modulus = |len: usize| MODULUS_LENS.contains(&len) || modulus_lens.contains(&len);
    let plain = || {
        Some((
            Code::ItemPlain,
            "a plain value instead of ciphertext; seal it (`chancery item set`), and if it was ever committed, change \
             it: it is known"
                .to_owned(),
        ))
    };
    if item.is_empty() {
        return Some((
            Code::ItemLength,
            "the item is empty; even an empty value is sealed as a longer text".to_owned(),
        ));
    }
    let bytes = match sealing::decode_item(item) {
        Ok(bytes) => bytes,
        // What begins as an item does is one that was damaged.
        Err(error) if starts_as_item(item, is_modulus) => {
            return Some((Code::ItemNotBase64, error.to_string()));
        }
        Err(_) => return plain(),
    };
    let Some(len) = modulus_len(&bytes).filter(|len| is_modulus(*len)) else {
        // Nothing that can be read is ciphertext, and nothing that is shorter than the shortest item.
        let is_text = std::str::from_utf8(&bytes).is_ok();
        return if is_text || bytes.len() < HEADER_LEN + MODULUS_LENS[0] + TAG_LEN {
            plain()
        } else {
            Some((
                Code::ItemLength,
                "it does not begin as an item: its first two bytes are no length of an RSA key".to_owned(),
            ))
        };
    };
    let needed = HEADER_LEN + len + TAG_LEN;
    if bytes.len() < needed {
        let found = bytes.len();
        return Some((
            Code::ItemLength,
            format!("the item is cut short: it has {found} bytes and needs at least {needed}"),
        ));
    }
    if !modulus_lens.is_empty() && !modulus_lens.contains(&len) {
        let sizes: Vec<String> = modulus_lens.iter().map(|len| (len * 8).to_string()).collect();
        return Some((
            Code::ItemKeySize,
            format!(
                "sealed with a key of {} bits, and the certificate's has {}: it was sealed for another cluster, or with \
                 a key from before",
                len * 8,
                sizes.join(" or ")
            ),
        ));
    }
    None
}

fn modulus_len(bytes: &[u8]) -> Option<usize> {
    let header = bytes.first_chunk::<HEADER_LEN>()?;
    Some(usize::from(u16::from_be_bytes(*header)))
}

/// Returns whether the first characters of a text that is no base64 give the length of an RSA key.
fn starts_as_item(item: &str, is_modulus: impl Fn(usize) -> bool) -> bool {
    item.get(..4)
        .and_then(|start| sealing::decode_item(start).ok())
        .and_then(|bytes| modulus_len(&bytes))
        .is_some_and(is_modulus)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(modulus_len: u16, rest: usize) -> String {
        let mut bytes = modulus_len.to_be_bytes().to_vec();
        bytes.resize(bytes.len() + rest, 0xff);
        sealing::encode_item(&bytes)
    }

    #[track_caller]
    fn check(item: &str, modulus_lens: &[usize], expected: Option<Code>) {
        let found = flaw(item, modulus_lens);
        assert_eq!(found.as_ref().map(|(code, _)| *code), expected, "{found:?}");
    }

    #[test]
    fn an_item_has_the_length_that_its_first_bytes_say_at_least() {
        for len in [256, 384, 512, 1024] {
            check(&item(len, usize::from(len) + TAG_LEN), &[], None);
            check(&item(len, usize::from(len) + TAG_LEN + 99), &[], None);
            check(
                &item(len, usize::from(len) + TAG_LEN - 1),
                &[],
                Some(Code::ItemLength),
            );
        }
        check(&item(300, 400), &[], Some(Code::ItemLength));
        check(&item(320, 336), &[320], None);
        check("", &[], Some(Code::ItemLength));
    }

    #[test]
    fn the_sizes_of_value_and_key_are_seen_without_the_key() {
        let size = item_size(&item(512, 512 + TAG_LEN + 7)).unwrap();
        assert_eq!((size.value_len, size.modulus_len), (7, 512));
        assert_eq!(item_size(&item(256, 256 + TAG_LEN)).unwrap().value_len, 0);
        assert!(item_size("hunter2").unwrap_err().contains("plain value"));
    }

    #[test]
    fn an_item_of_a_key_of_another_size_than_the_certificates_is_noticed() {
        check(&item(256, 300), &[256, 512], None);
        check(&item(256, 300), &[512], Some(Code::ItemKeySize));
    }

    #[test]
    fn line_breaks_and_loose_bits_are_read_as_go_reads_them() {
        let mut wrapped = item(256, 300);
        wrapped.insert_str(76, "\r\n");
        wrapped.push('\n');
        check(&wrapped, &[], None);
    }

    #[test]
    fn what_is_no_ciphertext_is_a_plain_value() {
        for plain in [
            "hunter2",
            "correct horse battery staple",
            "aHVudGVyMg==",
            &sealing::encode_item(&[0x61; 600]),
            "-----BEGIN PRIVATE KEY-----",
            "{{ password }}",
            "ENC[AES256_GCM,data:x]",
            "é",
        ] {
            check(plain, &[], Some(Code::ItemPlain));
        }
    }

    #[test]
    fn an_item_that_was_damaged_is_told_from_a_plain_value() {
        let mut spaced = item(512, 600);
        spaced.insert(80, ' ');
        check(&spaced, &[], Some(Code::ItemNotBase64));
        let cut = item(512, 600);
        check(&cut[..cut.len() - 1], &[], Some(Code::ItemNotBase64));
    }

    #[test]
    fn nothing_is_said_of_a_plain_value_that_tells_how_long_it_is() {
        let (_, short) = flaw("x", &[]).unwrap();
        let (_, long) = flaw("correct horse battery staple", &[]).unwrap();
        assert_eq!(short, long);
    }

    #[test]
    fn keys_are_those_that_a_secret_may_have() {
        for good in ["a", ".dockerconfigjson", "tls.crt", "A_b-1", &"k".repeat(253)] {
            assert!(is_key(good), "{good}");
        }
        for bad in ["", ".", "..", "..a", "a b", "a/b", "é", &"k".repeat(254)] {
            assert!(!is_key(bad), "{bad}");
        }
    }
}
