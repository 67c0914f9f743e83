//! Mass refund: every family of a failed institution is refunded, contract by contract in the order of
//! their ids. A run keeps how far it came; each step has its key, so that a run that was cut off goes on
//! where it stopped and nothing is refunded twice.

use access::{Action, Principal};
use escrow::Account;
use kernel::{ContractId, Fen, Instant, InstitutionId, RefundId, RunId};
use serde_json::Value;
pub use store::{Run, RunItem};

use crate::context::Verb;
use crate::effects::new_uuid;
use crate::error::AppError;
use crate::idempotency::Key;
use crate::ledgers::{App, Call, Ledger};
use crate::read::{Page, Paged, Viewer, across};
use crate::refusal::{Corrupt, Refusal};
use crate::verbs::RefundAll;
use crate::writer::Outcome;

/// Contracts dealt with before progress is written.
const STEP: u32 = 100;

impl App {
    /// Starts to refund all families of an institution, or goes on where an open run stopped; `most`
    /// contracts at most, all when absent. Only while its licence is suspended, revoked or over.
    ///
    /// # Errors
    /// Not found, denied; refused while the institution may still act for itself.
    pub async fn refund_run(&self, call: &Call, id: InstitutionId, most: Option<u32>) -> Result<Run, AppError> {
        let viewer = call.principal.as_ref();
        let ledger = self.ledger_of_allowed(viewer, &[Action::RefundRun], id).await?;
        let Some(principal) = viewer else { return Err(AppError::NotSignedIn) };
        let row = self.institution_in(&ledger, id).await?;
        use registry::InstitutionState as S;
        if !matches!(row.state, S::Suspended | S::Revoked | S::Closed) {
            let (state, command) = (row.state.as_str().into(), "refund_all".into());
            return Err(AppError::refused(Refusal::State { what: "institution".into(), state, command }));
        }
        let run = match store::runs_open(&self.store.read(), ledger.id(), Some(id)).await?.pop() {
            Some(open) => open,
            None => {
                let run = Run {
                    id: RunId::new(new_uuid(&*self.effects, call.now)),
                    institution: id,
                    over: false,
                    total: store::contracts_count(&self.store.read(), ledger.id(), id).await?,
                    done: 0,
                    refused: 0,
                    last: None,
                    started_by: principal.user,
                    started_at: call.now,
                    ended_at: None,
                };
                let tx = self.store.begin().await?;
                store::run_insert(&tx, ledger.id(), &run).await?;
                tx.commit().await?;
                run
            }
        };
        self.run_on(&ledger, run, Some(principal), call.now, most).await
    }

