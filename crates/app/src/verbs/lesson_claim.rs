//! The institution records a lesson. Its hours are reserved; its money moves when the guardian
//! confirms, or when the guardian's time to answer has passed in silence. That time runs from the
//! day of the lesson or of the record, whichever is later, so recording ahead gains nothing.

use access::Action;
use contract::{ContractState, Terms};
use kernel::{ClassHours, ClassSessionId, ContractId, Day, LessonId, RuleId, Violation};
use ledger::body::{ConfirmedBy, LessonClaimed, LessonConfirmed, LotHours};
use serde_json::json;

use super::{account, arithmetic};
use crate::context::{Context, Decision, Verb};
use crate::convert;
use crate::refusal::{Refusal, Stop, all_hold, not_found};
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
    /// The session of a class that it was part of.
    pub class_session: Option<ClassSessionId>,
}

/// What keeps something from being recorded for a session: it is cancelled, on another day than
/// `held_on` says, or the pupil is not in the class then.
///
/// # Errors
/// Not found, also for a session of another institution.
pub(super) fn session_broken(
    state: &WorkingSet,
    terms: &Terms,
    session: ClassSessionId,
    held_on: Option<Day>,
) -> Result<Vec<Violation>, Stop> {
    let facts = state.class_sessions.get(&session).filter(|facts| facts.session.institution == terms.institution);
    let facts = facts.ok_or_else(|| not_found("class_session"))?;
    let mut broken = Vec::new();
    let broke = |limit: &str, actual: &str| Violation::of(RuleId::LessonSession).with(limit, actual);
    if facts.session.cancelled_for.is_some() {
        broken.push(broke("held", "cancelled").field("class_session"));
    }
    if let Some(held_on) = held_on.filter(|held_on| *held_on != facts.session.held_on) {
        broken.push(broke(&facts.session.held_on.to_string(), &held_on.to_string()).field("held_on"));
    }
    if !facts.enrolled.contains(&terms.id) {
        broken.push(broke("enrolled", "not_enrolled").field("contract"));
    }
    Ok(broken)
}

impl Verb for LessonClaim {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.accounts.insert(self.contract);
        wanted.class_sessions.extend(self.class_session);
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
        if let Some(session) = self.class_session {
            if let Some(before) = state.session_lessons.get(&(self.contract, session)) {
                let twice = Violation::of(RuleId::LessonOncePerSession).with("1", before);
                violations.push(twice.field("class_session"));
            }
            violations.extend(session_broken(state, &account.terms, session, Some(self.held_on))?);
        }
        all_hold(violations)?;
        let lots = account.claim_parts(self.hours).map_err(arithmetic)?;
        let asked_on = self.held_on.max(context.today);
        let deemed_confirmed_on = context.ruled_deadline(asked_on, &context.policy.deemed_confirmation);
        let body = LessonClaimed {
            class_session: self.class_session,
            contract: self.contract,
            contract_seq: account.last_seq.saturating_add(1),
            deemed_confirmed_on,
            held_on: self.held_on,
            hours: self.hours,
            lesson: self.lesson,
            lots: lots.iter().map(|part| LotHours { hours: part.hours, lot: part.lot }).collect(),
        };
        // Where a check-in is enough and was there before the claim, the claim is confirmed with it.
        let checked_in = self.class_session.is_some_and(|id| state.checked_in.contains(&(self.contract, id)));
        let confirmation = if checked_in && context.policy.check_in_confirms.is(|confirms| *confirms) {
            let parts = account.release_parts(&lots).map_err(arithmetic)?;
            Some(LessonConfirmed {
                by: ConfirmedBy::CheckIn,
                contract: self.contract,
                contract_seq: body.contract_seq.saturating_add(1),
                lesson: self.lesson,
                lots: convert::lot_parts(&parts),
            })
        } else {
            None
        };
        let answer = json!({
            "id": self.lesson.to_string(),
            "contract": self.contract.to_string(),
            "hours": self.hours.to_string(),
            "held_on": self.held_on.to_string(),
            "state": if confirmation.is_some() { "confirmed" } else { "claimed" },
            "class_session": self.class_session.map(|session| session.to_string()),
            "deemed_confirmed_on": deemed_confirmed_on.map(|day| day.to_string()),
        });
        let decision = Decision::new(201, answer).entry(institution.id, self.held_on, body, None);
        Ok(match confirmation {
            Some(body) => decision.entry(institution.id, context.today, body, None),
            None => decision,
        })
    }
}
