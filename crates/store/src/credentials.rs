//! What a user shows beside the password: one-time codes, recovery codes, API keys, accounts at other
//! identity providers; and the duties that colleagues lent.

use kernel::{ApiKeyId, Day, DelegationId, Instant, UserId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::row::{Row, Values};
use crate::sql::Sql;
use crate::users::{User, read_user, user_columns};

/// The secret of a user's one-time codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactor {
    /// Whose.
    pub user: UserId,
    /// The secret, sealed.
    pub sealed: Vec<u8>,
    /// The user has shown a code of it.
    pub confirmed: bool,
    /// Time step of the code used last.
    pub last_step: Option<u64>,
    /// When it was made.
    pub created_at: Instant,
}

const FACTOR: &[&str] = &["user_id", "sealed", "confirmed", "last_step", "created_at"];

/// The second factor of a user.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn second_factor(conn: &impl Conn, user: UserId) -> Result<Option<SecondFactor>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT ");
    sql.push(&FACTOR.join(", ")).push(" FROM second_factor WHERE user_id = ").bind(user.uuid());
    let read = |row: &mut Row<'_>| {
        Ok(SecondFactor {
            user: UserId::new(row.get()?),
            sealed: row.get()?,
            confirmed: row.get()?,
            last_step: row.count_opt()?,
            created_at: row.instant()?,
        })
    };
    Ok(sql.rows(conn, "second_factor", FACTOR, read).await?.pop())
}

/// Puts a second factor in the place of the one before.
///
/// # Errors
/// Trouble of the database.
pub async fn second_factor_save(tx: &Tx, factor: &SecondFactor) -> Result<(), StoreError> {
    let mut values = Values::with_capacity(FACTOR.len());
    values
        .id(factor.user.uuid())
        .bytes(&factor.sealed)
        .put(factor.confirmed)
        .count_opt("last_step", factor.last_step)
        .instant(factor.created_at);
    let mut sql = Sql::new(tx, "INSERT INTO second_factor (");
    sql.push(&FACTOR.join(", ")).push(") VALUES (").list(values.finish()?);
    sql.push(") ON CONFLICT (user_id) DO UPDATE SET sealed = excluded.sealed, confirmed = excluded.confirmed, ");
    sql.push("last_step = excluded.last_step, created_at = excluded.created_at");
    sql.execute(tx).await?;
    Ok(())
}

/// Uses a time step up; `false` when it, or a later one, was used before: of two at once one wins.
///
/// # Errors
/// Trouble of the database.
pub async fn second_factor_use(tx: &Tx, user: UserId, step: u64) -> Result<bool, StoreError> {
    let step = i64::try_from(step).map_err(|_| StoreError::TooLarge { column: "last_step" })?;
    let mut sql = Sql::new(tx, "UPDATE second_factor SET last_step = ");
    sql.bind(step).push(", confirmed = ").bind(true).push(" WHERE user_id = ").bind(user.uuid());
    sql.push(" AND (last_step IS NULL OR last_step < ").bind(step).push(")");
    Ok(sql.execute(tx).await? == 1)
}

/// Removes a user's second factor and recovery codes; `false` when there is none.
///
/// # Errors
/// Trouble of the database.
pub async fn second_factor_delete(tx: &Tx, user: UserId) -> Result<bool, StoreError> {
    recovery_codes_replace(tx, user, &[]).await?;
    let mut sql = Sql::new(tx, "DELETE FROM second_factor WHERE user_id = ");
    sql.bind(user.uuid());
    Ok(sql.execute(tx).await? == 1)
}

/// Puts recovery codes in the place of those before.
///
/// # Errors
/// Trouble of the database.
pub async fn recovery_codes_replace(tx: &Tx, user: UserId, hashes: &[[u8; 32]]) -> Result<(), StoreError> {
    let mut sql = Sql::new(tx, "DELETE FROM recovery_code WHERE user_id = ");
    sql.bind(user.uuid());
    sql.execute(tx).await?;
    for hash in hashes {
        let mut sql = Sql::new(tx, "INSERT INTO recovery_code (user_id, code_hash) VALUES (");
        sql.bind(user.uuid()).push(", ").bind(hash.to_vec()).push(")");
        sql.execute(tx).await?;
    }
    Ok(())
}

