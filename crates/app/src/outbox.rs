//! What people and programs are told: a notice is written with what it tells of, once per key, and
//! delivered afterwards. Who is told is found when it is written; what it says is sealed.
//! See docs/OUTBOX.md.

mod deliver;
mod manage;

use kernel::{Instant, InstitutionId, LedgerId, NoticeId, RegionCode, SubjectId, words};
use serde_json::{Value, json};
use store::vault::Vault;
use store::{StoreError, Told, Tx};

use crate::effects::{Effects, new_uuid, random};
use crate::error::AppError;
use crate::ledgers::{App, Ledger};

pub use deliver::{ATTEMPTS_MAX, DeliveryRun, next_attempt};
pub use manage::{NewWebhook, NoticeView, WebhookMade, WebhookView};

words! {
    /// What a notice is about.
    Topic {
        /// Lessons that silence will confirm soon.
        LessonReminder = "lesson.reminder" / "消课即将视为确认",
        /// A lesson was disputed.
        LessonDisputed = "lesson.disputed" / "消课异议",
        /// A dispute was decided.
        DisputeDecided = "dispute.decided" / "异议裁决",
        /// A dispute waits longer than it may.
        DisputeOverdue = "dispute.overdue" / "异议逾期未裁",
        /// A refund was asked for.
        RefundRequested = "refund.requested" / "退费申请",
        /// A refund is to be answered or paid soon.
        RefundDue = "refund.due" / "退费即将到期",
        /// A refund is late.
        RefundOverdue = "refund.overdue" / "退费逾期",
        /// A refund was paid.
        RefundPaid = "refund.paid" / "退费到账",
        /// A payout came back.
        PayoutReturned = "payout.returned" / "出账退回",
        /// The bank holds less than is owed.
        ReconciliationShortfall = "reconciliation.shortfall" / "对账缺口",
        /// A day could not be reconciled: no statement.
        ReconciliationMissing = "reconciliation.missing" / "缺少银行流水",
        /// The risk deposit is below its floor.
        DepositShort = "deposit.short" / "保证金不足",
        /// An early-warning rule found something.
        AlertRaised = "alert.raised" / "风险预警",
        /// Releases were stopped.
        HoldPlaced = "hold.placed" / "资金冻结",
        /// An institution is being wound up.
        Closure = "institution.closure" / "机构关停处置",
        /// A run of the clock failed.
        ClockFailed = "clock.failed" / "定时任务失败",
    }
}

words! {
    /// How a notice is delivered.
    Channel {
        /// By mail.
        Email = "email" / "邮件",
        /// By a post to a program.
        Webhook = "webhook" / "消息推送",
    }
}

words! {
    /// Where a notice stands.
    NoticeState {
        /// It waits for its time, or for another attempt.
        Pending = "pending" / "待发送",
        /// The receiver took it.
        Delivered = "delivered" / "已送达",
        /// It was given up.
        Dead = "dead" / "发送失败",
    }
}

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum To {
    /// The accounts of a guardian, by mail.
    Guardian(SubjectId),
    /// The people of an institution by mail, and its programs.
    Institution(InstitutionId),
    /// The county's officers by mail, and their programs.
    Regulator,
}

/// What is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What makes it the same notice: written once per key and receiver, up to 120 ASCII characters.
    pub key: String,
    /// What it is about.
    pub topic: Topic,
    /// Who is told.
    pub to: To,
    /// The institution that it concerns; its people may see that the notice exists.
    pub institution: Option<InstitutionId>,
    /// Not before.
    pub due_at: Instant,
    /// Subject of a mail: Chinese first. No names: a mail is read by whoever has the mailbox.
    pub subject: String,
    /// Text of a mail: Chinese first, then English, and what to do.
    pub text: String,
    /// What a program is told: ids and figures.
    pub data: Value,
}

/// With what notices are written.
pub(crate) struct Pen<'a> {
    /// Seals what they say.
    pub vault: &'a Vault,
    /// Ids and nonces.
    pub effects: &'a dyn Effects,
    /// The ledger.
    pub ledger: &'a LedgerId,
    /// Its county.
    pub region: RegionCode,
}

/// Context under which a notice is sealed.
fn context(ledger: &LedgerId, notice: NoticeId) -> String {
    format!("tutela/notice/1/{ledger}/{notice}")
}

/// Writes notices in a transaction of their cause; how many were new, one per receiver.
///
/// # Errors
/// Trouble of the database.
pub(crate) async fn write(tx: &Tx, pen: &Pen<'_>, notices: &[Notice], now: Instant) -> Result<u64, StoreError> {
    let mut written = 0_u64;
    for notice in notices {
        let (told, owner) = match notice.to {
            To::Guardian(subject) => (Told::Guardian(subject), None),
            To::Institution(institution) => (Told::Institution(institution), Some(Some(institution))),
            To::Regulator => (Told::Regulator(pen.region), Some(None)),
        };
        let mail = json!({ "subject": notice.subject, "text": notice.text });
        for user in store::users_told(tx, pen.ledger, told).await? {
            let row = row(pen, notice, now, &mail)?;
            let row = store::Notice {
                key: format!("{}:{user}", notice.key),
                channel: Channel::Email.to_string(),
                user: Some(user),
                ..row
            };
            written = written.saturating_add(u64::from(store::notice_insert(tx, pen.ledger, &row).await?));
        }
        let Some(owner) = owner else { continue };
        let body = json!({ "type": notice.topic.as_str(), "timestamp": now.to_string(), "data": notice.data });
        for webhook in store::webhooks_of(tx, pen.ledger, owner).await? {
            let wanted = webhook.topics.is_empty() || webhook.topics.split(',').any(|t| t == notice.topic.as_str());
            if !wanted {
                continue;
            }
            let row = row(pen, notice, now, &body)?;
            let row = store::Notice {
                key: format!("{}:{}", notice.key, webhook.id),
                channel: Channel::Webhook.to_string(),
                webhook: Some(webhook.id),
                ..row
            };
            written = written.saturating_add(u64::from(store::notice_insert(tx, pen.ledger, &row).await?));
        }
    }
    Ok(written)
}

/// A row without its receiver.
fn row(pen: &Pen<'_>, notice: &Notice, now: Instant, content: &Value) -> Result<store::Notice, StoreError> {
    let id = NoticeId::new(new_uuid(pen.effects, now));
    let sealed = pen.vault.seal(&context(pen.ledger, id), random(pen.effects), content.to_string().as_bytes())?;
    Ok(store::Notice {
        id,
        key: String::new(),
        channel: String::new(),
        topic: notice.topic.to_string(),
        institution: notice.institution,
        user: None,
        webhook: None,
        sealed,
        created_at: now,
        due_at: notice.due_at,
        next_attempt_at: notice.due_at.max(now),
        attempts: 0,
        state: NoticeState::Pending.to_string(),
        last_error: None,
        settled_at: None,
    })
}

/// Writes notices that have no entry of their own to be written with; how many were new. Repeating it
/// changes nothing. A verb that has entries says [`crate::context::Side::Notice`] instead.
///
/// # Errors
/// [`AppError`] of the database.
pub async fn enqueue(app: &App, ledger: &Ledger, notices: &[Notice], now: Instant) -> Result<u64, AppError> {
    if notices.is_empty() {
        return Ok(0);
    }
    let pen = Pen { vault: &app.vault, effects: &*app.effects, ledger: ledger.id(), region: ledger.region() };
    let tx = app.store.begin().await?;
    let written = write(&tx, &pen, notices, now).await?;
    tx.commit().await?;
    Ok(written)
}
