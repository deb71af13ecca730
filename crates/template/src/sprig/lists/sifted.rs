//! Lists without some of their items, and what they hold.

use crate::call::Call;
use crate::compare::deep_equal;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::value::{Elem, List, Value};

use super::list;

const ANY: Param = Param::Any;

/// The functions that look at each item.
pub(crate) const TABLE: &[Function] = &[
    Function::new("compact", &[ANY], compact),
    Function::new("mustCompact", &[ANY], compact),
    Function::new("uniq", &[ANY], uniq),
    Function::new("mustUniq", &[ANY], uniq),
    Function::new("without", &[ANY], without).variadic(ANY),
    Function::new("mustWithout", &[ANY], without).variadic(ANY),
    Function::new("has", &[ANY, ANY], has),
    Function::new("mustHas", &[ANY, ANY], has),
];

fn compact(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    keep(call, list(args.any(0))?, |_, _, item| {
        Ok(crate::sprig::defaults::is_full(item))
    })
}

fn uniq(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    keep(call, list(args.any(0))?, |call, kept, item| {
        Ok(!contains(call, kept, item)?)
    })
}

fn without(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    keep(call, list(args.any(0))?, |call, _, item| {
        Ok(!contains(call, args.rest(1), item)?)
    })
}

fn has(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    if let Value::Nil = args.any(1) {
        return Ok(Value::Bool(false));
    }
    for item in list(args.any(1))?.iter() {
        if deep_equal(call, args.any(0), &item)? {
            return Ok(Value::Bool(true));
        }
    }
    Ok(Value::Bool(false))
}

/// Returns the items for which `wanted` holds, given those that are kept so far.
fn keep(
    call: &mut Call<'_>,
    list: &List,
    wanted: impl Fn(&mut Call<'_>, &[Value], &Value) -> Result<bool, Failure>,
) -> Result<Value, Failure> {
    call.afford(list.len().saturating_mul(size_of::<Value>()))?;
    let mut kept = Vec::new();
    for item in list.iter() {
        call.steps(1)?;
        if wanted(call, &kept, &item)? {
            kept.push(item);
        }
    }
    call.list(Elem::Any, kept)
}

fn contains(call: &mut Call<'_>, items: &[Value], value: &Value) -> Result<bool, Failure> {
    // `uniq` compares each with each: that is quadratic.
    call.steps(items.len() as u64 / 32)?;
    for item in items {
        if deep_equal(call, value, item)? {
            return Ok(true);
        }
    }
    Ok(false)
}
