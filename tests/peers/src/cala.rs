//! The crate `cala-ledger`, on PostgreSQL.
//!
//! A payment is one transaction from a template with two entries; its reference is the transaction's
//! external id, which is unique. The crate takes an advisory lock per account, reads, decides, writes
//! rows, balances and outbox, and commits, in one transaction per call. Journals keep no balances by
//! effective date and accounts have no velocity limits, which spares it work.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cala_ledger::account::NewAccount;
use cala_ledger::job::{JobSvcConfig, Jobs};
use cala_ledger::journal::NewJournal;
use cala_ledger::posting::PostingInput;
use cala_ledger::tx_template::{
    NewParamDefinition, NewTxTemplate, NewTxTemplateEntry, NewTxTemplateTransaction, ParamDataType, Params,
};
use cala_ledger::{
    AccountId, CalaLedger, CalaLedgerConfig, Currency, DebitOrCredit, JournalId, TransactionId, TxTemplateId,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use sqlx_cala::postgres::{PgPool, PgPoolOptions};
use tokio::sync::Mutex;

use crate::load::{CONTRACTS, INSTITUTIONS, Peer, Transfer};
use crate::report::{Subject, locked};

/// Connections, as in the crate's README.
const CONNECTIONS: u32 = 20;
/// The template's code.
const PAYMENT: &str = "PAYMENT";

/// When the balances of the custody accounts are known; those of the contracts always are at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Custody {
    /// In the transaction of the payment.
    AtOnce,
    /// Later, by the crate's rollup job: what it offers for accounts that many payments share. Payments
    /// then do not wait for each other there.
    Later,
}

/// Its books.
pub struct Cala {
    pool: PgPool,
    ledger: CalaLedger,
    jobs: Mutex<Jobs>,
    journal: JournalId,
    currency: Currency,
    custody: Vec<AccountId>,
    prepaid: Vec<AccountId>,
    retries: AtomicU64,
}

/// What is said of it.
pub fn subject(name: &'static str, engine: String, durability: String, custody: Custody) -> Subject {
    let later = match custody {
        Custody::AtOnce => "",
        Custody::Later => "，专户余额随后由后台任务入账 custody balances follow by a job",
    };
    Subject {
        name,
        library: format!("cala-ledger {}{later}", locked("cala-ledger")),
        engine,
        durability,
        connections: CONNECTIONS,
        single: "CalaLedger::post_transaction",
        batch: "CalaLedger::post_transactions",
    }
}

impl Cala {
    /// Opens books in an empty database.
    ///
    /// # Errors
    /// Of the database.
    pub async fn open(url: &str, when: Custody) -> anyhow::Result<Self> {
        let pool = PgPoolOptions::new().max_connections(CONNECTIONS).connect(url).await?;
        let mut jobs = Jobs::init(JobSvcConfig::builder().pool(pool.clone()).build()?).await?;
        let config = CalaLedgerConfig::builder().pool(pool.clone()).exec_migrations(true).build()?;
        let ledger = CalaLedger::init(config, &mut jobs).await?;
        let journal = JournalId::new();
        ledger.journals().create(NewJournal::builder().id(journal).name("payments").build()).await?;
        let (mut accounts, mut custody, mut prepaid) = (Vec::new(), Vec::new(), Vec::new());
        for n in 0..INSTITUTIONS {
            let (id, code) = (AccountId::new(), format!("custody-{n}"));
            let account = NewAccount::builder().id(id).name(code.clone()).code(code);
            let account = account.normal_balance_type(DebitOrCredit::Debit);
            accounts.push(account.eventually_consistent(when == Custody::Later).build());
            custody.push(id);
        }
        for n in 0..CONTRACTS {
            let (id, code) = (AccountId::new(), format!("prepaid-{n}"));
            accounts.push(NewAccount::builder().id(id).name(code.clone()).code(code).build());
            prepaid.push(id);
        }
        ledger.accounts().create_all(accounts).await?;
        ledger.tx_templates().create(template()?).await?;
        if when == Custody::Later {
            jobs.start_poll().await?;
        }
        let (currency, retries) = ("CNY".parse()?, AtomicU64::new(0));
        Ok(Cala { pool, ledger, jobs: Mutex::new(jobs), journal, currency, custody, prepaid, retries })
    }