/// How many recovery codes are left.
///
/// # Errors
/// Trouble of the database.
pub async fn recovery_codes_left(conn: &impl Conn, user: UserId) -> Result<u64, StoreError> {
    let mut sql = Sql::new(conn, "SELECT count(*) FROM recovery_code WHERE user_id = ");
    sql.bind(user.uuid());
    Ok(sql.rows(conn, "recovery_code", &["count"], |row: &mut Row<'_>| row.count()).await?.pop().unwrap_or(0))
}

/// Uses a recovery code up; `false` when there is none like it.
///
/// # Errors
/// Trouble of the database.
pub async fn recovery_code_use(tx: &Tx, user: UserId, hash: &[u8; 32]) -> Result<bool, StoreError> {
    let mut sql = Sql::new(tx, "DELETE FROM recovery_code WHERE user_id = ");
    sql.bind(user.uuid()).and("code_hash = ", hash.to_vec());
    Ok(sql.execute(tx).await? == 1)
}

/// A key of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// For whom it acts.
    pub user: UserId,
    /// Hash of the key.
    pub key_hash: [u8; 32],
    /// How it begins.
    pub prefix: String,
    /// What it is for.
    pub name: String,
    /// Actions, comma-separated; the words belong to `access`.
    pub scope: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it ends.
    pub expires_at: Instant,
    /// When it was used last.
    pub last_used_at: Option<Instant>,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

const KEY: &[&str] = &[
    "api_key_id",
    "user_id",
    "key_hash",
    "prefix",
    "name",
    "scope",
    "created_at",
    "expires_at",
    "last_used_at",
    "revoked_at",
];

fn read_key(row: &mut Row<'_>) -> Result<ApiKey, StoreError> {
    Ok(ApiKey {
        id: ApiKeyId::new(row.get()?),
        user: UserId::new(row.get()?),
        key_hash: row.hash()?,
        prefix: row.get()?,
        name: row.get()?,
        scope: row.get()?,
        created_at: row.instant()?,
        expires_at: row.instant()?,
        last_used_at: row.instant_opt()?,
        revoked_at: row.instant_opt()?,
    })
}

/// Adds a key.
///
/// # Errors
/// Trouble of the database.
pub async fn api_key_insert(tx: &Tx, key: &ApiKey) -> Result<(), StoreError> {
    let mut values = Values::with_capacity(KEY.len());
    values
        .id(key.id.uuid())
        .id(key.user.uuid())
        .hash(&key.key_hash)
        .text(&key.prefix)
        .text(&key.name)
        .text(&key.scope)
        .instant(key.created_at)
        .instant(key.expires_at)
        .instant_opt(key.last_used_at)
        .instant_opt(key.revoked_at);
    let mut sql = Sql::new(tx, "INSERT INTO api_key (");
    sql.push(&KEY.join(", ")).push(") VALUES (").list(values.finish()?).push(")");
    sql.execute(tx).await?;
    Ok(())
}

/// The key of this hash and its user, whether it has ended or not.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn api_key_by_hash(conn: &impl Conn, hash: &[u8; 32]) -> Result<Option<(ApiKey, User)>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT k.");
    sql.push(&KEY.join(", k.")).push(", u.").push(&user_columns().join(", u."));
    sql.push(" FROM api_key k JOIN app_user u ON u.user_id = k.user_id WHERE k.key_hash = ").bind(hash.to_vec());
    let both = |row: &mut Row<'_>| Ok((read_key(row)?, read_user(row)?));
    Ok(sql.rows(conn, "api_key", KEY, both).await?.pop())
}

/// The keys of a user, the newest first.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn api_keys_of(conn: &impl Conn, user: UserId) -> Result<Vec<ApiKey>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT ");
    sql.push(&KEY.join(", ")).push(" FROM api_key WHERE user_id = ").bind(user.uuid());
    sql.push(" ORDER BY api_key_id DESC");
    sql.rows(conn, "api_key", KEY, read_key).await
}

/// Remembers when a key was used.
///
/// # Errors
/// Trouble of the database.
pub async fn api_key_used(tx: &Tx, id: ApiKeyId, at: Instant) -> Result<(), StoreError> {
    let mut sql = Sql::new(tx, "UPDATE api_key SET last_used_at = ");
    sql.bind(at.micros()).push(" WHERE api_key_id = ").bind(id.uuid());
    sql.execute(tx).await?;
    Ok(())
}

/// Revokes a key of a user; `false` when there is none that is in force.
///
/// # Errors
/// Trouble of the database.
pub async fn api_key_revoke(tx: &Tx, user: UserId, id: ApiKeyId, at: Instant) -> Result<bool, StoreError> {
    let mut sql = Sql::new(tx, "UPDATE api_key SET revoked_at = ");
    sql.bind(at.micros()).push(" WHERE revoked_at IS NULL AND user_id = ").bind(user.uuid());
    sql.and("api_key_id = ", id.uuid());
    Ok(sql.execute(tx).await? == 1)
}

