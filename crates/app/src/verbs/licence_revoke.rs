//! Revocation of a licence takes two persons: the first request proposes it, the same request by
//! another person with the approver's duty decides it. The decision takes the institution off the
//! white list and holds all releases; families can be refunded from that day (docs/adr/0008).

use access::Action;
use escrow::HoldCause;
use kernel::{Day, HoldId, LicenceId, ListingId, RuleId, Violation};
use ledger::body::{HoldPlaced, LicenceRevocationProposed, LicenceRevoked, ListingChanged};
use ledger::wire::Code;
use registry::{LicenceCommand, ListKind};
use serde_json::json;

use super::licence;
use crate::context::{Context, Decision, Secret, Verb};
use crate::convert;
use crate::refusal::{Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// Proposes a revocation, or decides one that another person proposed.
pub struct LicenceRevoke {
    /// Which.
    pub licence: LicenceId,
    /// The ground by its code.
    pub reason_code: Code,
    /// First day without the licence.
    pub effective_on: Day,
    /// The hold that comes with it.
    pub hold: HoldId,
    /// The decision that takes the institution off the white list.
    pub listing: ListingId,
    /// The basis, for the revocation, the hold and the list.
    pub reasons: [Secret; 3],
}

impl Verb for LicenceRevoke {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.licences.insert(self.licence);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (licence, institution) = licence(state, self.licence)?;
        let today = context.today;
        let [basis, hold_reason, list_reason] = self.reasons.clone();
        let mut answer = json!({
            "id": licence.id.to_string(),
            "institution": institution.id.to_string(),
            "effective_on": self.effective_on.to_string(),
        });
        let two_persons = &context.policy.revocation_two_persons;
        let proposer = licence.revocation_proposed_by;
        if two_persons.is(|required| *required) && proposer.is_none() {
            context.allow(Action::LicenceProposeRevocation, institution)?;
            let next = licence.state.apply(LicenceCommand::ProposeRevocation).map_err(illegal("licence"))?;
            answer["state"] = next.as_str().into();
            answer["revocation"] = "proposed".into();
            let body = LicenceRevocationProposed {
                effective_on: self.effective_on,
                licence: licence.id,
                reason_code: self.reason_code.clone(),
            };
            return Ok(Decision::new(201, answer).entry(institution.id, today, body, Some(basis)));
        }
        context.allow(Action::LicenceRevoke, institution)?;
        let next = licence.state.apply(LicenceCommand::Revoke).map_err(illegal("licence"))?;
        if two_persons.is(|required| *required) && proposer == context.principal.map(|p| p.user) {
            return Err(Violation::of(RuleId::RevocationTwoPersons).source(two_persons.source()).into());
        }
        answer["state"] = next.as_str().into();
        answer["revocation"] = "decided".into();
        answer["hold"] = self.hold.to_string().into();
        let revoked = LicenceRevoked {
            effective_on: self.effective_on,
            licence: licence.id,
            reason_code: self.reason_code.clone(),
        };
        let hold = HoldPlaced { cause: convert::hold_cause(HoldCause::Revocation), hold: self.hold };
        let mut decision = Decision::new(201, answer)
            .entry(institution.id, self.effective_on, revoked, Some(basis))
            .entry(institution.id, today, hold, Some(hold_reason));
        if institution.listing == ListKind::White {
            let body = ListingChanged { list: ledger::ListKind::None, listing: self.listing, published_on: today };
            decision = decision.entry(institution.id, today, body, Some(list_reason));
        }
        Ok(decision)
    }
}
