//! A regulator lifts a hold.

use access::Action;
use kernel::HoldId;
use ledger::body::{ContractUnfrozen, HoldReleased};

use super::hold_place::answer;
use super::{fits, hold};
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
        let lifted = escrow::Hold { state: next, ..hold.clone() };
        let decision = Decision::new(201, answer(&lifted));
        let Some(contract) = hold.contract else {
            return Ok(decision.entry(institution.id, context.today, HoldReleased { hold: hold.id }, None));
        };
        let account = fits(state.accounts.get(contract), "hold without contract")?;
        let contract_seq = account.last_seq.saturating_add(1);
        let body = ContractUnfrozen { contract, contract_seq, hold: hold.id };
        Ok(decision.entry(institution.id, context.today, body, None))
    }
}
