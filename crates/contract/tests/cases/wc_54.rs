//! WC-54: Wuhu pays within 15 working days after the order is consumed; a complaint puts it off.

use escrow::reserve::{Pause, release_by};
use kernel::DayCount;

use crate::common::{day, policy};

#[test]
fn wc_54_fifteen_working_days_and_a_complaint() {
    let calendar = policy::calendar().unwrap();
    let wuhu = policy("340200", "2025-03-03");
    let within = wuhu.release_within.in_force().unwrap().value;
    assert_eq!(within, DayCount::WorkingDays(15));
    let consumed_on = day("2025-03-03");
    assert_eq!(release_by(consumed_on, within, &[], &calendar), Ok(day("2025-03-24")));
    let complaint = Pause { from_on: day("2025-03-10"), until_on: day("2025-03-14") };
    assert_eq!(release_by(consumed_on, within, &[complaint], &calendar), Ok(day("2025-03-31")));
    // Calendar days stand still too; a complaint outside the clock changes nothing.
    assert_eq!(release_by(consumed_on, DayCount::Days(15), &[complaint], &calendar), Ok(day("2025-03-23")));
    let later = Pause { from_on: day("2025-04-07"), until_on: day("2025-04-08") };
    assert_eq!(release_by(consumed_on, within, &[later], &calendar), Ok(day("2025-03-24")));
}
