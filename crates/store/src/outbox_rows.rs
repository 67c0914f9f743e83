//! Notices that wait to be delivered, the webhooks and the mail addresses that they go to.

use kernel::{Instant, InstitutionId, LedgerId, NoticeId, RegionCode, SubjectId, UserId, WebhookId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::row::{Row, Values};
use crate::sql::{Sql, Table, insert, load, page_of, select};

/// A notice to one receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// What makes it the same notice to the same receiver.
    pub key: String,
    /// `email` or `webhook`.
    pub channel: String,
    /// What it is about.
    pub topic: String,
    /// Institution that it concerns.
    pub institution: Option<InstitutionId>,
    /// User to whom it is mailed.
    pub user: Option<UserId>,
    /// Webhook to which it is posted.
    pub webhook: Option<WebhookId>,
    /// Subject and text, or body, sealed.
    pub sealed: Vec<u8>,
    /// When it was written.
    pub created_at: Instant,
    /// Not before.
    pub due_at: Instant,
    /// When it is tried next.
    pub next_attempt_at: Instant,
    /// How often it was tried.
    pub attempts: u32,
    /// `pending`, `delivered` or `dead`.
    pub state: String,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When it was delivered or given up.
    pub settled_at: Option<Instant>,
}

/// Where a program is told what happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Of which institution; none: of the county's authority.
    pub institution: Option<InstitutionId>,
    /// Where it is posted to.
    pub url: String,
    /// What it is told of, comma-separated; empty: everything.
    pub topics: String,
    /// The key of its signatures, sealed.
    pub secret_sealed: Vec<u8>,
    /// Who set it up.
    pub created_by: UserId,
    /// When.
    pub created_at: Instant,
    /// When it was taken away.
    pub ended_at: Option<Instant>,
}

/// Which notices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoticeFilter {
    /// In this state.
    pub state: Option<String>,
    /// That concern this institution.
    pub institution: Option<InstitutionId>,
}

struct Notices;

impl Table for Notices {
    type Item = Notice;
    const NAME: &'static str = "outbox";
    const KEY: &'static [&'static str] = &["notice_id"];
    const COLUMNS: &'static [&'static str] = &[
        "notice_id",
        "dedup_key",
        "channel",
        "topic",
        "institution_id",
        "user_id",
        "webhook_id",
        "sealed",
        "created_at",
        "due_at",
        "next_attempt_at",
        "attempts",
        "state",
        "last_error",
        "settled_at",
    ];
    const CHANGING: &'static [&'static str] = &[];

    fn write(item: &Notice, values: &mut Values) {
        values
            .id(item.id.uuid())
            .text(&item.key)
            .text(&item.channel)
            .text(&item.topic)
            .id_opt(item.institution.map(InstitutionId::uuid))
            .id_opt(item.user.map(UserId::uuid))
            .id_opt(item.webhook.map(WebhookId::uuid))
            .bytes(&item.sealed)
            .instant(item.created_at)
            .instant(item.due_at)
            .instant(item.next_attempt_at)
            .count("attempts", u64::from(item.attempts))
            .text(&item.state)
            .text_opt(item.last_error.as_deref())
            .instant_opt(item.settled_at);
    }

    fn read(row: &mut Row<'_>) -> Result<Notice, StoreError> {
        Ok(Notice {
            id: NoticeId::new(row.get()?),
            key: row.get()?,
            channel: row.get()?,
            topic: row.get()?,
            institution: row.get::<Option<_>>()?.map(InstitutionId::new),
            user: row.get::<Option<_>>()?.map(UserId::new),
            webhook: row.get::<Option<_>>()?.map(WebhookId::new),
            sealed: row.get()?,
            created_at: row.instant()?,
            due_at: row.instant()?,
            next_attempt_at: row.instant()?,
            attempts: row.count_u32()?,
            state: row.get()?,
            last_error: row.get()?,
            settled_at: row.instant_opt()?,
        })
    }
}

struct Webhooks;

impl Table for Webhooks {
    type Item = Webhook;
    const NAME: &'static str = "webhook";
    const KEY: &'static [&'static str] = &["webhook_id"];
    const COLUMNS: &'static [&'static str] =
        &["webhook_id", "institution_id", "url", "topics", "secret_sealed", "created_by", "created_at", "ended_at"];
    const CHANGING: &'static [&'static str] = &[];

    fn write(item: &Webhook, values: &mut Values) {
        values
            .id(item.id.uuid())
            .id_opt(item.institution.map(InstitutionId::uuid))
            .text(&item.url)
            .text(&item.topics)
            .bytes(&item.secret_sealed)
            .id(item.created_by.uuid())
            .instant(item.created_at)
            .instant_opt(item.ended_at);
    }

    fn read(row: &mut Row<'_>) -> Result<Webhook, StoreError> {
        Ok(Webhook {
            id: WebhookId::new(row.get()?),
            institution: row.get::<Option<_>>()?.map(InstitutionId::new),
            url: row.get()?,
            topics: row.get()?,
            secret_sealed: row.get()?,
            created_by: UserId::new(row.get()?),
            created_at: row.instant()?,
            ended_at: row.instant_opt()?,
        })
    }
}

