//! Payouts that need a third key, that failed, that came back, and that were seen on a statement before
//! anybody said that they were paid.

use access::Action;
use escrow::matching::{Rule, Thing};
use escrow::{RefundCommand, Settlement, SettlementCommand};
use kernel::{Fen, RefundId, RuleId, SettlementId, Violation};
use ledger::Hash;
use ledger::body::{
    RefundPaid, RefundReturned, SettlementApproved, SettlementFailed, SettlementPaid, SettlementReturned,
};
use policy::Policy;
use registry::Institution;
use serde_json::{Value, json};
use store::BankLine;

use super::bank::{Explanation, SuspenseClear};
use super::{fits, refund, settlement};
use crate::context::{Context, Decision, Secret, Side, Verb};
use crate::refusal::{Corrupt, Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// Must the authority let a settlement go before the bank pays (三方确认)?
pub(super) fn needs_authority(policy: &Policy) -> bool {
    policy::release::release_mode(policy).1
}

/// Does the custody account hold what is to be paid? Lines that nothing explains may have taken it.
pub(super) fn covered(institution: &Institution, amount: Fen) -> Option<Violation> {
    (institution.custody < amount)
        .then(|| Violation::of(RuleId::PayoutCovered).with(institution.custody, amount).field("amount_fen"))
}

fn answer(settlement: &Settlement, state: escrow::SettlementState) -> Value {
    json!({
        "id": settlement.id.to_string(),
        "institution": settlement.institution.to_string(),
        "state": state.as_str(),
        "amount_fen": settlement.amount.fen(),
    })
}

/// The authority lets a settlement go to the bank.
pub struct SettlementApprove {
    /// Which.
    pub settlement: SettlementId,
}

impl Verb for SettlementApprove {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.settlements.insert(self.settlement);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (settlement, institution) = settlement(state, self.settlement)?;
        context.allow(Action::SettlementApprove, institution)?;
        let next = settlement.state.apply(SettlementCommand::Approve).map_err(illegal("settlement"))?;
        if institution.holds > 0 {
            return Err(Violation::of(RuleId::HoldBlocksRelease).with(0, institution.holds).into());
        }
        let body = SettlementApproved { settlement: settlement.id };
        Ok(Decision::new(201, answer(settlement, next)).entry(institution.id, context.today, body, None))
    }
}

/// The bank could not pay a settlement.
pub struct SettlementFail {
    /// Which.
    pub settlement: SettlementId,
    /// What the bank said.
    pub reason: Secret,
}

impl Verb for SettlementFail {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.settlements.insert(self.settlement);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (settlement, institution) = settlement(state, self.settlement)?;
        context.allow(Action::SettlementPayout, institution)?;
        let next = settlement.state.apply(SettlementCommand::Fail).map_err(illegal("settlement"))?;
        let body = SettlementFailed { settlement: settlement.id };
        let decision = Decision::new(201, answer(settlement, next));
        Ok(decision.entry(institution.id, context.today, body, Some(self.reason.clone())))
    }
}

/// The line as it stands once it is a payout that came back.
fn returned(line: &BankLine, kind: &str, id: uuid::Uuid) -> Side {
    Side::BankLine(Box::new(BankLine {
        state: escrow::bank::LineState::Matched,
        rule: Some(Rule::ReferenceExact.as_str().to_owned()),
        matched_kind: Some(kind.to_owned()),
        matched: Some(id),
        ..line.clone()
    }))
}

/// A settlement that was paid came back.
pub struct SettlementReturn {
    /// Which.
    pub settlement: SettlementId,
    /// The line of a statement that says so.
    pub line: Option<BankLine>,
    /// What the bank said.
    pub reason: Secret,
}

impl Verb for SettlementReturn {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.settlements.insert(self.settlement);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (settlement, institution) = settlement(state, self.settlement)?;
        context.allow(Action::SettlementPayout, institution)?;
        let next = settlement.state.apply(SettlementCommand::Return).map_err(illegal("settlement"))?;
        let body = SettlementReturned { amount_fen: settlement.amount, settlement: settlement.id };
        let mut decision = Decision::new(201, answer(settlement, next)).entry(
            institution.id,
            context.today,
            body,
            Some(self.reason.clone()),
        );
        decision.side.extend(self.line.iter().map(|line| returned(line, "settlement_return", self.settlement.uuid())));
        Ok(decision)
    }
}

