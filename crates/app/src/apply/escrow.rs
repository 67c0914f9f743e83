//! Folding entries that move hours and money.

use ::contract::{ContractCommand, ContractState};
use ::escrow::{
    Account, EscrowError, Hold, HoldState, Lesson, LessonCommand, LessonState, LotHours, Refund, RefundCommand,
    RefundState, Settlement, SettlementState,
};
use kernel::{ContractId, Fen, LessonId, RefundId};
use ledger::body::{
    ConfirmedBy, ContractEnded, DisputeDecided, DisputeDecision, FeePaid, HoldPlaced, HoldReleased, LessonClaimed,
    LessonConfirmed, LessonDisputed, RefundConsented, RefundPaid, RefundRequested, SettlementOrdered, SettlementPaid,
};

use super::{Fact, corrupt, institution_mut};
use crate::convert;
use crate::refusal::Corrupt;
use crate::working_set::WorkingSet;
use store::Payment;

const MONEY: Corrupt = Corrupt { what: "money does not add up" };

fn escrow(_: EscrowError) -> Corrupt {
    corrupt("hours or money of a lot do not add up")
}

/// A balance after a move; an account that would go below zero is corrupt.
fn moved(balance: &mut Fen, change: Fen) -> Result<(), Corrupt> {
    let next = balance.checked_add(change).map_err(|_| MONEY)?;
    if next.is_negative() {
        return Err(MONEY);
    }
    *balance = next;
    Ok(())
}

fn minus(amount: Fen) -> Result<Fen, Corrupt> {
    amount.checked_neg().map_err(|_| MONEY)
}

fn account_step<'a>(
    state: &'a mut WorkingSet,
    fact: &Fact<'_>,
    id: ContractId,
    contract_seq: u64,
) -> Result<&'a mut Account, Corrupt> {
    let account = state.accounts.get_mut(id).ok_or(corrupt("unknown contract"))?;
    if contract_seq != account.last_seq.saturating_add(1) {
        return Err(corrupt("gap in the entries of a contract"));
    }
    account.last_seq = contract_seq;
    account.last_entry = fact.seq;
    Ok(account)
}

fn lesson_step(state: &mut WorkingSet, id: LessonId, command: LessonCommand) -> Result<&mut Lesson, Corrupt> {
    let lesson = state.lessons.get_mut(id).ok_or(corrupt("unknown lesson"))?;
    lesson.state = lesson.state.apply(command).map_err(|_| corrupt("lesson in the wrong state"))?;
    Ok(lesson)
}

fn refund_step(state: &mut WorkingSet, id: RefundId, command: RefundCommand) -> Result<&mut Refund, Corrupt> {
    let refund = state.refunds.get_mut(id).ok_or(corrupt("unknown refund"))?;
    refund.state = refund.state.apply(command).map_err(|_| corrupt("refund in the wrong state"))?;
    Ok(refund)
}

pub(super) fn fee_paid(state: &mut WorkingSet, fact: &Fact<'_>, d: &FeePaid) -> Result<(), Corrupt> {
    let parts: Vec<_> = d.lots.iter().map(|lot| (lot.lot, lot.fen)).collect();
    account_step(state, fact, d.contract, d.contract_seq)?.apply_payment(&parts).map_err(escrow)?;
    let institution = institution_mut(state, fact)?;
    moved(&mut institution.custody, d.amount_fen)?;
    moved(&mut institution.prepaid, d.amount_fen)?;
    let id = institution.id;
    state.references.insert((id, *d.reference.as_bytes()));
    let payment = Payment {
        id: d.payment,
        contract: d.contract,
        institution: id,
        amount: d.amount_fen,
        paid_at: d.paid_at,
        method: d.method.to_string(),
        reference: None,
        reference_hash: *d.reference.as_bytes(),
        seq: fact.seq,
    };
    state.payments.insert(d.payment, payment);
    Ok(())
}

