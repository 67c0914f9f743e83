//! Revocation of a licence takes two persons: the first request proposes it, the same request by
//! another person with the approver's duty decides it. The decision takes the institution off the
//! white list and holds all releases; families can be refunded from that day (docs/adr/0008).

use access::Action;
use escrow::HoldCause;
use kernel::{Day, HoldId, LicenceId, ListingId, RuleId, Violation};
use ledger::body::{HoldPlaced, LicenceRevocationProposed, LicenceRevoked, NoticeGiven, NoticeKind};
use ledger::wire::Code;
use policy::types::RevocationGround;
use registry::LicenceCommand;
use serde_json::json;

use super::{licence, sparse};
use crate::context::{Context, Decision, Secret, Verb};
use crate::convert;
use crate::refusal::{Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// The grounds by their codes.
fn words(grounds: &std::collections::BTreeSet<RevocationGround>) -> String {
    grounds.iter().map(|ground| ground.as_str()).collect::<Vec<_>>().join(", ")
}

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
            let grounds = &context.policy.revocation_grounds;
            let named = |known: &std::collections::BTreeSet<RevocationGround>| {
                known.iter().any(|ground| ground.as_str() == self.reason_code.as_str())
            };
            if grounds.in_force().is_some_and(|rule| !named(&rule.value)) {
                return Err(Violation::of(RuleId::RevocationGround)
                    .with(grounds.in_force().map(|rule| words(&rule.value)).unwrap_or_default(), &self.reason_code)
                    .source(grounds.source())
                    .field("reason_code")
                    .into());
            }
            let hearing_by_on = context.ruled_deadline(today, &context.policy.hearing_request);
            answer["hearing_by_on"] = hearing_by_on.map(|day| day.to_string()).into();
            answer["state"] = next.as_str().into();
            answer["revocation"] = "proposed".into();
            let body = LicenceRevocationProposed {
                effective_on: self.effective_on,
                hearing_by_on,
                licence: licence.id,
                reason_code: self.reason_code.clone(),
            };
            return Ok(Decision::new(201, sparse(answer)).entry(institution.id, today, body, Some(basis)));
        }
        context.allow(Action::LicenceRevoke, institution)?;
        let next = licence.state.apply(LicenceCommand::Revoke).map_err(illegal("licence"))?;
        if two_persons.is(|required| *required) && proposer == context.principal.map(|p| p.user) {
            return Err(Violation::of(RuleId::RevocationTwoPersons).source(two_persons.source()).into());
        }
        if let Some(hearing) = licence.hearing
            && !hearing.lets_decide(licence.hearing_by_on, today)
        {
            let waits = licence.hearing_on.or(licence.hearing_by_on).map(|day| day.to_string()).unwrap_or_default();
            return Err(Violation::of(RuleId::RevocationHearing)
                .with(waits, hearing)
                .source(context.policy.hearing_request.source())
                .into());
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
        let mut decision = Decision::new(201, sparse(answer))
            .entry(institution.id, self.effective_on, revoked, Some(basis))
            .entry(institution.id, today, hold, Some(hold_reason));
        decision = super::licence_end::off_the_white_list(decision, institution, self.listing, context, list_reason);
        let told = NoticeGiven { application: None, kind: NoticeKind::Revoked, licence: Some(licence.id) };
        Ok(decision.entry(institution.id, today, told, None))
    }
}
