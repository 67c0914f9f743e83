//! Delivering: what is due is taken for one attempt, so that of several servers one tries, and tried
//! again after ever longer pauses until it is given up.

use std::sync::Arc;

use kernel::{Instant, LedgerId};
use serde_json::Value;
use tokio::task::JoinSet;

use super::{NoticeState, context};
use crate::effects::{DeliveryError, Effects, Mail, WebhookPost};
use crate::error::AppError;
use crate::ledgers::{App, Ledger};
use crate::refusal::Corrupt;

/// Attempts before a notice is given up: with [`next_attempt`], three days and a half.
pub const ATTEMPTS_MAX: u32 = 10;
/// Notices of one go.
const PAGE: u32 = 32;
/// How long an attempt may take before another server may try too.
const LEASE_MICROS: i64 = 120 * 1_000_000;
/// The first pause; each is four times the one before.
const PAUSE_MICROS: i64 = 30 * 1_000_000;
/// The longest pause.
const PAUSE_MAX_MICROS: i64 = 24 * 3600 * 1_000_000;
/// How long a notice that nobody can deliver yet waits for a setting.
const UNCONFIGURED_MICROS: i64 = 3600 * 1_000_000;
/// How long what was delivered is kept.
const KEPT_MICROS: i64 = 90 * 24 * 3600 * 1_000_000;

/// What a go came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryRun {
    /// Delivered.
    pub delivered: u64,
    /// To be tried again.
    pub postponed: u64,
    /// Given up.
    pub dead: u64,
}

/// When a notice is tried again after it failed `attempts` times; none when it is given up.
pub fn next_attempt(attempts: u32, now: Instant) -> Option<Instant> {
    if attempts >= ATTEMPTS_MAX {
        return None;
    }
    let pause = 4_i64.checked_pow(attempts.saturating_sub(1)).and_then(|factor| PAUSE_MICROS.checked_mul(factor));
    now.plus_micros(pause.map_or(PAUSE_MAX_MICROS, |pause| pause.min(PAUSE_MAX_MICROS))).ok()
}

/// What is handed to the outside world.
enum Parcel {
    Mail(Mail),
    Post(WebhookPost),
}

impl App {
    /// Delivers what is due in a ledger.
    ///
    /// # Errors
    /// [`AppError`] of the database. What could not be delivered is no error.
    pub async fn deliver(&self, ledger: &Ledger, now: Instant) -> Result<DeliveryRun, AppError> {
        let id = ledger.id();
        let mut run = DeliveryRun::default();
        loop {
            let due = store::notices_due(&self.store.read(), id, now, PAGE).await?;
            let mut tried = false;
            let mut under_way = JoinSet::new();
            for notice in due {
                let Some(taken) = self.taken(id, notice, now).await? else { continue };
                tried = true;
                match self.parcel(id, &taken, now).await? {
                    Ok(parcel) => {
                        let effects = Arc::clone(&self.effects);
                        under_way.spawn(async move { (taken, hand_over(&*effects, parcel).await) });
                    }
                    Err(error) => self.settle(id, taken, Err(error), now, &mut run).await?,
                }
            }
            while let Some(done) = under_way.join_next().await {
                let (notice, done) = done.map_err(|_| AppError::Stopping)?;
                self.settle(id, notice, done, now, &mut run).await?;
            }
            if !tried {
                break;
            }
        }
        if let Ok(before) = now.plus_micros(KEPT_MICROS.saturating_neg())
            && run.delivered > 0
        {
            let tx = self.store.begin().await?;
            store::notices_purge(&tx, id, before).await?;
            tx.commit().await?;
        }
        Ok(run)
    }

    /// Takes a notice, if nobody else did.
    async fn taken(
        &self,
        ledger: &LedgerId,
        notice: store::Notice,
        now: Instant,
    ) -> Result<Option<store::Notice>, AppError> {
        let until = now.plus_micros(LEASE_MICROS).map_err(|_| Corrupt { what: "time of a notice" })?;
        let tx = self.store.begin().await?;
        let taken = store::notice_take(&tx, ledger, &notice, until).await?;
        tx.commit().await?;
        let attempts = notice.attempts.saturating_add(1);
        Ok(taken.then_some(store::Notice { attempts, next_attempt_at: until, ..notice }))
    }

