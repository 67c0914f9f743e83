//! A settlement run: what the release mode of the place lets go today becomes one settlement.

use access::Action;
use escrow::release::{ContractEarned, Mode, Standing, releasable};
use kernel::{Fen, InstitutionId, RuleId, SettlementId, Violation};
use ledger::body::SettlementOrdered;
use serde_json::json;

use super::{institution, overflow};
use crate::context::{Context, Decision, Verb};
use crate::refusal::{Refusal, Stop, all_hold};
use crate::working_set::{Wanted, WorkingSet};

/// Orders what may be released today.
pub struct SettlementRun {
    /// Its id, should there be one.
    pub settlement: SettlementId,
    /// To whom.
    pub institution: InstitutionId,
    /// What its contracts earned.
    pub contracts: Vec<ContractEarned>,
    /// Ever settled, the settlements under way among it, when that was read.
    pub settled: Fen,
    /// In settlements under way when that was read; another settlement since makes it stale.
    pub settling: Fen,
}

/// How a mode is called in answers.
pub(crate) const fn mode_word(mode: Mode) -> &'static str {
    match mode {
        Mode::PerLesson => "per_lesson",
        Mode::Weekly => "weekly",
        Mode::Monthly { .. } => "monthly",
        Mode::OrderEnd { .. } => "order_end",
        Mode::Batch => "batch",
        Mode::PayAfter => "pay_after",
    }
}

impl Verb for SettlementRun {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.institutions.insert(self.institution);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let institution = institution(state, self.institution)?;
        context.allow(Action::SettlementOrder, institution)?;
        if institution.settling != self.settling {
            let (expected, actual) = (self.settling.to_string(), institution.settling.to_string());
            return Err(Refusal::Stale { what: "settlement".into(), expected, actual }.into());
        }
        let mut violations = Vec::new();
        if institution.holds > 0 {
            violations.push(Violation::of(RuleId::HoldBlocksRelease).with(0, institution.holds));
        }
        all_hold(violations)?;
        let standing = Standing {
            custody: institution.custody,
            families: Fen::try_sum([institution.prepaid, institution.disputed, institution.refund])
                .map_err(overflow)?,
            payable: institution.payable,
            settling: institution.settling,
            settled: self.settled,
        };
        let (mode, authority) = policy::release::release_mode(context.policy);
        let amount = releasable(mode, &self.contracts, &standing, context.today).map_err(overflow)?;
        let ordered = amount > Fen::ZERO;
        let answer = json!({
            "institution": institution.id.to_string(),
            "mode": mode_word(mode),
            "needs_approval": authority,
            "amount_fen": amount.fen(),
            "settlement": ordered.then(|| self.settlement.to_string()),
        });
        if !ordered {
            return Ok(Decision::new(200, answer));
        }
        let body = SettlementOrdered { amount_fen: amount, settlement: self.settlement };
        Ok(Decision::new(201, answer).entry(institution.id, context.today, body, None))
    }
}
