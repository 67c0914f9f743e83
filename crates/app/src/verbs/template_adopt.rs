//! Writes into a ledger that a version of the model contract's text takes effect. The version is
//! adopted already, by whoever may adopt it for its region, which may lie above the ledger's.

use kernel::{Day, RegionCode};
use ledger::Hash;
use ledger::body::TemplateAdopted;
use serde_json::json;

use crate::context::{Context, Decision, EntryDraft, Verb};
use crate::refusal::Stop;
use crate::working_set::{Wanted, WorkingSet};

/// An adopted version.
pub struct TemplateAdopt {
    /// Where it holds.
    pub region: RegionCode,
    /// First day of effect.
    pub effective_on: Day,
    /// Tagged digest of the text.
    pub template: Hash,
}

impl Verb for TemplateAdopt {
    fn wants(&self, _: &mut Wanted) {}

    fn decide(&self, _: &WorkingSet, _: &Context<'_>) -> Result<Decision, Stop> {
        let body = TemplateAdopted { effective_on: self.effective_on, region: self.region, template: self.template };
        let mut decision = Decision::new(201, json!({}));
        let effective_on = self.effective_on;
        decision.entries.push(EntryDraft {
            body: body.into(),
            institution: None,
            effective_on,
            secret: None,
            policy: None,
        });
        Ok(decision)
    }
}
