//! One contract of a failed institution is refunded: what is free goes back whole, as the institution's
//! doing, without anybody's request. One step of a mass refund.

use access::Action;
use escrow::RefundState;
use kernel::{ContractId, Fen, RefundId};
use ledger::body::{ConsentedBy, RefundConsented, RefundRequested};
use registry::InstitutionState;
use serde_json::json;

use super::refund_consent::pay_by_on;
use super::{account, arithmetic, fits};
use crate::context::{Context, Decision, Verb};
use crate::convert;
use crate::refusal::{Refusal, Stop};
use crate::working_set::{Wanted, WorkingSet};

/// Refunds all that is free of a contract.
pub struct RefundAll {
    /// Which.
    pub contract: ContractId,
    /// Its open refund as it was read, if it had one.
    pub open: Option<RefundId>,
    /// Id of a new refund.
    pub refund: RefundId,
}

impl Verb for RefundAll {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.accounts.insert(self.contract);
        wanted.refunds.extend(self.open);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (account, institution) = account(state, self.contract, context, Action::RefundRun, "refund")?;
        if !matches!(
            institution.state,
            InstitutionState::Suspended | InstitutionState::Revoked | InstitutionState::Closed
        ) {
            let (state, command) = (institution.state.as_str().into(), "refund_all".into());
            return Err(Refusal::State { what: "institution".into(), state, command }.into());
        }
        let pay_by_on = pay_by_on(&account.terms, context);
        let day = || pay_by_on.map(|day| day.to_string());
        let mut seq = account.last_seq;
        let mut next = || {
            seq = seq.saturating_add(1);
            seq
        };
        let consented = |refund, lots, contract_seq| RefundConsented {
            by: ConsentedBy::Regulator,
            contract: self.contract,
            contract_seq,
            lots,
            pay_by_on,
            refund,
        };
        // What the family asked for already is agreed as it was asked; what is then left follows in the
        // next round.
        if let Some(open) = account.open_refund {
            if self.open != Some(open) {
                let (what, command) = ("contract".into(), "refund_all".into());
                return Err(Refusal::State { what, state: "refund_requested".into(), command }.into());
            }
            let refund = fits(state.refunds.get(open), "open refund of a contract")?;
            let answer = json!({
                "contract": self.contract.to_string(),
                "refund": open.to_string(),
                "amount_fen": refund.amount.fen(),
                "state": RefundState::Consented.as_str(),
                "pay_by_on": day(),
            });
            let body = consented(open, convert::lot_parts(&refund.lots), next());
            return Ok(Decision::new(201, answer).entry(institution.id, context.today, body, None));
        }
        let parts = account.refund_parts().map_err(arithmetic)?;
        let amount = escrow::account::total(&parts).map_err(arithmetic)?;
        if amount == Fen::ZERO {
            let answer = json!({ "contract": self.contract.to_string(), "refund": null, "amount_fen": 0 });
            return Ok(Decision::new(200, answer));
        }
        let answer = json!({
            "contract": self.contract.to_string(),
            "refund": self.refund.to_string(),
            "amount_fen": amount.fen(),
            "state": RefundState::Consented.as_str(),
            "pay_by_on": day(),
        });
        let requested = RefundRequested {
            amount_fen: amount,
            answer_by_on: None,
            cause: convert::refund_cause(escrow::RefundCause::Institution),
            contract: self.contract,
            contract_seq: next(),
            lots: convert::lot_parts(&parts),
            refund: self.refund,
        };
        let consented = consented(self.refund, convert::lot_parts(&parts), next());
        Ok(Decision::new(201, answer).entry(institution.id, context.today, requested, None).entry(
            institution.id,
            context.today,
            consented,
            None,
        ))
    }
}
