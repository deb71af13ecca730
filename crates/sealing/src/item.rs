//! The text form of an item: base64 as Go reads it.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::{OpenError, framing};

/// Go's `base64.StdEncoding`: padding is required and loose trailing bits are accepted.
const GO_STD: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// A text that is not base64. It never holds any of the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ItemError {
    /// A character outside the alphabet, or padding in the wrong place.
    #[error("not standard base64: the character at offset {offset} does not belong there")]
    Character {
        /// Offset in bytes from the start of the text.
        offset: usize,
    },
    /// The text stops inside a group of four characters, or its padding is missing.
    #[error("not standard base64: the text is cut short or its `=` padding is missing")]
    Length,
}

/// Returns the bytes of an item.
///
/// Reads what Go's `base64.StdEncoding` reads, because every existing reader is Go: carriage returns and
/// line feeds count nowhere, padding is required, and the unused bits of the last character may be set.
///
/// # Errors
/// [`ItemError`] says where, never what.
pub fn decode_item(base64_text: &str) -> Result<Vec<u8>, ItemError> {
    let is_break = |byte: &u8| matches!(byte, b'\r' | b'\n');
    let bytes = base64_text.as_bytes();
    let result = if bytes.iter().any(is_break) {
        GO_STD.decode(
            bytes
                .iter()
                .copied()
                .filter(|byte| !is_break(byte))
                .collect::<Vec<u8>>(),
        )
    } else {
        GO_STD.decode(bytes)
    };
    result.map_err(|error| match error {
        base64::DecodeError::InvalidByte(index, _) | base64::DecodeError::InvalidLastSymbol(index, _) => {
            let offset = (0..bytes.len())
                .filter(|at| !bytes.get(*at).is_some_and(is_break))
                .nth(index);
            ItemError::Character {
                offset: offset.unwrap_or(bytes.len()),
            }
        }
        base64::DecodeError::InvalidLength(_) | base64::DecodeError::InvalidPadding => ItemError::Length,
    })
}

/// Returns the length in bytes of the value that an item holds. No key is needed, and whether the item opens is
/// not asked.
///
/// # Errors
/// [`OpenError::Truncated`].
pub fn value_len(item: &[u8]) -> Result<usize, OpenError> {
    Ok(framing::split(item)?.payload.len() - framing::TAG_LEN)
}

/// Returns the text of an item: standard base64 with padding, on one line.
pub fn encode_item(item: &[u8]) -> String {
    STANDARD.encode(item)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<&[u8], ItemError>) {
        assert_eq!(decode_item(text), expected.map(<[u8]>::to_vec), "{text:?}");
    }

    #[test]
    fn line_breaks_count_nowhere() {
        check("aGVs\r\nbG8=\n", Ok(b"hello"));
        check("\na\nG\rV\nsbG8\n=", Ok(b"hello"));
        check("aA=\n=", Ok(b"h"));
    }

    #[test]
    fn loose_trailing_bits_are_accepted() {
        check("aGVsbG9=", Ok(b"hello"));
        check("aB==", Ok(b"h"));
    }

    #[test]
    fn padding_is_required_and_ends_the_text() {
        check("aGVsbG8", Err(ItemError::Length));
        check("aA=", Err(ItemError::Length));
        assert!(decode_item("aA==aA==").is_err());
        assert!(decode_item("=").is_err());
        assert!(decode_item("====").is_err());
    }

    #[test]
    fn other_white_space_and_alphabets_are_errors_with_their_offset() {
        check("aGVs bG8=", Err(ItemError::Character { offset: 4 }));
        check("aGV\ns\tbG8=", Err(ItemError::Character { offset: 5 }));
        check("__--", Err(ItemError::Character { offset: 0 }));
    }

    #[test]
    fn nothing_is_the_empty_item() {
        check("", Ok(b""));
        check("\r\n", Ok(b""));
    }
}
