//! The escrow account of one contract: its lots, and the moves of hours and money between
//! `remaining`, `claimed`, `used`, `disputed`, `returned` and the ledger accounts.
//! Computing a move (`…_parts`) and making it (`apply_…`) are apart, so that replay makes exactly
//! the moves that were recorded.

use kernel::{ClassHours, Fen, LotId, RefundId, fen::FenError};

use contract::{ContractState, Terms};

use crate::{EscrowError, Lot, LotHours, Part};

/// The escrow account of a signed contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The terms signed.
    pub terms: Terms,
    /// Hash of the signed document.
    pub document: [u8; 32],
    /// Where the contract stands.
    pub state: ContractState,
    /// Its lots, in order of use.
    pub lots: Vec<Lot>,
    /// `prepaid:<contract>`, fen.
    pub prepaid: Fen,
    /// `disputed:<contract>`, fen.
    pub disputed: Fen,
    /// `refund:<contract>`, fen.
    pub refund: Fen,
    /// A refund that is requested and not yet consented to.
    pub open_refund: Option<RefundId>,
    /// Holds in force on this contract alone; any of them keeps its money where it is.
    pub holds: u32,
    /// Number of its last entry, from 1.
    pub last_seq: u64,
    /// The same entry's number in the ledger.
    pub last_entry: u64,
}

/// The new account of a contract that is being signed, by its entry `last_seq`, which is the ledger's
/// `last_entry`: every lot untouched.
pub fn open(terms: Terms, document: [u8; 32], last_seq: u64, last_entry: u64) -> Account {
    let lots = terms
        .lots
        .iter()
        .map(|lot| Lot {
            id: lot.id,
            paid_hours: lot.paid_hours,
            gift_hours: lot.gift_hours,
            price: lot.price,
            list_price_per_hour: lot.list_price_per_hour,
            paid: Fen::ZERO,
            prepaid: Fen::ZERO,
            claimed: ClassHours::ZERO,
            used: ClassHours::ZERO,
            disputed: ClassHours::ZERO,
            returned: ClassHours::ZERO,
        })
        .collect();
    Account {
        terms,
        document,
        state: ContractState::Signed,
        lots,
        prepaid: Fen::ZERO,
        disputed: Fen::ZERO,
        refund: Fen::ZERO,
        open_refund: None,
        holds: 0,
        last_seq,
        last_entry,
    }
}

/// The money of some parts.
///
/// # Errors
/// Overflow.
pub fn total(parts: &[Part]) -> Result<Fen, EscrowError> {
    Ok(Fen::try_sum(parts.iter().map(|p| p.amount))?)
}

/// `from - amount`, where neither may be negative: accounts and lots never go below zero.
fn less(from: Fen, amount: Fen) -> Result<Fen, EscrowError> {
    let left = from.checked_sub(not_negative(amount)?)?;
    not_negative(left)
}

/// `to + amount`, where the amount may not be negative.
fn more(to: Fen, amount: Fen) -> Result<Fen, EscrowError> {
    Ok(to.checked_add(not_negative(amount)?)?)
}

fn not_negative(amount: Fen) -> Result<Fen, EscrowError> {
    if amount.is_negative() {
        return Err(FenError::TooSmall { actual_fen: amount.fen(), min_fen: 0 }.into());
    }
    Ok(amount)
}

impl Account {
    /// Makes a change of hours and money, or none at all.
    fn all_or_nothing(
        &mut self,
        change: impl FnOnce(&mut Account) -> Result<(), EscrowError>,
    ) -> Result<(), EscrowError> {
        let before = (self.lots.clone(), self.prepaid, self.disputed, self.refund);
        let result = change(self);
        if result.is_err() {
            (self.lots, self.prepaid, self.disputed, self.refund) = before;
        }
        result
    }

    fn lot(&self, id: LotId) -> Result<&Lot, EscrowError> {
        self.lots.iter().find(|l| l.id == id).ok_or(EscrowError::UnknownLot { lot: id })
    }

    fn lot_mut(&mut self, id: LotId) -> Result<&mut Lot, EscrowError> {
        self.lots.iter_mut().find(|l| l.id == id).ok_or(EscrowError::UnknownLot { lot: id })
    }

    /// Hours free to be taught or returned, all lots.
    ///
    /// # Errors
    /// [`EscrowError`].
    pub fn remaining(&self) -> Result<ClassHours, EscrowError> {
        self.lots.iter().try_fold(ClassHours::ZERO, |sum, lot| Ok(sum.checked_add(lot.remaining()?)?))
    }

