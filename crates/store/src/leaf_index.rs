//! Finds an entry by its leaf hash. Hashes fall anywhere, so an index of them would cost every
//! append a page at a random place. Instead each complete run of entries is indexed at once, and the
//! entries since the last complete run are looked through.

use std::hash::{DefaultHasher, Hash, Hasher};

use kernel::LedgerId;

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::entries::{EntryRow, entries_by_seqs, leaf_hashes};
use crate::head::number;
use crate::row::{Row, Values};
use crate::sql::{Sql, Table, insert, select};

/// Entries of a run. A place in it has to fit two bytes; the entries of an incomplete run are read
/// one after the other by every look-up.
const RUN: u64 = 2048;
/// Bytes of a hash, after the first, that a cell holds: enough that nearly only the right one fits.
const PREFIX: usize = 4;
/// An entry of a run: its place in the run, two bytes, and the beginning of its hash.
const CELL: usize = 2 + PREFIX;

/// The entries of a run whose leaf hash begins with a byte.
struct Cells {
    first_byte: u8,
    first_seq: u64,
    cells: Vec<u8>,
}

struct LeafIndex;

impl Table for LeafIndex {
    type Item = Cells;
    const NAME: &'static str = "leaf_index";
    const KEY: &'static [&'static str] = &["first_byte", "first_seq"];
    const COLUMNS: &'static [&'static str] = &["first_byte", "first_seq", "cells"];
    const CHANGING: &'static [&'static str] = &["cells"];

    fn write(item: &Cells, values: &mut Values) {
        values.small("first_byte", item.first_byte.into()).count("first_seq", item.first_seq).bytes(&item.cells);
    }

    fn read(row: &mut Row<'_>) -> Result<Cells, StoreError> {
        let first_byte = row.small()?;
        let first_byte = u8::try_from(first_byte).map_err(|_| row.corrupt())?;
        let first_seq = row.count()?;
        let cells: Vec<u8> = row.get()?;
        if cells.len().is_multiple_of(CELL) { Ok(Cells { first_byte, first_seq, cells }) } else { Err(row.corrupt()) }
    }
}

/// The entries before this number are indexed once the ledger has `size`.
fn indexed(size: u64) -> u64 {
    size.saturating_sub(size % RUN)
}

/// Indexes the runs that became complete when the ledger grew from `before` to `size` entries, which
/// are in the database already.
///
/// # Errors
/// [`StoreError::Constraint`], [`StoreError::Corrupt`] and trouble of the database.
pub async fn leaf_index_append(tx: &Tx, ledger: &LedgerId, before: u64, size: u64) -> Result<(), StoreError> {
    let mut first_seq = indexed(before);
    while first_seq < indexed(size) {
        let next = first_seq.saturating_add(RUN);
        let leaves = leaf_hashes(tx, ledger, first_seq, next).await?;
        let mut by_byte: Vec<Cells> =
            (0..=u8::MAX).map(|first_byte| Cells { first_byte, first_seq, cells: Vec::new() }).collect();
        for (place, leaf) in (0_u16..).zip(&leaves) {
            let ([first_byte, rest @ ..], place) = (leaf, place.to_be_bytes());
            let Some(row) = by_byte.get_mut(usize::from(*first_byte)) else { continue };
            row.cells.extend_from_slice(&place);
            row.cells.extend(rest.iter().take(PREFIX));
        }
        by_byte.retain(|row| !row.cells.is_empty());
        insert::<LeafIndex>(tx, ledger, &by_byte.iter().collect::<Vec<_>>()).await?;
        first_seq = next;
    }
    Ok(())
}

/// Indexes a ledger of `size` entries anew.
///
/// # Errors
/// As [`leaf_index_append`].
pub async fn leaf_index_rebuild(tx: &Tx, ledger: &LedgerId, size: u64) -> Result<(), StoreError> {
    let mut sql = Sql::new(tx, "DELETE FROM leaf_index WHERE ledger_id = ");
    sql.bind(ledger.as_str());
    sql.execute(tx).await?;
    leaf_index_append(tx, ledger, 0, size).await
}

