//! The computations: proportion, discounted price, price before discount, rest of a term; each as a
//! sum with lines. Which of them holds is decided in the room's front file.

use kernel::{Day, Exact, Fen, Percent};

use super::RefundError;
use super::answer::{RefundBasis, RefundRule, Said, Sheet, Sum};
use super::facts::{LotFacts, Pass, Prepaid, StoredValue};

/// At which price taken hours count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Price {
    /// The price over all hours, gift hours included.
    AllHours,
    /// The price over the paid hours.
    PaidHours,
    /// The price before discount; where none is known, the price over the paid hours.
    List,
    /// The market price; where none is given, the price before discount.
    Market,
}

/// A discount, or hours or credit on top?
pub(super) fn is_discounted(prepaid: &Prepaid) -> bool {
    match prepaid {
        Prepaid::Hours(lots) => lots.iter().any(|lot| !lot.gift_hours.is_zero() || list_price(lot).is_some()),
        Prepaid::Pass(pass) => pass.gift_until_on.is_some_and(|last| last > pass.until_on),
        Prepaid::StoredValue(value) => value.credited > value.paid,
    }
}

fn paid_hour_price(lot: &LotFacts) -> Exact {
    Exact::fen(lot.price).over(&Exact::hours(lot.paid_hours)).unwrap_or_else(Exact::zero)
}

/// The price before discount, if it is one: a list price that is not above the price paid says
/// nothing of a discount.
fn list_price(lot: &LotFacts) -> Option<Exact> {
    lot.list_price_per_hour.map(Exact::fen).filter(|list| *list > paid_hour_price(lot))
}

fn hour_price(lot: &LotFacts, price: Price) -> Result<Exact, RefundError> {
    let whole = || Exact::hours(lot.paid_hours);
    Ok(match price {
        Price::AllHours => {
            let all = Exact::hours(lot.total()?);
            Exact::fen(lot.price).over(&all).unwrap_or_else(Exact::zero)
        }
        Price::PaidHours => Exact::fen(lot.price).over(&whole()).unwrap_or_else(Exact::zero),
        Price::List => list_price(lot).unwrap_or_else(|| paid_hour_price(lot)),
        Price::Market => match lot.market_price_per_hour {
            Some(market) => Exact::fen(market),
            None => list_price(lot).unwrap_or_else(|| paid_hour_price(lot)),
        },
    })
}

/// A yuan amount of an exact number of fen, for reading; says so where it is not exact.
fn about_yuan(fen: &Exact) -> String {
    match kernel::rounding::exact_half_up(fen) {
        Ok(rounded) if Exact::fen(rounded) == *fen => rounded.to_yuan(),
        Ok(rounded) => format!("≈{}", rounded.to_yuan()),
        Err(_) => "-".to_owned(),
    }
}

fn paid_line(sheet: &mut Sheet, source: &str, at: &Said, paid: Fen) -> Result<(), RefundError> {
    let said = Said::new(format!("{}已付 {}", at.zh, paid.to_yuan()), format!("{}{} paid", at.en, paid.to_yuan()));
    sheet.add(RefundRule::Paid, source, said, &Exact::fen(paid))
}

/// Takes back what a deduction went below `floor`: nobody pays on top for leaving.
fn no_debt(sheet: &mut Sheet, source: &str, at: &Said, floor: &Exact) -> Result<(), RefundError> {
    let below = floor.minus(sheet.total());
    if !below.is_negative() && below != Exact::zero() {
        let said = Said::new(
            format!("{}已兑付折价超出已付款 {}，不向消费者追收", at.zh, about_yuan(&below)),
            format!("{}what was taken exceeds what was paid by {}, which is not asked for", at.en, about_yuan(&below)),
        );
        sheet.add(RefundRule::NoDebt, source, said, &below)?;
    }
    Ok(())
}

fn lot_name(index: usize, lots: usize) -> Said {
    if lots == 1 {
        return Said::new("", "");
    }
    let number = index.saturating_add(1);
    Said::new(format!("第 {number} 批："), format!("lot {number}: "))
}

fn delivered_said(lot: &LotFacts, at: &Said, each: &Exact, price: Price) -> Result<Said, RefundError> {
    let (used, total, gift) = (lot.used, lot.total()?, lot.gift_hours);
    let each = about_yuan(each);
    let (zh, en) = match price {
        Price::AllHours if gift.is_zero() => {
            (format!("共 {total} 课时，每课时 {each}"), format!("{total} hours in all, {each} each"))
        }
        Price::AllHours => (
            format!("共 {total} 课时（含赠送 {gift} 课时），每课时 {each}"),
            format!("{total} hours in all ({gift} of them gifts), {each} each"),
        ),
        Price::PaidHours => (
            format!("购买 {} 课时，赠送不计，每课时 {each}", lot.paid_hours),
            format!("{} hours bought, gifts left out, {each} each", lot.paid_hours),
        ),
        Price::List => (format!("打折前每课时 {each}"), format!("{each} each before discount")),
        Price::Market => (format!("当地市场价每课时 {each}"), format!("{each} each on the local market")),
    };
    Ok(Said::new(format!("{}已用 {used} 课时，{zh}", at.zh), format!("{}{used} hours used, {en}", at.en)))
}

