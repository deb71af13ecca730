//! Times as a layout says.

use super::civil::{MONTHS, WEEKDAYS};
use super::layout::{self, OffsetForm, Piece};
use super::moment::{Clock, Moment};

/// Returns the time as the layout says.
pub(super) fn format(moment: &Moment, mut layout: &[u8]) -> Vec<u8> {
    // Go writes these two itself, and leaves out seconds of an offset that the pieces would not show either.
    let (name, offset) = moment.zone.at(moment.seconds);
    let clock = moment.clock();
    let mut out = Vec::with_capacity(layout.len() + 16);
    while !layout.is_empty() {
        let (before, piece, rest) = layout::next(layout);
        out.extend_from_slice(before);
        let Some(piece) = piece else { break };
        layout = rest;
        match piece {
            Piece::ZoneName if name.is_empty() => push_offset(&mut out, offset, false, OffsetForm::Minutes),
            Piece::ZoneName => out.extend_from_slice(&name),
            Piece::Offset { z, form } => push_offset(&mut out, offset, z, form),
            Piece::Fraction {
                digits,
                separator,
                trimmed,
            } => {
                push_fraction(&mut out, clock.nanos, digits, separator, trimmed);
            }
            piece => out.extend_from_slice(clock_piece(piece, &clock).as_bytes()),
        }
    }
    out
}

fn clock_piece(piece: Piece, clock: &Clock) -> String {
    let date = clock.date;
    let (hour, minute, second) = (clock.second / 3600, clock.second / 60 % 60, clock.second % 60);
    let hour12 = if hour % 12 == 0 { 12 } else { hour % 12 };
    match piece {
        Piece::LongMonth => name(&MONTHS, date.month - 1).to_owned(),
        Piece::ShortMonth => short(name(&MONTHS, date.month - 1)),
        Piece::Month => date.month.to_string(),
        Piece::ZeroMonth => padded(date.month, 2),
        Piece::LongWeekday => name(&WEEKDAYS, date.weekday()).to_owned(),
        Piece::ShortWeekday => short(name(&WEEKDAYS, date.weekday())),
        Piece::Day => date.day.to_string(),
        Piece::SpaceDay => format!("{:2}", date.day),
        Piece::ZeroDay => padded(date.day, 2),
        Piece::SpaceYearDay => format!("{:3}", date.year_day()),
        Piece::ZeroYearDay => padded(date.year_day(), 3),
        Piece::Hour => padded(hour, 2),
        Piece::Hour12 => hour12.to_string(),
        Piece::ZeroHour12 => padded(hour12, 2),
        Piece::Minute => minute.to_string(),
        Piece::ZeroMinute => padded(minute, 2),
        Piece::Second => second.to_string(),
        Piece::ZeroSecond => padded(second, 2),
        Piece::LongYear => padded(date.year, 4),
        Piece::Year => padded((date.year % 100).abs(), 2),
        Piece::UpperHalf => if hour >= 12 { "PM" } else { "AM" }.to_owned(),
        Piece::LowerHalf => if hour >= 12 { "pm" } else { "am" }.to_owned(),
        Piece::ZoneName | Piece::Offset { .. } | Piece::Fraction { .. } => String::new(),
    }
}

/// Returns the number with at least so many digits; the sign is none of them.
fn padded(number: i64, width: usize) -> String {
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{:0width$}", number.unsigned_abs())
}

pub(super) fn name(names: &[&'static str], index: i64) -> &'static str {
    usize::try_from(index)
        .ok()
        .and_then(|index| names.get(index).copied())
        .unwrap_or_default()
}

fn short(name: &str) -> String {
    name.chars().take(3).collect()
}

/// The sign is that of the whole minutes, so an offset of a few seconds west has a plus, as Go's has.
fn push_offset(out: &mut Vec<u8>, offset: i64, z: bool, form: OffsetForm) {
    if z && offset == 0 {
        out.push(b'Z');
        return;
    }
    let minutes = offset / 60;
    let (sign, seconds) = if minutes < 0 {
        (b'-', -offset % 60)
    } else {
        (b'+', offset % 60)
    };
    let minutes = minutes.abs();
    let colon = if form.has_colons() { ":" } else { "" };
    let mut fields = vec![format!("{:02}", minutes / 60)];
    if form != OffsetForm::Hours {
        fields.push(format!("{:02}", minutes % 60));
    }
    if matches!(form, OffsetForm::Seconds | OffsetForm::ColonSeconds) {
        fields.push(padded(seconds, 2));
    }
    out.push(sign);
    out.extend_from_slice(fields.join(colon).as_bytes());
}

fn push_fraction(out: &mut Vec<u8>, nanos: i64, digits: usize, separator: u8, trimmed: bool) {
    let text = format!("{nanos:09}");
    let text = text.get(..digits).unwrap_or(&text);
    let text = if trimmed { text.trim_end_matches('0') } else { text };
    if !(trimmed && text.is_empty()) {
        out.push(separator);
        out.extend_from_slice(text.as_bytes());
    }
}
