//! A contract is drawn up from the model's fields. It is written down whatever rules it breaks, and
//! says which; signing refuses until none is broken. Not in the ledger before the first signature.

use access::Action;
use contract::Party;
use kernel::{SubjectId, Violation};
use serde_json::json;

use super::{ContractSign, course, seller};
use crate::context::{Context, Decision, Side, Verb};
use crate::family;
use crate::people::{KeptPerson, TextStep};
use crate::refusal::{BrokenRule, Refusal, Stop};
use crate::working_set::{Wanted, WorkingSet};
use store::Draft;
use store::vault::NONCE;

/// A new contract.
pub struct ContractDraft {
    /// Terms and document; the subjects in the terms are replaced where a person is known already.
    pub draft: Draft,
    /// The document.
    pub document: Vec<u8>,
    /// Nonce for sealing it.
    pub nonce: [u8; NONCE],
    /// The guardian.
    pub guardian: KeptPerson,
    /// The pupil.
    pub pupil: KeptPerson,
    /// What template and wording break.
    pub broken: Vec<Violation>,
    /// By which the pupil is recognised under another guardian.
    pub child_key: [u8; 32],
}

impl ContractDraft {
    /// A signature under what is being drawn up here, in the same batch.
    pub fn signature(&self, party: Party) -> ContractSign {
        let document = ledger::Hash::new(self.draft.document_hash);
        ContractSign::checked(self.draft.terms.id, party, None, document, self.broken.clone())
    }

    fn known_or_new(state: &WorkingSet, person: &KeptPerson) -> SubjectId {
        state.persons.get(&person.lookup).copied().unwrap_or(person.subject)
    }
}

impl Verb for ContractDraft {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.courses.insert(self.draft.terms.course);
        wanted.custody_accounts.insert(self.draft.terms.institution);
        wanted.persons.extend([self.guardian.lookup, self.pupil.lookup]);
        wanted.new_families.insert((self.guardian.lookup, self.child_key));
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (course, institution) = course(state, self.draft.terms.course)?;
        context.allow(Action::ContractDraft, institution)?;
        if course.published_seq.is_none() {
            let (state, command) = ("draft".into(), "contract".into());
            return Err(Refusal::State { what: "course".into(), state, command }.into());
        }
        let mut draft = self.draft.clone();
        draft.terms.guardian = Self::known_or_new(state, &self.guardian);
        draft.terms.pupil = Self::known_or_new(state, &self.pupil);
        let seller = seller(state, institution);
        let mut violations = contract::sign_violations(&draft.terms, course, &seller, context.policy, context.today);
        violations.extend(self.broken.iter().cloned());
        violations.extend(family::across(state, context, &draft.terms, Some(self.child_key), "lots")?);
        violations.sort_by_key(|violation| violation.rule);
        let violations: Vec<_> = violations.into_iter().map(BrokenRule::from).collect();
        let price = draft.terms.price().map_err(super::overflow)?;
        let answer = json!({
            "id": draft.terms.id.to_string(),
            "number": draft.number,
            "institution": institution.id.to_string(),
            "course": course.id.to_string(),
            "state": draft.state.as_str(),
            "price_fen": price.fen(),
            "document_hash": ledger::Hash::new(draft.document_hash).to_string(),
            "violations": violations,
            "warnings": [],
        });
        let mut decision = Decision::new(201, answer);
        for (person, subject) in [(&self.guardian, draft.terms.guardian), (&self.pupil, draft.terms.pupil)] {
            decision.side.push(Side::Person(Box::new(KeptPerson { subject, ..person.clone() })));
        }
        decision.side.push(Side::ChildKey(draft.terms.pupil, self.child_key));
        let (contract, guardian) = (draft.terms.id, draft.terms.guardian);
        let text = TextStep::Drawn { contract, guardian, nonce: self.nonce, bytes: self.document.clone() };
        decision.side.push(Side::Text(Box::new(text)));
        decision.drafts.push(draft);
        Ok(decision)
    }
}
