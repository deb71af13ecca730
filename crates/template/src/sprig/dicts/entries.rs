//! Making dicts, and their entries.

use std::collections::BTreeMap;

use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::sprig::strings::printed::text_of;
use crate::value::{Dict, Elem, Text, Value};

const ANY: Param = Param::Any;
const DICT: Param = Param::Dict;
const STRING: Param = Param::String;

/// The functions of entries.
pub(crate) const TABLE: &[Function] = &[
    Function::new("dict", &[], dict).variadic(ANY),
    Function::new("get", &[DICT, STRING], |call, args| {
        look_up(call, args.dict(0)?, args.text(1)?)?;
        match args.dict(0)?.get(args.text(1)?) {
            Some(value) => Ok(value),
            None => call.string(""),
        }
    }),
    Function::new("set", &[DICT, STRING, ANY], |call, args| {
        look_up(call, args.dict(0)?, args.text(1)?)?;
        call.insert(args.dict(0)?, args.text(1)?.clone(), args.any(2).clone())?;
        Ok(args.any(0).clone())
    }),
    Function::new("unset", &[DICT, STRING], |call, args| {
        look_up(call, args.dict(0)?, args.text(1)?)?;
        args.dict(0)?.remove(args.text(1)?);
        Ok(args.any(0).clone())
    }),
    Function::new("hasKey", &[DICT, STRING], |call, args| {
        look_up(call, args.dict(0)?, args.text(1)?)?;
        Ok(Value::Bool(args.dict(0)?.get(args.text(1)?).is_some()))
    }),
    Function::new("pluck", &[STRING], |call, args| {
        let key = args.text(0)?;
        let found = args
            .rest(1)
            .iter()
            .filter_map(|value| entries_of(value)?.get(key))
            .collect();
        call.list(Elem::Any, found)
    })
    .variadic(DICT),
    Function::new("keys", &[], keys).variadic(DICT),
    Function::new("values", &[DICT], |call, args| {
        let dict = args.dict(0)?;
        call.afford(dict.len().saturating_mul(size_of::<(Text, Value)>()))?;
        call.list(
            Elem::Any,
            dict.entries().into_iter().map(|(_, value)| value).collect(),
        )
    }),
    Function::new("pick", &[DICT], |call, args| {
        let dict = args.dict(0)?;
        let picked = args.rest(1).iter().filter_map(|key| match key {
            Value::String(key) => dict.get(key).map(|value| (key.clone(), value)),
            _ => None,
        });
        call.dict(Elem::Any, picked.collect())
    })
    .variadic(STRING),
    Function::new("omit", &[DICT], |call, args| {
        let dict = args.dict(0)?;
        call.afford(dict.len().saturating_mul(2 * size_of::<(Text, Value)>()))?;
        let mut kept: BTreeMap<Text, Value> = dict.entries().into_iter().collect();
        for key in args.rest(1) {
            if let Value::String(key) = key {
                kept.remove(key);
            }
        }
        call.dict(Elem::Any, kept)
    })
    .variadic(STRING),
    Function::new("dig", &[], dig).variadic(ANY),
];

/// Charges for finding a key: it is compared with some of the others, each of which can begin as it does.
fn look_up(call: &mut Call<'_>, dict: &Dict, key: &Text) -> Result<(), Failure> {
    let compared = u64::from(usize::BITS - dict.len().leading_zeros());
    call.steps((key.len() as u64 / 1024).saturating_mul(compared))
}

fn entries_of(value: &Value) -> Option<&Dict> {
    if let Value::Dict(dict) = value {
        Some(dict)
    } else {
        None
    }
}

/// Takes keys and values in turn; the last key without a value gets the empty text.
fn dict(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let mut entries = BTreeMap::new();
    for pair in args.all().chunks(2) {
        let [key, rest @ ..] = pair else { continue };
        let key = text_of(call, key)?;
        let value = match rest.first() {
            Some(value) => value.clone(),
            None => call.string("")?,
        };
        entries.insert(key, value);
    }
    call.dict(Elem::Any, entries)
}

fn keys(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let mut keys = Vec::new();
    for dict in args.all().iter().filter_map(entries_of) {
        call.afford((keys.len() + dict.len()).saturating_mul(2 * size_of::<Value>()))?;
        keys.extend(dict.entries().into_iter().map(|(key, _)| Value::String(key)));
    }
    call.list(Elem::String, keys)
}

/// Follows keys into dicts: `dig "a" "b" default dict`. A key that is missing gives the default, whatever is no dict
/// on the way is an error.
fn dig(_: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    const NO_DICT: Failure = Failure::Refused("needs dicts on the way to the value");
    let [keys @ .., default, value] = args.all() else {
        return Err(Failure::Refused("needs at least three arguments"));
    };
    if keys.is_empty() {
        return Err(Failure::Refused("needs at least three arguments"));
    }
    if !keys.iter().all(|key| matches!(key, Value::String(_))) {
        return Err(Failure::Refused("needs texts for keys"));
    }
    let mut value = value.clone();
    for key in keys {
        let Value::Dict(dict) = &value else {
            return Err(NO_DICT);
        };
        let Value::String(key) = key else {
            return Err(NO_DICT);
        };
        if dict.elem() != Elem::Any {
            return Err(NO_DICT);
        }
        let Some(next) = dict.get(key) else {
            return Ok(default.clone());
        };
        value = next;
    }
    Ok(value)
}
