//! A guardian asks for the money of the hours not taught. The institution's time to answer starts.

use access::Action;
use escrow::RefundCause;
use kernel::{ContractId, Fen, RefundId, RuleId, Violation};
use ledger::RefundRequested;
use serde_json::json;

use super::{account, arithmetic};
use crate::context::{Context, Decision, Secret, Verb};
use crate::convert;
use crate::refusal::{Refusal, Stop};
use crate::working_set::{Wanted, WorkingSet};

/// Asks for a refund.
pub struct RefundRequest {
    /// Its id.
    pub refund: RefundId,
    /// Of which contract.
    pub contract: ContractId,
    /// Whose doing it is, as the family says.
    pub cause: RefundCause,
    /// The reasons.
    pub reason: Secret,
}

impl Verb for RefundRequest {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.accounts.insert(self.contract);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (account, institution) = account(state, self.contract, context, Action::RefundRequest, "request_refund")?;
        if account.open_refund.is_some() {
            let (what, command) = ("contract".into(), "request_refund".into());
            return Err(Refusal::State { what, state: "refund_requested".into(), command }.into());
        }
        let parts = account.refund_parts().map_err(arithmetic)?;
        let amount = escrow::account::total(&parts).map_err(arithmetic)?;
        if amount == Fen::ZERO {
            return Err(Violation::of(RuleId::RefundHoursRemaining)
                .with("> 0", account.remaining().map_err(arithmetic)?)
                .into());
        }
        let answer_by_on = context.ruled_deadline(context.today, &context.policy.refund_answer);
        let answer = json!({
            "id": self.refund.to_string(),
            "contract": self.contract.to_string(),
            "institution": institution.id.to_string(),
            "state": "requested",
            "cause": self.cause.as_str(),
            "amount_fen": amount.fen(),
            "answer_by_on": answer_by_on.map(|day| day.to_string()),
            "pay_by_on": null,
        });
        let body = RefundRequested {
            amount_fen: amount,
            answer_by_on,
            cause: convert::refund_cause(self.cause),
            contract: self.contract,
            contract_seq: account.last_seq.saturating_add(1),
            lots: convert::lot_parts(&parts),
            refund: self.refund,
        };
        Ok(Decision::new(201, answer).entry(institution.id, context.today, body, Some(self.reason.clone())))
    }
}
