//! The entries of a ledger, append-only, and the sealed records behind their commitments.

use std::borrow::Cow;

use kernel::{ContractId, Day, Instant, InstitutionId, LedgerId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::head::number;
use crate::row::{Row, Values};
use crate::sql::{Sql, Table, insert, load_by, select};

/// An entry: its exact bytes, and what queries need beside them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRow {
    /// Number in the ledger, from 0.
    pub seq: u64,
    /// Leaf hash of the bytes.
    pub leaf_hash: [u8; 32],
    /// Entry type (`_t`).
    pub entry_type: Cow<'static, str>,
    /// The institution it concerns and its number there, from 1.
    pub institution: Option<(InstitutionId, u64)>,
    /// The contract it concerns and its number there, from 1.
    pub contract: Option<(ContractId, u64)>,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// Day from which it has effect.
    pub effective_on: Day,
    /// The bytes.
    pub bytes: Vec<u8>,
}

struct Entries;

impl Table for Entries {
    type Item = EntryRow;
    const NAME: &'static str = "entry";
    const KEY: &'static [&'static str] = &["seq"];
    const COLUMNS: &'static [&'static str] = &[
        "seq",
        "leaf_hash",
        "entry_type",
        "institution_id",
        "institution_seq",
        "contract_id",
        "contract_seq",
        "recorded_at",
        "effective_on",
        "bytes",
    ];
    const CHANGING: &'static [&'static str] = &[];

    fn write(item: &EntryRow, values: &mut Values) {
        values
            .count("seq", item.seq)
            .hash(&item.leaf_hash)
            .text(&item.entry_type)
            .id_opt(item.institution.map(|(id, _)| id.uuid()))
            .count_opt("institution_seq", item.institution.map(|(_, seq)| seq))
            .id_opt(item.contract.map(|(id, _)| id.uuid()))
            .count_opt("contract_seq", item.contract.map(|(_, seq)| seq))
            .instant(item.recorded_at)
            .text(item.effective_on)
            .bytes(&item.bytes);
    }

    fn read(row: &mut Row<'_>) -> Result<EntryRow, StoreError> {
        let (seq, leaf_hash) = (row.count()?, row.hash()?);
        let entry_type = Cow::Owned(row.get()?);
        let institution = row.get::<Option<_>>()?.map(InstitutionId::new);
        let institution = institution.zip(row.count_opt()?);
        let contract = row.get::<Option<_>>()?.map(ContractId::new);
        let contract = contract.zip(row.count_opt()?);
        Ok(EntryRow {
            seq,
            leaf_hash,
            entry_type,
            institution,
            contract,
            recorded_at: row.instant()?,
            effective_on: row.parse()?,
            bytes: row.get()?,
        })
    }
}

/// Appends entries. That their numbers follow on is the writer's business; that none is there
/// twice is the database's.
///
/// # Errors
/// [`StoreError::Constraint`] and trouble of the database.
pub async fn entries_append(tx: &Tx, ledger: &LedgerId, entries: &[EntryRow]) -> Result<(), StoreError> {
    insert::<Entries>(tx, ledger, &entries.iter().collect::<Vec<_>>()).await
}

/// At most `limit` entries from number `from_seq` on, in order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn entries_range(
    conn: &impl Conn,
    ledger: &LedgerId,
    from_seq: u64,
    limit: u32,
) -> Result<Vec<EntryRow>, StoreError> {
    let mut sql = select::<Entries>(conn, ledger);
    sql.and("seq >= ", number("seq", from_seq)?).push(" ORDER BY seq LIMIT ").bind(i64::from(limit));
    sql.all::<Entries>(conn).await
}

/// The entry with this number.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn entry_by_seq(conn: &impl Conn, ledger: &LedgerId, seq: u64) -> Result<Option<EntryRow>, StoreError> {
    let mut sql = select::<Entries>(conn, ledger);
    sql.and("seq = ", number("seq", seq)?);
    Ok(sql.all::<Entries>(conn).await?.pop())
}

/// The entries with these numbers, in no order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn entries_by_seqs(conn: &impl Conn, ledger: &LedgerId, seqs: &[u64]) -> Result<Vec<EntryRow>, StoreError> {
    let seqs: Vec<i64> = seqs.iter().map(|&seq| number("seq", seq)).collect::<Result<_, _>>()?;
    load_by::<Entries, i64>(conn, ledger, "seq", &seqs).await
}

