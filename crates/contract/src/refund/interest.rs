//! Interest on a refund (法释〔2025〕4号 art. 16 and 17): an agreed rate; else the account's own rate
//! where the money lies in a supervised account; else by cause. A rate that is not known is not guessed.

use kernel::{Exact, Fen, Percent, rounding::exact_half_up};
use policy::types::InterestSource;

use super::RefundError;
use super::answer::{Interest, Said};
use super::facts::{Rates, RefundCause, RefundFacts};
use super::law::{INTEREST_DUTY, RefundLaw, Sourced};

/// Days of a year of a yearly rate: rates in the texts are per year of calendar days.
const DAYS_OF_YEAR: i64 = 365;

/// A rate that applies, or none, and why.
struct Applied {
    rate: Option<Percent>,
    source: String,
    zh: &'static str,
    en: &'static str,
}

fn applied(facts: &RefundFacts, law: &RefundLaw) -> Applied {
    let rates = &facts.rates;
    if let Some(agreed) = rates.agreed {
        let source = "法释〔2025〕4号第十六条：有约定的按照约定".to_owned();
        return Applied { rate: Some(agreed), source, zh: "约定利率", en: "the agreed rate" };
    }
    if let (Some(account), Some(rule)) = (rates.account, &law.interest_supervised) {
        return from_source(rule, Some(account), rates);
    }
    let by_cause = match facts.cause {
        RefundCause::Institution => &law.interest_institution,
        RefundCause::Consumer => &law.interest_consumer,
        RefundCause::Neither => &None,
    };
    match by_cause {
        Some(rule) => from_source(rule, rates.account, rates),
        None => Applied {
            rate: None,
            source: INTEREST_DUTY.to_owned(),
            zh: "适用的利率没有规定",
            en: "which rate applies is not written",
        },
    }
}

fn from_source(rule: &Sourced<InterestSource>, account: Option<Percent>, rates: &Rates) -> Applied {
    let source = rule.source.clone();
    let (rate, zh, en) = match rule.value {
        InterestSource::LprOneYear => {
            (rates.lpr, "合同成立时一年期贷款市场报价利率", "the one-year loan prime rate when the contract was made")
        }
        InterestSource::DepositOneYear => (
            rates.deposit,
            "合同成立时一年定期存款基准利率",
            "the one-year deposit benchmark rate when the contract was made",
        ),
        InterestSource::AccountRate => (account, "监管账户实际利率", "the rate that the supervised account bears"),
        InterestSource::NotIncluded => (None, "当地规定退费不含利息", "by the place's rule a refund bears no interest"),
    };
    Applied { rate, source, zh, en }
}

pub(super) fn interest(facts: &RefundFacts, law: &RefundLaw, principal: Fen) -> Result<Interest, RefundError> {
    let Applied { rate, source, zh, en } = applied(facts, law);
    let none = |said| Interest { amount: Fen::ZERO, rate: None, source: source.clone(), said };
    let from_on = facts.interest_from_on.unwrap_or(facts.requested_on);
    let Some(until_on) = facts.interest_until_on else {
        return Ok(none(Said::new("未给出计息止日，不计利息", "no last day of interest is given, none is computed")));
    };
    if until_on < from_on {
        return Err(RefundError::InterestOrder { from_on, until_on });
    }
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
