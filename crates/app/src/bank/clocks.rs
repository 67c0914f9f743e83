//! What the passing of days does about the bank: lines are explained by what the ledger learned since,
//! and every day that is over is reconciled, in order, once its statement is there or is late.

use escrow::bank::ReconciliationResult;
use kernel::{Day, Fen, Instant, InstitutionId};
use serde_json::json;

use crate::context::{Side, Verb};
use crate::error::AppError;
use crate::ledgers::{App, Call, Ledger};
use crate::outbox::{Notice, To, Topic};
use crate::refusal::Corrupt;
use crate::verbs::Reconcile;

/// Days decided in one go.
const AT_ONCE: usize = 64;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BankClockRun {
    /// Suspended lines that are explained now.
    pub cleared: u64,
    /// Days reconciled.
    pub reconciled: u64,
}

impl App {
    /// Explains suspended lines and reconciles the days that are due, in one ledger. Repeating it changes
    /// nothing; days that were missed are done in order.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn bank_clocks(&self, ledger: &Ledger, now: Instant) -> Result<BankClockRun, AppError> {
        let mut run = BankClockRun::default();
        let institutions = store::institutions_in_custody(&self.store.read(), ledger.id()).await?;
        let call = Call { principal: None, now, key: None, dry_run: false };
        for institution in &institutions {
            let suspended = store::institution_load(&self.store.read(), ledger.id(), &[*institution]).await?.pop();
            let any = suspended.is_some_and(|row| row.suspended_in > Fen::ZERO || row.suspended_out > Fen::ZERO);
            if any {
                run.cleared = run.cleared.saturating_add(self.suspense_rematch(&call, ledger, *institution).await?);
            }
        }
        let mut due = Vec::new();
        for institution in institutions {
            for on in self.days_due(ledger, institution, now.day()).await? {
                due.push((institution, on));
            }
        }
        // Day by day, and on each day every institution.
        due.sort_unstable_by_key(|(institution, on)| (*on, *institution));
        // What keeps one day from being decided keeps no other institution waiting; it is told at the end.
        let mut trouble = None;
        for days in due.chunks(AT_ONCE) {
            let commands =
                days.iter().map(|(institution, on)| Self::reconcile_command(now, *institution, *on)).collect();
            for answer in self.submit_all(ledger, commands).await {
                match answer {
                    Ok(outcome) => run.reconciled = run.reconciled.saturating_add(u64::from(!outcome.replayed)),
                    // Another server was first.
                    Err(AppError::Refused { .. }) => {}
                    Err(error) => trouble = trouble.or(Some(error)),
                }
            }
        }
        trouble.map_or(Ok(run), Err)
    }

    /// Without a key: a day that was missing is decided again when its statement came, and what is decided
    /// already is refused by the decision itself.
    fn reconcile_command(now: Instant, institution: InstitutionId, on: Day) -> (Call, Box<dyn Verb>) {
        let call = Call { principal: None, now, key: None, dry_run: false };
        (call, Box::new(Reconcile { institution, on }))
    }

    /// The days of an institution that can be decided now: those whose statement came after they were
    /// found missing, and from the day after the last decided one on, each with its statement, or without
    /// one that should have come by now. The first day that may still wait ends the list.
    async fn days_due(&self, ledger: &Ledger, institution: InstitutionId, today: Day) -> Result<Vec<Day>, AppError> {
        let read = self.store.read();
        let day = |_| AppError::from(Corrupt { what: "clock outside its range" });
        let mut due = store::missing_that_came(&read, ledger.id(), institution).await?;
        let last = store::reconciliation_last(&read, ledger.id(), institution).await?;
        let statements = store::statement_days(&read, ledger.id(), institution, last).await?;
        let mut next = match last {
            Some(last) => last.plus_days(1).map_err(day)?,
            None => match self.first_day(ledger, institution, statements.first().copied()).await? {
                Some(first) => first,
                None => return Ok(due),
            },
        };
        while next < today {
            let there = statements.binary_search(&next).is_ok();
            if !there {
                let policy = self.rulebook.on(ledger.region(), next)?.policy;
                let Some(rule) = policy.statement_due.in_force() else {
                    // Where no day is set for statements, the days that have one are reconciled.
                    next = next.plus_days(1).map_err(day)?;
                    continue;
                };
                let last_day = self.calendar.end_of(next, rule.value).ok();
                if last_day.is_none_or(|last_day| today <= last_day) {
                    break;
                }
            }
            due.push(next);
            next = next.plus_days(1).map_err(day)?;
        }
        Ok(due)
    }

    /// From which day on an institution is reconciled: its first statement, or the first payment into
    /// custody, whichever was first.
    async fn first_day(
        &self,
        ledger: &Ledger,
        institution: InstitutionId,
        statement: Option<Day>,
    ) -> Result<Option<Day>, AppError> {
        let paid = store::first_payment_day(&self.store.read(), ledger.id(), institution).await?;
        Ok(match (statement, paid) {
            (Some(statement), Some(paid)) => Some(statement.min(paid)),
            (one, other) => one.or(other),
        })
    }
}

/// What is told of a day that did not pass: to the county and to the institution.
pub(crate) fn notices(
    institution: InstitutionId,
    on: Day,
    result: ReconciliationResult,
    required: Fen,
    bank: Option<Fen>,
    due_on: Option<Day>,
    now: Instant,
) -> Vec<Side> {
    let short = bank.and_then(|bank| required.checked_sub(bank).ok());
    let due = due_on.map_or_else(|| "—".to_owned(), |on| on.to_string());
    let (topic, subject, text) = match (result, short) {
        (ReconciliationResult::Pass, _) | (ReconciliationResult::Shortfall, None) => return Vec::new(),
        (ReconciliationResult::Shortfall, Some(short)) => (
            Topic::ReconciliationShortfall,
            format!("托管资金短缺 Shortfall in custody {on}"),
            format!(
                "{on} 日终对账短缺 {short}。请立即核对银行流水，并在 {due} 前补足；补足前不得拨付。\n\
                 The bank held {short} less than was owed on {on}. Check its lines at once and make it good by {due}.",
                short = short.to_yuan()
            ),
        ),
        (ReconciliationResult::Missing, _) => (
            Topic::ReconciliationMissing,
            format!("缺少银行对账单 No bank statement {on}"),
            format!(
                "{on} 的银行对账单未按时送达，视为未通过。请向银行催要并导入。\n\
                 The bank's statement of {on} did not come in time; the day counts as failed. Ask for it and import it."
            ),
        ),
    };
    let data = json!({
        "institution": institution.to_string(),
        "on": on.to_string(),
        "result": result.as_str(),
        "short_fen": short.map(Fen::fen),
        "due_on": due_on.map(|on| on.to_string()),
    });
    [("r", To::Regulator), ("i", To::Institution(institution))]
        .into_iter()
        .map(|(who, to)| {
            Side::Notice(Box::new(Notice {
                key: format!("{}:{institution}:{on}:{who}", topic.as_str()),
                topic,
                to,
                institution: Some(institution),
                due_at: now,
                subject: subject.clone(),
                text: text.clone(),
                data: data.clone(),
            }))
        })
        .collect()
}
