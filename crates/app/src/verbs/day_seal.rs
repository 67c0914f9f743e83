//! The books of an institution are sealed for a day that is over: totals, and a tree of sums over
//! its contracts. The ledger's own clock does it; no user can.

use kernel::{Day, Fen, InstitutionId};
use ledger::body::DaySealed;
use ledger::{Hash, SealTree, Sealed};
use serde_json::json;
use store::SealedContract;

use super::{institution, overflow};
use crate::apply::sealed_row;
use crate::context::{Context, Decision, Verb};
use crate::refusal::{Corrupt, Refusal, Stop};
use crate::working_set::{Wanted, WorkingSet};

/// Seals a day.
pub struct DaySeal {
    /// Whose books.
    pub institution: InstitutionId,
    /// The day.
    pub on: Day,
}

const SUMS: Corrupt = Corrupt { what: "contracts do not add up to their institution" };

impl DaySeal {
    /// Every contract of the institution as it is now: those that changed since the last seal from
    /// their accounts, the others as that seal counted them.
    fn contracts(&self, state: &WorkingSet) -> Result<Vec<SealedContract>, Stop> {
        let changed = state.unsealed.get(&self.institution);
        let mut rows: Vec<SealedContract> = state
            .sealed_contracts
            .rows()
            .values()
            .filter(|row| row.institution == self.institution)
            .filter(|row| changed.is_none_or(|changed| !changed.contains_key(&row.contract)))
            .copied()
            .collect();
        for (contract, leaf) in changed.into_iter().flatten() {
            let account = state.accounts.get(*contract).ok_or(Corrupt { what: "entry of an unknown contract" })?;
            rows.push(sealed_row(account, *leaf)?);
        }
        Ok(rows)
    }
}

/// `bank:custody` without what is nobody's yet.
fn for_families(institution: &registry::Institution) -> Result<Fen, Stop> {
    let nobodys = institution.interest.checked_add(institution.suspended_in).map_err(overflow)?;
    let custody = institution.custody.checked_add(institution.suspended_out).map_err(overflow)?;
    custody.checked_sub(nobodys).map_err(overflow)
}

impl Verb for DaySeal {
    fn wants(&self, wanted: &mut Wanted) {
        wanted.seals.insert(self.institution);
    }

    fn decide(&self, state: &WorkingSet, context: &Context<'_>) -> Result<Decision, Stop> {
        let institution = institution(state, self.institution)?;
        let last = state.seals.rows().values().filter(|seal| seal.institution == self.institution);
        let last = last.map(|seal| seal.sealed_on).max();
        // Another server may have been first; and a day is sealed once it is over.
        if context.principal.is_some() || self.on >= context.today || last.is_some_and(|last| last >= self.on) {
            let state = last.map_or_else(|| "open".to_owned(), |last| last.to_string());
            return Err(Refusal::State { what: "seal".into(), state: state.into(), command: "seal".into() }.into());
        }
        let rows = self.contracts(state)?;
        let sum = |of: fn(&SealedContract) -> Fen| Fen::try_sum(rows.iter().map(of)).map_err(overflow);
        let (prepaid_fen, disputed_fen, refund_fen) =
            (sum(|row| row.prepaid)?, sum(|row| row.disputed)?, sum(|row| row.refund)?);
        if (prepaid_fen, disputed_fen, refund_fen) != (institution.prepaid, institution.disputed, institution.refund) {
            return Err(SUMS.into());
        }
        let sealed = rows.iter().map(|row| {
            let balance = Fen::try_sum([row.prepaid, row.disputed, row.refund]).map_err(overflow)?;
            Ok(Sealed { core: Hash::new(row.core), balance })
        });
        let sealed: Vec<Sealed> = sealed.collect::<Result<_, Stop>>()?;
        let root = SealTree::build(self.on, sealed).map_err(|_| SUMS)?.root();
        let hours = rows.iter().try_fold(0_u64, |sum, row| sum.checked_add(row.hours_left)).ok_or(SUMS)?;
        let body = DaySealed {
            contracts: u64::try_from(rows.len()).map_err(|_| SUMS)?,
            contracts_root: root.hash,
            custody_fen: for_families(institution)?,
            disputed_fen,
            hours_left_hundredths: hours,
            payable_fen: institution.payable,
            prepaid_fen,
            refund_fen,
            sealed_on: self.on,
        };
        let answer = json!({ "institution": institution.id.to_string(), "sealed_on": self.on.to_string() });
        Ok(Decision::new(201, answer).entry(institution.id, self.on, body, None))
    }
}
