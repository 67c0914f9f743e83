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
    /// The contract's entry before this one, by its number in the ledger; none for the first entry
    /// of a contract and the one that brings it into force.
    pub contract_before: Option<u64>,
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
        "contract_before",
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
            .count_opt("contract_before", item.contract_before)
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
            contract_before: row.count_opt()?,
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

/// Leaf hash and bytes of at most `limit` entries from number `from_seq` on, in order: what is read back
/// before it is signed, without the columns for queries.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn entries_written(
    conn: &impl Conn,
    ledger: &LedgerId,
    from_seq: u64,
    limit: u32,
) -> Result<Vec<([u8; 32], Vec<u8>)>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT leaf_hash, bytes FROM entry WHERE ledger_id = ");
    sql.bind(ledger.as_str()).and("seq >= ", number("seq", from_seq)?);
    sql.push(" ORDER BY seq LIMIT ").bind(i64::from(limit));
    sql.rows(conn, "entry", &["leaf_hash", "bytes"], |row| Ok((row.hash()?, row.get()?))).await
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

/// What is looked at of an entry when an institution's are gone through from the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryBack {
    /// Number among the entries of the institution, from 1.
    pub institution_seq: u64,
    /// Entry type (`_t`).
    pub entry_type: String,
    /// When it was recorded.
    pub recorded_at: Instant,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// At most `limit` entries of an institution before its number `before`, the last first.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn entries_of_institution_back(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
    before: Option<u64>,
    limit: u32,
) -> Result<Vec<EntryBack>, StoreError> {
    const COLUMNS: &[&str] = &["institution_seq", "entry_type", "recorded_at", "bytes"];
    let mut sql =
        Sql::new(conn, "SELECT institution_seq, entry_type, recorded_at, bytes FROM entry WHERE ledger_id = ");
    sql.bind(ledger.as_str()).and("institution_id = ", institution.uuid());
    let before = before.map(|before| number("institution_seq", before)).transpose()?;
    sql.and_if("institution_seq < ", before);
    sql.push(" ORDER BY institution_seq DESC LIMIT ").bind(i64::from(limit));
    let read = |row: &mut Row<'_>| {
        let (institution_seq, entry_type) = (row.count()?, row.get()?);
        Ok(EntryBack { institution_seq, entry_type, recorded_at: row.instant()?, bytes: row.get()? })
    };
    sql.rows(conn, "entry", COLUMNS, read).await
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
    let mut seqs = chain_of_contract(conn, ledger, contract, after, None).await?;
    seqs.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    let mut entries = load_by::<Entries, i64>(conn, ledger, "seq", &seqs).await?;
    entries.sort_unstable_by_key(|entry| entry.seq);
    Ok(entries)
}

/// The numbers in the ledger of a contract's entries after its number `after`, in order; of one type
/// only where one is given. They are followed back from the contract's last entry: an index by contract
/// would cost every append a page at a random place.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub(crate) async fn chain_of_contract(
    conn: &impl Conn,
    ledger: &LedgerId,
    contract: ContractId,
    after: u64,
    entry_type: Option<&'static str>,
) -> Result<Vec<i64>, StoreError> {
    const COLUMNS: &[&str] = &["seq"];
    let after = number("contract_seq", after)?;
    let mut sql = Sql::new(
        conn,
        "WITH RECURSIVE chain (ledger_id, seq, before, number, entry_type) AS (\
         SELECT e.ledger_id, e.seq, e.contract_before, e.contract_seq, e.entry_type FROM contract c \
         JOIN entry e ON e.ledger_id = c.ledger_id AND e.seq = c.last_entry WHERE c.ledger_id = ",
    );
    sql.bind(ledger.as_str()).and("c.contract_id = ", contract.uuid());
    sql.push(
        " UNION ALL SELECT e.ledger_id, e.seq, e.contract_before, e.contract_seq, e.entry_type FROM chain h \
         JOIN entry e ON e.ledger_id = h.ledger_id AND e.seq = h.before WHERE h.number > ",
    );
    sql.bind(after).push(") SELECT seq FROM chain WHERE number > ").bind(after);
    sql.and_if("entry_type = ", entry_type);
    // A contract that one party has signed has one entry, and no row of its own yet.
    sql.push(" UNION ALL SELECT seq FROM entry WHERE contract_seq = 1 AND ledger_id = ").bind(ledger.as_str());
    sql.and("contract_id = ", contract.uuid()).and("contract_seq > ", after).and_if("entry_type = ", entry_type);
    sql.push(" ORDER BY seq");
    sql.rows(conn, "entry", COLUMNS, |row| row.get::<i64>()).await
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
