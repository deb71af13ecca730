//! Values as JSON.

use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::sprig::{cost, date, unicode};
use crate::value::{Dict, Elem, List, Object, Shape, Value};

/// The functions that write JSON. Those without `must` drop the error and with it the text, but for `toRawJson`.
pub(crate) const TABLE: &[Function] = &[
    Function::new("toJson", &[Param::Any], |call, args| lenient(call, args, HTML)),
    Function::new("toPrettyJson", &[Param::Any], |call, args| {
        lenient(call, args, PRETTY)
    }),
    Function::new("toRawJson", &[Param::Any], |call, args| strict(call, args, RAW)),
    Function::new("mustToJson", &[Param::Any], |call, args| strict(call, args, HTML)),
    Function::new("mustToPrettyJson", &[Param::Any], |call, args| {
        strict(call, args, PRETTY)
    }),
    Function::new("mustToRawJson", &[Param::Any], |call, args| {
        strict(call, args, RAW)
    }),
];

/// How JSON is written.
#[derive(Clone, Copy)]
struct Style {
    /// `<`, `>` and `&` are escaped.
    html: bool,
    /// Each entry has its line, indented by two spaces a level.
    pretty: bool,
}

const HTML: Style = Style {
    html: true,
    pretty: false,
};
const PRETTY: Style = Style {
    html: true,
    pretty: true,
};
const RAW: Style = Style {
    html: false,
    pretty: false,
};

const NO_JSON: Failure = Failure::Refused("can't write a value of this type as JSON");

fn lenient(call: &mut Call<'_>, args: &Args<'_>, style: Style) -> Result<Value, Failure> {
    match strict(call, args, style) {
        Err(failure) if failure == NO_JSON => call.string(""),
        result => result,
    }
}

fn strict(call: &mut Call<'_>, args: &Args<'_>, style: Style) -> Result<Value, Failure> {
    let mut writer = Writer {
        out: Vec::new(),
        style,
        level: 0,
    };
    writer.value(call, args.any(0))?;
    call.string(writer.out)
}

struct Writer {
    out: Vec<u8>,
    style: Style,
    level: usize,
}

impl Writer {
    fn value(&mut self, call: &mut Call<'_>, value: &Value) -> Result<(), Failure> {
        call.steps(1)?;
        match value {
            Value::Nil => self.raw(call, b"null"),
            Value::Bool(truth) => self.raw(call, truth.to_string().as_bytes()),
            Value::Int(number) | Value::Int64(number) => self.raw(call, number.to_string().as_bytes()),
            Value::Uint8(number) => self.raw(call, number.to_string().as_bytes()),
            Value::Uint64(number) => self.raw(call, number.to_string().as_bytes()),
            Value::Float(number) => self.raw(call, float(*number).ok_or(NO_JSON)?.as_bytes()),
            Value::Complex(..) => Err(NO_JSON),
            Value::String(text) => self.text(call, text),
            Value::List(list) if list.is_nil() => self.raw(call, b"null"),
            Value::List(list) if list.elem() == Elem::Uint8 => self.base64(call, list),
            Value::List(list) => self.nested(call, *b"[]", list.iter(), |writer, call, item| {
                writer.value(call, &item)
            }),
            Value::Dict(dict) if dict.is_nil() => self.raw(call, b"null"),
            Value::Dict(dict) => self.dict(call, dict),
            Value::Object(object) => self.object(call, value, object.as_ref()),
        }
    }

    fn dict(&mut self, call: &mut Call<'_>, dict: &Dict) -> Result<(), Failure> {
        call.afford(dict.len().saturating_mul(2 * size_of::<Value>()))?;
        self.nested(
            call,
            *b"{}",
            dict.entries().into_iter(),
            |writer, call, (key, value)| {
                writer.text(call, &key)?;
                writer.colon(call)?;
                writer.value(call, &value)
            },
        )
    }

    /// Writes what the type's `MarshalJSON` returns, the text of a time, else the number that it is or its fields.
    fn object(&mut self, call: &mut Call<'_>, value: &Value, object: &dyn Object) -> Result<(), Failure> {
        if let Some(method) = object.method("MarshalJSON") {
            return match (method.body)(call, &Args::new(Some(value), &[]))? {
                Value::List(bytes) => self.raw(call, &bytes_of(&bytes)),
                _ => Err(NO_JSON),
            };
        }
        if let Some(text) = date::json(object) {
            return self.text(call, &text.map_err(|_| NO_JSON)?);
        }
        match object.shape() {
            Shape::Int(number) | Shape::Int64(number) => self.raw(call, number.to_string().as_bytes()),
            Shape::Struct | Shape::Pointer => self.nested(
                call,
                *b"{}",
                object.fields().into_iter(),
                |writer, call, (name, value)| {
                    writer.text(call, name.as_bytes())?;
                    writer.colon(call)?;
                    writer.value(call, &value)
                },
            ),
        }
    }

