//! Instants (UTC, microseconds) and calendar days (in the jurisdiction's zone). Nothing here asks
//! what time it is: the request takes `now` once and hands it down.

use std::fmt;
use std::str::FromStr;

use jiff::{Timestamp, civil::Date, tz::Offset};

/// First and last year accepted anywhere: a date in the wrong century is a typing error.
pub const YEARS: std::ops::RangeInclusive<i16> = 1990..=2199;

/// China Standard Time, UTC+8 without daylight saving since 1992 (Asia/Shanghai).
const ZONE: Offset = Offset::constant(8);

/// Why a text is not a day or an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Not of the form `YYYY-MM-DD`, or no such day.
    #[error("not a calendar day (YYYY-MM-DD)")]
    NotADay,
    /// Not of the form `HH:MM`, or no such time.
    #[error("not a time of day (HH:MM)")]
    NotATime,
    /// Not RFC 3339.
    #[error("not an instant (RFC 3339)")]
    NotAnInstant,
    /// Outside [`YEARS`].
    #[error("year {year} is outside 1990 to 2199")]
    WrongCentury {
        /// The year given.
        year: i16,
    },
}

/// A calendar day in the jurisdiction's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

impl Day {
    /// A day by its numbers.
    ///
    /// # Errors
    /// [`TimeError`].
    pub fn try_new(year: i16, month: i8, day: i8) -> Result<Day, TimeError> {
        Self::try_from_date(Date::new(year, month, day).map_err(|_| TimeError::NotADay)?)
    }

