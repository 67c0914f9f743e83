//! A refund is contested: the institution objects with a reason, the regulator decides, or the family
//! takes its request back. An objection stops silence from consenting; it never stops the regulator.

use access::Action;
use escrow::{RefundCommand, RefundObjection};
use kernel::{RefundId, RuleId, Violation};
use ledger::body::{ConsentedBy, DisputeDecision, RefundConsented, RefundDecided, RefundObjected, RefundWithdrawn};

use super::refund_consent::{answer, pay_by_on};
use super::{fits, refund};
use crate::context::{Context, Decision, Secret, Verb};
use crate::convert;
use crate::refusal::{Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// Objects to a refund.
pub struct RefundObject {
    /// Which.
    pub refund: RefundId,
    /// On which ground.
    pub ground: RefundObjection,
    /// The objection.
    pub text: Secret,
}

impl Verb for RefundObject {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.refunds.insert(self.refund);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (refund, account) = refund(state, self.refund)?;
        context.allow_contract(Action::RefundObject, &account.terms)?;
        let next = refund.state.apply(RefundCommand::Object).map_err(illegal("refund"))?;
        // Who answers too late has consented by silence, whether or not the clock has run already.
        if let Some(last) = refund.answer_by_on.filter(|last| context.today > *last) {
            let clock = &context.policy.refund_answer;
            return Err(Violation::of(RuleId::RefundObjectionTime)
                .with(last, context.today)
                .source(clock.source())
                .into());
        }
        let decide_by_on = context.ruled_deadline(context.today, &context.policy.refund_decision);
        let body = RefundObjected {
            contract: refund.contract,
            contract_seq: account.last_seq.saturating_add(1),
            decide_by_on,
            reason: convert::objection(self.ground),
            refund: refund.id,
        };
        let changed = escrow::Refund { state: next, decide_by_on, ..refund.clone() };
        let decision = Decision::new(201, answer(&changed));
        Ok(decision.entry(refund.institution, context.today, body, Some(self.text.clone())))
    }
}

/// Decides on an objection.
pub struct RefundDecide {
    /// Which refund.
    pub refund: RefundId,
    /// For the family?
    pub for_family: bool,
    /// The reasons.
    pub reason: Secret,
}

impl Verb for RefundDecide {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.refunds.insert(self.refund);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (refund, account) = refund(state, self.refund)?;
        fits(state.institutions.get(refund.institution), "refund without institution")?;
        context.allow_contract(Action::RefundDecide, &account.terms)?;
        let command =
            if self.for_family { RefundCommand::DecideForFamily } else { RefundCommand::DecideForInstitution };
        let next = refund.state.apply(command).map_err(illegal("refund"))?;
        let seq = |n: u64| account.last_seq.saturating_add(n);
        let decided = RefundDecided {
            contract: refund.contract,
            contract_seq: seq(1),
            decision: if self.for_family { DisputeDecision::Family } else { DisputeDecision::Institution },
            refund: refund.id,
        };
        let mut changed = escrow::Refund { state: next, ..refund.clone() };
        if self.for_family {
            changed.state = next.apply(RefundCommand::Consent).map_err(illegal("refund"))?;
            changed.pay_by_on = pay_by_on(&account.terms, context);
        }
        let decision = Decision::new(201, answer(&changed));
        let decision = decision.entry(refund.institution, context.today, decided, Some(self.reason.clone()));
        if !self.for_family {
            return Ok(decision);
        }
        let consented = RefundConsented {
            by: ConsentedBy::Regulator,
            contract: refund.contract,
            contract_seq: seq(2),
            lots: convert::lot_parts(&refund.lots),
            pay_by_on: changed.pay_by_on,
            refund: refund.id,
        };
        Ok(decision.entry(refund.institution, context.today, consented, None))
    }
}

/// Takes a request back.
pub struct RefundWithdraw {
    /// Which refund.
    pub refund: RefundId,
}

impl Verb for RefundWithdraw {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.refunds.insert(self.refund);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (refund, account) = refund(state, self.refund)?;
        context.allow_contract(Action::RefundWithdraw, &account.terms)?;
        let next = refund.state.apply(RefundCommand::Withdraw).map_err(illegal("refund"))?;
        // A contract that was ended by notice is over; its refund is not the family's to leave there.
        if account.state != contract::ContractState::Signed {
            let (what, state) = ("contract".into(), account.state.as_str().into());
            return Err(crate::refusal::Refusal::State { what, state, command: "withdraw_refund".into() }.into());
        }
        let body = RefundWithdrawn {
            contract: refund.contract,
            contract_seq: account.last_seq.saturating_add(1),
            refund: refund.id,
        };
        let changed = escrow::Refund { state: next, ..refund.clone() };
        Ok(Decision::new(201, answer(&changed)).entry(refund.institution, context.today, body, None))
    }
}
