//! A party says something about a disputed lesson and hands in papers. Whoever gives in ends the
//! dispute: it is decided for the other party, without waiting for anybody.

use access::{Action, Denied, Reason};
use escrow::LessonCommand;
use kernel::LessonId;
use ledger::Party;
use ledger::body::{DisputeArgued, DisputeDecided, DisputeDecision, DisputeStance, SubmittedDocument};
use serde_json::json;

use super::{arithmetic, lesson};
use crate::classes::remind::decided as decided_notice;
use crate::context::{Context, Decision, Secret, Verb};
use crate::convert;
use crate::refusal::{Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// An argument.
pub struct DisputeArgue {
    /// About which lesson.
    pub lesson: LessonId,
    /// What the party holds to.
    pub stance: DisputeStance,
    /// Papers, by kind and hash.
    pub documents: Vec<SubmittedDocument>,
    /// What it says.
    pub statement: Secret,
}

impl Verb for DisputeArgue {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.lessons.insert(self.lesson);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (lesson, account) = lesson(state, self.lesson)?;
        context.allow_contract(Action::DisputeArgue, &account.terms)?;
        let party = match context.principal.map(|principal| principal.role.kind()) {
            Some(access::RoleKind::Guardian) => Party::Guardian,
            Some(access::RoleKind::Institution) => Party::Institution,
            // The access table lets nobody else argue.
            _ => return Err(Denied { action: Action::DisputeArgue, reason: Reason::Role, hide: false }.into()),
        };
        let (command, decision) = match party {
            Party::Institution => (LessonCommand::DecideForFamily, DisputeDecision::Family),
            Party::Guardian => (LessonCommand::DecideForInstitution, DisputeDecision::Institution),
        };
        // What is not disputed cannot be decided: the same refusal for both stances.
        let decided = lesson.state.apply(command).map_err(illegal("lesson"))?;
        let concedes = self.stance == DisputeStance::Concedes;
        let seq = account.last_seq.saturating_add(1);
        let body = DisputeArgued {
            by: party,
            contract: lesson.contract,
            contract_seq: seq,
            documents: self.documents.clone(),
            lesson: lesson.id,
            stance: self.stance,
        };
        let moved = escrow::account::total(&lesson.frozen).map_err(arithmetic)?;
        let answer = json!({
            "id": lesson.id.to_string(),
            "contract": lesson.contract.to_string(),
            "hours": lesson.hours.to_string(),
            "held_on": lesson.held_on.to_string(),
            "state": if concedes { decided.as_str() } else { lesson.state.as_str() },
            "decision": concedes.then_some(decision.as_str()),
            "moved_fen": concedes.then_some(moved.fen()),
        });
        let done = Decision::new(201, super::sparse(answer));
        let done = done.entry(lesson.institution, context.today, body, Some(self.statement.clone()));
        if !concedes {
            return Ok(done);
        }
        let body = DisputeDecided {
            contract: lesson.contract,
            contract_seq: seq.saturating_add(1),
            decision,
            lesson: lesson.id,
            lots: convert::lot_parts(&lesson.frozen),
        };
        let told = decided_notice(lesson, account.terms.guardian, decision.as_str(), context.now);
        Ok(done.entry(lesson.institution, context.today, body, None).told(told))
    }
}