    fn try_from_date(date: Date) -> Result<Day, TimeError> {
        if YEARS.contains(&date.year()) { Ok(Day(date)) } else { Err(TimeError::WrongCentury { year: date.year() }) }
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// Saturday or Sunday?
    pub fn is_weekend(self) -> bool {
        matches!(self.0.weekday(), jiff::civil::Weekday::Saturday | jiff::civil::Weekday::Sunday)
    }

    /// `n` days later (earlier when negative).
    ///
    /// # Errors
    /// [`TimeError::WrongCentury`] past the accepted years.
    pub fn plus_days(self, n: i32) -> Result<Day, TimeError> {
        let span = jiff::Span::new().try_days(n).map_err(|_| TimeError::NotADay)?;
        Self::try_from_date(self.0.checked_add(span).map_err(|_| TimeError::WrongCentury { year: self.0.year() })?)
    }

    /// `n` months later: the same day of that month, or its last day when there is no such day
    /// (Civil Code art. 202).
    ///
    /// # Errors
    /// [`TimeError::WrongCentury`] past the accepted years.
    pub fn plus_months(self, n: i32) -> Result<Day, TimeError> {
        let span = jiff::Span::new().try_months(n).map_err(|_| TimeError::NotADay)?;
        Self::try_from_date(self.0.checked_add(span).map_err(|_| TimeError::WrongCentury { year: self.0.year() })?)
    }

    /// Days from `self` to `later`; negative when `later` is before.
    pub fn days_until(self, later: Day) -> i32 {
        self.0.until(later.0).map_or(0, |span| span.get_days())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Day {
    type Err = TimeError;
    fn from_str(s: &str) -> Result<Self, TimeError> {
        let shape = s.len() == 10
            && s.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
        if !shape {
            return Err(TimeError::NotADay);
        }
        Self::try_from_date(s.parse().map_err(|_| TimeError::NotADay)?)
    }
}

/// An instant, UTC, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(Timestamp);

impl Instant {
    /// From microseconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// [`TimeError`] outside the accepted years.
    pub fn try_from_micros(micros: i64) -> Result<Instant, TimeError> {
        Self::try_from_timestamp(Timestamp::from_microsecond(micros).map_err(|_| TimeError::NotAnInstant)?)
    }

    fn try_from_timestamp(timestamp: Timestamp) -> Result<Instant, TimeError> {
        let whole = Timestamp::from_microsecond(timestamp.as_microsecond()).map_err(|_| TimeError::NotAnInstant)?;
        let year = Offset::UTC.to_datetime(whole).year();
        if YEARS.contains(&year) { Ok(Instant(whole)) } else { Err(TimeError::WrongCentury { year }) }
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub fn micros(self) -> i64 {
        self.0.as_microsecond()
    }

    /// `micros` later.
    ///
    /// # Errors
    /// [`TimeError`] past the accepted years.
    pub fn plus_micros(self, micros: i64) -> Result<Instant, TimeError> {
        Self::try_from_micros(self.micros().saturating_add(micros))
    }

    /// The calendar day in the jurisdiction's zone.
    pub fn day(self) -> Day {
        Day(ZONE.to_datetime(self.0).date())
    }

    /// Midnight at the start of a day in the jurisdiction's zone.
    ///
    /// # Errors
    /// [`TimeError`] at the edge of the accepted years.
    pub fn start_of(day: Day) -> Result<Instant, TimeError> {
        Self::try_from_timestamp(ZONE.to_timestamp(day.0.at(0, 0, 0, 0)).map_err(|_| TimeError::NotAnInstant)?)
    }

    /// Any RFC 3339 instant with an offset, as clients write them; finer than a microsecond is cut.
    ///
    /// # Errors
    /// [`TimeError`].
    pub fn parse_rfc3339(s: &str) -> Result<Instant, TimeError> {
        if s.len() > 40 || !s.contains('T') {
            return Err(TimeError::NotAnInstant);
        }
        Self::try_from_timestamp(s.parse().map_err(|_| TimeError::NotAnInstant)?)
    }
}

/// Canonical text: RFC 3339 UTC with six digits, as in ledger entries.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}", self.0)
    }
}

/// The inverse of `Display`; refuses other spellings (see [`Instant::parse_rfc3339`]).
impl FromStr for Instant {
    type Err = TimeError;
    fn from_str(s: &str) -> Result<Self, TimeError> {
        let instant = Self::parse_rfc3339(s)?;
        if instant.to_string() == s { Ok(instant) } else { Err(TimeError::NotAnInstant) }
    }
}

/// A time of day to the minute, `20:30`, in the jurisdiction's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// By minutes since midnight, 0 to 1439; none beyond.
    pub const fn from_minutes(minutes: u16) -> Option<TimeOfDay> {
        if minutes < 1440 { Some(TimeOfDay(minutes)) } else { None }
    }

    /// Minutes since midnight.
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl FromStr for TimeOfDay {
    type Err = TimeError;
    fn from_str(s: &str) -> Result<Self, TimeError> {
        let two = |s: &str| (s.len() == 2 && s.bytes().all(|b| b.is_ascii_digit())).then(|| s.parse::<u16>().ok());
        let (hours, minutes) = s.split_once(':').ok_or(TimeError::NotATime)?;
        match (two(hours).flatten(), two(minutes).flatten()) {
            (Some(hours @ 0..=23), Some(minutes @ 0..=59)) => {
                Ok(TimeOfDay(hours.saturating_mul(60).saturating_add(minutes)))
            }
            _ => Err(TimeError::NotATime),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        assert_eq!("2026-11-22".parse::<Day>().unwrap().to_string(), "2026-11-22");
        for bad in ["", "2026-2-3", "2026-02-30", "20260203", "2026-11-22T00:00:00", "+002026-11-22"] {
            assert_eq!(bad.parse::<Day>(), Err(TimeError::NotADay), "{bad}");
        }
        assert_eq!("0026-11-22".parse::<Day>(), Err(TimeError::WrongCentury { year: 26 }));
        let day = Day::try_new(2026, 1, 31).unwrap();
        assert_eq!(day.plus_months(1).unwrap().to_string(), "2026-02-28");
        assert_eq!(day.days_until(day.plus_days(400).unwrap()), 400);
    }

    #[test]
    fn instants_have_one_canonical_text() {
        let at: Instant = Instant::parse_rfc3339("2026-11-22T17:30:00.1234567+08:00").unwrap();
        assert_eq!(at.to_string(), "2026-11-22T09:30:00.123456Z");
        assert_eq!("2026-11-22T09:30:00.123456Z".parse(), Ok(at));
        for other in ["2026-11-22T09:30:00.1234560Z", "2026-11-22T17:30:00.123456+08:00", "2026-11-22t09:30:00.123456Z"]
        {
            assert!(other.parse::<Instant>().is_err(), "{other}");
        }
        for bad in ["", "2026-11-22", "2026-11-22T09:30:00", "1999999-01-01T00:00:00Z", "0001-01-01T00:00:00Z"] {
            assert!(Instant::parse_rfc3339(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_of_day() {
        for (text, minutes) in [("00:00", 0), ("20:30", 1230), ("23:59", 1439)] {
            let time: TimeOfDay = text.parse().unwrap();
            assert_eq!((time.minutes(), time.to_string().as_str()), (minutes, text));
            assert_eq!(TimeOfDay::from_minutes(minutes), Some(time));
        }
        for bad in ["", "24:00", "20:60", "2:30", "20:3", "20.30", "+1:00", "20:30:00", "２０:３０"] {
            assert_eq!(bad.parse::<TimeOfDay>(), Err(TimeError::NotATime), "{bad}");
        }
        assert_eq!(TimeOfDay::from_minutes(1440), None);
    }

    #[test]
    fn the_day_is_local() {
        let late = Instant::parse_rfc3339("2026-11-22T16:00:00Z").unwrap();
        assert_eq!(late.day().to_string(), "2026-11-23");
        assert_eq!(Instant::start_of(late.day()).unwrap(), late);
    }
}