/// The entry with this leaf hash, in whatever ledger it is.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn entry_by_leaf(conn: &impl Conn, leaf_hash: &[u8; 32]) -> Result<Option<(LedgerId, EntryRow)>, StoreError> {
    // Ledgers are few, and every index begins with the ledger.
    for head in crate::ledgers(conn).await? {
        let mut candidates = candidates(conn, &head.ledger, leaf_hash).await?;
        let mut sql = Sql::new(conn, "SELECT seq FROM entry WHERE ledger_id = ");
        sql.bind(head.ledger.as_str()).and("seq >= ", number("seq", indexed(head.size))?);
        sql.and("leaf_hash = ", leaf_hash.to_vec());
        candidates.extend(sql.rows(conn, "entry", &["seq"], |row| row.count()).await?);
        let entries = entries_by_seqs(conn, &head.ledger, &candidates).await?;
        if let Some(entry) = entries.into_iter().find(|entry| entry.leaf_hash == *leaf_hash) {
            return Ok(Some((head.ledger, entry)));
        }
    }
    Ok(None)
}

/// Entries of complete runs whose hash begins alike.
async fn candidates(conn: &impl Conn, ledger: &LedgerId, leaf_hash: &[u8; 32]) -> Result<Vec<u64>, StoreError> {
    let [first_byte, rest @ ..] = leaf_hash;
    let mut sql = select::<LeafIndex>(conn, ledger);
    sql.and("first_byte = ", i16::from(*first_byte));
    let rows = sql.all::<LeafIndex>(conn).await?;
    let of_row = |row: &Cells| -> Vec<u64> {
        let fits = |cell: &&[u8; CELL]| cell.iter().skip(2).eq(rest.iter().take(PREFIX));
        let cells = row.cells.as_chunks::<CELL>().0;
        cells.iter().filter(fits).map(|[high, low, ..]| seq_of(row, *high, *low)).collect()
    };
    Ok(rows.iter().flat_map(of_row).collect())
}

fn seq_of(row: &Cells, high: u8, low: u8) -> u64 {
    row.first_seq.saturating_add(u16::from_be_bytes([high, low]).into())
}

/// What an index of leaf hashes holds, in a few bytes: equal sums of equal indexes. Finds mistakes and
/// damage; it is no proof against somebody who aims at equal sums, which could only hide an entry from
/// a look-up by hash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeafIndexSum {
    complete: (u64, u64),
    run: (u64, u64),
}

impl LeafIndexSum {
    /// The next entry of the ledger.
    pub fn push(&mut self, seq: u64, leaf_hash: &[u8; 32]) {
        let [first_byte, rest @ ..] = leaf_hash;
        self.run = added(self.run, seq, *first_byte, rest.iter().take(PREFIX));
        if seq % RUN == RUN.saturating_sub(1) {
            let (count, sum) = std::mem::take(&mut self.run);
            self.complete = (self.complete.0.saturating_add(count), self.complete.1.wrapping_add(sum));
        }
    }

    /// Does the index of this ledger hold just the runs that were completed so far?
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] and trouble of the database.
    pub async fn is_stored(&self, conn: &impl Conn, ledger: &LedgerId) -> Result<bool, StoreError> {
        let mut stored = (0, 0);
        for first_byte in 0..=u8::MAX {
            let mut sql = select::<LeafIndex>(conn, ledger);
            sql.and("first_byte = ", i16::from(first_byte));
            for row in sql.all::<LeafIndex>(conn).await? {
                for cell in row.cells.as_chunks::<CELL>().0 {
                    let [high, low, prefix @ ..] = cell;
                    stored = added(stored, seq_of(&row, *high, *low), row.first_byte, prefix.iter());
                }
            }
        }
        Ok(stored == self.complete)
    }
}

fn added<'a>((count, sum): (u64, u64), seq: u64, first: u8, rest: impl Iterator<Item = &'a u8>) -> (u64, u64) {
    let mut hasher = DefaultHasher::new();
    (seq, first).hash(&mut hasher);
    rest.for_each(|byte| byte.hash(&mut hasher));
    (count.saturating_add(1), sum.wrapping_add(hasher.finish()))
}
