//! As much of DER (X.690) as keys and certificates need.

use zeroize::Zeroizing;

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const NULL: u8 = 0x05;
pub(super) const OBJECT: u8 = 0x06;
pub(super) const UTF8_STRING: u8 = 0x0c;
pub(super) const PRINTABLE_STRING: u8 = 0x13;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// Returns a value: tag, length, content.
pub(super) fn value(tag: u8, content: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let length: usize = content.iter().map(|part| part.len()).sum();
    let mut out = Zeroizing::new(Vec::with_capacity(length + 10));
    out.push(tag);
    if let Ok(short @ ..0x80) = u8::try_from(length) {
        out.push(short);
    } else {
        let bytes = length.to_be_bytes();
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        let bytes = bytes.get(zeros..).unwrap_or_default();
        out.push(0x80 | u8::try_from(bytes.len()).unwrap_or_default());
        out.extend_from_slice(bytes);
    }
    for part in content {
        out.extend_from_slice(part);
    }
    out
}

/// Returns a bit string of whole bytes.
pub(super) fn bits(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    value(BIT_STRING, &[&[0], bytes])
}

/// Returns an integer that is not negative.
pub(super) fn unsigned(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    let bytes = bytes.get(zeros..).unwrap_or_default();
    let sign: &[u8] = if bytes.first().is_none_or(|byte| *byte >= 0x80) {
        &[0]
    } else {
        &[]
    };
    value(INTEGER, &[sign, bytes])
}

/// What is left to read of a value.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    /// Reads the next value if it has that tag, and returns its content.
    pub(super) fn read(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (first, rest) = self.0.split_first()?;
        if *first != tag {
            return None;
        }
        let (length, rest) = rest.split_first()?;
        let (length, rest) = if *length < 0x80 {
            (usize::from(*length), rest)
        } else {
            let (bytes, rest) = rest.split_at_checked(usize::from(*length & 0x7f))?;
            if bytes.is_empty() || bytes.len() > 4 {
                return None;
            }
            (
                bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)),
                rest,
            )
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(content)
    }

    /// Reads a sequence, and returns what is to be read in it.
    pub(super) fn sequence(&mut self) -> Option<Self> {
        self.read(SEQUENCE).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        for length in [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x1_0000] {
            let content = vec![7; length];
            let written = value(OCTET_STRING, &[&content]);
            assert_eq!(Reader(&written).read(OCTET_STRING), Some(content.as_slice()));
            assert_eq!(Reader(&written).read(INTEGER), None);
            assert_eq!(
                Reader(written.get(..length / 2).unwrap()).read(OCTET_STRING),
                None
            );
        }
    }

    #[test]
    fn integers_have_no_needless_zeros_and_no_sign() {
        assert_eq!(unsigned(&[0, 0, 0x7f]).as_slice(), [2, 1, 0x7f]);
        assert_eq!(unsigned(&[0x80]).as_slice(), [2, 2, 0, 0x80]);
        assert_eq!(unsigned(&[0]).as_slice(), [2, 1, 0]);
    }
}
