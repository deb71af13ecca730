//! The calendar: days since 1970 and what they are called, for years of any size.

/// The names that months have in layouts and texts.
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The names of the days of a week.
pub(super) const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];

/// A day of the calendar that Go uses for all times, the Gregorian one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: i64,
    /// From 1.
    pub(super) month: i64,
    /// From 1.
    pub(super) day: i64,
}

impl Date {
    /// Returns the date so many days after 1970-01-01.
    pub(super) fn of_days(days: i64) -> Self {
        // Counted from a first of March, so that the day of a leap year is the last of its year.
        let days = days + 719_468;
        let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
        let day = day - (365 * year + year / 4 - year / 100);
        let month = (5 * day + 2) / 153;
        let january = month >= 10;
        Self {
            year: year + era * 400 + i64::from(january),
            month: if january { month - 9 } else { month + 3 },
            day: day - (153 * month + 2) / 5 + 1,
        }
    }

    /// Returns the days since 1970-01-01; months and days beyond their ends count on.
    pub(super) fn days(self) -> i64 {
        let months = self.month - 3;
        let (year, month) = (
            self.year.wrapping_add(months.div_euclid(12)),
            months.rem_euclid(12),
        );
        let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
        let day = (153 * month + 2) / 5 + 365 * year + year / 4 - year / 100;
        era.wrapping_mul(146_097)
            .wrapping_add(day - 719_468)
            .wrapping_add(self.day - 1)
    }

    /// Returns the day of the year, from 1.
    pub(super) fn year_day(self) -> i64 {
        self.days()
            - Self {
                month: 1,
                day: 1,
                ..self
            }
            .days()
            + 1
    }

    /// Returns the day of the week, from 0 for Sunday.
    pub(super) fn weekday(self) -> i64 {
        (self.days() + 4).rem_euclid(7)
    }
}

/// Returns how many days a month has.
pub(super) fn days_in(year: i64, month: i64) -> i64 {
    let first = Date { year, month, day: 1 };
    Date {
        month: month + 1,
        ..first
    }
    .days()
        - first.days()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_each_others_inverse() {
        for days in (-1_000_000..1_000_000).step_by(97) {
            assert_eq!(Date::of_days(days).days(), days);
        }
        assert_eq!(
            Date::of_days(0),
            Date {
                year: 1970,
                month: 1,
                day: 1
            }
        );
        assert_eq!(
            Date {
                year: 2026,
                month: 11,
                day: 23
            }
            .weekday(),
            1
        );
        assert_eq!(
            Date {
                year: 2024,
                month: 12,
                day: 31
            }
            .year_day(),
            366
        );
        assert_eq!(
            (days_in(2024, 2), days_in(1900, 2), days_in(2026, 12)),
            (29, 28, 31)
        );
    }

    #[test]
    fn months_beyond_the_year_count_on() {
        let date = Date {
            year: 2026,
            month: 14,
            day: 31,
        };
        assert_eq!(
            Date::of_days(date.days()),
            Date {
                year: 2027,
                month: 3,
                day: 3
            }
        );
    }
}
