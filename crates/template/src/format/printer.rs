//! Prints a value by a verb.

use super::field::Field;
use crate::buffer::Buffer;
use crate::call::Call;
use crate::failure::Failure;
use crate::value::{Elem, List, Object, Shape, Value};

/// Where the text of a format grows.
pub(super) struct Printer<'c, 'w> {
    call: &'c mut Call<'w>,
    out: Buffer,
    pub(super) field: Field,
    /// While a wrong verb is reported, values print without their methods.
    reporting: bool,
}

const ADDRESS: Failure = Failure::Refused("would print an address, which is another one at each run");

impl<'c, 'w> Printer<'c, 'w> {
    pub(super) fn new(call: &'c mut Call<'w>) -> Self {
        Self {
            call,
            out: Buffer::default(),
            field: Field::default(),
            reporting: false,
        }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.out.into_bytes()
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.call.afford(self.out.len().saturating_add(bytes.len()))?;
        self.out.push(bytes);
        Ok(())
    }

    /// Prints a value that is an argument of the format.
    pub(super) fn argument(&mut self, value: &Value, verb: char) -> Result<(), Failure> {
        match (verb, value) {
            ('T' | 'v', Value::Nil) => self.pad(b"<nil>"),
            ('p', Value::List(_) | Value::Dict(_)) => Err(ADDRESS),
            ('p', Value::Object(object)) if object.shape() == Shape::Pointer => Err(ADDRESS),
            (_, Value::Nil) | ('p', _) => self.wrong_verb(value, verb),
            ('T', _) => self.string(value.type_name().as_bytes(), 's'),
            ('w', Value::List(_) | Value::Dict(_) | Value::Object(_)) if !self.reporting => {
                self.wrong_verb(value, verb)
            }
            (_, Value::List(list)) if list.elem() == Elem::Uint8 => self.bytes(list, verb),
            _ => self.value(value, verb, 0),
        }
    }

    /// Prints a value with its type before it.
    pub(super) fn typed(&mut self, value: &Value) -> Result<(), Failure> {
        if let Value::Nil = value {
            return self.write(b"<nil>");
        }
        self.write(value.type_name().as_bytes())?;
        self.write(b"=")?;
        self.argument(value, 'v')
    }

    /// Says that a verb does not fit a value.
    pub(super) fn wrong_verb(&mut self, value: &Value, verb: char) -> Result<(), Failure> {
        let outer = std::mem::replace(&mut self.reporting, true);
        self.write(format!("%!{verb}(").as_bytes())?;
        self.call.deeper(|_| Ok(()))?;
        self.typed(value)?;
        self.write(b")")?;
        self.reporting = outer;
        Ok(())
    }

    /// Prints a value; `depth` is how many lists, maps and structs it is in.
    fn value(&mut self, value: &Value, verb: char, depth: usize) -> Result<(), Failure> {
        self.call.steps(1)?;
        match value {
            Value::Nil if self.field.sharp_v => self.write(b"interface {}(nil)"),
            Value::Nil => self.write(b"<nil>"),
            Value::Bool(truth) => match verb {
                't' | 'v' => self.pad(if *truth { b"true" } else { b"false" }),
                _ => self.wrong_verb(value, verb),
            },
            Value::Int(number) | Value::Int64(number) => {
                self.integer(value, number.cast_unsigned(), true, verb)
            }
            Value::Uint8(number) => self.integer(value, (*number).into(), false, verb),
            Value::Uint64(number) => self.integer(value, *number, false, verb),
            Value::Float(number) => self.float(value, *number, verb),
            Value::Complex(real, imaginary) => match verb {
                'v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E' => {
                    let plus = self.field.plus;
                    self.write(b"(")?;
                    self.float(value, *real, verb)?;
                    self.field.plus = true;
                    self.float(value, *imaginary, verb)?;
                    self.field.plus = plus;
                    self.write(b"i)")
                }
                _ => self.wrong_verb(value, verb),
            },
            Value::String(text) => match verb {
                'v' | 's' | 'x' | 'X' | 'q' => self.string(text, verb),
                _ => self.wrong_verb(value, verb),
            },
            Value::Object(object) => self.object(value, object.as_ref(), verb, depth),
            Value::List(list) => self.list(value, list, verb, depth),
            Value::Dict(dict) => {
                let sharp = self.field.sharp_v;
                if sharp {
                    self.write(value.type_name().as_bytes())?;
                    if dict.is_nil() {
                        return self.write(b"(nil)");
                    }
                }
                self.write(if sharp { b"{" } else { b"map[" })?;
                let entries = dict.entries();
                self.inside(|printer| {
                    for (index, (key, value)) in entries.into_iter().enumerate() {
                        printer.separator(index)?;
                        printer.value(&Value::String(key), verb, depth + 1)?;
                        printer.write(b":")?;
                        printer.value(&value, verb, depth + 1)?;
                    }
                    Ok(())
                })?;
                self.write(if sharp { b"}" } else { b"]" })
            }
        }
    }

