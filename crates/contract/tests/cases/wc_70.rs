//! WC-70: Beijing's cooling-off: seven days unused, paid back in five (from 1 June 2022).

use contract::RefundCause::Consumer;
use contract::refund::{RefundBasis, RefundFacts};

use crate::common::{answer_in, day, facts, fen, lot};

fn case(requested_on: &str, used: &str) -> RefundFacts {
    let mut case = facts(Consumer, vec![lot("40", "0", 400_000, Some(15_000))], used);
    case.paid_on = day("2022-06-10");
    case.requested_on = day(requested_on);
    case.first_lesson_on = None;
    case.same_service_before = Some(true);
    case
}

#[test]
fn wc_70_seven_days_unused() {
    let told = answer_in("110000", &case("2022-06-17", "0"));
    assert_eq!((fen(&told), told.sum.basis), (400_000, RefundBasis::CoolingOff));
    assert_eq!(told.due.on, Some(day("2022-06-22")));
    let late = answer_in("110000", &case("2022-06-18", "0"));
    assert_ne!(late.sum.basis, RefundBasis::CoolingOff);
    assert_eq!(late.due.on, Some(day("2022-07-03")), "art. 17: 15 days");
    assert_ne!(answer_in("110000", &case("2022-06-17", "1")).sum.basis, RefundBasis::CoolingOff, "used");
    assert_ne!(answer_in("120000", &case("2022-06-17", "0")).sum.basis, RefundBasis::CoolingOff, "not in Tianjin");
    let mut before_the_regulation = case("2022-05-31", "0");
    before_the_regulation.paid_on = day("2022-05-30");
    assert_ne!(answer_in("110000", &before_the_regulation).sum.basis, RefundBasis::CoolingOff);
}
