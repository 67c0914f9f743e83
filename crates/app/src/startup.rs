//! What is checked before a ledger accepts writes: the head against the entries, and the database
//! against the checkpoint kept outside it, so that a truncated or exchanged database is found at
//! the door. The whole ledger is checked by `verify`.

use ledger::{Checkpoint, Frontier, Hash, Note};
use store::Head;

use crate::error::AppError;
use crate::ledgers::{App, Ledger};
use crate::refusal::Corrupt;

/// Entries at the end of the ledger whose bytes are hashed again at every start.
const TAIL: u32 = 2048;
/// Leaf hashes read at once.
const PAGE: u64 = 65_536;

/// Checks a ledger at start.
///
/// # Errors
/// [`AppError::Corrupt`] says what does not fit; others when it could not be read.
pub(crate) async fn check(app: &App, ledger: &Ledger, head: &Head) -> Result<(), AppError> {
    let read = app.store.read();
    let id = ledger.id();
    let kept = app.effects.kept_checkpoint(id)?;
    let kept = kept.map(|note| parse(&note)).transpose()?;
    if kept.as_ref().is_some_and(|kept| kept.size > head.size) {
        return Err(Corrupt { what: "the database is behind the checkpoint kept outside it" }.into());
    }
    let mut frontier = Frontier::new();
    let mut last = Hash::ZERO;
    while frontier.size() < head.size {
        let from = frontier.size();
        let leaves = store::leaf_hashes(&read, id, from, (from + PAGE).min(head.size)).await?;
        if leaves.is_empty() {
            return Err(Corrupt { what: "entries are missing" }.into());
        }
        for leaf in leaves {
            last = Hash::new(leaf);
            frontier.push(last);
            if let Some(kept) = &kept
                && kept.size == frontier.size()
                && kept.root != frontier.root()
            {
                return Err(Corrupt { what: "entries are not those of the checkpoint kept outside" }.into());
            }
        }
    }
    if crate::writer::frontier_rows(&frontier) != head.frontier || *last.as_bytes() != head.last_leaf {
        return Err(Corrupt { what: "head and entries differ" }.into());
    }
    if store::entry_by_seq(&read, id, head.size).await?.is_some() {
        return Err(Corrupt { what: "entries beyond the head" }.into());
    }
    tail(app, ledger, head.size).await
}

fn parse(note: &str) -> Result<Checkpoint, Corrupt> {
    let corrupt = Corrupt { what: "the checkpoint kept outside the database" };
    let note = Note::parse(note.as_bytes()).map_err(|_| corrupt)?;
    note.text().parse().map_err(|_| corrupt)
}

async fn tail(app: &App, ledger: &Ledger, size: u64) -> Result<(), AppError> {
    let read = app.store.read();
    let from = size.saturating_sub(u64::from(TAIL));
    let rows = store::entries_range(&read, ledger.id(), from, TAIL).await?;
    let mut before: Option<Hash> = (from == 0).then_some(Hash::ZERO);
    for (row, seq) in rows.iter().zip(from..) {
        let entry = ledger::decode(&row.bytes).map_err(|_| Corrupt { what: "bytes of an entry" })?;
        let leaf = ledger::leaf_hash(&row.bytes);
        let chained = before.is_none_or(|before| before == entry.header.prev);
        if entry.header.seq != seq || !chained || *leaf.as_bytes() != row.leaf_hash {
            return Err(Corrupt { what: "chain of entries" }.into());
        }
        before = Some(leaf);
    }
    Ok(())
}
