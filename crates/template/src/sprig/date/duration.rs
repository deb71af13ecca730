//! Go's `time.Duration`: nanoseconds in 64 bits, its texts and its methods.

use std::any::Any;

use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::value::{Object, Shape, Value};

/// A length of time in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Duration(pub(super) i64);

pub(super) const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

const UNITS: &[(&[u8], i64)] = &[
    (b"ns", 1),
    (b"us", 1_000),
    ("\u{b5}s".as_bytes(), 1_000),
    ("\u{3bc}s".as_bytes(), 1_000),
    (b"ms", 1_000_000),
    (b"s", SECOND),
    (b"m", MINUTE),
    (b"h", HOUR),
];

impl Duration {
    /// Reads a text such as `1h15m30.918s`; none when it is no duration or one that does not fit.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let (negative, mut rest) = match text.split_first() {
            Some((b'-', rest)) => (true, rest),
            Some((b'+', rest)) => (false, rest),
            _ => (false, text),
        };
        if rest == b"0" {
            return Some(Self(0));
        }
        if rest.is_empty() {
            return None;
        }
        // The least duration has no positive counterpart, so the sum goes one further.
        let most = 1_u64 << 63;
        let mut sum = 0_u64;
        while !rest.is_empty() {
            let (value, after) = element(rest)?;
            sum = sum.checked_add(value).filter(|sum| *sum <= most)?;
            rest = after;
        }
        match (negative, i64::try_from(sum)) {
            (true, _) => Some(Self(0_i64.wrapping_sub_unsigned(sum))),
            (false, sum) => sum.ok().map(Self),
        }
    }

    /// Returns the text that Go's `String` has: `1h0m0s`, `1.5s`, `20ms`, `0s`.
    pub(super) fn print(self) -> String {
        let nanos = self.0.unsigned_abs();
        let sign = if self.0 < 0 { "-" } else { "" };
        let second = SECOND.unsigned_abs();
        if nanos == 0 {
            return "0s".to_owned();
        }
        if nanos < second {
            let (digits, unit) = match nanos {
                ..1_000 => (0, "ns"),
                1_000..1_000_000 => (3, "\u{b5}s"),
                _ => (6, "ms"),
            };
            return format!("{sign}{}{unit}", decimal(nanos, digits));
        }
        let (minutes, nanos) = (nanos / (60 * second), nanos % (60 * second));
        let seconds = decimal(nanos, 9);
        match (minutes / 60, minutes % 60) {
            (0, 0) => format!("{sign}{seconds}s"),
            (0, minutes) => format!("{sign}{minutes}m{seconds}s"),
            (hours, minutes) => format!("{sign}{hours}h{minutes}m{seconds}s"),
        }
    }

    /// Returns it rounded to a multiple of the unit, half away from zero, within what 64 bits hold.
    pub(super) fn round(self, unit: Self) -> Self {
        if unit.0 <= 0 {
            return self;
        }
        let (value, unit) = (i128::from(self.0), i128::from(unit.0));
        let down = value - value % unit;
        let rounded = if (value % unit).abs() * 2 < unit {
            down
        } else {
            down + value.signum() * unit
        };
        Self::saturated(rounded)
    }

    /// Returns so many nanoseconds, or as many as 64 bits hold.
    pub(super) fn saturated(nanos: i128) -> Self {
        Self(i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX }))
    }
}

/// Reads a number with its unit: nanoseconds, and what follows.
fn element(text: &[u8]) -> Option<(u64, &[u8])> {
    let (whole, rest) = digits(text);
    let (fraction, rest_after) = match rest.split_first() {
        Some((b'.', rest)) => digits(rest),
        _ => (&[][..], rest),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let end = rest_after
        .iter()
        .position(|byte| *byte == b'.' || byte.is_ascii_digit());
    let (name, after) = rest_after.split_at(end.unwrap_or(rest_after.len()));
    let unit = UNITS.iter().find(|(unit, _)| *unit == name)?.1.unsigned_abs();
    let whole = whole.iter().try_fold(0_u64, |sum, digit| {
        sum.checked_mul(10)?
            .checked_add(u64::from(digit - b'0'))
            .filter(|sum| *sum <= 1 << 63)
    })?;
    let value = whole.checked_mul(unit).filter(|value| *value <= 1 << 63)?;
    Some((
        value
            .checked_add(part(fraction, unit))
            .filter(|value| *value <= 1 << 63)?,
        after,
    ))
}

/// Returns the part of the unit that the digits after the point say. In floating point, as Go computes it.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "Go's result has the same loss, and is less than an hour of nanoseconds"
)]
fn part(digits: &[u8], unit: u64) -> u64 {
    let (mut value, mut scale) = (0_u64, 1_f64);
    for digit in digits {
        if value > ((1 << 63) - 1) / 10 {
            break;
        }
        let next = value * 10 + u64::from(digit - b'0');
        if next > 1 << 63 {
            break;
        }
        value = next;
        scale *= 10.0;
    }
    (value as f64 * (unit as f64 / scale)) as u64
}

