//! What is equal.

use std::rc::Rc;

use crate::call::Call;
use crate::failure::Failure;
use crate::value::{Object, Value};

/// Returns what Go's `reflect.DeepEqual` returns: same types, same content, and a nil list is no empty list.
///
/// # Errors
///
/// If the values are nested deeper, or larger, than the limits.
#[expect(clippy::float_cmp, reason = "Go's == is meant")]
pub(crate) fn deep_equal(call: &mut Call<'_>, one: &Value, other: &Value) -> Result<bool, Failure> {
    call.steps(1)?;
    Ok(match (one, other) {
        (Value::Nil, Value::Nil) => true,
        (Value::Bool(one), Value::Bool(other)) => one == other,
        (Value::Int(one), Value::Int(other)) | (Value::Int64(one), Value::Int64(other)) => one == other,
        (Value::Uint8(one), Value::Uint8(other)) => one == other,
        (Value::Uint64(one), Value::Uint64(other)) => one == other,
        (Value::Float(one), Value::Float(other)) => one == other,
        (Value::Complex(a, b), Value::Complex(c, d)) => a == c && b == d,
        (Value::String(one), Value::String(other)) => {
            call.steps(one.len() as u64 / 256)?;
            one == other
        }
        (Value::List(one), Value::List(other)) => {
            if one.elem() != other.elem() || one.is_nil() != other.is_nil() || one.len() != other.len() {
                return Ok(false);
            }
            return call.deeper(|call| {
                for (one, other) in one.iter().zip(other.iter()) {
                    if !deep_equal(call, &one, &other)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            });
        }
        (Value::Dict(one), Value::Dict(other)) => {
            if one.elem() != other.elem() || one.is_nil() != other.is_nil() || one.len() != other.len() {
                return Ok(false);
            }
            if one.same(other) {
                return Ok(true);
            }
            // Both are copied before the first entry is looked at.
            call.afford(one.len().saturating_mul(4 * size_of::<Value>()))?;
            call.steps(one.len() as u64 / 8)?;
            return call.deeper(|call| {
                for ((key, one), (other_key, other)) in one.entries().iter().zip(&other.entries()) {
                    call.steps(key.len() as u64 / 256)?;
                    if key != other_key || !deep_equal(call, one, other)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            });
        }
        (Value::Object(one), Value::Object(other)) => Rc::ptr_eq(one, other) || same_object(one, other),
        _ => false,
    })
}

/// Returns whether Go's `==` holds for two objects.
pub(crate) fn same_object(one: &Rc<dyn Object>, other: &Rc<dyn Object>) -> bool {
    one.type_name() == other.type_name() && one.equal(other.as_ref())
}
