//! One transaction of the writer: load what is not in memory, decide each command in order over the
//! working set, append, move the head from exactly where it was, save, commit.

use std::collections::BTreeMap;

use ledger::{Actor, ActorRole, EntryType, Hash};
use serde_json::Value;
use store::{Answer as Remembered, Constraint, StoreError, Tx};

use super::append::Appended;
use super::memory::Memory;
use super::{EntryRef, Job, LedgerCore, Outcome, load, save};
use crate::context::Context;
use crate::error::AppError;
use crate::refusal::{Corrupt, Refusal, Stop};
use crate::rulebook::DatedPolicy;
use crate::working_set::{Wanted, WorkingSet};

/// A committed batch.
pub(super) struct Done {
    /// Answers, in the order of the jobs.
    pub answers: Vec<Result<Outcome, AppError>>,
    /// The ledger's size, if it grew.
    pub size: Option<u64>,
}

/// Why nothing was committed.
pub(super) enum Failure {
    /// One job cannot be recorded; try the others without it.
    Job {
        /// Which.
        index: usize,
        /// Why.
        error: AppError,
    },
    /// What was taken for granted is not so: do it again, reading everything.
    Careful,
    /// Contention or a lost connection.
    Retry(AppError),
    /// Stored state that cannot be.
    Corrupt(Corrupt),
    /// Anything else.
    Other(AppError),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        if error.is_retryable() {
            Failure::Retry(error.into())
        } else if let StoreError::Constraint(
            Constraint::IdempotencyKey
            | Constraint::PaymentReference
            | Constraint::PaymentReferenceHash
            | Constraint::EntrySeq,
        ) = error
        {
            // Met only where no look was taken whether it is there.
            Failure::Careful
        } else if let StoreError::Corrupt { what, .. } = error {
            Failure::Corrupt(Corrupt { what })
        } else {
            Failure::Other(error.into())
        }
    }
}

impl From<Corrupt> for Failure {
    fn from(corrupt: Corrupt) -> Failure {
        Failure::Corrupt(corrupt)
    }
}

/// The actor of an entry.
fn actor(job: &Job) -> Actor {
    use access::RoleKind as K;
    job.principal.as_ref().map_or(Actor::System, |principal| Actor::User {
        role: match principal.role.kind() {
            K::Regulator => ActorRole::Regulator,
            K::Institution => ActorRole::Institution,
            K::Guardian => ActorRole::Guardian,
            K::Bank => ActorRole::Bank,
            K::Auditor => ActorRole::Auditor,
            K::Admin => ActorRole::Admin,
        },
        user: principal.user,
    })
}

/// How a job ends before its entries are numbered.
enum Verdict {
    /// The key is known: the answer of then.
    Known(Remembered),
    /// An answer now.
    Now(Result<Outcome, AppError>),
}

/// Commits a batch. With a memory that holds the head nothing is read that is in it, and keys and bank
/// references are taken to be new: the constraints of the database and the head's compare-and-swap
/// say when that was wrong ([`Failure::Careful`]), and without a memory everything is read.
pub(super) async fn commit(core: &LedgerCore, memory: &mut Memory, jobs: &[Job]) -> Result<Done, Failure> {
    let tx = core.store.begin_batch().await?;
    let before = memory.take();
    match commit_in(core, before, jobs, &tx).await {
        Ok(batch) => {
            if batch.writes {
                tx.commit().await?
            } else {
                tx.rollback().await?
            }
            *memory = batch.memory;
            Ok(batch.done)
        }
        Err(failure) => {
            // The failure is what matters; a rollback that fails ends with the connection.
            let _ = tx.rollback().await;
            Err(failure)
        }
    }
}

/// What a batch came to, before it is committed.
struct Batch {
    done: Done,
    /// Is there anything to commit?
    writes: bool,
    /// What holds once it is committed.
    memory: Memory,
}

