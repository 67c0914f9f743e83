//! The one writer of a ledger. Commands wait in a queue; whatever waits is taken at once (no timer:
//! an idle writer commits at once) and committed together; what comes while a batch is written is
//! decided ahead. See docs/adr/0005 and 0015.

mod ahead;
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
use tokio::task::{JoinError, JoinHandle};

use crate::context::Verb;
use crate::effects::Effects;
use crate::error::AppError;
use crate::idempotency::Key;
use crate::rulebook::Rulebook;
use ahead::{Decided, Pending, Written};
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

/// The writer's task.
struct Run {
    core: Arc<LedgerCore>,
    committed: watch::Sender<u64>,
    memory: Memory,
    /// Being written.
    flight: Option<JoinHandle<Written>>,
    /// Decided on it, to be written next.
    pending: Option<Pending>,
    /// Commands that wait until nothing is in the air.
    waiting: Vec<Job>,
}

async fn run(core: Arc<LedgerCore>, mut jobs: mpsc::Receiver<Job>, committed: watch::Sender<u64>) {
    let mut run = Run { core, committed, memory: Memory::default(), flight: None, pending: None, waiting: Vec::new() };
    let mut batch = Vec::with_capacity(BATCH_MAX);
    let mut open = true;
    while open || run.flight.is_some() {
        let room = BATCH_MAX.saturating_sub(run.pending.as_ref().map_or(0, Pending::len));
        tokio::select! {
            biased;
            written = landed(&mut run.flight) => run.land(written).await,
            count = jobs.recv_many(&mut batch, room), if open && room > 0 && run.waiting.is_empty() => {
                open = count > 0;
                if run.flight.is_none() {
                    // Give callers that were just answered a chance to send again before the batch closes.
                    tokio::task::yield_now().await;
                }
                while batch.len() < room && let Ok(job) = jobs.try_recv() {
                    batch.push(job);
                }
                run.take(std::mem::take(&mut batch));
            }
        }
        run.next().await;
    }
}

/// The end of what is being written; never, where nothing is.
async fn landed(flight: &mut Option<JoinHandle<Written>>) -> Result<Written, JoinError> {
    match flight {
        Some(handle) => handle.await,
        None => std::future::pending().await,
    }
}

impl Run {
    /// Decides new commands ahead, as far as that goes; the rest waits, in order.
    fn take(&mut self, jobs: Vec<Job>) {
        let mut jobs = jobs.into_iter();
        if self.pending.is_none() && self.waiting.is_empty() && !self.core.is_stopped() {
            match Pending::on(&self.core, &mut self.memory) {
                Ok(pending) => self.pending = pending,
                Err(corrupt) => self.core.stop(&corrupt),
            }
        }
        if let Some(pending) = &mut self.pending {
            for job in jobs.by_ref() {
                match pending.decide(&self.core, job) {
                    Decided::Here => {}
                    Decided::Waits(job) => {
                        self.waiting.push(job);
                        break;
                    }
                    Decided::Spoils(job) => {
                        self.waiting.extend(self.pending.take().map(Pending::into_jobs).unwrap_or_default());
                        self.waiting.push(job);
                        break;
                    }
                }
            }
        }
        self.waiting.extend(jobs);
    }

    /// What was being written is written, or not.
    async fn land(&mut self, written: Result<Written, JoinError>) {
        self.flight = None;
        let written = match written {
            Ok(written) => written,
            Err(error) => return self.core.stop(&error),
        };
        match written.outcomes {
            Ok(outcomes) => {
                self.committed.send_replace(written.size);
                for (job, outcome) in written.jobs.into_iter().zip(outcomes) {
                    // A caller that went away has its effect all the same, and its key to ask again.
                    let _ = job.reply.send(Ok(outcome));
                }
            }
            Err(failure) => {
                // What was decided on it was decided on nothing.
                let decided = self.pending.take().map(Pending::into_jobs).unwrap_or_default();
                self.memory = Memory::default();
                commit_all(&self.core, &mut self.memory, written.jobs, &self.committed, Some(failure)).await;
                self.waiting.splice(0..0, decided);
            }
        }
    }

    /// Writes what is decided, then does what waits, once nothing is being written.
    async fn next(&mut self) {
        if self.flight.is_some() {
            return;
        }
        if self.core.is_stopped() {
            let decided = self.pending.take().map(Pending::into_jobs).unwrap_or_default();
            self.waiting.splice(0..0, decided);
        }
        match self.pending.take() {
            Some(pending) if pending.len() > 0 => self.flight = Some(pending.write(&self.core, &mut self.memory)),
            idle => {
                if let Some(pending) = idle {
                    self.memory = pending.into_memory();
                }
                let waiting = std::mem::take(&mut self.waiting);
                commit_all(&self.core, &mut self.memory, waiting, &self.committed, None).await;
            }
        }
    }
}

/// Commits a batch, trying again whole where the database says so; a command that breaks the fold
/// is answered alone and the others go on. `failed`: why it was not committed before.
async fn commit_all(
    core: &LedgerCore,
    memory: &mut Memory,
    mut jobs: Vec<Job>,
    committed: &watch::Sender<u64>,
    mut failed: Option<batch::Failure>,
) {
    let (mut tries, mut careful) = (0, false);
    while !jobs.is_empty() {
        if core.is_stopped() {
            return reply_all(jobs, || AppError::NotAccepting);
        }
        let done = match failed.take() {
            Some(failure) => Err(failure),
            None => batch::commit(core, memory, &jobs).await,
        };
        match done {
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
