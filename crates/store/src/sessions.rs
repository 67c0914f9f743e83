//! Logins in force.

use kernel::{Instant, SessionId, UserId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::row::{Row, Values};
use crate::sql::Sql;
use crate::users::{User, read_user, user_columns};

/// A login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id, by which it is named.
    pub id: SessionId,
    /// Hash of the bearer token.
    pub token_hash: [u8; 32],
    /// Who.
    pub user: UserId,
    /// When it began.
    pub created_at: Instant,
    /// When it ends.
    pub expires_at: Instant,
    /// How the user logged in: `password`, `oidc`.
    pub method: String,
    /// Address that it was opened from.
    pub address: Option<String>,
    /// Program that it was opened with.
    pub agent: Option<String>,
    /// Until when the second factor counts.
    pub confirmed_until: Option<Instant>,
}

const COLUMNS: &[&str] = &[
    "session_id",
    "token_hash",
    "user_id",
    "created_at",
    "expires_at",
    "method",
    "address",
    "agent",
    "confirmed_until_at",
];

fn read(row: &mut Row<'_>) -> Result<Session, StoreError> {
    Ok(Session {
        id: SessionId::new(row.get()?),
        token_hash: row.hash()?,
        user: UserId::new(row.get()?),
        created_at: row.instant()?,
        expires_at: row.instant()?,
        method: row.get()?,
        address: row.get()?,
        agent: row.get()?,
        confirmed_until: row.instant_opt()?,
    })
}

/// Adds a session.
///
/// # Errors
/// [`StoreError::Constraint`] when the token or the user is not right, and trouble of the database.
pub async fn session_insert(tx: &Tx, session: &Session) -> Result<(), StoreError> {
    let mut values = Values::with_capacity(COLUMNS.len());
    values
        .id(session.id.uuid())
        .hash(&session.token_hash)
        .id(session.user.uuid())
        .instant(session.created_at)
        .instant(session.expires_at)
        .text(&session.method)
        .text_opt(session.address.as_deref())
        .text_opt(session.agent.as_deref())
        .instant_opt(session.confirmed_until);
    let mut sql = Sql::new(tx, "INSERT INTO session (");
    sql.push(&COLUMNS.join(", ")).push(") VALUES (").list(values.finish()?).push(")");
    sql.execute(tx).await?;
    Ok(())
}

/// The session of a token and its user, whether it has ended or not: the caller has the clock.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn session_by_token_hash(
    conn: &impl Conn,
    token_hash: &[u8; 32],
) -> Result<Option<(Session, User)>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT s.");
    sql.push(&COLUMNS.join(", s.")).push(", u.").push(&user_columns().join(", u."));
    sql.push(" FROM session s JOIN app_user u ON u.user_id = s.user_id WHERE s.token_hash = ");
    sql.bind(token_hash.to_vec());
    let both = |row: &mut Row<'_>| Ok((read(row)?, read_user(row)?));
    Ok(sql.rows(conn, "session", COLUMNS, both).await?.pop())
}

/// The sessions of a user that have not ended, the newest first.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn sessions_of_user(conn: &impl Conn, user: UserId, now: Instant) -> Result<Vec<Session>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT ");
    sql.push(&COLUMNS.join(", ")).push(" FROM session WHERE user_id = ").bind(user.uuid());
    sql.and("expires_at > ", now.micros()).push(" ORDER BY created_at DESC, session_id DESC");
    sql.rows(conn, "session", COLUMNS, read).await
}

/// Remembers that a session was confirmed with a second factor; `false` when there is none.
///
/// # Errors
/// Trouble of the database.
pub async fn session_confirm(tx: &Tx, id: SessionId, until: Instant) -> Result<bool, StoreError> {
    let mut sql = Sql::new(tx, "UPDATE session SET confirmed_until_at = ");
    sql.bind(until.micros()).push(" WHERE session_id = ").bind(id.uuid());
    Ok(sql.execute(tx).await? == 1)
}

/// Ends a session; `false` when there is none.
///
/// # Errors
/// Trouble of the database.
pub async fn session_delete(tx: &Tx, token_hash: &[u8; 32]) -> Result<bool, StoreError> {
    let mut sql = Sql::new(tx, "DELETE FROM session WHERE token_hash = ");
    sql.bind(token_hash.to_vec());
    Ok(sql.execute(tx).await? == 1)
}

/// Ends one session of a user; `false` when there is none.
///
/// # Errors
/// Trouble of the database.
pub async fn session_delete_of(tx: &Tx, user: UserId, id: SessionId) -> Result<bool, StoreError> {
    let mut sql = Sql::new(tx, "DELETE FROM session WHERE user_id = ");
    sql.bind(user.uuid()).and("session_id = ", id.uuid());
    Ok(sql.execute(tx).await? == 1)
}

/// Ends all sessions of a user; how many.
///
/// # Errors
/// Trouble of the database.
pub async fn sessions_delete_of(tx: &Tx, user: UserId) -> Result<u64, StoreError> {
    let mut sql = Sql::new(tx, "DELETE FROM session WHERE user_id = ");
    sql.bind(user.uuid());
    sql.execute(tx).await
}

/// Deletes the sessions that ended before `now`; how many.
///
/// # Errors
/// Trouble of the database.
pub async fn sessions_purge_expired(tx: &Tx, now: Instant) -> Result<u64, StoreError> {
    let mut sql = Sql::new(tx, "DELETE FROM session WHERE expires_at < ");
    sql.bind(now.micros());
    sql.execute(tx).await
}
