//! Signs checkpoints, after commit and at most a second later. Before signing, what was written is
//! read back and hashed: a signed root must never name bytes that the database does not hold.

use std::sync::Arc;
use std::time::Duration;

use kernel::Instant;
use ledger::{Checkpoint, Frontier, Hash, LogKey};
use tokio::sync::watch;

use crate::error::AppError;
use crate::refusal::Corrupt;
use crate::writer::LedgerCore;

/// Longest time between a commit and the checkpoint that covers it.
const EVERY: Duration = Duration::from_secs(1);
/// How often an idle server looks whether another one wrote.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Entries read back at once.
const PAGE: u64 = 1024;

/// A signed checkpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signed {
    /// Entries covered.
    pub size: u64,
    /// The signed note.
    pub note: Arc<str>,
}

/// The latest signed checkpoint, and a way to wait for a later one.
#[derive(Clone)]
pub struct Checkpoints {
    latest: watch::Receiver<Signed>,
    hurry: Arc<tokio::sync::Notify>,
}

impl Checkpoints {
    /// The latest; none before the first.
    pub fn latest(&self) -> Option<Signed> {
        let signed = self.latest.borrow().clone();
        (signed.size > 0).then_some(signed)
    }

    /// Follows the latest.
    pub(crate) fn follow(&self) -> watch::Receiver<Signed> {
        self.latest.clone()
    }

    /// Waits until a checkpoint covers `size` entries.
    ///
    /// # Errors
    /// [`AppError::CheckpointPending`] after five seconds.
    pub async fn covering(&self, size: u64) -> Result<Signed, AppError> {
        let mut latest = self.latest.clone();
        self.hurry.notify_one();
        let waiting = latest.wait_for(|signed| signed.size >= size);
        match tokio::time::timeout(Duration::from_secs(5), waiting).await {
            Ok(Ok(signed)) => Ok(signed.clone()),
            Ok(Err(_)) | Err(_) => Err(AppError::CheckpointPending),
        }
    }
}

struct Checkpointer {
    core: Arc<LedgerCore>,
    /// None: the ledger takes no writes here, and nothing is signed.
    key: Option<LogKey>,
    origin: String,
    frontier: Frontier,
    last_leaf: Hash,
}

/// Starts the checkpointer of a ledger; it continues from the last checkpoint that was signed.
pub(crate) async fn checkpointer(
    core: Arc<LedgerCore>,
    key: Option<LogKey>,
    sizes: watch::Receiver<u64>,
) -> Result<Checkpoints, AppError> {
    let last = store::checkpoint_last(&core.store.read(), &core.id).await?;
    let signed = last.map(|row| Signed { size: row.size, note: row.note.into() }).unwrap_or_default();
    let (publish, latest) = watch::channel(signed);
    let hurry = Arc::new(tokio::sync::Notify::new());
    let origin = core.effects.origin(&core.id);
    let task = Checkpointer { core, key, origin, frontier: Frontier::new(), last_leaf: Hash::ZERO };
    tokio::spawn(task.run(sizes, publish, Arc::clone(&hurry)));
    Ok(Checkpoints { latest, hurry })
}

impl Checkpointer {
    async fn run(
        mut self,
        mut sizes: watch::Receiver<u64>,
        publish: watch::Sender<Signed>,
        hurry: Arc<tokio::sync::Notify>,
    ) {
        let mut size = *sizes.borrow_and_update();
        loop {
            if size > publish.borrow().size && !self.core.is_stopped() {
                match self.sign(size).await {
                    Ok(signed) => {
                        publish.send_replace(signed);
                    }
                    Err(AppError::Corrupt(corrupt)) => self.core.stop(&corrupt),
                    Err(error) => {
                        tracing::warn!(ledger = %self.core.id, %error, "checkpoint not signed, trying again");
                        tokio::time::sleep(EVERY).await;
                        continue;
                    }
                }
                // Quiet for a while, unless somebody waits.
                tokio::select! {
                    () = tokio::time::sleep(EVERY) => {}
                    () = hurry.notified() => {}
                }
            }
            let now = match tokio::time::timeout(LOOK_EVERY, sizes.changed()).await {
                Ok(Ok(())) => *sizes.borrow_and_update(),
                Ok(Err(_)) => return,
                // What another server wrote is read back and signed here too: both serve the same log,
                // and either may go away.
                Err(_) => self.size_in_database().await.unwrap_or(size),
            };
            size = size.max(now);
        }
    }

    /// Entries in the database; none where it does not say.
    async fn size_in_database(&self) -> Option<u64> {
        let head = store::head_load(&self.core.store.read(), &self.core.id).await;
        head.ok().flatten().map(|head| head.size)
    }

    /// Reads back everything up to `size` that no checkpoint covers yet.
    async fn read_back(&mut self, size: u64) -> Result<(), AppError> {
        let read = self.core.store.read();
        if self.frontier.size() == 0 {
            // After a start: what is covered already was read back then; its leaf hashes suffice.
            if let Some(last) = store::checkpoint_last(&read, &self.core.id).await? {
                while self.frontier.size() < last.size.min(size) {
                    let from = self.frontier.size();
                    let to = (from + PAGE).min(last.size.min(size));
                    let leaves = store::leaf_hashes(&read, &self.core.id, from, to).await?;
                    if leaves.len() as u64 != to - from {
                        return Err(Corrupt { what: "entries are missing" }.into());
                    }
                    for leaf in leaves {
                        self.last_leaf = Hash::new(leaf);
                        self.frontier.push(self.last_leaf);
                    }
                }
            }
        }
        while self.frontier.size() < size {
            let from = self.frontier.size();
            let limit = u32::try_from(PAGE.min(size - from)).unwrap_or(u32::MAX);
            let rows = store::entries_written(&read, &self.core.id, from, limit).await?;
            if rows.is_empty() {
                return Err(Corrupt { what: "entries are missing" }.into());
            }
            for (stored, bytes) in rows {
                let entry = ledger::decode(&bytes).map_err(|_| Corrupt { what: "bytes of an entry" })?;
                let leaf = ledger::leaf_hash(&bytes);
                if entry.header.seq != self.frontier.size()
                    || entry.header.prev != self.last_leaf
                    || *leaf.as_bytes() != stored
                {
                    return Err(Corrupt { what: "chain of entries" }.into());
                }
                self.last_leaf = leaf;
                self.frontier.push(leaf);
            }
        }
        Ok(())
    }

    async fn sign(&mut self, size: u64) -> Result<Signed, AppError> {
        self.read_back(size).await?;
        let Some(key) = &self.key else { return Err(crate::effects::EffectError::Key.into()) };
        let size = self.frontier.size();
        let checkpoint = Checkpoint::new(&self.origin, size, self.frontier.root());
        let note: Arc<str> = key.sign_checkpoint(&checkpoint).map_err(|_| crate::effects::EffectError::Key)?.into();
        let signed_at: Instant = self.core.effects.now();
        let tx = self.core.store.begin().await?;
        let row = store::Checkpoint { size, signed_at, note: note.to_string() };
        match store::checkpoint_save(&tx, &self.core.id, &row).await {
            Ok(()) => tx.commit().await?,
            // Another server signed the same tree; both checkpoints are right.
            Err(store::StoreError::Constraint(_)) => tx.rollback().await?,
            Err(error) => return Err(error.into()),
        }
        self.core.effects.keep_checkpoint(&self.core.id, size, &note)?;
        Ok(Signed { size, note })
    }
}
