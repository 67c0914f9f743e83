//! Sealing the days that are over, institution by institution. See docs/adr/0014.

use kernel::{Day, Instant, InstitutionId, LedgerId};
use serde_json::Value;
use store::{StoreError, Tx};

use crate::context::Verb;
use crate::error::AppError;
use crate::idempotency::Key;
use crate::ledgers::{App, Call, Ledger};
use crate::refusal::Corrupt;
use crate::verbs::DaySeal;
use crate::working_set::{Wanted, WorkingSet};

/// Institutions sealed in one transaction: few, because each reads all its contracts' rows while
/// the ledger waits.
const AT_ONCE: u32 = 8;

/// What the seals of institutions need: their last seal, the contracts as it counted them, and the
/// accounts that changed since.
pub(crate) async fn load(
    tx: &Tx,
    id: &LedgerId,
    wanted: &mut Wanted,
    state: &mut WorkingSet,
) -> Result<(), StoreError> {
    for institution in wanted.seals.iter().copied() {
        wanted.institutions.insert(institution);
        for seal in store::seals_of_institution(tx, id, institution, None, 1).await? {
            state.seals.load((institution, seal.institution_seq), seal);
        }
        for row in store::sealed_contracts_of_institution(tx, id, institution).await? {
            state.sealed_contracts.load((institution, row.contract), row);
        }
        for (contract, leaf) in store::contracts_unsealed(tx, id, institution).await? {
            wanted.accounts.insert(contract);
            state.unsealed.entry(institution).or_default().insert(contract, leaf);
        }
    }
    Ok(())
}

impl App {
    /// Seals the last day that is over for every institution with entries since its last seal.
    /// Days that were missed are covered by it: a seal states what is when it is taken. Returns how
    /// many were sealed here.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn seal_days(&self, ledger: &Ledger, now: Instant) -> Result<u64, AppError> {
        let today = now.day();
        let day = |_| Corrupt { what: "clock outside its range" };
        let (on, until) = (today.plus_days(-1).map_err(day)?, Instant::start_of(today).map_err(day)?);
        let (mut sealed, mut after) = (0_u64, None);
        loop {
            let read = self.store().read();
            let due = store::institutions_to_seal(&read, ledger.id(), on, until, after, AT_ONCE).await?;
            let Some(last) = due.last() else { return Ok(sealed) };
            after = Some(*last);
            let commands = due.into_iter().map(|institution| self.seal(institution, on, now)).collect();
            for answer in self.submit_all(ledger, commands).await {
                match answer {
                    Ok(outcome) => sealed = sealed.saturating_add(u64::from(!outcome.replayed)),
                    // Another server was first.
                    Err(AppError::Refused { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }

    fn seal(&self, institution: InstitutionId, on: Day, now: Instant) -> (Call, Box<dyn Verb>) {
        let key = format!("seal:{institution}:{on}");
        let key = Key::new(&self.effects().lookup_key(), "system", &key, "seal", &Value::Null);
        (Call::system(now, key), Box::new(DaySeal { institution, on }))
    }
}
