//! The byte layout of one item.
//!
//! ```text
//! offset 0    2 bytes  L, big-endian
//! offset 2    L bytes  RSA-OAEP ciphertext of the session key
//! offset 2+L  rest     AES-256-GCM ciphertext and 16-byte tag
//! ```

use crate::OpenError;

/// Length of the length field.
pub(crate) const HEADER_LEN: usize = 2;
/// Length of the GCM tag; an empty value is a tag alone.
pub(crate) const TAG_LEN: usize = 16;

/// The two parts of an item.
pub(crate) struct Parts<'a> {
    pub(crate) session_key: &'a [u8],
    pub(crate) payload: &'a [u8],
}

/// Splits an item; total, whatever the bytes.
pub(crate) fn split(item: &[u8]) -> Result<Parts<'_>, OpenError> {
    let truncated = |needed| OpenError::Truncated {
        len: item.len(),
        needed,
    };
    let (header, rest) = item
        .split_first_chunk::<HEADER_LEN>()
        .ok_or_else(|| truncated(HEADER_LEN))?;
    let modulus_len = usize::from(u16::from_be_bytes(*header));
    let needed = HEADER_LEN + modulus_len + TAG_LEN;
    let (session_key, payload) = rest
        .split_at_checked(modulus_len)
        .ok_or_else(|| truncated(needed))?;
    if payload.len() < TAG_LEN {
        return Err(truncated(needed));
    }
    Ok(Parts { session_key, payload })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_splits_after_its_length_field() {
        let item = [&[0, 3, 1, 2, 3][..], &[9; TAG_LEN]].concat();
        let parts = split(&item).unwrap();
        assert_eq!(
            (parts.session_key, parts.payload),
            (&[1, 2, 3][..], &[9; TAG_LEN][..])
        );
    }

    #[test]
    fn an_item_that_is_cut_says_how_much_it_needs() {
        let item = [&[0, 3, 1, 2, 3][..], &[9; TAG_LEN]].concat();
        for len in 0..item.len() {
            let Err(OpenError::Truncated { len: found, needed }) = split(&item[..len]) else {
                panic!("{len}")
            };
            assert_eq!(
                (found, needed),
                (len, if len < HEADER_LEN { HEADER_LEN } else { item.len() })
            );
        }
    }
}
