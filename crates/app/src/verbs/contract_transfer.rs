//! A family hands its contract to another by notice to the institution (转让通知): who may confirm, dispute,
//! ask for money back and read is from then on the other family.

use access::Action;
use contract::{ContractState, TransferFacts, transfer_violations};
use kernel::{ClassHours, ContractId, Fen, SubjectId, TransferId};
use ledger::body::ContractTransferred;
use serde_json::json;
use store::vault::NONCE;

use super::{account, not_frozen, overflow};
use crate::context::{Context, Decision, Secret, Side, Verb};
use crate::people::{KeptPerson, TextStep};
use crate::refusal::{Corrupt, Refusal, Stop, all_hold};
use crate::working_set::{Wanted, WorkingSet};

/// Hands a contract on.
pub struct ContractTransfer {
    /// Its id.
    pub transfer: TransferId,
    /// Which contract.
    pub contract: ContractId,
    /// Who takes it over.
    pub guardian: KeptPerson,
    /// The pupil who is taught from now on.
    pub pupil: KeptPerson,
    /// By which the pupil is recognised under another guardian.
    pub child_key: [u8; 32],
    /// The notice.
    pub notice: Secret,
    /// Nonce for sealing the text under the other family's key.
    pub nonce: [u8; NONCE],
}

impl Verb for ContractTransfer {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.accounts.insert(self.contract);
        wanted.persons.extend([self.guardian.lookup, self.pupil.lookup]);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let (account, institution) = account(state, self.contract, context, Action::ContractTransfer, "transfer")?;
        let refused = |state: &'static str| {
            let (what, state, command) = ("contract".into(), state.into(), "transfer".into());
            Stop::from(Refusal::State { what, state, command })
        };
        if account.state != ContractState::Signed {
            return Err(refused(account.state.as_str()));
        }
        if account.open_refund.is_some() {
            return Err(refused("refund_requested"));
        }
        not_frozen(&account)?;
        let known = |person: &KeptPerson| state.persons.get(&person.lookup).copied().unwrap_or(person.subject);
        let (guardian, pupil): (SubjectId, SubjectId) = (known(&self.guardian), known(&self.pupil));
        if (guardian, pupil) == (account.terms.guardian, account.terms.pupil) {
            return Err(refused("held_by_them"));
        }
        let unsound = |_| Corrupt { what: "hours of a lot" };
        let facts = TransferFacts {
            price: account.terms.price().map_err(overflow)?,
            paid: Fen::try_sum(account.lots.iter().map(|lot| lot.paid)).map_err(overflow)?,
            claimed: ClassHours::try_sum(account.lots.iter().map(|lot| lot.claimed)).map_err(unsound)?,
            disputed: ClassHours::try_sum(account.lots.iter().map(|lot| lot.disputed)).map_err(unsound)?,
        };
        all_hold(transfer_violations(&facts))?;
        let answer = json!({
            "id": self.transfer.to_string(),
            "contract": self.contract.to_string(),
            "institution": institution.id.to_string(),
            "guardian": guardian.to_string(),
            "pupil": pupil.to_string(),
            "prepaid_fen": account.prepaid.fen(),
        });
        let body = ContractTransferred {
            contract: self.contract,
            contract_seq: account.last_seq.saturating_add(1),
            guardian,
            pupil,
            transfer: self.transfer,
        };
        let mut decision = Decision::new(201, answer);
        decision = decision.entry(institution.id, context.today, body, Some(self.notice.clone()));
        for (person, subject) in [(&self.guardian, guardian), (&self.pupil, pupil)] {
            decision.side.push(Side::Person(Box::new(KeptPerson { subject, ..person.clone() })));
        }
        decision.side.push(Side::ChildKey(pupil, self.child_key));
        let (contract, from, to) = (self.contract, account.terms.guardian, guardian);
        decision.side.push(Side::Text(Box::new(TextStep::HandedOn { contract, from, to, nonce: self.nonce })));
        Ok(decision)
    }
}
