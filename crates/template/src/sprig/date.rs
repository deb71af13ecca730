//! Sprig's functions of dates (date.go). The local zone is UTC, as in upstream's image.

mod civil;
mod duration;
mod format;
mod layout;
mod methods;
mod moment;
mod named;
mod parse;
mod zone;
mod zone_name;

use self::duration::Duration;
use self::moment::Moment;
use self::zone::Zone;
use crate::call::Call;
use crate::failure::Failure;
use crate::function::{Args, Function, Param};
use crate::value::{Object, Text, Value};

/// The name of Go's type of times.
const TIME: &str = "time.Time";

/// A parameter of that type.
const MOMENT: Param = Param::Object {
    name: TIME,
    literal: None,
};

/// The layout of the value of an HTML date field.
const HTML: &[u8] = b"2006-01-02";

/// What takes a time and may be given something else then takes the clock, so its result can change.
pub(crate) const TABLE: &[Function] = &[
    Function::new("now", &[], now).volatile(),
    Function::new("ago", &[Param::Any], ago).volatile(),
    Function::new("date", &[Param::String, Param::Any], date).volatile(),
    Function::new(
        "dateInZone",
        &[Param::String, Param::Any, Param::String],
        date_in_zone,
    )
    .volatile(),
    Function::new(
        "date_in_zone",
        &[Param::String, Param::Any, Param::String],
        date_in_zone,
    )
    .volatile(),
    Function::new("htmlDate", &[Param::Any], html_date).volatile(),
    Function::new("htmlDateInZone", &[Param::Any, Param::String], html_date_in_zone).volatile(),
    Function::new("dateModify", &[Param::String, MOMENT], date_modify),
    Function::new("date_modify", &[Param::String, MOMENT], date_modify),
    Function::new("mustDateModify", &[Param::String, MOMENT], must_date_modify),
    Function::new("must_date_modify", &[Param::String, MOMENT], must_date_modify),
    Function::new("toDate", &[Param::String, Param::String], to_date),
    Function::new("mustToDate", &[Param::String, Param::String], must_to_date),
    Function::new("duration", &[Param::Any], duration_of),
    Function::new("durationRound", &[Param::Any], duration_round).volatile(),
    Function::new("unixEpoch", &[MOMENT], unix_epoch),
];

/// Fails unless what a layout can become is affordable. A piece of 2 bytes becomes at most 10.
fn afford(call: &mut Call<'_>, layout: &[u8]) -> Result<(), Failure> {
    call.afford(layout.len().saturating_mul(10))?;
    call.steps(layout.len() as u64 / 8)
}

fn current(call: &Call<'_>) -> Moment {
    let now = call.now();
    Moment {
        // Go reads the clock of the process beside the calendar's; for us it starts with the rendering.
        monotonic: Some(1),
        nanos: i64::from(now.subsec_nanosecond()).rem_euclid(duration::SECOND),
        ..Moment::unix(
            now.as_nanosecond()
                .div_euclid(i128::from(duration::SECOND))
                .try_into()
                .unwrap_or_default(),
        )
    }
}

/// Returns the time that a value is, as far as sprig takes it for one: a time, or an integer.
fn moment_of(value: &Value) -> Option<Moment> {
    match value {
        Value::Int(seconds) | Value::Int64(seconds) => Some(Moment::unix(*seconds)),
        Value::Object(object) => object.as_any().downcast_ref::<Moment>().cloned(),
        _ => None,
    }
}

fn now(call: &mut Call<'_>, _: &Args<'_>) -> Result<Value, Failure> {
    let now = current(call);
    methods::value(call, now)
}

fn ago(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let now = current(call);
    let since = moment_of(args.any(0)).map_or(Duration(0), |then| now.since(&then));
    call.string(since.round(Duration(duration::SECOND)).print())
}

fn date(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    formatted(call, args.text(0)?, args.any(1), b"Local")
}

fn date_in_zone(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    formatted(call, args.text(0)?, args.any(1), args.text(2)?)
}

fn html_date(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    formatted(call, HTML, args.any(0), b"Local")
}

fn html_date_in_zone(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    formatted(call, HTML, args.any(0), args.text(1)?)
}

