//! What is checked before a ledger accepts writes: the head against the entries, and the database
//! against the checkpoint kept outside it, so that a truncated or exchanged database is found at
//! the door. A ledger that is not too large is checked whole, as `verify` does.

use ledger::finding::Verdict;
use ledger::{Checkpoint, Frontier, Hash, Note};
use store::Head;

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
/// [`AppError::Corrupt`] says what does not fit; others when it could not be read.
pub(crate) async fn check(app: &App, ledger: &Ledger, head: &Head) -> Result<(), AppError> {
    let read = app.store.read();
    let id = ledger.id();
    let kept_note = app.effects.kept_checkpoint(id)?;
    let kept = kept_note.as_deref().map(parse).transpose()?;
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
    if head.size <= WHOLE_MAX { whole(app, ledger, kept_note).await } else { tail(app, ledger, head.size).await }
}

/// The whole check. Where another server writes meanwhile, tables and entries are read at different
/// moments; a difference counts only when the ledger stood still.
async fn whole(app: &App, ledger: &Ledger, kept: Option<String>) -> Result<(), AppError> {
    loop {
        let before = store::head_load(&app.store.read(), ledger.id()).await?;
        let since = kept.iter().cloned().collect();
        let options = verify::Options { since, key: None, vault: None };
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
