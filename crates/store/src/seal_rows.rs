//! Rows of sealed days and of contracts as the last seal counted them; which institutions are to be
//! sealed, and what changed since.

use kernel::{ContractId, Day, Fen, Instant, InstitutionId, LedgerId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::head::number;
use crate::row::{Row, Values};
use crate::sql::{Sql, Table, save, select};

/// A sealed day of an institution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seal {
    /// Whose.
    pub institution: InstitutionId,
    /// Number of the entry within the institution.
    pub institution_seq: u64,
    /// Number of the entry in the ledger.
    pub seq: u64,
    /// The day.
    pub sealed_on: Day,
}

struct Seals;

impl Table for Seals {
    type Item = Seal;
    const NAME: &'static str = "seal";
    const KEY: &'static [&'static str] = &["institution_id", "institution_seq"];
    const COLUMNS: &'static [&'static str] = &["institution_id", "institution_seq", "seq", "sealed_on"];
    const CHANGING: &'static [&'static str] = &[];

    fn write(item: &Seal, values: &mut Values) {
        values
            .id(item.institution.uuid())
            .count("institution_seq", item.institution_seq)
            .count("seq", item.seq)
            .text(item.sealed_on);
    }

    fn read(row: &mut Row<'_>) -> Result<Seal, StoreError> {
        Ok(Seal {
            institution: InstitutionId::new(row.get()?),
            institution_seq: row.count()?,
            seq: row.count()?,
            sealed_on: row.parse()?,
        })
    }
}

/// A contract as the last seal of its institution counted it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedContract {
    /// Whose.
    pub institution: InstitutionId,
    /// The contract.
    pub contract: ContractId,
    /// Its entries then.
    pub entries: u64,
    /// Leaf hash of the last of them.
    pub last_leaf: [u8; 32],
    /// `prepaid` then.
    pub prepaid: Fen,
    /// `disputed` then.
    pub disputed: Fen,
    /// `refund` then.
    pub refund: Fen,
    /// Hours left then, hundredths.
    pub hours_left: u64,
    /// Digest of its leaf.
    pub core: [u8; 32],
}

struct SealedContracts;

impl Table for SealedContracts {
    type Item = SealedContract;
    const NAME: &'static str = "sealed_contract";
    const KEY: &'static [&'static str] = &["institution_id", "contract_id"];
    const COLUMNS: &'static [&'static str] = &[
        "institution_id",
        "contract_id",
        "entries",
        "last_leaf",
        "prepaid_fen",
        "disputed_fen",
        "refund_fen",
        "hours_left_hundredths",
        "core",
    ];
    const CHANGING: &'static [&'static str] =
        &["entries", "last_leaf", "prepaid_fen", "disputed_fen", "refund_fen", "hours_left_hundredths", "core"];

    fn write(item: &SealedContract, values: &mut Values) {
        values
            .id(item.institution.uuid())
            .id(item.contract.uuid())
            .count("entries", item.entries)
            .hash(&item.last_leaf)
            .fen(item.prepaid)
            .fen(item.disputed)
            .fen(item.refund)
            .count("hours_left_hundredths", item.hours_left)
            .hash(&item.core);
    }

    fn read(row: &mut Row<'_>) -> Result<SealedContract, StoreError> {
        Ok(SealedContract {
            institution: InstitutionId::new(row.get()?),
            contract: ContractId::new(row.get()?),
            entries: row.count()?,
            last_leaf: row.hash()?,
            prepaid: row.fen()?,
            disputed: row.fen()?,
            refund: row.fen()?,
            hours_left: row.count()?,
            core: row.hash()?,
        })
    }
}

/// Writes sealed days.
///
/// # Errors
/// Trouble of the database.
pub async fn seal_save(tx: &Tx, ledger: &LedgerId, seals: &[&Seal]) -> Result<(), StoreError> {
    save::<Seals>(tx, ledger, seals).await
}

/// Writes contracts as a seal counts them; each at most once per call.
///
/// # Errors
/// Trouble of the database.
pub async fn sealed_contract_save(tx: &Tx, ledger: &LedgerId, items: &[&SealedContract]) -> Result<(), StoreError> {
    save::<SealedContracts>(tx, ledger, items).await
}

