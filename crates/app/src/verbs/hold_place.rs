//! A regulator orders a hold on releases to an institution.

use access::Action;
use kernel::{HoldId, InstitutionId};
use ledger::body::{HoldCause, HoldPlaced};
use serde_json::json;

use super::institution;
use crate::context::{Context, Decision, Secret, Verb};
use crate::refusal::Stop;
use crate::working_set::{Wanted, WorkingSet};

/// Places a hold by order.
pub struct HoldPlace {
    /// Its id.
    pub hold: HoldId,
    /// On whom.
    pub institution: InstitutionId,
    /// The reasons.
    pub reason: Secret,
}

impl Verb for HoldPlace {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.institutions.insert(self.institution);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let institution = institution(state, self.institution)?;
        context.allow(Action::HoldPlace, institution)?;
        let answer = json!({
            "id": self.hold.to_string(),
            "institution": institution.id.to_string(),
            "cause": HoldCause::Order.as_str(),
            "state": "placed",
        });
        let body = HoldPlaced { cause: HoldCause::Order, hold: self.hold };
        Ok(Decision::new(201, answer).entry(institution.id, context.today, body, Some(self.reason.clone())))
    }
}
