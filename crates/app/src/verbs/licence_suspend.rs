//! A regulator suspends a licence: nothing may be sold, releases are held.

use access::Action;
use kernel::{HoldId, LicenceId};
use ledger::body::{HoldPlaced, LicenceSuspended, NoticeGiven, NoticeKind};
use registry::LicenceCommand;
use serde_json::json;

use super::licence;
use crate::context::{Context, Decision, Secret, Verb};
use crate::refusal::{Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// Suspends a licence.
pub struct LicenceSuspend {
    /// Which.
    pub licence: LicenceId,
    /// The hold that comes with it.
    pub hold: HoldId,
    /// The reasons, for the suspension and for the hold.
    pub reasons: [Secret; 2],
}

impl Verb for LicenceSuspend {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.licences.insert(self.licence);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (licence, institution) = licence(state, self.licence)?;
        context.allow(Action::LicenceSuspend, institution)?;
        let next = licence.state.apply(LicenceCommand::Suspend).map_err(illegal("licence"))?;
        let [reason, hold_reason] = self.reasons.clone();
        let suspended = LicenceSuspended { licence: licence.id };
        let hold = HoldPlaced { cause: ledger::HoldCause::Suspension, hold: self.hold };
        let answer = json!({
            "id": licence.id.to_string(),
            "institution": institution.id.to_string(),
            "state": next.as_str(),
            "hold": self.hold.to_string(),
        });
        let told = NoticeGiven { application: None, kind: NoticeKind::Suspended, licence: Some(licence.id) };
        Ok(Decision::new(201, answer)
            .entry(institution.id, context.today, suspended, Some(reason))
            .entry(institution.id, context.today, hold, Some(hold_reason))
            .entry(institution.id, context.today, told, None))
    }
}
