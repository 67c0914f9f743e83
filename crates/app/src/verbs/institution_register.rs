//! Registers an institution in a county's ledger.

use access::Action;
use kernel::{CreditCode, InstitutionId, Scope};
use ledger::body::InstitutionRegistered;
use serde_json::json;

use crate::context::{Context, Decision, Secret, Side, Verb};
use crate::refusal::{Refusal, Stop};
use crate::working_set::{Wanted, WorkingSet};
use store::Profile;

/// A new institution.
pub struct InstitutionRegister {
    /// Its id.
    pub institution: InstitutionId,
    /// Its credit code; unused in this ledger.
    pub credit_code: CreditCode,
    /// What it means to teach.
    pub scope: Scope,
    /// Names and accounts.
    pub profile: Profile,
    /// By which its controller is found again.
    pub controller: [u8; 32],
    /// By what it is found again under another name.
    pub ties: Vec<registry::graph::Tie>,
    /// What the entry commits to: the profile.
    pub secret: Secret,
}

impl Verb for InstitutionRegister {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.credit_codes.insert(self.credit_code);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        context.allow_region(Action::InstitutionRegister)?;
        if state.credit_codes.contains(&self.credit_code) {
            return Err(Refusal::Exists { what: "institution".into(), field: "credit_code".into() }.into());
        }
        let answer = json!({
            "id": self.institution.to_string(),
            "state": "unlicensed",
            "listing": "none",
            "name": self.profile.name,
            "credit_code": self.credit_code.to_string(),
            "region": context.region.to_string(),
            "category": self.scope.category.as_str(),
            "modes": self.scope.modes.iter().map(|m| m.as_str()).collect::<Vec<_>>(),
            "stages": self.scope.stages.iter().map(|s| s.as_str()).collect::<Vec<_>>(),
        });
        let body = InstitutionRegistered {
            category: self.scope.category,
            credit_code: self.credit_code,
            modes: self.scope.modes.clone(),
            region: context.region,
            stages: self.scope.stages.clone(),
        };
        let mut decision =
            Decision::new(201, answer).entry(self.institution, context.today, body, Some(self.secret.clone()));
        decision.side.push(Side::ControllerKey(self.institution, self.controller));
        // The profile has the institution's own id among the parts of its record.
        let item = kernel::RecordItemId::new(self.institution.uuid());
        decision.side.push(Side::Ties(self.institution, item, self.ties.clone()));
        decision.side.push(Side::Profile(Box::new(self.profile.clone())));
        Ok(decision)
    }
}
