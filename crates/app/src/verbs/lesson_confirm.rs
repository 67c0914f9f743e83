//! A lesson is confirmed: by the guardian, or by the ledger's clock after silence. Its money is
//! earned by the institution.

use access::Action;
use escrow::LessonCommand;
use kernel::{LessonId, RuleId, Violation};
use ledger::body::{ConfirmedBy, LessonConfirmed};
use serde_json::json;

use super::{arithmetic, lesson};
use crate::context::{Context, Decision, Verb};
use crate::convert;
use crate::refusal::{Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// Confirms a lesson.
pub struct LessonConfirm {
    /// Which.
    pub lesson: LessonId,
    /// Who: `Silence` is for the clock alone.
    pub by: ConfirmedBy,
}

impl Verb for LessonConfirm {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.lessons.insert(self.lesson);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (lesson, account) = lesson(state, self.lesson)?;
        context.allow_contract(Action::LessonConfirm, &account.terms)?;
        let command = match self.by {
            ConfirmedBy::Guardian | ConfirmedBy::CheckIn => LessonCommand::Confirm,
            ConfirmedBy::Silence => LessonCommand::DeemConfirm,
        };
        let next = lesson.state.apply(command).map_err(illegal("lesson"))?;
        if self.by == ConfirmedBy::Silence {
            let clock = &context.policy.deemed_confirmation;
            // A year without a calendar when the lesson was recorded may have one by now.
            let last = lesson.deemed_confirmed_on.or_else(|| context.ruled_deadline(lesson.asked_on(), clock));
            if last.is_none_or(|last| context.today <= last) {
                let limit = last.map_or_else(|| "-".to_owned(), |last| last.to_string());
                return Err(Violation::of(RuleId::DeemedConfirmationClock)
                    .with(limit, context.today)
                    .source(clock.source())
                    .into());
            }
        }
        super::not_frozen(account)?;
        let parts = account.release_parts(&lesson.lots).map_err(arithmetic)?;
        let answer = json!({
            "id": lesson.id.to_string(),
            "contract": lesson.contract.to_string(),
            "hours": lesson.hours.to_string(),
            "held_on": lesson.held_on.to_string(),
            "state": next.as_str(),
            "released_fen": escrow::account::total(&parts).map_err(arithmetic)?.fen(),
        });
        let body = LessonConfirmed {
            by: self.by,
            contract: lesson.contract,
            contract_seq: account.last_seq.saturating_add(1),
            lesson: lesson.id,
            lots: convert::lot_parts(&parts),
        };
        Ok(Decision::new(201, answer).entry(lesson.institution, context.today, body, None))
    }
}
