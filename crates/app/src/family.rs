//! The other contracts of a family with the same seller: loaded for a batch, and held against the caps
//! inside it, so that signatures queued at once see each other. A family is the guardian, or the child
//! under any guardian; a seller is an institution with all that have the same legal representative.

use std::collections::BTreeSet;

use contract::{ContractState, Outstanding, Terms, across_violations};
use kernel::{ClassHours, ContractId, Fen, InstitutionId, LedgerId, SubjectId, Violation};
use store::{StoreError, Tx};

use crate::context::Context;
use crate::refusal::{Corrupt, Stop};
use crate::working_set::{Wanted, WorkingSet};

/// Loads what the verbs of a batch ask of families, after contracts and persons.
pub(crate) async fn load(
    tx: &Tx,
    ledger: &LedgerId,
    wanted: &Wanted,
    state: &mut WorkingSet,
) -> Result<(), StoreError> {
    let unread: BTreeSet<ContractId> =
        wanted.families.iter().copied().filter(|id| !state.families.contains(id)).collect();
    if unread.is_empty() && wanted.new_families.is_empty() {
        return Ok(());
    }
    let terms = |id| {
        let in_force = state.accounts.get(id).map(|account| &account.terms);
        in_force.or_else(|| state.drafts.get(id).map(|draft| &draft.terms))
    };
    let people: Vec<(SubjectId, SubjectId)> =
        unread.iter().filter_map(|id| terms(*id).map(|terms| (terms.guardian, terms.pupil))).collect();
    let known = wanted.new_families.iter().filter_map(|(lookup, _)| state.persons.get(lookup).copied());
    let guardians: Vec<SubjectId> = people.iter().map(|(guardian, _)| *guardian).chain(known).collect();
    let pupils: Vec<SubjectId> = people.iter().map(|(_, pupil)| *pupil).collect();

    let own_keys = store::child_key_load(tx, ledger, &pupils).await?;
    let keys = own_keys.iter().map(|(_, key)| *key).chain(wanted.new_families.iter().map(|(_, key)| *key));
    let keys: Vec<[u8; 32]> = keys.collect();
    let children = store::children_by_key(tx, ledger, &keys).await?;
    let all_pupils: Vec<SubjectId> = pupils.into_iter().chain(children.iter().map(|(pupil, _)| *pupil)).collect();
    children.into_iter().for_each(|(pupil, key)| state.know_child(pupil, key));

    let accounts = {
        let loaded = |id| state.accounts.get(id).is_some();
        store::accounts_of_family(tx, ledger, &guardians, &all_pupils, loaded).await?
    };
    for account in accounts {
        state.load_account(account);
    }
    let of_people = guardians.iter().chain(&all_pupils).flat_map(|person| state.contracts_of(*person));
    let of_contracts = of_people.filter_map(|id| Some(state.accounts.get(id)?.terms.institution)).collect();
    controllers(tx, ledger, of_contracts, state).await?;
    state.families.extend(unread);
    Ok(())
}

/// Only where contracts of several institutions came together does it matter who controls them.
async fn controllers(
    tx: &Tx,
    ledger: &LedgerId,
    of_contracts: BTreeSet<InstitutionId>,
    state: &mut WorkingSet,
) -> Result<(), StoreError> {
    let mut institutions = of_contracts;
    institutions.extend(state.courses.rows().values().map(|course| course.institution));
    if institutions.len() > 1 {
        let institutions: Vec<_> = institutions.into_iter().collect();
        state.controllers.extend(store::controller_key_load(tx, ledger, &institutions).await?);
    }
    Ok(())
}

fn same_seller(state: &WorkingSet, one: InstitutionId, other: InstitutionId) -> bool {
    one == other || {
        let controller = state.controllers.get(&one);
        controller.is_some() && controller == state.controllers.get(&other)
    }
}

/// Caps that a contract breaks together with the family's others at the same seller. `child_key` is
/// that of a pupil who is not kept yet.
pub(crate) fn across(
    state: &WorkingSet,
    context: &Context<'_>,
    terms: &Terms,
    child_key: Option<[u8; 32]>,
    field: &'static str,
) -> Result<Vec<Violation>, Stop> {
    let together = together(state, terms, child_key)?;
    Ok(together.map(|(this, others)| across_violations(&this, &others, context.policy, field)).unwrap_or_default())
}

/// What a family has not yet had of a contract, and of its others at the same seller, if there are any.
pub(crate) fn together(
    state: &WorkingSet,
    terms: &Terms,
    child_key: Option<[u8; 32]>,
) -> Result<Option<(Outstanding, Vec<Outstanding>)>, Corrupt> {
    let child = child_key.or_else(|| state.child_key(terms.pupil));
    let unsound = |_| Corrupt { what: "hours or money of a lot" };
    let mut others: Vec<Outstanding> = Vec::new();
    let same_child = child.into_iter().flat_map(|key| state.pupils_of(key));
    let people: BTreeSet<SubjectId> = [terms.guardian, terms.pupil].into_iter().chain(same_child).collect();
    let contracts: BTreeSet<_> = people.into_iter().flat_map(|person| state.contracts_of(person)).collect();
    for account in contracts.into_iter().filter_map(|id| state.accounts.get(id)) {
        let other = &account.terms;
        if other.id != terms.id
            && account.state == ContractState::Signed
            && same_seller(state, terms.institution, other.institution)
        {
            others.push(account.outstanding().map_err(unsound)?);
        }
    }
    // Hours that are used up bind nothing.
    others.retain(|other| {
        *other != Outstanding { paid_hours: ClassHours::ZERO, gift_hours: ClassHours::ZERO, money: Fen::ZERO, ..*other }
    });
    if others.is_empty() {
        return Ok(None);
    }
    let this = match state.accounts.get(terms.id) {
        Some(account) => account.outstanding().map_err(unsound)?,
        None => escrow::account::open(terms.clone(), [0; 32], 0, 0).outstanding().map_err(unsound)?,
    };
    Ok(Some((this, others)))
}
