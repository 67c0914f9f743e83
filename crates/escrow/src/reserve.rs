//! Floors under prepaid money: the risk deposit, what a batch release must leave behind, and the day
//! of a release whose clock a complaint stops.

use kernel::{Calendar, CalendarError, Day, DayCount, Fen, fen::FenError};

/// The floor of a risk deposit: all pupils' fees of one charging cycle, and never less than what is
/// not yet taught (教监管函〔2021〕2号; 内蒙古).
///
/// # Errors
/// [`FenError::Overflow`].
pub fn deposit_floor(fees_of_cycle: impl IntoIterator<Item = Fen>, undelivered: Fen) -> Result<Fen, FenError> {
    Ok(Fen::try_sum(fees_of_cycle)?.max(undelivered))
}

/// Most that a batch may release: after it the supervised balance still covers all that is not yet
/// taught (江苏 2021).
///
/// # Errors
/// [`FenError::Overflow`].
pub fn releasable(balance: Fen, undelivered: Fen) -> Result<Fen, FenError> {
    Ok(balance.checked_sub(undelivered)?.max(Fen::ZERO))
}

/// A stretch of days on which a clock stands still, both ends in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// First day.
    pub from_on: Day,
    /// Last day.
    pub until_on: Day,
}

/// The last day to release money after an event, the clock standing still during pauses (芜湖 2022: a
/// complaint puts the day off).
///
/// # Errors
/// [`CalendarError`].
pub fn release_by(
    consumed_on: Day,
    within: DayCount,
    pauses: &[Pause],
    calendar: &Calendar,
) -> Result<Day, CalendarError> {
    let counts = |day: Day| -> Result<bool, CalendarError> {
        if pauses.iter().any(|pause| pause.from_on <= day && day <= pause.until_on) {
            return Ok(false);
        }
        match within {
            DayCount::WorkingDays(_) => calendar.is_working_day(day),
            DayCount::Days(_) | DayCount::Months(_) => Ok(true),
        }
    };
    let planned = calendar.end_of(consumed_on, within)?;
    let mut left = match within {
        DayCount::Days(n) | DayCount::WorkingDays(n) => i32::from(n),
        DayCount::Months(_) => consumed_on.days_until(planned),
    };
    let mut day = consumed_on;
    while left > 0 {
        day = day.plus_days(1)?;
        if counts(day)? {
            left = left.saturating_sub(1);
        }
    }
    Ok(day)
}
