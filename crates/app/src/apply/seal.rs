//! Folding seals: what the last one counted of each contract, and what changed since.

use ::escrow::Account;
use ledger::body::DaySealed;
use ledger::{Hash, SealLeaf};
use store::{Seal, SealedContract};

use super::{Fact, corrupt, institution_mut};
use crate::refusal::Corrupt;
use crate::working_set::WorkingSet;

/// Remembers that a signed contract has an entry that no seal counts yet.
pub(super) fn contract_changed(state: &mut WorkingSet, fact: &Fact<'_>) {
    if let (Some(institution), Some((contract, _))) = (fact.institution, fact.body.contract())
        && state.accounts.get(contract).is_some()
    {
        state.unsealed.entry(institution).or_default().insert(contract, fact.leaf);
    }
}

/// What a seal states of a contract.
///
/// # Errors
/// [`Corrupt`] when hours or money of its lots do not add up.
fn leaf_of(account: &Account, last_leaf: [u8; 32]) -> Result<SealLeaf, Corrupt> {
    let hours = account.remaining().map_err(|_| corrupt("hours of a contract"))?;
    let terms = &account.terms;
    Ok(SealLeaf {
        blind: ledger::seal::blind(terms.id, terms.guardian, terms.pupil, &Hash::new(account.document)),
        contract: terms.id,
        disputed_fen: account.disputed,
        entries: account.last_seq,
        hours_left_hundredths: u64::try_from(hours.hundredths()).map_err(|_| corrupt("hours of a contract"))?,
        last_leaf: Hash::new(last_leaf),
        prepaid_fen: account.prepaid,
        refund_fen: account.refund,
    })
}

/// A contract as a seal counts it now.
///
/// # Errors
/// [`Corrupt`].
pub(crate) fn sealed_row(account: &Account, last_leaf: [u8; 32]) -> Result<SealedContract, Corrupt> {
    let leaf = leaf_of(account, last_leaf)?;
    let sealed = leaf.sealed().map_err(|_| corrupt("money of a contract"))?;
    Ok(SealedContract {
        institution: account.terms.institution,
        contract: account.terms.id,
        entries: leaf.entries,
        last_leaf,
        prepaid: account.prepaid,
        disputed: account.disputed,
        refund: account.refund,
        hours_left: leaf.hours_left_hundredths,
        core: *sealed.core.as_bytes(),
    })
}

pub(super) fn day_sealed(state: &mut WorkingSet, fact: &Fact<'_>, d: &DaySealed) -> Result<(), Corrupt> {
    let institution = institution_mut(state, fact)?;
    let (id, number) = (institution.id, institution.last_seq.saturating_add(1));
    let seal = Seal { institution: id, institution_seq: number, seq: fact.seq, sealed_on: d.sealed_on };
    state.seals.insert((id, number), seal);
    for (contract, leaf) in state.unsealed.remove(&id).unwrap_or_default() {
        let account = state.accounts.get(contract).ok_or(corrupt("unknown contract"))?;
        let row = sealed_row(account, leaf)?;
        state.sealed_contracts.insert((id, contract), row);
    }
    Ok(())
}
