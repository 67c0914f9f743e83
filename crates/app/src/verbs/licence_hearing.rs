//! Between the proposal of a revocation and its decision: the holder asks to be heard or says that it
//! does not want to be, the day of the hearing is told in time, the hearing is held, or the proposal
//! is dropped (行政处罚法 63, 64).

use access::Action;
use kernel::{Day, LicenceId, RuleId, Violation};
use ledger::body::LicenceRevocationStep;
use registry::{LicenceCommand, RevocationStep};
use serde_json::json;

use super::{licence, sparse};
use crate::context::{Context, Decision, Secret, Verb};
use crate::convert;
use crate::refusal::{Refusal, Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// Takes a step.
pub struct LicenceHear {
    /// Of which licence.
    pub licence: LicenceId,
    /// The step.
    pub step: RevocationStep,
    /// Day of the hearing, when it is told or was held.
    pub held_on: Option<Day>,
    /// What was said.
    pub words: Secret,
}

impl Verb for LicenceHear {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.licences.insert(self.licence);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (licence, institution) = licence(state, self.licence)?;
        let action = match self.step {
            RevocationStep::HearingAsked | RevocationStep::HearingWaived => Action::HearingAnswer,
            RevocationStep::HearingSet | RevocationStep::HearingHeld | RevocationStep::Dropped => {
                Action::LicenceProposeRevocation
            }
        };
        context.allow(action, institution)?;
        licence.state.apply(LicenceCommand::HearRevocation).map_err(illegal("licence"))?;
        let refuse = |state: String| {
            let (state, command) = (state.into(), self.step.as_str().into());
            Stop::from(Refusal::State { what: "revocation".into(), state, command })
        };
        let hearing = licence.hearing.ok_or_else(|| refuse("not_proposed".to_owned()))?;
        let next = hearing.apply(self.step).map_err(illegal("revocation"))?;
        let policy = context.policy;
        match self.step {
            RevocationStep::HearingAsked => {
                if let Some(last) = licence.hearing_by_on.filter(|last| *last < context.today) {
                    return Err(Violation::of(RuleId::RevocationHearing)
                        .with(last, context.today)
                        .source(policy.hearing_request.source())
                        .into());
                }
            }
            RevocationStep::HearingSet => {
                let held_on = self.held_on.ok_or_else(|| refuse("without held_on".to_owned()))?;
                let notice = context.ruled_deadline(context.today, &policy.hearing_notice);
                if let Some(first) = notice.filter(|first| held_on <= *first) {
                    return Err(Violation::of(RuleId::HearingNotice)
                        .with(first, held_on)
                        .source(policy.hearing_notice.source())
                        .field("held_on")
                        .into());
                }
            }
            RevocationStep::HearingHeld => {
                if let Some(day) = licence.hearing_on.filter(|day| context.today < *day) {
                    return Err(refuse(day.to_string()));
                }
            }
            RevocationStep::HearingWaived | RevocationStep::Dropped => {}
        }
        let answer = json!({
            "id": licence.id.to_string(),
            "institution": institution.id.to_string(),
            "state": licence.state.as_str(),
            "revocation": next.map_or("dropped", registry::Hearing::as_str),
            "hearing_on": self.held_on.or(licence.hearing_on).map(|day| day.to_string()),
        });
        let body = LicenceRevocationStep {
            held_on: self.held_on,
            licence: licence.id,
            step: convert::revocation_step(self.step),
        };
        Ok(Decision::new(201, sparse(answer)).entry(institution.id, context.today, body, Some(self.words.clone())))
    }
}
