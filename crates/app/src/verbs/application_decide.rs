//! The decision on an application: a licence is granted, renewed, changed, converted or returned,
//! or the application is refused with its reason.

use access::Action;
use kernel::{ApplicationId, Day, LicenceId, RuleId, Violation};
use ledger::body::{ApplicationDecided, LicenceEnded, LicenceGranted};
use registry::{ApplicationCommand, ApplicationKind, Decision as Verdict, EndCause, LicenceCommand};
use serde_json::json;

use super::{application, fits};
use crate::context::{Context, Decision, Secret, Verb};
use crate::convert;
use crate::refusal::{Refusal, Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// The licence that a grant issues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrantedLicence {
    /// Its id.
    pub licence: LicenceId,
    /// Its number, unused in this ledger.
    pub number: ledger::wire::Line,
    /// First day.
    pub valid_from_on: Day,
    /// Last day.
    pub valid_until_on: Day,
}

/// A decision on an application.
pub struct ApplicationDecide {
    /// Which.
    pub application: ApplicationId,
    /// Yes or no.
    pub verdict: Verdict,
    /// The licence, for a grant of anything but a closure.
    pub licence: Option<GrantedLicence>,
    /// The reasons.
    pub reason: Secret,
}

impl ApplicationDecide {
    fn checked_licence(&self, state: &WorkingSet) -> Result<&GrantedLicence, Stop> {
        let granted = self.licence.as_ref().ok_or_else(|| Refusal::State {
            what: "decision".into(),
            state: "without licence_number, valid_from_on, valid_until_on".into(),
            command: "grant".into(),
        })?;
        if state.licence_numbers.contains(granted.number.as_str()) {
            return Err(Violation::of(RuleId::LicenceNumberUnique).field("licence_number").into());
        }
        if granted.valid_until_on < granted.valid_from_on {
            return Err(Violation::of(RuleId::LicenceValidityOrder)
                .with(granted.valid_from_on, granted.valid_until_on)
                .field("valid_until_on")
                .into());
        }
        Ok(granted)
    }
}

impl Verb for ApplicationDecide {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.applications.insert(self.application);
        wanted.licence_numbers.extend(self.licence.iter().map(|l| l.number.as_str().to_owned()));
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (application, institution) = application(state, self.application)?;
        context.allow(Action::ApplicationDecide, institution)?;
        let command = match self.verdict {
            Verdict::Grant => ApplicationCommand::Grant,
            Verdict::Refuse => ApplicationCommand::Refuse,
        };
        let next = application.state.apply(command).map_err(illegal("licence_application"))?;
        let today = context.today;
        let mut answer = json!({
            "id": application.id.to_string(),
            "institution": institution.id.to_string(),
            "kind": application.kind.as_str(),
            "state": next.as_str(),
            "decide_by_on": application.decide_by_on.map(|day| day.to_string()),
        });
        let decided = ApplicationDecided { application: application.id, decision: convert::decision(self.verdict) };
        let mut decision =
            Decision::new(201, json!(null)).entry(institution.id, today, decided, Some(self.reason.clone()));
        if self.verdict == Verdict::Grant {
            let old = match institution.licence {
                Some(id) => Some(fits(state.licences.get(id), "institution without its licence")?),
                None => None,
            };
            let cause = match application.kind {
                ApplicationKind::New | ApplicationKind::Renewal => EndCause::Renewed,
                ApplicationKind::Change => EndCause::Changed,
                ApplicationKind::Conversion => EndCause::Converted,
                ApplicationKind::Closure => EndCause::Closed,
            };
            if cause == EndCause::Closed {
                // Families first: 民办教育促进法 art. 59 puts their refunds before everything else.
                let owed = kernel::Fen::try_sum([institution.prepaid, institution.disputed, institution.refund])
                    .map_err(super::overflow)?;
                if owed > kernel::Fen::ZERO {
                    return Err(Violation::of(RuleId::ClosureAfterRefunds)
                        .with(0, owed)
                        .source("民办教育促进法 59")
                        .into());
                }
            }
            if let Some(old) = old {
                old.state.apply(LicenceCommand::End).map_err(illegal("licence"))?;
                let ended = LicenceEnded { cause: convert::end_cause(cause), licence: old.id };
                decision = decision.entry(institution.id, today, ended, None);
            }
            if cause != EndCause::Closed {
                let granted = self.checked_licence(state)?;
                let scope = &application.scope;
                let body = LicenceGranted {
                    application: application.id,
                    category: scope.category,
                    licence: granted.licence,
                    licence_number: granted.number.clone(),
                    modes: scope.modes.clone(),
                    stages: scope.stages.clone(),
                    valid_from_on: granted.valid_from_on,
                    valid_until_on: granted.valid_until_on,
                };
                decision = decision.entry(institution.id, granted.valid_from_on, body, None);
                answer["licence"] = json!({
                    "id": granted.licence.to_string(),
                    "institution": institution.id.to_string(),
                    "number": granted.number.as_str(),
                    "state": "in_force",
                    "scope": {
                        "category": scope.category.as_str(),
                        "modes": scope.modes.iter().map(|m| m.as_str()).collect::<Vec<_>>(),
                        "stages": scope.stages.iter().map(|s| s.as_str()).collect::<Vec<_>>(),
                    },
                    "valid_from_on": granted.valid_from_on.to_string(),
                    "valid_until_on": granted.valid_until_on.to_string(),
                });
            }
        }
        decision.answer = answer;
        Ok(decision)
    }
}
