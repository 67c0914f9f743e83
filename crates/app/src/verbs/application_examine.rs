//! What officers do between acceptance and decision: the site check by two of them (行政许可法 34), the
//! review with its advice; and the end of an application without a decision.

use access::Action;
use kernel::{ApplicationId, Day, RuleId, UserId, Violation};
use ledger::body::{ApplicationEnded, ApplicationReviewed, ApplicationSiteChecked, NoticeGiven, NoticeKind};
use registry::{ApplicationCommand, ApplicationEndCause, Decision as Verdict, SiteCheckResult};

use super::application_submit::{Document, application_answer};
use super::{application, current};
use crate::context::{Context, Decision, Secret, Verb};
use crate::convert;
use crate::refusal::{Refusal, Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// Two officers checked the site.
pub struct ApplicationCheckSite {
    /// Which.
    pub application: ApplicationId,
    /// The version that the officer read, if the client says.
    pub expected: Option<u32>,
    /// Who was there beside the caller.
    pub second_officer: UserId,
    /// When.
    pub checked_on: Day,
    /// What they found.
    pub result: SiteCheckResult,
    /// Minutes and pictures.
    pub documents: Vec<Document>,
    /// The findings in words.
    pub findings: Secret,
}

/// An officer advises.
pub struct ApplicationReview {
    /// Which.
    pub application: ApplicationId,
    /// The version that the officer read, if the client says.
    pub expected: Option<u32>,
    /// The advice.
    pub advice: Verdict,
    /// The opinion.
    pub opinion: Secret,
}

/// Ends an application without a decision.
pub struct ApplicationEnd {
    /// Which.
    pub application: ApplicationId,
    /// Why.
    pub cause: ApplicationEndCause,
    /// The reason in words.
    pub reason: Secret,
}

impl Verb for ApplicationCheckSite {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.applications.insert(self.application);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (application, institution) = application(state, self.application)?;
        context.allow(Action::ApplicationExamine, institution)?;
        current(application, self.expected)?;
        let next = application.state.apply(ApplicationCommand::CheckSite).map_err(illegal("licence_application"))?;
        let officers = &context.policy.site_check_officers_min;
        if officers.is(|min| *min > 1) && context.principal.map(|p| p.user) == Some(self.second_officer) {
            let least = officers.in_force().map_or(0, |rule| rule.value);
            return Err(Violation::of(RuleId::SiteCheckTwoOfficers)
                .with(least, 1)
                .source(officers.source())
                .field("second_officer")
                .into());
        }
        if self.checked_on > context.today || self.checked_on < application.submitted_on {
            let (state, command) = (self.checked_on.to_string().into(), "check_site".into());
            return Err(Refusal::State { what: "checked_on".into(), state, command }.into());
        }
        let answer = application_answer(application, next.as_str(), application.version.saturating_add(1));
        let body = ApplicationSiteChecked {
            application: application.id,
            checked_on: self.checked_on,
            documents: self.documents.iter().map(Document::submitted).collect(),
            result: convert::site_check(self.result),
            second_officer: self.second_officer,
        };
        Ok(Decision::new(201, answer).entry(institution.id, context.today, body, Some(self.findings.clone())))
    }
}

impl Verb for ApplicationReview {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.applications.insert(self.application);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (application, institution) = application(state, self.application)?;
        context.allow(Action::ApplicationExamine, institution)?;
        current(application, self.expected)?;
        let next = application.state.apply(ApplicationCommand::Review).map_err(illegal("licence_application"))?;
        let answer = application_answer(application, next.as_str(), application.version.saturating_add(1));
        let body = ApplicationReviewed { advice: convert::decision(self.advice), application: application.id };
        Ok(Decision::new(201, answer).entry(institution.id, context.today, body, Some(self.opinion.clone())))
    }
}

impl Verb for ApplicationEnd {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.applications.insert(self.application);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (application, institution) = application(state, self.application)?;
        let action = match self.cause {
            ApplicationEndCause::Withdrawn => Action::ApplicationCorrect,
            ApplicationEndCause::NotCorrected | ApplicationEndCause::NotAccepted => Action::ApplicationAccept,
        };
        context.allow(action, institution)?;
        let next = application.state.apply(ApplicationCommand::End).map_err(illegal("licence_application"))?;
        let waits = match self.cause {
            ApplicationEndCause::Withdrawn => true,
            // The day that the notice set must have passed; where it set none the officer judges.
            ApplicationEndCause::NotCorrected => {
                application.state == registry::ApplicationState::Correcting
                    && application.correct_by_on.is_none_or(|last| last < context.today)
            }
            ApplicationEndCause::NotAccepted => !application.state.is_accepted(),
        };
        if !waits {
            let (state, command) = (application.state.as_str().into(), self.cause.as_str().into());
            return Err(Refusal::State { what: "licence_application".into(), state, command }.into());
        }
        let answer = application_answer(application, next.as_str(), application.version.saturating_add(1));
        let body = ApplicationEnded { application: application.id, cause: convert::application_end(self.cause) };
        let mut decision =
            Decision::new(201, answer).entry(institution.id, context.today, body, Some(self.reason.clone()));
        if application.kind.is_control_change() {
            let told = NoticeGiven {
                application: Some(application.id),
                kind: NoticeKind::ChangeOver,
                licence: institution.licence,
            };
            decision = decision.entry(institution.id, context.today, told, None);
        }
        Ok(decision)
    }
}
