//! Interest that the bank credited to a custody account, shared among those whose money bore it: by fen and
//! days, as banks compute it (积数法), each share rounded down and the odd fen by the largest remainder.

use std::collections::BTreeMap;

use kernel::{ContractId, Day, Fen, fen::FenError, rounding};

pub use policy::types::InterestOwner as Owner;

/// The days for which interest was credited: from the first up to, and not with, the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day; none for all days before.
    pub from: Option<Day>,
    /// The day on which the bank booked the interest, itself not counted.
    pub until: Day,
}

impl Period {
    /// On how many days of the period money lay that came on a day. Money that came before an open
    /// beginning counts from its own day.
    pub fn days_since(&self, came: Day) -> i128 {
        let first = self.from.map_or(came, |from| from.max(came));
        i128::from(first.days_until(self.until).max(0))
    }
}

/// Money times days in a period: of each contract, and of all that lay in custody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FenDays {
    /// By contract; may be negative only where an entry takes effect before the one it undoes.
    contracts: BTreeMap<ContractId, i128>,
    all: i128,
}

/// Who gets how much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shares {
    /// Each contract with something to get, in the order of ids.
    pub contracts: Vec<(ContractId, Fen)>,
    /// What other money bore: nobody's yet, it stays where it is.
    pub kept: Fen,
}

impl FenDays {
    /// Money of a contract that came (or, negative, left) on a day.
    ///
    /// # Errors
    /// [`FenError::Overflow`].
    pub fn contract(&mut self, period: Period, contract: ContractId, came: Day, amount: Fen) -> Result<(), FenError> {
        let sum = self.contracts.entry(contract).or_default();
        *sum = plus(*sum, period, came, amount)?;
        Ok(())
    }

    /// Money of anybody that came into custody (or, negative, left it) on a day.
    ///
    /// # Errors
    /// [`FenError::Overflow`].
    pub fn custody(&mut self, period: Period, came: Day, amount: Fen) -> Result<(), FenError> {
        self.all = plus(self.all, period, came, amount)?;
        Ok(())
    }

    /// Shares the interest: each contract gets what its money bore. What is left of all that lay in
    /// custody (earned and not paid out, not explained) bore the rest.
    ///
    /// # Errors
    /// [`FenError`] for interest below nothing, and overflow.
    pub fn share(&self, interest: Fen) -> Result<Shares, FenError> {
        let weights: Vec<(ContractId, i128)> =
            self.contracts.iter().filter(|(_, fen)| **fen > 0).map(|(id, fen)| (*id, *fen)).collect();
        let families = weights.iter().try_fold(0_i128, |sum, (_, fen)| sum.checked_add(*fen));
        let families = families.ok_or(FenError::Overflow)?;
        let others = self.all.checked_sub(families).ok_or(FenError::Overflow)?.max(0);
        if families == 0 {
            return Ok(Shares { contracts: Vec::new(), kept: interest });
        }
        let all: Vec<i128> = weights.iter().map(|(_, fen)| *fen).chain([others]).collect();
        let mut shares = rounding::largest_remainder(interest, &all)?;
        let kept = shares.pop().unwrap_or(Fen::ZERO);
        let contracts = weights.into_iter().zip(shares).map(|((id, _), fen)| (id, fen));
        Ok(Shares { contracts: contracts.filter(|(_, fen)| *fen > Fen::ZERO).collect(), kept })
    }
}

fn plus(sum: i128, period: Period, came: Day, amount: Fen) -> Result<i128, FenError> {
    let more = i128::from(amount.fen()).checked_mul(period.days_since(came)).ok_or(FenError::Overflow)?;
    sum.checked_add(more).ok_or(FenError::Overflow)
}