    /// What is handed over; an error where there is nobody to hand it to.
    async fn parcel(
        &self,
        ledger: &LedgerId,
        notice: &store::Notice,
        now: Instant,
    ) -> Result<Result<Parcel, DeliveryError>, AppError> {
        let read = self.store.read();
        let content = self.vault.open(&context(ledger, notice.id), &notice.sealed)?;
        if let Some(user) = notice.user {
            let Some(sealed) = store::notice_address(&read, user).await? else {
                return Ok(Err(DeliveryError::NoReceiver));
            };
            let to = self.notice_address_opened(user, &sealed)?;
            let content: Value = serde_json::from_slice(&content).map_err(|_| Corrupt { what: "notice" })?;
            let part = |name: &str| content.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            let (subject, text) = (part("subject"), part("text"));
            return Ok(Ok(Parcel::Mail(Mail { id: notice.id, to, subject, text })));
        }
        let Some(id) = notice.webhook else { return Err(Corrupt { what: "notice without receiver" }.into()) };
        let webhook = store::webhook_by_id(&read, ledger, id).await?.filter(|webhook| webhook.ended_at.is_none());
        let Some(webhook) = webhook else { return Ok(Err(DeliveryError::NoReceiver)) };
        let key = self.webhook_key(ledger, &webhook)?;
        let (name, timestamp) = (notice.id.to_string(), now.micros().div_euclid(1_000_000));
        let signature = ledger::webhook::sign(&key, &name, timestamp, &content);
        let body = content.to_vec();
        Ok(Ok(Parcel::Post(WebhookPost { url: webhook.url, id: name, timestamp, signature, body })))
    }

    /// Writes down what became of an attempt.
    async fn settle(
        &self,
        ledger: &LedgerId,
        mut notice: store::Notice,
        done: Result<(), DeliveryError>,
        now: Instant,
        run: &mut DeliveryRun,
    ) -> Result<(), AppError> {
        let mut gone = None;
        match done {
            Ok(()) => {
                (notice.state, notice.settled_at) = (NoticeState::Delivered.to_string(), Some(now));
                notice.last_error = None;
                run.delivered = run.delivered.saturating_add(1);
            }
            Err(error) => {
                notice.last_error = Some(error.to_string());
                let again = match error {
                    DeliveryError::NotConfigured => {
                        notice.attempts = notice.attempts.saturating_sub(1);
                        now.plus_micros(UNCONFIGURED_MICROS).ok()
                    }
                    DeliveryError::NoReceiver | DeliveryError::Forbidden => None,
                    DeliveryError::Gone => {
                        gone = notice.webhook;
                        None
                    }
                    DeliveryError::Unreachable | DeliveryError::Refused { .. } => next_attempt(notice.attempts, now),
                };
                match again {
                    Some(at) => {
                        notice.next_attempt_at = at;
                        run.postponed = run.postponed.saturating_add(1);
                    }
                    None => {
                        (notice.state, notice.settled_at) = (NoticeState::Dead.to_string(), Some(now));
                        run.dead = run.dead.saturating_add(1);
                        tracing::warn!(%ledger, notice = %notice.id, error = notice.last_error, "a notice is given up");
                    }
                }
            }
        }
        let tx = self.store.begin().await?;
        store::notice_settle(&tx, ledger, &notice).await?;
        if let Some(webhook) = gone {
            // 410: the receiver wants no more (Standard Webhooks).
            store::webhook_end(&tx, ledger, webhook, now).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

async fn hand_over(effects: &dyn Effects, parcel: Parcel) -> Result<(), DeliveryError> {
    match parcel {
        Parcel::Mail(mail) => effects.send_mail(mail).await,
        Parcel::Post(post) => effects.post_webhook(post).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let now = Instant::parse_rfc3339("2026-11-22T00:00:00Z").unwrap();
        let seconds = |attempts| next_attempt(attempts, now).map(|at| (at.micros() - now.micros()) / 1_000_000);
        let pauses: Vec<_> = (1..=10).map(seconds).collect();
        let day = Some(86_400);
        assert_eq!(pauses, [Some(30), Some(120), Some(480), Some(1920), Some(7680), Some(30_720), day, day, day, None]);
        assert_eq!(seconds(u32::MAX), None);
    }
}
