//! Folding entries about courses and contracts.

use ::contract::{ContractCommand, ContractState, Course, LotTerms, RefundTerms, Terms, Transfer};
use ledger::body::{ContractSignatureGiven, ContractSigned, ContractTransferred, CoursePublished};

use super::escrow::account_step;
use super::{Fact, corrupt};
use crate::convert;
use crate::refusal::Corrupt;
use crate::working_set::WorkingSet;

fn small(count: u32) -> Result<u16, Corrupt> {
    u16::try_from(count).map_err(|_| corrupt("count out of range"))
}

pub(super) fn course_published(state: &mut WorkingSet, fact: &Fact<'_>, d: &CoursePublished) -> Result<(), Corrupt> {
    let course = Course {
        id: d.course,
        institution: fact.institution.ok_or(corrupt("course without institution"))?,
        category: d.category,
        mode: d.mode,
        stage: d.stage,
        hours: d.hours,
        minutes_per_hour: small(d.minutes_per_hour)?,
        price: d.price_fen,
        list_price_per_hour: d.list_price_per_hour_fen,
        class_size_max: small(d.class_size_max)?,
        starts_on: d.starts_on,
        ends_on: d.ends_on,
        published_seq: Some(fact.seq),
    };
    state.courses.insert(d.course, course);
    Ok(())
}

pub(super) fn contract_signature_given(state: &mut WorkingSet, d: &ContractSignatureGiven) -> Result<(), Corrupt> {
    let next = ContractState::Draft
        .apply(ContractCommand::sign(convert::party_of(d.party)))
        .map_err(|_| corrupt("first signature"))?;
    if state.signing.insert(d.contract, next).is_some() {
        return Err(corrupt("contract with two first signatures"));
    }
    if let Some(draft) = state.drafts.get_mut(d.contract) {
        draft.state = next;
    }
    Ok(())
}

pub(super) fn contract_signed(state: &mut WorkingSet, fact: &Fact<'_>, d: &ContractSigned) -> Result<(), Corrupt> {
    // Live, the first signature is in the draft's row; in replay, in the fold.
    let before = state
        .drafts
        .get(d.contract)
        .map(|draft| draft.state)
        .or_else(|| state.signing.get(&d.contract).copied())
        .ok_or(corrupt("second signature without a first"))?;
    let next = before
        .apply(ContractCommand::sign(convert::party_of(d.party)))
        .map_err(|_| corrupt("second signature by the same party"))?;
    state.signing.insert(d.contract, next);
    if let Some(draft) = state.drafts.get_mut(d.contract) {
        draft.state = next;
    }
    let terms = Terms {
        id: d.contract,
        institution: fact.institution.ok_or(corrupt("contract without institution"))?,
        course: d.course,
        category: d.category,
        mode: d.mode,
        stage: d.stage,
        guardian: d.guardian,
        pupil: d.pupil,
        lots: d
            .lots
            .iter()
            .map(|lot| LotTerms {
                id: lot.lot,
                paid_hours: lot.paid_hours,
                gift_hours: lot.gift_hours,
                price: lot.price_fen,
                list_price_per_hour: lot.list_price_per_hour_fen,
            })
            .collect(),
        refund_terms: RefundTerms {
            full_refund_days_before_start: small(d.full_refund_days_before_start)?,
            full_refund_days_after_start: small(d.full_refund_days_after_start)?,
            pay_back_days: small(d.pay_back_days)?,
        },
        first_lesson_on: d.first_lesson_on,
        last_lesson_on: d.last_lesson_on,
    };
    state.insert_account(::escrow::account::open(terms, *d.document.as_bytes(), d.contract_seq, fact.seq));
    Ok(())
}

pub(super) fn contract_transferred(
    state: &mut WorkingSet,
    fact: &Fact<'_>,
    d: &ContractTransferred,
) -> Result<(), Corrupt> {
    let terms = &mut account_step(state, fact, d.contract, d.contract_seq)?.terms;
    let transfer = Transfer {
        id: d.transfer,
        contract: d.contract,
        contract_seq: d.contract_seq,
        from_guardian: std::mem::replace(&mut terms.guardian, d.guardian),
        from_pupil: std::mem::replace(&mut terms.pupil, d.pupil),
        guardian: d.guardian,
        pupil: d.pupil,
    };
    state.hand_on(transfer);
    Ok(())
}
