//! Names of keys.

use std::fmt::{self, Write as _};
use std::str::FromStr;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

const PREFIX: &str = "SHA256:";

/// The name of an RSA key pair: the digest of its public half, as OpenSSH prints it.
///
/// The text is `SHA256:` and the unpadded base64 of SHA-256 over the `ssh-rsa` wire form (RFC 4253
/// section 6.6). It is not secret.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(String);

/// A text that is no fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a key fingerprint; expected `SHA256:` and 43 characters of base64")]
pub struct NotAFingerprint;

impl Fingerprint {
    /// Returns the fingerprint of a public key; both numbers are unsigned and big-endian.
    pub(crate) fn of_rsa(modulus: &[u8], exponent: &[u8]) -> Self {
        let mut wire = digest::Context::new(&digest::SHA256);
        update_bytes(&mut wire, b"ssh-rsa");
        update_mpint(&mut wire, exponent);
        update_mpint(&mut wire, modulus);
        Self(format!("{PREFIX}{}", STANDARD_NO_PAD.encode(wire.finish())))
    }

    /// Returns the text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the first eight hexadecimal digits of the digest, for names in which base64 can't stand. Another key has
    /// the same ones once in four billion times, so they name a thing and prove nothing.
    pub fn short(&self) -> String {
        let digest = self.0.strip_prefix(PREFIX).unwrap_or_default();
        let bytes = STANDARD_NO_PAD.decode(digest).unwrap_or_default();
        bytes.iter().take(4).fold(String::new(), |mut hex, byte| {
            // Writing to a String cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

/// Adds a length-prefixed byte string (RFC 4251 section 5).
fn update_bytes(wire: &mut digest::Context, bytes: &[u8]) {
    let len = u32::try_from(bytes.len()).expect("an RSA number is shorter than 4 GiB");
    wire.update(&len.to_be_bytes());
    wire.update(bytes);
}

/// Adds an `mpint` (RFC 4251 section 5): shortest form, with a zero byte where the top bit is set.
fn update_mpint(wire: &mut digest::Context, number: &[u8]) {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    let significant = number.get(start..).unwrap_or_default();
    if significant.first().is_some_and(|byte| byte & 0x80 != 0) {
        let mut padded = vec![0];
        padded.extend_from_slice(significant);
        update_bytes(wire, &padded);
    } else {
        update_bytes(wire, significant);
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for Fingerprint {
    type Err = NotAFingerprint;

    fn from_str(text: &str) -> Result<Self, NotAFingerprint> {
        let digest = text.strip_prefix(PREFIX).ok_or(NotAFingerprint)?;
        let bytes = STANDARD_NO_PAD.decode(digest).map_err(|_| NotAFingerprint)?;
        if bytes.len() == digest::SHA256_OUTPUT_LEN {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAFingerprint)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_zero_bytes_do_not_change_the_fingerprint() {
        assert_eq!(
            Fingerprint::of_rsa(&[0, 0xff, 1], &[1, 0, 1]),
            Fingerprint::of_rsa(&[0xff, 1], &[0, 1, 0, 1])
        );
    }

    #[test]
    fn the_short_form_is_the_digests_first_digits() {
        let fingerprint: Fingerprint = "SHA256:AQL+f4D/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
            .parse()
            .unwrap();
        assert_eq!(fingerprint.short(), "0102fe7f");
    }

    #[test]
    fn a_fingerprint_reads_back_and_other_text_is_refused() {
        let fingerprint = Fingerprint::of_rsa(&[0xff; 256], &[1, 0, 1]);
        assert_eq!(fingerprint.as_str().parse(), Ok(fingerprint.clone()));
        for text in [
            "",
            "SHA256:",
            "SHA256:abc",
            "MD5:00",
            &fingerprint.as_str()[..49],
            "SHA256:!",
        ] {
            assert_eq!(text.parse::<Fingerprint>(), Err(NotAFingerprint), "{text}");
        }
    }
}