    fn list(&mut self, value: &Value, list: &List, verb: char, depth: usize) -> Result<(), Failure> {
        if list.elem() == Elem::Uint8 && matches!(verb, 's' | 'q' | 'x' | 'X') {
            return self.string(&octets(list), verb);
        }
        let sharp = self.field.sharp_v;
        if sharp {
            self.write(value.type_name().as_bytes())?;
            if list.is_nil() {
                return self.write(b"(nil)");
            }
        }
        self.write(if sharp { b"{" } else { b"[" })?;
        self.inside(|printer| {
            for (index, item) in list.iter().enumerate() {
                printer.separator(index)?;
                printer.value(&item, verb, depth + 1)?;
            }
            Ok(())
        })?;
        self.write(if sharp { b"}" } else { b"]" })
    }

    /// Prints a `[]byte`: as a string by the verbs of strings.
    fn bytes(&mut self, list: &List, verb: char) -> Result<(), Failure> {
        let value = Value::List(list.clone());
        if !matches!(verb, 'v' | 'd') {
            return self.list(&value, list, verb, 0);
        }
        if !self.field.sharp_v {
            return self.list(&value, list, 'd', 0);
        }
        self.write(b"[]byte")?;
        if list.is_nil() {
            return self.write(b"(nil)");
        }
        self.write(b"{")?;
        for (index, item) in list.iter().enumerate() {
            self.separator(index)?;
            self.value(&item, 'v', 1)?;
        }
        self.write(b"}")
    }

    fn object(
        &mut self,
        value: &Value,
        object: &dyn Object,
        verb: char,
        depth: usize,
    ) -> Result<(), Failure> {
        if !self.reporting {
            if self.field.sharp_v {
                if let Some(syntax) = object.go_syntax() {
                    return self.string(&syntax, 's');
                }
            } else if matches!(verb, 'v' | 's' | 'x' | 'X' | 'q')
                && let Some(text) = object.text()
            {
                return self.string(&text, verb);
            }
        }
        match object.shape() {
            Shape::Int(number) | Shape::Int64(number) => {
                self.integer(value, number.cast_unsigned(), true, verb)
            }
            Shape::Pointer if depth > 0 => Err(ADDRESS),
            // Its unexported fields have addresses in them, or are nobody's business.
            _ if object.text().is_some() => Err(Failure::Refused("can't print the inside of such a value")),
            shape => {
                if shape == Shape::Pointer {
                    self.write(b"&")?;
                }
                if self.field.sharp_v {
                    self.write(object.type_name().trim_start_matches('*').as_bytes())?;
                }
                self.write(b"{")?;
                let fields = object.fields();
                self.inside(|printer| {
                    for (index, (name, value)) in fields.into_iter().enumerate() {
                        printer.separator(index)?;
                        if printer.field.plus_v || printer.field.sharp_v {
                            printer.write(name.as_bytes())?;
                            printer.write(b":")?;
                        }
                        printer.value(&value, verb, depth + 1)?;
                    }
                    Ok(())
                })?;
                self.write(b"}")
            }
        }
    }

    fn separator(&mut self, index: usize) -> Result<(), Failure> {
        match (index, self.field.sharp_v) {
            (0, _) => Ok(()),
            (_, true) => self.write(b", "),
            (_, false) => self.write(b" "),
        }
    }

    fn inside(&mut self, print: impl FnOnce(&mut Self) -> Result<(), Failure>) -> Result<(), Failure> {
        self.call.enter(1)?;
        let result = print(self);
        self.call.leave(1);
        result
    }
}

/// Returns what a `[]byte` holds.
fn octets(list: &List) -> zeroize::Zeroizing<Vec<u8>> {
    let mut octets = zeroize::Zeroizing::new(Vec::with_capacity(list.len()));
    octets.extend(
        list.iter()
            .map(|item| if let Value::Uint8(octet) = item { octet } else { 0 }),
    );
    octets
}
