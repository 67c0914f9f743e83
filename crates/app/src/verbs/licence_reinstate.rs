//! A regulator lifts a suspension, and with it the hold that it placed.

use access::Action;
use escrow::{HoldCause, HoldState};
use kernel::LicenceId;
use ledger::body::{HoldReleased, LicenceReinstated};
use registry::LicenceCommand;
use serde_json::json;

use super::licence;
use crate::context::{Context, Decision, Secret, Verb};
use crate::refusal::{Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// Reinstates a licence.
pub struct LicenceReinstate {
    /// Which.
    pub licence: LicenceId,
    /// The reasons.
    pub reason: Secret,
}

impl Verb for LicenceReinstate {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.licences.insert(self.licence);
        wanted.holds_of_licences.insert(self.licence);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (licence, institution) = licence(state, self.licence)?;
        context.allow(Action::LicenceReinstate, institution)?;
        let next = licence.state.apply(LicenceCommand::Reinstate).map_err(illegal("licence"))?;
        let answer = json!({
            "id": licence.id.to_string(),
            "institution": institution.id.to_string(),
            "state": next.as_str(),
        });
        let mut decision = Decision::new(201, answer).entry(
            institution.id,
            context.today,
            LicenceReinstated { licence: licence.id },
            Some(self.reason.clone()),
        );
        // A hold by order is a decision of its own and stays.
        let mut lifted: Vec<_> = state
            .holds
            .rows()
            .values()
            .filter(|hold| {
                hold.institution == institution.id
                    && hold.cause == HoldCause::Suspension
                    && hold.state == HoldState::Placed
            })
            .map(|hold| hold.id)
            .collect();
        lifted.sort_unstable();
        for hold in lifted {
            decision = decision.entry(institution.id, context.today, HoldReleased { hold }, None);
        }
        Ok(decision)
    }
}
