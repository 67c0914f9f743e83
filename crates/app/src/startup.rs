//! What is checked before a ledger accepts writes: the head against the entries, and the database
//! against the checkpoint kept outside it, so that a truncated or exchanged database is found at
//! the door: with one that does not continue what was signed nothing is served. A ledger that is not
//! too large is checked whole, as `verify` does.

use ledger::finding::Verdict;
use ledger::{Checkpoint, Frontier, Hash, Note};

use crate::error::AppError;
use crate::ledgers::{App, Ledger};
use crate::refusal::Corrupt;
use crate::verify;

/// Largest ledger that is checked whole at every start: about a second's work. Larger ones are
/// checked whole by `tutela verify`.
const WHOLE_MAX: u64 = 100_000;
/// Entries at the end of the ledger whose bytes are hashed again at every start.
const TAIL: u32 = 2048;
/// Leaf hashes read at once.
const PAGE: u64 = 65_536;

/// Checks a ledger at start.
///
/// # Errors
/// [`AppError::RolledBack`] when the database does not continue the kept checkpoint,
/// [`AppError::Corrupt`] says what else does not fit; others when it could not be read.
pub(crate) async fn check(app: &App, ledger: &Ledger) -> Result<(), AppError> {
    let read = app.store.read();
    let id = ledger.id();
    // In this order: another server may write meanwhile, and keep a checkpoint beside ours.
    let kept_note = app.effects.kept_checkpoint(id)?;
    let kept = kept_note.as_deref().map(parse).transpose()?;
    let head = store::head_load(&read, id).await?.ok_or(Corrupt { what: "ledger without head" })?;
    let rolled_back = |kept| AppError::RolledBack { ledger: id.clone(), kept, size: head.size };
    if let Some(kept) = kept.as_ref().filter(|kept| kept.size > head.size) {
        return Err(rolled_back(kept.size));
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
                return Err(rolled_back(kept.size));
            }
        }
    }
    if crate::writer::frontier_rows(&frontier) != head.frontier || *last.as_bytes() != head.last_leaf {
        return Err(Corrupt { what: "head and entries differ" }.into());
    }
    if store::entry_by_seq(&read, id, head.size).await?.is_some() {
        return Err(Corrupt { what: "entries beyond the head" }.into());
    }
    if head.size <= WHOLE_MAX { whole(app, ledger, kept_note).await } else { tail(app, ledger, head.size).await }
}

/// The whole check. Where another server writes meanwhile, tables and entries are read at different
/// moments; a difference counts only when the ledger stood still.
async fn whole(app: &App, ledger: &Ledger, kept: Option<String>) -> Result<(), AppError> {
    loop {
        let before = store::head_load(&app.store.read(), ledger.id()).await?;
        let since = kept.iter().cloned().collect();
        let options = verify::Options { since, ..verify::Options::default() };
        let report = verify::verify(&app.store, ledger.id(), options, |_, _| ()).await?;
        let Verdict::DoesNotHold(finding) = report.verdict() else { return Ok(()) };
        if store::head_load(&app.store.read(), ledger.id()).await? == before {
            tracing::error!(ledger = %ledger.id(), finding = %finding.describe().en, "the ledger does not hold");
            return Err(Corrupt { what: "the ledger does not hold; run `tutela verify`" }.into());
        }
    }
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
