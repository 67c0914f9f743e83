//! How much of a statutory time is left.

use kernel::{Calendar, CalendarError, Day};

/// Longest time that is counted in working days, days; beyond it calendars are not published anyway.
const FAR: i32 = 800;

/// Working days from the day after `today` to `due`, both ends of that span counted; negative when `due`
/// is past, by so many working days.
///
/// # Errors
/// [`CalendarError::YearUnknown`] where a year on the way has no published calendar.
pub fn working_days_left(calendar: &Calendar, today: Day, due: Day) -> Result<i32, CalendarError> {
    let span = today.days_until(due);
    let (from, days, sign) = if span >= 0 { (today, span, 1) } else { (due, span.saturating_neg(), -1) };
    let mut count: i32 = 0;
    for n in 1..=days.min(FAR) {
        if calendar.is_working_day(from.plus_days(n)?)? {
            count = count.saturating_add(1);
        }
    }
    Ok(count.saturating_mul(sign))
}
