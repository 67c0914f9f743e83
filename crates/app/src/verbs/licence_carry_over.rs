//! A licence that was granted before the ledger was opened is carried into it, once, as it stands
//! (docs/adr/0013). It is told as the renewal of what the authority already granted, so the ban on
//! new subject institutions is neither bent nor repeated here.

use access::Action;
use kernel::{ApplicationId, Day, InstitutionId, RuleId, Violation};
use ledger::body::{ApplicationAccepted, ApplicationDecided, ApplicationSubmitted, LicenceGranted};
use registry::InstitutionState;
use serde_json::json;

use super::{Document, GrantedLicence, institution};
use crate::context::{Context, Decision, Secret, Verb};
use crate::refusal::{Refusal, Stop};
use crate::working_set::{Wanted, WorkingSet};

/// Carries an existing licence into the ledger.
pub struct LicenceCarryOver {
    /// The day the ledger was opened. A licence that began later is applied for like any other.
    pub ledger_opened_on: Day,
    /// The application under which it is recorded.
    pub application: ApplicationId,
    /// The holder, registered and never licensed in this ledger.
    pub institution: InstitutionId,
    /// The licence as it stands; its scope is the registered one.
    pub licence: GrantedLicence,
    /// The licence itself, and what else proves it; at least one.
    pub documents: Vec<Document>,
    /// Why it is carried over.
    pub reason: Secret,
}

impl Verb for LicenceCarryOver {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.institutions.insert(self.institution);
        wanted.licence_numbers.insert(self.licence.number.as_str().to_owned());
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let institution = institution(state, self.institution)?;
        context.allow(Action::ApplicationDecide, institution)?;
        let refuse = |state: &'static str| {
            Stop::from(Refusal::State { what: "licence".into(), state: state.into(), command: "carry_over".into() })
        };
        if institution.state != InstitutionState::Unlicensed || institution.licence.is_some() {
            let (state, command) = (institution.state.as_str().into(), "carry_over".into());
            return Err(Refusal::State { what: "institution".into(), state, command }.into());
        }
        if institution.open_application.is_some() {
            return Err(Violation::of(RuleId::OneOpenApplication).into());
        }
        let licence = &self.licence;
        if state.licence_numbers.contains(licence.number.as_str()) {
            return Err(Violation::of(RuleId::LicenceNumberUnique).field("licence_number").into());
        }
        if licence.valid_from_on >= self.ledger_opened_on {
            return Err(refuse("begins_after_ledger"));
        }
        if licence.valid_until_on < context.today {
            return Err(refuse("expired"));
        }
        if self.documents.is_empty() {
            return Err(refuse("without_documents"));
        }
        let scope = &institution.scope;
        let today = context.today;
        let answer = json!({
            "id": licence.licence.to_string(),
            "institution": institution.id.to_string(),
            "number": licence.number.as_str(),
            "state": "in_force",
            "scope": {
                "category": scope.category.as_str(),
                "modes": scope.modes.iter().map(|m| m.as_str()).collect::<Vec<_>>(),
                "stages": scope.stages.iter().map(|s| s.as_str()).collect::<Vec<_>>(),
            },
            "valid_from_on": licence.valid_from_on.to_string(),
            "valid_until_on": licence.valid_until_on.to_string(),
        });
        let submitted = ApplicationSubmitted {
            accept_by_on: None,
            application: self.application,
            category: scope.category,
            decide_by_on: None,
            documents: self.documents.iter().map(Document::submitted).collect(),
            kind: ledger::ApplicationKind::Renewal,
            modes: scope.modes.clone(),
            stages: scope.stages.clone(),
        };
        let decided =
            ApplicationDecided { application: self.application, decision: ledger::ApplicationDecision::Grant };
        let granted = LicenceGranted {
            application: self.application,
            category: scope.category,
            licence: licence.licence,
            licence_number: licence.number.clone(),
            modes: scope.modes.clone(),
            stages: scope.stages.clone(),
            valid_from_on: licence.valid_from_on,
            valid_until_on: licence.valid_until_on,
        };
        Ok(Decision::new(201, answer)
            .entry(institution.id, today, submitted, None)
            .entry(
                institution.id,
                today,
                ApplicationAccepted { application: self.application, decide_by_on: None },
                None,
            )
            .entry(institution.id, today, decided, Some(self.reason.clone()))
            .entry(institution.id, licence.valid_from_on, granted, None))
    }
}
