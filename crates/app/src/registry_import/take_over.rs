//! Many registrations and licences as one command: each row is decided by the use case that decides it
//! alone, on the state with all rows before it, and everything is written in one transaction.

use ledger::{Actor, Hash};
use serde_json::json;

use super::Decided;
use crate::apply::{Fact, apply};
use crate::context::{Context, Decision, Verb};
use crate::refusal::Stop;
use crate::verbs::{InstitutionRegister, LicenceCarryOver};
use crate::working_set::{Wanted, WorkingSet};

/// A row: an institution, and the licence that it has.
pub(super) struct TakenOver {
    /// The institution.
    pub register: InstitutionRegister,
    /// Its licence.
    pub carry: Option<LicenceCarryOver>,
}

/// All rows of a file.
pub(super) struct RegistryTakeOver {
    /// The rows.
    pub rows: Vec<TakenOver>,
}

/// Adds a decision to all, and folds what it decided into the state of the rows that follow.
fn fold(state: &mut WorkingSet, all: &mut Decision, one: Decision, context: &Context<'_>) -> Result<(), Stop> {
    for draft in &one.entries {
        let fact = Fact {
            seq: 0,
            leaf: *Hash::ZERO.as_bytes(),
            institution: draft.institution,
            effective_on: draft.effective_on,
            recorded_on: context.today,
            actor: Actor::System,
            body: &draft.body,
        };
        apply(state, &fact)?;
    }
    all.entries.extend(one.entries);
    all.side.extend(one.side);
    Ok(())
}

impl Verb for RegistryTakeOver {
    fn wants(&self, wanted: &mut Wanted) {
        for row in &self.rows {
            row.register.wants(wanted);
            if let Some(carry) = &row.carry {
                wanted.licence_numbers.insert(carry.licence.number.as_str().to_owned());
            }
        }
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Decided {
        // What these use cases look at, apart: the state itself changes only with what is recorded.
        let mut seen = WorkingSet::default();
        seen.credit_codes.clone_from(&state.credit_codes);
        seen.licence_numbers.clone_from(&state.licence_numbers);
        let licences = self.rows.iter().filter(|row| row.carry.is_some()).count();
        let mut all = Decision::new(201, json!({ "institutions": self.rows.len(), "licences": licences }));
        for row in &self.rows {
            let registered = row.register.decide(&seen, context)?;
            fold(&mut seen, &mut all, registered, context)?;
            if let Some(carry) = &row.carry {
                let carried = carry.decide(&seen, context)?;
                fold(&mut seen, &mut all, carried, context)?;
            }
        }
        Ok(all)
    }
}
