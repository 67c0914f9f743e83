//! A purchase lot: hours and money of one purchase. The value of hours is always the lot's own
//! price in proportion, gift hours counted in the whole (法释〔2025〕4号 art. 18; case WC-01), so
//! that what is left in escrow can pay the proportional refund at any moment.

use kernel::{
    ClassHours, Fen, LotId,
    rounding::{proportion_down, proportion_half_up},
};

use crate::EscrowError;

/// A lot with what happened to its hours and money.
/// Conserved: `total = remaining + claimed + used + disputed + returned`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    /// Its id.
    pub id: LotId,
    /// Hours paid for.
    pub paid_hours: ClassHours,
    /// Hours given on top.
    pub gift_hours: ClassHours,
    /// Price of the lot.
    pub price: Fen,
    /// Price of an hour before discount, if published.
    pub list_price_per_hour: Option<Fen>,
    /// Money paid in for this lot so far.
    pub paid: Fen,
    /// Of it still in `prepaid`.
    pub prepaid: Fen,
    /// Hours of lessons claimed and not yet answered.
    pub claimed: ClassHours,
    /// Hours confirmed.
    pub used: ClassHours,
    /// Hours under dispute.
    pub disputed: ClassHours,
    /// Hours given back by refund.
    pub returned: ClassHours,
}

/// Hours of one lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LotHours {
    /// Which lot.
    pub lot: LotId,
    /// How many hours, not zero.
    pub hours: ClassHours,
}

/// Hours of one lot and the money that moves with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which lot.
    pub lot: LotId,
    /// How many hours.
    pub hours: ClassHours,
    /// How much money.
    pub amount: Fen,
}

impl Lot {
    /// All hours of the lot.
    ///
    /// # Errors
    /// [`EscrowError::Hours`].
    pub fn total(&self) -> Result<ClassHours, EscrowError> {
        Ok(self.paid_hours.checked_add(self.gift_hours)?)
    }

    /// Hours that left the lot: used, disputed or returned.
    ///
    /// # Errors
    /// [`EscrowError::Hours`].
    pub fn out(&self) -> Result<ClassHours, EscrowError> {
        Ok(ClassHours::try_sum([self.used, self.disputed, self.returned])?)
    }

    /// Hours free to be taught or returned.
    ///
    /// # Errors
    /// [`EscrowError::Hours`].
    pub fn remaining(&self) -> Result<ClassHours, EscrowError> {
        Ok(self.total()?.checked_sub(self.out()?)?.checked_sub(self.claimed)?)
    }

    /// Money that should have left the lot once `out` hours left it: one rounding, half up, of the
    /// whole, so that the parts of a lot always add up to its price.
    ///
    /// # Errors
    /// [`EscrowError::Fen`], [`EscrowError::Hours`].
    fn released_at(&self, out: ClassHours) -> Result<Fen, EscrowError> {
        Ok(proportion_half_up(self.price, out, self.total()?)?)
    }

    /// Money that moves when `hours` more leave the lot now. Never negative; never more than is in
    /// escrow as long as claims are checked with [`Lot::needed_for_claim`].
    ///
    /// After a refund the price no longer tells: if the lot was paid in part, what is left in escrow
    /// belongs to the hours that are left, and is shared among them.
    ///
    /// # Errors
    /// [`EscrowError::Fen`], [`EscrowError::Hours`].
    pub fn value_of(&self, hours: ClassHours) -> Result<Fen, EscrowError> {
        if hours.is_zero() {
            return Ok(Fen::ZERO);
        }
        if !self.returned.is_zero() {
            let left = self.total()?.checked_sub(self.out()?)?;
            // Down, so that lessons confirmed one by one never eat into a refund that was computed
            // before them.
            return Ok(proportion_down(self.prepaid, hours, left)?);
        }
        let due = self.released_at(self.out()?.checked_add(hours)?)?;
        let released = self.paid.checked_sub(self.prepaid)?;
        Ok(due.checked_sub(released)?.max(Fen::ZERO))
    }

    /// Money for `hours` more, after all that is claimed is also taken out; what must be in escrow
    /// before a lesson may be claimed.
    ///
    /// # Errors
    /// [`EscrowError::Fen`], [`EscrowError::Hours`].
    pub fn needed_for_claim(&self, hours: ClassHours) -> Result<Fen, EscrowError> {
        self.value_of(self.claimed.checked_add(hours)?)
    }

    /// The proportional refund of some free hours: their share of [`Lot::refundable`], rounded down, so that
    /// what stays always pays the hours that stay.
    ///
    /// # Errors
    /// [`EscrowError::Fen`], [`EscrowError::Hours`].
    pub fn refundable_of(&self, hours: ClassHours) -> Result<Fen, EscrowError> {
        Ok(proportion_down(self.refundable()?, hours, self.remaining()?)?)
    }

    /// The proportional refund of all free hours: what is in escrow less the worth of the lessons
    /// that are claimed and not yet answered.
    ///
    /// # Errors
    /// [`EscrowError::Fen`], [`EscrowError::Hours`].
    pub fn refundable(&self) -> Result<Fen, EscrowError> {
        Ok(self.prepaid.checked_sub(self.value_of(self.claimed)?)?.max(Fen::ZERO))
    }
}

#[cfg(test)]
pub(crate) fn test_lot(paid_hours: &str, gift_hours: &str, price_fen: i64) -> Lot {
    let price = Fen::new(price_fen);
    Lot {
        id: LotId::new(Default::default()),
        paid_hours: paid_hours.parse().unwrap(),
        gift_hours: gift_hours.parse().unwrap(),
        price,
        list_price_per_hour: None,
        paid: price,
        prepaid: price,
        claimed: ClassHours::ZERO,
        used: ClassHours::ZERO,
        disputed: ClassHours::ZERO,
        returned: ClassHours::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(s: &str) -> ClassHours {
        s.parse().unwrap()
    }

    #[test]
    fn wc_01_what_is_left_pays_the_award() {
        let mut lot = test_lot("68", "10", 1_768_000);
        lot.prepaid = lot.prepaid.checked_sub(lot.value_of(hours("17.5")).unwrap()).unwrap();
        lot.used = hours("17.5");
        assert_eq!(lot.refundable().unwrap(), Fen::new(1_371_333));
    }

    #[test]
    fn parts_add_up_to_the_price() {
        let mut lot = test_lot("3", "0", 100);
        let mut parts = Vec::new();
        for _ in 0..3 {
            let value = lot.value_of(hours("1")).unwrap();
            lot.prepaid = lot.prepaid.checked_sub(value).unwrap();
            lot.used = lot.used.checked_add(hours("1")).unwrap();
            parts.push(value.fen());
        }
        assert_eq!(parts, [33, 34, 33]);
        assert_eq!(lot.prepaid, Fen::ZERO);
    }

    #[test]
    fn claimed_lessons_are_kept_back_from_a_refund() {
        let mut lot = test_lot("24", "0", 200_000);
        lot.claimed = hours("2");
        assert_eq!(lot.refundable().unwrap(), Fen::new(200_000 - 16_667));
        assert_eq!(lot.remaining().unwrap(), hours("22"));
    }
}
