//! The guardian disputes a lesson: its money, and only its money, is frozen.

use access::Action;
use escrow::LessonCommand;
use kernel::LessonId;
use ledger::body::{DisputeReason, LessonDisputed};
use serde_json::json;

use super::{arithmetic, lesson};
use crate::classes::remind::disputed;
use crate::context::{Context, Decision, Verb};
use crate::convert;
use crate::refusal::{Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// Disputes a lesson.
pub struct LessonDispute {
    /// Which.
    pub lesson: LessonId,
    /// Why.
    pub reason: DisputeReason,
}

impl Verb for LessonDispute {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.lessons.insert(self.lesson);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (lesson, account) = lesson(state, self.lesson)?;
        context.allow_contract(Action::LessonDispute, &account.terms)?;
        let next = lesson.state.apply(LessonCommand::Dispute).map_err(illegal("lesson"))?;
        let parts = account.release_parts(&lesson.lots).map_err(arithmetic)?;
        let decide_by_on = context.ruled_deadline(context.today, &context.policy.dispute_decision);
        let answer = json!({
            "id": lesson.id.to_string(),
            "contract": lesson.contract.to_string(),
            "hours": lesson.hours.to_string(),
            "held_on": lesson.held_on.to_string(),
            "state": next.as_str(),
            "decide_by_on": decide_by_on.map(|day| day.to_string()),
            "frozen_fen": escrow::account::total(&parts).map_err(arithmetic)?.fen(),
        });
        let body = LessonDisputed {
            contract: lesson.contract,
            contract_seq: account.last_seq.saturating_add(1),
            decide_by_on,
            lesson: lesson.id,
            lots: convert::lot_parts(&parts),
            reason: self.reason,
        };
        let told = disputed(lesson, self.reason.as_str(), decide_by_on, context.now);
        Ok(Decision::new(201, answer).entry(lesson.institution, context.today, body, None).told(told))
    }
}
