//! A refund is consented to: by the institution, by its silence, or by the regulator where the
//! institution holds no licence in force. The hours are returned and the money waits for the bank.

use access::{Action, Role};
use escrow::RefundCommand;
use kernel::{RefundId, RuleId, Violation};
use ledger::body::{ConsentedBy, RefundConsented};
use registry::InstitutionState;
use serde_json::json;

use super::{fits, refund};
use crate::context::{Context, Decision, Verb};
use crate::convert;
use crate::refusal::{Refusal, Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// Consents to a refund.
pub struct RefundConsent {
    /// Which.
    pub refund: RefundId,
}

impl Verb for RefundConsent {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.refunds.insert(self.refund);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (refund, account) = refund(state, self.refund)?;
        let institution = fits(state.institutions.get(refund.institution), "refund without institution")?;
        context.allow_contract(Action::RefundConsent, &account.terms)?;
        let next = refund.state.apply(RefundCommand::Consent).map_err(illegal("refund"))?;
        let by = match context.principal.map(|principal| &principal.role) {
            None => ConsentedBy::Silence,
            Some(Role::Regulator { .. }) => ConsentedBy::Regulator,
            Some(_) => ConsentedBy::Institution,
        };
        let clock = &context.policy.refund_answer;
        if by == ConsentedBy::Silence {
            let last = refund.answer_by_on;
            if last.is_none_or(|last| context.today <= last) {
                let limit = last.map_or_else(|| "-".to_owned(), |last| last.to_string());
                return Err(Violation::of(RuleId::RefundAnswerClock)
                    .with(limit, context.today)
                    .source(clock.source())
                    .into());
            }
        }
        if by == ConsentedBy::Regulator
            && !matches!(
                institution.state,
                InstitutionState::Suspended | InstitutionState::Revoked | InstitutionState::Closed
            )
        {
            let (state, command) = (institution.state.as_str().into(), "consent_for_institution".into());
            return Err(Refusal::State { what: "institution".into(), state, command }.into());
        }
        let terms = &account.terms;
        let pay_back = if context.today < terms.first_lesson_on {
            &context.policy.refund_pay_back_before_start
        } else {
            &context.policy.refund_pay_back_after_start
        };
        // The parties may agree on an earlier day, never on a later one.
        let agreed = context.deadline(context.today, kernel::DayCount::Days(terms.refund_terms.pay_back_days));
        let pay_by_on = match (context.ruled_deadline(context.today, pay_back), agreed) {
            (Some(ruled), Some(agreed)) => Some(ruled.min(agreed)),
            (ruled, agreed) => ruled.or(agreed),
        };
        let answer = json!({
            "id": refund.id.to_string(),
            "contract": refund.contract.to_string(),
            "institution": institution.id.to_string(),
            "state": next.as_str(),
            "cause": refund.cause.as_str(),
            "amount_fen": refund.amount.fen(),
            "answer_by_on": refund.answer_by_on.map(|day| day.to_string()),
            "pay_by_on": pay_by_on.map(|day| day.to_string()),
        });
        let body = RefundConsented {
            by,
            contract: refund.contract,
            contract_seq: account.last_seq.saturating_add(1),
            lots: convert::lot_parts(&refund.lots),
            pay_by_on,
            refund: refund.id,
        };
        Ok(Decision::new(201, answer).entry(institution.id, context.today, body, None))
    }
}
