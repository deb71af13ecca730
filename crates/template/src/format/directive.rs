//! The directives of a format: flags, indexes, width, precision and verb.

use super::field::{Field, LARGEST};
use super::printer::Printer;
use crate::failure::Failure;
use crate::value::{Shape, Value};

/// Prints the values as the format says.
pub(super) fn print(printer: &mut Printer<'_, '_>, format: &[u8], values: &[Value]) -> Result<(), Failure> {
    let mut reader = Reader {
        format,
        values,
        at: 0,
        next: 0,
        reordered: false,
        good: true,
        closes: true,
    };
    while let Some(percent) = reader.rest().iter().position(|&byte| byte == b'%') {
        printer.write(reader.rest().get(..percent).unwrap_or_default())?;
        reader.at += percent + 1;
        if !reader.directive(printer)? {
            break;
        }
    }
    printer.write(reader.rest())?;
    let unused = values.get(reader.next..).unwrap_or_default();
    if !reader.reordered && !unused.is_empty() {
        printer.field = Field::default();
        printer.write(b"%!(EXTRA ")?;
        for (index, value) in unused.iter().enumerate() {
            if index > 0 {
                printer.write(b", ")?;
            }
            printer.typed(value)?;
        }
        printer.write(b")")?;
    }
    Ok(())
}

struct Reader<'f> {
    format: &'f [u8],
    values: &'f [Value],
    at: usize,
    /// The value that comes next.
    next: usize,
    /// Whether any index was used; then unused values are no mistake.
    reordered: bool,
    /// Whether the indexes of this directive make sense.
    good: bool,
    /// Whether there may be a closing bracket ahead: it is looked for only until none was found.
    closes: bool,
}

impl<'f> Reader<'f> {
    fn rest(&self) -> &'f [u8] {
        self.format.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    /// One directive, behind its percent sign; returns whether the format goes on.
    fn directive(&mut self, printer: &mut Printer<'_, '_>) -> Result<bool, Failure> {
        printer.field = Field::default();
        self.good = true;
        while let Some(flag) = self.peek() {
            match flag {
                b'#' => printer.field.sharp = true,
                b'0' => printer.field.zero = true,
                b'+' => printer.field.plus = true,
                b'-' => printer.field.minus = true,
                b' ' => printer.field.space = true,
                _ => break,
            }
            self.at += 1;
        }
        let mut after_index = self.index();
        after_index = self.width(printer, after_index)?;
        if self.rest().len() > 1 && self.peek() == Some(b'.') {
            self.at += 1;
            after_index = self.precision(printer, after_index)?;
        }
        if !after_index {
            self.index();
        }
        let Some((verb, size)) = first_char(self.rest()) else {
            printer.write(b"%!(NOVERB)")?;
            return Ok(false);
        };
        self.at += size;
        let problem = match verb {
            '%' => {
                printer.write(b"%")?;
                return Ok(true);
            }
            _ if !self.good => "(BADINDEX)",
            _ if self.next >= self.values.len() => "(MISSING)",
            _ => "",
        };
        match self.values.get(self.next) {
            Some(value) if problem.is_empty() => {
                if matches!(verb, 'v' | 'w') {
                    let field = &mut printer.field;
                    (field.sharp_v, field.sharp) = (field.sharp, false);
                    (field.plus_v, field.plus) = (field.plus, false);
                }
                printer.argument(value, verb)?;
                self.next += 1;
            }
            _ => printer.write(format!("%!{verb}{problem}").as_bytes())?,
        }
        Ok(true)
    }

    /// The width; returns whether an index stands before what follows.
    fn width(&mut self, printer: &mut Printer<'_, '_>, after_index: bool) -> Result<bool, Failure> {
        if self.peek() == Some(b'*') {
            self.at += 1;
            match self.number_of_value() {
                Some(width) => {
                    printer.field.width = usize::try_from(width.unsigned_abs()).ok();
                    if width < 0 {
                        printer.field.minus = true;
                        printer.field.zero = false;
                    }
                }
                None => printer.write(b"%!(BADWIDTH)")?,
            }
            return Ok(false);
        }
        printer.field.width = self.number();
        if after_index && printer.field.width.is_some() {
            self.good = false;
        }
        Ok(after_index)
    }

    /// The precision, behind its point.
    fn precision(&mut self, printer: &mut Printer<'_, '_>, after_index: bool) -> Result<bool, Failure> {
        if after_index {
            self.good = false;
        }
        let after_index = self.index();
        if self.peek() == Some(b'*') {
            self.at += 1;
            printer.field.precision = self
                .number_of_value()
                .and_then(|number| usize::try_from(number).ok());
            if printer.field.precision.is_none() {
                printer.write(b"%!(BADPREC)")?;
            }
            return Ok(false);
        }
        printer.field.precision = Some(self.number().unwrap_or(0));
        Ok(after_index)
    }

    /// Digits that are here; too large a number takes the whole format with it, as in Go.
    fn number(&mut self) -> Option<usize> {
        let mut number = None;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            if number.is_some_and(|number| number > LARGEST) {
                self.at = self.format.len();
                return None;
            }
            number = Some(number.unwrap_or(0) * 10 + usize::from(digit - b'0'));
            self.at += 1;
        }
        number
    }

    /// The next value, as a width or precision.
    fn number_of_value(&mut self) -> Option<i64> {
        let number = match self.values.get(self.next)? {
            Value::Int(number) | Value::Int64(number) => Some(*number),
            Value::Uint8(number) => Some((*number).into()),
            Value::Uint64(number) => i64::try_from(*number).ok(),
            Value::Object(object) => match object.shape() {
                Shape::Int(number) | Shape::Int64(number) => Some(number),
                Shape::Struct | Shape::Pointer => None,
            },
            _ => None,
        };
        self.next += 1;
        number.filter(|number| number.unsigned_abs() <= LARGEST as u64)
    }

    /// An index of a value, in brackets; returns whether there was one.
    fn index(&mut self) -> bool {
        if self.peek() != Some(b'[') {
            return false;
        }
        self.reordered = true;
        let close = if self.rest().len() < 3 || !self.closes {
            None
        } else {
            let close = self.rest().iter().position(|&byte| byte == b']');
            self.closes = close.is_some();
            close
        };
        let Some(close) = close else {
            self.at += 1;
            self.good = false;
            return false;
        };
        let digits = self.rest().get(1..close).unwrap_or_default();
        self.at += close + 1;
        let number = std::str::from_utf8(digits)
            .ok()
            .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
        let number = number
            .and_then(|digits| digits.parse::<usize>().ok())
            .filter(|&number| number <= 10 * LARGEST + 9);
        match number {
            Some(number) if number >= 1 && number <= self.values.len() => {
                self.next = number - 1;
                true
            }
            _ => {
                self.good = false;
                number.is_some()
            }
        }
    }
}

/// Returns the first character and how many bytes it has; a byte that is no UTF-8 is U+FFFD, as in Go.
fn first_char(bytes: &[u8]) -> Option<(char, usize)> {
    if bytes.is_empty() {
        return None;
    }
    let head = bytes.get(..4).unwrap_or(bytes);
    let chunk = head.utf8_chunks().next()?;
    Some(
        chunk
            .valid()
            .chars()
            .next()
            .map_or((char::REPLACEMENT_CHARACTER, 1), |c| (c, c.len_utf8())),
    )
}
