//! One item of a list, or some next to each other.

use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::sprig::cast;
use crate::value::{Elem, List, Value};

use super::list;

const ANY: Param = Param::Any;

/// The functions that pick by position.
pub(crate) const TABLE: &[Function] = &[
    Function::new("first", &[ANY], first),
    Function::new("mustFirst", &[ANY], first),
    Function::new("last", &[ANY], last),
    Function::new("mustLast", &[ANY], last),
    Function::new("rest", &[ANY], rest),
    Function::new("mustRest", &[ANY], rest),
    Function::new("initial", &[ANY], initial),
    Function::new("mustInitial", &[ANY], initial),
    Function::new("slice", &[ANY], slice).variadic(ANY),
    Function::new("mustSlice", &[ANY], slice).variadic(ANY),
];

fn first(_: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    Ok(list(args.any(0))?.get(0).unwrap_or(Value::Nil))
}

fn last(_: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let list = list(args.any(0))?;
    Ok(list
        .len()
        .checked_sub(1)
        .and_then(|index| list.get(index))
        .unwrap_or(Value::Nil))
}

fn rest(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    copy(call, list(args.any(0))?, 1)
}

fn initial(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    copy(call, list(args.any(0))?, 0)
}

/// Returns all items but one, from `start` on; Go's nil slice when there is none.
fn copy(call: &mut Call<'_>, list: &List, start: usize) -> Result<Value, Failure> {
    if list.len() == 0 {
        return Ok(Value::List(List::nil(Elem::Any)));
    }
    call.afford(list.len().saturating_mul(size_of::<Value>()))?;
    call.list(Elem::Any, list.iter().skip(start).take(list.len() - 1).collect())
}

/// Returns a view that shares the items; an end beyond the length is good up to the capacity, as in Go.
fn slice(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let list = list(args.any(0))?;
    if list.len() == 0 {
        return Ok(Value::Nil);
    }
    let bound = |index: usize, absent: usize| match args.rest(1).get(index) {
        Some(value) => usize::try_from(cast::int(value)).map_err(|_| OUTSIDE),
        None => Ok(absent),
    };
    let (start, end) = (bound(0, 0)?, bound(1, list.len())?);
    call.steps(1)?;
    list.view(start, end).map(Value::List).ok_or(OUTSIDE)
}

const OUTSIDE: Failure = Failure::Refused("has bounds outside the list");