fn hours(lots: &[LotFacts], price: Price, source: &str, sheet: &mut Sheet) -> Result<(), RefundError> {
    for (index, lot) in lots.iter().enumerate() {
        let at = lot_name(index, lots.len());
        let before = sheet.total().clone();
        paid_line(sheet, source, &at, lot.paid)?;
        let each = hour_price(lot, price)?;
        let delivered = Exact::hours(lot.used).times(&each);
        let said = delivered_said(lot, &at, &each, price)?;
        sheet.add(RefundRule::Delivered, source, said, &Exact::zero().minus(&delivered))?;
        // Every purchase is its own: a debt in one does not eat the rest of another.
        no_debt(sheet, source, &at, &before)?;
    }
    Ok(())
}

fn stored_value(value: &StoredValue, price: Price, source: &str, sheet: &mut Sheet) -> Result<(), RefundError> {
    let at = Said::new("", "");
    paid_line(sheet, source, &at, value.paid)?;
    let used = Exact::fen(value.used_at_list);
    let (taken, zh, en) = match price {
        Price::AllHours => {
            let ratio = Exact::fen(value.paid).over(&Exact::fen(value.credited)).unwrap_or_else(Exact::zero);
            let (paid, credited) = (value.paid.to_yuan(), value.credited.to_yuan());
            (
                used.times(&ratio),
                format!("按优惠比例 {paid}／{credited} 折算"),
                format!("at the ratio {paid}/{credited}"),
            )
        }
        Price::PaidHours | Price::List | Price::Market => {
            (used, "按打折前价格计算".to_owned(), "at the price before discount".to_owned())
        }
    };
    let credit = value.used_at_list.to_yuan();
    let said = Said::new(format!("已用储值 {credit}，{zh}"), format!("credit of {credit} used, {en}"));
    sheet.add(RefundRule::Delivered, source, said, &Exact::zero().minus(&taken))?;
    no_debt(sheet, source, &at, &Exact::zero())
}

/// Whole days of a term, both ends in.
fn days_of(from_on: Day, until_on: Day) -> i64 {
    i64::from(from_on.days_until(until_on)).saturating_add(1)
}

fn pass(pass: &Pass, price: Price, on: Day, source: &str, sheet: &mut Sheet) -> Result<(), RefundError> {
    let last_on = match price {
        Price::AllHours => pass.gift_until_on.unwrap_or(pass.until_on),
        Price::PaidHours | Price::List | Price::Market => pass.until_on,
    };
    let whole = days_of(pass.from_on, last_on);
    // The day of the event is not counted (Civil Code art. 201): the rest begins the day after.
    let event_on = pass.stopped_on.unwrap_or(on);
    let rest = i64::from(event_on.days_until(last_on)).clamp(0, whole);
    let gone = whole.saturating_sub(rest);
    paid_line(sheet, source, &Said::new("", ""), pass.price)?;
    let taken = Exact::ratio(gone, whole).unwrap_or_else(Exact::zero).times(&Exact::fen(pass.price));
    let (why_zh, why_en) = if pass.stopped_on.is_some() {
        ("停止服务", "the service stopped")
    } else {
        ("解除", "the contract ended")
    };
    let said = Said::new(
        format!("全部期限 {whole} 日（至 {last_on}），{event_on} {why_zh}，剩余 {rest} 日，扣减已过 {gone} 日"),
        format!("{whole} days in all (until {last_on}); {why_en} on {event_on}: {rest} days left, {gone} days gone"),
    );
    sheet.add(RefundRule::Delivered, source, said, &Exact::zero().minus(&taken))
}

fn balance(prepaid: &Prepaid, price: Price, on: Day, source: &str) -> Result<Sheet, RefundError> {
    let mut sheet = Sheet::new();
    match prepaid {
        Prepaid::Hours(lots) => hours(lots, price, source, &mut sheet)?,
        Prepaid::Pass(facts) => pass(facts, price, on, source, &mut sheet)?,
        Prepaid::StoredValue(value) => stored_value(value, price, source, &mut sheet)?,
    }
    Ok(sheet)
}

/// The balance with what was taken at a price.
pub(super) fn at(prepaid: &Prepaid, price: Price, on: Day, source: &str) -> Result<Sum, RefundError> {
    let basis = match (prepaid, price) {
        (Prepaid::Pass(_), _) => RefundBasis::RemainingTerm,
        _ if !is_discounted(prepaid) && price != Price::Market => RefundBasis::Proportion,
        (_, Price::AllHours) => RefundBasis::DiscountedPrice,
        (_, Price::PaidHours) => RefundBasis::PaidHoursOnly,
        (_, Price::List) => RefundBasis::ListPrice,
        (_, Price::Market) => RefundBasis::MarketPrice,
    };
    Ok(balance(prepaid, price, on, source)?.finish(basis, source))
}

/// The contract's own share of the proportional balance, gift hours included.
pub(super) fn share(prepaid: &Prepaid, share: Percent, on: Day, source: &str) -> Result<Sum, RefundError> {
    let mut sheet = balance(prepaid, Price::AllHours, on, source)?;
    if share < Percent::HUNDRED {
        let kept = sheet.total().times(&Exact::percent(share)).minus(sheet.total());
        let said = Said::new(
            format!("合同约定退还余额的 {share}%"),
            format!("the contract gives back {share}% of the balance"),
        );
        sheet.add(RefundRule::AgreedShare, source, said, &kept)?;
    }
    Ok(sheet.finish(RefundBasis::AgreedShare, source))
}

/// All that was paid.
pub(super) fn full(prepaid: &Prepaid, basis: RefundBasis, why: Said, source: &str) -> Result<Sum, RefundError> {
    let mut sheet = Sheet::new();
    paid_line(&mut sheet, source, &Said::new("", ""), prepaid.paid()?)?;
    sheet.add(RefundRule::FullRefund, source, why, &Exact::zero())?;
    Ok(sheet.finish(basis, source))
}
