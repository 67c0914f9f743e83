//! A part of an institution's record is set or removed: a site, a room, an account, a person of the
//! staff. What it says is sealed beside the ledger; the entry commits to it, so the record as of any
//! day can be read from the institution's own chain.

use access::Action;
use kernel::{Day, InstitutionId, RecordItemId};
use ledger::body::{RecordChange, RecordChanged, RecordPart};
use serde_json::json;

use super::institution;
use crate::context::{Context, Decision, Secret, Side, Verb};
use crate::refusal::Stop;
use crate::working_set::{Wanted, WorkingSet};

/// One change of the record, ready to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordEdit {
    /// What happens to it.
    pub change: RecordChange,
    /// Of what kind.
    pub part: RecordPart,
    /// Which one.
    pub item: RecordItemId,
    /// What it says from now on.
    pub record: Secret,
    /// Rows beside the ledger that follow from it.
    pub side: Vec<Side>,
}

impl RecordEdit {
    /// Appends the entry and its rows.
    pub(super) fn append_to(&self, decision: Decision, institution: InstitutionId, on: Day) -> Decision {
        let body = RecordChanged { change: self.change, item: self.item, part: self.part };
        let mut decision = decision.entry(institution, on, body, Some(self.record.clone()));
        decision.side.extend(self.side.iter().cloned());
        decision
    }
}

/// Changes the record.
pub struct RecordEditAppend {
    /// Whose.
    pub institution: InstitutionId,
    /// What.
    pub edit: RecordEdit,
}

impl Verb for RecordEditAppend {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.institutions.insert(self.institution);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let institution = institution(state, self.institution)?;
        context.allow(Action::RecordChange, institution)?;
        let answer = json!({
            "id": self.edit.item.to_string(),
            "institution": institution.id.to_string(),
            "part": self.edit.part.as_str(),
            "change": self.edit.change.as_str(),
        });
        Ok(self.edit.append_to(Decision::new(201, answer), institution.id, context.today))
    }
}
