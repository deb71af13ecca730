//! What a file of a tree holds: manifests to look at, nothing of interest, or what must be left alone.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};

use anyhow::Context as _;
use zeroize::Zeroizing;

use super::{TreeFile, helm};
use crate::error::CommandError;
use crate::input::FILE_LIMIT;

/// A file, read.
pub(crate) enum Contents {
    /// None of the words is in it.
    Passed,
    /// It can't be judged.
    LeftAlone(LeftAlone),
    /// The bytes, UTF-8; not parsed yet.
    Manifests(Zeroizing<Vec<u8>>),
}

/// Why something is not touched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LeftAlone {
    /// Other bytes than UTF-8, first in this line.
    NotUtf8 {
        /// From 1.
        line: usize,
    },
    /// UTF-16, as PowerShell's `>` writes it.
    Utf16,
    /// A template of Helm.
    HelmTemplate,
    /// It isn't YAML or JSON, and only a kustomization names it.
    NoManifest,
    /// A link whose file isn't there.
    DanglingLink,
}

impl fmt::Display for LeftAlone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 { line } => write!(f, "it is not UTF-8 (line {line})"),
            Self::Utf16 => f.write_str("it is UTF-16; save it as UTF-8"),
            Self::HelmTemplate => f.write_str(
                "it is a template of Helm; seal its values anew, or keep the SealedSecret outside of the chart",
            ),
            Self::NoManifest => f.write_str("it is neither YAML nor JSON"),
            Self::DanglingLink => f.write_str("it is a link to a file that is not there"),
        }
    }
}

impl TreeFile {
    /// Reads the file. One that has none of `words` in it is passed over, whatever it is.
    ///
    /// # Errors
    /// When it can't be read, or has a word and is larger than 10 MiB.
    pub(crate) fn read(&self, words: &[&str]) -> Result<Contents, CommandError> {
        let doing = || format!("cannot read `{}`", self.path.display());
        if self.dangling {
            return Ok(Contents::LeftAlone(LeftAlone::DanglingLink));
        }
        let mut file = File::open(&self.place).with_context(doing)?;
        let mut bytes = Zeroizing::new(Vec::new());
        (&mut file)
            .take(FILE_LIMIT + 1)
            .read_to_end(&mut bytes)
            .with_context(doing)?;
        if bytes.len() as u64 > FILE_LIMIT {
            if has_word(&bytes, words) || rest_has_word(file, words).with_context(doing)? {
                return Err(CommandError::message(format!(
                    "`{}` is larger than {} MiB, which is the most that is read from one file",
                    self.path.display(),
                    FILE_LIMIT >> 20
                ))
                .hint("split it into several files"));
            }
            return Ok(Contents::Passed);
        }
        Ok(self.judged(bytes, words))
    }

    fn judged(&self, bytes: Zeroizing<Vec<u8>>, words: &[&str]) -> Contents {
        if is_utf16(&bytes) {
            let narrow: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
            return if has_word(&narrow, words) {
                Contents::LeftAlone(LeftAlone::Utf16)
            } else {
                Contents::Passed
            };
        }
        if !has_word(&bytes, words) {
            return Contents::Passed;
        }
        if let Err(error) = std::str::from_utf8(&bytes) {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.split(|byte| *byte == b'\n').count();
            return Contents::LeftAlone(LeftAlone::NotUtf8 { line });
        }
        if self.below_templates && helm::has_action(&bytes) {
            return Contents::LeftAlone(LeftAlone::HelmTemplate);
        }
        Contents::Manifests(bytes)
    }

    /// What to make of bytes that turned out to be no YAML or JSON: `None` if it is an error.
    pub(crate) fn unreadable(&self, bytes: &[u8]) -> Option<LeftAlone> {
        if helm::has_action(bytes) {
            Some(LeftAlone::HelmTemplate)
        } else if self.named_only {
            Some(LeftAlone::NoManifest)
        } else {
            None
        }
    }
}

fn is_utf16(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff])
}

fn has_word(bytes: &[u8], words: &[&str]) -> bool {
    words.iter().any(|word| {
        let (first, rest) = word.as_bytes().split_first().unwrap_or((&0, &[]));
        bytes.iter().enumerate().any(|(at, byte)| {
            byte == first && bytes.get(at + 1..).is_some_and(|after| after.starts_with(rest))
        })
    })
}

/// Reads on in pieces, so that a disk image that is called `x.json` doesn't eat the memory.
fn rest_has_word(mut file: impl Read, words: &[&str]) -> io::Result<bool> {
    let overlap = words.iter().map(|word| word.len()).max().unwrap_or_default();
    let mut window = Vec::new();
    loop {
        let kept = window.len().min(overlap);
        window.drain(..window.len() - kept);
        let read = (&mut file).take(1 << 20).read_to_end(&mut window)?;
        if read == 0 {
            return Ok(false);
        }
        if has_word(&window, words) {
            return Ok(true);
        }
    }
}
