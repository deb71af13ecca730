//! Whole numbers; they wrap around as Go's do.

use crate::failure::Failure;
use crate::format;
use crate::function::{Function, Param};
use crate::sprig::cast::{self, NoInt, read_int};
use crate::value::Value;

const ANY: Param = Param::Any;

/// The functions of whole numbers.
pub(crate) const TABLE: &[Function] = &[
    Function::new("add1", &[ANY], |_, args| {
        Ok(Value::Int64(cast::int(args.any(0)).wrapping_add(1)))
    }),
    Function::new("add", &[], |_, args| {
        Ok(Value::Int64(fold(0, args.all(), i64::wrapping_add)))
    })
    .variadic(ANY),
    Function::new("sub", &[ANY, ANY], |_, args| {
        Ok(Value::Int64(
            cast::int(args.any(0)).wrapping_sub(cast::int(args.any(1))),
        ))
    }),
    Function::new("mul", &[ANY], |_, args| {
        Ok(Value::Int64(fold(
            cast::int(args.any(0)),
            args.rest(1),
            i64::wrapping_mul,
        )))
    })
    .variadic(ANY),
    Function::new("div", &[ANY, ANY], |_, args| {
        Ok(Value::Int64(
            cast::int(args.any(0)).wrapping_div(divisor(args.any(1))?),
        ))
    }),
    Function::new("mod", &[ANY, ANY], |_, args| {
        Ok(Value::Int64(
            cast::int(args.any(0)).wrapping_rem(divisor(args.any(1))?),
        ))
    }),
    Function::new("max", &[ANY], |_, args| {
        Ok(Value::Int64(fold(cast::int(args.any(0)), args.rest(1), i64::max)))
    })
    .variadic(ANY),
    Function::new("biggest", &[ANY], |_, args| {
        Ok(Value::Int64(fold(cast::int(args.any(0)), args.rest(1), i64::max)))
    })
    .variadic(ANY),
    Function::new("min", &[ANY], |_, args| {
        Ok(Value::Int64(fold(cast::int(args.any(0)), args.rest(1), i64::min)))
    })
    .variadic(ANY),
    Function::new("int", &[ANY], |_, args| Ok(Value::Int(cast::int(args.any(0))))),
    Function::new("int64", &[ANY], |_, args| {
        Ok(Value::Int64(cast::int(args.any(0))))
    }),
    Function::new("float64", &[ANY], |_, args| {
        Ok(Value::Float(cast::float(args.any(0))))
    }),
    // The error is dropped upstream, and what came with it stays.
    Function::new("atoi", &[Param::String], |_, args| {
        Ok(Value::Int(match read_int(args.text(0)?, 10) {
            Ok(number) | Err(NoInt::Range(number)) => number,
            Err(NoInt::Syntax) => 0,
        }))
    }),
    // Reads octal digits, as in the modes of files.
    Function::new("toDecimal", &[ANY], |call, args| {
        let printed = format::sprint(call, &args.all()[..1])?;
        Ok(Value::Int64(read_int(&printed, 8).unwrap_or(0)))
    }),
];

fn fold(start: i64, values: &[Value], operation: fn(i64, i64) -> i64) -> i64 {
    values.iter().map(cast::int).fold(start, operation)
}

fn divisor(value: &Value) -> Result<i64, Failure> {
    match cast::int(value) {
        0 => Err(Failure::Refused("can't divide by zero")),
        number => Ok(number),
    }
}
