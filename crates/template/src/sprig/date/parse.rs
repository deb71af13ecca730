//! Times read as a layout says.

use super::civil::{Date, MONTHS, WEEKDAYS, days_in};
use super::layout::{self, OffsetForm, Piece};
use super::moment::{Clock, Moment};
use super::zone::Zone;
use super::zone_name;

/// Returns the time that the text says, read as the layout says; none when it does not fit.
///
/// A time without a zone is one of `Local`, which is UTC.
pub(super) fn parse(mut layout: &[u8], mut text: &[u8]) -> Option<Moment> {
    let mut read = Read::default();
    loop {
        let (before, piece, rest) = layout::next(layout);
        text = skip(text, before)?;
        let Some(piece) = piece else {
            return if text.is_empty() { read.moment() } else { None };
        };
        layout = rest;
        text = read.piece(piece, text, layout)?;
    }
}

/// What has been read so far.
#[derive(Default)]
struct Read {
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanos: i64,
    afternoon: Option<bool>,
    is_utc: bool,
    offset: Option<i64>,
    zone: Vec<u8>,
}

impl Read {
    /// Reads one piece and returns the rest of the text.
    fn piece<'t>(&mut self, piece: Piece, text: &'t [u8], layout: &[u8]) -> Option<&'t [u8]> {
        match piece {
            Piece::Year | Piece::LongYear => self.year(piece, text),
            Piece::ShortMonth => self.month_name(text, 3),
            Piece::LongMonth => self.month_name(text, usize::MAX),
            Piece::Month | Piece::ZeroMonth => {
                let (month, rest) = number(text, piece == Piece::ZeroMonth)?;
                self.month = Some(month).filter(|month| (1..=12).contains(month));
                self.month.map(|_| rest)
            }
            Piece::ShortWeekday => lookup(&WEEKDAYS, text, 3).map(|(_, rest)| rest),
            Piece::LongWeekday => lookup(&WEEKDAYS, text, usize::MAX).map(|(_, rest)| rest),
            Piece::Day | Piece::SpaceDay | Piece::ZeroDay => {
                let text = match text {
                    [b' ', rest @ ..] if piece == Piece::SpaceDay => rest,
                    text => text,
                };
                let (day, rest) = number(text, piece == Piece::ZeroDay)?;
                self.day = Some(day);
                Some(rest)
            }
            Piece::SpaceYearDay | Piece::ZeroYearDay => self.year_day(text, piece == Piece::ZeroYearDay),
            Piece::Hour => bounded(text, false, 23, &mut self.hour),
            Piece::Hour12 | Piece::ZeroHour12 => {
                bounded(text, piece == Piece::ZeroHour12, 12, &mut self.hour)
            }
            Piece::Minute | Piece::ZeroMinute => {
                bounded(text, piece == Piece::ZeroMinute, 59, &mut self.minute)
            }
            Piece::Second | Piece::ZeroSecond => {
                let rest = bounded(text, piece == Piece::ZeroSecond, 59, &mut self.second)?;
                let in_layout = matches!(layout::next(layout).1, Some(Piece::Fraction { .. }));
                if in_layout {
                    Some(rest)
                } else {
                    self.fraction(rest)
                }
            }
            Piece::UpperHalf => self.half(text, b"AM", b"PM"),
            Piece::LowerHalf => self.half(text, b"am", b"pm"),
            Piece::Offset { z: true, .. } if text.first() == Some(&b'Z') => {
                self.is_utc = true;
                text.get(1..)
            }
            Piece::Offset { form, .. } => self.offset(text, form),
            Piece::ZoneName => {
                if let Some(rest) = text.strip_prefix(b"UTC") {
                    self.is_utc = true;
                    return Some(rest);
                }
                let (name, rest) = text.split_at_checked(zone_name::length(text)?)?;
                name.clone_into(&mut self.zone);
                Some(rest)
            }
            Piece::Fraction { trimmed: true, .. } => self.fraction(text),
            Piece::Fraction { digits, .. } => {
                let (fraction, rest) = text.split_at_checked(digits.checked_add(1)?)?;
                self.nanos = nanos(fraction)?;
                Some(rest)
            }
        }
    }

    fn year<'t>(&mut self, piece: Piece, text: &'t [u8]) -> Option<&'t [u8]> {
        let (digits, rest) = text.split_at_checked(if piece == Piece::Year { 2 } else { 4 })?;
        // Go reads the digits as a number that may have a sign, except where a long year begins.
        let signed = piece == Piece::Year && matches!(digits.first(), Some(b'+' | b'-'));
        let year = decimal(if signed { digits.get(1..)? } else { digits })?;
        let year = if digits.first() == Some(&b'-') {
            -year
        } else {
            year
        };
        self.year = match piece {
            Piece::LongYear => year,
            _ if year >= 69 => year + 1900,
            _ => year + 2000,
        };
        Some(rest)
    }

    fn month_name<'t>(&mut self, text: &'t [u8], length: usize) -> Option<&'t [u8]> {
        let (index, rest) = lookup(&MONTHS, text, length)?;
        self.month = Some(index + 1);
        Some(rest)
    }

    fn year_day<'t>(&mut self, mut text: &'t [u8], fixed: bool) -> Option<&'t [u8]> {
        for _ in 0..2 {
            text = match text {
                [b' ', rest @ ..] if !fixed => rest,
                text => text,
            };
        }
        let count = text
            .iter()
            .take(3)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        if count == 0 || (fixed && count != 3) {
            return None;
        }
        let (digits, rest) = text.split_at(count);
        self.year_day = Some(decimal(digits)?);
        Some(rest)
    }

    fn half<'t>(&mut self, text: &'t [u8], before: &[u8], after: &[u8]) -> Option<&'t [u8]> {
        let (half, rest) = text.split_at_checked(2)?;
        // As in Go, an afternoon that was read stays one.
        if half == after {
            self.afternoon = Some(true);
        } else if half == before {
            self.afternoon = self.afternoon.or(Some(false));
        } else {
            return None;
        }
        Some(rest)
    }

    fn offset<'t>(&mut self, text: &'t [u8], form: OffsetForm) -> Option<&'t [u8]> {
        let (minutes, seconds, length) = form.places();
        let (offset, rest) = text.split_at_checked(length)?;
        let colons = if form.has_colons() {
            [minutes, seconds]
        } else {
            [None, None]
        };
        if colons
            .iter()
            .flatten()
            .any(|at| offset.get(at - 1) != Some(&b':'))
        {
            return None;
        }
        let field = |at: Option<usize>| match at {
            Some(at) => decimal(offset.get(at..at + 2)?),
            None => Some(0),
        };
        let (hours, minutes, seconds) = (field(Some(1))?, field(minutes)?, field(seconds)?);
        // People do write 24 hours and 60 minutes.
        if hours > 24 || minutes > 60 || seconds > 60 {
            return None;
        }
        let east = (hours * 60 + minutes) * 60 + seconds;
        self.offset = match offset.first()? {
            b'+' => Some(east),
            b'-' => Some(-east),
            _ => return None,
        };
        Some(rest)
    }

    /// Reads a fraction of a second of any length, if there is one.
    fn fraction<'t>(&mut self, text: &'t [u8]) -> Option<&'t [u8]> {
        let count = text
            .iter()
            .skip(1)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        if count == 0 || !matches!(text.first(), Some(b'.' | b',')) {
            return Some(text);
        }
        let (fraction, rest) = text.split_at(count + 1);
        self.nanos = nanos(fraction)?;
        Some(rest)
    }

    /// Returns the moment that all pieces say together, if there is one.
    fn moment(mut self) -> Option<Moment> {
        match self.afternoon {
            Some(true) if self.hour < 12 => self.hour += 12,
            Some(false) if self.hour == 12 => self.hour = 0,
            _ => {}
        }
        let date = self.date()?;
        let clock = Clock {
            date,
            second: (self.hour * 60 + self.minute) * 60 + self.second,
            nanos: self.nanos,
        };
        let utc = Moment::of_clock(clock, Zone::UTC);
        let fixed = |offset| Zone::Fixed {
            name: self.zone.as_slice().into(),
            offset,
        };
        // Go marks that no offset was read with -1, so an offset of -1 second is none.
        let offset = self.offset.filter(|offset| *offset != -1);
        if self.is_utc {
            return Some(utc);
        }
        if self.zone.is_empty() && offset.is_none_or(|offset| offset == 0) {
            return Some(utc.within(Zone::LOCAL));
        }
        Some(match offset {
            Some(offset) => Moment {
                seconds: utc.seconds - offset,
                zone: fixed(offset),
                ..utc
            },
            None => Moment {
                zone: fixed(zone_name::offset(&self.zone)),
                ..utc
            },
        })
    }

    fn date(&self) -> Option<Date> {
        let date = match self.year_day {
            Some(year_day) => {
                let first = Date {
                    year: self.year,
                    month: 1,
                    day: 1,
                };
                let date = Date::of_days(first.days() + year_day - 1);
                let fits = year_day >= 1
                    && date.year == self.year
                    && self.month.is_none_or(|month| month == date.month)
                    && self.day.is_none_or(|day| day == date.day);
                fits.then_some(date)?
            }
            None => Date {
                year: self.year,
                month: self.month.unwrap_or(1),
                day: self.day.unwrap_or(1),
            },
        };
        (1..=days_in(date.year, date.month))
            .contains(&date.day)
            .then_some(date)
    }
}

