//! Complete tiles of the Merkle tree, and signed checkpoints.

use kernel::{Instant, LedgerId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::head::number;
use crate::row::{Row, Values};
use crate::sql::{Sql, Table, insert, select};

/// The root of a complete tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subtree {
    /// Height in tiles, from 1: the tile has `256^level` leaves.
    pub level: u8,
    /// Number of the tile on its level, from 0.
    pub index: u64,
    /// Root.
    pub hash: [u8; 32],
}

struct Subtrees;

impl Table for Subtrees {
    type Item = Subtree;
    const NAME: &'static str = "subtree";
    const KEY: &'static [&'static str] = &["level", "idx"];
    const COLUMNS: &'static [&'static str] = &["level", "idx", "hash"];
    const CHANGING: &'static [&'static str] = &[];

    fn write(item: &Subtree, values: &mut Values) {
        values.small("level", u16::from(item.level)).count("idx", item.index).hash(&item.hash);
    }

    fn read(row: &mut Row<'_>) -> Result<Subtree, StoreError> {
        let level = row.small()?;
        Ok(Subtree { level: u8::try_from(level).map_err(|_| row.corrupt())?, index: row.count()?, hash: row.hash()? })
    }
}

/// Appends roots of complete tiles.
///
/// # Errors
/// [`StoreError::Constraint`] and trouble of the database.
pub async fn subtrees_append(tx: &Tx, ledger: &LedgerId, subtrees: &[Subtree]) -> Result<(), StoreError> {
    insert::<Subtrees>(tx, ledger, &subtrees.iter().collect::<Vec<_>>()).await
}

/// The root of one tile.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn subtree_get(
    conn: &impl Conn,
    ledger: &LedgerId,
    level: u8,
    index: u64,
) -> Result<Option<[u8; 32]>, StoreError> {
    Ok(subtree_range(conn, ledger, level, index, index.saturating_add(1)).await?.pop())
}

/// The roots of the tiles `from..to` of a level that are there, in order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn subtree_range(
    conn: &impl Conn,
    ledger: &LedgerId,
    level: u8,
    from: u64,
    to: u64,
) -> Result<Vec<[u8; 32]>, StoreError> {
    let mut sql = select::<Subtrees>(conn, ledger);
    sql.and("level = ", i16::from(level)).and("idx >= ", number("idx", from)?).and("idx < ", number("idx", to)?);
    sql.push(" ORDER BY idx");
    Ok(sql.all::<Subtrees>(conn).await?.into_iter().map(|subtree| subtree.hash).collect())
}

/// A signed checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Entries that it covers.
    pub size: u64,
    /// When it was signed.
    pub signed_at: Instant,
    /// The signed note.
    pub note: String,
}

const COLUMNS: &[&str] = &["size", "signed_at", "note"];

fn read(row: &mut Row<'_>) -> Result<Checkpoint, StoreError> {
    Ok(Checkpoint { size: row.count()?, signed_at: row.instant()?, note: row.get()? })
}

fn select_checkpoints(conn: &impl Conn, ledger: &LedgerId) -> Sql {
    let mut sql = Sql::new(conn, "SELECT size, signed_at, note FROM checkpoint WHERE ledger_id = ");
    sql.bind(ledger.as_str());
    sql
}

/// Keeps a checkpoint; one of the same size (cosigned since) takes the place of the earlier.
///
/// # Errors
/// Trouble of the database.
pub async fn checkpoint_save(tx: &Tx, ledger: &LedgerId, checkpoint: &Checkpoint) -> Result<(), StoreError> {
    let mut values = Values::with_capacity(4);
    values.text(ledger).count("size", checkpoint.size).instant(checkpoint.signed_at).text(&checkpoint.note);
    let mut sql = Sql::new(tx, "INSERT INTO checkpoint (ledger_id, size, signed_at, note) VALUES (");
    sql.list(values.finish()?);
    sql.push(") ON CONFLICT (ledger_id, size) DO UPDATE SET signed_at = excluded.signed_at, note = excluded.note");
    sql.execute(tx).await?;
    Ok(())
}

/// The checkpoint of the largest size.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn checkpoint_last(conn: &impl Conn, ledger: &LedgerId) -> Result<Option<Checkpoint>, StoreError> {
    let mut sql = select_checkpoints(conn, ledger);
    sql.push(" ORDER BY size DESC LIMIT 1");
    Ok(sql.rows(conn, "checkpoint", COLUMNS, read).await?.pop())
}

/// The smallest checkpoint that covers at least `size` entries.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn checkpoint_covering(
    conn: &impl Conn,
    ledger: &LedgerId,
    size: u64,
) -> Result<Option<Checkpoint>, StoreError> {
    let mut sql = select_checkpoints(conn, ledger);
    sql.and("size >= ", number("size", size)?).push(" ORDER BY size LIMIT 1");
    Ok(sql.rows(conn, "checkpoint", COLUMNS, read).await?.pop())
}

/// The checkpoint of exactly this size.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn checkpoint_at(conn: &impl Conn, ledger: &LedgerId, size: u64) -> Result<Option<Checkpoint>, StoreError> {
    let mut sql = select_checkpoints(conn, ledger);
    sql.and("size = ", number("size", size)?);
    Ok(sql.rows(conn, "checkpoint", COLUMNS, read).await?.pop())
}

/// All checkpoints after a size, in order; for verification.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn checkpoints_after(
    conn: &impl Conn,
    ledger: &LedgerId,
    size: Option<u64>,
    limit: u32,
) -> Result<Vec<Checkpoint>, StoreError> {
    let mut sql = select_checkpoints(conn, ledger);
    let after = size.map(|size| number("size", size)).transpose()?;
    sql.and_if("size > ", after).push(" ORDER BY size LIMIT ").bind(i64::from(limit));
    sql.rows(conn, "checkpoint", COLUMNS, read).await
}
