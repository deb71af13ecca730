//! serde's view of a JSON value, with the path kept on the way down.

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer as _, MapAccess, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Map, Value};

use super::{FieldError, Problem, Progress};
use crate::yaml::locate::Segment;

/// Reads one value. `siblings` are the fields of the struct that the value is in.
pub(super) struct ValueReader<'a> {
    value: &'a Value,
    progress: &'a Progress,
    siblings: &'static [&'static str],
}

impl<'a> ValueReader<'a> {
    pub(super) fn root(value: &'a Value, progress: &'a Progress) -> Self {
        Self {
            value,
            progress,
            siblings: &[],
        }
    }

    fn map<'de, V: Visitor<'de>>(
        self,
        map: &'a Map<String, Value>,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_map(MapReader {
            entries: map.iter(),
            next: None,
            progress: self.progress,
            fields,
        })
    }

    fn list<'de, V: Visitor<'de>>(self, list: &'a [Value], visitor: V) -> Result<V::Value, Problem> {
        visitor.visit_seq(ListReader {
            entries: list.iter().enumerate(),
            progress: self.progress,
        })
    }

    fn number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.value {
            Value::Null => visitor.visit_u64(0),
            // Go takes a float without a fraction for an integer.
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the bounds are exact in f64 and fit i64"
            )]
            Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
                Some(float) if float.fract() == 0.0 && float.abs() < 9_007_199_254_740_992.0 => {
                    visitor.visit_i64(float as i64)
                }
                _ => self.deserialize_any(visitor),
            },
            _ => self.deserialize_any(visitor),
        }
    }
}

macro_rules! numbers {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
            self.number(visitor)
        })*
    };
}

macro_rules! texts {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
            if self.value.is_null() { visitor.visit_str("") } else { self.deserialize_any(visitor) }
        })*
    };
}

impl<'de> Deserializer<'de> for ValueReader<'_> {
    type Error = Problem;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => {
                if let Some(value) = number.as_u64() {
                    visitor.visit_u64(value)
                } else if let Some(value) = number.as_i64() {
                    visitor.visit_i64(value)
                } else {
                    visitor.visit_f64(number.as_f64().unwrap_or_default())
                }
            }
            Value::String(text) => visitor.visit_str(text),
            Value::Array(list) => self.list(list, visitor),
            Value::Object(map) => self.map(map, &[], visitor),
        }
    }

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
        deserialize_f32 deserialize_f64
    }

    texts! { deserialize_str deserialize_string deserialize_char }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        if self.value.is_null() {
            visitor.visit_bool(false)
        } else {
            self.deserialize_any(visitor)
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        if self.value.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Problem> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        if self.value.is_null() {
            self.list(&[], visitor)
        } else {
            self.deserialize_any(visitor)
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        if self.value.is_null() {
            visitor.visit_map(NoEntries)
        } else {
            self.deserialize_any(visitor)
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        match self.value {
            Value::Null => visitor.visit_map(NoEntries),
            Value::Object(map) => self.map(map, fields, visitor),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Problem> {
        match self.value {
            Value::String(text) => visitor.visit_enum(text.as_str().into_deserializer()),
            Value::Object(map) if map.len() == 1 => {
                visitor.visit_enum(MapAccessDeserializer::new(MapReader {
                    entries: map.iter(),
                    next: None,
                    progress: self.progress,
                    fields: &[],
                }))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Problem> {
        let problem = Problem::Unknown { known: self.siblings };
        let path = self.progress.path.borrow().clone();
        self.progress
            .unknown
            .borrow_mut()
            .push(FieldError { path, problem });
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { bytes byte_buf unit unit_struct tuple tuple_struct identifier }
}

/// The mapping that `null` stands for.
struct NoEntries;

impl<'de> MapAccess<'de> for NoEntries {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, _: K) -> Result<Option<K::Value>, Problem> {
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Problem> {
        // Never called, because there is no key.
        seed.deserialize(ValueReader::root(&Value::Null, &Progress::default()))
    }
}

struct MapReader<'a> {
    entries: serde_json::map::Iter<'a>,
    next: Option<(&'a String, &'a Value)>,
    progress: &'a Progress,
    fields: &'static [&'static str],
}

impl<'de> MapAccess<'de> for MapReader<'_> {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Problem> {
        self.next = self.entries.next();
        let Some((key, _)) = self.next else {
            return Ok(None);
        };
        let key = <&str as serde::de::IntoDeserializer<'_, Problem>>::into_deserializer(key.as_str());
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Problem> {
        let (key, value) = self
            .next
            .take()
            .ok_or_else(|| Problem::Other("a value without a key".to_owned()))?;
        self.progress.path.borrow_mut().push(Segment::Key(key.clone()));
        let read = seed.deserialize(ValueReader {
            value,
            progress: self.progress,
            siblings: self.fields,
        })?;
        self.progress.path.borrow_mut().pop();
        Ok(read)
    }
}

struct ListReader<'a> {
    entries: std::iter::Enumerate<std::slice::Iter<'a, Value>>,
    progress: &'a Progress,
}

impl<'de> SeqAccess<'de> for ListReader<'_> {
    type Error = Problem;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Problem> {
        let Some((index, value)) = self.entries.next() else {
            return Ok(None);
        };
        self.progress.path.borrow_mut().push(Segment::Index(index));
        let read = seed.deserialize(ValueReader::root(value, self.progress))?;
        self.progress.path.borrow_mut().pop();
        Ok(Some(read))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.entries.len())
    }
}
