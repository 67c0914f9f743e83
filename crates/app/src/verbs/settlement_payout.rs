//! The bank pays a settlement, unless a hold came in between.

use access::Action;
use kernel::{RuleId, SettlementId, Violation};
use ledger::Hash;
use ledger::body::SettlementPaid;
use serde_json::json;

use super::payouts::{covered, needs_authority};
use super::settlement;
use crate::context::{Context, Decision, Verb};
use crate::refusal::{Stop, all_hold, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// Pays a settlement.
pub struct SettlementPayout {
    /// Which.
    pub settlement: SettlementId,
    /// Tagged digest of the bank's reference.
    pub reference_hash: Hash,
}

impl Verb for SettlementPayout {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.settlements.insert(self.settlement);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (settlement, institution) = settlement(state, self.settlement)?;
        context.allow(Action::SettlementPayout, institution)?;
        let next = settlement.state.apply(escrow::SettlementCommand::Pay).map_err(illegal("settlement"))?;
        let mut violations = Vec::new();
        if institution.holds > 0 {
            violations.push(Violation::of(RuleId::HoldBlocksRelease).with(0, institution.holds));
        }
        violations.extend(covered(institution, settlement.amount));
        if settlement.state == escrow::SettlementState::Ordered && needs_authority(context.policy) {
            violations.push(Violation::of(RuleId::SettlementReviewed).with("approved", settlement.state));
        }
        violations.sort_by_key(|violation| violation.rule);
        all_hold(violations)?;
        let answer = json!({
            "id": settlement.id.to_string(),
            "institution": institution.id.to_string(),
            "state": next.as_str(),
            "amount_fen": settlement.amount.fen(),
        });
        let body =
            SettlementPaid { amount_fen: settlement.amount, reference: self.reference_hash, settlement: settlement.id };
        Ok(Decision::new(201, answer).entry(institution.id, context.today, body, None))
    }
}
