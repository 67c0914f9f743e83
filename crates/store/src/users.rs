//! Those who log in. Words of roles and duties belong to `access`.

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
    /// Counts changes, from 1.
    pub version: u64,
}

/// Which users.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserFilter {
    /// Of institutions and families of this ledger.
    pub ledger: Option<LedgerId>,
    /// Of this institution.
    pub institution: Option<InstitutionId>,
    /// In this role.
    pub role: Option<String>,
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
    "version",
];

/// The columns of a user, for a query that joins them; read by [`read_user`].
pub(crate) const fn user_columns() -> &'static [&'static str] {
    COLUMNS
}

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
        .instant(user.created_at)
        .count("version", user.version);
    values.finish()
}

/// Takes the values of [`user_columns`].
pub(crate) fn read_user(row: &mut Row<'_>) -> Result<User, StoreError> {
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
        version: row.count()?,
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

/// Changes the name, the password, the department, the duties and whether the user may log in, if it
/// still is as it was read; `false` when it is not, or there is none.
///
/// # Errors
/// Trouble of the database.
pub async fn user_update(tx: &Tx, user: &User) -> Result<bool, StoreError> {
    let version = i64::try_from(user.version).map_err(|_| StoreError::TooLarge { column: "version" })?;
    let mut sql = Sql::new(tx, "UPDATE app_user SET version = version + 1, username = ");
    sql.bind(user.username.as_str()).push(", password_hash = ").bind(user.password_hash.as_str());
    sql.push(", department = ").bind(user.department.clone()).push(", duties = ").bind(user.duties.as_str());
    sql.push(", active = ").bind(user.active).push(" WHERE user_id = ").bind(user.id.uuid());
    sql.and("version = ", version);
    Ok(sql.execute(tx).await? == 1)
}

/// The user of this name.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn user_by_username(conn: &impl Conn, username: &str) -> Result<Option<User>, StoreError> {
    let mut sql = select_users(conn);
    sql.push("username = ").bind(username);
    Ok(sql.rows(conn, "app_user", COLUMNS, read_user).await?.pop())
}

/// The user with this id.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn user_by_id(conn: &impl Conn, id: UserId) -> Result<Option<User>, StoreError> {
    let mut sql = select_users(conn);
    sql.push("user_id = ").bind(id.uuid());
    Ok(sql.rows(conn, "app_user", COLUMNS, read_user).await?.pop())
}

/// A page of users in the order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn users_page(
    conn: &impl Conn,
    filter: &UserFilter,
    after: Option<UserId>,
    limit: u32,
) -> Result<Vec<User>, StoreError> {
    let mut sql = select_users(conn);
    sql.push("user_id IS NOT NULL").and_if("user_id > ", after.map(UserId::uuid));
    sql.and_if("ledger_id = ", filter.ledger.as_ref().map(LedgerId::as_str));
    sql.and_if("institution_id = ", filter.institution.map(InstitutionId::uuid));
    sql.and_if("role = ", filter.role.as_deref());
    sql.push(" ORDER BY user_id LIMIT ").bind(i64::from(limit));
    sql.rows(conn, "app_user", COLUMNS, read_user).await
}

/// The guardian's accounts of a person.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn users_of_subject(
    conn: &impl Conn,
    ledger: &LedgerId,
    subject: SubjectId,
) -> Result<Vec<User>, StoreError> {
    let mut sql = select_users(conn);
    sql.push("ledger_id = ").bind(ledger.as_str()).and("subject_id = ", subject.uuid());
    sql.rows(conn, "app_user", COLUMNS, read_user).await
}