    /// What a connection of its pool says.
    ///
    /// # Errors
    /// Of the database; a setting that gives up durability.
    pub async fn durability(&self) -> anyhow::Result<String> {
        let rows = sqlx_cala::query_as::<_, (String, String)>(crate::database::SETTINGS).fetch_all(&self.pool).await?;
        crate::database::durable(&rows)
    }

    fn params(&self, transfer: Transfer) -> anyhow::Result<Params> {
        let no_account = || anyhow::anyhow!("没有此账户 no such account: {transfer:?}");
        let mut params = Params::new();
        params.insert("journal", self.journal);
        params.insert("custody", *self.custody.get(transfer.institution).ok_or_else(no_account)?);
        params.insert("prepaid", *self.prepaid.get(transfer.contract).ok_or_else(no_account)?);
        params.insert("amount", Decimal::new(1, 2));
        params.insert("reference", transfer.reference);
        Ok(params)
    }

    fn again(&self, transient: bool) -> bool {
        self.retries.fetch_add(transient.into(), Ordering::Relaxed);
        transient
    }

    async fn credited(&self) -> anyhow::Result<u64> {
        let ids: Vec<_> = self.prepaid.iter().map(|account| (self.journal, *account, self.currency)).collect();
        let balances = self.ledger.balances().find_all(&ids).await?;
        let sum: Decimal = balances.values().map(|balance| balance.settled()).sum();
        let fen = (sum * Decimal::ONE_HUNDRED).to_u64();
        fen.ok_or_else(|| anyhow::anyhow!("合计不是非负整数分 not a whole number of fen: {sum}"))
    }
}

/// Debits the custody account and credits the prepaid account.
fn template() -> anyhow::Result<NewTxTemplate> {
    let param = |name: &str, kind| NewParamDefinition::builder().name(name).r#type(kind).build();
    let entry = |kind: &str, account: &str, direction: &str| {
        NewTxTemplateEntry::builder()
            .entry_type(kind)
            .account_id(account)
            .layer("SETTLED")
            .direction(direction)
            .units("params.amount")
            .currency("'CNY'")
            .build()
    };
    let transaction = NewTxTemplateTransaction::builder()
        .effective("date()")
        .journal_id("params.journal")
        .external_id("params.reference")
        .build()?;
    Ok(NewTxTemplate::builder()
        .id(TxTemplateId::new())
        .code(PAYMENT)
        .params(vec![
            param("journal", ParamDataType::Uuid)?,
            param("custody", ParamDataType::Uuid)?,
            param("prepaid", ParamDataType::Uuid)?,
            param("amount", ParamDataType::Decimal)?,
            param("reference", ParamDataType::String)?,
        ])
        .transaction(transaction)
        .entries(vec![
            entry("'PAYMENT_DR'", "params.custody", "DEBIT")?,
            entry("'PAYMENT_CR'", "params.prepaid", "CREDIT")?,
        ])
        .build())
}

impl Peer for Cala {
    async fn pay(&self, transfer: Transfer) -> anyhow::Result<()> {
        let (id, params) = (TransactionId::new(), self.params(transfer)?);
        loop {
            match self.ledger.post_transaction(id, PAYMENT, params.clone()).await {
                Ok(_) => return Ok(()),
                Err(error) if self.again(error.is_transient()) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn pay_all(&self, transfers: Vec<Transfer>) -> anyhow::Result<()> {
        let batch = transfers
            .into_iter()
            .map(|transfer| Ok(PostingInput::new(TransactionId::new(), PAYMENT, self.params(transfer)?)))
            .collect::<anyhow::Result<Vec<_>>>()?;
        loop {
            match self.ledger.post_transactions(batch.clone()).await {
                Ok(_) => return Ok(()),
                Err(error) if self.again(error.is_transient()) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn retries(&self) -> u64 {
        self.retries.load(Ordering::Relaxed)
    }

    async fn booked(&self) -> anyhow::Result<u64> {
        self.credited().await
    }

    async fn close(&self) -> anyhow::Result<()> {
        self.jobs.lock().await.shutdown().await?;
        // The crate listens on connections of its own, which end with the database.
        let _ = tokio::time::timeout(Duration::from_secs(5), self.pool.close()).await;
        Ok(())
    }
}