/// Revokes all keys of a user; how many.
///
/// # Errors
/// Trouble of the database.
pub async fn api_keys_revoke_of(tx: &Tx, user: UserId, at: Instant) -> Result<u64, StoreError> {
    let mut sql = Sql::new(tx, "UPDATE api_key SET revoked_at = ");
    sql.bind(at.micros()).push(" WHERE revoked_at IS NULL AND user_id = ").bind(user.uuid());
    sql.execute(tx).await
}

/// Duties of one officer lent to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// Its id.
    pub id: DelegationId,
    /// Who lends.
    pub from: UserId,
    /// Who acts.
    pub to: UserId,
    /// Duties, comma-separated.
    pub duties: String,
    /// First day.
    pub from_on: Day,
    /// Last day.
    pub until_on: Day,
    /// When it was made.
    pub created_at: Instant,
    /// When it was withdrawn.
    pub revoked_at: Option<Instant>,
}

const DELEGATION: &[&str] =
    &["delegation_id", "from_user_id", "to_user_id", "duties", "from_on", "until_on", "created_at", "revoked_at"];

fn read_delegation(row: &mut Row<'_>) -> Result<Delegation, StoreError> {
    Ok(Delegation {
        id: DelegationId::new(row.get()?),
        from: UserId::new(row.get()?),
        to: UserId::new(row.get()?),
        duties: row.get()?,
        from_on: row.parse()?,
        until_on: row.parse()?,
        created_at: row.instant()?,
        revoked_at: row.instant_opt()?,
    })
}

/// Adds a delegation.
///
/// # Errors
/// Trouble of the database.
pub async fn delegation_insert(tx: &Tx, delegation: &Delegation) -> Result<(), StoreError> {
    let mut values = Values::with_capacity(DELEGATION.len());
    values
        .id(delegation.id.uuid())
        .id(delegation.from.uuid())
        .id(delegation.to.uuid())
        .text(&delegation.duties)
        .text(delegation.from_on)
        .text(delegation.until_on)
        .instant(delegation.created_at)
        .instant_opt(delegation.revoked_at);
    let mut sql = Sql::new(tx, "INSERT INTO delegation (");
    sql.push(&DELEGATION.join(", ")).push(") VALUES (").list(values.finish()?).push(")");
    sql.execute(tx).await?;
    Ok(())
}

/// What was lent to a user and who lent it, as the lender is now.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn delegations_to(conn: &impl Conn, user: UserId) -> Result<Vec<(Delegation, User)>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT d.");
    sql.push(&DELEGATION.join(", d.")).push(", u.").push(&user_columns().join(", u."));
    sql.push(" FROM delegation d JOIN app_user u ON u.user_id = d.from_user_id WHERE d.to_user_id = ");
    sql.bind(user.uuid()).push(" ORDER BY d.delegation_id DESC");
    let both = |row: &mut Row<'_>| Ok((read_delegation(row)?, read_user(row)?));
    sql.rows(conn, "delegation", DELEGATION, both).await
}

/// What a user lent and was lent, the newest first.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn delegations_of(conn: &impl Conn, user: UserId) -> Result<Vec<Delegation>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT ");
    sql.push(&DELEGATION.join(", ")).push(" FROM delegation WHERE from_user_id = ").bind(user.uuid());
    sql.push(" OR to_user_id = ").bind(user.uuid()).push(" ORDER BY delegation_id DESC");
    sql.rows(conn, "delegation", DELEGATION, read_delegation).await
}

/// Withdraws what a user lent; the borrower, when there was something to withdraw.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn delegation_revoke(
    tx: &Tx,
    from: UserId,
    id: DelegationId,
    at: Instant,
) -> Result<Option<UserId>, StoreError> {
    let found = delegations_of(tx, from).await?.into_iter().find(|lent| lent.id == id && lent.from == from);
    let mut sql = Sql::new(tx, "UPDATE delegation SET revoked_at = ");
    sql.bind(at.micros()).push(" WHERE revoked_at IS NULL AND from_user_id = ").bind(from.uuid());
    sql.and("delegation_id = ", id.uuid());
    Ok(if sql.execute(tx).await? == 1 { found.map(|lent| lent.to) } else { None })
}

/// An account at another identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityLink {
    /// The provider.
    pub issuer: String,
    /// The account there.
    pub subject: String,
    /// The user here.
    pub user: UserId,
    /// When it was linked.
    pub created_at: Instant,
}

