//! A regulator orders a hold: on releases to an institution, on one contract, or on the whole custody
//! account.

use access::Action;
use escrow::{Hold, HoldCause, HoldState};
use kernel::{ContractId, HoldId, InstitutionId};
use ledger::body::{ContractFrozen, HoldPlaced};
use serde_json::{Value, json};

use super::institution;
use crate::context::{Context, Decision, Secret, Verb};
use crate::convert;
use crate::refusal::{Stop, not_found};
use crate::working_set::{Wanted, WorkingSet};

/// Places a hold by order.
pub struct HoldPlace {
    /// Its id.
    pub hold: HoldId,
    /// On whom.
    pub institution: InstitutionId,
    /// On which contract alone, if not on the institution.
    pub contract: Option<ContractId>,
    /// Why; [`HoldCause::Account`] reaches over the whole custody account.
    pub cause: HoldCause,
    /// The reasons.
    pub reason: Secret,
}

/// A hold as a decision answers it.
pub(super) fn answer(hold: &Hold) -> Value {
    json!({
        "id": hold.id.to_string(),
        "institution": hold.institution.to_string(),
        "contract": hold.contract.map(|contract| contract.to_string()),
        "scope": hold.scope().as_str(),
        "cause": hold.cause.as_str(),
        "state": hold.state.as_str(),
    })
}

impl Verb for HoldPlace {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.institutions.insert(self.institution);
        wanted.accounts.extend(self.contract);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let institution = institution(state, self.institution)?;
        context.allow(Action::HoldPlace, institution)?;
        let hold = Hold {
            id: self.hold,
            institution: institution.id,
            contract: self.contract,
            cause: self.cause,
            state: HoldState::Placed,
        };
        let decision = Decision::new(201, answer(&hold));
        let (cause, reason) = (convert::hold_cause(self.cause), Some(self.reason.clone()));
        let Some(contract) = self.contract else {
            let body = HoldPlaced { cause, hold: self.hold };
            return Ok(decision.entry(institution.id, context.today, body, reason));
        };
        let account = state.accounts.get(contract).ok_or_else(|| not_found("contract"))?;
        if account.terms.institution != institution.id {
            return Err(not_found("contract"));
        }
        let contract_seq = account.last_seq.saturating_add(1);
        let body = ContractFrozen { cause, contract, contract_seq, hold: self.hold };
        Ok(decision.entry(institution.id, context.today, body, reason))
    }
}