/// The seals of an institution, latest first, before the one with this number there.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn seals_of_institution(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
    before: Option<u64>,
    limit: u32,
) -> Result<Vec<Seal>, StoreError> {
    let mut sql = select::<Seals>(conn, ledger);
    let before = before.map(|before| number("institution_seq", before)).transpose()?;
    sql.and("institution_id = ", institution.uuid()).and_if("institution_seq < ", before);
    sql.push(" ORDER BY institution_seq DESC LIMIT ").bind(i64::from(limit));
    sql.all::<Seals>(conn).await
}

/// All contracts that the last seal of an institution counts, in the order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn sealed_contracts_of_institution(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
) -> Result<Vec<SealedContract>, StoreError> {
    let mut sql = select::<SealedContracts>(conn, ledger);
    sql.and("institution_id = ", institution.uuid()).push(" ORDER BY contract_id");
    sql.all::<SealedContracts>(conn).await
}

/// How many rows there are: seals, and contracts that seals count.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn seal_counts(conn: &impl Conn, ledger: &LedgerId) -> Result<(u64, u64), StoreError> {
    let mut sql = Sql::new(conn, "SELECT (SELECT count(*) FROM seal WHERE ledger_id = ");
    sql.bind(ledger.as_str()).push("), (SELECT count(*) FROM sealed_contract WHERE ledger_id = ");
    sql.bind(ledger.as_str()).push(")");
    let rows = sql.rows(conn, "seal", &["count", "count"], |row| Ok((row.count()?, row.count()?))).await?;
    Ok(rows.first().copied().unwrap_or_default())
}

/// Signed contracts of an institution with entries since its last seal, and the leaf hash of the
/// last of these entries.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn contracts_unsealed(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
) -> Result<Vec<(ContractId, [u8; 32])>, StoreError> {
    let mut sql = Sql::new(
        conn,
        "SELECT c.contract_id, e.leaf_hash FROM contract c \
         LEFT JOIN sealed_contract s ON s.ledger_id = c.ledger_id AND s.institution_id = c.institution_id \
         AND s.contract_id = c.contract_id \
         JOIN entry e ON e.ledger_id = c.ledger_id AND e.seq = c.last_entry \
         WHERE c.ledger_id = ",
    );
    sql.bind(ledger.as_str()).and("c.institution_id = ", institution.uuid());
    sql.push(" AND (s.entries IS NULL OR s.entries <> c.last_seq)");
    let read = |row: &mut Row<'_>| Ok((ContractId::new(row.get()?), row.hash()?));
    sql.rows(conn, "contract", &["contract_id", "leaf_hash"], read).await
}

/// Institutions with a signed contract, not sealed for `sealed_on` or later, whose first entry since
/// their last seal was recorded before `until`; in the order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn institutions_to_seal(
    conn: &impl Conn,
    ledger: &LedgerId,
    sealed_on: Day,
    until: Instant,
    after: Option<InstitutionId>,
    limit: u32,
) -> Result<Vec<InstitutionId>, StoreError> {
    const LAST: &str = "FROM seal s WHERE s.ledger_id = i.ledger_id AND s.institution_id = i.institution_id \
                        ORDER BY s.institution_seq DESC LIMIT 1), ";
    let mut sql = Sql::new(conn, "SELECT i.institution_id FROM institution i WHERE i.ledger_id = ");
    sql.bind(ledger.as_str()).and_if("i.institution_id > ", after.map(InstitutionId::uuid));
    sql.push(
        " AND EXISTS (SELECT 1 FROM contract c WHERE c.ledger_id = i.ledger_id \
         AND c.institution_id = i.institution_id)",
    );
    sql.push(" AND coalesce((SELECT s.sealed_on ").push(LAST).push("'') < ").bind(sealed_on.to_string());
    sql.push(
        " AND EXISTS (SELECT 1 FROM entry e WHERE e.ledger_id = i.ledger_id \
         AND e.institution_id = i.institution_id AND e.institution_seq = 1 + coalesce((SELECT s.institution_seq ",
    );
    sql.push(LAST).push("0)").and("e.recorded_at < ", until.micros()).push(")");
    sql.push(" ORDER BY i.institution_id LIMIT ").bind(i64::from(limit));
    let read = |row: &mut Row<'_>| Ok(InstitutionId::new(row.get()?));
    sql.rows(conn, "institution", &["institution_id"], read).await
}
