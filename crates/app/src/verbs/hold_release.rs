//! A regulator lifts a hold.

use access::Action;
use kernel::HoldId;
use ledger::HoldReleased;
use serde_json::json;

use super::hold;
use crate::context::{Context, Decision, Verb};
use crate::refusal::{Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// Lifts a hold.
pub struct HoldRelease {
    /// Which.
    pub hold: HoldId,
}

impl Verb for HoldRelease {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.holds.insert(self.hold);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (hold, institution) = hold(state, self.hold)?;
        context.allow(Action::HoldRelease, institution)?;
        let next = hold.state.release().map_err(illegal("hold"))?;
        let answer = json!({
            "id": hold.id.to_string(),
            "institution": institution.id.to_string(),
            "cause": hold.cause.as_str(),
            "state": next.as_str(),
        });
        Ok(Decision::new(201, answer).entry(institution.id, context.today, HoldReleased { hold: hold.id }, None))
    }
}
