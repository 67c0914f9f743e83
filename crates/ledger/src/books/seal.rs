//! Seals in the replay: what one must state, computed again from the entries before it.

use kernel::{ContractId, Day, Fen, InstitutionId};

use super::{Books, Fault, unknown};
use crate::body::DaySealed;
use crate::finding::{Detail, InvariantId};
use crate::seal::{SealError, SealLeaf, SealTree};

fn fault(detail: Detail) -> Fault {
    (InvariantId::Seal, detail)
}

fn amount(_: SealError) -> Fault {
    fault(Detail::Plain)
}

impl Books {
    /// What a seal would state of a contract now; `None` before it is signed.
    pub fn seal_leaf(&self, contract: ContractId) -> Option<SealLeaf> {
        self.contracts.get(&contract)?.seal_leaf(contract)
    }

    /// The tree that a seal of this day would have now.
    ///
    /// # Errors
    /// [`InvariantId::Seal`] for books that do not add up.
    pub fn seal_tree(&mut self, institution: InstitutionId, on: Day) -> Result<SealTree, Fault> {
        let books = self.institutions.get(&institution).ok_or_else(|| unknown("institution", institution.uuid()))?;
        let mut sealed = Vec::with_capacity(books.contracts.len());
        for id in &books.contracts {
            let contract = self.contracts.get_mut(id).ok_or_else(|| unknown("contract", id.uuid()))?;
            sealed.extend(contract.sealed(*id).map_err(amount)?);
        }
        SealTree::build(on, sealed).map_err(amount)
    }

    /// The seal of a day as it would be now.
    ///
    /// # Errors
    /// [`InvariantId::Seal`] for books that do not add up.
    pub fn seal(&mut self, institution: InstitutionId, on: Day) -> Result<DaySealed, Fault> {
        let root = self.seal_tree(institution, on)?.root();
        let books = self.institutions.get(&institution).ok_or_else(|| unknown("institution", institution.uuid()))?;
        let (mut prepaid, mut disputed, mut refund, mut hours) = (Fen::ZERO, Fen::ZERO, Fen::ZERO, 0_u64);
        for id in &books.contracts {
            let contract = self.contracts.get(id).ok_or_else(|| unknown("contract", id.uuid()))?;
            for (sum, fen) in
                [(&mut prepaid, contract.prepaid), (&mut disputed, contract.disputed), (&mut refund, contract.refund)]
            {
                *sum = sum.checked_add(fen).map_err(|_| fault(Detail::Plain))?;
            }
            let left = contract.hours_left().and_then(|left| hours.checked_add(left));
            hours = left.ok_or(fault(Detail::Plain))?;
        }
        Ok(DaySealed {
            contracts: u64::try_from(books.contracts.len()).unwrap_or(u64::MAX),
            contracts_root: root.hash,
            custody_fen: books.for_families().ok_or(fault(Detail::Plain))?,
            disputed_fen: disputed,
            hours_left_hundredths: hours,
            payable_fen: books.payable,
            prepaid_fen: prepaid,
            refund_fen: refund,
            sealed_on: on,
        })
    }

    /// A seal is of a day that is over, later than the one sealed before, and states what is.
    pub(super) fn check_seal(
        &mut self,
        institution: InstitutionId,
        recorded_on: Day,
        actual: &DaySealed,
    ) -> Result<(), Fault> {
        let books = self.institutions.get_mut(&institution);
        let books = books.ok_or_else(|| unknown("institution", institution.uuid()))?;
        if actual.sealed_on >= recorded_on || books.sealed_on.is_some_and(|last| actual.sealed_on <= last) {
            return Err(fault(Detail::Plain));
        }
        books.sealed_on = Some(actual.sealed_on);
        let expected = self.seal(institution, actual.sealed_on)?;
        if expected.contracts != actual.contracts {
            let detail = Detail::Number { expected: expected.contracts, actual: actual.contracts };
            return Err(fault(detail));
        }
        for (expected, actual) in [
            (expected.custody_fen, actual.custody_fen),
            (expected.prepaid_fen, actual.prepaid_fen),
            (expected.disputed_fen, actual.disputed_fen),
            (expected.refund_fen, actual.refund_fen),
            (expected.payable_fen, actual.payable_fen),
        ] {
            if expected != actual {
                return Err(fault(Detail::Amount { expected, actual }));
            }
        }
        if expected.hours_left_hundredths != actual.hours_left_hundredths {
            let (expected, actual) = (expected.hours_left_hundredths, actual.hours_left_hundredths);
            return Err(fault(Detail::Number { expected, actual }));
        }
        if expected.contracts_root != actual.contracts_root {
            let detail = Detail::Hash { expected: expected.contracts_root, actual: actual.contracts_root };
            return Err(fault(detail));
        }
        Ok(())
    }
}
