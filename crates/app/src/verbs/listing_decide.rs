//! A regulator puts an institution on a list, or takes it off: by the criteria and on the grounds of the
//! place, with the time to object, to put right and to stay that the place or the decision sets.

use access::Action;
use kernel::{Day, InstitutionId, ListingId, RuleId, Violation};
use ledger::body::ListingChanged;
use ledger::wire::Code;
use policy::types::WhiteCriterion;
use registry::{InspectionGrade, Institution, Licence, LicenceState, ListKind};
use serde_json::json;

use super::{institution, sparse};
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
    /// Cause by its code; on the black list one of the grounds of the place.
    pub cause_code: Option<Code>,
    /// Last day to put things right; none: the term of the place.
    pub rectify_by_on: Option<Day>,
    /// Last day on the list; none: the term of the place.
    pub until_on: Option<Day>,
    /// Cause and basis.
    pub cause: Secret,
}

/// The criteria of the white list that an institution does not meet.
fn unmet(
    criterion: WhiteCriterion,
    institution: &Institution,
    licence: Option<&Licence>,
    custody_account: bool,
    on: Day,
) -> bool {
    match criterion {
        // Valid on the day of publication or granted for a later first day.
        WhiteCriterion::LicenceInForce => !licence.is_some_and(|licence| {
            matches!(licence.state, LicenceState::InForce | LicenceState::Rectifying) && on <= licence.valid_until_on
        }),
        WhiteCriterion::InspectionQualified => !licence.is_some_and(|licence| {
            // Who was approved after the last inspection is listed at once.
            licence.inspected.is_none_or(|(_, grade)| grade == InspectionGrade::Qualified)
        }),
        WhiteCriterion::NothingToRectify => {
            institution.listing == ListKind::Rectifying
                || licence.is_some_and(|licence| licence.state == LicenceState::Rectifying)
        }
        WhiteCriterion::CustodyAccount => !custody_account,
    }
}

impl Verb for ListingDecide {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.institutions.insert(self.institution);
        wanted.custody_accounts.insert(self.institution);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let institution = institution(state, self.institution)?;
        context.allow(Action::ListingDecide, institution)?;
        let policy = context.policy;
        let licence = institution.licence.and_then(|id| state.licences.get(id));
        if self.list == ListKind::White {
            let account = state.custody_accounts.contains(&institution.id);
            let missing =
                |criterion: WhiteCriterion| unmet(criterion, institution, licence, account, self.published_on);
            // The white list takes holders of a licence everywhere (国办发〔2018〕80号).
            if missing(WhiteCriterion::LicenceInForce) {
                return Err(Violation::of(RuleId::WhiteListNeedsLicence).with("licensed", institution.state).into());
            }
            let criteria = &policy.white_list_criteria;
            let asked = criteria.in_force().into_iter().flat_map(|rule| rule.value.iter().copied());
            let missing: Vec<&str> = asked.filter(|one| missing(*one)).map(WhiteCriterion::as_str).collect();
            if !missing.is_empty() {
                return Err(Violation::of(RuleId::WhiteListCriteria)
                    .with(missing.join(", "), "missing")
                    .source(criteria.source())
                    .field("list")
                    .into());
            }
        }
        let grounds = &policy.black_list_grounds;
        if let (ListKind::Black, Some(rule)) = (self.list, grounds.in_force()) {
            let named = self
                .cause_code
                .as_ref()
                .is_some_and(|code| rule.value.iter().any(|ground| ground.as_str() == code.as_str()));
            if !named {
                let known: Vec<&str> = rule.value.iter().map(|ground| ground.as_str()).collect();
                let actual = self.cause_code.as_ref().map_or("none", Code::as_str);
                return Err(Violation::of(RuleId::BlackListGround)
                    .with(known.join(", "), actual)
                    .source(grounds.source())
                    .field("cause_code")
                    .into());
            }
        }
        let adverse = matches!(self.list, ListKind::Black | ListKind::Warning | ListKind::Rectifying);
        let from = self.published_on;
        let ruled = |wanted: bool, rule| if wanted { context.ruled_deadline(from, rule) } else { None };
        let objection_by_on = ruled(adverse, &policy.listing_objection);
        let rectify_by_on =
            self.rectify_by_on.or_else(|| ruled(self.list == ListKind::Rectifying, &policy.rectification_term));
        let until_on = self.until_on.or_else(|| ruled(self.list == ListKind::Black, &policy.black_list_term));
        let shown = |day: Option<Day>| day.map(|day| day.to_string());
        let answer = json!({
            "id": self.listing.to_string(),
            "institution": institution.id.to_string(),
            "list": self.list.as_str(),
            "published_on": self.published_on.to_string(),
            "objection_by_on": shown(objection_by_on),
            "rectify_by_on": shown(rectify_by_on),
            "until_on": shown(until_on),
        });
        let body = ListingChanged {
            cause_code: self.cause_code.clone(),
            list: convert::list_kind(self.list),
            listing: self.listing,
            objection_by_on,
            published_on: self.published_on,
            rectify_by_on,
            until_on,
        };
        Ok(Decision::new(201, sparse(answer)).entry(institution.id, self.published_on, body, Some(self.cause.clone())))
    }
}
