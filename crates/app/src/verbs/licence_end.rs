//! The ends of a licence that are no decision on an application: its term passes (the ledger's own
//! clock), its holder gives it back, it is struck from the register (民办教育促进法 56, 行政许可法 70).

use access::Action;
use kernel::{LicenceId, ListingId, RuleId, Violation};
use ledger::body::{LicenceDeregistered, LicenceEnded, ListingChanged, NoticeGiven, NoticeKind};
use registry::{EndCause, Institution, LicenceCommand, ListKind};
use serde_json::json;

use super::{clock_only, licence};
use crate::context::{Context, Decision, Secret, Verb};
use crate::convert;
use crate::refusal::{Refusal, Stop, illegal};
use crate::working_set::{Wanted, WorkingSet};

/// Notes that a licence's term has passed; only the ledger's own clock does.
pub struct LicenceExpire {
    /// Which.
    pub licence: LicenceId,
    /// The decision that takes the institution off the white list.
    pub listing: ListingId,
    /// Why it leaves the list.
    pub reason: Secret,
}

/// Its holder gives a licence back; families are refunded first.
pub struct LicenceSurrender {
    /// Which.
    pub licence: LicenceId,
    /// The decision that takes the institution off the white list.
    pub listing: ListingId,
    /// Why it leaves the list.
    pub reason: Secret,
}

/// Strikes a licence from the register.
pub struct LicenceDeregister {
    /// Which.
    pub licence: LicenceId,
    /// Why.
    pub reason: Secret,
}

/// Who may not teach any more leaves the white list.
pub(super) fn off_the_white_list(
    decision: Decision,
    institution: &Institution,
    listing: ListingId,
    context: &Context<'_>,
    reason: Secret,
) -> Decision {
    if institution.listing != ListKind::White {
        return decision;
    }
    let body = ListingChanged {
        cause_code: None,
        list: ledger::ListKind::None,
        listing,
        objection_by_on: None,
        published_on: context.today,
        rectify_by_on: None,
        until_on: None,
    };
    decision.entry(institution.id, context.today, body, Some(reason))
}

impl Verb for LicenceExpire {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.licences.insert(self.licence);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (licence, institution) = licence(state, self.licence)?;
        clock_only(context, Action::LicenceRevoke)?;
        let next = licence.state.apply(LicenceCommand::Expire).map_err(illegal("licence"))?;
        // A licence that another one replaced is not the institution's any more.
        if context.today <= licence.valid_until_on || institution.licence != Some(licence.id) {
            let (state, command) = (licence.state.as_str().into(), "expire".into());
            return Err(Refusal::State { what: "licence".into(), state, command }.into());
        }
        let on = licence.valid_until_on;
        let answer = json!({ "id": licence.id.to_string(), "state": next.as_str() });
        let ended = LicenceEnded { cause: convert::end_cause(EndCause::Expired), licence: licence.id };
        let told = NoticeGiven { application: None, kind: NoticeKind::Expired, licence: Some(licence.id) };
        let decision = Decision::new(201, answer).entry(institution.id, on, ended, None).entry(
            institution.id,
            context.today,
            told,
            None,
        );
        Ok(off_the_white_list(decision, institution, self.listing, context, self.reason.clone()))
    }
}

impl Verb for LicenceSurrender {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.licences.insert(self.licence);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (licence, institution) = licence(state, self.licence)?;
        context.allow(Action::LicenceDeregister, institution)?;
        let next = licence.state.apply(LicenceCommand::Surrender).map_err(illegal("licence"))?;
        let owed = kernel::Fen::try_sum([institution.prepaid, institution.disputed, institution.refund])
            .map_err(super::overflow)?;
        if owed > kernel::Fen::ZERO {
            return Err(Violation::of(RuleId::ClosureAfterRefunds).with(0, owed).source("民办教育促进法 59").into());
        }
        let answer = json!({
            "id": licence.id.to_string(),
            "institution": institution.id.to_string(),
            "state": next.as_str(),
        });
        let ended = LicenceEnded { cause: convert::end_cause(EndCause::Surrendered), licence: licence.id };
        let decision = Decision::new(201, answer).entry(institution.id, context.today, ended, None);
        Ok(off_the_white_list(decision, institution, self.listing, context, self.reason.clone()))
    }
}

impl Verb for LicenceDeregister {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.licences.insert(self.licence);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (licence, institution) = licence(state, self.licence)?;
        context.allow(Action::LicenceDeregister, institution)?;
        let next = licence.state.apply(LicenceCommand::Deregister).map_err(illegal("licence"))?;
        let answer = json!({
            "id": licence.id.to_string(),
            "institution": institution.id.to_string(),
            "state": next.as_str(),
        });
        let body = LicenceDeregistered { licence: licence.id };
        Ok(Decision::new(201, answer).entry(institution.id, context.today, body, Some(self.reason.clone())))
    }
}
