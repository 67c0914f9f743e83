//! What the cases share: facts to start from, and the law of a place and day.

use contract::refund::{
    ConsumerBasis, CoolingOff, InterestLaw, LotFacts, Prepaid, Rates, RefundAnswer, RefundCause, RefundFacts,
    RefundLaw, Sourced, refund,
};
use kernel::{Calendar, ClassHours, Day, DayCount, Fen};

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

pub fn law() -> RefundLaw {
    RefundLaw {
        not_consumer: "s18".to_owned(),
        consumer: Sourced { value: ConsumerBasis::ListPrice, source: "s19".to_owned() },
        consumer_otherwise: Sourced { value: ConsumerBasis::DealPrice, source: "education".to_owned() },
        pass: "s22".to_owned(),
        cooling_off: vec![CoolingOff {
            days: DayCount::Days(7),
            unused_only: false,
            first_time_only: true,
            pay_back: None,
            source: "s14".to_owned(),
        }],
        before_first_lesson: "before".to_owned(),
        pay_back_before_start: Sourced { value: DayCount::Days(5), source: "5".to_owned() },
        pay_back_after_start: Sourced { value: DayCount::Days(15), source: "15".to_owned() },
        interest: Sourced { value: InterestLaw::ByCause, source: "s16".to_owned() },
    }
}

pub fn answer(facts: &RefundFacts) -> RefundAnswer {
    refund(facts, &law(), &Calendar::default()).unwrap()
}

pub fn fen(answer: &RefundAnswer) -> i64 {
    let sum = answer.sum.lines.iter().map(|line| line.amount.fen()).sum::<i64>();
    assert_eq!(sum, answer.sum.amount.fen(), "lines add up");
    sum
}
