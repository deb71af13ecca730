//! How functions and methods are declared.

use crate::call::Call;
use crate::failure::Failure;
use crate::value::{Dict, List, Object, Text, Value};

/// The body of a function: the arguments are as many and of such types as it declares.
pub(crate) type Body = fn(&mut Call<'_>, &Args<'_>) -> Result<Value, Failure>;

/// A function or method that templates can call.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    pub(crate) params: &'static [Param],
    pub(crate) variadic: Option<Param>,
    pub(crate) volatile: bool,
    pub(crate) body: Body,
}

impl Function {
    /// Declares a function with exactly those parameters.
    pub(crate) const fn new(name: &'static str, params: &'static [Param], body: Body) -> Self {
        Self {
            name,
            params,
            variadic: None,
            volatile: false,
            body,
        }
    }

    /// Lets any number of arguments follow.
    pub(crate) const fn variadic(mut self, param: Param) -> Self {
        self.variadic = Some(param);
        self
    }

    /// Says that the result is another one at each run.
    pub(crate) const fn volatile(mut self) -> Self {
        self.volatile = true;
        self
    }
}

/// The static type of a parameter; it decides what can be passed, as in Go.
#[derive(Clone, Copy)]
pub(crate) enum Param {
    /// `interface{}`: anything, nil included.
    Any,
    String,
    Bool,
    Int,
    Uint64,
    Float64,
    /// `map[string]interface{}`, and only that; nil comes as the nil map.
    Dict,
    /// `[]interface{}`, and only that; nil comes as the nil slice.
    List,
    /// A type with methods or fields, by the name that `%T` prints; nil (as `Value::Nil`) only if that begins with `*`.
    /// `literal` makes one of an integer literal, for named integers such as `time.Duration`.
    Object {
        name: &'static str,
        literal: Option<fn(i64) -> Value>,
    },
}

impl Param {
    /// Returns the name of the type, as Go has it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Any => "interface {}",
            Self::String => "string",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Uint64 => "uint64",
            Self::Float64 => "float64",
            Self::Dict => "map[string]interface {}",
            Self::List => "[]interface {}",
            Self::Object { name, .. } => name,
        }
    }
}

/// The arguments of one call.
pub(crate) struct Args<'a> {
    receiver: Option<&'a Value>,
    values: &'a [Value],
}

/// An argument has not the type that the function declares; the types are checked before the call.
const MISMATCH: Failure = Failure::Refused("takes arguments of other types than it declares");

impl<'a> Args<'a> {
    pub(crate) fn new(receiver: Option<&'a Value>, values: &'a [Value]) -> Self {
        Self { receiver, values }
    }

    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// Returns all arguments.
    pub(crate) fn all(&self) -> &'a [Value] {
        self.values
    }

    /// Returns the arguments from `index` on: the variadic ones.
    pub(crate) fn rest(&self, index: usize) -> &'a [Value] {
        self.values.get(index..).unwrap_or_default()
    }

    /// Returns the argument, nil when there is none.
    pub(crate) fn any(&self, index: usize) -> &'a Value {
        self.values.get(index).unwrap_or(&Value::Nil)
    }

    /// Returns what a method is called on.
    pub(crate) fn receiver(&self) -> Result<&'a dyn Object, Failure> {
        match self.receiver {
            Some(Value::Object(object)) => Ok(object.as_ref()),
            _ => Err(MISMATCH),
        }
    }

    pub(crate) fn text(&self, index: usize) -> Result<&'a Text, Failure> {
        if let Value::String(text) = self.any(index) {
            Ok(text)
        } else {
            Err(MISMATCH)
        }
    }

    pub(crate) fn bool(&self, index: usize) -> Result<bool, Failure> {
        if let Value::Bool(value) = self.any(index) {
            Ok(*value)
        } else {
            Err(MISMATCH)
        }
    }

    pub(crate) fn int(&self, index: usize) -> Result<i64, Failure> {
        if let Value::Int(value) = self.any(index) {
            Ok(*value)
        } else {
            Err(MISMATCH)
        }
    }

    pub(crate) fn uint64(&self, index: usize) -> Result<u64, Failure> {
        if let Value::Uint64(value) = self.any(index) {
            Ok(*value)
        } else {
            Err(MISMATCH)
        }
    }

    pub(crate) fn float(&self, index: usize) -> Result<f64, Failure> {
        if let Value::Float(value) = self.any(index) {
            Ok(*value)
        } else {
            Err(MISMATCH)
        }
    }

    pub(crate) fn dict(&self, index: usize) -> Result<&'a Dict, Failure> {
        if let Value::Dict(dict) = self.any(index) {
            Ok(dict)
        } else {
            Err(MISMATCH)
        }
    }

    pub(crate) fn list(&self, index: usize) -> Result<&'a List, Failure> {
        if let Value::List(list) = self.any(index) {
            Ok(list)
        } else {
            Err(MISMATCH)
        }
    }

    /// Returns an argument of `Param::Object` as its own type.
    pub(crate) fn object<T: 'static>(&self, index: usize) -> Result<&'a T, Failure> {
        match self.any(index) {
            Value::Object(object) => object.as_any().downcast_ref().ok_or(MISMATCH),
            _ => Err(MISMATCH),
        }
    }
}
