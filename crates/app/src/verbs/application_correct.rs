//! The one notice that asks for corrections (行政许可法 32), and the corrected papers. The clock stands
//! still in between.

use access::Action;
use kernel::{ApplicationId, Day};
use ledger::body::{ApplicationCorrected, ApplicationCorrectionAsked};
use registry::{Application, ApplicationCommand};

use super::application_submit::{Document, application_answer, decision_time};
use super::{application, current, sparse};
use crate::context::{Context, Decision, Secret, Verb};
use crate::refusal::{Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// Asks for corrections; possible once.
pub struct ApplicationAskCorrection {
    /// Which.
    pub application: ApplicationId,
    /// The version that the officer read, if the client says.
    pub expected: Option<u32>,
    /// Last day for the corrections, where one is set.
    pub correct_by_on: Option<Day>,
    /// All that is to be corrected.
    pub what: Secret,
}

/// Hands in the corrections.
pub struct ApplicationCorrect {
    /// Which.
    pub application: ApplicationId,
    /// Papers.
    pub documents: Vec<Document>,
}

impl Verb for ApplicationAskCorrection {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.applications.insert(self.application);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (application, institution) = application(state, self.application)?;
        context.allow(Action::ApplicationAccept, institution)?;
        current(application, self.expected)?;
        let next =
            application.state.apply(ApplicationCommand::AskCorrection).map_err(illegal("licence_application"))?;
        let shown = Application { decide_by_on: None, ..application.clone() };
        let mut answer = application_answer(&shown, next.as_str(), application.version.saturating_add(1));
        answer["correct_by_on"] = self.correct_by_on.map(|day| day.to_string()).into();
        let body = ApplicationCorrectionAsked { application: application.id, correct_by_on: self.correct_by_on };
        Ok(Decision::new(201, sparse(answer)).entry(institution.id, context.today, body, Some(self.what.clone())))
    }
}

impl Verb for ApplicationCorrect {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.applications.insert(self.application);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (application, institution) = application(state, self.application)?;
        context.allow(Action::ApplicationCorrect, institution)?;
        let next = application.state.apply(ApplicationCommand::Correct).map_err(illegal("licence_application"))?;
        let today = context.today;
        let accept_by_on = context.ruled_deadline(today, &context.policy.licence_correction_notice);
        let decide_by_on =
            context.ruled_deadline(accept_by_on.unwrap_or(today), decision_time(context.policy, application.kind));
        let shown = Application { decide_by_on, ..application.clone() };
        let mut answer = application_answer(&shown, next.as_str(), application.version.saturating_add(1));
        answer["accept_by_on"] = accept_by_on.map(|day| day.to_string()).into();
        let documents = self.documents.iter().map(Document::submitted).collect();
        let body = ApplicationCorrected { accept_by_on, application: application.id, documents };
        Ok(Decision::new(201, sparse(answer)).entry(institution.id, today, body, None))
    }
}
