//! Leases of jobs and the record of their runs. A lease is taken by compare-and-swap: its epoch grows
//! with every holder, so that one that slept through its time changes nothing any more.

use kernel::{Day, Instant, LedgerId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::row::Row;
use crate::sql::Sql;

/// The lease of a job in a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobLease {
    /// The job.
    pub job: String,
    /// Who has it, or had it last.
    pub holder: String,
    /// Until when.
    pub leased_until: Instant,
    /// Number of the lease.
    pub epoch: u64,
    /// Last day that is done.
    pub done_through: Option<Day>,
    /// When it is due next.
    pub next_due_at: Option<Instant>,
}

/// A run of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRun {
    /// The job.
    pub job: String,
    /// Number of its lease.
    pub epoch: u64,
    /// The day that it was due for.
    pub due_on: Day,
    /// When it began.
    pub started_at: Instant,
    /// When it ended.
    pub ended_at: Instant,
    /// Did it end well?
    pub done: bool,
    /// Things it did.
    pub items: u64,
}

const LEASE: &[&str] = &["job", "holder", "leased_until", "epoch", "done_through_on", "next_due_at"];

fn lease(row: &mut Row<'_>) -> Result<JobLease, StoreError> {
    Ok(JobLease {
        job: row.get()?,
        holder: row.get()?,
        leased_until: row.instant()?,
        epoch: row.count()?,
        done_through: row.day_opt()?,
        next_due_at: row.instant_opt()?,
    })
}

/// Takes those of these jobs that are free, or were held until before `now`, for `holder` until `until`.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn jobs_lease(
    tx: &Tx,
    ledger: &LedgerId,
    jobs: &[&str],
    holder: &str,
    now: Instant,
    until: Instant,
) -> Result<Vec<JobLease>, StoreError> {
    let mut taken = Vec::new();
    let known: Vec<String> = job_leases(tx, ledger).await?.into_iter().map(|lease| lease.job).collect();
    for &job in jobs {
        if !known.iter().any(|name| name == job) {
            let mut sql = Sql::new(tx, "INSERT INTO job_lease (ledger_id, job, holder, leased_until, epoch) VALUES (");
            sql.bind(ledger.as_str()).push(", ").bind(job).push(", '', ").bind(now.micros()).push(", ").bind(0_i64);
            sql.push(") ON CONFLICT DO NOTHING");
            sql.execute(tx).await?;
        }
        let mut sql = Sql::new(tx, "UPDATE job_lease SET epoch = epoch + 1, holder = ");
        sql.bind(holder).push(", leased_until = ").bind(until.micros()).push(" WHERE ledger_id = ");
        sql.bind(ledger.as_str()).and("job = ", job).push(" AND (holder = ''");
        sql.push(" OR leased_until <= ").bind(now.micros()).push(")");
        if sql.execute(tx).await? == 1 {
            taken.push(job);
        }
    }
    let mut leases = job_leases(tx, ledger).await?;
    leases.retain(|lease| taken.contains(&lease.job.as_str()));
    Ok(leases)
}

/// Gives a lease back with what was done; nothing happens when it was taken by another meanwhile.
///
/// # Errors
/// Trouble of the database.
pub async fn job_release(tx: &Tx, ledger: &LedgerId, lease: &JobLease) -> Result<(), StoreError> {
    let mut sql = Sql::new(tx, "UPDATE job_lease SET holder = '', done_through_on = ");
    sql.bind(lease.done_through.map(|day| day.to_string())).push(", next_due_at = ");
    sql.bind(lease.next_due_at.map(Instant::micros)).push(" WHERE ledger_id = ").bind(ledger.as_str());
    let epoch = i64::try_from(lease.epoch).unwrap_or(i64::MAX);
    sql.and("job = ", lease.job.as_str()).and("holder = ", lease.holder.as_str()).and("epoch = ", epoch);
    sql.execute(tx).await?;
    Ok(())
}

/// All leases of a ledger, by job.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn job_leases(conn: &impl Conn, ledger: &LedgerId) -> Result<Vec<JobLease>, StoreError> {
    let mut sql = Sql::new(
        conn,
        "SELECT job, holder, leased_until, epoch, done_through_on, next_due_at FROM job_lease WHERE ledger_id = ",
    );
    sql.bind(ledger.as_str()).push(" ORDER BY job");
    sql.rows(conn, "job_lease", LEASE, lease).await
}

/// Records a run.
///
/// # Errors
/// Trouble of the database.
pub async fn job_run_insert(tx: &Tx, ledger: &LedgerId, run: &JobRun) -> Result<(), StoreError> {
    let mut sql = Sql::new(
        tx,
        "INSERT INTO job_run (ledger_id, job, epoch, due_on, started_at, ended_at, outcome, items) VALUES (",
    );
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    sql.bind(ledger.as_str()).push(", ").bind(run.job.as_str()).push(", ").bind(number(run.epoch));
    sql.push(", ").bind(run.due_on.to_string()).push(", ").bind(run.started_at.micros());
    sql.push(", ").bind(run.ended_at.micros()).push(", ").bind(if run.done { "done" } else { "failed" });
    sql.push(", ").bind(number(run.items)).push(")");
    sql.execute(tx).await?;
    Ok(())
}

/// The last runs of a ledger, of one job where it is named, the newest first.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn job_runs(
    conn: &impl Conn,
    ledger: &LedgerId,
    job: Option<&str>,
    limit: u32,
) -> Result<Vec<JobRun>, StoreError> {
    let mut sql = Sql::new(
        conn,
        "SELECT job, epoch, due_on, started_at, ended_at, outcome, items FROM job_run WHERE ledger_id = ",
    );
    sql.bind(ledger.as_str()).and_if("job = ", job);
    sql.push(" ORDER BY started_at DESC, job, epoch DESC, due_on DESC LIMIT ").bind(i64::from(limit));
    let columns = &["job", "epoch", "due_on", "started_at", "ended_at", "outcome", "items"];
    sql.rows(conn, "job_run", columns, |row| {
        Ok(JobRun {
            job: row.get()?,
            epoch: row.count()?,
            due_on: row.parse()?,
            started_at: row.instant()?,
            ended_at: row.instant()?,
            done: row.get::<String>()? == "done",
            items: row.count()?,
        })
    })
    .await
}
