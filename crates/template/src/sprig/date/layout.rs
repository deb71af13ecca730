//! Go's layouts: a reference time, spelled as the text is to look (package `time`, "Constants").

/// A piece of a layout that stands for a part of the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    LongMonth,
    ShortMonth,
    Month,
    ZeroMonth,
    LongWeekday,
    ShortWeekday,
    Day,
    SpaceDay,
    ZeroDay,
    SpaceYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    UpperHalf,
    LowerHalf,
    ZoneName,
    Offset {
        /// `Z` instead of a zero offset.
        z: bool,
        form: OffsetForm,
    },
    Fraction {
        digits: usize,
        separator: u8,
        /// `.999`: without zeros at the end.
        trimmed: bool,
    },
}

/// How an offset is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OffsetForm {
    /// `07`
    Hours,
    /// `0700`
    Minutes,
    /// `07:00`
    ColonMinutes,
    /// `070000`
    Seconds,
    /// `07:00:00`
    ColonSeconds,
}

impl OffsetForm {
    /// Returns where the fields begin and how long the whole is, with the sign.
    pub(super) fn places(self) -> (Option<usize>, Option<usize>, usize) {
        match self {
            Self::Hours => (None, None, 3),
            Self::Minutes => (Some(3), None, 5),
            Self::ColonMinutes => (Some(4), None, 6),
            Self::Seconds => (Some(3), Some(5), 7),
            Self::ColonSeconds => (Some(4), Some(7), 9),
        }
    }

    pub(super) fn has_colons(self) -> bool {
        matches!(self, Self::ColonMinutes | Self::ColonSeconds)
    }
}

/// Spellings in the order in which they are tried; a longer one before what it begins with.
const SPELLINGS: &[(&[u8], Piece)] = &[
    (b"January", Piece::LongMonth),
    (b"Jan", Piece::ShortMonth),
    (b"Monday", Piece::LongWeekday),
    (b"Mon", Piece::ShortWeekday),
    (b"MST", Piece::ZoneName),
    (b"002", Piece::ZeroYearDay),
    (b"01", Piece::ZeroMonth),
    (b"02", Piece::ZeroDay),
    (b"03", Piece::ZeroHour12),
    (b"04", Piece::ZeroMinute),
    (b"05", Piece::ZeroSecond),
    (b"06", Piece::Year),
    (b"15", Piece::Hour),
    (b"1", Piece::Month),
    (b"2006", Piece::LongYear),
    (b"2", Piece::Day),
    (b"_2", Piece::SpaceDay),
    (b"__2", Piece::SpaceYearDay),
    (b"3", Piece::Hour12),
    (b"4", Piece::Minute),
    (b"5", Piece::Second),
    (b"PM", Piece::UpperHalf),
    (b"pm", Piece::LowerHalf),
];

const OFFSETS: &[(&[u8], OffsetForm)] = &[
    (b"070000", OffsetForm::Seconds),
    (b"07:00:00", OffsetForm::ColonSeconds),
    (b"0700", OffsetForm::Minutes),
    (b"07:00", OffsetForm::ColonMinutes),
    (b"07", OffsetForm::Hours),
];

/// Splits a layout at its first piece: the text before it, the piece, the rest; no piece when there is none.
pub(super) fn next(layout: &[u8]) -> (&[u8], Option<Piece>, &[u8]) {
    for at in 0..layout.len() {
        let (before, from) = layout.split_at(at);
        // An underscore before a year is only an underscore; the year is found one byte later.
        if from.starts_with(b"_2006") {
            continue;
        }
        if let Some((piece, length)) = piece(from) {
            return (before, Some(piece), from.get(length..).unwrap_or_default());
        }
    }
    (layout, None, &[])
}

/// Returns the piece that a text begins with, and its length.
fn piece(text: &[u8]) -> Option<(Piece, usize)> {
    match text.first()? {
        sign @ (b'-' | b'Z') => OFFSETS
            .iter()
            .find(|(spelling, _)| text.get(1..).unwrap_or_default().starts_with(spelling))
            .map(|(spelling, form)| {
                (
                    Piece::Offset {
                        z: *sign == b'Z',
                        form: *form,
                    },
                    spelling.len() + 1,
                )
            }),
        separator @ (b'.' | b',') => fraction(text, *separator),
        _ => SPELLINGS
            .iter()
            .find(|(spelling, piece)| {
                text.strip_prefix(*spelling).is_some_and(|rest| {
                    // `Month` is no `Mon`.
                    !(matches!(piece, Piece::ShortMonth | Piece::ShortWeekday)
                        && rest.first().is_some_and(u8::is_ascii_lowercase))
                })
            })
            .map(|(spelling, piece)| (*piece, spelling.len())),
    }
}

/// A fraction of a second is a run of one digit, 0 or 9, that no other digit follows.
fn fraction(text: &[u8], separator: u8) -> Option<(Piece, usize)> {
    let digits = text.get(1..)?;
    let first = *digits.first().filter(|digit| matches!(digit, b'0' | b'9'))?;
    let count = digits.iter().take_while(|digit| **digit == first).count();
    if digits.get(count).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    Some((
        Piece::Fraction {
            digits: count,
            separator,
            trimmed: first == b'9',
        },
        count + 1,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(layout: &str, before: &str, piece: Option<Piece>, after: &str) {
        assert_eq!(
            next(layout.as_bytes()),
            (before.as_bytes(), piece, after.as_bytes())
        );
    }

    #[test]
    fn a_layout_is_split_at_its_first_piece() {
        check("on 2006-01", "on ", Some(Piece::LongYear), "-01");
        check("nothing", "nothing", None, "");
        check("x _2006", "x _", Some(Piece::LongYear), "");
        check("__2", "", Some(Piece::SpaceYearDay), "");
    }

    #[test]
    fn words_that_go_on_are_no_pieces() {
        check("Month Jane", "Month Jane", None, "");
        check("Monday", "", Some(Piece::LongWeekday), "");
    }

    #[test]
    fn a_fraction_ends_with_its_digits() {
        let piece = Piece::Fraction {
            digits: 3,
            separator: b',',
            trimmed: false,
        };
        check(",000x", "", Some(piece), "x");
        check(".0001", ".00", Some(Piece::ZeroMonth), "");
    }
}
