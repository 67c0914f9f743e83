//! The hashes of complete tiles of the Merkle tree, a tile in a row: what a proof reads at once instead of
//! 256 rows. A tile says nothing that entries and roots do not; where none is kept, they are read.

use kernel::LedgerId;

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::entries::leaf_hashes;
use crate::head::number;
use crate::row::{Row, Values};
use crate::sql::{Sql, Table, insert, select};
use crate::tree::{Subtree, subtree_range};

/// Hashes of a tile.
const WIDTH: u64 = 256;
/// Tiles written or read at once: 8 KiB each.
const AT_ONCE: usize = 64;

/// The hashes of a complete tile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// Height in tiles, from 0: its hashes are those of entries.
    pub level: u8,
    /// Number of the tile on its level, from 0.
    pub index: u64,
    /// Its 256 hashes, in order.
    pub hashes: Vec<[u8; 32]>,
}

struct Tiles;

impl Table for Tiles {
    type Item = Tile;
    const NAME: &'static str = "tile";
    const KEY: &'static [&'static str] = &["level", "idx"];
    const COLUMNS: &'static [&'static str] = &["level", "idx", "hashes"];
    const CHANGING: &'static [&'static str] = &[];

    fn write(item: &Tile, values: &mut Values) {
        values.small("level", item.level.into()).count("idx", item.index).bytes(item.hashes.as_flattened());
    }

    fn read(row: &mut Row<'_>) -> Result<Tile, StoreError> {
        let level = row.small()?;
        let level = u8::try_from(level).map_err(|_| row.corrupt())?;
        let index = row.count()?;
        let bytes: Vec<u8> = row.get()?;
        match bytes.as_chunks::<32>() {
            (hashes, []) if u64::try_from(hashes.len()) == Ok(WIDTH) => {
                Ok(Tile { level, index, hashes: hashes.to_vec() })
            }
            _ => Err(row.corrupt()),
        }
    }
}

/// Keeps the tiles of which these are the roots; their hashes are in the database already.
///
/// # Errors
/// [`StoreError::Constraint`], [`StoreError::Corrupt`] and trouble of the database.
pub async fn tiles_append(tx: &Tx, ledger: &LedgerId, full: &[Subtree]) -> Result<(), StoreError> {
    for roots in full.chunks(AT_ONCE) {
        let mut tiles = Vec::with_capacity(roots.len());
        for root in roots {
            let Some(level) = root.level.checked_sub(1) else { continue };
            let from = root.index.saturating_mul(WIDTH);
            let hashes = rows(tx, ledger, level, from, from.saturating_add(WIDTH)).await?;
            tiles.push(Tile { level, index: root.index, hashes });
        }
        insert::<Tiles>(tx, ledger, &tiles.iter().collect::<Vec<_>>()).await?;
    }
    Ok(())
}

/// Keeps the tiles of a ledger anew.
///
/// # Errors
/// As [`tiles_append`].
pub async fn tiles_rebuild(tx: &Tx, ledger: &LedgerId) -> Result<(), StoreError> {
    let mut sql = Sql::new(tx, "DELETE FROM tile WHERE ledger_id = ");
    sql.bind(ledger.as_str());
    sql.execute(tx).await?;
    for level in 1..=u8::MAX {
        let roots = subtree_range(tx, ledger, level, 0, i64::MAX.unsigned_abs()).await?;
        if roots.is_empty() {
            break;
        }
        let full: Vec<Subtree> = (0..).zip(roots).map(|(index, hash)| Subtree { level, index, hash }).collect();
        tiles_append(tx, ledger, &full).await?;
    }
    Ok(())
}

/// The hashes `from..to` of a level, all of one tile, in order: as many as there are.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn tile_hashes(
    conn: &impl Conn,
    ledger: &LedgerId,
    level: u8,
    from: u64,
    to: u64,
) -> Result<Vec<[u8; 32]>, StoreError> {
    let mut sql = select::<Tiles>(conn, ledger);
    let index = from.checked_div(WIDTH).unwrap_or_default();
    sql.and("level = ", i16::from(level)).and("idx = ", number("idx", index)?);
    let Some(tile) = sql.all::<Tiles>(conn).await?.pop() else {
        return rows(conn, ledger, level, from, to).await;
    };
    let first = index.saturating_mul(WIDTH);
    let within = |place: u64| usize::try_from(place.saturating_sub(first)).unwrap_or(usize::MAX);
    let hashes = tile.hashes.get(within(from)..within(to));
    Ok(hashes.ok_or(StoreError::Corrupt { table: "tile", what: "idx" })?.to_vec())
}

async fn rows(conn: &impl Conn, ledger: &LedgerId, level: u8, from: u64, to: u64) -> Result<Vec<[u8; 32]>, StoreError> {
    match level {
        0 => leaf_hashes(conn, ledger, from, to).await,
        _ => subtree_range(conn, ledger, level, from, to).await,
    }
}

/// Tiles of a level after a number, in order; for verification.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn tiles_after(
    conn: &impl Conn,
    ledger: &LedgerId,
    level: u8,
    after: Option<u64>,
) -> Result<Vec<Tile>, StoreError> {
    let mut sql = select::<Tiles>(conn, ledger);
    let after = after.map(|after| number("idx", after)).transpose()?;
    sql.and("level = ", i16::from(level)).and_if("idx > ", after).push(" ORDER BY idx LIMIT ");
    sql.bind(i64::try_from(AT_ONCE).unwrap_or(i64::MAX));
    sql.all::<Tiles>(conn).await
}
