//! Strings: padded, cut, quoted, in hexadecimal.

use super::printer::Printer;
use super::quote::{can_backquote, quote};
use crate::failure::Failure;

impl Printer<'_, '_> {
    /// Prints a string by one of its verbs.
    pub(super) fn string(&mut self, text: &[u8], verb: char) -> Result<(), Failure> {
        match verb {
            'x' | 'X' => self.hexadecimal(text, verb == 'X'),
            'q' => self.quoted(text),
            'v' if self.field.sharp_v => self.quoted(text),
            _ => self.pad(self.cut(text)),
        }
    }

    /// Writes text with what the width asks for before or behind it.
    pub(super) fn pad(&mut self, text: &[u8]) -> Result<(), Failure> {
        let missing = match self.field.width {
            None | Some(0) => 0,
            Some(width) => width.saturating_sub(rune_count(text)),
        };
        if self.field.minus {
            self.write(text)?;
            self.padding(missing)
        } else {
            self.padding(missing)?;
            self.write(text)
        }
    }

    pub(super) fn padding(&mut self, mut count: usize) -> Result<(), Failure> {
        const SPACES: [u8; 64] = [b' '; 64];
        const ZEROS: [u8; 64] = [b'0'; 64];
        let pad = if self.field.zero && !self.field.minus {
            ZEROS
        } else {
            SPACES
        };
        while count > 0 {
            let part = count.min(pad.len());
            self.write(pad.get(..part).unwrap_or_default())?;
            count -= part;
        }
        Ok(())
    }

    /// Returns as many characters as the precision allows.
    fn cut<'t>(&self, text: &'t [u8]) -> &'t [u8] {
        let Some(precision) = self.field.precision else {
            return text;
        };
        let mut left = precision;
        let mut end = 0;
        for chunk in text.utf8_chunks() {
            let valid = chunk.valid();
            if let Some((at, _)) = valid.char_indices().nth(left) {
                return text.get(..end + at).unwrap_or(text);
            }
            left -= valid.chars().count();
            end += valid.len();
            if chunk.invalid().len() > left {
                return text.get(..end + left).unwrap_or(text);
            }
            left -= chunk.invalid().len();
            end += chunk.invalid().len();
        }
        text
    }

    fn quoted(&mut self, text: &[u8]) -> Result<(), Failure> {
        let text = self.cut(text);
        let quoted = zeroize::Zeroizing::new(if self.field.sharp && can_backquote(text) {
            [b"`", text, b"`"].concat()
        } else {
            quote(text, '"', self.field.plus)
        });
        self.pad(&quoted)
    }

    fn hexadecimal(&mut self, text: &[u8], upper: bool) -> Result<(), Failure> {
        let text = text
            .get(..self.field.precision.unwrap_or(text.len()))
            .unwrap_or(text);
        let field = self.field;
        let width = match (text.len(), field.space, field.sharp) {
            (0, _, _) => return self.padding(field.width.unwrap_or(0)),
            (length, true, true) => 5 * length - 1,
            (length, true, false) => 3 * length - 1,
            (length, false, true) => 2 * length + 2,
            (length, false, false) => 2 * length,
        };
        let missing = field.width.unwrap_or(0).saturating_sub(width);
        if !field.minus {
            self.padding(missing)?;
        }
        for (index, byte) in text.iter().enumerate() {
            if field.space && index > 0 {
                self.write(b" ")?;
            }
            if field.sharp && (field.space || index == 0) {
                self.write(if upper { b"0X" } else { b"0x" })?;
            }
            let digits = if upper {
                format!("{byte:02X}")
            } else {
                format!("{byte:02x}")
            };
            self.write(digits.as_bytes())?;
        }
        if field.minus {
            self.padding(missing)
        } else {
            Ok(())
        }
    }
}

/// Returns how many characters Go counts: each byte that is no UTF-8 is one.
fn rune_count(text: &[u8]) -> usize {
    text.utf8_chunks()
        .map(|chunk| chunk.valid().chars().count() + chunk.invalid().len())
        .sum()
}
