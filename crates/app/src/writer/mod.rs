//! The one writer of a ledger. Commands wait in a queue; whatever waits is taken at once (no timer:
//! an idle writer commits at once) and committed together. See docs/adr/0005.

mod append;
mod batch;
mod load;
mod memory;
mod save;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use access::Principal;
use kernel::{Calendar, Instant, LedgerId, RegionCode};
use ledger::Hash;
use serde_json::Value;
use store::Store;
use store::vault::Vault;
use tokio::sync::{mpsc, oneshot, watch};

use crate::context::Verb;
use crate::effects::Effects;
use crate::error::AppError;
use crate::idempotency::Key;
use crate::rulebook::Rulebook;
pub(crate) use append::frontier_rows;
pub(crate) use append::record_context;
use memory::Memory;
pub(crate) use save::projections as save_projections;

/// Most commands of one transaction.
pub const BATCH_MAX: usize = 512;
/// Most commands waiting; callers beyond wait for a place.
const QUEUE_MAX: usize = 8 * BATCH_MAX;
/// How often a batch is tried when the database says to try again.
const TRIES_MAX: u32 = 10;

/// What all parts of a running ledger share.
pub struct LedgerCore {
    /// The ledger.
    pub id: LedgerId,
    /// Its county.
    pub region: RegionCode,
    /// The database.
    pub store: Store,
    /// Seals what entries only commit to.
    pub vault: Arc<Vault>,
    /// Clock, randomness, keys.
    pub effects: Arc<dyn Effects>,
    /// The rules.
    pub policies: Arc<Rulebook>,
    /// Working days.
    pub calendar: Arc<Calendar>,
    /// Set when the ledger's integrity is in doubt; never unset while the process runs.
    stopped: AtomicBool,
}

impl LedgerCore {
    /// The shared parts of a ledger that accepts writes.
    pub fn new(
        id: LedgerId,
        region: RegionCode,
        store: Store,
        vault: Arc<Vault>,
        effects: Arc<dyn Effects>,
        policies: Arc<Rulebook>,
        calendar: Arc<Calendar>,
    ) -> LedgerCore {
        LedgerCore { id, region, store, vault, effects, policies, calendar, stopped: AtomicBool::new(false) }
    }

    /// Stops accepting writes. Reads go on.
    pub fn stop(&self, why: &dyn std::fmt::Display) {
        if !self.stopped.swap(true, Ordering::SeqCst) {
            tracing::error!(ledger = %self.id, %why, "ledger stopped: integrity in doubt");
        }
    }

    /// Does it refuse writes?
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }
}

/// An entry as answers name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRef {
    /// Number in the ledger.
    pub seq: u64,
    /// Type word.
    pub entry_type: &'static str,
    /// Leaf hash.
    pub leaf: Hash,
}

/// The answer to a command that succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// 200 or 201.
    pub status: u16,
    /// The answer's body.
    pub answer: Value,
    /// The entries it appended; empty for drafts and dry runs.
    pub entries: Vec<EntryRef>,
    /// Was this answered before, under the same key?
    pub replayed: bool,
}

/// A command on its way to the writer.
pub(crate) struct Job {
    pub verb: Box<dyn Verb>,
    pub principal: Option<Principal>,
    pub now: Instant,
    pub key: Option<Key>,
    pub dry_run: bool,
    pub reply: oneshot::Sender<Result<Outcome, AppError>>,
}

/// The way to a ledger's writer. Cheap to clone.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Job>,
    core: Arc<LedgerCore>,
}

/// One command with its circumstances.
pub struct Command {
    /// What to do.
    pub verb: Box<dyn Verb>,
    /// Who asks; none for the ledger's own clocks.
    pub principal: Option<Principal>,
    /// When the request came.
    pub now: Instant,
    /// The client's key, if it sent one.
    pub key: Option<Key>,
    /// Decide only.
    pub dry_run: bool,
}

impl Writer {
    /// Starts the writer's task. `committed` is told the ledger's size after every commit.
    pub fn start(core: Arc<LedgerCore>, committed: watch::Sender<u64>) -> Writer {
        let (queue, jobs) = mpsc::channel(QUEUE_MAX);
        tokio::spawn(run(Arc::clone(&core), jobs, committed));
        Writer { queue, core }
    }

