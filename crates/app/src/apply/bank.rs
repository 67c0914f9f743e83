//! Folding entries about the custody bank: statements, suspended lines, reconciliation, payouts that
//! failed or came back, the risk deposit, interest.

use ::escrow::{Refund, RefundCommand, RefundState, SettlementCommand};
use kernel::{Fen, SettlementId};
use ledger::body::{
    BankDirection, BankLineSuspended, BankStatementRecorded, DepositLock, DepositLocked, DepositPaid, InterestAllotted,
    InterestCredited, Reconciled, RefundReturned, SettlementApproved, SettlementFailed, SettlementReturned,
    SuspenseCleared,
};
use registry::Institution;
use store::{Reconciliation, Statement, SuspendedLine};

use super::escrow::{account_step, minus, moved, refund_step};
use super::{Fact, corrupt, institution_mut};
use crate::convert;
use crate::refusal::Corrupt;
use crate::working_set::WorkingSet;

pub(super) fn statement_recorded(
    state: &mut WorkingSet,
    fact: &Fact<'_>,
    d: &BankStatementRecorded,
) -> Result<(), Corrupt> {
    let statement = Statement {
        id: d.statement,
        institution: fact.institution.ok_or(corrupt("statement without institution"))?,
        account: convert::account_kind_of(d.account),
        sequence: d.sequence,
        on: d.statement_on,
        opening: d.opening_fen,
        closing: d.closing_fen,
        lines: u64::from(d.lines),
        file: *d.file.as_bytes(),
        account_number: *d.account_number.as_bytes(),
        seq: fact.seq,
    };
    state.statements.insert(d.statement, statement);
    Ok(())
}

/// Moves a suspended amount; `by` is negative when it is explained.
fn suspend(institution: &mut Institution, direction: BankDirection, by: Fen) -> Result<(), Corrupt> {
    match direction {
        BankDirection::Credit => {
            moved(&mut institution.suspended_in, by)?;
            moved(&mut institution.custody, by)
        }
        BankDirection::Debit => {
            moved(&mut institution.suspended_out, by)?;
            moved(&mut institution.custody, minus(by)?)
        }
    }
}

pub(super) fn line_suspended(state: &mut WorkingSet, fact: &Fact<'_>, d: &BankLineSuspended) -> Result<(), Corrupt> {
    let institution = institution_mut(state, fact)?;
    suspend(institution, d.direction, d.amount_fen)?;
    let line = SuspendedLine {
        id: d.line,
        institution: institution.id,
        statement: d.statement,
        direction: convert::direction_of(d.direction),
        amount: d.amount_fen,
        booked_on: d.booked_on,
        cleared: false,
    };
    state.suspended.insert(d.line, line);
    Ok(())
}

pub(super) fn suspense_cleared(state: &mut WorkingSet, fact: &Fact<'_>, d: &SuspenseCleared) -> Result<(), Corrupt> {
    let line = state.suspended.get_mut(d.line).ok_or(corrupt("unknown suspended line"))?;
    if line.cleared || (line.amount, line.direction) != (d.amount_fen, convert::direction_of(d.direction)) {
        return Err(corrupt("a suspended line explained twice or by another amount"));
    }
    line.cleared = true;
    suspend(institution_mut(state, fact)?, d.direction, minus(d.amount_fen)?)
}

pub(super) fn reconciled(state: &mut WorkingSet, fact: &Fact<'_>, d: &Reconciled) -> Result<(), Corrupt> {
    let institution = fact.institution.ok_or(corrupt("reconciliation without institution"))?;
    let row = Reconciliation {
        institution,
        on: d.reconciled_on,
        seq: fact.seq,
        result: convert::reconciliation_of(d.result),
        required: d.required_fen,
        custody: d.custody_fen,
        bank: d.bank_fen,
        due_on: d.due_on,
    };
    state.reconciliations.insert((institution, d.reconciled_on), row);
    Ok(())
}

fn settlement_step(state: &mut WorkingSet, id: SettlementId, command: SettlementCommand) -> Result<Fen, Corrupt> {
    let settlement = state.settlements.get_mut(id).ok_or(corrupt("unknown settlement"))?;
    settlement.state = settlement.state.apply(command).map_err(|_| corrupt("settlement in the wrong state"))?;
    Ok(settlement.amount)
}

