//! The public look-up: by licence number, credit code, or any part of a name. Names are kept in memory and
//! brought up to date before each search, so that several servers answer alike.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use kernel::{CreditCode, Instant, InstitutionId, LedgerId, RegionCode};
use registry::lookup::NameIndex;
use registry::{Institution, Licence};

use crate::error::AppError;
use crate::ledgers::{App, Ledger};

/// How long after its time a name of another server may still arrive, microseconds.
const LATE_MICROS: i64 = 30_000_000;

/// Most institutions of an answer.
pub const FOUND_MAX: usize = 50;

#[derive(Debug, Default)]
struct Names {
    index: NameIndex,
    /// When the database was asked last.
    asked_at: Option<Instant>,
}

/// The names of every ledger, as far as they were read.
#[derive(Debug, Default)]
pub struct Lookup(Mutex<HashMap<LedgerId, Names>>);

/// An institution that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The institution.
    pub institution: Institution,
    /// Its name.
    pub name: String,
    /// Its current or last licence.
    pub licence: Option<Licence>,
    /// How it was found: `licence_number`, `credit_code`, or how its name fits.
    pub by: &'static str,
}

impl App {
    async fn names_found(
        &self,
        ledger: &Ledger,
        asked: &str,
        most: usize,
    ) -> Result<Vec<(InstitutionId, &'static str)>, AppError> {
        let lock = || self.lookup.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.effects.now();
        // What was there a while before the last question is known; the first question reads everything.
        let before = lock().get(ledger.id()).and_then(|names| names.asked_at);
        let from = before.and_then(|at| at.plus_micros(LATE_MICROS.saturating_neg()).ok());
        let new = store::names_since(&self.store.read(), ledger.id(), from).await?;
        let mut all = lock();
        let names = all.entry(ledger.id().clone()).or_default();
        for (institution, name, _) in new {
            names.index.put(institution, &name);
        }
        names.asked_at = names.asked_at.max(Some(now));
        Ok(names.index.search(asked, most).into_iter().map(|(id, how)| (id, how.as_str())).collect())
    }

    /// The account into which an institution's fees are paid; public, or nobody could check a payee.
    ///
    /// # Errors
    /// Not found; [`AppError`] of the seal.
    pub async fn payee(&self, institution: InstitutionId) -> Result<Option<contract::CustodyAccount>, AppError> {
        let ledger = self.ledger_with(None, crate::read::Thing::Institution(institution)).await?;
        Ok(self.profile(ledger.id(), institution).await?.custody_account)
    }

    /// Looks institutions up; public.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn look_up(&self, region: Option<RegionCode>, asked: &str, most: usize) -> Result<Vec<Found>, AppError> {
        let most = most.min(FOUND_MAX);
        let read = self.store.read();
        let mut found = Vec::new();
        let code: Option<CreditCode> = asked.parse().ok();
        for ledger in self.ledgers_in(region).await {
            if found.len() >= most {
                break;
            }
            let id = ledger.id();
            let mut ids: Vec<(InstitutionId, &'static str)> = Vec::new();
            for licence in store::licences_by_number(&read, id, &[asked]).await? {
                ids.push((licence.institution, "licence_number"));
            }
            if let Some(code) = code {
                let by_code = store::institutions_by_credit_code(&read, id, &[code]).await?;
                ids.extend(by_code.into_iter().map(|row| (row.id, "credit_code")));
            }
            ids.extend(self.names_found(&ledger, asked, most.saturating_sub(found.len())).await?);
            found.extend(self.shown(&ledger, ids).await?);
        }
        found.truncate(most);
        Ok(found)
    }

    async fn shown(&self, ledger: &Ledger, ids: Vec<(InstitutionId, &'static str)>) -> Result<Vec<Found>, AppError> {
        let read = self.store.read();
        let keys: Vec<InstitutionId> = ids.iter().map(|(id, _)| *id).collect();
        let rows = store::institution_load(&read, ledger.id(), &keys).await?;
        let mut rows: HashMap<InstitutionId, Institution> = rows.into_iter().map(|row| (row.id, row)).collect();
        let licences: Vec<_> = rows.values().filter_map(|row| row.licence).collect();
        let licences = store::licence_load(&read, ledger.id(), &licences).await?;
        let licences: HashMap<_, _> = licences.into_iter().map(|licence| (licence.id, licence)).collect();
        let names = store::profile_load(&read, ledger.id(), &keys).await?;
        let mut names: HashMap<_, _> = names.into_iter().map(|profile| (profile.institution, profile.name)).collect();
        let found = ids.into_iter().filter_map(|(id, by)| {
            let institution = rows.remove(&id)?;
            let licence = institution.licence.and_then(|id| licences.get(&id)).cloned();
            Some(Found { name: names.remove(&id).unwrap_or_default(), institution, licence, by })
        });
        Ok(found.collect())
    }
}