    /// What the family has prepaid or promised here and not yet had: hours that are not confirmed,
    /// disputed or returned, and money in escrow or still to be paid. A lot's paid hours go before
    /// its gift hours.
    ///
    /// # Errors
    /// [`EscrowError`].
    pub fn outstanding(&self) -> Result<contract::Outstanding, EscrowError> {
        let (mut paid_hours, mut gift_hours, mut money) = (ClassHours::ZERO, ClassHours::ZERO, Fen::ZERO);
        for lot in &self.lots {
            let gone = lot.out()?;
            let paid = lot.paid_hours.checked_sub(gone.min(lot.paid_hours))?;
            paid_hours = paid_hours.checked_add(paid)?;
            gift_hours = gift_hours.checked_add(lot.total()?.checked_sub(gone)?.checked_sub(paid)?)?;
            let unpaid = lot.price.checked_sub(lot.paid)?;
            money = Fen::try_sum([money, lot.prepaid, unpaid])?;
        }
        let (category, course) = (self.terms.category, self.terms.course);
        Ok(contract::Outstanding { category, course, paid_hours, gift_hours, money })
    }

    /// How a payment fills the lots, first lot first.
    ///
    /// # Errors
    /// [`EscrowError::AbovePrice`].
    pub fn payment_parts(&self, amount: Fen) -> Result<Vec<(LotId, Fen)>, EscrowError> {
        let mut left = amount;
        let mut parts = Vec::new();
        for lot in &self.lots {
            let part = lot.price.checked_sub(lot.paid)?.min(left);
            if part > Fen::ZERO {
                parts.push((lot.id, part));
                left = left.checked_sub(part)?;
            }
        }
        if left == Fen::ZERO {
            Ok(parts)
        } else {
            Err(EscrowError::AbovePrice { limit: amount.checked_sub(left)?, actual: amount })
        }
    }

    /// Money comes in. Refused whole if a lot would be paid above its price.
    ///
    /// # Errors
    /// [`EscrowError`].
    pub fn apply_payment(&mut self, parts: &[(LotId, Fen)]) -> Result<(), EscrowError> {
        self.all_or_nothing(|account| {
            for &(id, amount) in parts {
                let lot = account.lot_mut(id)?;
                let unpaid = less(lot.price, lot.paid)?;
                if amount > unpaid {
                    return Err(EscrowError::AbovePrice { limit: unpaid, actual: amount });
                }
                lot.paid = more(lot.paid, amount)?;
                lot.prepaid = more(lot.prepaid, amount)?;
                account.prepaid = more(account.prepaid, amount)?;
            }
            Ok(())
        })
    }

    /// Which lots the hours of a lesson come from: first in, first out.
    ///
    /// # Errors
    /// [`EscrowError::HoursRemaining`], [`EscrowError::NotPaid`].
    pub fn claim_parts(&self, hours: ClassHours) -> Result<Vec<LotHours>, EscrowError> {
        let mut left = hours;
        let mut parts = Vec::new();
        for lot in &self.lots {
            let part = lot.remaining()?.min(left);
            if !part.is_zero() {
                let needed = lot.needed_for_claim(part)?;
                if needed > lot.prepaid {
                    return Err(EscrowError::NotPaid { limit: lot.prepaid, actual: needed });
                }
                parts.push(LotHours { lot: lot.id, hours: part });
                left = left.checked_sub(part)?;
            }
        }
        if left.is_zero() {
            Ok(parts)
        } else {
            Err(EscrowError::HoursRemaining { limit: self.remaining()?, actual: hours })
        }
    }

    /// Hours become claimed. Refused whole if they are not free.
    ///
    /// # Errors
    /// [`EscrowError`].
    pub fn apply_claim(&mut self, parts: &[LotHours]) -> Result<(), EscrowError> {
        self.all_or_nothing(|account| {
            for part in parts {
                let lot = account.lot_mut(part.lot)?;
                lot.claimed = lot.claimed.checked_add(part.hours)?;
                // Checks that the hours were free.
                lot.remaining()?;
            }
            Ok(())
        })
    }

    /// The money that goes with claimed hours, whether they are confirmed or disputed.
    ///
    /// # Errors
    /// [`EscrowError`].
    pub fn release_parts(&self, hours: &[LotHours]) -> Result<Vec<Part>, EscrowError> {
        hours
            .iter()
            .map(|h| Ok(Part { lot: h.lot, hours: h.hours, amount: self.lot(h.lot)?.value_of(h.hours)? }))
            .collect()
    }

    /// Claimed hours are confirmed; their money leaves `prepaid`. Refused whole if they are not there.
    ///
    /// # Errors
    /// [`EscrowError`].
    pub fn apply_confirmation(&mut self, parts: &[Part]) -> Result<(), EscrowError> {
        self.all_or_nothing(|account| {
            for part in parts {
                let lot = account.lot_mut(part.lot)?;
                lot.claimed = lot.claimed.checked_sub(part.hours)?;
                lot.used = lot.used.checked_add(part.hours)?;
                lot.prepaid = less(lot.prepaid, part.amount)?;
                account.prepaid = less(account.prepaid, part.amount)?;
            }
            Ok(())
        })
    }

