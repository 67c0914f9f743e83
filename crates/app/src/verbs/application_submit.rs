//! An institution (or the officer at the counter) hands in an application. A change of who controls
//! the institution, of its name or place, stops new sales from that moment, and families are told.

use access::Action;
use kernel::{ApplicationId, DayCount, InstitutionId, RuleId, Scope, Violation};
use ledger::body::{ApplicationSubmitted, NoticeGiven, NoticeKind, SubmittedDocument};
use policy::{Policy, Setting};
use registry::{ApplicationKind, InstitutionState};
use serde_json::{Value, json};

use super::{institution, sparse};
use crate::context::{Context, Decision, Secret, Verb};
use crate::convert;
use crate::refusal::{Refusal, Stop};
use crate::working_set::{Wanted, WorkingSet};

/// A paper that was handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What it is, `[a-z0-9_]{1,40}`.
    pub kind: ledger::wire::Code,
    /// SHA-256 of the file.
    pub sha256: ledger::Hash,
}

impl Document {
    /// As an entry names it.
    pub fn submitted(&self) -> SubmittedDocument {
        SubmittedDocument { kind: self.kind.clone(), sha256: self.sha256 }
    }
}

/// An application.
pub struct ApplicationSubmit {
    /// Its id.
    pub application: ApplicationId,
    /// Who asks.
    pub institution: InstitutionId,
    /// For what.
    pub kind: ApplicationKind,
    /// For which scope; none for the scope held or registered.
    pub scope: Option<Scope>,
    /// Papers.
    pub documents: Vec<Document>,
    /// What is asked for beyond the scope: the new name, address, person, capital.
    pub wish: Option<Secret>,
}

/// The authority's time to decide, by kind.
pub(super) fn decision_time(policy: &Policy, kind: ApplicationKind) -> &Setting<DayCount> {
    if kind.is_control_change() || kind == ApplicationKind::Change {
        &policy.licence_change_decision
    } else {
        &policy.licence_decision
    }
}

/// An application as answers show it.
pub(super) fn application_answer(application: &registry::Application, state: &'static str, version: u32) -> Value {
    json!({
        "id": application.id.to_string(),
        "institution": application.institution.to_string(),
        "kind": application.kind.as_str(),
        "state": state,
        "version": version,
        "decide_by_on": application.decide_by_on.map(|day| day.to_string()),
    })
}

impl Verb for ApplicationSubmit {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.institutions.insert(self.institution);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let institution = institution(state, self.institution)?;
        context.allow(Action::ApplicationSubmit, institution)?;
        if institution.open_application.is_some() {
            return Err(Violation::of(RuleId::OneOpenApplication).into());
        }
        let licence = institution.licence.and_then(|id| state.licences.get(id));
        let held = licence.map(|licence| &licence.scope);
        let scope = self.scope.as_ref().or(held).unwrap_or(&institution.scope);
        let first = matches!(institution.state, InstitutionState::Unlicensed);
        let can = match self.kind {
            ApplicationKind::New => first,
            ApplicationKind::Renewal
            | ApplicationKind::Change
            | ApplicationKind::Closure
            | ApplicationKind::ChangeName
            | ApplicationKind::ChangeSite
            | ApplicationKind::ChangePromoter
            | ApplicationKind::ChangeRepresentative
            | ApplicationKind::ChangeCapital
            | ApplicationKind::Branch => !first,
            ApplicationKind::Conversion => !first && held.is_some_and(|held| held.category.is_subject()),
        } && !matches!(institution.state, InstitutionState::Revoked | InstitutionState::Closed);
        if !can {
            let (state, command) = (institution.state.as_str().into(), self.kind.as_str().into());
            return Err(Refusal::State { what: "institution".into(), state, command }.into());
        }
        let to_subject = scope.category.is_subject() && held.is_none_or(|held| !held.category.is_subject());
        let open = &context.policy.subject_approval_open;
        // A branch is a new place of teaching, and a conversion leads away from subjects.
        let closes_subject =
            matches!(self.kind, ApplicationKind::Conversion | ApplicationKind::Branch) && scope.category.is_subject();
        if (to_subject && open.is(|open| !open)) || closes_subject {
            return Err(Violation::of(RuleId::SubjectApprovalClosed).source(open.source()).field("scope").into());
        }
        let today = context.today;
        let accept_by_on = context.ruled_deadline(today, &context.policy.licence_correction_notice);
        // The time to decide runs from acceptance; until then its end is known as "no later than".
        let decide_by_on =
            context.ruled_deadline(accept_by_on.unwrap_or(today), decision_time(context.policy, self.kind));
        let answer = json!({
            "id": self.application.to_string(),
            "institution": self.institution.to_string(),
            "kind": self.kind.as_str(),
            "state": "submitted",
            "version": 1,
            "accept_by_on": accept_by_on.map(|day| day.to_string()),
            "decide_by_on": decide_by_on.map(|day| day.to_string()),
        });
        let body = ApplicationSubmitted {
            accept_by_on,
            application: self.application,
            category: scope.category,
            decide_by_on,
            documents: self.documents.iter().map(Document::submitted).collect(),
            kind: convert::application_kind(self.kind),
            modes: scope.modes.clone(),
            stages: scope.stages.clone(),
        };
        let mut decision = Decision::new(201, sparse(answer)).entry(self.institution, today, body, self.wish.clone());
        if self.kind.is_control_change() {
            let notice = NoticeGiven {
                application: Some(self.application),
                kind: NoticeKind::ChangePending,
                licence: institution.licence,
            };
            decision = decision.entry(self.institution, today, notice, None);
        }
        Ok(decision)
    }
}
