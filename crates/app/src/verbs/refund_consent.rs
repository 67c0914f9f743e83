//! A refund is consented to: by the institution, by its silence, or by the regulator where the
//! institution holds no licence in force. The hours are returned and the money waits for the bank.

use access::{Action, Role};
use contract::Terms;
use escrow::{Refund, RefundCommand, RefundState};
use kernel::{Day, RefundId, RuleId, Violation};
use ledger::body::{ConsentedBy, RefundConsented};
use registry::InstitutionState;
use serde_json::{Value, json};

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
        if by == ConsentedBy::Silence && refund.state == RefundState::Objected {
            let (what, state) = ("refund".into(), refund.state.as_str().into());
            return Err(Refusal::State { what, state, command: "consent_by_silence".into() }.into());
        }
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
        let pay_by_on = pay_by_on(&account.terms, context);
        let answer = answer(&escrow::Refund { state: next, pay_by_on, ..refund.clone() });
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

/// A refund as a decision answers it.
pub(super) fn answer(refund: &Refund) -> Value {
    let day = |day: Option<Day>| day.map(|day| day.to_string());
    json!({
        "id": refund.id.to_string(),
        "contract": refund.contract.to_string(),
        "institution": refund.institution.to_string(),
        "state": refund.state.as_str(),
        "cause": refund.cause.as_str(),
        "amount_fen": refund.amount.fen(),
        "whole": refund.whole,
        "requested_on": day(refund.requested_on),
        "answer_by_on": day(refund.answer_by_on),
        "decide_by_on": day(refund.decide_by_on),
        "pay_by_on": day(refund.pay_by_on),
    })
}

/// The last day to pay what is agreed today. The parties may agree on an earlier day than the rule,
/// never on a later one.
pub(super) fn pay_by_on(terms: &Terms, context: &Context<'_>) -> Option<Day> {
    let rule = if context.today < terms.first_lesson_on {
        &context.policy.refund_pay_back_before_start
    } else {
        &context.policy.refund_pay_back_after_start
    };
    let agreed = context.deadline(context.today, kernel::DayCount::Days(terms.refund_terms.pay_back_days));
    context.ruled_deadline(context.today, rule).into_iter().chain(agreed).min()
}
