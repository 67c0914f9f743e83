//! The whole chain of an institution with the balances after its last entry, read piece by piece while
//! it is sent: what the journals of accounting programs and the tables of postings are made of.

use std::sync::Arc;

use access::Action;
use kernel::{Fen, InstitutionId};
use ledger::journal::Stated;
use ledger::{Entry, Hash};

use super::{Balances, Viewer};
use crate::error::AppError;
use crate::ledgers::{App, Ledger};
use crate::refusal::Corrupt;

/// Entries read at once.
const PAGE: u32 = 1024;

/// Entries of an institution that are being read.
pub struct Chain {
    app: Arc<App>,
    ledger: Arc<Ledger>,
    institution: InstitutionId,
    after: u64,
    balances: Balances,
}

impl App {
    /// The chain of an institution as it is now; what is appended later is not in it.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn chain(self: &Arc<Self>, viewer: Viewer<'_>, institution: InstitutionId) -> Result<Chain, AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::EntriesRead], institution).await?;
        let balances = self.balances(viewer, institution, None, None).await?;
        Ok(Chain { app: Arc::clone(self), ledger, institution, after: 0, balances })
    }
}

impl Chain {
    /// Its ledger.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The balances after its last entry.
    pub const fn balances(&self) -> &Balances {
        &self.balances
    }

    /// The balances by the names that a journal has for the accounts, debit positive.
    ///
    /// # Errors
    /// [`AppError`] of a balance that is out of range.
    pub fn stated(&self) -> Result<[Stated; 9], AppError> {
        let of = &self.balances;
        let owed = |fen: Fen| fen.checked_neg().map_err(|_| Corrupt { what: "balance" });
        Ok([
            ("Assets:Custody", of.custody),
            ("Assets:Deposit", of.deposit),
            ("Liabilities:Prepaid", owed(of.prepaid)?),
            ("Liabilities:Disputed", owed(of.disputed)?),
            ("Liabilities:Refund", owed(of.refund)?),
            ("Liabilities:Payable", owed(of.payable)?),
            ("Liabilities:Deposit", owed(of.deposit)?),
            ("Liabilities:Interest", owed(of.interest)?),
            ("Liabilities:Suspense", owed(of.suspense)?),
        ])
    }

    /// The next entries with their leaf hashes, in their order; none after the last.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn next(&mut self) -> Result<Vec<(Entry, Hash)>, AppError> {
        let read = self.app.store().read();
        let rows = store::entries_of_institution(&read, self.ledger.id(), self.institution, self.after, PAGE).await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            if row.seq > self.balances.as_of_seq {
                break;
            }
            self.after = row.institution.map_or(self.after, |(_, seq)| seq);
            let entry = ledger::decode(&row.bytes).map_err(|_| Corrupt { what: "bytes of an entry" })?;
            entries.push((entry, Hash::new(row.leaf_hash)));
        }
        Ok(entries)
    }
}
