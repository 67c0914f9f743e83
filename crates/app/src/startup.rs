//! What is checked before a ledger accepts writes: the head against the entries, and the database
//! against the checkpoint kept outside it, so that a truncated or exchanged database is found at
//! the door: with one that does not continue what was signed nothing is served. A ledger that is not
//! too large is checked whole, as `verify` does; of a larger one the tree and the end, and its leaf
//! hashes while it serves.

use std::sync::Arc;
use std::time::Duration;

use ledger::finding::Verdict;
use ledger::{Checkpoint, Frontier, Hash, Node, Note};

use crate::error::AppError;
use crate::ledgers::{App, Ledger};
use crate::refusal::Corrupt;
use crate::tiles::Tiles;
use crate::verify;
use crate::writer::LedgerCore;

/// How much of a ledger is checked before it serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StartChecks {
    /// Largest ledger that is checked whole: about a second's work. Larger ones are checked whole by
    /// `tutela verify`.
    pub whole_max: u64,
    /// Entries at the end of a larger one whose bytes are hashed again.
    pub tail: u32,
}

impl Default for StartChecks {
    fn default() -> StartChecks {
        StartChecks { whole_max: 100_000, tail: 2_048 }
    }
}

/// How often leaf hashes are asked for of a database that does not answer: four minutes in all.
const TRIES_MAX: u32 = 8;
/// Leaf hashes read at once.
const PAGE: u64 = 65_536;

/// Checks a ledger at start. What is left to do of a large one comes back, to be done while it serves.
///
/// # Errors
/// [`AppError::RolledBack`] when the database does not continue the kept checkpoint,
/// [`AppError::Corrupt`] says what else does not fit; others when it could not be read.
pub(crate) async fn check(app: &App, ledger: &Ledger, checks: StartChecks) -> Result<Option<Leaves>, AppError> {
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
    let mut tiles = Tiles::of(read, id, head.size);
    if let Some(kept) = &kept
        && tiles.frontier(kept.size).await?.root() != kept.root
    {
        return Err(rolled_back(kept.size));
    }
    let frontier = tiles.frontier(head.size).await?;
    let last = match head.size.checked_sub(1) {
        Some(index) => tiles.node(Node { level: 0, index }).await?,
        None => Hash::ZERO,
    };
    if crate::writer::frontier_rows(&frontier) != head.frontier || *last.as_bytes() != head.last_leaf {
        return Err(Corrupt { what: "head and entries differ" }.into());
    }
    if store::entry_by_seq(&read, id, head.size).await?.is_some() {
        return Err(Corrupt { what: "entries beyond the head" }.into());
    }
    if head.size <= checks.whole_max {
        whole(app, ledger, kept_note).await?;
        return Ok(None);
    }
    tail(app, ledger, head.size, checks.tail).await?;
    Ok(Some(Leaves { core: Arc::clone(ledger.core()), frontier }))
}

/// All leaf hashes of a large ledger, which take longer than a start may, are held against the tree that
/// was checked at start while the ledger serves already.
pub(crate) struct Leaves {
    core: Arc<LedgerCore>,
    frontier: Frontier,
}

impl Leaves {
    /// Checks them; the ledger stops taking writes where they do not fit. A database that does not answer
    /// is asked again: that says nothing about what it holds. One that stays away stops it too.
    pub async fn check(self) {
        for tries in 0..TRIES_MAX {
            match self.try_check().await {
                Ok(()) => return,
                Err(AppError::Store(error)) if !matches!(error, store::StoreError::Corrupt { .. }) => {
                    tracing::warn!(ledger = %self.core.id, %error, "leaf hashes could not be read, trying again");
                    tokio::time::sleep(Duration::from_secs(1 << tries)).await;
                }
                Err(error) => return self.core.stop(&error),
            }
        }
        self.core.stop(&Corrupt { what: "leaf hashes that cannot be read" });
    }

    async fn try_check(&self) -> Result<(), AppError> {
        let mut frontier = Frontier::new();
        while frontier.size() < self.frontier.size() {
            let to = (frontier.size() + PAGE).min(self.frontier.size());
            let leaves = store::leaf_hashes(&self.core.store.read(), &self.core.id, frontier.size(), to).await?;
            leaves.into_iter().for_each(|leaf| frontier.push(Hash::new(leaf)));
        }
        if frontier.root() == self.frontier.root() {
            Ok(())
        } else {
            Err(Corrupt { what: "leaf hashes and tree differ; run `tutela verify`" }.into())
        }
    }
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

async fn tail(app: &App, ledger: &Ledger, size: u64, tail: u32) -> Result<(), AppError> {
    let read = app.store.read();
    let from = size.saturating_sub(u64::from(tail));
    let rows = store::entries_range(&read, ledger.id(), from, tail).await?;
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
