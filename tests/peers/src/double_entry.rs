//! The crate `doubleentry`, on its own SQLite and PostgreSQL stores with their own settings.
//!
//! A payment is one `record` of a two-posting entry whose idempotency key is the reference. The crate
//! takes its lock, decides, appends a leaf to its Merkle log and updates its balances in one
//! transaction per call. Accounts are named by handle, which spares it looking up their paths.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use doubleentry::currency::CNY;
use doubleentry::store::{Dialect, Postgres, SqlOptions, SqlStore, Sqlite};
use doubleentry::{AccountHandle, AccountKind, Amount, BalanceQuery, Date, Entry, Error, Ledger, LedgerId, date};

use crate::load::{CONTRACTS, INSTITUTIONS, Peer, Transfer};
use crate::report::{Subject, locked};

/// From when accounts and months are.
const START: Date = date!("2026-01-01");
/// The day of every payment.
const DAY: Date = date!("2026-06-15");

/// Its books.
pub struct DoubleEntry<D: Dialect> {
    store: SqlStore<D>,
    ledger: Ledger<SqlStore<D>>,
    custody: Vec<AccountHandle>,
    prepaid: Vec<AccountHandle>,
    retries: AtomicU64,
}

/// What is said of it.
pub fn subject(name: &'static str, engine: String, durability: String) -> Subject {
    Subject {
        name,
        library: format!("doubleentry {}", locked("doubleentry")),
        engine,
        durability,
        connections: SqlOptions::default().max_connections,
        single: "Ledger::record",
        batch: "Ledger::record_batch",
    }
}

impl DoubleEntry<Sqlite> {
    /// Opens books in a new file.
    ///
    /// # Errors
    /// Of the database.
    pub async fn sqlite(file: &Path) -> anyhow::Result<Self> {
        let store = SqlStore::sqlite(&format!("sqlite://{}?mode=rwc", file.display())).await?;
        Self::open(store).await
    }
}

impl DoubleEntry<Postgres> {
    /// Opens books in an empty database.
    ///
    /// # Errors
    /// Of the database.
    pub async fn postgres(url: &str) -> anyhow::Result<Self> {
        Self::open(SqlStore::postgres(url).await?).await
    }
}

impl<D: Dialect> DoubleEntry<D> {
    async fn open(store: SqlStore<D>) -> anyhow::Result<Self> {
        let ledger = Ledger::new(store.clone(), LedgerId::new("example.com/peers")?).await?;
        ledger.declare_currency(CNY, 2, START).await?;
        ledger.define_months(2026, 1..=12).await?;
        let (mut custody, mut prepaid) = (Vec::new(), Vec::new());
        for n in 0..INSTITUTIONS {
            custody.push(ledger.open(format!("Assets:Custody:{n}"), AccountKind::Asset, START).await?);
        }
        for n in 0..CONTRACTS {
            prepaid.push(ledger.open(format!("Liabilities:Prepaid:{n}"), AccountKind::Liability, START).await?);
        }
        Ok(DoubleEntry { store, ledger, custody, prepaid, retries: AtomicU64::new(0) })
    }

    fn entry(&self, transfer: Transfer) -> anyhow::Result<Entry> {
        let no_account = || anyhow::anyhow!("没有此账户 no such account: {transfer:?}");
        let custody = *self.custody.get(transfer.institution).ok_or_else(no_account)?;
        let prepaid = *self.prepaid.get(transfer.contract).ok_or_else(no_account)?;
        let fen = Amount::from_minor(1)?;
        Ok(Entry::new(transfer.reference, DAY).debit(custody, fen, CNY).credit(prepaid, fen, CNY))
    }

    /// The same key on every attempt, as the crate's own service example does: a retry cannot book twice.
    fn again(&self, error: &Error) -> bool {
        let again = error.is_transient();
        self.retries.fetch_add(again.into(), Ordering::Relaxed);
        again
    }
}

impl<D: Dialect> Peer for DoubleEntry<D> {
    async fn pay(&self, transfer: Transfer) -> anyhow::Result<()> {
        let entry = self.entry(transfer)?;
        loop {
            match self.ledger.record(entry.clone()).await {
                Ok(_) => return Ok(()),
                Err(error) if self.again(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn pay_all(&self, transfers: Vec<Transfer>) -> anyhow::Result<()> {
        let entries = transfers.into_iter().map(|transfer| self.entry(transfer)).collect::<anyhow::Result<Vec<_>>>()?;
        loop {
            match self.ledger.record_batch(entries.clone()).await {
                Ok(_) => return Ok(()),
                Err(error) if self.again(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    async fn booked(&self) -> anyhow::Result<u64> {
        let balances = self.ledger.trial_balance(&BalanceQuery::all()).await?;
        anyhow::ensure!(balances.is_balanced(), "doubleentry 借贷不平 debits and credits differ");
        Ok(balances.totals(CNY)?.credit().to_minor().try_into()?)
    }

    async fn close(&self) -> anyhow::Result<()> {
        self.store.close().await;
        Ok(())
    }
}
