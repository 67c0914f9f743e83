//! What follows a listing: objection and its decision, repair and its decision, the end of its term.
//! What succeeds takes the institution off the list with the same command. And points and grades, which
//! stand beside the lists.

use access::Action;
use kernel::{InstitutionId, ListingId, RecordItemId, RuleId, Violation};
use ledger::body::{InstitutionGraded, ListingChanged, ListingStepTaken, ListsPublished, PointsChange, PointsChanged};
use ledger::wire::Code;
use registry::{Institution, ListKind, Listing, ListingStep};
use serde_json::json;

use super::{clock_only, fits, institution};
use crate::context::{Context, Decision, EntryDraft, Secret, Verb};
use crate::convert;
use crate::refusal::{Refusal, Stop, illegal, not_found};
use crate::working_set::{Wanted, WorkingSet};

/// Takes a step.
pub struct ListingStepTake {
    /// After which listing.
    pub listing: ListingId,
    /// The step.
    pub step: ListingStep,
    /// The decision that takes the institution off the list, where the step does.
    pub removal: ListingId,
    /// What was said, for the step and for the removal.
    pub words: [Secret; 2],
}

/// Scores points, or cancels a score after rectification.
pub struct PointsGive {
    /// Whose.
    pub institution: InstitutionId,
    /// What.
    pub change: PointsChange,
    /// The score.
    pub item: RecordItemId,
    /// How many.
    pub points: u32,
    /// Cause by its code.
    pub cause_code: Code,
    /// The facts.
    pub facts: Secret,
}

/// Grades an institution on a scale of its place.
pub struct InstitutionGrade {
    /// Which.
    pub institution: InstitutionId,
    /// The scale.
    pub scale: Code,
    /// The grade.
    pub grade: Code,
    /// The year graded.
    pub year: u16,
    /// The indicators.
    pub indicators: Secret,
}

/// Publishes the lists as they stood at the end of a day; only the ledger's own clock does.
pub struct ListsPublish {
    /// What is published.
    pub published: ListsPublished,
}

fn listing(state: &WorkingSet, id: ListingId) -> Result<(&Listing, &Institution), Stop> {
    let listing = state.listings.get(id).ok_or_else(|| not_found("listing"))?;
    Ok((listing, fits(state.institutions.get(listing.institution), "listing without institution")?))
}

impl Verb for ListingStepTake {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.listings.insert(self.listing);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (listing, institution) = listing(state, self.listing)?;
        let today = context.today;
        match self.step {
            ListingStep::Objected | ListingStep::RepairAsked => context.allow(Action::ListingAnswer, institution)?,
            ListingStep::Expired => clock_only(context, Action::ListingDecide)?,
            ListingStep::ObjectionUpheld
            | ListingStep::ObjectionRejected
            | ListingStep::RepairAccepted
            | ListingStep::RepairRefused => context.allow(Action::ListingDecide, institution)?,
        }
        // It must be what the institution stands on now, and nothing that came later.
        if institution.listing != listing.list || listing.list == ListKind::None {
            let (state, command) = (institution.listing.as_str().into(), self.step.as_str().into());
            return Err(Refusal::State { what: "listing".into(), state, command }.into());
        }
        self.step.after(listing.step).map_err(illegal("listing"))?;
        let policy = context.policy;
        let limit = match self.step {
            ListingStep::Objected => listing.objection_by_on.filter(|last| *last < today),
            ListingStep::RepairAsked if listing.list == ListKind::Black => context
                .ruled_deadline(listing.published_on, &policy.listing_repair_after)
                .filter(|first| today < *first),
            ListingStep::Expired => match listing.until_on {
                Some(until) => Some(until).filter(|until| today <= *until),
                None => Some(today),
            },
            ListingStep::RepairAsked
            | ListingStep::ObjectionUpheld
            | ListingStep::ObjectionRejected
            | ListingStep::RepairAccepted
            | ListingStep::RepairRefused => None,
        };
        if let Some(limit) = limit {
            let source = match self.step {
                ListingStep::Objected => policy.listing_objection.source(),
                _ => policy.listing_repair_after.source(),
            };
            return Err(Violation::of(RuleId::ListingTime).with(limit, today).source(source).into());
        }
        let off = self.step.takes_off();
        let stands = if off { ListKind::None } else { institution.listing };
        let answer = json!({
            "id": listing.id.to_string(),
            "institution": institution.id.to_string(),
            "list": stands.as_str(),
            "published_on": listing.published_on.to_string(),
            "step": self.step.as_str(),
        });
        let [words, removal] = self.words.clone();
        let body = ListingStepTaken { listing: listing.id, step: convert::listing_step(self.step) };
        let mut decision = Decision::new(201, answer).entry(institution.id, today, body, Some(words));
        if off {
            let body = ListingChanged {
                cause_code: None,
                list: ledger::ListKind::None,
                listing: self.removal,
                objection_by_on: None,
                published_on: today,
                rectify_by_on: None,
                until_on: None,
            };
            decision = decision.entry(institution.id, today, body, Some(removal));
        }
        Ok(decision)
    }
}

impl Verb for PointsGive {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.institutions.insert(self.institution);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let institution = institution(state, self.institution)?;
        context.allow(Action::PointsGive, institution)?;
        let answer = json!({
            "id": self.item.to_string(),
            "institution": institution.id.to_string(),
            "change": self.change.as_str(),
            "points": self.points,
            "points_max": context.policy.points_max.in_force().map(|rule| rule.value),
        });
        let body = PointsChanged {
            cause_code: self.cause_code.clone(),
            change: self.change,
            item: self.item,
            points: self.points,
        };
        Ok(Decision::new(201, answer).entry(institution.id, context.today, body, Some(self.facts.clone())))
    }
}

impl Verb for InstitutionGrade {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.institutions.insert(self.institution);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let institution = institution(state, self.institution)?;
        context.allow(Action::PointsGive, institution)?;
        let answer = json!({
            "institution": institution.id.to_string(),
            "grade": self.grade.as_str(),
            "scale": self.scale.as_str(),
            "year": self.year,
        });
        let (grade, scale) = (self.grade.clone(), self.scale.clone());
        let body = InstitutionGraded { grade, scale, year: u32::from(self.year) };
        Ok(Decision::new(201, answer).entry(institution.id, context.today, body, Some(self.indicators.clone())))
    }
}

impl Verb for ListsPublish {
    fn wants(&self, _: &mut Wanted) {}

    fn decide(&self, _: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        clock_only(context, Action::ListRead)?;
        let effective_on = self.published.lists_on;
        let body = self.published.clone().into();
        let mut decision = Decision::new(201, json!({ "lists_on": effective_on.to_string() }));
        decision.entries.push(EntryDraft { body, institution: None, effective_on, secret: None, policy: None });
        Ok(decision)
    }
}
