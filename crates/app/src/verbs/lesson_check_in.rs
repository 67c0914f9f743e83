//! The pupil's side was at a session: it knew the code shown in the room. That is evidence beside the
//! institution's claim; where the place's rules say so it confirms the claim at once.

use access::Action;
use escrow::LessonCommand;
use kernel::{CheckInId, ClassSessionId, ContractId, RuleId, Violation};
use ledger::body::{ConfirmedBy, LessonCheckedIn, LessonConfirmed};
use serde_json::json;

use super::lesson_claim::session_broken;
use super::{account, arithmetic};
use crate::context::{Context, Decision, Verb};
use crate::convert;
use crate::refusal::{Refusal, Stop, all_hold, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// A check-in.
pub struct LessonCheckIn {
    /// Its id.
    pub check_in: CheckInId,
    /// Of which contract.
    pub contract: ContractId,
    /// At which session.
    pub class_session: ClassSessionId,
    /// Was the code that came the one that is shown?
    pub code_fits: bool,
}

impl Verb for LessonCheckIn {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.accounts.insert(self.contract);
        wanted.class_sessions.insert(self.class_session);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (account, institution) = account(state, self.contract, context, Action::LessonCheckIn, "check_in")?;
        let mut broken = session_broken(state, &account.terms, self.class_session, None)?;
        if !self.code_fits {
            broken.push(Violation::of(RuleId::CheckInCode).field("code"));
        }
        all_hold(broken)?;
        if state.checked_in.contains(&(self.contract, self.class_session)) {
            return Err(Refusal::Exists { what: "check_in".into(), field: "class_session".into() }.into());
        }
        let held_on = state.class_sessions.get(&self.class_session).map_or(context.today, |f| f.session.held_on);
        let seq = account.last_seq.saturating_add(1);
        let body = LessonCheckedIn {
            check_in: self.check_in,
            class_session: self.class_session,
            contract: self.contract,
            contract_seq: seq,
            held_on,
        };
        let claimed = state.session_lessons.get(&(self.contract, self.class_session));
        let claimed = claimed.and_then(|id| state.lessons.get(*id));
        let mut lesson_state = claimed.map(|lesson| lesson.state);
        let confirms = context.policy.check_in_confirms.is(|confirms| *confirms);
        let waiting = claimed.filter(|lesson| lesson.state == escrow::LessonState::Claimed && confirms);
        let mut confirmation = None;
        if let Some(lesson) = waiting {
            lesson_state = Some(lesson.state.apply(LessonCommand::Confirm).map_err(illegal("lesson"))?);
            let parts = account.release_parts(&lesson.lots).map_err(arithmetic)?;
            confirmation = Some(LessonConfirmed {
                by: ConfirmedBy::CheckIn,
                contract: self.contract,
                contract_seq: seq.saturating_add(1),
                lesson: lesson.id,
                lots: convert::lot_parts(&parts),
            });
        }
        let answer = json!({
            "id": self.check_in.to_string(),
            "contract": self.contract.to_string(),
            "class_session": self.class_session.to_string(),
            "held_on": held_on.to_string(),
            "lesson": claimed.map(|lesson| lesson.id.to_string()),
            "lesson_state": lesson_state.map(|state| state.as_str()),
        });
        let decision = Decision::new(201, answer).entry(institution.id, held_on, body, None);
        Ok(match confirmation {
            Some(body) => decision.entry(institution.id, context.today, body, None),
            None => decision,
        })
    }
}
