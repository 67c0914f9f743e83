//! The scheduler: what happens because time passes, as named jobs. Each is leased in the database, so
//! that several servers do not do the same work twice at once; each may be repeated, because what it
//! does has its own keys. Daily jobs do the days that were missed one after another, in order.
//! A new job is one line in [`JOBS`].

use std::future::Future;
use std::pin::Pin;

use kernel::{Day, Instant};
use store::{JobLease, JobRun};

use crate::clocks::Silence;
use crate::error::AppError;
use crate::ledgers::{App, Ledger};
use crate::refusal::Corrupt;

/// For what a job is called now.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// The instant.
    pub now: Instant,
    /// The day that is due: today for a job that runs all the time, a day that is over for a daily one.
    pub day: Day,
}

/// When a job runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Every {
    /// Whenever the scheduler looks.
    Look,
    /// Once for each day that is over.
    Day,
}

/// How many things a job did.
type Doing<'a> = Pin<Box<dyn Future<Output = Result<u64, AppError>> + Send + 'a>>;

/// A job.
pub struct Job {
    /// Its name, as rows and answers have it.
    pub name: &'static str,
    /// What it does, Chinese.
    pub zh: &'static str,
    /// What it does, English.
    pub en: &'static str,
    /// When.
    pub every: Every,
    run: for<'a> fn(&'a App, &'a Ledger, Turn) -> Doing<'a>,
}

macro_rules! jobs {
    ($($name:literal, $every:ident, $zh:literal, $en:literal, |$app:ident, $ledger:ident, $turn:ident| $run:expr;)*) => {
        /// All jobs, in the order in which they run.
        pub const JOBS: &[Job] = &[$(Job {
            name: $name,
            zh: $zh,
            en: $en,
            every: Every::$every,
            run: |$app, $ledger, $turn| Box::pin($run),
        }),*];
    };
}

jobs! {
    "rules", Look, "公告新生效的规则与合同范本", "announce versions of rules and templates",
        |app, ledger, turn| async move {
            app.announce_policies(ledger, turn.now).await?;
            app.announce_templates(ledger, turn.now).await?;
            Ok(0)
        };
    "desk", Look, "许可申请、许可证、名单的期限", "terms of applications, licences and lists",
        |app, ledger, turn| app.desk_clocks(ledger, turn.now);
    "lessons", Look, "逾期视为确认消课", "lessons confirmed by silence",
        |app, ledger, turn| app.deem(ledger, turn.now, Silence::Lessons);
    "refunds", Look, "逾期视为同意退费", "refunds agreed by silence",
        |app, ledger, turn| app.deem(ledger, turn.now, Silence::Refunds);
    "bank", Look, "核销挂账流水、日终对账", "suspended bank lines and daily reconciliation",
        |app, ledger, turn| async move {
            let run = app.bank_clocks(ledger, turn.now).await?;
            Ok(run.cleared.saturating_add(run.reconciled))
        };
    "reminders", Look, "视为确认前的提醒", "reminders before silence confirms",
        |app, ledger, turn| app.remind(ledger, turn.now);
    "refund_runs", Look, "继续未完成的批量退费", "mass refunds that were cut off",
        |app, ledger, turn| app.runs_resume(ledger, turn.now);
    "lesson_imports", Look, "继续中断的消课导入", "files of lessons that were cut off",
        |app, ledger, turn| app.lesson_imports_resume(ledger, turn.now);
    "settlements", Look, "按周、按月或者整单结算", "settlements by week, month or order",
        |app, ledger, turn| app.settlement_clock(ledger, turn.now);
    "interest", Day, "分配监管账户利息", "interest on custody accounts",
        |app, ledger, turn| app.interest_clock(ledger, turn);
    "alerts", Day, "预警规则", "rules of early warning",
        |app, ledger, turn| app.raise_alerts(ledger, turn.now, turn.day);
    "seals", Look, "日终封存", "seals of the day",
        |app, ledger, turn| app.seal_days(ledger, turn.now);
}

/// How long a lease lasts when its holder says nothing more: longer than any run of a day.
const LEASE_MICROS: i64 = 900_000_000;
/// How often a server looks at the clock.
const LOOK_MICROS: i64 = 60_000_000;
/// Most days that a daily job makes up in one go; the rest in the next.
const DAYS_AT_ONCE: i32 = 400;

