//! What the cases share: facts to start from, and the law of a place and day.

use std::sync::LazyLock;

use contract::refund::{LotFacts, Prepaid, Rates, RefundAnswer, RefundCause, RefundFacts, RefundLaw, refund};
use kernel::{ClassHours, Day, Fen};
use policy::{Policy, PolicySet};

pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

pub fn hours(text: &str) -> ClassHours {
    text.parse().unwrap()
}

pub fn lot(paid: &str, gift: &str, price_fen: i64, list_fen: Option<i64>) -> LotFacts {
    LotFacts {
        paid_hours: hours(paid),
        gift_hours: hours(gift),
        price: Fen::new(price_fen),
        paid: Fen::new(price_fen),
        list_price_per_hour: list_fen.map(Fen::new),
        market_price_per_hour: None,
        used: ClassHours::ZERO,
    }
}

/// Lots with hours used first in, first out; asked for in September 2025, paid in June.
pub fn facts(cause: RefundCause, lots: Vec<LotFacts>, used: &str) -> RefundFacts {
    let lots = LotFacts::first_in_first_out(lots, hours(used)).unwrap();
    with(cause, Prepaid::Hours(lots))
}

pub fn with(cause: RefundCause, prepaid: Prepaid) -> RefundFacts {
    RefundFacts {
        cause,
        prepaid,
        paid_on: day("2025-06-01"),
        requested_on: day("2025-09-16"),
        first_lesson_on: Some(day("2025-06-14")),
        same_service_before: Some(false),
        agreed_share: None,
        agreed_full_refund: None,
        rates: Rates::default(),
        interest_from_on: None,
        interest_until_on: None,
    }
}

/// Gansu has no rules of its own: the nation's.
pub const NATION: &str = "620000";

static SET: LazyLock<PolicySet> = LazyLock::new(|| PolicySet::shipped().unwrap());

pub fn policy(region: &str, on: &str) -> Policy {
    SET.resolve_known(region.parse().unwrap(), day(on))
}

pub fn answer_in(region: &str, facts: &RefundFacts) -> RefundAnswer {
    let policy = policy(region, &facts.requested_on.to_string());
    refund(facts, &RefundLaw::of(&policy).unwrap(), &policy::calendar().unwrap()).unwrap()
}

pub fn answer(facts: &RefundFacts) -> RefundAnswer {
    answer_in(NATION, facts)
}

pub fn fen(answer: &RefundAnswer) -> i64 {
    let sum = answer.sum.lines.iter().map(|line| line.amount.fen()).sum::<i64>();
    assert_eq!(sum, answer.sum.amount.fen(), "lines add up");
    sum
}
