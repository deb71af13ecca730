//! Values of types that have methods or fields: times, versions, certificates.

use std::any::Any;

use super::Value;
use crate::function::Function;

/// What Go's reflection calls the kind of a type, as far as objects have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Struct,
    /// A pointer to a struct.
    Pointer,
    /// An `int` with a name, such as `time.Month`.
    Int(i64),
    /// An `int64` with a name, such as `time.Duration`.
    Int64(i64),
}

/// A value of a type that has methods or fields. Charged where it is made, by `Call::object`.
pub(crate) trait Object {
    /// Returns the name as `%T` prints it: `time.Time`, `*semver.Version`, `sprig.certificate`.
    fn type_name(&self) -> &'static str;

    /// Returns its kind, with the number if it is one.
    fn shape(&self) -> Shape;

    /// Returns what the method `String` (or `Error`) of the Go type returns, if the type has it.
    fn text(&self) -> Option<Vec<u8>> {
        None
    }

    /// Returns what the method `GoString` of the Go type returns, or what `%#v` prints for a pointer.
    fn go_syntax(&self) -> Option<Vec<u8>> {
        None
    }

    /// Returns the exported fields, in their order.
    fn fields(&self) -> Vec<(&'static str, Value)> {
        Vec::new()
    }

    /// Returns the method of that name. Its parameters are without the receiver, which is `Args::receiver`.
    fn method(&self, _name: &str) -> Option<&'static Function> {
        None
    }

    /// Returns whether Go's `==` holds; the other has the same type name.
    fn equal(&self, other: &dyn Object) -> bool;

    /// Returns itself, so that it can be taken back to its own type.
    fn as_any(&self) -> &dyn Any;
}