    /// Goes on with every open run of a ledger. Returns how many contracts were dealt with.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub(crate) async fn runs_resume(&self, ledger: &Ledger, now: Instant) -> Result<u64, AppError> {
        let mut done = 0_u64;
        for run in store::runs_open(&self.store.read(), ledger.id(), None).await? {
            let before = run.done;
            let run = self.run_on(ledger, run, None, now, None).await?;
            done = done.saturating_add(run.done.saturating_sub(before));
        }
        Ok(done)
    }

    async fn run_on(
        &self,
        ledger: &Ledger,
        mut run: Run,
        principal: Option<&Principal>,
        now: Instant,
        most: Option<u32>,
    ) -> Result<Run, AppError> {
        let mut left = most.unwrap_or(u32::MAX);
        let of = store::ContractFilter { institution: Some(run.institution), ..store::ContractFilter::default() };
        while !run.over && left > 0 {
            let accounts = store::accounts_page(&self.store.read(), ledger.id(), &of, run.last, STEP.min(left)).await?;
            let mut items = Vec::new();
            for item in self.refund_accounts(ledger, run.id, principal, now, &accounts).await? {
                run.done = run.done.saturating_add(1);
                run.refused = run.refused.saturating_add(u64::from(item.outcome == "refused"));
                run.last = Some(item.contract);
                items.push(item);
            }
            left = left.saturating_sub(u32::try_from(items.len()).unwrap_or(u32::MAX));
            if accounts.is_empty() {
                run.over = true;
                run.ended_at = Some(now);
            }
            let tx = self.store.begin().await?;
            store::run_save(&tx, ledger.id(), &run, &items.iter().collect::<Vec<_>>()).await?;
            tx.commit().await?;
        }
        Ok(run)
    }

    async fn refund_accounts(
        &self,
        ledger: &Ledger,
        run: RunId,
        principal: Option<&Principal>,
        now: Instant,
        accounts: &[Account],
    ) -> Result<Vec<RunItem>, AppError> {
        let mut commands: Vec<(Call, Box<dyn Verb>)> = Vec::new();
        let mut push = |contract: ContractId, what: &str, open: Option<RefundId>| {
            // The same key whoever goes on with the run: what was done stays done.
            let key = format!("run:{run}:{contract}:{what}");
            let key = Key::new(&self.effects.lookup_key(), "system", &key, "refund-run", &Value::Null);
            let refund = RefundId::new(new_uuid(&*self.effects, now));
            let call = Call { principal: principal.cloned(), now, key: Some(key), dry_run: false };
            commands.push((call, Box::new(RefundAll { contract, open, refund })));
        };
        // What a family asked for itself is agreed first, then what is left.
        for account in accounts {
            push(account.terms.id, "open", account.open_refund);
            push(account.terms.id, "rest", None);
        }
        let mut answers = self.submit_all(ledger, commands).await.into_iter();
        let mut items = Vec::new();
        for account in accounts {
            let mut item = RunItem {
                run,
                contract: account.terms.id,
                outcome: "nothing_owed",
                refund: None,
                amount: Fen::ZERO,
                rule: None,
            };
            for answer in answers.by_ref().take(2) {
                match answer {
                    Ok(outcome) => count(&mut item, &outcome)?,
                    Err(AppError::Refused { refusal, .. }) => {
                        item.outcome = "refused";
                        item.rule = Some(refusal_word(&refusal));
                    }
                    Err(error) => return Err(error),
                }
            }
            items.push(item);
        }
        Ok(items)
    }

    /// A run, for those who may see it.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn refund_run_of(
        &self,
        viewer: Viewer<'_>,
        institution: InstitutionId,
        id: RunId,
    ) -> Result<Run, AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::ClosureRead], institution).await?;
        let run = store::run_by_id(&self.store.read(), ledger.id(), id).await?;
        run.filter(|run| run.institution == institution).ok_or_else(|| AppError::not_found("run"))
    }

    /// What a run did, contract by contract.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn run_items(
        &self,
        viewer: Viewer<'_>,
        institution: InstitutionId,
        id: RunId,
        page: &Page,
    ) -> Result<Paged<RunItem>, AppError> {
        self.refund_run_of(viewer, institution, id).await?;
        let ledger = self.ledger_of_allowed(viewer, &[Action::ClosureRead], institution).await?;
        across!(
            vec![ledger],
            page,
            |ledger, after, limit| store::run_items(&self.store.read(), ledger.id(), id, after, limit).await?,
            |item: &RunItem| item.contract.to_string()
        )
    }
}

fn count(item: &mut RunItem, outcome: &Outcome) -> Result<(), AppError> {
    let amount = outcome.answer.get("amount_fen").and_then(Value::as_i64).map_or(Fen::ZERO, Fen::new);
    let refund = outcome.answer.get("refund").and_then(Value::as_str).and_then(|id| id.parse().ok());
    if amount > Fen::ZERO {
        item.amount = item.amount.checked_add(amount).map_err(|_| Corrupt { what: "sum of refunds" })?;
        item.refund = refund.or(item.refund);
        item.outcome = "refunded";
    }
    Ok(())
}

/// By what word a refusal is told in a list.
fn refusal_word(refusal: &Refusal) -> String {
    match refusal {
        Refusal::Rules { violations } => {
            violations.first().map_or_else(|| "rule".to_owned(), |broken| broken.rule.to_string())
        }
        Refusal::NotFound { what } => format!("{what}.not_found"),
        Refusal::State { what, state, .. } => format!("{what}.{state}"),
        Refusal::Exists { what, .. } => format!("{what}.exists"),
        Refusal::Stale { what, .. } => format!("{what}.stale"),
    }
}
