//! Copies that share nothing, as the copystructure library (v1.2.0) makes them.

use std::collections::BTreeMap;

use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::sprig::semver::version::Version;
use crate::value::{Dict, List, Value};

/// The functions that copy.
pub(crate) const TABLE: &[Function] = &[
    Function::new("deepCopy", &[Param::Any], copy),
    Function::new("mustDeepCopy", &[Param::Any], copy),
];

fn copy(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    if let Value::Nil = args.any(0) {
        return Err(Failure::Refused("can't copy nil"));
    }
    copy_of(call, args.any(0))
}

fn copy_of(call: &mut Call<'_>, value: &Value) -> Result<Value, Failure> {
    match value {
        Value::List(list) if list.is_nil() => Ok(Value::List(List::nil(list.elem()))),
        Value::Dict(dict) if dict.is_nil() => Ok(Value::Dict(Dict::nil(dict.elem()))),
        Value::List(list) => call.deeper(|call| {
            call.afford(list.len().saturating_mul(size_of::<Value>()))?;
            let items = list
                .iter()
                .map(|item| copy_of(call, &item))
                .collect::<Result<_, _>>()?;
            call.list(list.elem(), items)
        }),
        Value::Dict(dict) => call.deeper(|call| {
            call.afford(dict.len().saturating_mul(4 * size_of::<Value>()))?;
            let mut entries = BTreeMap::new();
            for (key, value) in dict.entries() {
                entries.insert(key, copy_of(call, &value)?);
            }
            call.dict(dict.elem(), entries)
        }),
        // Upstream can't see the fields of a version, and makes an empty one.
        Value::Object(object) if object.as_any().is::<Version>() => call.object(Version::default(), 0),
        other => Ok(other.clone()),
    }
}
