//! WC-65: seven days from payment, whatever was taken (法释〔2025〕4号 art. 14).

use contract::RefundCause::Consumer;
use contract::refund::{RefundBasis, RefundFacts};

use crate::common::{answer, day, facts, fen, lot};

fn case(requested_on: &str, before: Option<bool>) -> RefundFacts {
    let mut case = facts(Consumer, vec![lot("20", "0", 400_000, Some(30_000))], "1");
    case.paid_on = day("2025-10-06");
    case.first_lesson_on = Some(day("2025-10-07"));
    case.requested_on = day(requested_on);
    case.same_service_before = before;
    case
}

#[test]
fn wc_65_seven_days() {
    let last_day = answer(&case("2025-10-13", Some(false)));
    assert_eq!((fen(&last_day), last_day.sum.basis), (400_000, RefundBasis::CoolingOff));
    assert_eq!(fen(&answer(&case("2025-10-14", Some(false)))), 370_000);
    assert_eq!(fen(&answer(&case("2025-10-13", Some(true)))), 370_000);
}

#[test]
fn wc_65_what_is_not_known_is_not_guessed() {
    let open = answer(&case("2025-10-13", None));
    assert_eq!(fen(&open), 370_000);
    assert!(open.alternatives.iter().any(|a| a.sum.amount.fen() == 400_000 && a.sum.basis == RefundBasis::CoolingOff));
}