/// What a look of the scheduler did, by job.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Things done, by job; a job that another server has is not here.
    pub done: Vec<(&'static str, u64)>,
}

impl Look {
    /// Things that a job did.
    pub fn of(&self, job: &str) -> u64 {
        self.done.iter().filter(|(name, _)| *name == job).fold(0, |sum, (_, n)| sum.saturating_add(*n))
    }
}

fn outside<E>(_: E) -> Corrupt {
    Corrupt { what: "clock outside its range" }
}

impl App {
    /// Looks at the clock once: runs every job that is due and that no other server has.
    ///
    /// # Errors
    /// [`AppError`] of the first job that failed; the others ran.
    pub async fn run_jobs(&self, ledger: &Ledger, now: Instant) -> Result<Look, AppError> {
        let names: Vec<&str> = JOBS.iter().map(|job| job.name).collect();
        let until = now.plus_micros(LEASE_MICROS).map_err(outside)?;
        let tx = self.store.begin().await?;
        let leases = store::jobs_lease(&tx, ledger.id(), &names, &self.server, now, until).await?;
        tx.commit().await?;
        let (mut look, mut runs, mut released, mut failed) = (Look::default(), Vec::new(), Vec::new(), None);
        for job in JOBS {
            let Some(lease) = leases.iter().find(|lease| lease.job == job.name) else { continue };
            let mut lease = lease.clone();
            match self.run_job(ledger, job, &mut lease, now, &mut runs).await {
                Ok(items) => look.done.push((job.name, items)),
                Err(error) => failed = failed.or(Some(error)),
            }
            lease.next_due_at = Some(match job.every {
                Every::Look => now.plus_micros(LOOK_MICROS).map_err(outside)?,
                Every::Day => Instant::start_of(now.day().plus_days(1).map_err(outside)?).map_err(outside)?,
            });
            released.push(lease);
        }
        let tx = self.store.begin().await?;
        for lease in &released {
            store::job_release(&tx, ledger.id(), lease).await?;
        }
        for run in &runs {
            store::job_run_insert(&tx, ledger.id(), run).await?;
        }
        tx.commit().await?;
        failed.map_or(Ok(look), Err)
    }

    async fn run_job(
        &self,
        ledger: &Ledger,
        job: &Job,
        lease: &mut JobLease,
        now: Instant,
        runs: &mut Vec<JobRun>,
    ) -> Result<u64, AppError> {
        let today = now.day();
        let days = match job.every {
            Every::Look => vec![today],
            Every::Day => self.days_over(ledger, lease.done_through, today).await?,
        };
        let mut items = 0_u64;
        for day in days {
            let (started_at, before) = (self.effects.now().max(now), lease.done_through);
            let result = (job.run)(self, ledger, Turn { now, day }).await;
            let run = JobRun {
                job: lease.job.clone(),
                epoch: lease.epoch,
                due_on: day,
                started_at,
                ended_at: self.effects.now().max(started_at),
                done: result.is_ok(),
                items: *result.as_ref().unwrap_or(&0),
            };
            // A look that had nothing to do is told by `next_due_at` alone, but for the first of a day.
            if run.items > 0 || !run.done || job.every == Every::Day || before != Some(day) {
                runs.push(run);
            }
            items = items.saturating_add(result?);
            lease.done_through = Some(day);
        }
        Ok(items)
    }

    /// The days that are over and not done, in order; from the first of the ledger.
    async fn days_over(&self, ledger: &Ledger, done: Option<Day>, today: Day) -> Result<Vec<Day>, AppError> {
        let first = match done {
            Some(done) => done.plus_days(1).map_err(outside)?,
            None => {
                let heads = store::ledgers(&self.store.read()).await?;
                let head = heads.into_iter().find(|head| head.ledger == *ledger.id());
                head.map_or(today, |head| head.opened_at.day())
            }
        };
        let count = first.days_until(today).clamp(0, DAYS_AT_ONCE);
        (0..count).map(|n| Ok(first.plus_days(n).map_err(outside)?)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::JOBS;

    #[test]
    fn every_job_has_a_name_of_its_own() {
        let mut names: Vec<&str> = JOBS.iter().map(|job| job.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), JOBS.len(), "two jobs of one name would share a lease");
    }
}
