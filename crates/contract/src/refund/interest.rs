//! Interest on a refund (法释〔2025〕4号 art. 16 and 17): an agreed rate; else the account's own rate
//! where the money lies in a supervised account; else by cause. A rate that is not known is not guessed.

use kernel::{Exact, Fen, Percent, rounding::exact_half_up};

use super::RefundError;
use super::answer::{Interest, Said};
use super::facts::{RefundCause, RefundFacts};
use super::law::{InterestLaw, RefundLaw};

/// Days of a year of a yearly rate: rates in the texts are per year of calendar days.
const DAYS_OF_YEAR: i64 = 365;

/// Why a rate applies, or that none does.
fn rate(facts: &RefundFacts, law: InterestLaw) -> (Option<Percent>, &'static str, &'static str) {
    let rates = &facts.rates;
    match (rates.agreed, rates.account, facts.cause, law) {
        (Some(agreed), ..) => (Some(agreed), "约定利率", "the agreed rate"),
        (_, Some(account), ..) => (Some(account), "监管账户实际利率", "the rate that the supervised account bears"),
        (_, _, RefundCause::Institution, InterestLaw::ByCause) => {
            (rates.lpr, "合同成立时一年期贷款市场报价利率", "the one-year loan prime rate when the contract was made")
        }
        (_, _, RefundCause::Consumer, InterestLaw::ByCause) => (
            rates.deposit,
            "合同成立时一年定期存款基准利率",
            "the one-year deposit benchmark rate when the contract was made",
        ),
        (_, _, RefundCause::Neither, InterestLaw::ByCause) => {
            (None, "双方均无过错时的利率没有规定", "which rate applies when nobody is at fault is not written")
        }
        (.., InterestLaw::RateOpen) => (None, "当时没有规定利率", "no rate was written at that time"),
    }
}

pub(super) fn interest(facts: &RefundFacts, law: &RefundLaw, principal: Fen) -> Result<Interest, RefundError> {
    let source = law.interest.source.clone();
    let none = |said| Interest { amount: Fen::ZERO, rate: None, source: source.clone(), said };
    let from_on = facts.interest_from_on.unwrap_or(facts.requested_on);
    let Some(until_on) = facts.interest_until_on else {
        return Ok(none(Said::new("未给出计息止日，不计利息", "no last day of interest is given, none is computed")));
    };
    if until_on < from_on {
        return Err(RefundError::InterestOrder { from_on, until_on });
    }
    let (rate, zh, en) = rate(facts, law.interest.value);
    let Some(rate) = rate else {
        return Ok(none(Said::new(
            format!("{zh}，或未给出，不计利息"),
            format!("{en}, or it is not given; none is computed"),
        )));
    };
    let days = from_on.days_until(until_on);
    let share = Exact::ratio(i64::from(days), DAYS_OF_YEAR).unwrap_or_else(Exact::zero);
    let amount = exact_half_up(&Exact::fen(principal).times(&Exact::percent(rate)).times(&share))?;
    let principal = principal.to_yuan();
    let said = Said::new(
        format!("{principal} × {zh} {rate}% × {days} 日 ÷ {DAYS_OF_YEAR}（{from_on} 次日起至 {until_on}）"),
        format!(
            "{principal} × {rate}% ({en}) × {days} days / {DAYS_OF_YEAR} (from the day after {from_on} to {until_on})"
        ),
    );
    Ok(Interest { amount, rate: Some(rate), source, said })
}
