//! Long runs over many contracts: how far each came, and what it did about each contract.

use kernel::{ContractId, Fen, Instant, InstitutionId, LedgerId, RefundId, RunId, UserId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::row::{Row, Values};
use crate::sql::{Sql, Table, insert, save, select};

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// For which institution.
    pub institution: InstitutionId,
    /// Is it over?
    pub over: bool,
    /// Contracts it is about.
    pub total: u64,
    /// Of these, dealt with.
    pub done: u64,
    /// Of these, refused.
    pub refused: u64,
    /// The last contract dealt with.
    pub last: Option<ContractId>,
    /// Who started it.
    pub started_by: UserId,
    /// When.
    pub started_at: Instant,
    /// When it was over.
    pub ended_at: Option<Instant>,
}

/// What a run did about a contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunItem {
    /// The run.
    pub run: RunId,
    /// The contract.
    pub contract: ContractId,
    /// `refunded`, `nothing_owed` or `refused`.
    pub outcome: &'static str,
    /// The last refund.
    pub refund: Option<RefundId>,
    /// What goes back, fen.
    pub amount: Fen,
    /// The rule that refused.
    pub rule: Option<String>,
}

struct Runs;

impl Table for Runs {
    type Item = Run;
    const NAME: &'static str = "run";
    const KEY: &'static [&'static str] = &["run_id"];
    const COLUMNS: &'static [&'static str] = &[
        "run_id",
        "kind",
        "institution_id",
        "state",
        "total",
        "done",
        "refused",
        "last_contract_id",
        "started_by",
        "started_at",
        "ended_at",
    ];
    const CHANGING: &'static [&'static str] = &["state", "done", "refused", "last_contract_id", "ended_at"];

    fn write(item: &Run, values: &mut Values) {
        values
            .id(item.id.uuid())
            .word("mass_refund")
            .id(item.institution.uuid())
            .word(if item.over { "done" } else { "running" })
            .count("total", item.total)
            .count("done", item.done)
            .count("refused", item.refused)
            .id_opt(item.last.map(ContractId::uuid))
            .id(item.started_by.uuid())
            .instant(item.started_at)
            .instant_opt(item.ended_at);
    }

    fn read(row: &mut Row<'_>) -> Result<Run, StoreError> {
        let id = RunId::new(row.get()?);
        row.get::<String>()?;
        Ok(Run {
            id,
            institution: InstitutionId::new(row.get()?),
            over: row.get::<String>()? == "done",
            total: row.count()?,
            done: row.count()?,
            refused: row.count()?,
            last: row.get::<Option<_>>()?.map(ContractId::new),
            started_by: UserId::new(row.get()?),
            started_at: row.instant()?,
            ended_at: row.instant_opt()?,
        })
    }
}

struct RunItems;

impl Table for RunItems {
    type Item = RunItem;
    const NAME: &'static str = "run_item";
    const KEY: &'static [&'static str] = &["run_id", "contract_id"];
    const COLUMNS: &'static [&'static str] = &["run_id", "contract_id", "outcome", "refund_id", "amount_fen", "rule"];
    const CHANGING: &'static [&'static str] = &["outcome", "refund_id", "amount_fen", "rule"];

    fn write(item: &RunItem, values: &mut Values) {
        values
            .id(item.run.uuid())
            .id(item.contract.uuid())
            .word(item.outcome)
            .id_opt(item.refund.map(RefundId::uuid))
            .fen(item.amount)
            .text_opt(item.rule.as_deref());
    }

    fn read(row: &mut Row<'_>) -> Result<RunItem, StoreError> {
        Ok(RunItem {
            run: RunId::new(row.get()?),
            contract: ContractId::new(row.get()?),
            outcome: match row.get::<String>()?.as_str() {
                "refunded" => "refunded",
                "nothing_owed" => "nothing_owed",
                "refused" => "refused",
                _ => return Err(row.corrupt()),
            },
            refund: row.get::<Option<_>>()?.map(RefundId::new),
            amount: row.fen()?,
            rule: row.get()?,
        })
    }
}

/// Writes a new run.
///
/// # Errors
/// [`StoreError::Constraint`] and trouble of the database.
pub async fn run_insert(tx: &Tx, ledger: &LedgerId, run: &Run) -> Result<(), StoreError> {
    insert::<Runs>(tx, ledger, &[run]).await
}

/// Writes how far a run came, with what it did.
///
/// # Errors
/// Trouble of the database.
pub async fn run_save(tx: &Tx, ledger: &LedgerId, run: &Run, items: &[&RunItem]) -> Result<(), StoreError> {
    save::<RunItems>(tx, ledger, items).await?;
    save::<Runs>(tx, ledger, &[run]).await
}

/// A run.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn run_by_id(conn: &impl Conn, ledger: &LedgerId, id: RunId) -> Result<Option<Run>, StoreError> {
    let mut sql = select::<Runs>(conn, ledger);
    sql.and("run_id = ", id.uuid());
    Ok(sql.all::<Runs>(conn).await?.pop())
}

/// The runs that are not over, of one institution where it is named.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn runs_open(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: Option<InstitutionId>,
) -> Result<Vec<Run>, StoreError> {
    let mut sql = select::<Runs>(conn, ledger);
    sql.and("state = ", "running").and_if("institution_id = ", institution.map(InstitutionId::uuid));
    sql.push(" ORDER BY run_id");
    sql.all::<Runs>(conn).await
}

/// What a run did, a page in the order of the contracts' ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn run_items(
    conn: &impl Conn,
    ledger: &LedgerId,
    run: RunId,
    after: Option<ContractId>,
    limit: u32,
) -> Result<Vec<RunItem>, StoreError> {
    let mut sql: Sql = select::<RunItems>(conn, ledger);
    sql.and("run_id = ", run.uuid());
    if let Some(after) = after {
        sql.and("contract_id > ", after.uuid());
    }
    sql.push(" ORDER BY contract_id LIMIT ").bind(i64::from(limit));
    sql.all::<RunItems>(conn).await
}

/// How many contracts of an institution are in force or ended.
///
/// # Errors
/// Trouble of the database.
pub async fn contracts_count(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
) -> Result<u64, StoreError> {
    let mut sql = Sql::new(conn, "SELECT count(*) FROM contract WHERE ledger_id = ");
    sql.bind(ledger.as_str()).and("institution_id = ", institution.uuid());
    Ok(sql.rows(conn, "contract", &["count"], |row| row.count()).await?.pop().unwrap_or(0))
}
