//! Rows of daily reconciliation, and what tells which days are to be reconciled.

use escrow::bank::ReconciliationResult;
use kernel::{Day, Fen, InstitutionId, LedgerId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::row::{Row, Values};
use crate::sql::{Sql, Table, save, select};

/// What is owed against what the bank holds, for a day of an institution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciliation {
    /// Whose.
    pub institution: InstitutionId,
    /// The day.
    pub on: Day,
    /// Entry that says it.
    pub seq: u64,
    /// The result.
    pub result: ReconciliationResult,
    /// What is owed, fen; below nothing where more was paid by that day than was earned.
    pub required: Fen,
    /// `bank:custody` at the end of the day, fen; below nothing where the bank's lines took more.
    pub custody: Fen,
    /// Balance by the bank's statement, fen.
    pub bank: Option<Fen>,
    /// Last day to make a shortfall good.
    pub due_on: Option<Day>,
}

struct Reconciliations;

impl Table for Reconciliations {
    type Item = Reconciliation;
    const NAME: &'static str = "reconciliation";
    const KEY: &'static [&'static str] = &["institution_id", "reconciled_on"];
    const COLUMNS: &'static [&'static str] =
        &["institution_id", "reconciled_on", "seq", "result", "required_fen", "custody_fen", "bank_fen", "due_on"];
    const CHANGING: &'static [&'static str] = &["seq", "result", "required_fen", "custody_fen", "bank_fen", "due_on"];

    fn write(item: &Reconciliation, values: &mut Values) {
        values
            .id(item.institution.uuid())
            .text(item.on)
            .count("seq", item.seq)
            .word(item.result.as_str())
            .fen(item.required)
            .fen(item.custody)
            .fen_opt(item.bank)
            .text_opt(item.due_on);
    }

    fn read(row: &mut Row<'_>) -> Result<Reconciliation, StoreError> {
        Ok(Reconciliation {
            institution: InstitutionId::new(row.get()?),
            on: row.parse()?,
            seq: row.count()?,
            result: row.parse()?,
            required: row.balance()?,
            custody: row.balance()?,
            bank: row.fen_opt()?,
            due_on: row.day_opt()?,
        })
    }
}

/// Writes reconciliations, or brings those that are there up to date.
///
/// # Errors
/// Trouble of the database.
pub async fn reconciliation_save(tx: &Tx, ledger: &LedgerId, items: &[&Reconciliation]) -> Result<(), StoreError> {
    save::<Reconciliations>(tx, ledger, items).await
}

/// The reconciliation of an institution for a day.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn reconciliation_of_day(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
    on: Day,
) -> Result<Option<Reconciliation>, StoreError> {
    let mut sql = select::<Reconciliations>(conn, ledger);
    sql.and("institution_id = ", institution.uuid()).and("reconciled_on = ", on.to_string());
    Ok(sql.all::<Reconciliations>(conn).await?.pop())
}

/// Reconciliations of an institution after a day, of all institutions on a day, or both; by day and
/// institution.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn reconciliations(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: Option<InstitutionId>,
    on: Option<Day>,
    limit: u32,
) -> Result<Vec<Reconciliation>, StoreError> {
    let mut sql = select::<Reconciliations>(conn, ledger);
    sql.and_if("institution_id = ", institution.map(InstitutionId::uuid));
    sql.and_if("reconciled_on = ", on.map(|on| on.to_string()));
    sql.push(" ORDER BY reconciled_on DESC, institution_id LIMIT ").bind(i64::from(limit));
    sql.all::<Reconciliations>(conn).await
}

/// All reconciliations of an institution, by day.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn reconciliations_of(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
) -> Result<Vec<Reconciliation>, StoreError> {
    let mut sql = select::<Reconciliations>(conn, ledger);
    sql.and("institution_id = ", institution.uuid()).push(" ORDER BY reconciled_on");
    sql.all::<Reconciliations>(conn).await
}

/// How many reconciliations there are.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn reconciliations_count(conn: &impl Conn, ledger: &LedgerId) -> Result<u64, StoreError> {
    let mut sql = Sql::new(conn, "SELECT count(*) FROM reconciliation WHERE ledger_id = ");
    sql.bind(ledger.as_str());
    let rows = sql.rows(conn, "reconciliation", &["count"], |row| row.count()).await?;
    Ok(rows.first().copied().unwrap_or_default())
}

/// Institutions whose custody account has or had money or a statement: those to be reconciled every
/// day, in the order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn institutions_in_custody(conn: &impl Conn, ledger: &LedgerId) -> Result<Vec<InstitutionId>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT i.institution_id FROM institution i WHERE i.ledger_id = ");
    sql.bind(ledger.as_str()).push(
        " AND (i.custody_fen > 0 OR EXISTS (SELECT 1 FROM bank_statement b WHERE b.ledger_id = i.ledger_id \
         AND b.institution_id = i.institution_id AND b.account = 'custody')) ORDER BY i.institution_id",
    );
    sql.rows(conn, "institution", &["institution_id"], |row| Ok(InstitutionId::new(row.get()?))).await
}

/// The days of an institution that were found missing and whose statement came since, in order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn missing_that_came(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
) -> Result<Vec<Day>, StoreError> {
    let mut sql = Sql::new(
        conn,
        "SELECT r.reconciled_on FROM reconciliation r JOIN bank_statement b ON b.ledger_id = r.ledger_id \
         AND b.institution_id = r.institution_id AND b.statement_on = r.reconciled_on AND b.account = 'custody' \
         WHERE r.result = 'missing' AND r.ledger_id = ",
    );
    sql.bind(ledger.as_str()).and("r.institution_id = ", institution.uuid()).push(" ORDER BY r.reconciled_on");
    sql.rows(conn, "reconciliation", &["reconciled_on"], |row| row.parse()).await
}

/// The last day of an institution that was decided.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn reconciliation_last(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
) -> Result<Option<Day>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT reconciled_on FROM reconciliation WHERE ledger_id = ");
    sql.bind(ledger.as_str()).and("institution_id = ", institution.uuid());
    sql.push(" ORDER BY reconciled_on DESC LIMIT 1");
    Ok(sql.rows(conn, "reconciliation", &["reconciled_on"], |row| row.parse()).await?.pop())
}

/// The days of the custody account's statements after a day, in order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn statement_days(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
    after: Option<Day>,
) -> Result<Vec<Day>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT statement_on FROM bank_statement WHERE ledger_id = ");
    sql.bind(ledger.as_str()).and("institution_id = ", institution.uuid()).and("account = ", "custody");
    sql.and_if("statement_on > ", after.map(|on| on.to_string())).push(" ORDER BY statement_on");
    sql.rows(conn, "bank_statement", &["statement_on"], |row| row.parse()).await
}

/// The day of the first payment into the custody account of an institution.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn first_payment_day(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
) -> Result<Option<Day>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT min(paid_at) FROM payment WHERE ledger_id = ");
    sql.bind(ledger.as_str()).and("institution_id = ", institution.uuid());
    let found = sql.rows(conn, "payment", &["paid_at"], |row| row.instant_opt()).await?;
    Ok(found.into_iter().flatten().next().map(kernel::Instant::day))
}
