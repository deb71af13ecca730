//! Integers: in every base, as characters, as code points.

use super::printer::Printer;
use super::quote::quote;
use crate::failure::Failure;
use crate::unicode::is_print;
use crate::value::Value;

impl Printer<'_, '_> {
    /// Prints the integer that `value` is, `bits`, by a verb.
    pub(super) fn integer(
        &mut self,
        value: &Value,
        bits: u64,
        signed: bool,
        verb: char,
    ) -> Result<(), Failure> {
        match verb {
            'v' if self.field.sharp_v && !signed => {
                let sharp = std::mem::replace(&mut self.field.sharp, true);
                self.digits(bits, 16, false, verb)?;
                self.field.sharp = sharp;
                Ok(())
            }
            'v' | 'd' => self.digits(bits, 10, signed, verb),
            'b' => self.digits(bits, 2, signed, verb),
            'o' | 'O' => self.digits(bits, 8, signed, verb),
            'x' | 'X' => self.digits(bits, 16, signed, verb),
            'c' => self.pad(rune(bits).encode_utf8(&mut [0; 4]).as_bytes()),
            'q' => {
                let quoted = quote(
                    rune(bits).encode_utf8(&mut [0; 4]).as_bytes(),
                    '\'',
                    self.field.plus,
                );
                self.pad(&quoted)
            }
            'U' => self.code_point(bits),
            _ => self.wrong_verb(value, verb),
        }
    }

    fn digits(&mut self, bits: u64, base: u64, signed: bool, verb: char) -> Result<(), Failure> {
        let negative = signed && bits.cast_signed() < 0;
        let mut rest = if negative { bits.wrapping_neg() } else { bits };
        let field = self.field;
        let least = match (field.precision, field.width) {
            (Some(0), width) if rest == 0 => {
                self.field.zero = false;
                self.padding(width.unwrap_or(0))?;
                self.field.zero = field.zero;
                return Ok(());
            }
            (Some(precision), _) => precision,
            (None, Some(width)) if field.zero && !field.minus => {
                width.saturating_sub(usize::from(negative || field.plus || field.space))
            }
            _ => 0,
        };
        // Backwards.
        let mut text = Vec::new();
        while text.is_empty() || rest > 0 {
            let digit = u32::try_from(rest % base)
                .ok()
                .and_then(|digit| char::from_digit(digit, 16))
                .unwrap_or('0');
            text.push(if verb == 'X' {
                digit.to_ascii_uppercase()
            } else {
                digit
            } as u8);
            rest /= base;
        }
        if least > text.len() {
            text.resize(least, b'0');
        }
        if field.sharp {
            match base {
                2 => text.extend(b"b0"),
                8 if text.last() != Some(&b'0') => text.push(b'0'),
                16 => text.extend(if verb == 'X' { b"X0" } else { b"x0" }),
                _ => {}
            }
        }
        if verb == 'O' {
            text.extend(b"o0");
        }
        if negative {
            text.push(b'-');
        } else if field.plus {
            text.push(b'+');
        } else if field.space {
            text.push(b' ');
        }
        text.reverse();
        self.pad_without_zeros(&text)
    }

    pub(super) fn pad_without_zeros(&mut self, text: &[u8]) -> Result<(), Failure> {
        let zero = std::mem::replace(&mut self.field.zero, false);
        self.pad(text)?;
        self.field.zero = zero;
        Ok(())
    }

    fn code_point(&mut self, bits: u64) -> Result<(), Failure> {
        let width = self.field.precision.unwrap_or(0).max(4);
        // Zeros are written by hand: the standard library takes no such widths.
        let digits = format!("{bits:X}");
        let mut text = format!("U+{}{digits}", "0".repeat(width.saturating_sub(digits.len())));
        if self.field.sharp
            && let Some(c) = u32::try_from(bits).ok().and_then(char::from_u32)
            && is_print(c)
        {
            text = format!("{text} '{c}'");
        }
        self.pad_without_zeros(text.as_bytes())
    }
}

/// Returns a number as a character; U+FFFD for what is none.
fn rune(bits: u64) -> char {
    u32::try_from(bits)
        .ok()
        .and_then(char::from_u32)
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}
