//! A regulator puts an institution on a list, or takes it off.

use access::Action;
use kernel::{Day, InstitutionId, ListingId, RuleId, Violation};
use ledger::body::ListingChanged;
use registry::ListKind;
use serde_json::json;

use super::institution;
use crate::context::{Context, Decision, Secret, Verb};
use crate::convert;
use crate::refusal::Stop;
use crate::working_set::{Wanted, WorkingSet};

/// A decision on a list.
pub struct ListingDecide {
    /// Its id.
    pub listing: ListingId,
    /// About whom.
    pub institution: InstitutionId,
    /// Which list.
    pub list: ListKind,
    /// Day of publication.
    pub published_on: Day,
    /// Cause and basis.
    pub cause: Secret,
}

impl Verb for ListingDecide {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.institutions.insert(self.institution);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let institution = institution(state, self.institution)?;
        context.allow(Action::ListingDecide, institution)?;
        if self.list == ListKind::White {
            // Valid on the day of publication or granted for a later first day.
            let licensed = institution.licence.and_then(|id| state.licences.get(id)).is_some_and(|licence| {
                licence.state == registry::LicenceState::InForce && self.published_on <= licence.valid_until_on
            });
            if !licensed {
                return Err(Violation::of(RuleId::WhiteListNeedsLicence).with("licensed", institution.state).into());
            }
        }
        let answer = json!({
            "id": self.listing.to_string(),
            "institution": institution.id.to_string(),
            "list": self.list.as_str(),
            "published_on": self.published_on.to_string(),
        });
        let body = ListingChanged {
            list: convert::list_kind(self.list),
            listing: self.listing,
            published_on: self.published_on,
        };
        Ok(Decision::new(201, answer).entry(institution.id, self.published_on, body, Some(self.cause.clone())))
    }
}