pub(super) fn lesson_claimed(state: &mut WorkingSet, fact: &Fact<'_>, d: &LessonClaimed) -> Result<(), Corrupt> {
    let lots: Vec<_> = d.lots.iter().map(|lot| LotHours { lot: lot.lot, hours: lot.hours }).collect();
    account_step(state, fact, d.contract, d.contract_seq)?.apply_claim(&lots).map_err(escrow)?;
    let lesson = Lesson {
        id: d.lesson,
        contract: d.contract,
        institution: fact.institution.ok_or(corrupt("lesson without institution"))?,
        hours: d.hours,
        held_on: d.held_on,
        deemed_confirmed_on: d.deemed_confirmed_on,
        lots,
        frozen: Vec::new(),
        state: LessonState::Claimed,
    };
    state.lessons.insert(d.lesson, lesson);
    Ok(())
}

pub(super) fn lesson_confirmed(state: &mut WorkingSet, fact: &Fact<'_>, d: &LessonConfirmed) -> Result<(), Corrupt> {
    let command = match d.by {
        ConfirmedBy::Guardian => LessonCommand::Confirm,
        ConfirmedBy::Silence => LessonCommand::DeemConfirm,
    };
    lesson_step(state, d.lesson, command)?;
    let parts = convert::parts_of(&d.lots);
    account_step(state, fact, d.contract, d.contract_seq)?.apply_confirmation(&parts).map_err(escrow)?;
    let value = ::escrow::account::total(&parts).map_err(escrow)?;
    let institution = institution_mut(state, fact)?;
    moved(&mut institution.prepaid, minus(value)?)?;
    moved(&mut institution.payable, value)
}

pub(super) fn lesson_disputed(state: &mut WorkingSet, fact: &Fact<'_>, d: &LessonDisputed) -> Result<(), Corrupt> {
    let parts = convert::parts_of(&d.lots);
    lesson_step(state, d.lesson, LessonCommand::Dispute)?.frozen = parts.clone();
    account_step(state, fact, d.contract, d.contract_seq)?.apply_dispute(&parts).map_err(escrow)?;
    let value = ::escrow::account::total(&parts).map_err(escrow)?;
    let institution = institution_mut(state, fact)?;
    moved(&mut institution.prepaid, minus(value)?)?;
    moved(&mut institution.disputed, value)
}

pub(super) fn dispute_decided(state: &mut WorkingSet, fact: &Fact<'_>, d: &DisputeDecided) -> Result<(), Corrupt> {
    let for_family = d.decision == DisputeDecision::Family;
    let command = if for_family { LessonCommand::DecideForFamily } else { LessonCommand::DecideForInstitution };
    let parts = convert::parts_of(&d.lots);
    let lesson = lesson_step(state, d.lesson, command)?;
    if lesson.frozen != parts {
        return Err(corrupt("a dispute decided over other money than was frozen"));
    }
    lesson.frozen = Vec::new();
    account_step(state, fact, d.contract, d.contract_seq)?.apply_decision(&parts, for_family).map_err(escrow)?;
    let value = ::escrow::account::total(&parts).map_err(escrow)?;
    let institution = institution_mut(state, fact)?;
    moved(&mut institution.disputed, minus(value)?)?;
    moved(if for_family { &mut institution.prepaid } else { &mut institution.payable }, value)
}

pub(super) fn contract_ended(state: &mut WorkingSet, fact: &Fact<'_>, d: &ContractEnded) -> Result<(), Corrupt> {
    let account = account_step(state, fact, d.contract, d.contract_seq)?;
    account.state = account.state.apply(ContractCommand::End).map_err(|_| corrupt("a contract ended before"))?;
    Ok(())
}

pub(super) fn refund_requested(state: &mut WorkingSet, fact: &Fact<'_>, d: &RefundRequested) -> Result<(), Corrupt> {
    account_step(state, fact, d.contract, d.contract_seq)?.open_refund = Some(d.refund);
    let refund = Refund {
        id: d.refund,
        contract: d.contract,
        institution: fact.institution.ok_or(corrupt("refund without institution"))?,
        cause: convert::refund_cause_of(d.cause),
        lots: convert::parts_of(&d.lots),
        amount: d.amount_fen,
        answer_by_on: d.answer_by_on,
        pay_by_on: None,
        state: RefundState::Requested,
    };
    state.refunds.insert(d.refund, refund);
    Ok(())
}

