//! Go's own functions.

mod compare;
mod escape;
mod index;
mod print;

use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::value::Value;

/// The tables, one a file.
pub(crate) const TABLES: &[&[Function]] = &[LOGIC, compare::TABLE, escape::TABLE, index::TABLE, print::TABLE];

/// `and` and `or` end at the argument that decides, so that whoever runs commands has to do them.
const LOGIC: &[Function] = &[
    Function::new("and", &[Param::Any], last).variadic(Param::Any),
    Function::new("or", &[Param::Any], last).variadic(Param::Any),
    Function::new("not", &[Param::Any], not),
    Function::new("call", &[Param::Any], call_value).variadic(Param::Any),
];

#[expect(clippy::unnecessary_wraps, reason = "the type of all functions")]
fn last(_: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    Ok(args.all().last().cloned().unwrap_or(Value::Nil))
}

#[expect(clippy::unnecessary_wraps, reason = "the type of all functions")]
fn not(_: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    Ok(Value::Bool(!args.any(0).truth()))
}

fn call_value(_: &mut Call<'_>, _: &Args<'_>) -> Result<Value, Failure> {
    Err(Failure::Refused("needs a function, and no value is one"))
}
