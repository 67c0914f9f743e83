//! Those who log in, and their sessions. Words of roles and duties belong to `access`.

use kernel::{Instant, InstitutionId, LedgerId, RegionCode, SubjectId, UserId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::row::{Row, Values};
use crate::sql::Sql;

/// Someone who logs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Name to log in with, unique.
    pub username: String,
    /// Password hash (PHC string).
    pub password_hash: String,
    /// Role.
    pub role: String,
    /// Region that a regulator, bank or auditor acts in.
    pub region: Option<RegionCode>,
    /// Department of a regulator.
    pub department: Option<String>,
    /// Duties within the role, comma-separated; may be empty.
    pub duties: String,
    /// Ledger of the institution or subject.
    pub ledger: Option<LedgerId>,
    /// Institution that the user belongs to.
    pub institution: Option<InstitutionId>,
    /// Guardian that the user is.
    pub subject: Option<SubjectId>,
    /// May log in.
    pub active: bool,
    /// When it was made.
    pub created_at: Instant,
}

const COLUMNS: &[&str] = &[
    "user_id",
    "username",
    "password_hash",
    "role",
    "region",
    "department",
    "duties",
    "ledger_id",
    "institution_id",
    "subject_id",
    "active",
    "created_at",
];

fn write(user: &User) -> Result<Vec<sea_orm::Value>, StoreError> {
    let mut values = Values::with_capacity(COLUMNS.len());
    values
        .id(user.id.uuid())
        .text(&user.username)
        .text(&user.password_hash)
        .text(&user.role)
        .text_opt(user.region)
        .text_opt(user.department.as_deref())
        .text(&user.duties)
        .text_opt(user.ledger.as_ref())
        .id_opt(user.institution.map(InstitutionId::uuid))
        .id_opt(user.subject.map(SubjectId::uuid))
        .put(user.active)
        .instant(user.created_at);
    values.finish()
}

fn read(row: &mut Row<'_>) -> Result<User, StoreError> {
    Ok(User {
        id: UserId::new(row.get()?),
        username: row.get()?,
        password_hash: row.get()?,
        role: row.get()?,
        region: row.parse_opt()?,
        department: row.get()?,
        duties: row.get()?,
        ledger: row.parse_opt()?,
        institution: row.get::<Option<_>>()?.map(InstitutionId::new),
        subject: row.get::<Option<_>>()?.map(SubjectId::new),
        active: row.get()?,
        created_at: row.instant()?,
    })
}

fn select_users(conn: &impl Conn) -> Sql {
    let mut sql = Sql::new(conn, "SELECT ");
    sql.push(&COLUMNS.join(", ")).push(" FROM app_user WHERE ");
    sql
}

/// Adds a user.
///
/// # Errors
/// [`StoreError::Constraint`] when the name is taken, and trouble of the database.
pub async fn user_insert(tx: &Tx, user: &User) -> Result<(), StoreError> {
    let mut sql = Sql::new(tx, "INSERT INTO app_user (");
    sql.push(&COLUMNS.join(", ")).push(") VALUES (").list(write(user)?).push(")");
    sql.execute(tx).await?;
    Ok(())
}

/// Changes the password, the duties and whether the user may log in; `false` when there is none.
///
/// # Errors
/// Trouble of the database.
pub async fn user_update(tx: &Tx, user: &User) -> Result<bool, StoreError> {
    let mut sql = Sql::new(tx, "UPDATE app_user SET password_hash = ");
    sql.bind(user.password_hash.as_str()).push(", duties = ").bind(user.duties.as_str());
    sql.push(", active = ").bind(user.active).push(" WHERE user_id = ").bind(user.id.uuid());
    Ok(sql.execute(tx).await? == 1)
}

/// The user of this name.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn user_by_username(conn: &impl Conn, username: &str) -> Result<Option<User>, StoreError> {
    let mut sql = select_users(conn);
    sql.push("username = ").bind(username);
    Ok(sql.rows(conn, "app_user", COLUMNS, read).await?.pop())
}

/// The user with this id.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn user_by_id(conn: &impl Conn, id: UserId) -> Result<Option<User>, StoreError> {
    let mut sql = select_users(conn);
    sql.push("user_id = ").bind(id.uuid());
    Ok(sql.rows(conn, "app_user", COLUMNS, read).await?.pop())
}

/// A page of users in the order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn users_page(conn: &impl Conn, after: Option<UserId>, limit: u32) -> Result<Vec<User>, StoreError> {
    let mut sql = select_users(conn);
    sql.push("user_id IS NOT NULL").and_if("user_id > ", after.map(UserId::uuid));
    sql.push(" ORDER BY user_id LIMIT ").bind(i64::from(limit));
    sql.rows(conn, "app_user", COLUMNS, read).await
}

/// A login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// Hash of the bearer token.
    pub token_hash: [u8; 32],
    /// Who.
    pub user: UserId,
    /// When it began.
    pub created_at: Instant,
    /// When it ends.
    pub expires_at: Instant,
}

/// Adds a session.
///
/// # Errors
/// [`StoreError::Constraint`] when the token or the user is not right, and trouble of the database.
pub async fn session_insert(tx: &Tx, session: &Session) -> Result<(), StoreError> {
    let mut values = Values::with_capacity(4);
    values.hash(&session.token_hash).id(session.user.uuid()).instant(session.created_at).instant(session.expires_at);
    let mut sql = Sql::new(tx, "INSERT INTO session (token_hash, user_id, created_at, expires_at) VALUES (");
    sql.list(values.finish()?).push(")");
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
    let mut sql = Sql::new(conn, "SELECT u.");
    sql.push(&COLUMNS.join(", u.")).push(", s.token_hash, s.created_at, s.expires_at");
    sql.push(" FROM session s JOIN app_user u ON u.user_id = s.user_id WHERE s.token_hash = ");
    sql.bind(token_hash.to_vec());
    let read = |row: &mut Row<'_>| {
        let user = read(row)?;
        let session =
            Session { token_hash: row.hash()?, user: user.id, created_at: row.instant()?, expires_at: row.instant()? };
        Ok((session, user))
    };
    Ok(sql.rows(conn, "session", COLUMNS, read).await?.pop())
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

/// Deletes the sessions that ended before `now`; how many.
///
/// # Errors
/// Trouble of the database.
pub async fn sessions_purge_expired(tx: &Tx, now: Instant) -> Result<u64, StoreError> {
    let mut sql = Sql::new(tx, "DELETE FROM session WHERE expires_at < ");
    sql.bind(now.micros());
    sql.execute(tx).await
}
