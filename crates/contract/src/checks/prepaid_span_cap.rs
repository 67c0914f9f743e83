//! One charge covers a limited span of time, counted from the first lesson to the last: with a cap
//! of 3 months, lessons from 1 March may go on until 1 June (Civil Code art. 1259: the cap itself is
//! allowed; art. 202: the same day of the month, or the month's last).

use kernel::{RuleId, Violation};
use policy::Policy;

use super::Teaching;

/// First and last lesson.
pub(super) fn check(teaching: &Teaching, policy: &Policy) -> Option<Violation> {
    let cap = policy.prepaid_span_months_max.in_force()?;
    let latest = teaching.first_on.plus_months(i32::from(cap.value));
    match latest {
        Ok(latest) if teaching.last_on <= latest => None,
        // Past the accepted years there is no lesson either.
        latest => Some(
            Violation::of(RuleId::PrepaidSpanCap)
                .with(latest.unwrap_or(teaching.first_on), teaching.last_on)
                .source(&cap.source)
                .field(teaching.last_field),
        ),
    }
}
