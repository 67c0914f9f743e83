//! The risk deposit (风险保证金): paid in, locked, given back above the floor, and claimed for families.

use access::Action;
use kernel::{Fen, InstitutionId, RuleId, Violation};
use ledger::Hash;
use ledger::body::{DepositClaimed, DepositLock, DepositLocked, DepositPaid, DepositReleased};
use registry::Institution;
use serde_json::{Value, json};

use super::{institution, overflow};
use crate::context::{Context, Decision, Secret, Verb};
use crate::refusal::{Refusal, Stop, all_hold};
use crate::working_set::{Wanted, WorkingSet};

/// What happens to a deposit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DepositMove {
    /// The institution paid in.
    Pay {
        /// How much.
        amount: Fen,
        /// Digest of the bank's reference.
        reference: Hash,
    },
    /// The authority locks it.
    Lock {
        /// Why.
        reason: Secret,
    },
    /// The authority lifts the lock.
    Unlock {
        /// Why.
        reason: Secret,
    },
    /// A part goes back to the institution.
    Release {
        /// How much.
        amount: Fen,
        /// Digest of the bank's reference.
        reference: Hash,
        /// The floor that must be left, as the numbers of today give it; fen.
        floor: Fen,
    },
    /// A part is paid to families by decision.
    Claim {
        /// How much.
        amount: Fen,
        /// Digest of the bank's reference.
        reference: Hash,
        /// The decision.
        decision: Secret,
    },
}

/// Changes a deposit.
pub struct DepositChange {
    /// Whose.
    pub institution: InstitutionId,
    /// How.
    pub change: DepositMove,
}

fn answer(institution: &Institution, deposit: Fen, locked: bool) -> Value {
    json!({ "institution": institution.id.to_string(), "deposit_fen": deposit.fen(), "locked": locked })
}

impl Verb for DepositChange {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.institutions.insert(self.institution);
        if matches!(self.change, DepositMove::Pay { .. }) {
            wanted.deposits.insert(self.institution);
        }
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let institution = institution(state, self.institution)?;
        let action = match self.change {
            DepositMove::Pay { .. } => Action::DepositRecord,
            DepositMove::Lock { .. } => Action::DepositLock,
            DepositMove::Unlock { .. } | DepositMove::Release { .. } | DepositMove::Claim { .. } => {
                Action::DepositRelease
            }
        };
        context.allow(action, institution)?;
        let (held, locked, today) = (institution.deposit, institution.deposit_locked, context.today);
        let less = |amount: Fen| held.checked_sub(amount).map_err(overflow);
        let within = |amount: Fen, most: Fen, rule: RuleId| {
            (amount > most).then(|| Violation::of(rule).with(most, amount).field("amount_fen"))
        };
        let wrong = |word: &'static str, command: &'static str| -> Stop {
            Refusal::State { what: "deposit".into(), state: word.into(), command: command.into() }.into()
        };
        match &self.change {
            DepositMove::Pay { amount, reference } => {
                if state.references.contains(&(institution.id, *reference.as_bytes())) {
                    return Err(Violation::of(RuleId::PaymentReferenceUnique).field("bank_reference").into());
                }
                let deposit = held.checked_add(*amount).map_err(overflow)?;
                let body = DepositPaid { amount_fen: *amount, reference: *reference };
                Ok(Decision::new(201, answer(institution, deposit, locked)).entry(institution.id, today, body, None))
            }
            DepositMove::Lock { reason } if !locked => {
                let body = DepositLocked { state: DepositLock::Locked };
                let decision = Decision::new(201, answer(institution, held, true));
                Ok(decision.entry(institution.id, today, body, Some(reason.clone())))
            }
            DepositMove::Unlock { reason } if locked => {
                let body = DepositLocked { state: DepositLock::Unlocked };
                let decision = Decision::new(201, answer(institution, held, false));
                Ok(decision.entry(institution.id, today, body, Some(reason.clone())))
            }
            DepositMove::Lock { .. } => Err(wrong("locked", "lock")),
            DepositMove::Unlock { .. } => Err(wrong("unlocked", "unlock")),
            DepositMove::Release { amount, reference, floor } => {
                if locked {
                    return Err(wrong("locked", "release"));
                }
                let most = held.checked_sub(*floor).map_err(overflow)?.max(Fen::ZERO);
                let mut violations = Vec::new();
                if institution.holds > 0 {
                    violations.push(Violation::of(RuleId::HoldBlocksRelease).with(0, institution.holds));
                }
                violations.extend(within(*amount, most, RuleId::DepositAboveFloor));
                all_hold(violations)?;
                let body = DepositReleased { amount_fen: *amount, reference: *reference };
                let decision = Decision::new(201, answer(institution, less(*amount)?, locked));
                Ok(decision.entry(institution.id, today, body, None))
            }
            DepositMove::Claim { amount, reference, decision } => {
                all_hold(within(*amount, held, RuleId::DepositCovers).into_iter().collect())?;
                let body = DepositClaimed { amount_fen: *amount, reference: *reference };
                let answered = Decision::new(201, answer(institution, less(*amount)?, locked));
                Ok(answered.entry(institution.id, today, body, Some(decision.clone())))
            }
        }
    }
}
