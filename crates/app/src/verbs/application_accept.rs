//! An application is accepted for decision: by an officer, or by law where the authority let its time
//! to ask for corrections pass (行政许可法 32). From acceptance the time to decide runs.

use access::Action;
use kernel::{ApplicationId, Day};
use ledger::body::{ApplicationAccepted, LicenceClosing, NoticeGiven, NoticeKind};
use registry::{Application, ApplicationCommand, ApplicationKind, Institution, LicenceCommand};

use super::application_submit::{application_answer, decision_time};
use super::{application, clock_only, current};
use crate::context::{Context, Decision, Verb};
use crate::refusal::{Refusal, Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// Accepts an application.
pub struct ApplicationAccept {
    /// Which.
    pub application: ApplicationId,
    /// The version that the officer read, if the client says.
    pub expected: Option<u32>,
}

/// Accepts an application by law; only the ledger's own clock does.
pub struct ApplicationDeemAccepted {
    /// Which.
    pub application: ApplicationId,
}

fn accept(
    state: &WorkingSet,
    context: &Context<'_>,
    application: &Application,
    institution: &Institution,
    accepted_on: Day,
) -> Result<Decision, Stop> {
    let next = application.state.apply(ApplicationCommand::Accept).map_err(illegal("licence_application"))?;
    let decide_by_on = context.ruled_deadline(accepted_on, decision_time(context.policy, application.kind));
    let shown = Application { decide_by_on, ..application.clone() };
    let answer = application_answer(&shown, next.as_str(), application.version.saturating_add(1));
    let body = ApplicationAccepted { application: application.id, decide_by_on };
    let mut decision = Decision::new(201, answer).entry(institution.id, accepted_on, body, None);
    if application.kind == ApplicationKind::Closure
        && let Some(licence) = institution.licence.and_then(|id| state.licences.get(id))
    {
        licence.state.apply(LicenceCommand::BeginClosing).map_err(illegal("licence"))?;
        // The notice of 实施条例 50 is for those who end at their own wish; subject institutions end
        // because the state reduces them (中办发〔2021〕40号).
        let own_wish = !licence.scope.category.is_subject();
        let notice = own_wish.then(|| context.ruled_deadline(context.today, &context.policy.exit_notice_authority));
        let close_from_on = Some(notice.flatten().unwrap_or(context.today));
        let closing = LicenceClosing { application: application.id, close_from_on, licence: licence.id };
        let told =
            NoticeGiven { application: Some(application.id), kind: NoticeKind::Closing, licence: Some(licence.id) };
        decision = decision.entry(institution.id, context.today, closing, None).entry(
            institution.id,
            context.today,
            told,
            None,
        );
    }
    Ok(decision)
}

impl Verb for ApplicationAccept {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.applications.insert(self.application);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (application, institution) = application(state, self.application)?;
        context.allow(Action::ApplicationAccept, institution)?;
        current(application, self.expected)?;
        accept(state, context, application, institution, context.today)
    }
}

impl Verb for ApplicationDeemAccepted {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.applications.insert(self.application);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (application, institution) = application(state, self.application)?;
        clock_only(context, Action::ApplicationAccept)?;
        let late = application.accept_by_on.is_some_and(|last| last < context.today);
        if !late {
            let state = application.state.as_str().into();
            return Err(Refusal::State { what: "licence_application".into(), state, command: "deem".into() }.into());
        }
        // Not told in time, it counts as accepted from the day on which the papers came in.
        accept(state, context, application, institution, application.received_on())
    }
}
