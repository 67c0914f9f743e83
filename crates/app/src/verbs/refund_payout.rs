//! The bank pays a refund back to the payer.

use access::Action;
use escrow::RefundCommand;
use kernel::{RefundId, RuleId, Violation};
use ledger::Hash;
use ledger::body::RefundPaid;

use super::refund_consent::answer;
use super::{fits, refund};
use crate::context::{Context, Decision, Verb};
use crate::refusal::{Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// Pays a refund.
pub struct RefundPayout {
    /// Which.
    pub refund: RefundId,
    /// Tagged digest of the bank's reference.
    pub reference_hash: Hash,
}

impl Verb for RefundPayout {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.refunds.insert(self.refund);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (refund, account) = refund(state, self.refund)?;
        context.allow_contract(Action::RefundPayout, &account.terms)?;
        let next = refund.state.apply(RefundCommand::Pay).map_err(illegal("refund"))?;
        let institution = fits(state.institutions.get(refund.institution), "refund without institution")?;
        let holds = account.holds.saturating_add(institution.account_holds);
        if holds > 0 {
            return Err(Violation::of(RuleId::HoldBlocksRelease).with(0, holds).into());
        }
        if let Some(violation) = super::payouts::covered(institution, refund.amount) {
            return Err(violation.into());
        }
        let answer = answer(&escrow::Refund { state: next, ..refund.clone() });
        let body = RefundPaid {
            amount_fen: refund.amount,
            contract: refund.contract,
            contract_seq: account.last_seq.saturating_add(1),
            reference: self.reference_hash,
            refund: refund.id,
        };
        Ok(Decision::new(201, answer).entry(refund.institution, context.today, body, None))
    }
}
