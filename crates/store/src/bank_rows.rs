//! Rows of the custody bank: statements and suspended lines as the entries say, and every line of every
//! statement beside the ledger.

use escrow::bank::{AccountKind, Direction, LineKind, LineState};
use kernel::{BankLineId, BankStatementId, Day, Fen, InstitutionId, LedgerId};
use uuid::Uuid;

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::projection::projection;
use crate::row::{Row, Values};
use crate::sql::{Sql, Table, insert_new, load_by, load_of, page_of, save, select};

/// A statement of an account for a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Its id.
    pub id: BankStatementId,
    /// Whose account.
    pub institution: InstitutionId,
    /// Which account.
    pub account: AccountKind,
    /// Its number at the bank, from 1.
    pub sequence: u64,
    /// Its day.
    pub on: Day,
    /// Balance at the beginning, fen.
    pub opening: Fen,
    /// Balance at the end, fen.
    pub closing: Fen,
    /// Lines on it.
    pub lines: u64,
    /// Tagged digest of the statement as the bank gave it.
    pub file: [u8; 32],
    /// Tagged digest of the account's number.
    pub account_number: [u8; 32],
    /// Entry that recorded it.
    pub seq: u64,
}

struct Statements;

impl Table for Statements {
    type Item = Statement;
    const NAME: &'static str = "bank_statement";
    const KEY: &'static [&'static str] = &["statement_id"];
    const COLUMNS: &'static [&'static str] = &[
        "statement_id",
        "institution_id",
        "account",
        "sequence",
        "statement_on",
        "opening_fen",
        "closing_fen",
        "lines",
        "file_hash",
        "account_hash",
        "seq",
    ];
    const CHANGING: &'static [&'static str] = &[];

    fn write(item: &Statement, values: &mut Values) {
        values
            .id(item.id.uuid())
            .id(item.institution.uuid())
            .word(item.account.as_str())
            .count("sequence", item.sequence)
            .text(item.on)
            .fen(item.opening)
            .fen(item.closing)
            .count("lines", item.lines)
            .hash(&item.file)
            .hash(&item.account_number)
            .count("seq", item.seq);
    }

    fn read(row: &mut Row<'_>) -> Result<Statement, StoreError> {
        Ok(Statement {
            id: BankStatementId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            account: row.parse()?,
            sequence: row.count()?,
            on: row.parse()?,
            opening: row.fen()?,
            closing: row.fen()?,
            lines: row.count()?,
            file: row.hash()?,
            account_number: row.hash()?,
            seq: row.count()?,
        })
    }
}

projection!(Statements, Statement, BankStatementId, statement_load, statement_save, statement_all);

/// The last statement of each account of an institution, and of a day where one is asked for.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn statements_last(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
) -> Result<Vec<Statement>, StoreError> {
    let mut found = Vec::new();
    for &account in AccountKind::ALL {
        let mut sql = select::<Statements>(conn, ledger);
        sql.and("institution_id = ", institution.uuid()).and("account = ", account.as_str());
        sql.push(" ORDER BY statement_on DESC LIMIT 1");
        found.append(&mut sql.all::<Statements>(conn).await?);
    }
    Ok(found)
}

/// The statement of an account for a day.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn statement_of_day(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
    account: AccountKind,
    on: Day,
) -> Result<Option<Statement>, StoreError> {
    let mut sql = select::<Statements>(conn, ledger);
    sql.and("institution_id = ", institution.uuid()).and("account = ", account.as_str());
    sql.and("statement_on = ", on.to_string());
    Ok(sql.all::<Statements>(conn).await?.pop())
}

/// A page of statements in the order of their ids, of one institution or all.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn statements_page(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: Option<InstitutionId>,
    after: Option<BankStatementId>,
    limit: u32,
) -> Result<Vec<Statement>, StoreError> {
    let mut sql = select::<Statements>(conn, ledger);
    sql.and_if("institution_id = ", institution.map(InstitutionId::uuid));
    page_of::<Statements>(conn, sql, after.map(BankStatementId::uuid), limit).await
}

/// A line that no entry explained when it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuspendedLine {
    /// The line.
    pub id: BankLineId,
    /// Whose account.
    pub institution: InstitutionId,
    /// Its statement.
    pub statement: BankStatementId,
    /// Which way the money went.
    pub direction: Direction,
    /// How much, fen.
    pub amount: Fen,
    /// Day on which the bank booked it.
    pub booked_on: Day,
    /// Explained by now.
    pub cleared: bool,
}

