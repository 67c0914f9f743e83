//! Pages of entries, read from the database and hashed and decoded on all cores ahead of whoever
//! follows them in order. Never more than a few pages are in memory.

use kernel::LedgerId;
use ledger::Prepared;
use store::{EntryRow, Store};
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::error::AppError;

/// Entries of a page.
const PAGE: u64 = 1024;
/// Pages read and not yet taken, beside those in work.
const AHEAD: usize = 4;

/// An entry as it was read.
pub(super) struct Piece {
    /// Number of its row.
    pub seq: u64,
    /// The leaf hash stored beside it.
    pub stored_leaf: [u8; 32],
    /// Do its columns say what its bytes say?
    pub columns_fit: bool,
    /// The contract's entry before it, as its row has it.
    pub contract_before: Option<u64>,
    /// Its bytes, hashed and decoded.
    pub prepared: Prepared,
}

impl Piece {
    fn of(row: &EntryRow) -> Piece {
        let prepared = Prepared::of(&row.bytes);
        let columns_fit = prepared.entry().is_some_and(|entry| {
            let header = &entry.header;
            row.seq == header.seq
                && row.leaf_hash == *prepared.leaf().as_bytes()
                && row.entry_type == entry.body.entry_type().as_str()
                && row.institution == header.institution.map(|link| (link.institution, link.seq))
                && row.contract == entry.body.contract()
                && row.recorded_at == header.recorded_at
                && row.effective_on == header.effective_on
        });
        Piece { seq: row.seq, stored_leaf: row.leaf_hash, columns_fit, contract_before: row.contract_before, prepared }
    }
}

/// Entries in order.
pub(super) type Page = Vec<Piece>;

/// Pages under way.
pub(super) struct Pages(mpsc::Receiver<Result<JoinHandle<Page>, AppError>>);

impl Pages {
    /// The entries of a ledger from number `next` to before `size`.
    pub fn read(store: &Store, id: &LedgerId, mut next: u64, size: u64) -> Pages {
        let (pages, taken) = mpsc::channel(AHEAD);
        let (store, id) = (store.clone(), id.clone());
        tokio::spawn(async move {
            while next < size {
                let limit = u32::try_from(PAGE.min(size - next)).unwrap_or(u32::MAX);
                let page = match store::entries_range(&store.read(), &id, next, limit).await {
                    Ok(rows) => {
                        let Some(last) = rows.last() else { return };
                        // A page that begins far behind is cut at the size all the same.
                        let beyond = last.seq >= size;
                        next = last.seq.saturating_add(1);
                        let rows: Vec<EntryRow> =
                            if beyond { rows.into_iter().filter(|row| row.seq < size).collect() } else { rows };
                        Ok(spawn_blocking(move || rows.iter().map(Piece::of).collect()))
                    }
                    Err(error) => {
                        next = size;
                        Err(error.into())
                    }
                };
                // Nobody waits any more.
                if pages.send(page).await.is_err() {
                    return;
                }
            }
        });
        Pages(taken)
    }

    /// The next page; none after the last.
    ///
    /// # Errors
    /// Of the database.
    pub async fn next(&mut self) -> Result<Option<Page>, AppError> {
        match self.0.recv().await {
            Some(page) => Ok(Some(page?.await.map_err(|_| AppError::Stopping)?)),
            None => Ok(None),
        }
    }
}