    /// Hands a command over and waits until it is committed or refused.
    ///
    /// # Errors
    /// [`AppError`].
    pub async fn submit(&self, command: Command) -> Result<Outcome, AppError> {
        self.enqueue(command).await?.await.map_err(|_| AppError::Stopping)?
    }

    /// Hands many commands over in order; they share as few transactions as possible. Answers in
    /// the same order.
    pub async fn submit_all(&self, commands: Vec<Command>) -> Vec<Result<Outcome, AppError>> {
        let mut waiting = Vec::with_capacity(commands.len());
        for command in commands {
            waiting.push(self.enqueue(command).await);
        }
        let mut answers = Vec::with_capacity(waiting.len());
        for answer in waiting {
            answers.push(match answer {
                Ok(answer) => answer.await.unwrap_or(Err(AppError::Stopping)),
                Err(error) => Err(error),
            });
        }
        answers
    }

    async fn enqueue(&self, command: Command) -> Result<oneshot::Receiver<Result<Outcome, AppError>>, AppError> {
        if self.core.is_stopped() {
            return Err(AppError::NotAccepting);
        }
        let (reply, answer) = oneshot::channel();
        let Command { verb, principal, now, key, dry_run } = command;
        self.queue.send(Job { verb, principal, now, key, dry_run, reply }).await.map_err(|_| AppError::Stopping)?;
        Ok(answer)
    }

    /// What the ledger's parts share.
    pub fn core(&self) -> &Arc<LedgerCore> {
        &self.core
    }
}

async fn run(core: Arc<LedgerCore>, mut jobs: mpsc::Receiver<Job>, committed: watch::Sender<u64>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    let mut memory = Memory::default();
    while jobs.recv_many(&mut batch, BATCH_MAX).await > 0 {
        // Give callers that were just answered a chance to send again before the batch closes.
        tokio::task::yield_now().await;
        while batch.len() < BATCH_MAX {
            match jobs.try_recv() {
                Ok(job) => batch.push(job),
                Err(_) => break,
            }
        }
        commit_all(&core, &mut memory, std::mem::take(&mut batch), &committed).await;
    }
}

/// Commits a batch, trying again whole where the database says so; a command that breaks the fold
/// is answered alone and the others go on.
async fn commit_all(core: &LedgerCore, memory: &mut Memory, mut jobs: Vec<Job>, committed: &watch::Sender<u64>) {
    let (mut tries, mut careful) = (0, false);
    while !jobs.is_empty() {
        if core.is_stopped() {
            return reply_all(jobs, || AppError::NotAccepting);
        }
        match batch::commit(core, memory, &jobs).await {
            Ok(done) => {
                if let Some(size) = done.size {
                    committed.send_replace(size);
                }
                for (job, answer) in jobs.into_iter().zip(done.answers) {
                    // A caller that went away has its effect all the same, and its key to ask again.
                    let _ = job.reply.send(answer);
                }
                return;
            }
            Err(batch::Failure::Job { index, error }) => {
                let job = jobs.remove(index);
                tracing::error!(ledger = %core.id, %error, "a command was decided but could not be recorded");
                let _ = job.reply.send(Err(error));
            }
            // Without the memory, which the failure took, nothing is taken for granted.
            Err(batch::Failure::Careful) if !careful => careful = true,
            Err(batch::Failure::Careful) => {
                tracing::error!(ledger = %core.id, "a key that was looked up and not found is there");
                return reply_all(jobs, || AppError::Busy);
            }
            Err(batch::Failure::Retry(error)) => {
                tries += 1;
                if tries >= TRIES_MAX {
                    tracing::warn!(ledger = %core.id, %error, "batch given up");
                    return reply_all(jobs, || AppError::Busy);
                }
                tokio::time::sleep(Duration::from_millis(1 << tries.min(7))).await;
            }
            Err(batch::Failure::Corrupt(corrupt)) => core.stop(&corrupt),
            Err(batch::Failure::Other(error)) => {
                tracing::error!(ledger = %core.id, %error, "batch failed");
                return reply_all(jobs, || AppError::Busy);
            }
        }
    }
}

fn reply_all(jobs: Vec<Job>, error: impl Fn() -> AppError) {
    for job in jobs {
        let _ = job.reply.send(Err(error()));
    }
}
