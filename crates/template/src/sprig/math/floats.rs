//! Numbers with a fraction.

use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::sprig::cast;
use crate::value::Value;

use super::decimal::Decimal;

const ANY: Param = Param::Any;

/// The functions of floats; those that end in `f` compute in decimals.
pub(crate) const TABLE: &[Function] = &[
    Function::new("add1f", &[ANY], |call, args| {
        compute(
            call,
            cast::float(args.any(0)),
            &[Value::Int(1)],
            |call, one, other| one.add(call, &other),
        )
    }),
    Function::new("addf", &[], |call, args| {
        compute(call, 0.0, args.all(), |call, one, other| one.add(call, &other))
    })
    .variadic(ANY),
    Function::new("subf", &[ANY], |call, args| {
        compute(
            call,
            cast::float(args.any(0)),
            args.rest(1),
            |call, one, other| one.add(call, &other.negated()),
        )
    })
    .variadic(ANY),
    Function::new("mulf", &[ANY], |call, args| {
        compute(
            call,
            cast::float(args.any(0)),
            args.rest(1),
            |call, one, other| one.multiply(call, &other),
        )
    })
    .variadic(ANY),
    Function::new("divf", &[ANY], |call, args| {
        compute(
            call,
            cast::float(args.any(0)),
            args.rest(1),
            |call, one, other| one.divide(call, &other),
        )
    })
    .variadic(ANY),
    Function::new("maxf", &[ANY], |_, args| Ok(Value::Float(fold(args, greater)))).variadic(ANY),
    Function::new("minf", &[ANY], |_, args| {
        Ok(Value::Float(fold(args, |one, other| -greater(-one, -other))))
    })
    .variadic(ANY),
    Function::new("ceil", &[ANY], |_, args| {
        Ok(Value::Float(cast::float(args.any(0)).ceil()))
    }),
    Function::new("floor", &[ANY], |_, args| {
        Ok(Value::Float(cast::float(args.any(0)).floor()))
    }),
    Function::new("round", &[ANY, Param::Int], round).variadic(Param::Float64),
];

type Operation = fn(&mut Call<'_>, Decimal, Decimal) -> Result<Decimal, Failure>;

fn compute(
    call: &mut Call<'_>,
    start: f64,
    values: &[Value],
    operation: Operation,
) -> Result<Value, Failure> {
    let mut result = Decimal::of(start)?;
    for value in values {
        result = operation(call, result, Decimal::of(cast::float(value))?)?;
    }
    Ok(Value::Float(result.float()))
}

fn fold(args: &Args<'_>, choose: fn(f64, f64) -> f64) -> f64 {
    args.rest(1)
        .iter()
        .map(cast::float)
        .fold(cast::float(args.any(0)), choose)
}

/// Go's `math.Max`: infinity, then NaN, then the greater; 0 is above -0.
fn greater(one: f64, other: f64) -> f64 {
    if one == f64::INFINITY || other == f64::INFINITY {
        f64::INFINITY
    } else if one.is_nan() || other.is_nan() {
        f64::NAN
    } else if one == 0.0 && other == 0.0 {
        if one.is_sign_negative() { other } else { one }
    } else if one > other {
        one
    } else {
        other
    }
}

/// Rounds up from the fraction that the third argument says, else from a half. Below zero the fraction is negative,
/// so that it rounds down, as upstream does.
fn round(_: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let from = if args.len() > 2 { args.float(2)? } else { 0.5 };
    let power = power_of_ten(args.int(1)?);
    let digit = power * cast::float(args.any(0));
    // Go's Modf has NaN for the fraction of infinity.
    let fraction = if digit.is_infinite() {
        f64::NAN
    } else {
        digit.fract()
    };
    let rounded = if fraction >= from {
        digit.ceil()
    } else {
        digit.floor()
    };
    Ok(Value::Float(rounded / power))
}

/// Go's `math.Pow(10, exponent)`: it multiplies mantissas, so that its last bit is not always that of other libraries.
#[expect(
    clippy::cast_precision_loss,
    reason = "upstream passes the exponent as a float"
)]
fn power_of_ten(exponent: i64) -> f64 {
    let exact = exponent as f64;
    if exact.abs() >= 1_000.0 {
        return if exact > 0.0 { f64::INFINITY } else { 0.0 };
    }
    let (mut mantissa, mut scale) = (1.0, 0i64);
    // 10 is 0.625 times 2 to the 4th.
    let (mut factor, mut factor_scale) = (0.625, 4i64);
    let mut left = exponent.unsigned_abs();
    while left != 0 {
        if left & 1 == 1 {
            mantissa *= factor;
            scale += factor_scale;
        }
        factor *= factor;
        factor_scale *= 2;
        if factor < 0.5 {
            factor += factor;
            factor_scale -= 1;
        }
        left >>= 1;
    }
    if exponent < 0 {
        mantissa = 1.0 / mantissa;
        scale = -scale;
    }
    scaled(mantissa, scale)
}

/// Multiplies by a power of two, rounding once.
fn scaled(mantissa: f64, scale: i64) -> f64 {
    let power = |exponent: i64| f64::from_bits(u64::try_from(exponent + 1023).unwrap_or_default() << 52);
    match scale {
        -1000..=1000 => mantissa * power(scale),
        1001.. => mantissa * power(1000) * power((scale - 1000).min(1000)),
        // Exact in the first step, rounded in the second.
        _ => mantissa * power(-1000) * power((scale + 1000).max(-1000)),
    }
}