const LINK: &[&str] = &["issuer", "subject", "user_id", "created_at"];

fn read_link(row: &mut Row<'_>) -> Result<IdentityLink, StoreError> {
    Ok(IdentityLink {
        issuer: row.get()?,
        subject: row.get()?,
        user: UserId::new(row.get()?),
        created_at: row.instant()?,
    })
}

/// Links an account.
///
/// # Errors
/// [`StoreError::Constraint`] when it is linked already, and trouble of the database.
pub async fn identity_link_insert(tx: &Tx, link: &IdentityLink) -> Result<(), StoreError> {
    let mut values = Values::with_capacity(LINK.len());
    values.text(&link.issuer).text(&link.subject).id(link.user.uuid()).instant(link.created_at);
    let mut sql = Sql::new(tx, "INSERT INTO identity_link (issuer, subject, user_id, created_at) VALUES (");
    sql.list(values.finish()?).push(")");
    sql.execute(tx).await?;
    Ok(())
}

/// The user that an account is linked to.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn identity_link(conn: &impl Conn, issuer: &str, subject: &str) -> Result<Option<IdentityLink>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT ");
    sql.push(&LINK.join(", ")).push(" FROM identity_link WHERE issuer = ").bind(issuer);
    sql.and("subject = ", subject);
    Ok(sql.rows(conn, "identity_link", LINK, read_link).await?.pop())
}

/// The accounts of a user.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn identity_links_of(conn: &impl Conn, user: UserId) -> Result<Vec<IdentityLink>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT ");
    sql.push(&LINK.join(", ")).push(" FROM identity_link WHERE user_id = ").bind(user.uuid());
    sql.push(" ORDER BY issuer, subject");
    sql.rows(conn, "identity_link", LINK, read_link).await
}

/// Unlinks an account of a user; `false` when there is none.
///
/// # Errors
/// Trouble of the database.
pub async fn identity_link_delete(tx: &Tx, user: UserId, issuer: &str, subject: &str) -> Result<bool, StoreError> {
    let mut sql = Sql::new(tx, "DELETE FROM identity_link WHERE user_id = ");
    sql.bind(user.uuid()).and("issuer = ", issuer).and("subject = ", subject);
    Ok(sql.execute(tx).await? == 1)
}

/// A log-in under way at another provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OidcLogin {
    /// Hash of the state.
    pub state_hash: [u8; 32],
    /// Hash of what only the client that began it knows.
    pub binding_hash: [u8; 32],
    /// Nonce and verifier, sealed.
    pub sealed: Vec<u8>,
    /// When it is too late.
    pub expires_at: Instant,
}

/// Remembers a log-in, and forgets those that are too late.
///
/// # Errors
/// Trouble of the database.
pub async fn oidc_login_insert(tx: &Tx, login: &OidcLogin, now: Instant) -> Result<(), StoreError> {
    let mut sql = Sql::new(tx, "DELETE FROM oidc_login WHERE expires_at < ");
    sql.bind(now.micros());
    sql.execute(tx).await?;
    let mut values = Values::with_capacity(4);
    values.hash(&login.state_hash).hash(&login.binding_hash).bytes(&login.sealed).instant(login.expires_at);
    let mut sql = Sql::new(tx, "INSERT INTO oidc_login (state_hash, binding_hash, sealed, expires_at) VALUES (");
    sql.list(values.finish()?).push(")");
    sql.execute(tx).await?;
    Ok(())
}

/// Takes a log-in out: it can be finished once.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn oidc_login_take(tx: &Tx, state_hash: &[u8; 32]) -> Result<Option<OidcLogin>, StoreError> {
    const COLUMNS: &[&str] = &["state_hash", "binding_hash", "sealed", "expires_at"];
    let mut sql = Sql::new(tx, "SELECT ");
    sql.push(&COLUMNS.join(", ")).push(" FROM oidc_login WHERE state_hash = ").bind(state_hash.to_vec());
    let read = |row: &mut Row<'_>| {
        Ok(OidcLogin {
            state_hash: row.hash()?,
            binding_hash: row.hash()?,
            sealed: row.get()?,
            expires_at: row.instant()?,
        })
    };
    let found = sql.rows(tx, "oidc_login", COLUMNS, read).await?.pop();
    let mut sql = Sql::new(tx, "DELETE FROM oidc_login WHERE state_hash = ");
    sql.bind(state_hash.to_vec());
    Ok(if sql.execute(tx).await? == 1 { found } else { None })
}
