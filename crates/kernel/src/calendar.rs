//! Clocks of the law: calendar days, working days, months. The working-day calendar is data
//! (policy); a year that is not in it is refused, never guessed.

use std::collections::BTreeSet;

use crate::time::{Day, TimeError};

/// A length of time as a text prints it. Kinds are never mixed or converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayCount {
    /// Calendar days (日).
    Days(u16),
    /// Working days (工作日): not weekends or statutory holidays, make-up working days included.
    WorkingDays(u16),
    /// Months (月), Civil Code art. 202.
    Months(u16),
}

crate::words! {
    /// What a day is to the law. Kinds are never mixed: a shifted day off is no statutory holiday, and a
    /// Saturday that is worked is no rest day.
    DayKind {
        /// A weekday on which people work.
        WorkingDay = "working_day" / "工作日",
        /// A weekend day that is worked instead of another.
        MakeUpWorkingDay = "make_up_working_day" / "调休上班日",
        /// A day of the statutory holidays themselves (法定节假日).
        LegalHoliday = "legal_holiday" / "国家法定节假日",
        /// A weekend day, or a day off by shifting, that is no statutory holiday.
        RestDay = "rest_day" / "休息日",
    }
}

impl DayKind {
    /// Do working days count it?
    pub const fn is_worked(self) -> bool {
        matches!(self, DayKind::WorkingDay | DayKind::MakeUpWorkingDay)
    }
}

/// Why a day cannot be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The State Council's holiday arrangement of this year is not in the data.
    #[error("no working-day calendar for {year}")]
    YearUnknown {
        /// The year that is missing.
        year: i16,
    },
    /// Past the accepted years.
    #[error(transparent)]
    Time(#[from] TimeError),
}

/// Days off, statutory holidays and make-up working days of the years that are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeSet<i16>,
    days_off: BTreeSet<Day>,
    make_up_days: BTreeSet<Day>,
    legal_holidays: BTreeSet<Day>,
}

impl Calendar {
    /// From the data of whole years: days off, and weekend days worked instead.
    pub fn new(
        years: impl IntoIterator<Item = i16>,
        days_off: impl IntoIterator<Item = Day>,
        make_up_days: impl IntoIterator<Item = Day>,
    ) -> Calendar {
        Calendar {
            years: years.into_iter().collect(),
            days_off: days_off.into_iter().collect(),
            make_up_days: make_up_days.into_iter().collect(),
            legal_holidays: BTreeSet::new(),
        }
    }

    /// With the statutory holidays (全国年节及纪念日放假办法) among the days off.
    #[must_use]
    pub fn with_legal_holidays(mut self, legal_holidays: impl IntoIterator<Item = Day>) -> Calendar {
        self.legal_holidays = legal_holidays.into_iter().collect();
        self
    }

    /// What a day is.
    ///
    /// # Errors
    /// [`CalendarError::YearUnknown`].
    pub fn kind_of(&self, day: Day) -> Result<DayKind, CalendarError> {
        if !self.years.contains(&day.year()) {
            return Err(CalendarError::YearUnknown { year: day.year() });
        }
        Ok(if self.make_up_days.contains(&day) {
            DayKind::MakeUpWorkingDay
        } else if self.legal_holidays.contains(&day) {
            DayKind::LegalHoliday
        } else if day.is_weekend() || self.days_off.contains(&day) {
            DayKind::RestDay
        } else {
            DayKind::WorkingDay
        })
    }

    /// The years whose arrangement is known, in order.
    pub fn years(&self) -> impl Iterator<Item = i16> {
        self.years.iter().copied()
    }

    /// Is this a working day?
    ///
    /// # Errors
    /// [`CalendarError::YearUnknown`].
    pub fn is_working_day(&self, day: Day) -> Result<bool, CalendarError> {
        Ok(self.kind_of(day)?.is_worked())
    }

    /// The last day of a period that starts with an event on `from`; the day of the event is not
    /// counted (Civil Code art. 201). Periods in calendar days or months that end on a day off are
    /// not moved: callers that need art. 203 say so.
    ///
    /// # Errors
    /// [`CalendarError`].
    pub fn end_of(&self, from: Day, count: DayCount) -> Result<Day, CalendarError> {
        match count {
            DayCount::Days(n) => Ok(from.plus_days(i32::from(n))?),
            DayCount::Months(n) => Ok(from.plus_months(i32::from(n))?),
            DayCount::WorkingDays(n) => {
                let mut day = from;
                let mut left = n;
                while left > 0 {
                    day = day.plus_days(1)?;
                    if self.is_working_day(day)? {
                        left = left.saturating_sub(1);
                    }
                }
                Ok(day)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(s: &str) -> Day {
        s.parse().unwrap()
    }

    /// Spring Festival 2025 as announced: off 28 Jan to 4 Feb, worked 26 Jan and 8 Feb.
    fn calendar_2025() -> Calendar {
        let off = ["2025-01-01", "2025-01-28", "2025-01-29", "2025-01-30", "2025-01-31", "2025-02-03", "2025-02-04"];
        Calendar::new([2025], off.map(day), ["2025-01-26", "2025-02-08"].map(day))
    }

    #[test]
    fn working_days_know_holidays_and_make_up_days() {
        assert_eq!(calendar_2025().end_of(day("2025-01-08"), DayCount::WorkingDays(15)), Ok(day("2025-02-05")));
    }

    #[test]
    fn wc_54_fifteen_working_days_without_holidays() {
        assert_eq!(calendar_2025().end_of(day("2025-03-03"), DayCount::WorkingDays(15)), Ok(day("2025-03-24")));
    }

    #[test]
    fn kinds_of_day_are_not_mixed() {
        let legal = ["2025-01-01", "2025-01-28", "2025-01-29", "2025-01-30", "2025-01-31"];
        let calendar = calendar_2025().with_legal_holidays(legal.map(day));
        for (on, kind) in [
            ("2025-01-27", DayKind::WorkingDay),
            ("2025-01-26", DayKind::MakeUpWorkingDay),
            ("2025-01-31", DayKind::LegalHoliday),
            ("2025-02-01", DayKind::RestDay),
            ("2025-02-04", DayKind::RestDay),
        ] {
            assert_eq!(calendar.kind_of(day(on)), Ok(kind), "{on}");
            assert_eq!(calendar.is_working_day(day(on)), Ok(kind.is_worked()), "{on}");
        }
        assert_eq!(calendar.kind_of(day("2026-01-01")), Err(CalendarError::YearUnknown { year: 2026 }));
    }

    #[test]
    fn an_unknown_year_is_refused() {
        assert_eq!(
            calendar_2025().end_of(day("2025-12-25"), DayCount::WorkingDays(15)),
            Err(CalendarError::YearUnknown { year: 2026 })
        );
        assert_eq!(calendar_2025().end_of(day("2025-12-25"), DayCount::Days(15)), Ok(day("2026-01-09")));
    }
}
