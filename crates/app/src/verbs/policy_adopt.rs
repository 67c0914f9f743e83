//! Writes into a ledger that a version of its region's rules takes effect. The version is adopted
//! already, by whoever may adopt it for its region, which may lie above the ledger's.

use kernel::{Day, RegionCode};
use ledger::Hash;
use ledger::body::PolicyAdopted;
use serde_json::json;

use crate::context::{Context, Decision, EntryDraft, Verb};
use crate::refusal::Stop;
use crate::working_set::{Wanted, WorkingSet};

/// An adopted version.
pub struct PolicyAdopt {
    /// Whose version.
    pub region: RegionCode,
    /// First day of effect.
    pub effective_on: Day,
    /// Hash of the rules that hold in the ledger's region on that day.
    pub policy: Hash,
}

impl Verb for PolicyAdopt {
    fn wants(&self, _: &mut Wanted) {}

    fn decide(&self, _: &WorkingSet, _: &Context<'_>) -> Result<Decision, Stop> {
        let body = PolicyAdopted { effective_on: self.effective_on, region: self.region };
        let mut decision = Decision::new(201, json!({}));
        decision.entries.push(EntryDraft {
            body: body.into(),
            institution: None,
            effective_on: self.effective_on,
            secret: None,
            policy: Some(self.policy),
        });
        Ok(decision)
    }
}