pub(super) fn refund_consented(state: &mut WorkingSet, fact: &Fact<'_>, d: &RefundConsented) -> Result<(), Corrupt> {
    let parts = convert::parts_of(&d.lots);
    let refund = refund_step(state, d.refund, RefundCommand::Consent)?;
    if refund.lots != parts {
        return Err(corrupt("a refund consented to over other money than was asked"));
    }
    refund.pay_by_on = d.pay_by_on;
    let amount = refund.amount;
    let account = account_step(state, fact, d.contract, d.contract_seq)?;
    account.apply_refund(&parts).map_err(escrow)?;
    account.open_refund = None;
    account.state = account.state.apply(ContractCommand::End).unwrap_or(ContractState::Ended);
    let institution = institution_mut(state, fact)?;
    moved(&mut institution.prepaid, minus(amount)?)?;
    moved(&mut institution.refund, amount)
}

pub(super) fn refund_paid(state: &mut WorkingSet, fact: &Fact<'_>, d: &RefundPaid) -> Result<(), Corrupt> {
    refund_step(state, d.refund, RefundCommand::Pay)?;
    account_step(state, fact, d.contract, d.contract_seq)?.apply_refund_payout(d.amount_fen).map_err(escrow)?;
    let institution = institution_mut(state, fact)?;
    moved(&mut institution.refund, minus(d.amount_fen)?)?;
    moved(&mut institution.custody, minus(d.amount_fen)?)
}

pub(super) fn settlement_ordered(
    state: &mut WorkingSet,
    fact: &Fact<'_>,
    d: &SettlementOrdered,
) -> Result<(), Corrupt> {
    let institution = institution_mut(state, fact)?;
    moved(&mut institution.settling, d.amount_fen)?;
    if institution.settling > institution.payable {
        return Err(corrupt("more in settlement than is payable"));
    }
    let settlement = Settlement {
        id: d.settlement,
        institution: institution.id,
        amount: d.amount_fen,
        state: SettlementState::Ordered,
    };
    state.settlements.insert(d.settlement, settlement);
    Ok(())
}

pub(super) fn settlement_paid(state: &mut WorkingSet, fact: &Fact<'_>, d: &SettlementPaid) -> Result<(), Corrupt> {
    let settlement = state.settlements.get_mut(d.settlement).ok_or(corrupt("unknown settlement"))?;
    settlement.state = settlement.state.pay().map_err(|_| corrupt("settlement paid twice"))?;
    let institution = institution_mut(state, fact)?;
    moved(&mut institution.settling, minus(d.amount_fen)?)?;
    moved(&mut institution.payable, minus(d.amount_fen)?)?;
    moved(&mut institution.custody, minus(d.amount_fen)?)
}

pub(super) fn hold_placed(state: &mut WorkingSet, fact: &Fact<'_>, d: &HoldPlaced) -> Result<(), Corrupt> {
    let institution = institution_mut(state, fact)?;
    institution.holds = institution.holds.saturating_add(1);
    let hold = Hold {
        id: d.hold,
        institution: institution.id,
        cause: convert::hold_cause_of(d.cause),
        state: HoldState::Placed,
    };
    state.holds.insert(d.hold, hold);
    Ok(())
}

pub(super) fn hold_released(state: &mut WorkingSet, fact: &Fact<'_>, d: &HoldReleased) -> Result<(), Corrupt> {
    let hold = state.holds.get_mut(d.hold).ok_or(corrupt("unknown hold"))?;
    hold.state = hold.state.release().map_err(|_| corrupt("hold lifted twice"))?;
    let institution = institution_mut(state, fact)?;
    institution.holds = institution.holds.checked_sub(1).ok_or(corrupt("more holds lifted than placed"))?;
    Ok(())
}
