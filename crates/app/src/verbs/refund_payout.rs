//! The bank pays a refund back to the payer.

use access::Action;
use escrow::RefundCommand;
use kernel::RefundId;
use ledger::Hash;
use ledger::body::RefundPaid;
use serde_json::json;

use super::refund;
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
        let answer = json!({
            "id": refund.id.to_string(),
            "contract": refund.contract.to_string(),
            "institution": refund.institution.to_string(),
            "state": next.as_str(),
            "cause": refund.cause.as_str(),
            "amount_fen": refund.amount.fen(),
            "answer_by_on": refund.answer_by_on.map(|day| day.to_string()),
            "pay_by_on": refund.pay_by_on.map(|day| day.to_string()),
        });
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
