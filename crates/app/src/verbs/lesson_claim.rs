//! The institution records a lesson. Its hours are reserved; its money moves when the guardian
//! confirms, or when the guardian's time to answer has passed in silence. That time runs from the
//! day of the lesson or of the record, whichever is later, so recording ahead gains nothing.

use access::Action;
use contract::ContractState;
use kernel::{ClassHours, ContractId, Day, LessonId, RuleId, Violation};
use ledger::body::{LessonClaimed, LotHours};
use serde_json::json;

use super::{account, arithmetic};
use crate::context::{Context, Decision, Verb};
use crate::refusal::{Refusal, Stop, all_hold};
use crate::working_set::{Wanted, WorkingSet};

/// A lesson.
pub struct LessonClaim {
    /// Its id.
    pub lesson: LessonId,
    /// Of which contract.
    pub contract: ContractId,
    /// Hours, not zero.
    pub hours: ClassHours,
    /// The day.
    pub held_on: Day,
}

impl Verb for LessonClaim {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.accounts.insert(self.contract);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (account, institution) = account(state, self.contract, context, Action::LessonClaim, "claim_lesson")?;
        if account.state != ContractState::Signed || account.open_refund.is_some() {
            let word = if account.open_refund.is_some() { "refund_requested" } else { account.state.as_str() };
            let (what, command) = ("contract".into(), "claim_lesson".into());
            return Err(Refusal::State { what, state: word.into(), command }.into());
        }
        let mut violations = Vec::new();
        let licence = institution.licence.and_then(|id| state.licences.get(id));
        if !licence.is_some_and(|licence| licence.may_teach_on(self.held_on)) {
            violations.push(Violation::of(RuleId::LicenceInForce).with("licensed", institution.state));
        }
        let (first, last) = (account.terms.first_lesson_on, account.terms.last_lesson_on);
        if self.held_on < first || last < self.held_on {
            let limit = format!("{first}/{last}");
            violations.push(Violation::of(RuleId::LessonWithinTerm).with(limit, self.held_on).field("held_on"));
        }
        all_hold(violations)?;
        let lots = account.claim_parts(self.hours).map_err(arithmetic)?;
        let asked_on = self.held_on.max(context.today);
        let deemed_confirmed_on = context.ruled_deadline(asked_on, &context.policy.deemed_confirmation);
        let body = LessonClaimed {
            contract: self.contract,
            contract_seq: account.last_seq.saturating_add(1),
            deemed_confirmed_on,
            held_on: self.held_on,
            hours: self.hours,
            lesson: self.lesson,
            lots: lots.iter().map(|part| LotHours { hours: part.hours, lot: part.lot }).collect(),
        };
        let answer = json!({
            "id": self.lesson.to_string(),
            "contract": self.contract.to_string(),
            "hours": self.hours.to_string(),
            "held_on": self.held_on.to_string(),
            "state": "claimed",
            "deemed_confirmed_on": deemed_confirmed_on.map(|day| day.to_string()),
        });
        Ok(Decision::new(201, answer).entry(institution.id, self.held_on, body, None))
    }
}