struct SuspendedLines;

impl Table for SuspendedLines {
    type Item = SuspendedLine;
    const NAME: &'static str = "suspended_line";
    const KEY: &'static [&'static str] = &["line_id"];
    const COLUMNS: &'static [&'static str] =
        &["line_id", "institution_id", "statement_id", "direction", "amount_fen", "booked_on", "cleared"];
    const CHANGING: &'static [&'static str] = &["cleared"];

    fn write(item: &SuspendedLine, values: &mut Values) {
        values
            .id(item.id.uuid())
            .id(item.institution.uuid())
            .id(item.statement.uuid())
            .word(item.direction.as_str())
            .fen(item.amount)
            .text(item.booked_on)
            .put(item.cleared);
    }

    fn read(row: &mut Row<'_>) -> Result<SuspendedLine, StoreError> {
        Ok(SuspendedLine {
            id: BankLineId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            statement: BankStatementId::new(row.get()?),
            direction: row.parse()?,
            amount: row.fen()?,
            booked_on: row.parse()?,
            cleared: row.get()?,
        })
    }
}

projection!(SuspendedLines, SuspendedLine, BankLineId, suspended_line_load, suspended_line_save, suspended_line_all);

/// A line of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankLine {
    /// Its id.
    pub id: BankLineId,
    /// Its statement.
    pub statement: BankStatementId,
    /// Whose account.
    pub institution: InstitutionId,
    /// Which account.
    pub account: AccountKind,
    /// Its number on the statement, from 1.
    pub number: u64,
    /// Day on which the bank booked it.
    pub booked_on: Day,
    /// Which way the money went.
    pub direction: Direction,
    /// How much, fen.
    pub amount: Fen,
    /// The reference of the bank.
    pub reference: String,
    /// The reference that came with the payment.
    pub end_to_end: Option<String>,
    /// What the bank says it is.
    pub kind: LineKind,
    /// Name of the other party and remittance text, sealed by the caller.
    pub party_sealed: Option<Vec<u8>>,
    /// Where it stands.
    pub state: LineState,
    /// By which rule it was matched.
    pub rule: Option<String>,
    /// What it is: `payment`, `settlement`, `refund`, `line`, `interest`.
    pub matched_kind: Option<String>,
    /// Which one.
    pub matched: Option<Uuid>,
}

struct BankLines;

impl Table for BankLines {
    type Item = BankLine;
    const NAME: &'static str = "bank_line";
    const KEY: &'static [&'static str] = &["line_id"];
    const COLUMNS: &'static [&'static str] = &[
        "line_id",
        "statement_id",
        "institution_id",
        "account",
        "number",
        "booked_on",
        "direction",
        "amount_fen",
        "reference",
        "end_to_end",
        "kind",
        "party_sealed",
        "state",
        "rule",
        "matched_kind",
        "matched_id",
    ];
    const CHANGING: &'static [&'static str] = &["state", "rule", "matched_kind", "matched_id"];

    fn write(item: &BankLine, values: &mut Values) {
        values
            .id(item.id.uuid())
            .id(item.statement.uuid())
            .id(item.institution.uuid())
            .word(item.account.as_str())
            .count("number", item.number)
            .text(item.booked_on)
            .word(item.direction.as_str())
            .fen(item.amount)
            .text(&item.reference)
            .text_opt(item.end_to_end.as_deref())
            .word(item.kind.as_str())
            .put(item.party_sealed.clone())
            .word(item.state.as_str())
            .text_opt(item.rule.as_deref())
            .text_opt(item.matched_kind.as_deref())
            .id_opt(item.matched);
    }

    fn read(row: &mut Row<'_>) -> Result<BankLine, StoreError> {
        Ok(BankLine {
            id: BankLineId::new(row.get()?),
            statement: BankStatementId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            account: row.parse()?,
            number: row.count()?,
            booked_on: row.parse()?,
            direction: row.parse()?,
            amount: row.fen()?,
            reference: row.get()?,
            end_to_end: row.get()?,
            kind: row.parse()?,
            party_sealed: row.get()?,
            state: row.parse()?,
            rule: row.get()?,
            matched_kind: row.get()?,
            matched: row.get()?,
        })
    }
}

