//! A regulator decides a dispute: the frozen money is earned, or comes back to the family.

use access::Action;
use escrow::LessonCommand;
use kernel::LessonId;
use ledger::body::{DisputeDecided, DisputeDecision};
use serde_json::json;

use super::{arithmetic, lesson};
use crate::classes::remind::decided;
use crate::context::{Context, Decision, Secret, Verb};
use crate::convert;
use crate::refusal::{Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// Decides a dispute.
pub struct DisputeDecide {
    /// About which lesson.
    pub lesson: LessonId,
    /// For whom.
    pub decision: DisputeDecision,
    /// The reasons.
    pub reason: Secret,
}

impl Verb for DisputeDecide {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.lessons.insert(self.lesson);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (lesson, account) = lesson(state, self.lesson)?;
        context.allow_contract(Action::DisputeDecide, &account.terms)?;
        let command = match self.decision {
            DisputeDecision::Institution => LessonCommand::DecideForInstitution,
            DisputeDecision::Family => LessonCommand::DecideForFamily,
        };
        let next = lesson.state.apply(command).map_err(illegal("lesson"))?;
        if self.decision == DisputeDecision::Institution {
            super::not_frozen(account)?;
        }
        let answer = json!({
            "id": lesson.id.to_string(),
            "contract": lesson.contract.to_string(),
            "hours": lesson.hours.to_string(),
            "held_on": lesson.held_on.to_string(),
            "state": next.as_str(),
            "decision": self.decision.as_str(),
            "moved_fen": escrow::account::total(&lesson.frozen).map_err(arithmetic)?.fen(),
        });
        let body = DisputeDecided {
            contract: lesson.contract,
            contract_seq: account.last_seq.saturating_add(1),
            decision: self.decision,
            lesson: lesson.id,
            lots: convert::lot_parts(&lesson.frozen),
        };
        let told = decided(lesson, account.terms.guardian, self.decision.as_str(), context.now);
        let done = Decision::new(201, answer);
        Ok(done.entry(lesson.institution, context.today, body, Some(self.reason.clone())).told(told))
    }
}
