//! A fee is not taken before its time: so long before the first lesson, or, where the pupil is still
//! being taught, once no more than so many hours are left. A pupil without hours left begins anew, so
//! the time before the class holds.

use kernel::{Calendar, Day, DayCount, RuleId, Violation};
use policy::Policy;

use super::fee::FeeFacts;

/// The earliest day that a term before a class allows.
fn earliest(first_on: Day, before: DayCount, calendar: &Calendar) -> Option<Day> {
    match before {
        DayCount::Days(n) => first_on.plus_days(i32::from(n).saturating_neg()).ok(),
        DayCount::Months(n) => first_on.plus_months(i32::from(n).saturating_neg()).ok(),
        DayCount::WorkingDays(n) => {
            let mut day = first_on;
            let mut left = n;
            while left > 0 {
                day = day.plus_days(-1).ok()?;
                if calendar.is_working_day(day).ok()? {
                    left = left.saturating_sub(1);
                }
            }
            Some(day)
        }
    }
}

/// The day of collection.
pub(super) fn check(facts: &FeeFacts, policy: &Policy, calendar: &Calendar) -> Option<Violation> {
    let rule = policy.earliest_charge.in_force()?;
    let remaining = facts.remaining_hours_before;
    if !remaining.is_zero() && rule.value.hours_left_max.is_some_and(|max| remaining <= max) {
        return None;
    }
    let broken = |limit: String, actual: String, field| {
        Some(Violation::of(RuleId::EarliestCharge).with(limit, actual).source(&rule.source).field(field))
    };
    let Some(before) = rule.value.before_class else {
        let max = rule.value.hours_left_max?;
        return if remaining.is_zero() {
            None
        } else {
            broken(max.to_string(), remaining.to_string(), "remaining_hours_before")
        };
    };
    let earliest = earliest(facts.first_lesson_on, before, calendar)?;
    if facts.collected_on >= earliest {
        return None;
    }
    broken(earliest.to_string(), facts.collected_on.to_string(), "collected_on")
}
