//! Officers record what they found at a site.

use access::Action;
use escrow::InspectionFinding;
use kernel::{Day, InspectionId, InstitutionId, RuleId, Violation};
use ledger::body::InspectionRecorded;
use serde_json::json;

use super::institution;
use crate::context::{Context, Decision, Secret, Verb};
use crate::convert;
use crate::refusal::Stop;
use crate::working_set::{Wanted, WorkingSet};

/// Records an inspection.
pub struct InspectionRecord {
    /// Its id.
    pub inspection: InspectionId,
    /// Of whom.
    pub institution: InstitutionId,
    /// The day.
    pub inspected_on: Day,
    /// What was found.
    pub finding: InspectionFinding,
    /// Items on the list of problems.
    pub problems: u64,
    /// What the officers wrote down, the items included.
    pub text: Secret,
}

impl Verb for InspectionRecord {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.institutions.insert(self.institution);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let institution = institution(state, self.institution)?;
        context.allow(Action::InspectionRecord, institution)?;
        if self.inspected_on > context.today {
            let violation = Violation::of(RuleId::InspectionDay).with(context.today, self.inspected_on);
            return Err(violation.field("inspected_on").into());
        }
        let answer = json!({
            "id": self.inspection.to_string(),
            "institution": institution.id.to_string(),
            "inspected_on": self.inspected_on.to_string(),
            "finding": self.finding.as_str(),
            "problems": self.problems.to_string(),
        });
        let body = InspectionRecorded {
            finding: convert::finding(self.finding),
            inspected_on: self.inspected_on,
            inspection: self.inspection,
            problems: self.problems,
        };
        Ok(Decision::new(201, answer).entry(institution.id, self.inspected_on, body, Some(self.text.clone())))
    }
}
