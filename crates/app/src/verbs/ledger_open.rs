//! Opens a ledger: its first two entries name the log's key and the policy in force.

use ledger::body::{LedgerOpened, PolicyAdopted};
use serde_json::json;

use crate::context::{Context, Decision, EntryDraft, Verb};
use crate::refusal::Stop;
use crate::working_set::{Wanted, WorkingSet};

/// The first command of a ledger, given by the system itself.
pub struct LedgerOpen {
    /// Name of the log.
    pub origin: ledger::wire::Line,
    /// Public key of the log in C2SP form.
    pub vkey: ledger::wire::Line,
}

impl Verb for LedgerOpen {
    fn wants(&self, _: &mut Wanted) {}

    fn decide(&self, _: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let opened = LedgerOpened { origin: self.origin.clone(), region: context.region, vkey: self.vkey.clone() };
        let adopted = PolicyAdopted { effective_on: context.today, region: context.region };
        let mut decision = Decision::new(201, json!({ "ledger": context.ledger.as_str() }));
        for body in [opened.into(), adopted.into()] {
            let effective_on = context.today;
            decision.entries.push(EntryDraft { body, institution: None, effective_on, secret: None, policy: None });
        }
        Ok(decision)
    }
}
