//! An officer accepts an application for decision.

use access::Action;
use kernel::ApplicationId;
use ledger::body::ApplicationAccepted;
use registry::ApplicationCommand;
use serde_json::json;

use super::application;
use crate::context::{Context, Decision, Verb};
use crate::refusal::{Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// Accepts an application.
pub struct ApplicationAccept {
    /// Which.
    pub application: ApplicationId,
}

impl Verb for ApplicationAccept {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.applications.insert(self.application);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (application, institution) = application(state, self.application)?;
        context.allow(Action::ApplicationAccept, institution)?;
        let next = application.state.apply(ApplicationCommand::Accept).map_err(illegal("licence_application"))?;
        let answer = json!({
            "id": application.id.to_string(),
            "institution": institution.id.to_string(),
            "kind": application.kind.as_str(),
            "state": next.as_str(),
            "decide_by_on": application.decide_by_on.map(|day| day.to_string()),
        });
        let body = ApplicationAccepted { application: application.id };
        Ok(Decision::new(201, answer).entry(institution.id, context.today, body, None))
    }
}