/// The entry with this leaf hash, in whatever ledger it is.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn entry_by_leaf(conn: &impl Conn, leaf_hash: &[u8; 32]) -> Result<Option<(LedgerId, EntryRow)>, StoreError> {
    // Ledgers are few, and every index begins with the ledger.
    for head in crate::ledgers(conn).await? {
        let mut sql = select::<Entries>(conn, &head.ledger);
        sql.and("leaf_hash = ", leaf_hash.to_vec());
        if let Some(entry) = sql.all::<Entries>(conn).await?.pop() {
            return Ok(Some((head.ledger, entry)));
        }
    }
    Ok(None)
}

/// At most `limit` entries of an institution after its number `after`, in order; 0 for the first.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn entries_of_institution(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
    after: u64,
    limit: u32,
) -> Result<Vec<EntryRow>, StoreError> {
    let mut sql = select::<Entries>(conn, ledger);
    sql.and("institution_id = ", institution.uuid()).and("institution_seq > ", number("institution_seq", after)?);
    sql.push(" ORDER BY institution_seq LIMIT ").bind(i64::from(limit));
    sql.all::<Entries>(conn).await
}

/// At most `limit` entries of a contract after its number `after`, in order; 0 for the first.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn entries_of_contract(
    conn: &impl Conn,
    ledger: &LedgerId,
    contract: ContractId,
    after: u64,
    limit: u32,
) -> Result<Vec<EntryRow>, StoreError> {
    let mut sql = select::<Entries>(conn, ledger);
    sql.and("contract_id = ", contract.uuid()).and("contract_seq > ", number("contract_seq", after)?);
    sql.push(" ORDER BY contract_seq LIMIT ").bind(i64::from(limit));
    sql.all::<Entries>(conn).await
}

/// The leaf hashes of the entries `from..to`, in order.
///
/// # Errors
/// [`StoreError::Corrupt`], also when one of them is not there, and trouble of the database.
pub async fn leaf_hashes(conn: &impl Conn, ledger: &LedgerId, from: u64, to: u64) -> Result<Vec<[u8; 32]>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT leaf_hash FROM entry WHERE ledger_id = ");
    sql.bind(ledger.as_str()).and("seq >= ", number("seq", from)?).and("seq < ", number("seq", to)?);
    sql.push(" ORDER BY seq");
    let hashes = sql.rows(conn, "entry", &["leaf_hash"], |row| row.hash()).await?;
    if u64::try_from(hashes.len()) == Ok(to.saturating_sub(from)) {
        Ok(hashes)
    } else {
        Err(StoreError::Corrupt { table: "entry", what: "seq" })
    }
}

/// The sealed record behind an entry's commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRecord {
    /// The entry.
    pub seq: u64,
    /// Salt and text, encrypted by the caller.
    pub sealed: Vec<u8>,
}

struct EntryRecords;

impl Table for EntryRecords {
    type Item = EntryRecord;
    const NAME: &'static str = "entry_record";
    const KEY: &'static [&'static str] = &["seq"];
    const COLUMNS: &'static [&'static str] = &["seq", "sealed"];
    const CHANGING: &'static [&'static str] = &[];

    fn write(item: &EntryRecord, values: &mut Values) {
        values.count("seq", item.seq).bytes(&item.sealed);
    }

    fn read(row: &mut Row<'_>) -> Result<EntryRecord, StoreError> {
        Ok(EntryRecord { seq: row.count()?, sealed: row.get()? })
    }
}

/// Puts sealed records behind entries.
///
/// # Errors
/// [`StoreError::Constraint`] and trouble of the database.
pub async fn entry_records_append(tx: &Tx, ledger: &LedgerId, records: &[EntryRecord]) -> Result<(), StoreError> {
    insert::<EntryRecords>(tx, ledger, &records.iter().collect::<Vec<_>>()).await
}

/// The sealed records of these entries, in no order; an erased one is not there.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn entry_records_load(
    conn: &impl Conn,
    ledger: &LedgerId,
    seqs: &[u64],
) -> Result<Vec<EntryRecord>, StoreError> {
    let seqs: Vec<i64> = seqs.iter().map(|&seq| number("seq", seq)).collect::<Result<_, _>>()?;
    load_by::<EntryRecords, i64>(conn, ledger, "seq", &seqs).await
}