/// Inserts lines of a statement that is being imported; those that are there already stay as they are.
///
/// # Errors
/// [`StoreError::Constraint`] and trouble of the database.
pub async fn bank_line_insert(tx: &Tx, ledger: &LedgerId, items: &[&BankLine]) -> Result<(), StoreError> {
    insert_new::<BankLines>(tx, ledger, items).await
}

/// Brings lines up to date that are there.
///
/// # Errors
/// [`StoreError::Constraint`] and trouble of the database.
pub async fn bank_line_save(tx: &Tx, ledger: &LedgerId, items: &[&BankLine]) -> Result<(), StoreError> {
    save::<BankLines>(tx, ledger, items).await
}

/// Loads lines by their ids, in no order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn bank_line_load(
    conn: &impl Conn,
    ledger: &LedgerId,
    ids: &[BankLineId],
) -> Result<Vec<BankLine>, StoreError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    load_by::<BankLines, Uuid>(conn, ledger, "line_id", &ids).await
}

/// The lines of an institution that have one of these references of the bank, in no order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn bank_lines_by_reference(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
    references: &[&str],
) -> Result<Vec<BankLine>, StoreError> {
    load_of::<BankLines, &str>(conn, ledger, ("institution_id", institution.uuid()), "reference", references).await
}

/// The lines that are one of these payments, payouts or lines, in no order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn bank_lines_matched(
    conn: &impl Conn,
    ledger: &LedgerId,
    things: &[Uuid],
) -> Result<Vec<BankLine>, StoreError> {
    load_by::<BankLines, Uuid>(conn, ledger, "matched_id", things).await
}

/// The lines of a statement after a number, in order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn bank_lines_of_statement(
    conn: &impl Conn,
    ledger: &LedgerId,
    statement: BankStatementId,
    after: u64,
    limit: u32,
) -> Result<Vec<BankLine>, StoreError> {
    let mut sql = select::<BankLines>(conn, ledger);
    sql.and("statement_id = ", statement.uuid());
    sql.and("number > ", crate::head::number("number", after)?);
    sql.push(" ORDER BY number LIMIT ").bind(i64::from(limit));
    sql.all::<BankLines>(conn).await
}

/// Which lines a page shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BankLineFilter {
    /// Only those of an institution.
    pub institution: Option<InstitutionId>,
    /// Only those in a state.
    pub state: Option<LineState>,
    /// Only those of a statement.
    pub statement: Option<BankStatementId>,
}

/// A page of lines in the order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn bank_lines_page(
    conn: &impl Conn,
    ledger: &LedgerId,
    filter: &BankLineFilter,
    after: Option<BankLineId>,
    limit: u32,
) -> Result<Vec<BankLine>, StoreError> {
    let mut sql = select::<BankLines>(conn, ledger);
    sql.and_if("institution_id = ", filter.institution.map(InstitutionId::uuid));
    sql.and_if("state = ", filter.state.map(LineState::as_str));
    sql.and_if("statement_id = ", filter.statement.map(BankStatementId::uuid));
    page_of::<BankLines>(conn, sql, after.map(BankLineId::uuid), limit).await
}

/// Removes lines of a statement that was never recorded: an import that was cut off.
///
/// # Errors
/// Trouble of the database.
pub async fn bank_lines_forget(tx: &Tx, ledger: &LedgerId, statement: BankStatementId) -> Result<(), StoreError> {
    let mut sql = Sql::new(tx, "DELETE FROM bank_line WHERE ledger_id = ");
    sql.bind(ledger.as_str()).and("statement_id = ", statement.uuid());
    sql.execute(tx).await?;
    Ok(())
}

/// How many lines of a statement stand where.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn bank_lines_count(
    conn: &impl Conn,
    ledger: &LedgerId,
    statement: BankStatementId,
) -> Result<Vec<(LineState, u64)>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT state, count(*) FROM bank_line WHERE ledger_id = ");
    sql.bind(ledger.as_str()).and("statement_id = ", statement.uuid()).push(" GROUP BY state");
    sql.rows(conn, "bank_line", &["state", "count"], |row| Ok((row.parse()?, row.count()?))).await
}
