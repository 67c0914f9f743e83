//! What the calculator is told: whose doing the refund is, what was paid for, what was used, when.

use kernel::{ClassHours, Day, Fen, Percent, words};

use super::RefundError;

words! {
    /// Whose doing the refund is; decides the basis of the sum.
    RefundCause {
        /// The institution's.
        Institution = "institution" / "机构原因",
        /// The consumer's.
        Consumer = "consumer" / "消费者原因",
        /// Nobody's: force majeure, change of circumstances.
        Neither = "neither" / "双方均无过错",
    }
}

/// Hours bought together, and how many of them are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LotFacts {
    /// Hours paid for.
    pub paid_hours: ClassHours,
    /// Hours given on top.
    pub gift_hours: ClassHours,
    /// Price of the lot: what its paid hours cost together.
    pub price: Fen,
    /// Of the price, what has been paid.
    pub paid: Fen,
    /// Price of an hour before discount, if one is known.
    pub list_price_per_hour: Option<Fen>,
    /// Price of an hour of the same kind at the place and time of the contract, where the list price
    /// is plainly unreasonable and not proven (法释〔2025〕4号 art. 19(2)).
    pub market_price_per_hour: Option<Fen>,
    /// Hours used.
    pub used: ClassHours,
}

/// Unlimited use for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// First day.
    pub from_on: Day,
    /// Last day that was paid for.
    pub until_on: Day,
    /// Last day that was given on top.
    pub gift_until_on: Option<Day>,
    /// Day on which the service stopped before the contract ended.
    pub stopped_on: Option<Day>,
    /// Price.
    pub price: Fen,
}

/// Credit that is used up at list prices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredValue {
    /// Money paid.
    pub paid: Fen,
    /// Credit received for it, the bonus included.
    pub credited: Fen,
    /// Credit used.
    pub used_at_list: Fen,
}

/// What was paid for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prepaid {
    /// Class hours in lots, in the order in which they are used.
    Hours(Vec<LotFacts>),
    /// A pass by time.
    Pass(Pass),
    /// Stored value.
    StoredValue(StoredValue),
}

/// Yearly rates for interest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// Agreed by the parties.
    pub agreed: Option<Percent>,
    /// One-year loan prime rate when the contract was made.
    pub lpr: Option<Percent>,
    /// One-year deposit benchmark rate when the contract was made.
    pub deposit: Option<Percent>,
    /// What the supervised account really bears.
    pub account: Option<Percent>,
}

/// Days around the first lesson on which the parties agreed that all is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgreedFullRefund {
    /// At least so many days before it.
    pub days_before_start: u16,
    /// At most so many days after it.
    pub days_after_start: u16,
}

/// Everything the calculator is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundFacts {
    /// Whose doing it is.
    pub cause: RefundCause,
    /// What was paid for.
    pub prepaid: Prepaid,
    /// Day of payment.
    pub paid_on: Day,
    /// Day on which the refund is asked for; the contract ends on it.
    pub requested_on: Day,
    /// Day of the first lesson, if known.
    pub first_lesson_on: Option<Day>,
    /// Had the consumer received the same service before, here or elsewhere? None: not known.
    pub same_service_before: Option<bool>,
    /// The contract's own share of the balance, at most 100 %.
    pub agreed_share: Option<Percent>,
    /// The contract's own days of full refund.
    pub agreed_full_refund: Option<AgreedFullRefund>,
    /// Rates for interest.
    pub rates: Rates,
    /// First day of interest, itself not counted; the day of the request where none is given.
    pub interest_from_on: Option<Day>,
    /// Last day of interest; no interest is computed without it.
    pub interest_until_on: Option<Day>,
}

impl LotFacts {
    /// All hours of the lot.
    pub(super) fn total(&self) -> Result<ClassHours, RefundError> {
        Ok(self.paid_hours.checked_add(self.gift_hours)?)
    }

