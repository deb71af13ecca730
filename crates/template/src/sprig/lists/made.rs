//! Lists made of values and of other lists.

use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::value::{Elem, List, Value};

use super::list;

const ANY: Param = Param::Any;
const INT: Param = Param::Int;

/// The functions that make longer lists.
pub(crate) const TABLE: &[Function] = &[
    Function::new("list", &[], |call, args| {
        call.list(Elem::Any, args.all().to_vec())
    })
    .variadic(ANY),
    Function::new("tuple", &[], |call, args| {
        call.list(Elem::Any, args.all().to_vec())
    })
    .variadic(ANY),
    Function::new("append", &[ANY, ANY], append),
    Function::new("push", &[ANY, ANY], append),
    Function::new("mustAppend", &[ANY, ANY], append),
    Function::new("mustPush", &[ANY, ANY], append),
    Function::new("prepend", &[ANY, ANY], prepend),
    Function::new("mustPrepend", &[ANY, ANY], prepend),
    Function::new("concat", &[], concat).variadic(ANY),
    Function::new("chunk", &[INT, ANY], chunk),
    Function::new("mustChunk", &[INT, ANY], chunk),
    Function::new("reverse", &[ANY], reverse),
    Function::new("mustReverse", &[ANY], reverse),
    Function::new("until", &[INT], |call, args| {
        let count = args.int(0)?;
        let step = if count < 0 { -1 } else { 1 };
        let numbers = numbers(call, 0, count, step)?;
        call.list(Elem::Int, numbers.into_iter().map(Value::Int).collect())
    }),
    Function::new("untilStep", &[INT, INT, INT], |call, args| {
        let numbers = numbers(call, args.int(0)?, args.int(1)?, args.int(2)?)?;
        call.list(Elem::Int, numbers.into_iter().map(Value::Int).collect())
    }),
    Function::new("seq", &[], seq).variadic(INT),
];

fn append(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let list = list(args.any(0))?;
    call.afford(list.len().saturating_mul(size_of::<Value>()))?;
    call.list(Elem::Any, list.iter().chain([args.any(1).clone()]).collect())
}

fn prepend(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let list = list(args.any(0))?;
    call.afford(list.len().saturating_mul(size_of::<Value>()))?;
    call.list(
        Elem::Any,
        [args.any(1).clone()].into_iter().chain(list.iter()).collect(),
    )
}

fn concat(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let mut items = Vec::new();
    for value in args.all() {
        let list = list(value)?;
        call.afford((items.len() + list.len()).saturating_mul(size_of::<Value>()))?;
        items.extend(list.iter());
    }
    if items.is_empty() {
        return Ok(Value::List(List::nil(Elem::Any)));
    }
    call.list(Elem::Any, items)
}

fn reverse(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let list = list(args.any(0))?;
    call.afford(list.len().saturating_mul(size_of::<Value>()))?;
    let mut items: Vec<Value> = list.iter().collect();
    items.reverse();
    call.list(Elem::Any, items)
}

/// Splits into lists of `size` items.
fn chunk(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let list = list(args.any(1))?;
    let size = args.int(0)?;
    // Upstream counts the lists in floats, so that some negative sizes have a result.
    let size = match usize::try_from(size) {
        Ok(0) => return Err(BAD_SIZE),
        Ok(size) => size,
        Err(_) if list.len() == 1 && size < -1 => 1,
        Err(_) if list.len() > 1 && list.len() as u64 - 1 <= size.unsigned_abs() => {
            return call.list(Elem::List, Vec::new());
        }
        Err(_) => return Err(BAD_SIZE),
    };
    let mut chunks = Vec::new();
    for start in (0..list.len()).step_by(size) {
        let items = (start..list.len().min(start.saturating_add(size)))
            .filter_map(|index| list.get(index))
            .collect();
        chunks.push(call.list(Elem::Any, items)?);
    }
    call.list(Elem::List, chunks)
}

const BAD_SIZE: Failure = Failure::Refused("needs a size above zero");

/// Returns the numbers from `start` to before `end`; none when the step leads away from it.
fn numbers(call: &mut Call<'_>, start: i64, end: i64, step: i64) -> Result<Vec<i64>, Failure> {
    let leads = if end < start { step < 0 } else { step > 0 };
    if !leads {
        return Ok(Vec::new());
    }
    let count = start.abs_diff(end).div_ceil(step.unsigned_abs());
    let count = usize::try_from(count).map_err(|_| Failure::Memory)?;
    call.afford(count.saturating_mul(size_of::<Value>()))?;
    call.steps(count as u64 / 16)?;
    Ok(
        std::iter::successors(Some(start), |number| number.checked_add(step))
            .take(count)
            .collect(),
    )
}

/// Returns the numbers that the shell's `seq` prints, in one text with spaces between.
fn seq(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let (start, step, end) = match args.len() {
        1 => (1, None, args.int(0)?),
        2 => (args.int(0)?, None, args.int(1)?),
        3 => (args.int(0)?, Some(args.int(1)?), args.int(2)?),
        _ => return call.string(""),
    };
    let direction = if end < start { -1 } else { 1 };
    if direction < 0 && step.is_some_and(|step| step > 0) {
        return call.string("");
    }
    let numbers = numbers(
        call,
        start,
        end.wrapping_add(direction),
        step.unwrap_or(direction),
    )?;
    // A number has at most 20 characters, and a space.
    call.afford(numbers.len().saturating_mul(21))?;
    let mut out = String::new();
    for number in numbers {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(&number.to_string());
    }
    call.string(out)
}