async fn commit_in(core: &LedgerCore, memory: Memory, jobs: &[Job], tx: &Tx) -> Result<Batch, Failure> {
    let mut wanted = Wanted::default();
    jobs.iter().for_each(|job| job.verb.wants(&mut wanted));
    // Rows that change without the head moving are read under its lock.
    let (careful, mut remembered, head, mut state) = match memory.known() {
        Some((head, state)) if !wanted.beside_the_ledger() => (false, BTreeMap::new(), head, state),
        _ => {
            let head = store::head_lock(tx, &core.id).await?.ok_or(Corrupt { what: "ledger without head" })?;
            (true, remembered(core, jobs, tx).await?, head, WorkingSet::default())
        }
    };
    // What another server adopted before this batch holds for it.
    core.policies.refresh(tx).await.map_err(|error| match error {
        AppError::Store(error) => Failure::from(error),
        error => Failure::Other(error),
    })?;
    if careful {
        wanted = Wanted::default();
        let new = |job: &&Job| job.key.as_ref().is_none_or(|key| !remembered.contains_key(&key.stored));
        jobs.iter().filter(new).for_each(|job| job.verb.wants(&mut wanted));
    }
    load::working_set(tx, core, wanted, &mut state, careful).await?;
    if !careful && !state.drafts.rows().is_empty() {
        return Err(Failure::Careful);
    }
    let mut appended = Appended::after(&head)?;
    let mut verdicts = Vec::with_capacity(jobs.len());
    for (index, job) in jobs.iter().enumerate() {
        let fail = |error| Failure::Job { index, error };
        if let Some(key) = &job.key
            && let Some(known) = remembered.get(&key.stored)
        {
            verdicts.push(Verdict::Known(known.clone()));
            continue;
        }
        let dated = core.policies.on(core.region, job.now.day()).map_err(|error| fail(error.into()))?;
        let verdict = decide(core, job, &dated, &mut state, &mut appended).map_err(|error| match error {
            AppError::Corrupt(corrupt) if appended.untouched_by_failure() => Failure::Corrupt(corrupt),
            error => fail(error),
        })?;
        // A refusal may be another one, or none, once everything is looked at; a dry run writes nothing
        // that could meet what is there.
        if !careful && (verdict.is_err() || job.dry_run) {
            return Err(Failure::Careful);
        }
        if let (Err(AppError::Refused { refusal, .. }), false) = (&verdict, job.dry_run) {
            appended.refuse(job, refusal);
        }
        if let (Some(key), false) = (&job.key, job.dry_run)
            && let Some(row) = to_remember(key, job, &verdict)
        {
            appended.keys.push(row.clone());
            remembered.insert(key.stored.clone(), row);
        }
        verdicts.push(Verdict::Now(verdict));
    }

    appended.close();
    let grew = !appended.entries.is_empty();
    let writes = grew || !appended.keys.is_empty() || !appended.side.is_empty() || appended.drafts_changed;
    let writes = writes || !appended.refused.is_empty();
    if writes {
        // First of all, so that another server's batch is met before anything is written.
        if grew && !store::head_advance(tx, &appended.head, head.mark()).await? {
            return Err(Failure::Retry(AppError::Busy));
        }
        save::all(tx, core, &state, &appended, head.size).await?;
    }
    let mut answers = Vec::with_capacity(jobs.len());
    for (job, verdict) in jobs.iter().zip(verdicts) {
        answers.push(match verdict {
            Verdict::Now(answer) => answer,
            Verdict::Known(known) => replay(core, tx, job, &known, &appended).await?,
        });
    }
    let done = Done { answers, size: grew.then_some(appended.head.size) };
    Ok(Batch { done, writes, memory: Memory::after(appended.head, state) })
}

async fn remembered(core: &LedgerCore, jobs: &[Job], tx: &Tx) -> Result<BTreeMap<String, Remembered>, Failure> {
    let keys: Vec<&str> = jobs.iter().filter_map(|job| Some(job.key.as_ref()?.stored.as_str())).collect();
    let rows = store::idempotency_load(tx, &core.id, &keys).await?;
    Ok(rows.into_iter().map(|row| (row.key.clone(), row)).collect())
}