    /// Shares `used` hours among lots, first in, first out: a lot's own gift hours go before the
    /// next lot.
    ///
    /// # Errors
    /// [`RefundError::UsedAboveBought`].
    pub fn first_in_first_out(mut lots: Vec<LotFacts>, used: ClassHours) -> Result<Vec<LotFacts>, RefundError> {
        let mut left = used;
        for lot in &mut lots {
            lot.used = lot.total()?.min(left);
            left = left.checked_sub(lot.used)?;
        }
        if !left.is_zero() {
            return Err(RefundError::UsedAboveBought { limit: used.checked_sub(left)?, actual: used });
        }
        Ok(lots)
    }
}

impl Prepaid {
    /// All money paid.
    pub(super) fn paid(&self) -> Result<Fen, RefundError> {
        Ok(match self {
            Prepaid::Hours(lots) => Fen::try_sum(lots.iter().map(|lot| lot.paid))?,
            Prepaid::Pass(pass) => pass.price,
            Prepaid::StoredValue(value) => value.paid,
        })
    }

    /// Nothing taken yet? Of a pass it is known only by its first day.
    pub(super) fn is_unused(&self, on: Day) -> bool {
        match self {
            Prepaid::Hours(lots) => lots.iter().all(|lot| lot.used.is_zero()),
            Prepaid::Pass(pass) => on < pass.from_on,
            Prepaid::StoredValue(value) => value.used_at_list == Fen::ZERO,
        }
    }
}

impl RefundFacts {
    /// What cannot be, whatever the law says.
    pub(super) fn check(&self) -> Result<(), RefundError> {
        if self.requested_on < self.paid_on {
            return Err(RefundError::RequestedBeforePaid { paid_on: self.paid_on, requested_on: self.requested_on });
        }
        if let Some(share) = self.agreed_share.filter(|share| *share > Percent::HUNDRED) {
            return Err(RefundError::ShareAboveAll { actual: share });
        }
        match &self.prepaid {
            Prepaid::Hours(lots) => check_lots(lots),
            Prepaid::Pass(pass) => check_pass(pass, self.requested_on),
            Prepaid::StoredValue(value) => check_stored_value(value),
        }
    }
}

fn check_lots(lots: &[LotFacts]) -> Result<(), RefundError> {
    if lots.is_empty() {
        return Err(RefundError::NoLots);
    }
    for (index, lot) in lots.iter().enumerate() {
        // A lot of gift hours alone costs nothing.
        if lot.total()?.is_zero() || (lot.paid_hours.is_zero() && lot.price > Fen::ZERO) {
            return Err(RefundError::LotWithoutHours { index });
        }
        if lot.paid > lot.price {
            return Err(RefundError::PaidAbovePrice { index, limit: lot.price, actual: lot.paid });
        }
        if lot.used > lot.total()? {
            return Err(RefundError::UsedAboveBought { limit: lot.total()?, actual: lot.used });
        }
    }
    Ok(())
}

fn check_pass(pass: &Pass, requested_on: Day) -> Result<(), RefundError> {
    let last_on = pass.gift_until_on.unwrap_or(pass.until_on);
    if pass.until_on < pass.from_on || last_on < pass.until_on {
        return Err(RefundError::PassOrder { from_on: pass.from_on, until_on: last_on.min(pass.until_on) });
    }
    match pass.stopped_on {
        Some(stopped_on) if stopped_on < pass.from_on || stopped_on > last_on.min(requested_on) => {
            Err(RefundError::StoppedOutside {
                from_on: pass.from_on,
                until_on: last_on.min(requested_on),
                actual: stopped_on,
            })
        }
        _ => Ok(()),
    }
}

fn check_stored_value(value: &StoredValue) -> Result<(), RefundError> {
    if value.credited < value.paid || value.credited == Fen::ZERO {
        return Err(RefundError::CreditBelowPaid { limit: value.paid, actual: value.credited });
    }
    if value.used_at_list > value.credited {
        return Err(RefundError::UsedAboveCredit { limit: value.credited, actual: value.used_at_list });
    }
    Ok(())
}