fn digits(text: &[u8]) -> (&[u8], &[u8]) {
    text.split_at(
        text.iter()
            .position(|byte| !byte.is_ascii_digit())
            .unwrap_or(text.len()),
    )
}

/// Returns `value` with so many digits behind the point, without zeros at the end.
fn decimal(value: u64, digits: usize) -> String {
    let text = format!("{value:0width$}", width = digits + 1);
    let (whole, fraction) = text.split_at(text.len() - digits);
    match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        fraction => format!("{whole}.{fraction}"),
    }
}

pub(super) const NAME: &str = "time.Duration";

/// A parameter of this type; a literal number is nanoseconds.
pub(super) const PARAM: Param = Param::Object {
    name: NAME,
    literal: Some(literal),
};

fn literal(nanos: i64) -> Value {
    Value::Object(std::rc::Rc::new(Duration(nanos)))
}

static METHODS: &[Function] = &[
    Function::new("String", &[], |call, args| call.string(receiver(args)?.print())),
    Function::new("Nanoseconds", &[], |_, args| Ok(Value::Int64(receiver(args)?.0))),
    Function::new("Microseconds", &[], |_, args| {
        Ok(Value::Int64(receiver(args)?.0 / 1_000))
    }),
    Function::new("Milliseconds", &[], |_, args| {
        Ok(Value::Int64(receiver(args)?.0 / 1_000_000))
    }),
    Function::new("Seconds", &[], |_, args| {
        Ok(Value::Float(receiver(args)?.count(SECOND)))
    }),
    Function::new("Minutes", &[], |_, args| {
        Ok(Value::Float(receiver(args)?.count(MINUTE)))
    }),
    Function::new("Hours", &[], |_, args| {
        Ok(Value::Float(receiver(args)?.count(HOUR)))
    }),
    Function::new("Abs", &[], |call, args| {
        call.object(Duration(receiver(args)?.0.saturating_abs()), 0)
    }),
    Function::new("Round", &[PARAM], |call, args| {
        call.object(receiver(args)?.round(*args.object(0)?), 0)
    }),
    Function::new("Truncate", &[PARAM], |call, args| {
        let (value, unit) = (receiver(args)?, args.object::<Duration>(0)?.0);
        call.object(
            if unit <= 0 {
                value
            } else {
                Duration(value.0 - value.0 % unit)
            },
            0,
        )
    }),
];

fn receiver(args: &Args<'_>) -> Result<Duration, Failure> {
    let value = args.receiver()?.as_any().downcast_ref().copied();
    value.ok_or(Failure::Refused("is a method of another type"))
}

impl Duration {
    #[expect(clippy::cast_precision_loss, reason = "Go's result has the same loss")]
    fn count(self, unit: i64) -> f64 {
        (self.0 / unit) as f64 + (self.0 % unit) as f64 / unit as f64
    }
}

impl Object for Duration {
    fn type_name(&self) -> &'static str {
        NAME
    }

    fn shape(&self) -> Shape {
        Shape::Int64(self.0)
    }

    fn text(&self) -> Option<Vec<u8>> {
        Some(self.print().into_bytes())
    }

    fn method(&self, name: &str) -> Option<&'static Function> {
        METHODS.iter().find(|method| method.name == name)
    }

    fn equal(&self, other: &dyn Object) -> bool {
        other.as_any().downcast_ref() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_reads_them() {
        for (text, nanos) in [
            ("1h15m30.5s", Some(4_530_500_000_000)),
            ("-1.5h", Some(-5_400_000_000_000)),
            ("+0", Some(0)),
            ("1\u{b5}s", Some(1_000)),
            ("-9223372036854775808ns", Some(i64::MIN)),
            ("9223372036854775808ns", None),
            ("3000000h", None),
            ("1", None),
            ("", None),
            ("1d", None),
            (".s", None),
        ] {
            assert_eq!(
                Duration::parse(text.as_bytes()).map(|found| found.0),
                nanos,
                "{text}"
            );
        }
    }

    #[test]
    fn durations_are_written_as_go_writes_them() {
        for (nanos, text) in [
            (0, "0s"),
            (1, "1ns"),
            (1_100, "1.1\u{b5}s"),
            (-2_200_000, "-2.2ms"),
            (3_300_000_000, "3.3s"),
            (245 * SECOND, "4m5s"),
            (HOUR, "1h0m0s"),
            (i64::MIN, "-2562047h47m16.854775808s"),
        ] {
            assert_eq!(Duration(nanos).print(), text);
        }
    }
}