/// Decides one job and, where it succeeds, appends its entries. An error of this function is a
/// fault of ours; a refusal is an answer.
pub(super) fn decide(
    core: &LedgerCore,
    job: &Job,
    dated: &DatedPolicy,
    state: &mut WorkingSet,
    appended: &mut Appended,
) -> Result<Result<Outcome, AppError>, AppError> {
    let context = Context {
        ledger: &core.id,
        region: core.region,
        principal: job.principal.as_ref(),
        now: job.now,
        today: job.now.day(),
        policy: &dated.policy,
        calendar: &core.calendar,
    };
    let decision = match job.verb.decide(state, &context) {
        Ok(decision) => decision,
        Err(Stop::Denied(denied)) => return Ok(Err(denied.into())),
        Err(Stop::Refused(refusal)) => return Ok(Err(AppError::refused(refusal))),
        Err(Stop::Corrupt(corrupt)) => return Err(corrupt.into()),
    };
    // Everything is checked; from here on nothing may be refused.
    let (status, answer) = (decision.status, decision.answer.clone());
    let entries = if job.dry_run {
        Vec::new()
    } else {
        appended.append(core, state, decision, actor(job), dated.hash, job.now)?
    };
    Ok(Ok(Outcome { status, answer, entries, replayed: false }))
}

/// What is kept under the key: the answer, or a refusal for the state. Rights may change, so a
/// denial is not kept.
pub(super) fn to_remember(
    key: &crate::idempotency::Key,
    job: &Job,
    verdict: &Result<Outcome, AppError>,
) -> Option<Remembered> {
    let actor = job.principal.as_ref().map_or_else(|| "system".to_owned(), access::Principal::actor);
    let row = |status, body: Value, first_seq, entry_count| Remembered {
        key: key.stored.clone(),
        actor,
        fingerprint: key.fingerprint.to_text(),
        status,
        body: body.to_string(),
        first_seq,
        entry_count,
    };
    match verdict {
        Ok(outcome) => Some(row(
            outcome.status,
            outcome.answer.clone(),
            outcome.entries.first().map(|entry| entry.seq),
            u32::try_from(outcome.entries.len()).unwrap_or(u32::MAX),
        )),
        Err(AppError::Refused { refusal, .. }) => {
            Some(row(REFUSED, serde_json::to_value(refusal).unwrap_or(Value::Null), None, 0))
        }
        Err(_) => None,
    }
}

/// Status under which a refusal is kept; how it is shown is the front door's business.
const REFUSED: u16 = 422;

/// The answer that was given under this key, if the question is the same.
async fn replay(
    core: &LedgerCore,
    tx: &Tx,
    job: &Job,
    known: &Remembered,
    appended: &Appended,
) -> Result<Result<Outcome, AppError>, Failure> {
    let Some(key) = &job.key else { return Err(Corrupt { what: "replay without key" }.into()) };
    if let Some(field) = key.fingerprint.differs_from(&known.fingerprint) {
        return Ok(Err(AppError::KeyReused { field }));
    }
    let unreadable = || Corrupt { what: "remembered answer" };
    if known.status == REFUSED {
        let refusal: Refusal = serde_json::from_str(&known.body).map_err(|_| unreadable())?;
        return Ok(Err(AppError::Refused { refusal, replayed: true }));
    }
    let answer = serde_json::from_str(&known.body).map_err(|_| unreadable())?;
    let mut entries = Vec::new();
    if let Some(first) = known.first_seq {
        let count = known.entry_count;
        let rows = match appended.entries_from(first, u64::from(count)) {
            Some(rows) => rows,
            None => store::entries_range(tx, &core.id, first, count).await?,
        };
        for row in rows {
            let entry_type: EntryType = row.entry_type.parse().map_err(|_| Corrupt { what: "entry type" })?;
            entries.push(EntryRef { seq: row.seq, entry_type: entry_type.as_str(), leaf: Hash::new(row.leaf_hash) });
        }
    }
    Ok(Ok(Outcome { status: known.status, answer, entries, replayed: true }))
}