/// Writes a notice; `false` when its key is there already.
///
/// # Errors
/// Trouble of the database.
pub async fn notice_insert(tx: &Tx, ledger: &LedgerId, notice: &Notice) -> Result<bool, StoreError> {
    let mut values = Values::with_capacity(Notices::COLUMNS.len());
    values.put(ledger.as_str());
    Notices::write(notice, &mut values);
    let mut sql = Sql::new(tx, "INSERT INTO outbox (ledger_id, ");
    sql.push(&Notices::COLUMNS.join(", ")).push(") VALUES (").list(values.finish()?);
    sql.push(") ON CONFLICT (ledger_id, dedup_key) DO NOTHING");
    Ok(sql.execute(tx).await? == 1)
}

/// Notices whose time has come, the longest waiting first.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn notices_due(
    conn: &impl Conn,
    ledger: &LedgerId,
    now: Instant,
    limit: u32,
) -> Result<Vec<Notice>, StoreError> {
    let mut sql = select::<Notices>(conn, ledger);
    sql.push(" AND state = 'pending'").and("next_attempt_at <= ", now.micros());
    sql.push(" ORDER BY next_attempt_at, notice_id LIMIT ").bind(i64::from(limit));
    sql.all::<Notices>(conn).await
}

/// Takes a notice for one attempt until `until`, if it is as it was read: of several servers one gets
/// it, and one that dies with it leaves it to be taken again.
///
/// # Errors
/// Trouble of the database.
pub async fn notice_take(tx: &Tx, ledger: &LedgerId, notice: &Notice, until: Instant) -> Result<bool, StoreError> {
    let mut sql = Sql::new(tx, "UPDATE outbox SET attempts = attempts + 1, next_attempt_at = ");
    sql.bind(until.micros()).push(" WHERE ledger_id = ").bind(ledger.as_str());
    sql.and("notice_id = ", notice.id.uuid()).and("attempts = ", i64::from(notice.attempts));
    sql.and("next_attempt_at = ", notice.next_attempt_at.micros()).push(" AND state = 'pending'");
    Ok(sql.execute(tx).await? == 1)
}

/// What became of an attempt: state, when it is tried next, why it failed.
///
/// # Errors
/// Trouble of the database.
pub async fn notice_settle(tx: &Tx, ledger: &LedgerId, notice: &Notice) -> Result<bool, StoreError> {
    let mut sql = Sql::new(tx, "UPDATE outbox SET state = ");
    sql.bind(notice.state.as_str()).push(", next_attempt_at = ").bind(notice.next_attempt_at.micros());
    sql.push(", attempts = ").bind(i64::from(notice.attempts));
    sql.push(", last_error = ").bind(notice.last_error.clone());
    sql.push(", settled_at = ").bind(notice.settled_at.map(Instant::micros));
    sql.push(" WHERE ledger_id = ").bind(ledger.as_str()).and("notice_id = ", notice.id.uuid());
    Ok(sql.execute(tx).await? == 1)
}

/// A notice.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn notice_by_id(conn: &impl Conn, ledger: &LedgerId, id: NoticeId) -> Result<Option<Notice>, StoreError> {
    Ok(load::<Notices>(conn, ledger, &[id.uuid()]).await?.pop())
}

/// A page of notices in the order in which they were written.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn notices_page(
    conn: &impl Conn,
    ledger: &LedgerId,
    filter: &NoticeFilter,
    after: Option<NoticeId>,
    limit: u32,
) -> Result<Vec<Notice>, StoreError> {
    let mut sql = select::<Notices>(conn, ledger);
    sql.and_if("state = ", filter.state.as_deref());
    sql.and_if("institution_id = ", filter.institution.map(InstitutionId::uuid));
    page_of::<Notices>(conn, sql, after.map(NoticeId::uuid), limit).await
}