fn formatted(call: &mut Call<'_>, layout: &[u8], value: &Value, zone: &[u8]) -> Result<Value, Failure> {
    afford(call, layout)?;
    let moment = moment_of(value).unwrap_or_else(|| current(call));
    let zone = Zone::named(zone).unwrap_or(Zone::UTC);
    call.string(format::format(&moment.within(zone), layout))
}

fn date_modify(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let (text, moment) = (args.text(0)?, args.object::<Moment>(1)?);
    let changed = Duration::parse(text).map_or_else(|| moment.clone(), |duration| moment.add(duration));
    methods::value(call, changed)
}

fn must_date_modify(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let (text, moment) = (args.text(0)?, args.object::<Moment>(1)?);
    let duration = Duration::parse(text).ok_or(Failure::Refused("needs a duration such as `1h30m`"))?;
    methods::value(call, moment.add(duration))
}

fn to_date(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let parsed = parsed(call, args.text(0)?, args.text(1)?)?;
    methods::value(call, parsed.unwrap_or_else(Moment::zero))
}

fn must_to_date(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let parsed = parsed(call, args.text(0)?, args.text(1)?)?;
    let moment = parsed.ok_or(Failure::Refused("needs a text that is as the layout says"))?;
    methods::value(call, moment)
}

fn parsed(call: &mut Call<'_>, layout: &Text, text: &Text) -> Result<Option<Moment>, Failure> {
    call.steps((layout.len() + text.len()) as u64 / 8)?;
    Ok(parse::parse(layout, text))
}

/// Sprig takes seconds as a text or an `int64`; of anything else, an `int` too, it makes 0.
fn duration_of(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let seconds = match args.any(0) {
        Value::Int64(seconds) => *seconds,
        Value::String(text) => integer(text),
        _ => 0,
    };
    call.string(Duration(seconds.wrapping_mul(duration::SECOND)).print())
}

/// Returns the integer that a text is: the nearest that 64 bits hold, and 0 for what is none, as Go's `ParseInt`
/// when its error is not looked at.
fn integer(text: &[u8]) -> i64 {
    let (negative, digits) = match text.split_first() {
        Some((b'-', digits)) => (true, digits),
        Some((b'+', digits)) => (false, digits),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return 0;
    }
    digits.iter().fold(0_i64, |sum, digit| {
        let digit = i64::from(digit - b'0');
        let sum = sum.saturating_mul(10);
        if negative {
            sum.saturating_sub(digit)
        } else {
            sum.saturating_add(digit)
        }
    })
}

fn duration_round(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let nanos = match args.any(0) {
        Value::Int64(nanos) => *nanos,
        Value::String(text) => Duration::parse(text).map_or(0, |duration| duration.0),
        Value::Object(object) if object.type_name() == TIME => {
            let now = current(call);
            object
                .as_any()
                .downcast_ref::<Moment>()
                .map_or(0, |then| now.since(then).0)
        }
        _ => 0,
    };
    call.string(rounded(nanos.unsigned_abs()))
}

/// Returns the largest unit of which it has more than one, and how many.
fn rounded(nanos: u64) -> String {
    const HOUR: u64 = 3_600;
    const UNITS: [(u64, &str); 6] = [
        (HOUR * 24 * 365, "y"),
        (HOUR * 24 * 30, "mo"),
        (HOUR * 24, "d"),
        (HOUR, "h"),
        (60, "m"),
        (1, "s"),
    ];
    let unit = |(seconds, name): &(u64, &'static str)| (seconds * duration::SECOND.unsigned_abs(), *name);
    let found = UNITS.iter().map(unit).find(|(unit, _)| nanos > *unit);
    found.map_or_else(
        || "0s".to_owned(),
        |(unit, name)| format!("{}{name}", nanos / unit),
    )
}

fn unix_epoch(call: &mut Call<'_>, args: &Args<'_>) -> Result<Value, Failure> {
    let seconds = args.object::<Moment>(0)?.seconds;
    call.string(seconds.to_string())
}

/// Returns the text that a time has in JSON, if the object is one.
pub(crate) fn json(object: &dyn Object) -> Option<Result<Vec<u8>, Failure>> {
    object.as_any().downcast_ref::<Moment>().map(methods::rfc3339)
}
