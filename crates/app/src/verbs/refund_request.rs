//! A guardian asks for the money of the hours not taught, all of them or some. The institution's time to
//! answer starts. What law and contract give that day is computed and sealed with the request.

use access::Action;
use contract::refund::{RefundLaw, refund};
use escrow::{Account, Part, RefundCause, RefundState};
use kernel::{ClassHours, ContractId, Day, Fen, LotId, RefundId, RuleId, Violation};
use ledger::RefundRequested;
use serde_json::{Value, json};

use super::refund_consent::answer;
use super::{account, arithmetic};
use crate::context::{Context, Decision, Secret, Verb};
use crate::convert;
use crate::read::refund_facts;
use crate::refusal::{Corrupt, Refusal, Stop};
use crate::working_set::{Wanted, WorkingSet};

/// How much is asked back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// All that is free.
    All,
    /// So many hours, from the lots bought last.
    Hours(ClassHours),
    /// These lots whole.
    Lots(Vec<LotId>),
}

/// Asks for a refund.
pub struct RefundRequest {
    /// Its id.
    pub refund: RefundId,
    /// Of which contract.
    pub contract: ContractId,
    /// Whose doing it is, as the family says.
    pub cause: RefundCause,
    /// How much.
    pub asked: Asked,
    /// Day of the first payment, where there was one: a right may run from it.
    pub paid_on: Option<Day>,
    /// The record with the reason; the computation is sealed with it.
    pub reason: Secret,
}

impl RefundRequest {
    fn parts(&self, account: &Account) -> Result<Vec<Part>, Stop> {
        let parts = match &self.asked {
            Asked::All => return account.refund_parts().map_err(arithmetic),
            Asked::Hours(hours) => account.refund_parts_of(*hours).map_err(arithmetic)?.ok_or_else(|| {
                let left = account.remaining().unwrap_or(ClassHours::ZERO);
                Violation::of(RuleId::RefundHoursRemaining).with(left, hours).field("hours")
            }),
            Asked::Lots(lots) => account
                .refund_parts_of_lots(lots)
                .map_err(arithmetic)?
                .ok_or_else(|| Violation::of(RuleId::RefundHoursRemaining).with("-", "lot").field("lots")),
        };
        Ok(parts?)
    }

    /// The computation as it is sealed with the request: for the whole of what is free that day.
    fn quote(&self, account: &Account, context: &Context<'_>) -> Result<Value, Stop> {
        let paid_on = self.paid_on.unwrap_or(context.today).min(context.today);
        let unsound = Corrupt { what: "facts of a refund" };
        let facts = refund_facts(account, self.cause, paid_on, context.today).map_err(|_| unsound)?;
        let law = RefundLaw::of(context.policy).map_err(|_| Corrupt { what: "policy of a refund" })?;
        let computed = refund(&facts, &law, context.calendar).map_err(|_| unsound)?;
        let lines: Vec<Value> = computed
            .sum
            .lines
            .iter()
            .map(|line| {
                json!({
                    "rule": line.rule.as_str(),
                    "source": line.source,
                    "amount_fen": line.amount.fen().to_string(),
                })
            })
            .collect();
        Ok(json!({
            "amount_fen": computed.sum.amount.fen().to_string(),
            "basis": computed.sum.basis.as_str(),
            "lines": lines,
            "policy": ledger::digest(ledger::tags::POLICY, &context.policy.canonical_bytes()).to_string(),
        }))
    }
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
        let parts = self.parts(&account)?;
        let amount = escrow::account::total(&parts).map_err(arithmetic)?;
        if amount == Fen::ZERO {
            return Err(Violation::of(RuleId::RefundHoursRemaining)
                .with("> 0", account.remaining().map_err(arithmetic)?)
                .into());
        }
        let answer_by_on = context.ruled_deadline(context.today, &context.policy.refund_answer);
        let refund = escrow::Refund {
            id: self.refund,
            contract: self.contract,
            institution: institution.id,
            cause: self.cause,
            amount,
            requested_on: Some(context.today),
            answer_by_on,
            decide_by_on: None,
            pay_by_on: None,
            whole: account.is_whole(&parts).map_err(arithmetic)?,
            state: RefundState::Requested,
            lots: parts,
        };
        let body = RefundRequested {
            amount_fen: amount,
            answer_by_on,
            cause: convert::refund_cause(self.cause),
            contract: self.contract,
            contract_seq: account.last_seq.saturating_add(1),
            lots: convert::lot_parts(&refund.lots),
            refund: self.refund,
        };
        // Members of a JSON object are kept sorted, so these bytes are canonical (RFC 8785).
        let mut record: Value =
            serde_json::from_slice(&self.reason.bytes).map_err(|_| Corrupt { what: "record of a refund" })?;
        if let Some(members) = record.as_object_mut() {
            members.insert("quote".to_owned(), self.quote(&account, context)?);
        }
        let sealed = Secret { bytes: record.to_string().into_bytes(), ..self.reason.clone() };
        Ok(Decision::new(201, answer(&refund)).entry(institution.id, context.today, body, Some(sealed)))
    }
}
