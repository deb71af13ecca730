//! What is searched.

use std::borrow::Cow;

use crate::sprig::unicode;

/// A text as UTF-8, with U+FFFD for each byte that is none, and where that was done.
pub(super) struct Haystack<'a> {
    original: &'a [u8],
    text: Cow<'a, [u8]>,
    /// The ends, in the text, of what stands for one byte.
    replaced: Vec<usize>,
}

impl<'a> Haystack<'a> {
    pub(super) fn new(original: &'a [u8]) -> Self {
        if std::str::from_utf8(original).is_ok() {
            return Self {
                original,
                text: Cow::Borrowed(original),
                replaced: Vec::new(),
            };
        }
        let (mut text, mut replaced) = (Vec::with_capacity(original.len() * 3), Vec::new());
        for (character, bytes) in unicode::characters(original) {
            unicode::push(&mut text, character);
            if bytes.len() == 1 && character == unicode::REPLACEMENT {
                replaced.push(text.len());
            }
        }
        Self {
            original,
            text: Cow::Owned(text),
            replaced,
        }
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    /// Returns what is between two positions of the text, as it was.
    pub(super) fn between(&self, start: usize, end: usize) -> &'a [u8] {
        self.original
            .get(self.position(start)..self.position(end))
            .unwrap_or_default()
    }

    /// Returns how long the character is at a position of the text, 0 at the end.
    pub(super) fn width(&self, at: usize) -> usize {
        unicode::decode(self.text.get(at..).unwrap_or_default()).1
    }

    fn position(&self, at: usize) -> usize {
        // U+FFFD has three bytes.
        at - 2 * self.replaced.partition_point(|&end| end <= at)
    }
}
