//! JSON as values.

use std::collections::BTreeMap;

use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::sprig::unicode;
use crate::value::{Elem, Text, Value};

/// The functions that read JSON. `fromJson` drops the error: it returns what could be read, with nil for a number that
/// is too large, and nil for what is no JSON.
pub(crate) const TABLE: &[Function] = &[
    Function::new("fromJson", &[Param::String], |call, args| Ok(read(call, args)?.0)),
    Function::new("mustFromJson", &[Param::String], |call, args| {
        match read(call, args)? {
            (value, true) => Ok(value),
            (_, false) => Err(Failure::Refused("can't read the text as JSON")),
        }
    }),
];

/// Why reading ends.
enum End {
    /// It is no JSON.
    Syntax,
    Failure(Failure),
}

impl From<Failure> for End {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// Returns the value and whether there was no error.
fn read(call: &mut Call<'_>, args: &Args<'_>) -> Result<(Value, bool), Failure> {
    let text = args.text(0)?;
    let mut reader = Reader {
        rest: text,
        fits: true,
    };
    let value = reader.value(call).and_then(|value| {
        reader.skip_space();
        if reader.rest.is_empty() {
            Ok(value)
        } else {
            Err(End::Syntax)
        }
    });
    match value {
        Ok(value) => Ok((value, reader.fits)),
        Err(End::Syntax) => Ok((Value::Nil, false)),
        Err(End::Failure(failure)) => Err(failure),
    }
}

struct Reader<'a> {
    rest: &'a [u8],
    /// Whether every number was one that a float can hold.
    fits: bool,
}

impl Reader<'_> {
    fn value(&mut self, call: &mut Call<'_>) -> Result<Value, End> {
        call.steps(1)?;
        self.skip_space();
        match self.rest.first() {
            Some(b'{') => self.object(call),
            Some(b'[') => self.array(call),
            Some(b'"') => Ok(Value::String(self.string(call)?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ if self.take(b"null") => Ok(Value::Nil),
            _ if self.take(b"true") => Ok(Value::Bool(true)),
            _ if self.take(b"false") => Ok(Value::Bool(false)),
            _ => Err(End::Syntax),
        }
    }

    fn object(&mut self, call: &mut Call<'_>) -> Result<Value, End> {
        self.take(b"{");
        let mut entries = BTreeMap::new();
        self.skip_space();
        if !self.take(b"}") {
            loop {
                self.skip_space();
                if self.rest.first() != Some(&b'"') {
                    return Err(End::Syntax);
                }
                let key = self.string(call)?;
                self.skip_space();
                if !self.take(b":") {
                    return Err(End::Syntax);
                }
                let value = self.nested(call)?;
                call.afford(4 * size_of::<Value>())?;
                entries.insert(key, value);
                if self.ends(b"}")? {
                    break;
                }
            }
        }
        Ok(call.dict(Elem::Any, entries)?)
    }

    fn array(&mut self, call: &mut Call<'_>) -> Result<Value, End> {
        self.take(b"[");
        let mut items = Vec::new();
        self.skip_space();
        if !self.take(b"]") {
            loop {
                let item = self.nested(call)?;
                if items.len() == items.capacity() {
                    call.afford((2 * items.len() + 4).saturating_mul(size_of::<Value>()))?;
                }
                items.push(item);
                if self.ends(b"]")? {
                    break;
                }
            }
        }
        Ok(call.list(Elem::Any, items)?)
    }

    fn nested(&mut self, call: &mut Call<'_>) -> Result<Value, End> {
        // `deeper` takes failures alone: a syntax error goes around it.
        let mut syntax = false;
        let value = call.deeper(|call| match self.value(call) {
            Ok(value) => Ok(value),
            Err(End::Failure(failure)) => Err(failure),
            Err(End::Syntax) => {
                syntax = true;
                Ok(Value::Nil)
            }
        })?;
        if syntax { Err(End::Syntax) } else { Ok(value) }
    }

    /// Takes the comma or the end after an entry, and returns whether it was the end.
    fn ends(&mut self, end: &[u8]) -> Result<bool, End> {
        self.skip_space();
        if self.take(end) {
            Ok(true)
        } else if self.take(b",") {
            Ok(false)
        } else {
            Err(End::Syntax)
        }
    }

    fn number(&mut self) -> Result<Value, End> {
        let text = self.rest;
        self.take(b"-");
        if !self.take(b"0") && self.digits() == 0 {
            return Err(End::Syntax);
        }
        if self.take(b".") && self.digits() == 0 {
            return Err(End::Syntax);
        }
        if self.take(b"e") || self.take(b"E") {
            let _sign = self.take(b"+") || self.take(b"-");
            if self.digits() == 0 {
                return Err(End::Syntax);
            }
        }
        let number = text
            .get(..text.len() - self.rest.len())
            .and_then(|text| std::str::from_utf8(text).ok());
        let number: f64 = number.and_then(|number| number.parse().ok()).ok_or(End::Syntax)?;
        if number.is_finite() {
            return Ok(Value::Float(number));
        }
        self.fits = false;
        Ok(Value::Nil)
    }

    fn digits(&mut self) -> usize {
        let count = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.rest = &self.rest[count..];
        count
    }

    fn string(&mut self, call: &mut Call<'_>) -> Result<Text, End> {
        self.take(b"\"");
        let mut out = Vec::new();
        loop {
            if out.len() == out.capacity() {
                call.afford(2 * out.len() + 4)?;
            }
            let (character, size) = unicode::decode(self.rest);
            match character {
                _ if size == 0 => return Err(End::Syntax),
                '"' => {
                    self.rest = &self.rest[1..];
                    return Ok(call.text(out)?);
                }
                '\\' => {
                    self.rest = &self.rest[1..];
                    unicode::push(&mut out, self.escaped()?);
                }
                '\0'..='\u{1f}' => return Err(End::Syntax),
                _ => {
                    self.rest = &self.rest[size..];
                    unicode::push(&mut out, character);
                }
            }
        }
    }

    /// Takes what follows a backslash; half of a surrogate pair is U+FFFD.
    fn escaped(&mut self) -> Result<char, End> {
        let (&first, rest) = self.rest.split_first().ok_or(End::Syntax)?;
        self.rest = rest;
        Ok(match first {
            b'"' | b'\\' | b'/' => char::from(first),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let unit = self.hex().ok_or(End::Syntax)?;
                let after = self.rest;
                if (0xd800..0xdc00).contains(&unit) && self.take(b"\\u") {
                    // What follows is checked when its turn comes, if it is not the other half.
                    if let Some(low @ 0xdc00..0xe000) = self.hex() {
                        let code = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                        return Ok(char::from_u32(code).unwrap_or(unicode::REPLACEMENT));
                    }
                    self.rest = after;
                }
                char::from_u32(unit).unwrap_or(unicode::REPLACEMENT)
            }
            _ => return Err(End::Syntax),
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let (digits, rest) = self.rest.split_at_checked(4)?;
        let mut unit = 0;
        for &digit in digits {
            unit = unit * 16 + char::from(digit).to_digit(16)?;
        }
        self.rest = rest;
        Some(unit)
    }

    fn take(&mut self, token: &[u8]) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn skip_space(&mut self) {
        let space = self
            .rest
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
            .count();
        self.rest = &self.rest[space..];
    }
}
