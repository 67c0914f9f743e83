//! The pack of a failed institution is recorded: what it counted, and the digest of its manifest.

use access::Action;
use escrow::Closure;
use ledger::Hash;
use ledger::body::ClosurePacked;
use registry::InstitutionState;
use serde_json::json;

use super::institution;
use crate::context::{Context, Decision, Verb};
use crate::refusal::{Refusal, Stop};
use crate::working_set::{Wanted, WorkingSet};

/// Records a closure pack.
pub struct ClosurePack {
    /// What it counted; its entry number is not known yet.
    pub closure: Closure,
    /// Entries of the institution that the pack counts; more by now, and the pack is out of date.
    pub institution_seq: u64,
}

impl Verb for ClosurePack {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.institutions.insert(self.closure.institution);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let institution = institution(state, self.closure.institution)?;
        context.allow(Action::ClosurePack, institution)?;
        let refused = |state: &'static str, command: &'static str| {
            Stop::from(Refusal::State { what: "institution".into(), state: state.into(), command: command.into() })
        };
        if !matches!(
            institution.state,
            InstitutionState::Suspended | InstitutionState::Revoked | InstitutionState::Closed
        ) {
            return Err(refused(institution.state.as_str(), "pack_closure"));
        }
        if institution.last_seq != self.institution_seq {
            return Err(refused("changed_meanwhile", "pack_closure"));
        }
        let closure = &self.closure;
        let hours = u64::try_from(closure.hours_left.hundredths()).unwrap_or(0);
        let answer = json!({
            "id": closure.id.to_string(),
            "institution": institution.id.to_string(),
            "contracts": closure.contracts.to_string(),
            "hours_left": closure.hours_left.to_string(),
            "owed_fen": closure.owed.fen(),
            "manifest": Hash::new(closure.manifest).to_string(),
        });
        let body = ClosurePacked {
            closure: closure.id,
            contracts: closure.contracts,
            hours_left_hundredths: hours,
            manifest: Hash::new(closure.manifest),
            owed_fen: closure.owed,
        };
        Ok(Decision::new(201, answer).entry(institution.id, context.today, body, None))
    }
}