/// A refund that was paid came back: it is owed to the family again.
pub struct RefundReturn {
    /// Which.
    pub refund: RefundId,
    /// The line of a statement that says so.
    pub line: Option<BankLine>,
    /// What the bank said.
    pub reason: Secret,
}

impl Verb for RefundReturn {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.refunds.insert(self.refund);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (refund, account) = refund(state, self.refund)?;
        context.allow_contract(Action::RefundPayout, &account.terms)?;
        let next = refund.state.apply(RefundCommand::Return).map_err(illegal("refund"))?;
        let answer = json!({ "id": refund.id.to_string(), "state": next.as_str(), "amount_fen": refund.amount.fen() });
        let body = RefundReturned {
            amount_fen: refund.amount,
            contract: refund.contract,
            contract_seq: account.last_seq.saturating_add(1),
            refund: refund.id,
        };
        let mut decision =
            Decision::new(201, answer).entry(refund.institution, context.today, body, Some(self.reason.clone()));
        decision.side.extend(self.line.iter().map(|line| returned(line, "refund_return", self.refund.uuid())));
        Ok(decision)
    }
}

/// A suspended debit turns out to be a payout that was ordered: it is explained and paid in one.
pub struct SuspenseClearAndPay {
    /// How it is explained.
    pub clear: SuspenseClear,
    /// Digest of the bank's reference.
    pub reference_hash: Hash,
}

impl SuspenseClearAndPay {
    fn thing(&self) -> Option<Thing> {
        match self.clear.by {
            Explanation::Thing(thing) => Some(thing),
            Explanation::Counter(_) => None,
        }
    }
}

impl Verb for SuspenseClearAndPay {
    fn wants(&self, wanted: &mut Wanted) {
        self.clear.wants(wanted);
        match self.thing() {
            Some(Thing::Settlement(id)) => {
                wanted.settlements.insert(id);
            }
            Some(Thing::Refund(id)) => {
                wanted.refunds.insert(id);
            }
            Some(Thing::Payment(_)) | None => {}
        }
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        // First the money is nobody's no longer, then it is paid: custody holds it in between.
        let decision = self.clear.decide(state, context)?;
        let on = self.clear.line.booked_on.min(context.today);
        let amount = self.clear.line.amount;
        let same = |owed: Fen| {
            if owed == amount {
                Ok(())
            } else {
                Err(Stop::from(Violation::of(RuleId::BankLineAmount).with(owed, amount).field("matched_id")))
            }
        };
        match self.thing() {
            Some(Thing::Settlement(id)) => {
                let (settlement, institution) = settlement(state, id)?;
                context.allow(Action::SettlementPayout, institution)?;
                settlement.state.apply(SettlementCommand::Pay).map_err(illegal("settlement"))?;
                if institution.holds > 0 {
                    return Err(Violation::of(RuleId::HoldBlocksRelease).with(0, institution.holds).into());
                }
                if settlement.state == escrow::SettlementState::Ordered && needs_authority(context.policy) {
                    return Err(Violation::of(RuleId::SettlementReviewed).with("approved", settlement.state).into());
                }
                same(settlement.amount)?;
                let body = SettlementPaid { amount_fen: amount, reference: self.reference_hash, settlement: id };
                Ok(decision.entry(institution.id, on, body, None))
            }
            Some(Thing::Refund(id)) => {
                let (refund, account) = refund(state, id)?;
                context.allow_contract(Action::RefundPayout, &account.terms)?;
                refund.state.apply(RefundCommand::Pay).map_err(illegal("refund"))?;
                let institution = fits(state.institutions.get(refund.institution), "refund without institution")?;
                let holds = account.holds.saturating_add(institution.account_holds);
                if holds > 0 {
                    return Err(Violation::of(RuleId::HoldBlocksRelease).with(0, holds).into());
                }
                same(refund.amount)?;
                let body = RefundPaid {
                    amount_fen: amount,
                    contract: refund.contract,
                    contract_seq: account.last_seq.saturating_add(1),
                    reference: self.reference_hash,
                    refund: id,
                };
                Ok(decision.entry(refund.institution, on, body, None))
            }
            Some(Thing::Payment(_)) | None => Err(Corrupt { what: "a payout that is none" }.into()),
        }
    }
}
