//! `eq`, `ne`, `lt`, `le`, `gt` and `ge`.

use std::rc::Rc;

use crate::call::Call;
use crate::compare::same_object;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::value::{Shape, Value};

pub(super) const TABLE: &[Function] = &[
    Function::new("eq", &[Param::Any], eq).variadic(Param::Any),
    Function::new("ne", &[Param::Any, Param::Any], ne),
    Function::new("lt", &[Param::Any, Param::Any], lt),
    Function::new("le", &[Param::Any, Param::Any], le),
    Function::new("gt", &[Param::Any, Param::Any], gt),
    Function::new("ge", &[Param::Any, Param::Any], ge),
];

/// A value as far as Go's comparisons look at it.
enum Basic<'v> {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(f64),
    Complex(f64, f64),
    String(&'v [u8]),
    None,
}

fn basic(value: &Value) -> Basic<'_> {
    match value {
        Value::Bool(value) => Basic::Bool(*value),
        Value::Int(value) | Value::Int64(value) => Basic::Int(*value),
        Value::Uint8(value) => Basic::Uint((*value).into()),
        Value::Uint64(value) => Basic::Uint(*value),
        Value::Float(value) => Basic::Float(*value),
        Value::Complex(real, imaginary) => Basic::Complex(*real, *imaginary),
        Value::String(text) => Basic::String(text),
        Value::Object(object) => match object.shape() {
            Shape::Int(value) | Shape::Int64(value) => Basic::Int(value),
            Shape::Struct | Shape::Pointer => Basic::None,
        },
        Value::Nil | Value::List(_) | Value::Dict(_) => Basic::None,
    }
}

const INCOMPATIBLE: Failure = Failure::Refused("can't compare values of such different types");

#[expect(clippy::float_cmp, reason = "Go's == is meant")]
fn equal(call: &mut Call<'_>, one: &Value, other: &Value) -> Result<bool, Failure> {
    call.steps(1)?;
    Ok(match (basic(one), basic(other)) {
        (Basic::Bool(one), Basic::Bool(other)) => one == other,
        (Basic::Int(one), Basic::Int(other)) => one == other,
        (Basic::Uint(one), Basic::Uint(other)) => one == other,
        (Basic::Int(int), Basic::Uint(uint)) | (Basic::Uint(uint), Basic::Int(int)) => {
            u64::try_from(int) == Ok(uint)
        }
        (Basic::Float(one), Basic::Float(other)) => one == other,
        (Basic::Complex(a, b), Basic::Complex(c, d)) => a == c && b == d,
        (Basic::String(one), Basic::String(other)) => {
            call.steps(one.len() as u64 / 256)?;
            one == other
        }
        (Basic::None, Basic::None) => return identical(one, other),
        // Whatever is something is no nil.
        _ if matches!(one, Value::Nil) || matches!(other, Value::Nil) => false,
        _ => return Err(INCOMPATIBLE),
    })
}

/// Go's `==` for what is no basic type: nils are equal to each other, and maps and lists can't be compared else.
fn identical(one: &Value, other: &Value) -> Result<bool, Failure> {
    let kinds = one.kind_name() == other.kind_name();
    if !kinds && !matches!(one, Value::Nil) && !matches!(other, Value::Nil) {
        return Err(INCOMPATIBLE);
    }
    if is_nil(one) || is_nil(other) {
        return Ok(is_nil(one) == is_nil(other));
    }
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => Ok(Rc::ptr_eq(one, other) || same_object(one, other)),
        _ => Err(Failure::Refused("can't compare lists and maps")),
    }
}

fn is_nil(value: &Value) -> bool {
    match value {
        Value::Nil => true,
        Value::List(list) => list.is_nil(),
        Value::Dict(dict) => dict.is_nil(),
        _ => false,
    }
}

fn less(call: &mut Call<'_>, one: &Value, other: &Value) -> Result<bool, Failure> {
    call.steps(1)?;
    Ok(match (basic(one), basic(other)) {
        (Basic::Int(one), Basic::Int(other)) => one < other,
        (Basic::Uint(one), Basic::Uint(other)) => one < other,
        (Basic::Int(int), Basic::Uint(uint)) => u64::try_from(int).map_or(true, |int| int < uint),
        (Basic::Uint(uint), Basic::Int(int)) => u64::try_from(int).is_ok_and(|int| uint < int),
        (Basic::Float(one), Basic::Float(other)) => one < other,
        (Basic::String(one), Basic::String(other)) => {
            call.steps(one.len() as u64 / 256)?;
            one < other
        }
        _ => {
            return Err(Failure::Refused(
                "can order only two numbers of one kind, or two strings",
            ));
        }
    })
}

fn eq(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    if args.len() < 2 {
        return Err(Failure::Refused("misses an argument to compare with"));
    }
    for other in args.rest(1) {
        if equal(call, args.any(0), other)? {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

fn ne(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    Ok(Value::Bool(!equal(call, args.any(0), args.any(1))?))
}

fn lt(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    Ok(Value::Bool(less(call, args.any(0), args.any(1))?))
}

/// Less or equal, in two questions as in Go: for a float that is no number both answers are no.
fn less_or_equal(call: &mut Call<'_>, args: &Args<'_>) -> Result<bool, Failure> {
    Ok(less(call, args.any(0), args.any(1))? || equal(call, args.any(0), args.any(1))?)
}

fn le(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    Ok(Value::Bool(less_or_equal(call, args)?))
}

fn gt(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    Ok(Value::Bool(!less_or_equal(call, args)?))
}

fn ge(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    Ok(Value::Bool(!less(call, args.any(0), args.any(1))?))
}