/// Deletes what was delivered before an instant; how many.
///
/// # Errors
/// Trouble of the database.
pub async fn notices_purge(tx: &Tx, ledger: &LedgerId, before: Instant) -> Result<u64, StoreError> {
    let mut sql = Sql::new(tx, "DELETE FROM outbox WHERE ledger_id = ");
    sql.bind(ledger.as_str()).push(" AND state = 'delivered'").and("settled_at < ", before.micros());
    sql.execute(tx).await
}

/// Sets a webhook up.
///
/// # Errors
/// Trouble of the database.
pub async fn webhook_insert(tx: &Tx, ledger: &LedgerId, webhook: &Webhook) -> Result<(), StoreError> {
    insert::<Webhooks>(tx, ledger, &[webhook]).await
}

/// A webhook, in force or not.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn webhook_by_id(conn: &impl Conn, ledger: &LedgerId, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
    Ok(load::<Webhooks>(conn, ledger, &[id.uuid()]).await?.pop())
}

/// The webhooks in force of an institution, or of the authority.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn webhooks_of(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: Option<InstitutionId>,
) -> Result<Vec<Webhook>, StoreError> {
    let mut sql = select::<Webhooks>(conn, ledger);
    match institution {
        Some(institution) => sql.and("institution_id = ", institution.uuid()),
        None => sql.push(" AND institution_id IS NULL"),
    };
    sql.push(" AND ended_at IS NULL ORDER BY webhook_id");
    sql.all::<Webhooks>(conn).await
}

/// Takes a webhook away; `false` when there is none in force.
///
/// # Errors
/// Trouble of the database.
pub async fn webhook_end(tx: &Tx, ledger: &LedgerId, id: WebhookId, now: Instant) -> Result<bool, StoreError> {
    let mut sql = Sql::new(tx, "UPDATE webhook SET ended_at = ");
    sql.bind(now.micros()).push(" WHERE ledger_id = ").bind(ledger.as_str());
    sql.and("webhook_id = ", id.uuid()).push(" AND ended_at IS NULL");
    Ok(sql.execute(tx).await? == 1)
}

/// Keeps the address of a user, replacing the one before.
///
/// # Errors
/// Trouble of the database.
pub async fn notice_address_save(tx: &Tx, user: UserId, sealed: &[u8], now: Instant) -> Result<(), StoreError> {
    let mut sql = Sql::new(tx, "INSERT INTO notice_address (user_id, sealed, changed_at) VALUES (");
    sql.list([user.uuid().into(), sealed.to_vec().into(), now.micros().into()]);
    sql.push(") ON CONFLICT (user_id) DO UPDATE SET sealed = excluded.sealed, changed_at = excluded.changed_at");
    sql.execute(tx).await?;
    Ok(())
}

/// Forgets the address of a user; `false` when there is none.
///
/// # Errors
/// Trouble of the database.
pub async fn notice_address_delete(tx: &Tx, user: UserId) -> Result<bool, StoreError> {
    let mut sql = Sql::new(tx, "DELETE FROM notice_address WHERE user_id = ");
    sql.bind(user.uuid());
    Ok(sql.execute(tx).await? == 1)
}

/// The sealed address of a user who may log in.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn notice_address(conn: &impl Conn, user: UserId) -> Result<Option<Vec<u8>>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT a.sealed FROM notice_address a JOIN app_user u ON u.user_id = a.user_id");
    sql.push(" WHERE u.active = ").bind(true).and("a.user_id = ", user.uuid());
    Ok(sql.rows(conn, "notice_address", &["sealed"], |row| row.get()).await?.pop())
}

/// Whose users are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Told {
    /// The accounts of a guardian.
    Guardian(SubjectId),
    /// The people of an institution who act for it.
    Institution(InstitutionId),
    /// The county's officers.
    Regulator(RegionCode),
}

/// The users to be told who may log in and gave an address.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn users_told(conn: &impl Conn, ledger: &LedgerId, told: Told) -> Result<Vec<UserId>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT u.user_id FROM app_user u JOIN notice_address a ON a.user_id = u.user_id");
    sql.push(" WHERE u.active = ").bind(true);
    match told {
        Told::Guardian(subject) => {
            sql.and("u.ledger_id = ", ledger.as_str()).and("u.subject_id = ", subject.uuid());
        }
        Told::Institution(institution) => {
            sql.and("u.ledger_id = ", ledger.as_str()).and("u.institution_id = ", institution.uuid());
            sql.push(" AND u.duties <> 'teacher'");
        }
        Told::Regulator(region) => {
            sql.push(" AND u.role = 'regulator'").and("u.region = ", region.to_string());
        }
    }
    sql.push(" ORDER BY u.user_id");
    sql.rows(conn, "app_user", &["user_id"], |row| Ok(UserId::new(row.get()?))).await
}
