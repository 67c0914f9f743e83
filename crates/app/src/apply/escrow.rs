//! Folding entries that move hours and money.

use ::contract::{ContractCommand, ContractState};
use ::escrow::{
    Account, CheckIn, EscrowError, Hold, HoldScope, HoldState, Lesson, LessonCommand, LessonState, LotHours, Refund,
    RefundCommand, RefundState, Settlement, SettlementState,
};
use kernel::{ContractId, Fen, LessonId, RefundId};
use ledger::body::{
    ConfirmedBy, ContractEnded, DisputeArgued, DisputeDecided, DisputeDecision, FeePaid, HoldCause, HoldPlaced,
    HoldReleased, LessonCheckedIn, LessonClaimed, LessonConfirmed, LessonDisputed, RefundConsented, RefundPaid,
    RefundRequested, SettlementOrdered, SettlementPaid,
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
pub(super) fn moved(balance: &mut Fen, change: Fen) -> Result<(), Corrupt> {
    let next = balance.checked_add(change).map_err(|_| MONEY)?;
    if next.is_negative() {
        return Err(MONEY);
    }
    *balance = next;
    Ok(())
}

pub(super) fn minus(amount: Fen) -> Result<Fen, Corrupt> {
    amount.checked_neg().map_err(|_| MONEY)
}

pub(super) fn account_step<'a>(
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

pub(super) fn refund_step(
    state: &mut WorkingSet,
    id: RefundId,
    command: RefundCommand,
) -> Result<&mut Refund, Corrupt> {
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
        class_session: d.class_session,
        claimed_on: Some(fact.recorded_on),
        decide_by_on: None,
        lots,
        frozen: Vec::new(),
        state: LessonState::Claimed,
    };
    state.lessons.insert(d.lesson, lesson);
    if let Some(session) = d.class_session {
        state.session_lessons.insert((d.contract, session), d.lesson);
    }
    Ok(())
}

pub(super) fn lesson_checked_in(state: &mut WorkingSet, fact: &Fact<'_>, d: &LessonCheckedIn) -> Result<(), Corrupt> {
    account_step(state, fact, d.contract, d.contract_seq)?;
    let check_in = CheckIn {
        id: d.check_in,
        contract: d.contract,
        institution: fact.institution.ok_or(corrupt("check-in without institution"))?,
        class_session: d.class_session,
        held_on: d.held_on,
        checked_in_on: fact.recorded_on,
    };
    state.checked_in.insert((d.contract, d.class_session));
    state.check_ins.insert(d.check_in, check_in);
    Ok(())
}

/// What the parties say is read from the contract's own chain.
pub(super) fn dispute_argued(state: &mut WorkingSet, fact: &Fact<'_>, d: &DisputeArgued) -> Result<(), Corrupt> {
    account_step(state, fact, d.contract, d.contract_seq)?;
    let lesson = state.lessons.get(d.lesson).ok_or(corrupt("unknown lesson"))?;
    if lesson.state == LessonState::Disputed { Ok(()) } else { Err(corrupt("an argument about what is not disputed")) }
}

pub(super) fn lesson_confirmed(state: &mut WorkingSet, fact: &Fact<'_>, d: &LessonConfirmed) -> Result<(), Corrupt> {
    let command = match d.by {
        ConfirmedBy::Guardian | ConfirmedBy::CheckIn => LessonCommand::Confirm,
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
    let lesson = lesson_step(state, d.lesson, LessonCommand::Dispute)?;
    (lesson.frozen, lesson.decide_by_on) = (parts.clone(), d.decide_by_on);
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
    let parts = convert::parts_of(&d.lots);
    let account = account_step(state, fact, d.contract, d.contract_seq)?;
    account.open_refund = Some(d.refund);
    let whole = account.is_whole(&parts).map_err(escrow)?;
    let refund = Refund {
        id: d.refund,
        contract: d.contract,
        institution: fact.institution.ok_or(corrupt("refund without institution"))?,
        cause: convert::refund_cause_of(d.cause),
        lots: parts,
        amount: d.amount_fen,
        requested_on: Some(fact.recorded_on),
        answer_by_on: d.answer_by_on,
        decide_by_on: None,
        pay_by_on: None,
        whole,
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
    let (amount, whole) = (refund.amount, refund.whole);
    let account = account_step(state, fact, d.contract, d.contract_seq)?;
    account.apply_refund(&parts).map_err(escrow)?;
    account.open_refund = None;
    if whole {
        account.state = account.state.apply(ContractCommand::End).unwrap_or(ContractState::Ended);
    }
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
    settlement.state =
        settlement.state.apply(::escrow::SettlementCommand::Pay).map_err(|_| corrupt("settlement paid twice"))?;
    let institution = institution_mut(state, fact)?;
    moved(&mut institution.settling, minus(d.amount_fen)?)?;
    moved(&mut institution.payable, minus(d.amount_fen)?)?;
    moved(&mut institution.custody, minus(d.amount_fen)?)
}

pub(super) fn hold_placed(state: &mut WorkingSet, fact: &Fact<'_>, d: &HoldPlaced) -> Result<(), Corrupt> {
    let institution = institution_mut(state, fact)?;
    institution.holds = institution.holds.saturating_add(1);
    if d.cause == HoldCause::Account {
        institution.account_holds = institution.account_holds.saturating_add(1);
    }
    let hold = Hold {
        id: d.hold,
        institution: institution.id,
        contract: None,
        cause: convert::hold_cause_of(d.cause),
        state: HoldState::Placed,
    };
    state.holds.insert(d.hold, hold);
    Ok(())
}

pub(super) fn hold_released(state: &mut WorkingSet, fact: &Fact<'_>, d: &HoldReleased) -> Result<(), Corrupt> {
    let hold = state.holds.get_mut(d.hold).ok_or(corrupt("unknown hold"))?;
    hold.state = hold.state.release().map_err(|_| corrupt("hold lifted twice"))?;
    let of_account = u32::from(hold.scope() == HoldScope::Account);
    let institution = institution_mut(state, fact)?;
    let fewer = corrupt("more holds lifted than placed");
    institution.holds = institution.holds.checked_sub(1).ok_or(fewer)?;
    institution.account_holds = institution.account_holds.checked_sub(of_account).ok_or(fewer)?;
    Ok(())
}
