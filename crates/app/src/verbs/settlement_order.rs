//! An institution orders the payout of what it earned.

use access::Action;
use escrow::release::Mode;
use kernel::{Fen, InstitutionId, RuleId, SettlementId, Violation};
use ledger::body::SettlementOrdered;
use serde_json::json;

use super::settlement_run::mode_word;
use super::{institution, overflow};
use crate::context::{Context, Decision, Verb};
use crate::refusal::{Stop, all_hold};
use crate::working_set::{Wanted, WorkingSet};

/// Orders a settlement.
pub struct SettlementOrder {
    /// Its id.
    pub settlement: SettlementId,
    /// To whom.
    pub institution: InstitutionId,
    /// How much.
    pub amount: Fen,
}

impl Verb for SettlementOrder {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.institutions.insert(self.institution);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let institution = institution(state, self.institution)?;
        context.allow(Action::SettlementOrder, institution)?;
        let free = institution.payable.checked_sub(institution.settling).map_err(overflow)?;
        let mut violations = Vec::new();
        if institution.holds > 0 {
            violations.push(Violation::of(RuleId::HoldBlocksRelease).with(0, institution.holds));
        }
        if self.amount > free {
            violations.push(Violation::of(RuleId::SettlementWithinPayable).with(free, self.amount).field("amount_fen"));
        }
        // Where a period or the end of an order lets money go, a run computes what it is.
        let (mode, _) = policy::release::release_mode(context.policy);
        if !matches!(mode, Mode::PerLesson | Mode::Batch) {
            violations.push(Violation::of(RuleId::ReleaseMode).with(mode_word(mode), "by_amount").field("amount_fen"));
        }
        violations.sort_by_key(|violation| violation.rule);
        all_hold(violations)?;
        let answer = json!({
            "id": self.settlement.to_string(),
            "institution": institution.id.to_string(),
            "state": "ordered",
            "amount_fen": self.amount.fen(),
        });
        let body = SettlementOrdered { amount_fen: self.amount, settlement: self.settlement };
        Ok(Decision::new(201, answer).entry(institution.id, context.today, body, None))
    }
}
