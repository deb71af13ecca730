//! Merging dicts into the first one, as the mergo library (v1.0.1) does.

use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::value::{Dict, Elem, Shape, Text, Value};

const DICT: Param = Param::Dict;

/// The functions that merge.
pub(crate) const TABLE: &[Function] = &[
    Function::new("merge", &[DICT], |call, args| lenient(call, args, false)).variadic(DICT),
    Function::new("mergeOverwrite", &[DICT], |call, args| lenient(call, args, true)).variadic(DICT),
    Function::new("mustMerge", &[DICT], |call, args| strict(call, args, false)).variadic(DICT),
    Function::new("mustMergeOverwrite", &[DICT], |call, args| {
        strict(call, args, true)
    })
    .variadic(DICT),
];

const TYPES_DIFFER: Failure = Failure::Refused("can't merge a dict into a value of another type");

/// Merges; a difference of types, which is an error of the library, gives the empty text.
fn lenient(call: &mut Call<'_>, args: &Args<'_>, overwrite: bool) -> Result<Value, Failure> {
    match strict(call, args, overwrite) {
        Err(failure) if failure == TYPES_DIFFER => call.string(""),
        result => result,
    }
}

fn strict(call: &mut Call<'_>, args: &Args<'_>, overwrite: bool) -> Result<Value, Failure> {
    let mut target = args.dict(0)?.clone();
    for source in args.rest(1) {
        let Value::Dict(source) = source else { continue };
        if target.is_nil()
            && !source.is_nil()
            && let Value::Dict(made) = call.dict(Elem::Any, std::collections::BTreeMap::new())?
        {
            target = made;
        }
        merge(call, &target, source, overwrite)?;
    }
    Ok(Value::Dict(target))
}

/// Puts in what the target has not or has empty; everything when it is to be overwritten. Dicts in dicts are merged.
fn merge(call: &mut Call<'_>, target: &Dict, source: &Dict, overwrite: bool) -> Result<(), Failure> {
    call.afford(source.len().saturating_mul(2 * size_of::<Value>()))?;
    for (key, value) in source.entries() {
        call.steps(1)?;
        if let Value::Nil = value {
            if overwrite {
                put(call, target, source, key, value)?;
            }
            continue;
        }
        let present = target.get(&key);
        match &value {
            Value::Dict(_) | Value::Object(_) => {
                if let Some(present) = &present {
                    call.deeper(|call| merge_into(call, present, &value, overwrite))?;
                }
            }
            // Upstream asks whether what is there is nil, which panics for a string.
            Value::List(_) => {
                if target.elem() != Elem::Any {
                    return Err(NOT_ASSIGNABLE);
                }
                if overwrite {
                    put(call, target, source, key.clone(), value.clone())?;
                }
            }
            _ => {}
        }
        let full = present.as_ref().is_some_and(is_full);
        let merged = match (&value, &present) {
            (Value::List(_), _) | (Value::Dict(_), Some(Value::Dict(_))) => full,
            _ => false,
        };
        if !merged && (overwrite || !full) {
            put(call, target, source, key, value)?;
        }
    }
    Ok(())
}

/// Merges a dict, a struct or a pointer into what is there under the same key.
fn merge_into(call: &mut Call<'_>, present: &Value, value: &Value, overwrite: bool) -> Result<(), Failure> {
    let shape = |value: &Value| {
        if let Value::Object(object) = value {
            Some(object.shape())
        } else {
            None
        }
    };
    let composite = matches!(value, Value::Dict(_)) || matches!(shape(value), Some(Shape::Struct));
    match (present, value) {
        (_, Value::Object(object)) if matches!(object.shape(), Shape::Int(_) | Shape::Int64(_)) => Ok(()),
        (Value::Dict(target), Value::Dict(source)) if !target.is_nil() => {
            merge(call, target, source, overwrite)
        }
        (Value::Object(target), _) => match target.shape() {
            Shape::Pointer if composite && !overwrite => Err(TYPES_DIFFER),
            Shape::Struct if !target.fields().is_empty() && shape(value) != Some(Shape::Struct) => {
                Err(Failure::Refused("can't merge into a struct"))
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// Go's reflection refuses an `interface{}` for a `string`, whatever is in it.
const NOT_ASSIGNABLE: Failure = Failure::Refused("can't merge into a dict of texts");

fn put(call: &mut Call<'_>, target: &Dict, source: &Dict, key: Text, value: Value) -> Result<(), Failure> {
    if target.elem() != Elem::Any && target.elem() != source.elem() {
        return Err(NOT_ASSIGNABLE);
    }
    call.insert(target, key, value)
}

/// Returns whether the library takes a value for not empty.
fn is_full(value: &Value) -> bool {
    match value {
        Value::Object(object) => match object.shape() {
            Shape::Struct | Shape::Pointer => true,
            Shape::Int(number) | Shape::Int64(number) => number != 0,
        },
        Value::Complex(..) => true,
        other => other.truth(),
    }
}
