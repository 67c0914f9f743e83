//! An institution drafts a course. Drafts are not in the ledger; the published course is.

use access::Action;
use contract::Course;
use serde_json::json;

use super::{institution, seller};
use crate::context::{Context, Decision, Side, Verb};
use crate::refusal::{BrokenRule, Stop};
use crate::working_set::{Wanted, WorkingSet};

/// A new course.
pub struct CourseDraft {
    /// The course, unpublished.
    pub course: Course,
    /// Its name.
    pub name: String,
}

impl Verb for CourseDraft {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.custody_accounts.insert(self.course.institution);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let institution = institution(state, self.course.institution)?;
        context.allow(Action::CourseDraft, institution)?;
        let seller = seller(state, institution);
        let violations = contract::publication_violations(&self.course, &seller, context.policy, context.today);
        let violations: Vec<_> = violations.into_iter().map(BrokenRule::from).collect();
        let answer = json!({
            "id": self.course.id.to_string(),
            "institution": institution.id.to_string(),
            "name": self.name,
            "state": "draft",
            "violations": violations,
        });
        let mut decision = Decision::new(201, answer);
        decision.courses.push(self.course.clone());
        decision.side.push(Side::CourseName(self.course.id, self.name.clone()));
        Ok(decision)
    }
}