pub(super) fn settlement_approved(state: &mut WorkingSet, d: &SettlementApproved) -> Result<(), Corrupt> {
    settlement_step(state, d.settlement, SettlementCommand::Approve).map(|_| ())
}

pub(super) fn settlement_failed(state: &mut WorkingSet, fact: &Fact<'_>, d: &SettlementFailed) -> Result<(), Corrupt> {
    let amount = settlement_step(state, d.settlement, SettlementCommand::Fail)?;
    moved(&mut institution_mut(state, fact)?.settling, minus(amount)?)
}

pub(super) fn settlement_returned(
    state: &mut WorkingSet,
    fact: &Fact<'_>,
    d: &SettlementReturned,
) -> Result<(), Corrupt> {
    let amount = settlement_step(state, d.settlement, SettlementCommand::Return)?;
    let institution = institution_mut(state, fact)?;
    moved(&mut institution.payable, amount)?;
    moved(&mut institution.custody, amount)
}

pub(super) fn refund_returned(state: &mut WorkingSet, fact: &Fact<'_>, d: &RefundReturned) -> Result<(), Corrupt> {
    refund_step(state, d.refund, RefundCommand::Return)?;
    let account = account_step(state, fact, d.contract, d.contract_seq)?;
    moved(&mut account.refund, d.amount_fen)?;
    let institution = institution_mut(state, fact)?;
    moved(&mut institution.refund, d.amount_fen)?;
    moved(&mut institution.custody, d.amount_fen)
}

pub(super) fn deposit_paid(state: &mut WorkingSet, fact: &Fact<'_>, d: &DepositPaid) -> Result<(), Corrupt> {
    let institution = institution_mut(state, fact)?;
    moved(&mut institution.deposit, d.amount_fen)?;
    let id = institution.id;
    state.references.insert((id, *d.reference.as_bytes()));
    Ok(())
}

pub(super) fn deposit_locked(state: &mut WorkingSet, fact: &Fact<'_>, d: &DepositLocked) -> Result<(), Corrupt> {
    institution_mut(state, fact)?.deposit_locked = d.state == DepositLock::Locked;
    Ok(())
}

pub(super) fn deposit_out(state: &mut WorkingSet, fact: &Fact<'_>, amount: Fen) -> Result<(), Corrupt> {
    moved(&mut institution_mut(state, fact)?.deposit, minus(amount)?)
}

pub(super) fn interest_credited(state: &mut WorkingSet, fact: &Fact<'_>, d: &InterestCredited) -> Result<(), Corrupt> {
    let institution = institution_mut(state, fact)?;
    moved(&mut institution.interest, d.amount_fen)?;
    moved(&mut institution.custody, d.amount_fen)
}

pub(super) fn interest_allotted(state: &mut WorkingSet, fact: &Fact<'_>, d: &InterestAllotted) -> Result<(), Corrupt> {
    let account = account_step(state, fact, d.contract, d.contract_seq)?;
    moved(&mut account.refund, d.amount_fen)?;
    let institution = institution_mut(state, fact)?;
    moved(&mut institution.interest, minus(d.amount_fen)?)?;
    moved(&mut institution.refund, d.amount_fen)?;
    let refund = Refund {
        id: d.refund,
        contract: d.contract,
        institution: institution.id,
        cause: ::escrow::RefundCause::Neither,
        lots: Vec::new(),
        amount: d.amount_fen,
        requested_on: Some(fact.effective_on),
        answer_by_on: None,
        decide_by_on: None,
        pay_by_on: None,
        whole: false,
        state: RefundState::Consented,
    };
    state.refunds.insert(d.refund, refund);
    Ok(())
}

/// Keeps what a reconciliation of this batch counts as later than its day.
pub(super) fn moved_later(state: &mut WorkingSet, fact: &Fact<'_>) -> Result<(), Corrupt> {
    for ((institution, on), moved) in &mut state.moved_after {
        if Some(*institution) == fact.institution && fact.effective_on > *on {
            moved.add(fact.body)?;
        }
    }
    Ok(())
}
