//! An export into a database that does not have its ledger: the same bytes, the same tree, every
//! table folded from the entries as `apply` folds them live. One transaction: all of it or nothing.

use std::io::BufRead;

use kernel::{Instant, LedgerId};
use ledger::{Body, Checkpoint, Entry, ExportError, ExportReader, Frontier, Hash, VerifierKey};
use store::{EntryRow, Head, Store, Subtree, Tx};

use super::fact;
use crate::apply::apply;
use crate::error::AppError;
use crate::working_set::WorkingSet;

/// Entries written at once.
const PAGE: usize = 1024;

/// What was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The ledger.
    pub ledger: LedgerId,
    /// Its signed checkpoint.
    pub checkpoint: Checkpoint,
    /// The same as it stands in the file.
    pub note: String,
    /// Contracts that only one party has signed: their drafts are not in an export.
    pub unfinished_contracts: u64,
    /// Entries with a commitment: what it binds is not in an export.
    pub commitments: u64,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The database has this ledger already.
    #[error("ledger {ledger} is in the database already")]
    NotEmpty {
        /// The ledger.
        ledger: LedgerId,
    },
    /// The file, read again, is not what was verified.
    #[error("the file does not hold")]
    DoesNotHold,
    /// The file cannot be read.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The database.
    #[error(transparent)]
    App(#[from] AppError),
}

impl From<store::StoreError> for ImportError {
    fn from(error: store::StoreError) -> ImportError {
        ImportError::App(error.into())
    }
}

/// Writes a verified export into the database; `key` is the log's. That its entries hold is the
/// caller's check, made with [`ledger::verify_export`]; that they are the same entries, by the root
/// that the checkpoint in the file signs, is checked here again before anything is committed.
///
/// Not in an export, and so not in the database afterwards: personal records and names, drafts,
/// documents, users, answers under idempotency keys.
///
/// # Errors
/// [`ImportError`]; the database is then as it was.
pub async fn import<R: BufRead>(
    store: &Store,
    mut reader: ExportReader<R>,
    key: &VerifierKey,
    signed_at: Instant,
    mut progress: impl FnMut(u64, u64),
) -> Result<Imported, ImportError> {
    let size = reader.size();
    let tx = store.begin().await?;
    let mut fold = Fold::default();
    let mut bytes = Vec::new();
    let mut rows = Vec::with_capacity(PAGE);
    while reader.next_entry(&mut bytes)? {
        rows.push(fold.entry(&tx, &bytes, key).await?);
        if rows.len() == PAGE {
            fold.write(&tx, &mut rows).await?;
            progress(fold.frontier.size(), size);
        }
    }
    fold.write(&tx, &mut rows).await?;
    progress(fold.frontier.size(), size);
    let note = reader.checkpoint()?;
    let Ok((checkpoint, _)) = Checkpoint::open(&note, key, &[]) else { return Err(ImportError::DoesNotHold) };
    let note = String::from_utf8(note).map_err(|_| ImportError::DoesNotHold)?;
    let Some(ledger) = fold.ledger.clone() else { return Err(ImportError::DoesNotHold) };
    if checkpoint.size != fold.frontier.size() || checkpoint.root != fold.frontier.root() {
        return Err(ImportError::DoesNotHold);
    }
    crate::writer::save_projections(&tx, &ledger, &fold.state).await?;
    store::payment_save(&tx, &ledger, &fold.state.payments.changed()).await?;
    let row = store::Checkpoint { size: checkpoint.size, signed_at, note: note.clone() };
    store::checkpoint_save(&tx, &ledger, &row).await?;
    let (opened, advanced) = fold.heads(&ledger).ok_or(ImportError::DoesNotHold)?;
    if !store::head_advance(&tx, &advanced, opened.mark()).await? {
        return Err(ImportError::NotEmpty { ledger });
    }
    tx.commit().await.map_err(AppError::from)?;
    let unfinished = fold.state.signing.keys().filter(|id| fold.state.accounts.get(**id).is_none()).count();
    Ok(Imported {
        ledger,
        checkpoint,
        note,
        unfinished_contracts: u64::try_from(unfinished).unwrap_or(u64::MAX),
        commitments: fold.commitments,
    })
}

/// The state as the entries give it.
#[derive(Default)]
struct Fold {
    ledger: Option<LedgerId>,
    /// The ledger's row as it was opened.
    opened: Option<Head>,
    state: WorkingSet,
    frontier: Frontier,
    subtrees: Vec<Subtree>,
    last_leaf: Option<Hash>,
    last_recorded_at: Option<Instant>,
    commitments: u64,
}

