//! Deciding ahead: while a batch is being written, the commands that came meanwhile are decided on
//! what will hold once it is. Only commands that need nothing but what the writer remembers, and only
//! successes; everything else waits for a quiet moment and is decided in its transaction. When a batch
//! cannot be written, whatever was decided on it is decided again.

use std::collections::BTreeSet;
use std::sync::Arc;

use store::{Engine, HeadMark};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::JoinHandle;

use super::append::Appended;
use super::batch::{Failure, decide, to_remember};
use super::memory::Memory;
use super::{Job, LedgerCore, Outcome, save};
use crate::error::AppError;
use crate::refusal::Corrupt;
use crate::working_set::{Wanted, WorkingSet};

/// Commands that are decided and wait to be written.
pub(super) struct Pending {
    jobs: Vec<Job>,
    outcomes: Vec<Outcome>,
    /// Where the ledger ends before them.
    before: HeadMark,
    appended: Appended,
    state: WorkingSet,
    wanted: Wanted,
    /// Adoptions of policies that they were decided by.
    edition: u64,
}

/// Commands that are being written: they come back with the reason when they could not be.
pub(super) struct Written {
    pub jobs: Vec<Job>,
    pub outcomes: Result<Vec<Outcome>, Failure>,
    /// Entries of the ledger after them.
    pub size: u64,
}

/// What became of a command that was to be decided ahead.
pub(super) enum Decided {
    /// It is among those that wait to be written.
    Here,
    /// It has to wait.
    Waits(Job),
    /// It has to wait, and nothing that was decided before it may be used.
    Spoils(Job),
}

impl Pending {
    /// Nothing yet, on what is remembered; none when that is nothing.
    pub fn on(core: &LedgerCore, memory: &mut Memory) -> Result<Option<Pending>, Corrupt> {
        let Some((head, state)) = memory.take().known() else { return Ok(None) };
        Ok(Some(Pending {
            jobs: Vec::new(),
            outcomes: Vec::new(),
            before: head.mark(),
            appended: Appended::after(&head)?,
            state,
            wanted: Wanted::default(),
            edition: core.policies.adopted(),
        }))
    }

    /// Commands decided.
    pub fn len(&self) -> usize {
        self.jobs.len()
    }

    /// The commands, to be decided anew.
    pub fn into_jobs(self) -> Vec<Job> {
        self.jobs
    }

    /// What is remembered, when nothing was decided on it.
    pub fn into_memory(self) -> Memory {
        Memory::after(self.appended.head, self.state)
    }

    /// Decides a command after those that are here; it comes back when it has to wait.
    pub fn decide(&mut self, core: &LedgerCore, job: Job) -> Decided {
        let mut wanted = Wanted::default();
        job.verb.wants(&mut wanted);
        if job.dry_run || core.policies.adopted() != self.edition || !self.state.has_all(&wanted) {
            return Decided::Waits(job);
        }
        let Ok(dated) = core.policies.on(core.region, job.now.day()) else { return Decided::Waits(job) };
        match decide(core, &job, &dated, &mut self.state, &mut self.appended) {
            Ok(Ok(outcome)) => {
                let verdict = Ok(outcome);
                self.appended.keys.extend(job.key.as_ref().and_then(|key| to_remember(key, &job, &verdict)));
                self.outcomes.extend(verdict);
                self.wanted.references.append(&mut wanted.references);
                self.jobs.push(job);
                Decided::Here
            }
            // A refusal may be another one, or none, once everything is looked at.
            Ok(Err(_)) => Decided::Waits(job),
            // Half of it is in the state.
            Err(_) => Decided::Spoils(job),
        }
    }

    /// Begins to write them; `memory` is what will hold.
    pub fn write(mut self, core: &Arc<LedgerCore>, memory: &mut Memory) -> JoinHandle<Written> {
        self.appended.close();
        let (changed, kept) = self.state.split();
        *memory = Memory::after(self.appended.head.clone(), kept);
        let core = Arc::clone(core);
        // Writing to SQLite holds its thread: not one that others wait for, where there are others.
        let apart =
            core.store.engine() == Engine::Sqlite && Handle::current().runtime_flavor() == RuntimeFlavor::MultiThread;
        let work = async move {
            let done = transaction(&core, self.before, &self.appended, &changed, &self.wanted, self.edition).await;
            Written { jobs: self.jobs, outcomes: done.map(|()| self.outcomes), size: self.appended.head.size }
        };
        if apart {
            let runtime = Handle::current();
            tokio::task::spawn_blocking(move || runtime.block_on(work))
        } else {
            tokio::spawn(work)
        }
    }
}

async fn transaction(
    core: &LedgerCore,
    before: HeadMark,
    appended: &Appended,
    changed: &WorkingSet,
    wanted: &Wanted,
    edition: u64,
) -> Result<(), Failure> {
    let tx = core.store.begin_batch().await?;
    // First of all, so that another server's batch is met before anything is written.
    let done = async {
        if !store::head_advance(&tx, &appended.head, before).await? {
            return Err(Failure::Retry(AppError::Busy));
        }
        // What another server adopted before this batch holds for it.
        core.policies.refresh(&tx).await.map_err(|error| match error {
            AppError::Store(error) => Failure::from(error),
            error => Failure::Other(error),
        })?;
        if core.policies.adopted() != edition {
            return Err(Failure::Careful);
        }
        let institution = |contract| Some(changed.accounts.get(contract)?.terms.institution);
        let references = wanted.references.iter();
        let hashes: BTreeSet<_> =
            references.filter_map(|(contract, _, hash)| Some((institution(*contract)?, *hash))).collect();
        if !store::payments_unprinted(&tx, &core.id, &hashes).await?.is_empty() {
            return Err(Failure::Careful);
        }
        Ok(save::all(&tx, core, changed, appended, before.size).await?)
    };
    match done.await {
        Ok(()) => Ok(tx.commit().await?),
        Err(failure) => {
            // The failure is what matters; a rollback that fails ends with the connection.
            let _ = tx.rollback().await;
            Err(failure)
        }
    }
}
