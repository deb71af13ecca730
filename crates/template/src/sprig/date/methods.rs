//! The methods of Go's `time.Time`, as far as a template can call them: those with one result, or one and an error.

use std::any::Any;
use std::cmp::Ordering;

use super::civil::Date;
use super::duration::{self, Duration};
use super::moment::{Clock, Moment};
use super::named::{Month, Weekday};
use super::zone::{self, Zone};
use super::{MOMENT, TIME, format};
use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::value::{Elem, Object, Shape, Value};

/// What a moment costs beside its fields.
const BYTES: usize = 64;

/// Makes a value of a moment.
pub(super) fn value(call: &mut Call<'_>, moment: Moment) -> Result<Value, Failure> {
    call.object(moment, BYTES)
}

const LOCATION: Param = Param::Object {
    name: zone::POINTER,
    literal: None,
};

static METHODS: &[Function] = &[
    Function::new("Format", &[Param::String], |call, args| {
        let layout = args.text(0)?;
        super::afford(call, layout)?;
        let text = format::format(receiver(args)?, layout);
        call.string(text)
    }),
    Function::new("String", &[], |call, args| call.string(receiver(args)?.print())),
    Function::new("GoString", &[], |call, args| {
        call.string(go_syntax(receiver(args)?))
    }),
    Function::new("MarshalText", &[], |call, args| {
        let text = rfc3339(receiver(args)?)?;
        bytes(call, &text)
    }),
    Function::new("MarshalJSON", &[], |call, args| {
        let text = rfc3339(receiver(args)?)?;
        bytes(call, &[b"\"", text.as_slice(), b"\""].concat())
    }),
    Function::new("Year", &[], |_, args| Ok(Value::Int(clock(args)?.date.year))),
    Function::new("Month", &[], |call, args| {
        call.object(Month(clock(args)?.date.month), 0)
    }),
    Function::new("Day", &[], |_, args| Ok(Value::Int(clock(args)?.date.day))),
    Function::new("Weekday", &[], |call, args| {
        call.object(Weekday(clock(args)?.date.weekday()), 0)
    }),
    Function::new("YearDay", &[], |_, args| {
        Ok(Value::Int(clock(args)?.date.year_day()))
    }),
    Function::new("Hour", &[], |_, args| Ok(Value::Int(clock(args)?.second / 3600))),
    Function::new("Minute", &[], |_, args| {
        Ok(Value::Int(clock(args)?.second / 60 % 60))
    }),
    Function::new("Second", &[], |_, args| Ok(Value::Int(clock(args)?.second % 60))),
    Function::new("Nanosecond", &[], |_, args| Ok(Value::Int(receiver(args)?.nanos))),
    Function::new("Unix", &[], |_, args| Ok(Value::Int64(receiver(args)?.seconds))),
    Function::new("UnixMilli", &[], |_, args| {
        Ok(Value::Int64(since_1970(args, 1_000)?))
    }),
    Function::new("UnixMicro", &[], |_, args| {
        Ok(Value::Int64(since_1970(args, 1_000_000)?))
    }),
    Function::new("UnixNano", &[], |_, args| {
        Ok(Value::Int64(since_1970(args, duration::SECOND)?))
    }),
    Function::new("IsZero", &[], |_, args| {
        Ok(Value::Bool(
            receiver(args)?.since_1970() == Moment::zero().since_1970(),
        ))
    }),
    Function::new("IsDST", &[], |_, args| {
        let moment = receiver(args)?;
        Ok(Value::Bool(moment.zone.is_dst(moment.seconds)))
    }),
    Function::new("UTC", &[], |call, args| {
        value(call, receiver(args)?.within(Zone::UTC))
    }),
    Function::new("Local", &[], |call, args| {
        value(call, receiver(args)?.within(Zone::LOCAL))
    }),
    Function::new("Location", &[], |call, args| {
        call.object(receiver(args)?.zone.clone(), BYTES)
    }),
    Function::new("In", &[LOCATION], |call, args| {
        value(call, receiver(args)?.within(args.object::<Zone>(0)?.clone()))
    }),
    Function::new("Add", &[duration::PARAM], |call, args| {
        value(call, receiver(args)?.add(*args.object(0)?))
    }),
    Function::new("AddDate", &[Param::Int, Param::Int, Param::Int], add_date),
    Function::new("Sub", &[MOMENT], |call, args| {
        call.object(receiver(args)?.since(args.object(0)?), 0)
    }),
    Function::new("Before", &[MOMENT], |_, args| {
        Ok(Value::Bool(order(args)? == Ordering::Less))
    }),
    Function::new("After", &[MOMENT], |_, args| {
        Ok(Value::Bool(order(args)? == Ordering::Greater))
    }),
    Function::new("Equal", &[MOMENT], |_, args| {
        Ok(Value::Bool(order(args)? == Ordering::Equal))
    }),
    Function::new("Compare", &[MOMENT], |_, args| {
        Ok(Value::Int(order(args)? as i64))
    }),
    Function::new("Round", &[duration::PARAM], |call, args| {
        let (moment, unit) = (receiver(args)?, *args.object::<Duration>(0)?);
        let whole = Moment {
            monotonic: None,
            ..moment.clone()
        };
        if unit.0 <= 0 {
            return value(call, whole);
        }
        let rest = moment.rest(unit);
        let change = if rest < unit.0 - rest {
            -rest
        } else {
            unit.0 - rest
        };
        value(call, whole.add(Duration(change)))
    }),
    Function::new("Truncate", &[duration::PARAM], |call, args| {
        let (moment, unit) = (receiver(args)?, *args.object::<Duration>(0)?);
        let rest = if unit.0 <= 0 { 0 } else { moment.rest(unit) };
        value(
            call,
            Moment {
                monotonic: None,
                ..moment.clone()
            }
            .add(Duration(-rest)),
        )
    }),
];

