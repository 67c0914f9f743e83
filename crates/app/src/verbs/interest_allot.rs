//! Interest that the bank credited becomes the families': each gets what its money bore, as a refund that
//! is agreed. What it comes to was computed from entries that stand; here it is booked, each share once.

use access::Action;
use kernel::{BankLineId, ContractId, Fen, InstitutionId, RefundId};
use ledger::Hash;
use ledger::body::InterestAllotted;
use serde_json::json;

use super::{fits, institution, overflow};
use crate::context::{Context, Decision, EntryDraft, Verb};
use crate::refusal::{Corrupt, Stop};
use crate::working_set::{Wanted, WorkingSet};

/// A contract's part of the interest of one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InterestShare {
    /// The contract.
    pub contract: ContractId,
    /// The refund by which it is paid: made from line and contract, so that there is one.
    pub refund: RefundId,
    /// How much, fen; more than nothing.
    pub amount: Fen,
}

/// Allots interest of a line to contracts.
pub struct InterestAllot {
    /// Whose account.
    pub institution: InstitutionId,
    /// The line by which the bank credited it.
    pub line: BankLineId,
    /// To whom: every contract once.
    pub shares: Vec<InterestShare>,
    /// The rules of the day of the line, which say whose it is.
    pub policy: Hash,
}

impl Verb for InterestAllot {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.institutions.insert(self.institution);
        wanted.accounts.extend(self.shares.iter().map(|share| share.contract));
        wanted.refunds.extend(self.shares.iter().map(|share| share.refund));
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let institution = institution(state, self.institution)?;
        context.allow(Action::InterestAllot, institution)?;
        let (mut entries, mut sum) = (Vec::new(), Fen::ZERO);
        // What was allotted before an interruption stays as it is.
        for share in self.shares.iter().filter(|share| state.refunds.get(share.refund).is_none()) {
            let account = fits(state.accounts.get(share.contract), "contract of an interest share")?;
            if account.terms.institution != institution.id {
                return Err(Corrupt { what: "interest of another institution's contract" }.into());
            }
            sum = sum.checked_add(share.amount).map_err(overflow)?;
            let body = InterestAllotted {
                amount_fen: share.amount,
                contract: share.contract,
                contract_seq: account.last_seq.saturating_add(1),
                refund: share.refund,
            };
            entries.push(EntryDraft {
                body: body.into(),
                institution: Some(institution.id),
                effective_on: context.today,
                secret: None,
                policy: Some(self.policy),
            });
        }
        if sum > institution.interest {
            return Err(Corrupt { what: "more interest allotted than credited" }.into());
        }
        let answer = json!({ "line": self.line.to_string(), "amount_fen": sum.fen(), "contracts": entries.len() });
        let mut decision = Decision::new(if entries.is_empty() { 200 } else { 201 }, answer);
        decision.entries = entries;
        Ok(decision)
    }
}