impl Fold {
    /// The next entry as a row.
    async fn entry(&mut self, tx: &Tx, bytes: &[u8], key: &VerifierKey) -> Result<EntryRow, ImportError> {
        let entry = ledger::decode(bytes).map_err(|_| ImportError::DoesNotHold)?;
        let leaf = ledger::leaf_hash(bytes);
        let chained =
            entry.header.seq == self.frontier.size() && entry.header.prev == self.last_leaf.unwrap_or(Hash::ZERO);
        if !chained || self.ledger.as_ref().is_some_and(|ledger| *ledger != entry.header.ledger) {
            return Err(ImportError::DoesNotHold);
        }
        if self.opened.is_none() {
            self.open(tx, &entry, key).await?;
        }
        let contract = entry.body.contract();
        let contract_before = contract.and_then(|(id, _)| Some(self.state.accounts.get(id)?.last_entry));
        apply(&mut self.state, &fact(&entry, leaf)).map_err(AppError::from)?;
        let subtrees = &mut self.subtrees;
        self.frontier.push_with(leaf, |node, hash| {
            if node.level > 0 && node.level.is_multiple_of(8) {
                subtrees.push(Subtree { level: node.level / 8, index: node.index, hash: *hash.as_bytes() });
            }
        });
        self.last_leaf = Some(leaf);
        self.last_recorded_at = Some(entry.header.recorded_at);
        self.commitments = self.commitments.saturating_add(u64::from(entry.header.commit.is_some()));
        Ok(EntryRow {
            seq: entry.header.seq,
            leaf_hash: *leaf.as_bytes(),
            entry_type: entry.body.entry_type().as_str().into(),
            institution: entry.header.institution.map(|link| (link.institution, link.seq)),
            contract,
            contract_before,
            recorded_at: entry.header.recorded_at,
            effective_on: entry.header.effective_on,
            bytes: bytes.to_vec(),
        })
    }

    /// Opens the ledger that the first entry names.
    async fn open(&mut self, tx: &Tx, entry: &Entry, key: &VerifierKey) -> Result<(), ImportError> {
        let Body::LedgerOpened(opened) = &entry.body else { return Err(ImportError::DoesNotHold) };
        let ledger = entry.header.ledger.clone();
        let head = Head {
            ledger: ledger.clone(),
            region: opened.region,
            origin: key.name().to_owned(),
            vkey: key.to_string(),
            opened_at: entry.header.recorded_at,
            size: 0,
            epoch: 0,
            frontier: Vec::new(),
            last_leaf: [0; 32],
            last_recorded_at: entry.header.recorded_at,
        };
        match store::ledger_open(tx, &head).await {
            Ok(()) => {}
            Err(store::StoreError::Constraint(_)) => return Err(ImportError::NotEmpty { ledger }),
            Err(error) => return Err(error.into()),
        }
        (self.ledger, self.opened) = (Some(ledger), Some(head));
        Ok(())
    }

    async fn write(&mut self, tx: &Tx, rows: &mut Vec<EntryRow>) -> Result<(), ImportError> {
        if let Some(ledger) = &self.ledger {
            store::entries_append(tx, ledger, rows).await?;
            let size = self.frontier.size();
            let before = size.saturating_sub(u64::try_from(rows.len()).unwrap_or(size));
            store::leaf_index_append(tx, ledger, before, size).await?;
            store::subtrees_append(tx, ledger, &self.subtrees).await?;
            store::tiles_append(tx, ledger, &self.subtrees).await?;
        }
        rows.clear();
        self.subtrees.clear();
        Ok(())
    }

    /// The ledger's row as it was opened, and as it ends.
    fn heads(&self, ledger: &LedgerId) -> Option<(Head, Head)> {
        let opened = self.opened.clone()?;
        let advanced = Head {
            ledger: ledger.clone(),
            size: self.frontier.size(),
            epoch: 1,
            frontier: crate::writer::frontier_rows(&self.frontier),
            last_leaf: *self.last_leaf?.as_bytes(),
            last_recorded_at: self.last_recorded_at?,
            ..opened.clone()
        };
        Some((opened, advanced))
    }
}

/// The ledger that an export is of, by its first entry.
///
/// # Errors
/// [`ImportError::DoesNotHold`] when the first line is no entry, [`ImportError::Export`].
pub fn ledger_of<R: BufRead>(reader: &mut ExportReader<R>) -> Result<LedgerId, ImportError> {
    let mut bytes = Vec::new();
    if !reader.next_entry(&mut bytes)? {
        return Err(ImportError::DoesNotHold);
    }
    let entry = ledger::decode(&bytes).map_err(|_| ImportError::DoesNotHold)?;
    Ok(entry.header.ledger)
}
