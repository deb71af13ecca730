//! `print`, `printf` and `println`.

use crate::call::Call;
use crate::failure::Failure;
use crate::format;
use crate::function::{Args, Function, Param};
use crate::value::Value;

pub(super) const TABLE: &[Function] = &[
    Function::new("print", &[], print).variadic(Param::Any),
    Function::new("printf", &[Param::String], printf).variadic(Param::Any),
    Function::new("println", &[], println).variadic(Param::Any),
];

fn print(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let text = format::sprint(call, args.all())?;
    call.string(text)
}

fn printf(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let text = format::sprintf(call, args.text(0)?, args.rest(1))?;
    call.string(text)
}

fn println(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let text = format::sprintln(call, args.all())?;
    call.string(text)
}
