//! The head row of a ledger: its size, the frontier of its tree, its last entry. It moves by
//! compare-and-swap only, so that a second writer is harmless.

use kernel::{Instant, LedgerId, RegionCode};

use crate::StoreError;
use crate::connect::{Conn, Engine, Tx, sealed::Sealed};
use crate::row::{Row, Values};
use crate::sql::Sql;

/// A ledger and where it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its id.
    pub ledger: LedgerId,
    /// Region that it supervises.
    pub region: RegionCode,
    /// Origin line of its checkpoints.
    pub origin: String,
    /// Verifier key of its checkpoints.
    pub vkey: String,
    /// When it was opened.
    pub opened_at: Instant,
    /// Entries in it.
    pub size: u64,
    /// Generation of the writer.
    pub epoch: u64,
    /// Hashes of the complete subtrees, largest first.
    pub frontier: Vec<[u8; 32]>,
    /// Leaf hash of the last entry; zeros while empty.
    pub last_leaf: [u8; 32],
    /// `recorded_at` of the last entry; `opened_at` while empty.
    pub last_recorded_at: Instant,
}

const COLUMNS: &[&str] = &[
    "ledger_id",
    "region",
    "origin",
    "vkey",
    "opened_at",
    "size",
    "epoch",
    "frontier",
    "last_leaf",
    "last_recorded_at",
];
const SELECT: &str = "SELECT ledger_id, region, origin, vkey, opened_at, size, epoch, frontier, last_leaf, \
                      last_recorded_at FROM ledger";

fn read(row: &mut Row<'_>) -> Result<Head, StoreError> {
    Ok(Head {
        ledger: row.parse()?,
        region: row.parse()?,
        origin: row.get()?,
        vkey: row.get()?,
        opened_at: row.instant()?,
        size: row.count()?,
        epoch: row.count()?,
        frontier: {
            let bytes: Vec<u8> = row.get()?;
            let (hashes, rest) = bytes.as_chunks::<32>();
            if rest.is_empty() { hashes.to_vec() } else { return Err(row.corrupt()) }
        },
        last_leaf: row.hash()?,
        last_recorded_at: row.instant()?,
    })
}

/// Opens a ledger.
///
/// # Errors
/// [`StoreError::Constraint`] when it is there already, and trouble of the database.
pub async fn ledger_open(tx: &Tx, head: &Head) -> Result<(), StoreError> {
    let mut values = Values::with_capacity(COLUMNS.len());
    values
        .text(&head.ledger)
        .text(head.region)
        .text(&head.origin)
        .text(&head.vkey)
        .instant(head.opened_at)
        .count("size", head.size)
        .count("epoch", head.epoch)
        .bytes(&head.frontier.concat())
        .hash(&head.last_leaf)
        .instant(head.last_recorded_at);
    let mut sql = Sql::new(tx, "INSERT INTO ledger (");
    sql.push(&COLUMNS.join(", ")).push(") VALUES (").list(values.finish()?).push(")");
    sql.execute(tx).await?;
    Ok(())
}

/// Reads the head and keeps others from moving it until the transaction ends.
///
/// # Errors
/// [`StoreError::Corrupt`], [`StoreError::Retryable`] and trouble of the database.
pub async fn head_lock(tx: &Tx, ledger: &LedgerId) -> Result<Option<Head>, StoreError> {
    let mut sql = Sql::new(tx, SELECT);
    sql.push(" WHERE ledger_id = ").bind(ledger.as_str());
    // SQLite holds the write lock of the whole file already.
    if tx.raw().engine() == Engine::Postgres {
        sql.push(" FOR UPDATE");
    }
    Ok(sql.rows(tx, "ledger", COLUMNS, read).await?.pop())
}

/// Reads the head as it is committed.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn head_load(conn: &impl Conn, ledger: &LedgerId) -> Result<Option<Head>, StoreError> {
    let mut sql = Sql::new(conn, SELECT);
    sql.push(" WHERE ledger_id = ").bind(ledger.as_str());
    Ok(sql.rows(conn, "ledger", COLUMNS, read).await?.pop())
}

/// Where a head stood that is to be moved: what was decided holds after exactly this entry and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeadMark {
    /// Entries.
    pub size: u64,
    /// Generation of the writer.
    pub epoch: u64,
    /// Leaf hash of the last entry.
    pub last_leaf: [u8; 32],
}

impl Head {
    /// Where it stands.
    pub fn mark(&self) -> HeadMark {
        HeadMark { size: self.size, epoch: self.epoch, last_leaf: self.last_leaf }
    }
}

/// Moves the head to `new`, if it still stands at `old`. `false`: another writer was first, and the
/// transaction must be rolled back.
///
/// # Errors
/// Trouble of the database.
pub async fn head_advance(tx: &Tx, new: &Head, old: HeadMark) -> Result<bool, StoreError> {
    let (size, epoch) = (number("size", new.size)?, number("epoch", new.epoch)?);
    let mut sql = Sql::new(tx, "UPDATE ledger SET size = ");
    sql.bind(size).push(", epoch = ").bind(epoch);
    sql.push(", frontier = ").bind(new.frontier.concat()).push(", last_leaf = ").bind(new.last_leaf.to_vec());
    sql.push(", last_recorded_at = ").bind(new.last_recorded_at.micros());
    sql.push(" WHERE ledger_id = ").bind(new.ledger.as_str());
    sql.and("size = ", number("size", old.size)?).and("epoch = ", number("epoch", old.epoch)?);
    sql.and("last_leaf = ", old.last_leaf.to_vec());
    Ok(sql.execute(tx).await? == 1)
}

/// All ledgers, in the order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn ledgers(conn: &impl Conn) -> Result<Vec<Head>, StoreError> {
    let mut sql = Sql::new(conn, SELECT);
    sql.push(" ORDER BY ledger_id");
    sql.rows(conn, "ledger", COLUMNS, read).await
}

/// A number from zero as a column holds it.
pub(crate) fn number(column: &'static str, count: u64) -> Result<i64, StoreError> {
    i64::try_from(count).map_err(|_| StoreError::TooLarge { column })
}
