//! PEM (RFC 7468) as Go's `encoding/pem` reads and writes it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use zeroize::Zeroizing;

use super::go_base64;

/// A block: what it says that it is, and its bytes.
pub(super) struct Block {
    pub(super) label: Vec<u8>,
    pub(super) bytes: Zeroizing<Vec<u8>>,
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// Returns a block as text: lines of 64 characters.
pub(super) fn encode(label: &str, bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    let body = Zeroizing::new(BASE64_STANDARD.encode(bytes));
    // As long as it gets, so that no copy of a key is left where a shorter buffer was.
    let mut text = Zeroizing::new(Vec::with_capacity(
        body.len() + body.len() / 64 + 2 * label.len() + 64,
    ));
    text.extend_from_slice(format!("-----BEGIN {label}-----\n").as_bytes());
    for line in body.as_bytes().chunks(64) {
        text.extend_from_slice(line);
        text.push(b'\n');
    }
    text.extend_from_slice(format!("-----END {label}-----\n").as_bytes());
    text
}

/// Returns the first block in a text that can be read; what is before and after it does not matter.
pub(super) fn decode(text: &[u8]) -> Option<Block> {
    let lines: Vec<&[u8]> = text
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii_end)
        .collect();
    let mut begun = None;
    for (number, line) in lines.iter().enumerate() {
        if line.starts_with(BEGIN) {
            begun = label(line, BEGIN).map(|label| (number, label));
        } else if line.starts_with(END)
            && let Some((start, expected)) = begun.take()
            && label(line, END) == Some(expected)
            && let Some(bytes) = body(lines.get(start + 1..number)?)
        {
            return Some(Block {
                label: expected.to_vec(),
                bytes,
            });
        }
    }
    None
}

fn label<'t>(line: &'t [u8], before: &[u8]) -> Option<&'t [u8]> {
    line.strip_prefix(before)?.strip_suffix(DASHES)
}

/// Lines with a colon before the body are headers, which nobody asks for here.
fn body(lines: &[&[u8]]) -> Option<Zeroizing<Vec<u8>>> {
    let headers = lines.iter().take_while(|line| line.contains(&b':')).count();
    let body: Vec<u8> = lines
        .iter()
        .skip(headers)
        .flat_map(|line| line.iter())
        .copied()
        .collect();
    let mut body = Zeroizing::new(body);
    body.retain(|byte| !matches!(byte, b' ' | b'\t'));
    go_base64::decode(&body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let bytes: Vec<u8> = (0..=255).collect();
        let text = encode("PRIVATE KEY", &bytes);
        assert!(text.split(|byte| *byte == b'\n').all(|line| line.len() <= 64));
        let read = decode(&[b"before\n", text.as_slice(), b"after"].concat()).unwrap();
        assert_eq!(
            (read.label.as_slice(), read.bytes.as_slice()),
            (b"PRIVATE KEY".as_slice(), bytes.as_slice())
        );
    }

    #[test]
    fn headers_are_left_out_and_broken_blocks_passed_by() {
        let text =
            b"-----BEGIN A-----\n!\n-----END A-----\n-----BEGIN B-----\nX-Y: z\n\nAA==\r\n-----END B-----";
        let read = decode(text).unwrap();
        assert_eq!(
            (read.label.as_slice(), read.bytes.as_slice()),
            (b"B".as_slice(), [0].as_slice())
        );
        assert!(decode(b"-----BEGIN A-----\nAA==\n-----END B-----").is_none());
        assert!(decode(b"").is_none());
    }
}