    /// Claimed hours are disputed; their money is frozen. Refused whole if they are not there.
    ///
    /// # Errors
    /// [`EscrowError`].
    pub fn apply_dispute(&mut self, parts: &[Part]) -> Result<(), EscrowError> {
        self.all_or_nothing(|account| {
            for part in parts {
                let lot = account.lot_mut(part.lot)?;
                lot.claimed = lot.claimed.checked_sub(part.hours)?;
                lot.disputed = lot.disputed.checked_add(part.hours)?;
                lot.prepaid = less(lot.prepaid, part.amount)?;
                account.prepaid = less(account.prepaid, part.amount)?;
                account.disputed = more(account.disputed, part.amount)?;
            }
            Ok(())
        })
    }

    /// A dispute is decided: for the institution the hours are used, for the family hours and money
    /// come back. Refused whole if they are not in dispute.
    ///
    /// # Errors
    /// [`EscrowError`].
    pub fn apply_decision(&mut self, parts: &[Part], for_family: bool) -> Result<(), EscrowError> {
        self.all_or_nothing(|account| {
            for part in parts {
                let lot = account.lot_mut(part.lot)?;
                lot.disputed = lot.disputed.checked_sub(part.hours)?;
                if for_family {
                    lot.prepaid = more(lot.prepaid, part.amount)?;
                    account.prepaid = more(account.prepaid, part.amount)?;
                } else {
                    lot.used = lot.used.checked_add(part.hours)?;
                }
                account.disputed = less(account.disputed, part.amount)?;
            }
            Ok(())
        })
    }

    /// The proportional refund of all free hours, lot by lot. Empty when nothing is left. A fen that
    /// rounding left in a lot without hours is the family's too: a part of no hours.
    ///
    /// # Errors
    /// [`EscrowError`].
    pub fn refund_parts(&self) -> Result<Vec<Part>, EscrowError> {
        let mut parts = Vec::new();
        for lot in &self.lots {
            let hours = lot.remaining()?;
            let amount = lot.refundable()?;
            if !hours.is_zero() || (lot.claimed.is_zero() && amount > Fen::ZERO) {
                parts.push(Part { lot: lot.id, hours, amount });
            }
        }
        Ok(parts)
    }

    /// The proportional refund of some of the free hours, from the lots bought last: what is used first
    /// stays. `None` when there are not that many. Asked for all of them, it is [`Account::refund_parts`].
    ///
    /// # Errors
    /// [`EscrowError`].
    pub fn refund_parts_of(&self, hours: ClassHours) -> Result<Option<Vec<Part>>, EscrowError> {
        if hours == self.remaining()? {
            return Ok(Some(self.refund_parts()?));
        }
        let mut left = hours;
        let mut parts = Vec::new();
        for lot in self.lots.iter().rev() {
            let part = lot.remaining()?.min(left);
            if !part.is_zero() {
                let whole = part == lot.remaining()?;
                let amount = if whole { lot.refundable()? } else { lot.refundable_of(part)? };
                parts.push(Part { lot: lot.id, hours: part, amount });
                left = left.checked_sub(part)?;
            }
        }
        parts.reverse();
        Ok(left.is_zero().then_some(parts))
    }

    /// The refund of these lots whole. `None` when one is not of this contract.
    ///
    /// # Errors
    /// [`EscrowError`].
    pub fn refund_parts_of_lots(&self, lots: &[LotId]) -> Result<Option<Vec<Part>>, EscrowError> {
        if lots.iter().any(|id| self.lot(*id).is_err()) {
            return Ok(None);
        }
        let mut parts = self.refund_parts()?;
        parts.retain(|part| lots.contains(&part.lot));
        Ok(Some(parts))
    }

    /// Do these parts bring back everything that is free?
    ///
    /// # Errors
    /// [`EscrowError`].
    pub fn is_whole(&self, parts: &[Part]) -> Result<bool, EscrowError> {
        Ok(ClassHours::try_sum(parts.iter().map(|part| part.hours))? == self.remaining()?)
    }

    /// A refund is consented to: hours are returned, money waits in `refund`. Refused whole if hours
    /// or money are not there.
    ///
    /// # Errors
    /// [`EscrowError`].
    pub fn apply_refund(&mut self, parts: &[Part]) -> Result<(), EscrowError> {
        self.all_or_nothing(|account| {
            for part in parts {
                let lot = account.lot_mut(part.lot)?;
                lot.returned = lot.returned.checked_add(part.hours)?;
                // Checks that the hours were free.
                lot.remaining()?;
                lot.prepaid = less(lot.prepaid, part.amount)?;
                account.prepaid = less(account.prepaid, part.amount)?;
                account.refund = more(account.refund, part.amount)?;
            }
            Ok(())
        })
    }

    /// A refund is paid out.
    ///
    /// # Errors
    /// [`EscrowError::Fen`] when it is more than waits.
    pub fn apply_refund_payout(&mut self, amount: Fen) -> Result<(), EscrowError> {
        self.refund = less(self.refund, amount)?;
        Ok(())
    }
}