    fn nested<T>(
        &mut self,
        call: &mut Call<'_>,
        [open, close]: [u8; 2],
        items: impl Iterator<Item = T>,
        mut write: impl FnMut(&mut Self, &mut Call<'_>, T) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.raw(call, &[open])?;
        self.level += 1;
        let mut empty = true;
        call.deeper(|call| {
            for item in items {
                if !std::mem::take(&mut empty) {
                    self.raw(call, b",")?;
                }
                self.line(call)?;
                write(self, call, item)?;
            }
            Ok(())
        })?;
        self.level -= 1;
        if !empty {
            self.line(call)?;
        }
        self.raw(call, &[close])
    }

    fn line(&mut self, call: &Call<'_>) -> Result<(), Failure> {
        if !self.style.pretty {
            return Ok(());
        }
        self.raw(call, b"\n")?;
        for _ in 0..self.level {
            self.raw(call, b"  ")?;
        }
        Ok(())
    }

    fn colon(&mut self, call: &Call<'_>) -> Result<(), Failure> {
        self.raw(call, if self.style.pretty { b": " } else { b":" })
    }

    fn base64(&mut self, call: &mut Call<'_>, list: &List) -> Result<(), Failure> {
        cost::make(call, list.len().saturating_mul(2))?;
        self.raw(call, b"\"")?;
        self.raw(
            call,
            crate::sprig::encoding::BASE64.encode(&bytes_of(list)).as_bytes(),
        )?;
        self.raw(call, b"\"")
    }

    /// Writes a string; a byte that is no UTF-8 becomes an escaped U+FFFD.
    fn text(&mut self, call: &mut Call<'_>, text: &[u8]) -> Result<(), Failure> {
        cost::make(call, text.len().saturating_mul(2))?;
        self.raw(call, b"\"")?;
        for (character, bytes) in unicode::characters(text) {
            match character {
                '"' => self.raw(call, b"\\\"")?,
                '\\' => self.raw(call, b"\\\\")?,
                '\u{8}' => self.raw(call, b"\\b")?,
                '\u{c}' => self.raw(call, b"\\f")?,
                '\n' => self.raw(call, b"\\n")?,
                '\r' => self.raw(call, b"\\r")?,
                '\t' => self.raw(call, b"\\t")?,
                '<' | '>' | '&' if self.style.html => self.escape(call, character)?,
                '\0'..='\u{1f}' | '\u{2028}' | '\u{2029}' => self.escape(call, character)?,
                unicode::REPLACEMENT if bytes.len() == 1 => self.escape(call, character)?,
                _ => self.raw(call, bytes)?,
            }
        }
        self.raw(call, b"\"")
    }

    fn escape(&mut self, call: &Call<'_>, character: char) -> Result<(), Failure> {
        self.raw(call, format!("\\u{:04x}", u32::from(character)).as_bytes())
    }

    fn raw(&mut self, call: &Call<'_>, bytes: &[u8]) -> Result<(), Failure> {
        if self.out.len() + bytes.len() > self.out.capacity() {
            call.afford((self.out.capacity() + bytes.len()).saturating_mul(2))?;
        }
        self.out.extend_from_slice(bytes);
        Ok(())
    }
}

fn bytes_of(list: &List) -> Vec<u8> {
    list.iter()
        .map(|item| if let Value::Uint8(byte) = item { byte } else { 0 })
        .collect()
}

/// Returns the shortest digits, with an exponent where JavaScript has one; none for what JSON has no number.
fn float(number: f64) -> Option<String> {
    if !number.is_finite() {
        return None;
    }
    if number == 0.0 || (1e-6..1e21).contains(&number.abs()) {
        return Some(number.to_string());
    }
    let text = format!("{number:e}");
    Some(if text.contains("e-") {
        text
    } else {
        text.replace('e', "e+")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_have_an_exponent_where_javascript_has_one() {
        for (number, want) in [
            (1e21, Some("1e+21")),
            (1e20, Some("100000000000000000000")),
            (1e-7, Some("1e-7")),
            (1e-6, Some("0.000001")),
            (-0.0, Some("-0")),
            (2.5, Some("2.5")),
            (f64::NAN, None),
        ] {
            assert_eq!(float(number).as_deref(), want, "{number}");
        }
    }
}
