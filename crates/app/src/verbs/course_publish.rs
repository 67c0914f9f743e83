//! An institution publishes a course; one that breaks a rule stays a draft.

use access::Action;
use kernel::CourseId;
use ledger::body::CoursePublished;
use serde_json::json;

use super::{course, seller};
use crate::context::{Context, Decision, Secret, Verb};
use crate::refusal::{Refusal, Stop, all_hold};
use crate::working_set::{Wanted, WorkingSet};

/// Publishes a course.
pub struct CoursePublish {
    /// Which.
    pub course: CourseId,
    /// What the entry commits to: the name.
    pub name: Secret,
}

impl Verb for CoursePublish {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.courses.insert(self.course);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (course, institution) = course(state, self.course)?;
        context.allow(Action::CoursePublish, institution)?;
        if course.published_seq.is_some() {
            let (state, command) = ("published".into(), "publish".into());
            return Err(Refusal::State { what: "course".into(), state, command }.into());
        }
        let seller = seller(state, institution);
        all_hold(contract::publication_violations(course, &seller, context.policy, context.today))?;
        let answer = json!({
            "id": course.id.to_string(),
            "institution": institution.id.to_string(),
            "state": "published",
        });
        let body = CoursePublished {
            category: course.category,
            class_size_max: course.class_size_max.into(),
            course: course.id,
            ends_on: course.ends_on,
            hours: course.hours,
            list_price_per_hour_fen: course.list_price_per_hour,
            minutes_per_hour: course.minutes_per_hour.into(),
            mode: course.mode,
            price_fen: course.price,
            stage: course.stage,
            starts_on: course.starts_on,
        };
        Ok(Decision::new(201, answer).entry(institution.id, context.today, body, Some(self.name.clone())))
    }
}
