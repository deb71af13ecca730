//! `index`, `slice` and `len`.

use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::value::{Shape, Value};

pub(super) const TABLE: &[Function] = &[
    Function::new("index", &[Param::Any], index).variadic(Param::Any),
    Function::new("slice", &[Param::Any], slice).variadic(Param::Any),
    Function::new("len", &[Param::Any], len),
];

fn index(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let mut item = args.any(0).clone();
    if let Value::Nil = item {
        return Err(Failure::Refused("can't index nil"));
    }
    for index in args.rest(1) {
        call.steps(1)?;
        item = match &item {
            Value::String(text) => {
                let byte = text.get(position(index, text.len())?).ok_or(OUT_OF_RANGE)?;
                Value::Uint8(*byte)
            }
            Value::List(list) => list.get(position(index, list.len())?).ok_or(OUT_OF_RANGE)?,
            Value::Dict(dict) => {
                let Value::String(key) = index else {
                    return Err(Failure::Refused("needs a string to index a map"));
                };
                dict.get(key).unwrap_or_else(|| dict.elem().zero())
            }
            _ => return Err(Failure::Refused("can index only maps, lists and strings")),
        };
    }
    Ok(item)
}

const OUT_OF_RANGE: Failure = Failure::Refused("has an index that is out of range");

/// Returns a number as a position, which may be one behind the last, as in Go.
fn position(index: &Value, capacity: usize) -> Result<usize, Failure> {
    let position = match index {
        Value::Int(index) | Value::Int64(index) => usize::try_from(*index).ok(),
        Value::Uint8(index) => Some(usize::from(*index)),
        Value::Uint64(index) => usize::try_from(*index).ok(),
        Value::Object(object) => match object.shape() {
            Shape::Int(index) | Shape::Int64(index) => usize::try_from(index).ok(),
            Shape::Struct | Shape::Pointer => return Err(Failure::Refused("needs numbers to index")),
        },
        _ => return Err(Failure::Refused("needs numbers to index")),
    };
    position
        .filter(|&position| position <= capacity)
        .ok_or(OUT_OF_RANGE)
}

/// Go's own; sprig has one of the same name, which replaces it.
fn slice(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let indexes = args.rest(1);
    let (len, capacity) = match args.any(0) {
        Value::String(text) if indexes.len() < 3 => (text.len(), text.len()),
        Value::List(list) => (list.len(), list.capacity()),
        _ => return Err(Failure::Refused("can slice only lists and strings")),
    };
    if indexes.len() > 3 {
        return Err(Failure::Refused("takes at most three indexes"));
    }
    let at = |index: usize, default| {
        indexes
            .get(index)
            .map_or(Ok(default), |index| position(index, capacity))
    };
    let (start, end, limit) = (at(0, 0)?, at(1, len)?, at(2, capacity)?);
    if start > end || end > limit {
        return Err(OUT_OF_RANGE);
    }
    match args.any(0) {
        Value::String(text) => call.string(text.get(start..end).unwrap_or_default()),
        Value::List(list) => list.view(start, end).map(Value::List).ok_or(OUT_OF_RANGE),
        _ => Err(OUT_OF_RANGE),
    }
}

fn len(_: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let len = match args.any(0) {
        Value::String(text) => text.len(),
        Value::List(list) => list.len(),
        Value::Dict(dict) => dict.len(),
        _ => return Err(Failure::Refused("needs what has a length")),
    };
    Ok(Value::Int(i64::try_from(len).unwrap_or(i64::MAX)))
}
