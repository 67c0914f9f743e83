//! The records of a family are erased: guardian and pupils, the contracts' texts, what entries commit
//! to. Not while money is held or the time runs for which they must be kept.

use access::Action;
use contract::ContractState;
use kernel::{ContractId, Day, Fen, RuleId, SubjectId, Violation};
use ledger::body::{ErasureGround, SubjectErased};
use serde_json::json;
use store::FamilyErasure;

use crate::context::{Context, Decision, EntryDraft, Side, Verb};
use crate::refusal::{Refusal, Stop, all_hold};
use crate::working_set::{Wanted, WorkingSet};

/// A contract of the family, as it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FamilyContract {
    /// Its id.
    pub contract: ContractId,
    /// Number of its last entry then; 0 for one that was never signed.
    pub last_seq: u64,
    /// The day of that entry, or of the last lesson if that is later.
    pub last_on: Day,
}

/// Erases a family.
#[derive(Clone, Debug)]
pub struct PersonErase {
    /// The guardian.
    pub guardian: SubjectId,
    /// The pupils of the contracts.
    pub pupils: Vec<SubjectId>,
    /// All contracts of the guardian.
    pub contracts: Vec<FamilyContract>,
    /// On which ground.
    pub ground: ErasureGround,
}

/// The first day on which a family with this last day may be erased; none where no rule says for how
/// long records are kept.
pub(crate) fn erasable_on(policy: &policy::Policy, last_on: Day) -> Option<(Day, &str)> {
    let rule = policy.records_kept_years.in_force()?;
    let months = i32::from(rule.value).saturating_mul(12);
    Some((last_on.plus_months(months).ok()?.plus_days(1).ok()?, &rule.source))
}

impl PersonErase {
    /// Rules that stand against it.
    fn violations(&self, state: &WorkingSet, context: &Context<'_>) -> Vec<Violation> {
        let mut violations = Vec::new();
        let held = |id: ContractId| {
            let account = state.accounts.get(id)?;
            let money = [account.prepaid, account.disputed, account.refund];
            let over = account.state == ContractState::Ended || account.remaining().is_ok_and(|hours| hours.is_zero());
            (money.iter().any(|fen| *fen != Fen::ZERO) || account.open_refund.is_some() || !over).then_some(())
        };
        if self.contracts.iter().any(|found| held(found.contract).is_some()) {
            violations.push(Violation::of(RuleId::PersonContractsOver).field("subject"));
        }
        let last_on = self.contracts.iter().map(|found| found.last_on).max();
        match last_on.and_then(|last| erasable_on(context.policy, last)) {
            // A court's word stands above the county's.
            Some((day, source)) if context.today < day && self.ground != ErasureGround::Order => {
                let violation = Violation::of(RuleId::PersonRetention).with(day, context.today);
                violations.push(violation.source(source).field("subject"));
            }
            None if self.ground == ErasureGround::RetentionOver => {
                let source = context.policy.records_kept_years.source();
                violations.push(Violation::of(RuleId::PersonRetention).source(source).field("ground"));
            }
            Some(_) | None => {}
        }
        violations
    }
}

impl Verb for PersonErase {
    fn wants(&self, wanted: &mut Wanted) {
        for found in &self.contracts {
            wanted.accounts.insert(found.contract);
            wanted.families.insert(found.contract);
        }
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        context.allow_region(Action::PersonErase)?;
        // A contract or an entry that came since the family was looked up: look again.
        let seq = |id: ContractId| state.accounts.get(id).map_or(0, |account| account.last_seq);
        let changed = self.contracts.iter().any(|found| seq(found.contract) != found.last_seq);
        let people = || std::iter::once(self.guardian).chain(self.pupils.iter().copied());
        let known = |id: ContractId| self.contracts.iter().any(|found| found.contract == id);
        if changed || people().any(|person| state.contracts_of(person).any(|id| !known(id))) {
            let (what, state, command) = ("person".into(), "changed".into(), "erase".into());
            return Err(Refusal::State { what, state, command }.into());
        }
        all_hold(self.violations(state, context))?;
        let answer = json!({
            "subject": self.guardian.to_string(),
            "erased": people().map(|person| person.to_string()).collect::<Vec<_>>(),
            "contracts": self.contracts.len(),
            "ground": self.ground.as_str(),
        });
        let mut decision = Decision::new(201, answer);
        for subject in people() {
            decision.entries.push(EntryDraft {
                body: SubjectErased { ground: self.ground, subject }.into(),
                institution: None,
                effective_on: context.today,
                secret: None,
                policy: None,
            });
        }
        decision.side.push(Side::Erasure(FamilyErasure {
            guardian: self.guardian,
            people: people().collect(),
            contracts: self.contracts.iter().map(|found| found.contract).collect(),
        }));
        Ok(decision)
    }
}
