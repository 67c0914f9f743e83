//! The refund calculator: which computation holds by cause, day and place, what the other texts would
//! give, interest, and the last day to pay. Pure: facts and law go in, an answer comes out.
//!
//! Order of what decides: the parties' days of full refund, the rights to step back within days of
//! payment, all back before the first lesson, the contract's own share of the balance, and then the
//! cause: not the consumer's (法释〔2025〕4号 art. 18) or the consumer's (art. 19, 20, or the place's own
//! rule). A pass by time goes by its remaining term (art. 22) whoever caused it.

mod answer;
mod facts;
mod interest;
mod law;
mod sums;

use kernel::{Calendar, Day, Fen, Percent, class_hours::ClassHoursError, fen::FenError};

pub use answer::{Alternative, Due, Interest, Line, RefundAnswer, RefundBasis, RefundRule, Said, Sum};
pub use facts::{AgreedFullRefund, LotFacts, Pass, Prepaid, Rates, RefundCause, RefundFacts, StoredValue};
pub use law::{ConsumerBasis, CoolingOff, RefundLaw, Sourced};
use sums::Price;

/// Why there is no answer: what was told cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefundError {
    /// Nothing was bought.
    #[error("no lots")]
    NoLots,
    /// A lot without hours has no price per hour.
    #[error("lot {index} has no hours")]
    LotWithoutHours {
        /// Which, from 0.
        index: usize,
    },
    /// More was paid for a lot than it costs.
    #[error("lot {index}: {actual} fen paid of {limit}")]
    PaidAbovePrice {
        /// Which, from 0.
        index: usize,
        /// Its price.
        limit: Fen,
        /// Paid.
        actual: Fen,
    },
    /// More hours used than bought.
    #[error("{actual} hours used of {limit}")]
    UsedAboveBought {
        /// Hours bought, gift hours included.
        limit: kernel::ClassHours,
        /// Hours used.
        actual: kernel::ClassHours,
    },
    /// The last day of a pass is before its first, or its gift ends before what was paid for.
    #[error("a pass from {from_on} until {until_on}")]
    PassOrder {
        /// First day.
        from_on: Day,
        /// Last day.
        until_on: Day,
    },
    /// The service stopped outside the term, or after the refund was asked for.
    #[error("stopped on {actual}, outside {from_on} to {until_on}")]
    StoppedOutside {
        /// First day possible.
        from_on: Day,
        /// Last day possible.
        until_on: Day,
        /// Day given.
        actual: Day,
    },
    /// Less credit than money paid, or none.
    #[error("credit of {actual} fen for {limit} paid")]
    CreditBelowPaid {
        /// Money paid.
        limit: Fen,
        /// Credit.
        actual: Fen,
    },
    /// More credit used than received.
    #[error("credit of {actual} fen used of {limit}")]
    UsedAboveCredit {
        /// Credit received.
        limit: Fen,
        /// Credit used.
        actual: Fen,
    },
    /// Asked back before it was paid.
    #[error("requested on {requested_on}, paid on {paid_on}")]
    RequestedBeforePaid {
        /// Day of payment.
        paid_on: Day,
        /// Day of the request.
        requested_on: Day,
    },
    /// A share above the whole.
    #[error("a share of {actual} %")]
    ShareAboveAll {
        /// Share given.
        actual: Percent,
    },
    /// Interest ends before it begins.
    #[error("interest from {from_on} until {until_on}")]
    InterestOrder {
        /// First day.
        from_on: Day,
        /// Last day.
        until_on: Day,
    },
    /// Money arithmetic.
    #[error(transparent)]
    Fen(#[from] FenError),
    /// Hour arithmetic.
    #[error(transparent)]
    Hours(#[from] ClassHoursError),
    /// Days past the accepted years.
    #[error(transparent)]
    Time(#[from] kernel::time::TimeError),
}

const AGREED: &str = "合同约定（法释〔2025〕4号第十四条、第十八条、第十九条：从对消费者更有利的约定）";
const AGREED_SHARE: &str = "合同约定的退还比例；低于依法计算的余额时，消费者可依《消费者权益保护法》第二十六条、《民法典》第四百九十七条主张无效";

/// The refund.
///
/// # Errors
/// [`RefundError`] for facts that cannot be.
pub fn refund(facts: &RefundFacts, law: &RefundLaw, calendar: &Calendar) -> Result<RefundAnswer, RefundError> {
    facts.check()?;
    let mut notes = Vec::new();
    let by_cause = by_cause(facts, law)?;
    let stepped_back = step_back(facts, law, calendar)?;
    let (sum, candidates, pay_back) = match stepped_back {
        Some((sum, pay_back)) => {
            let when = Said::new(
                "不具备全额退还的条件时（例如此前已获得过相同服务）",
                "if the conditions of a full refund are not met (the same service was received before, for instance)",
            );
            let (sum_by_cause, mut others) = by_cause;
            others.insert(0, Alternative { sum: sum_by_cause, when });
            (sum, others, pay_back)
        }
        None => {
            let (sum, others) = with_share(facts, law, by_cause, &mut notes)?;
            (sum, others, None)
        }
    };
    let mut candidates = candidates;
    candidates.extend(open_cooling_off(facts, law, calendar)?);
    let alternatives = differing(&sum, candidates);
    if let Some(more) = alternatives.iter().filter(|a| a.sum.amount > sum.amount).max_by_key(|a| a.sum.amount) {
        notes.push(Said::new(
            format!("另有依据可得更多：{}（{}），见备选。", more.sum.amount.to_yuan(), more.sum.source),
            format!(
                "another basis gives more: {} ({}); see the alternatives",
                more.sum.amount.to_yuan(),
                more.sum.source
            ),
        ));
    }
    let interest = interest::interest(facts, law, sum.amount)?;
    let due = due(facts, law, calendar, pay_back, &mut notes)?;
    Ok(RefundAnswer { sum, alternatives, interest, due, notes })
}

/// Only sums that differ, each once.
fn differing(sum: &Sum, candidates: Vec<Alternative>) -> Vec<Alternative> {
    let mut kept: Vec<Alternative> = Vec::new();
    for candidate in candidates {
        if candidate.sum.amount != sum.amount && kept.iter().all(|k| k.sum.amount != candidate.sum.amount) {
            kept.push(candidate);
        }
    }
    kept
}

/// What the cause decides, and what other texts would give.
fn by_cause(facts: &RefundFacts, law: &RefundLaw) -> Result<(Sum, Vec<Alternative>), RefundError> {
    let (prepaid, on) = (&facts.prepaid, facts.requested_on);
    let is_pass = matches!(prepaid, Prepaid::Pass(_));
    if facts.cause != RefundCause::Consumer {
        let source = if is_pass { &law.pass } else { &law.not_consumer };
        return Ok((sums::at(prepaid, Price::AllHours, on, source)?, Vec::new()));
    }
    if is_pass {
        // Days given on top are no price before discount; whether they count is not written.
        let sum = sums::at(prepaid, Price::PaidHours, on, &law.pass)?;
        let when = Said::new("赠送的期限计入全部期限时", "if the days given on top belong to the whole term");
        return Ok((sum, vec![Alternative { sum: sums::at(prepaid, Price::AllHours, on, &law.pass)?, when }]));
    }
    let price = |basis| match basis {
        ConsumerBasis::ListPrice => Price::List,
        ConsumerBasis::DealPrice => Price::AllHours,
    };
    let sum = sums::at(prepaid, price(law.consumer.value), on, &law.consumer.source)?;
    let mut others = Vec::new();
    if sums::is_discounted(prepaid) {
        let (other, when) = (&law.consumer_otherwise, otherwise_said(law.consumer_otherwise.value));
        others.push(Alternative { sum: sums::at(prepaid, price(other.value), on, &other.source)?, when });
        if let Prepaid::Hours(lots) = prepaid {
            others.extend(hours_otherwise(lots, prepaid, on, law)?);
        }
    }
    Ok((sum, others))
}

fn otherwise_said(basis: ConsumerBasis) -> Said {
    match basis {
        ConsumerBasis::DealPrice => Said::new(
            "约定按实付价折算，或适用教育行政部门按比例退费的规定时",
            "if the deal price was agreed, or the education rules on proportional refunds apply",
        ),
        ConsumerBasis::ListPrice => {
            Said::new("按打折前价格计算时", "if what was taken counts at the price before discount")
        }
    }
}

/// Gift hours left out, and the market price where one is given.
fn hours_otherwise(
    lots: &[LotFacts],
    prepaid: &Prepaid,
    on: Day,
    law: &RefundLaw,
) -> Result<Vec<Alternative>, RefundError> {
    let mut others = Vec::new();
    if lots.iter().any(|lot| !lot.gift_hours.is_zero()) {
        let when = Said::new(
            "因消费者原因退费、赠送课时不计入时（是否计入未有定论）",
            "if gift hours are left out of a refund that the consumer caused (the texts do not settle it)",
        );
        others.push(Alternative { sum: sums::at(prepaid, Price::PaidHours, on, &law.consumer.source)?, when });
    }
    if lots.iter().any(|lot| lot.market_price_per_hour.is_some()) {
        let when = Said::new(
            "打折前价格明显不合理且经营者不能提供交易记录时",
            "if the price before discount is plainly unreasonable and the institution cannot prove it",
        );
        others.push(Alternative { sum: sums::at(prepaid, Price::Market, on, &law.consumer.source)?, when });
    }
    Ok(others)
}

/// The contract's own share before what the cause decides.
fn with_share(
    facts: &RefundFacts,
    law: &RefundLaw,
    (by_cause, mut others): (Sum, Vec<Alternative>),
    notes: &mut Vec<Said>,
) -> Result<(Sum, Vec<Alternative>), RefundError> {
    let Some(share) = facts.agreed_share else { return Ok((by_cause, others)) };
    let agreed = sums::share(&facts.prepaid, share, facts.requested_on, AGREED_SHARE)?;
    if facts.cause == RefundCause::Neither && share < Percent::HUNDRED {
        // Nobody broke the contract, so there is nothing that a deduction could make good.
        notes.push(Said::new(
            format!("双方均无过错，合同约定只退 {share}% 没有违约可言，不适用（《民法典》第五百八十五条；法释〔2025〕4号第十三条第二款）。"),
            format!("nobody is at fault: the contract's {share}% is a penalty without a breach and is not applied"),
        ));
        let when = Said::new("仍按合同约定比例退还时", "if the contract's share were applied all the same");
        others.insert(0, Alternative { sum: agreed, when });
        return Ok((by_cause, others));
    }
    let when = Said::new(
        "约定比例无效或不适用时，依法计算",
        "if the agreed share is void or does not apply: what the law gives",
    );
    let proportional = sums::at(&facts.prepaid, Price::AllHours, facts.requested_on, &law.not_consumer)?;
    others.insert(0, Alternative { sum: by_cause, when: when.clone() });
    others.insert(1, Alternative { sum: proportional, when });
    Ok((agreed, others))
}

/// All back, if a right to it holds; with the right's own time to pay.
type SteppedBack = Option<(Sum, Option<Sourced<kernel::DayCount>>)>;

fn step_back(facts: &RefundFacts, law: &RefundLaw, calendar: &Calendar) -> Result<SteppedBack, RefundError> {
    let prepaid = &facts.prepaid;
    if let (Some(agreed), Some(first_on)) = (facts.agreed_full_refund, facts.first_lesson_on)
        && is_agreed_full(agreed, first_on, facts.requested_on)?
    {
        let why = Said::new(
            "在约定的全额退费期内提出，已兑付部分不扣减",
            "asked for on days agreed for a full refund: nothing is deducted",
        );
        return Ok(Some((sums::full(prepaid, RefundBasis::AgreedFullRefund, why, AGREED)?, None)));
    }
    let holding: Vec<&CoolingOff> =
        law.cooling_off.iter().filter(|right| holds(right, facts, calendar) == Some(true)).collect();
    // Of several the one with its own time to pay: it is never later than the general one.
    if let Some(right) = holding.iter().find(|right| right.pay_back.is_some()).or(holding.first()) {
        let why = Said::new(
            format!("付款后冷静期内提出（{} 付款），全额退还本金", facts.paid_on),
            format!("asked for within the days after payment on {}: all is given back", facts.paid_on),
        );
        let sum = sums::full(prepaid, RefundBasis::CoolingOff, why, &right.source)?;
        let pay_back = right.pay_back.map(|value| Sourced { value, source: right.source.clone() });
        return Ok(Some((sum, pay_back)));
    }
    if facts.first_lesson_on.is_some_and(|first_on| facts.requested_on < first_on)
        && prepaid.is_unused(facts.requested_on)
    {
        let why = Said::new("开课前提出，全额退还", "asked for before the first lesson: all is given back");
        let sum = sums::full(prepaid, RefundBasis::BeforeFirstLesson, why, &law.before_first_lesson)?;
        return Ok(Some((sum, None)));
    }
    Ok(None)
}

fn is_agreed_full(agreed: AgreedFullRefund, first_on: Day, on: Day) -> Result<bool, RefundError> {
    let early = first_on.plus_days(i32::from(agreed.days_before_start).saturating_neg())?;
    let late = first_on.plus_days(i32::from(agreed.days_after_start))?;
    Ok(on <= early || (first_on <= on && on <= late))
}

/// Does a right to step back hold? None where it hangs on what is not known.
fn holds(right: &CoolingOff, facts: &RefundFacts, calendar: &Calendar) -> Option<bool> {
    let last_on = calendar.end_of(facts.paid_on, right.days).ok()?;
    if facts.requested_on > last_on || (right.unused_only && !facts.prepaid.is_unused(facts.requested_on)) {
        return Some(false);
    }
    if right.first_time_only { facts.same_service_before.map(|before| !before) } else { Some(true) }
}

/// Rights to step back that hang on whether the same service had been received before.
fn open_cooling_off(
    facts: &RefundFacts,
    law: &RefundLaw,
    calendar: &Calendar,
) -> Result<Vec<Alternative>, RefundError> {
    let open = law.cooling_off.iter().filter(|right| holds(right, facts, calendar).is_none());
    open.map(|right| {
        let when = Said::new("此前未获得过相同服务时", "if the same service had not been received before");
        let sum = sums::full(&facts.prepaid, RefundBasis::CoolingOff, when.clone(), &right.source)?;
        Ok(Alternative { sum, when })
    })
    .collect()
}

fn due(
    facts: &RefundFacts,
    law: &RefundLaw,
    calendar: &Calendar,
    own: Option<Sourced<kernel::DayCount>>,
    notes: &mut Vec<Said>,
) -> Result<Due, RefundError> {
    let begun = match facts.first_lesson_on {
        Some(first_on) => facts.requested_on >= first_on,
        None => {
            if facts.prepaid.is_unused(facts.requested_on) && own.is_none() {
                notes.push(Said::new(
                    "未给出首课日期，退费期限按开课后计。",
                    "no day of the first lesson: the time to pay is that after the start",
                ));
            }
            true
        }
    };
    let general = if begun { &law.pay_back_after_start } else { &law.pay_back_before_start };
    let Some(Sourced { value: term, source }) = own.or_else(|| general.clone()) else {
        notes.push(Said::new("当日没有已知的退费期限规定。", "no text known for that day fixes a time to pay"));
        return Ok(Due { on: None, term: None, source: String::new() });
    };
    let on = calendar.end_of(facts.requested_on, term).ok();
    if on.is_none() {
        notes.push(Said::new(
            "退费期限所涉年份的工作日历尚未公布，不推算到期日。",
            "the working-day calendar of a year concerned is not published, so no last day is given",
        ));
    }
    Ok(Due { on, term: Some(term), source })
}
