//! PEM blocks, read as leniently as Go's `encoding/pem` and kept in zeroised memory.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// No PEM file of keys or certificates that we read is longer; more is refused before parsing.
pub(crate) const MAX_BYTES: usize = 1 << 20;

/// One block: the words between `-----BEGIN` and `-----`, and the bytes.
pub(crate) struct Block {
    pub(crate) label: String,
    pub(crate) der: Zeroizing<Vec<u8>>,
}

/// Returns the well-formed blocks in their order.
///
/// Text around blocks, header lines inside them, any line length and any line ending are accepted; a
/// block that doesn't end or isn't base64 is passed over, as Go's `pem.Decode` does.
pub(crate) fn blocks(text: &[u8]) -> impl Iterator<Item = Block> {
    let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    std::iter::from_fn(move || {
        let mut open: Option<(String, Zeroizing<Vec<u8>>)> = None;
        for line in lines.by_ref() {
            if let Some(label) = between(line, b"-----BEGIN ") {
                // Room for the whole text, so that a secret isn't left behind by a growing buffer.
                open = Some((label, Zeroizing::new(Vec::with_capacity(text.len()))));
                continue;
            }
            if let Some(end) = between(line, b"-----END ") {
                let Some((label, base64)) = open.take() else {
                    continue;
                };
                if label == end
                    && let Some(der) = decode(&base64)
                {
                    return Some(Block { label, der });
                }
                continue;
            }
            if let Some((_, base64)) = &mut open
                && !line.contains(&b':')
            {
                base64.extend_from_slice(line);
            }
        }
        None
    })
}

fn decode(base64: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut der = Zeroizing::new(vec![0; base64::decoded_len_estimate(base64.len())]);
    let len = STANDARD.decode_slice(base64, &mut der).ok()?;
    der.truncate(len);
    Some(der)
}

fn between(line: &[u8], start: &[u8]) -> Option<String> {
    let label = line.strip_prefix(start)?.strip_suffix(b"-----")?;
    String::from_utf8(label.to_vec()).ok()
}

/// Returns one block as text: 64 characters a line, LF.
pub(crate) fn encode(label: &str, der: &[u8]) -> Zeroizing<String> {
    let mut base64 = Zeroizing::new(vec![0; base64::encoded_len(der.len(), true).unwrap_or_default()]);
    let len = STANDARD.encode_slice(der, &mut base64).unwrap_or_default();
    base64.truncate(len);
    let mut text = Zeroizing::new(String::with_capacity(len + len / 64 + 2 * label.len() + 64));
    text.push_str("-----BEGIN ");
    text.push_str(label);
    text.push_str("-----\n");
    for (index, byte) in base64.iter().enumerate() {
        if index > 0 && index % 64 == 0 {
            text.push('\n');
        }
        text.push(char::from(*byte));
    }
    text.push_str("\n-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, Vec<u8>)> {
        blocks(text.as_bytes())
            .map(|block| (block.label, block.der.to_vec()))
            .collect()
    }

    #[test]
    fn a_block_reads_back_as_it_is_written() {
        for len in [0, 1, 47, 48, 49, 200] {
            let der = vec![7; len];
            assert_eq!(read(&encode("A B", &der)), [("A B".to_owned(), der)], "{len}");
        }
    }

    #[test]
    fn text_headers_and_crlf_around_a_block_do_not_matter() {
        let text =
            "subject=x\r\n-----BEGIN X-----\r\nProc-Type: 4\r\n\r\n aGVs\r\nbG8=\r\n-----END X-----\r\n";
        assert_eq!(read(text), [("X".to_owned(), b"hello".to_vec())]);
    }

    #[test]
    fn broken_blocks_are_passed_over() {
        let good = "-----BEGIN X-----\naGVsbG8=\n-----END X-----";
        let text = format!(
            "-----BEGIN Y-----\n!!\n-----END Y-----\n-----BEGIN Z-----\naGVsbG8=\n{good}\n-----BEGIN W-----"
        );
        assert_eq!(read(&text), [("X".to_owned(), b"hello".to_vec())]);
    }
}
