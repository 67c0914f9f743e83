//! A regulator warns, orders to rectify, stops enrolment, and lifts such orders; and notes the result of
//! the annual inspection (实施条例 47), which may order to rectify.

use access::Action;
use kernel::{Day, LicenceId};
use ledger::body::{LicenceInspected, LicenceMeasureLifted, LicenceMeasureTaken, NoticeGiven, NoticeKind};
use ledger::wire::Code;
use registry::{InspectionGrade, LicenceCommand, LicenceMeasure};
use serde_json::json;

use super::{licence, sparse};
use crate::context::{Context, Decision, Secret, Verb};
use crate::convert;
use crate::refusal::{Refusal, Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// Takes a measure.
pub struct LicenceMeasureTake {
    /// Against which licence.
    pub licence: LicenceId,
    /// What.
    pub measure: LicenceMeasure,
    /// Reason by its code.
    pub reason_code: Code,
    /// Last day to comply; none: the term of the place.
    pub until_on: Option<Day>,
    /// Facts and law.
    pub basis: Secret,
}

/// Lifts a measure.
pub struct LicenceMeasureLift {
    /// Of which licence.
    pub licence: LicenceId,
    /// What.
    pub measure: LicenceMeasure,
    /// Why.
    pub reason: Secret,
}

/// The annual inspection of a licence.
pub struct LicenceInspect {
    /// Which.
    pub licence: LicenceId,
    /// The year inspected.
    pub year: u16,
    /// Its result.
    pub grade: InspectionGrade,
    /// What was found.
    pub findings: Secret,
}

impl Verb for LicenceMeasureTake {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.licences.insert(self.licence);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (licence, institution) = licence(state, self.licence)?;
        context.allow(Action::LicenceMeasure, institution)?;
        let next = licence.state.apply(self.measure.taken()).map_err(illegal("licence"))?;
        let term = (self.measure == LicenceMeasure::Rectification)
            .then(|| context.ruled_deadline(context.today, &context.policy.rectification_term));
        let until_on = self.until_on.or(term.flatten());
        let answer = json!({
            "id": licence.id.to_string(),
            "institution": institution.id.to_string(),
            "state": next.as_str(),
            "measure": self.measure.as_str(),
            "until_on": until_on.map(|day| day.to_string()),
        });
        let body = LicenceMeasureTaken {
            licence: licence.id,
            measure: convert::measure(self.measure),
            reason_code: self.reason_code.clone(),
            until_on,
        };
        let mut decision =
            Decision::new(201, sparse(answer)).entry(institution.id, context.today, body, Some(self.basis.clone()));
        if self.measure == LicenceMeasure::EnrolmentSuspension {
            let kind = NoticeKind::EnrolmentSuspended;
            let told = NoticeGiven { application: None, kind, licence: Some(licence.id) };
            decision = decision.entry(institution.id, context.today, told, None);
        }
        Ok(decision)
    }
}

impl Verb for LicenceMeasureLift {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.licences.insert(self.licence);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (licence, institution) = licence(state, self.licence)?;
        context.allow(Action::LicenceMeasure, institution)?;
        let Some(command) = self.measure.lifted() else {
            let (state, command) = (self.measure.as_str().into(), "lift".into());
            return Err(Refusal::State { what: "measure".into(), state, command }.into());
        };
        let next = licence.state.apply(command).map_err(illegal("licence"))?;
        let answer = json!({
            "id": licence.id.to_string(),
            "institution": institution.id.to_string(),
            "state": next.as_str(),
            "measure": self.measure.as_str(),
        });
        let body = LicenceMeasureLifted { licence: licence.id, measure: convert::measure(self.measure) };
        Ok(Decision::new(201, sparse(answer)).entry(institution.id, context.today, body, Some(self.reason.clone())))
    }
}

impl Verb for LicenceInspect {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.licences.insert(self.licence);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (licence, institution) = licence(state, self.licence)?;
        context.allow(Action::LicenceInspect, institution)?;
        let next = licence.state.apply(LicenceCommand::Inspect).map_err(illegal("licence"))?;
        let again = licence.inspected.is_some_and(|(year, _)| year >= self.year);
        if again || i32::from(self.year) > i32::from(context.today.year()) {
            let (state, command) = (self.year.to_string().into(), "inspect".into());
            return Err(Refusal::State { what: "annual_inspection".into(), state, command }.into());
        }
        let policy = context.policy;
        let rectify_by_on = match self.grade {
            InspectionGrade::Qualified => None,
            InspectionGrade::BasicallyQualified | InspectionGrade::Unqualified => {
                context.ruled_deadline(context.today, &policy.rectification_term)
            }
        };
        let public_until_on = context.ruled_deadline(context.today, &policy.inspection_public_notice);
        let answer = json!({
            "id": licence.id.to_string(),
            "institution": institution.id.to_string(),
            "state": next.as_str(),
            "grade": self.grade.as_str(),
            "year": self.year,
            "public_until_on": public_until_on.map(|day| day.to_string()),
            "until_on": rectify_by_on.map(|day| day.to_string()),
        });
        let body = LicenceInspected {
            grade: convert::grade(self.grade),
            licence: licence.id,
            public_until_on,
            rectify_by_on,
            year: u32::from(self.year),
        };
        Ok(Decision::new(201, sparse(answer)).entry(institution.id, context.today, body, Some(self.findings.clone())))
    }
}
