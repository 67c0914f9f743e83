//! A family's money reaches the custody account.

use access::Action;
use contract::ContractState;
use kernel::{ContractId, Fen, Instant, PaymentId, RuleId, Violation};
use ledger::Hash;
use ledger::body::{FeePaid, LotMoney, PaymentMethod};
use registry::ListKind;
use serde_json::json;

use super::{account, arithmetic};
use crate::context::{Context, Decision, Side, Verb};
use crate::family;
use crate::refusal::{Refusal, Stop, all_hold};
use crate::working_set::{Wanted, WorkingSet};

/// A payment.
pub struct FeePay {
    /// Its id.
    pub payment: PaymentId,
    /// For which contract.
    pub contract: ContractId,
    /// How much.
    pub amount: Fen,
    /// When the bank booked it.
    pub paid_at: Instant,
    /// How it was paid.
    pub method: PaymentMethod,
    /// The bank's reference.
    pub reference: String,
    /// Its tagged digest.
    pub reference_hash: Hash,
}

impl Verb for FeePay {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.accounts.insert(self.contract);
        wanted.families.insert(self.contract);
        wanted.references.insert((self.contract, self.reference.clone(), *self.reference_hash.as_bytes()));
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (account, institution) = account(state, self.contract, context, Action::PaymentRecord, "pay")?;
        if account.state != ContractState::Signed || account.open_refund.is_some() {
            let word = if account.open_refund.is_some() { "refund_requested" } else { account.state.as_str() };
            return Err(Refusal::State { what: "contract".into(), state: word.into(), command: "pay".into() }.into());
        }
        let mut violations = Vec::new();
        let licence = institution.licence.and_then(|id| state.licences.get(id));
        if !licence.is_some_and(|licence| licence.in_force_on(context.today)) {
            violations.push(Violation::of(RuleId::LicenceInForce).with("licensed", institution.state));
        }
        if institution.listing == ListKind::Black {
            violations.push(Violation::of(RuleId::NotBlacklisted));
        }
        if state.references.contains(&(institution.id, *self.reference_hash.as_bytes())) {
            violations.push(Violation::of(RuleId::PaymentReferenceUnique).field("bank_reference"));
        }
        violations.extend(family::across(state, context, &account.terms, None, "amount_fen")?);
        violations.sort_by_key(|violation| violation.rule);
        all_hold(violations)?;
        let parts = account.payment_parts(self.amount).map_err(arithmetic)?;
        let body = FeePaid {
            amount_fen: self.amount,
            contract: self.contract,
            contract_seq: account.last_seq.saturating_add(1),
            lots: parts.into_iter().map(|(lot, fen)| LotMoney { fen, lot }).collect(),
            method: self.method,
            paid_at: self.paid_at,
            payment: self.payment,
            reference: self.reference_hash,
        };
        let answer = json!({
            "id": self.payment.to_string(),
            "contract": self.contract.to_string(),
            "amount_fen": self.amount.fen(),
            "prepaid_fen": account.prepaid.checked_add(self.amount).map_err(super::overflow)?.fen(),
        });
        let mut decision = Decision::new(201, answer).entry(institution.id, self.paid_at.day(), body, None);
        decision.side.push(Side::PaymentReference(self.payment, self.reference.clone()));
        Ok(decision)
    }
}