/// Takes what stands before a piece off the text; a run of spaces stands for any number of them.
fn skip<'t>(mut text: &'t [u8], mut expected: &[u8]) -> Option<&'t [u8]> {
    while let Some((first, rest)) = expected.split_first() {
        if *first == b' ' {
            if !matches!(text.first(), Some(b' ') | None) {
                return None;
            }
            expected = without_spaces(expected);
            text = without_spaces(text);
            continue;
        }
        text = text.strip_prefix(&[*first])?;
        expected = rest;
    }
    Some(text)
}

fn without_spaces(text: &[u8]) -> &[u8] {
    let count = text.iter().take_while(|byte| **byte == b' ').count();
    text.get(count..).unwrap_or_default()
}

/// Reads one digit or two.
fn number(text: &[u8], fixed: bool) -> Option<(i64, &[u8])> {
    let count = text
        .iter()
        .take(2)
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    if count == 0 || (fixed && count != 2) {
        return None;
    }
    let (digits, rest) = text.split_at(count);
    Some((decimal(digits)?, rest))
}

fn bounded<'t>(text: &'t [u8], fixed: bool, most: i64, into: &mut i64) -> Option<&'t [u8]> {
    let (value, rest) = number(text, fixed)?;
    *into = value;
    (value <= most).then_some(rest)
}

fn decimal(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0_i64, |sum, digit| {
        let digit = digit.is_ascii_digit().then(|| i64::from(digit - b'0'))?;
        sum.checked_mul(10)?.checked_add(digit)
    })
}

/// Reads a fraction with its separator; digits after the ninth don't count.
fn nanos(fraction: &[u8]) -> Option<i64> {
    let (separator, digits) = fraction.split_first()?;
    if !matches!(separator, b'.' | b',') {
        return None;
    }
    let digits = digits.get(..9).unwrap_or(digits);
    let missing = u32::try_from(9 - digits.len()).ok()?;
    Some(decimal(digits)? * 10_i64.pow(missing))
}

/// Finds the name that the text begins with, whatever the case of its letters.
fn lookup<'t>(names: &[&str], text: &'t [u8], length: usize) -> Option<(i64, &'t [u8])> {
    for (index, name) in names.iter().enumerate() {
        let name = name.get(..length.min(name.len()))?;
        if let Some((start, rest)) = text.split_at_checked(name.len())
            && start.eq_ignore_ascii_case(name.as_bytes())
        {
            return Some((i64::try_from(index).ok()?, rest));
        }
    }
    None
}
