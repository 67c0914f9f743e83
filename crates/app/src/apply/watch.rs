//! Folding entries about contested refunds, frozen contracts, inspections, alerts and closures.

use ::escrow::{Alert, AlertState, Closure, Hold, HoldState, Inspection, RefundCommand};
use kernel::ClassHours;
use ledger::body::{
    AlertRaised, AlertStepTaken, ClosurePacked, ContractFrozen, ContractUnfrozen, DisputeDecision, InspectionRecorded,
    RefundDecided, RefundObjected, RefundWithdrawn,
};

use super::escrow::{account_step, refund_step};
use super::{Fact, corrupt};
use crate::convert;
use crate::refusal::Corrupt;
use crate::working_set::WorkingSet;

pub(super) fn refund_objected(state: &mut WorkingSet, fact: &Fact<'_>, d: &RefundObjected) -> Result<(), Corrupt> {
    refund_step(state, d.refund, RefundCommand::Object)?.decide_by_on = d.decide_by_on;
    account_step(state, fact, d.contract, d.contract_seq)?;
    Ok(())
}

pub(super) fn refund_decided(state: &mut WorkingSet, fact: &Fact<'_>, d: &RefundDecided) -> Result<(), Corrupt> {
    let for_family = d.decision == DisputeDecision::Family;
    let command = if for_family { RefundCommand::DecideForFamily } else { RefundCommand::DecideForInstitution };
    refund_step(state, d.refund, command)?;
    let account = account_step(state, fact, d.contract, d.contract_seq)?;
    if !for_family {
        account.open_refund = None;
    }
    Ok(())
}

pub(super) fn refund_withdrawn(state: &mut WorkingSet, fact: &Fact<'_>, d: &RefundWithdrawn) -> Result<(), Corrupt> {
    refund_step(state, d.refund, RefundCommand::Withdraw)?;
    account_step(state, fact, d.contract, d.contract_seq)?.open_refund = None;
    Ok(())
}

pub(super) fn contract_frozen(state: &mut WorkingSet, fact: &Fact<'_>, d: &ContractFrozen) -> Result<(), Corrupt> {
    let account = account_step(state, fact, d.contract, d.contract_seq)?;
    account.holds = account.holds.saturating_add(1);
    let hold = Hold {
        id: d.hold,
        institution: account.terms.institution,
        contract: Some(d.contract),
        cause: convert::hold_cause_of(d.cause),
        state: HoldState::Placed,
    };
    state.holds.insert(d.hold, hold);
    Ok(())
}

pub(super) fn contract_unfrozen(state: &mut WorkingSet, fact: &Fact<'_>, d: &ContractUnfrozen) -> Result<(), Corrupt> {
    let hold = state.holds.get_mut(d.hold).ok_or(corrupt("unknown hold"))?;
    if hold.contract != Some(d.contract) {
        return Err(corrupt("a hold of another contract"));
    }
    hold.state = hold.state.release().map_err(|_| corrupt("hold lifted twice"))?;
    let account = account_step(state, fact, d.contract, d.contract_seq)?;
    account.holds = account.holds.checked_sub(1).ok_or(corrupt("more holds lifted than placed"))?;
    Ok(())
}

pub(super) fn inspection_recorded(
    state: &mut WorkingSet,
    fact: &Fact<'_>,
    d: &InspectionRecorded,
) -> Result<(), Corrupt> {
    let inspection = Inspection {
        id: d.inspection,
        institution: fact.institution.ok_or(corrupt("inspection without institution"))?,
        inspected_on: d.inspected_on,
        finding: convert::finding_of(d.finding),
        problems: d.problems,
        seq: fact.seq,
    };
    state.inspections.insert(d.inspection, inspection);
    Ok(())
}

pub(super) fn alert_raised(state: &mut WorkingSet, fact: &Fact<'_>, d: &AlertRaised) -> Result<(), Corrupt> {
    let alert = Alert {
        id: d.alert,
        institution: fact.institution.ok_or(corrupt("alert without institution"))?,
        rule: d.rule.as_str().to_owned(),
        version: d.rule_version,
        level: convert::alert_level_of(d.level),
        watched_on: d.watched_on,
        facts: *d.facts.as_bytes(),
        state: AlertState::Raised,
        seq: fact.seq,
    };
    state.alerts.insert(d.alert, alert);
    Ok(())
}

pub(super) fn alert_step_taken(state: &mut WorkingSet, d: &AlertStepTaken) -> Result<(), Corrupt> {
    let alert = state.alerts.get_mut(d.alert).ok_or(corrupt("unknown alert"))?;
    alert.state = alert.state.apply(convert::alert_step_of(d.step)).map_err(|_| corrupt("alert in the wrong state"))?;
    Ok(())
}

pub(super) fn closure_packed(state: &mut WorkingSet, fact: &Fact<'_>, d: &ClosurePacked) -> Result<(), Corrupt> {
    let hours = i64::try_from(d.hours_left_hundredths).map_err(|_| corrupt("hours of a closure"))?;
    let closure = Closure {
        id: d.closure,
        institution: fact.institution.ok_or(corrupt("closure without institution"))?,
        contracts: d.contracts,
        hours_left: ClassHours::try_from_hundredths(hours).map_err(|_| corrupt("hours of a closure"))?,
        owed: d.owed_fen,
        manifest: *d.manifest.as_bytes(),
        seq: fact.seq,
    };
    state.closures.insert(d.closure, closure);
    Ok(())
}
