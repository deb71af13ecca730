//! JSON: objects one after the other.

use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{Document, DocumentError, Format, Place, Source};

/// Returns the documents of a JSON text. Whatever is left over is an error: kubeseal loops for ever on it.
pub(super) fn read(name: &str, text: &Arc<str>) -> Result<Vec<Document>, DocumentError> {
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Unique>();
    let mut documents: Vec<Document> = Vec::new();
    // Line of `counted`, from 1, and the characters before it on that line.
    let (mut line, mut before, mut counted) = (1, 0, 0);
    loop {
        let rest = text.get(stream.byte_offset()..).unwrap_or_default();
        let start = stream.byte_offset() + (rest.len() - rest.trim_start().len());
        let passed = text.get(counted..start).unwrap_or_default();
        line += passed.bytes().filter(|byte| *byte == b'\n').count();
        before = match passed.rsplit_once('\n') {
            Some((_, last)) => last.chars().count(),
            None => before + passed.chars().count(),
        };
        counted = start;
        let index = documents.len() + 1;
        let place = |line| Place {
            file: name.to_owned(),
            document: index,
            line,
            item: None,
        };
        let value = match stream.next() {
            None => return Ok(documents),
            Some(Ok(Unique(value))) => value,
            Some(Err(error)) => {
                let message = error.to_string();
                // serde_json puts the place behind the message; ours stands before it.
                let message = message.split(" at line ").next().unwrap_or_default();
                let message = format!("not valid JSON: {message}");
                return Err(DocumentError::Syntax {
                    place: place(error.line().max(line)),
                    // Column 0 is the line break before.
                    column: Some(error.column().max(1)),
                    message,
                });
            }
        };
        if !value.is_object() {
            return Err(DocumentError::NotAnObject {
                place: place(line),
                found: "another value",
            });
        }
        let range = start..stream.byte_offset();
        let source = Source::new(text, range, line, before, Format::Json);
        let file = name.to_owned();
        documents.push(Document {
            file,
            index,
            line,
            format: Format::Json,
            value,
            source,
            within: Vec::new(),
        });
    }
}

/// A value in whose objects no key stands twice; `serde_json`'s own keeps the last in silence.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(UniqueVisitor).map(Self)
    }
}

struct UniqueVisitor;

impl<'de> Visitor<'de> for UniqueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Unique(value)) = list.next_element()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(format_args!(
                    "the key `{key}` stands twice in one object"
                )));
            }
            let Unique(value) = map.next_value()?;
            object.insert(key, value);
        }
        Ok(object.into())
    }
}
