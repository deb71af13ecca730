//! The values that templates work with, with as much of Go's types as can be seen in a template.

mod dict;
mod elem;
mod list;
mod object;
mod text;

use std::borrow::Cow;
use std::rc::Rc;

pub(crate) use dict::Dict;
pub(crate) use elem::Elem;
pub(crate) use list::List;
pub(crate) use object::{Object, Shape};
pub(crate) use text::Text;

/// A value of a template.
///
/// Cloning is cheap; lists and dicts are references, as Go's slices and maps are.
/// No `Debug`: values are secrets.
#[derive(Clone)]
pub(crate) enum Value {
    /// Go's untyped `nil`.
    Nil,
    Bool(bool),
    /// Go's `int`.
    Int(i64),
    Int64(i64),
    /// Go's `uint8`, which is what a string has at an index.
    Uint8(u8),
    Uint64(u64),
    Float(f64),
    Complex(f64, f64),
    String(Text),
    List(List),
    /// A map from strings.
    Dict(Dict),
    /// Any other type, with its methods and fields.
    Object(Rc<dyn Object>),
}

impl Value {
    /// Returns whether it counts as true: everything but zeros, nil, and what is empty.
    pub(crate) fn truth(&self) -> bool {
        match self {
            Self::Nil => false,
            Self::Bool(value) => *value,
            Self::Int(value) | Self::Int64(value) => *value != 0,
            Self::Uint8(value) => *value != 0,
            Self::Uint64(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::Complex(real, imaginary) => *real != 0.0 || *imaginary != 0.0,
            Self::String(text) => !text.is_empty(),
            Self::List(list) => list.len() > 0,
            Self::Dict(dict) => dict.len() > 0,
            Self::Object(object) => match object.shape() {
                Shape::Struct | Shape::Pointer => true,
                Shape::Int(value) | Shape::Int64(value) => value != 0,
            },
        }
    }

    /// Returns the name of its type as `%T` prints it: `map[string]interface {}`, `*semver.Version`, `<nil>`.
    pub(crate) fn type_name(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Nil => "<nil>",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Int64(_) => "int64",
            Self::Uint8(_) => "uint8",
            Self::Uint64(_) => "uint64",
            Self::Float(_) => "float64",
            Self::Complex(..) => "complex128",
            Self::String(_) => "string",
            Self::List(list) => return Cow::Owned(format!("[]{}", list.elem().name())),
            Self::Dict(dict) => return Cow::Owned(format!("map[string]{}", dict.elem().name())),
            Self::Object(object) => object.type_name(),
        })
    }

    /// Returns the name of its kind as Go's reflection has it: `map`, `slice`, `ptr`, `int`, `invalid`.
    pub(crate) fn kind_name(&self) -> &'static str {
        match self {
            Self::Nil => "invalid",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Int64(_) => "int64",
            Self::Uint8(_) => "uint8",
            Self::Uint64(_) => "uint64",
            Self::Float(_) => "float64",
            Self::Complex(..) => "complex128",
            Self::String(_) => "string",
            Self::List(_) => "slice",
            Self::Dict(_) => "map",
            Self::Object(object) => match object.shape() {
                Shape::Struct => "struct",
                Shape::Pointer => "ptr",
                Shape::Int(_) => "int",
                Shape::Int64(_) => "int64",
            },
        }
    }
}
