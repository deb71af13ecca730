//! Go's `time.Time`: a moment, and where it is looked at from.

use super::civil::Date;
use super::duration::Duration;
use super::format;
use super::zone::Zone;

/// A moment as Go's `time.Time` has it.
#[derive(Clone)]
pub(super) struct Moment {
    /// Since 1970.
    pub(super) seconds: i64,
    /// Less than a second.
    pub(super) nanos: i64,
    pub(super) zone: Zone,
    /// What Go's second clock says, which `now` has and its text shows. Ours counts from the rendering.
    pub(super) monotonic: Option<i64>,
}

/// A date and a time of day; months, days and seconds beyond their ends count on.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    pub(super) date: Date,
    pub(super) second: i64,
    pub(super) nanos: i64,
}

/// Seconds from the year 1 to 1970.
const BEFORE_1970: i64 = 62_135_596_800;
const DAY: i64 = 86_400;
const SECOND: i128 = super::duration::SECOND as i128;

impl Moment {
    /// Returns Go's zero time, the first second of the year 1.
    pub(super) fn zero() -> Self {
        Self {
            seconds: -BEFORE_1970,
            nanos: 0,
            zone: Zone::UTC,
            monotonic: None,
        }
    }

    /// Returns the moment so many seconds after 1970.
    pub(super) fn unix(seconds: i64) -> Self {
        Self {
            seconds,
            nanos: 0,
            zone: Zone::LOCAL,
            monotonic: None,
        }
    }

    /// Returns the moment when clocks in `zone` show that.
    pub(super) fn of_clock(clock: Clock, zone: Zone) -> Self {
        let shown = clock
            .date
            .days()
            .wrapping_mul(DAY)
            .wrapping_add(clock.second)
            .wrapping_add(clock.nanos.div_euclid(super::duration::SECOND));
        let nanos = clock.nanos.rem_euclid(super::duration::SECOND);
        // The offset in force then, found from the offset in force at the moment that UTC shows so.
        let offset = match zone.at(shown).1 {
            0 => 0,
            guess => zone.at(shown.wrapping_sub(guess)).1,
        };
        Self {
            seconds: shown.wrapping_sub(offset),
            nanos,
            zone,
            monotonic: None,
        }
    }

    /// Returns what a clock in its zone shows.
    pub(super) fn clock(&self) -> Clock {
        let shown = self.seconds.wrapping_add(self.zone.at(self.seconds).1);
        Clock {
            date: Date::of_days(shown.div_euclid(DAY)),
            second: shown.rem_euclid(DAY),
            nanos: self.nanos,
        }
    }

    /// Returns the same moment looked at from another zone.
    pub(super) fn within(&self, zone: Zone) -> Self {
        Self {
            zone,
            monotonic: None,
            ..self.clone()
        }
    }

    pub(super) fn add(&self, duration: Duration) -> Self {
        let nanos = i128::from(self.nanos) + i128::from(duration.0);
        let seconds = i64::try_from(nanos.div_euclid(SECOND)).unwrap_or_default();
        Self {
            seconds: self.seconds.wrapping_add(seconds),
            nanos: i64::try_from(nanos.rem_euclid(SECOND)).unwrap_or_default(),
            zone: self.zone.clone(),
            monotonic: self.monotonic.and_then(|clock| clock.checked_add(duration.0)),
        }
    }

    /// Returns the time from `other` to this, or as much of it as a duration holds.
    pub(super) fn since(&self, other: &Self) -> Duration {
        match (self.monotonic, other.monotonic) {
            (Some(one), Some(two)) => Duration::saturated(i128::from(one) - i128::from(two)),
            _ => Duration::saturated(self.since_1970() - other.since_1970()),
        }
    }

    /// Returns the rest of the time since the year 1 that is no multiple of `unit`, which is positive.
    pub(super) fn rest(&self, unit: Duration) -> i64 {
        let nanos = self.since_1970() + i128::from(BEFORE_1970) * SECOND;
        i64::try_from(nanos.rem_euclid(i128::from(unit.0))).unwrap_or_default()
    }

    /// Returns the nanoseconds since 1970.
    pub(super) fn since_1970(&self) -> i128 {
        i128::from(self.seconds) * SECOND + i128::from(self.nanos)
    }

    /// Returns the order of two moments, wherever they are looked at from.
    pub(super) fn order(&self, other: &Self) -> std::cmp::Ordering {
        match (self.monotonic, other.monotonic) {
            (Some(one), Some(two)) => one.cmp(&two),
            _ => self.since_1970().cmp(&other.since_1970()),
        }
    }

    /// Returns the text that Go's `String` has.
    pub(super) fn print(&self) -> Vec<u8> {
        let mut text = format::format(self, b"2006-01-02 15:04:05.999999999 -0700 MST");
        if let Some(clock) = self.monotonic {
            let sign = if clock < 0 { '-' } else { '+' };
            let (seconds, nanos) = (
                clock.unsigned_abs() / 1_000_000_000,
                clock.unsigned_abs() % 1_000_000_000,
            );
            text.extend_from_slice(format!(" m={sign}{seconds}.{nanos:09}").as_bytes());
        }
        text
    }
}
