//! An institution (or the officer at the counter) hands in an application.

use access::Action;
use kernel::{ApplicationId, InstitutionId, RuleId, Scope, Violation};
use ledger::body::{ApplicationSubmitted, SubmittedDocument};
use registry::{ApplicationKind, InstitutionState};
use serde_json::json;

use super::institution;
use crate::context::{Context, Decision, Verb};
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
        let held = institution.licence.and_then(|id| state.licences.get(id)).map(|licence| &licence.scope);
        let scope = self.scope.as_ref().or(held).unwrap_or(&institution.scope);
        let first = matches!(institution.state, InstitutionState::Unlicensed);
        let can = match self.kind {
            ApplicationKind::New => first,
            ApplicationKind::Renewal | ApplicationKind::Change | ApplicationKind::Closure => !first,
            ApplicationKind::Conversion => !first && held.is_some_and(|held| held.category.is_subject()),
        } && !matches!(institution.state, InstitutionState::Revoked | InstitutionState::Closed);
        if !can {
            let (state, command) = (institution.state.as_str().into(), self.kind.as_str().into());
            return Err(Refusal::State { what: "institution".into(), state, command }.into());
        }
        let to_subject = scope.category.is_subject() && held.is_none_or(|held| !held.category.is_subject());
        let open = &context.policy.subject_approval_open;
        let closes_subject = self.kind == ApplicationKind::Conversion && scope.category.is_subject();
        if (to_subject && open.is(|open| !open)) || closes_subject {
            return Err(Violation::of(RuleId::SubjectApprovalClosed).source(open.source()).field("scope").into());
        }
        let decide_by_on = context.ruled_deadline(context.today, &context.policy.licence_decision);
        let answer = json!({
            "id": self.application.to_string(),
            "institution": self.institution.to_string(),
            "kind": self.kind.as_str(),
            "state": "submitted",
            "decide_by_on": decide_by_on.map(|day| day.to_string()),
        });
        let body = ApplicationSubmitted {
            application: self.application,
            category: scope.category,
            decide_by_on,
            documents: self
                .documents
                .iter()
                .map(|d| SubmittedDocument { kind: d.kind.clone(), sha256: d.sha256 })
                .collect(),
            kind: convert::application_kind(self.kind),
            modes: scope.modes.clone(),
            stages: scope.stages.clone(),
        };
        Ok(Decision::new(201, answer).entry(self.institution, context.today, body, None))
    }
}