fn receiver<'a>(args: &Args<'a>) -> Result<&'a Moment, Failure> {
    args.receiver()?
        .as_any()
        .downcast_ref()
        .ok_or(Failure::Refused("is a method of another type"))
}

fn clock(args: &Args<'_>) -> Result<Clock, Failure> {
    Ok(receiver(args)?.clock())
}

/// Returns the time since 1970 in units of which a second has so many. What does not fit wraps, as in Go.
#[expect(clippy::cast_possible_truncation, reason = "Go's result wraps too")]
fn since_1970(args: &Args<'_>, units: i64) -> Result<i64, Failure> {
    Ok(receiver(args)?
        .since_1970()
        .div_euclid(i128::from(duration::SECOND / units)) as i64)
}

fn order(args: &Args<'_>) -> Result<Ordering, Failure> {
    Ok(receiver(args)?.order(args.object(0)?))
}

fn add_date(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let moment = receiver(args)?;
    let (years, months, days) = (args.int(0)?, args.int(1)?, args.int(2)?);
    let clock = moment.clock();
    let date = Date {
        year: clock.date.year.wrapping_add(years),
        // Far from both ends, so that nothing overflows on the way; no time reaches so far.
        month: clock.date.month + months % (1 << 40),
        day: clock.date.day + days % (1 << 40),
    };
    value(
        call,
        Moment::of_clock(Clock { date, ..clock }, moment.zone.clone()),
    )
}

fn bytes(call: &mut Call<'_>, text: &[u8]) -> Result<Value, Failure> {
    let items = text.iter().map(|byte| Value::Uint8(*byte)).collect();
    call.list(Elem::Uint8, items)
}

/// Returns the text that JSON documents have, for the years that it can say.
pub(super) fn rfc3339(moment: &Moment) -> Result<Vec<u8>, Failure> {
    if !(0..=9999).contains(&moment.clock().date.year) {
        return Err(Failure::Refused("can write the years from 0 to 9999 alone"));
    }
    if moment.zone.at(moment.seconds).1.abs() >= 24 * 3600 {
        return Err(Failure::Refused("can write offsets below 24 hours alone"));
    }
    Ok(format::format(moment, b"2006-01-02T15:04:05.999999999Z07:00"))
}

fn go_syntax(moment: &Moment) -> Vec<u8> {
    let clock = moment.clock();
    let text = format!(
        "time.Date({}, time.{}, {}, {}, {}, {}, {}, ",
        clock.date.year,
        format::name(&super::civil::MONTHS, clock.date.month - 1),
        clock.date.day,
        clock.second / 3600,
        clock.second / 60 % 60,
        clock.second % 60,
        moment.nanos,
    );
    [text.as_bytes(), &moment.zone.go_syntax(), b")"].concat()
}

impl Object for Moment {
    fn type_name(&self) -> &'static str {
        TIME
    }

    fn shape(&self) -> Shape {
        Shape::Struct
    }

    fn text(&self) -> Option<Vec<u8>> {
        Some(self.print())
    }

    fn go_syntax(&self) -> Option<Vec<u8>> {
        Some(go_syntax(self))
    }

    fn method(&self, name: &str) -> Option<&'static Function> {
        METHODS.iter().find(|method| method.name == name)
    }

    fn equal(&self, other: &dyn Object) -> bool {
        other.as_any().downcast_ref::<Self>().is_some_and(|other| {
            self.since_1970() == other.since_1970()
                && self.monotonic == other.monotonic
                && self.zone.equal(&other.zone)
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
