//! Versions of regions' parameters: drafted by one person, adopted or rejected by another. Words of
//! their states belong to `app`; what a text says is read by `policy`.

use kernel::{Day, Instant, PolicyVersionId, RegionCode, UserId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::row::{Row, Values};
use crate::sql::Sql;

/// A version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyVersion {
    /// Its id.
    pub id: PolicyVersionId,
    /// Whose parameters.
    pub region: RegionCode,
    /// `draft`, `adopted` or `rejected`.
    pub state: String,
    /// First day of effect.
    pub effective_on: Day,
    /// The text, TOML.
    pub document: String,
    /// Tagged digest of the text.
    pub digest: [u8; 32],
    /// Who drafted it.
    pub drafted_by: UserId,
    /// When.
    pub drafted_at: Instant,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<Instant>,
    /// Number in the order of adoption over all regions, gap-free from 1.
    pub adopted_no: Option<u64>,
}

const COLUMNS: &[&str] = &[
    "version_id",
    "region",
    "state",
    "effective_on",
    "document",
    "digest",
    "drafted_by",
    "drafted_at",
    "decided_by",
    "decided_at",
    "adopted_no",
];

fn micros(at: Instant) -> u64 {
    u64::try_from(at.micros()).unwrap_or(0)
}

fn read(row: &mut Row<'_>) -> Result<PolicyVersion, StoreError> {
    let version = PolicyVersion {
        id: PolicyVersionId::new(row.get()?),
        region: row.parse()?,
        state: row.get()?,
        effective_on: row.parse()?,
        document: row.get()?,
        digest: row.hash()?,
        drafted_by: UserId::new(row.get()?),
        drafted_at: row.instant()?,
        decided_by: row.get::<Option<_>>()?.map(UserId::new),
        decided_at: {
            let at = row.count_opt()?;
            let at = at.map(|at| i64::try_from(at).ok().and_then(|at| Instant::try_from_micros(at).ok()));
            match at {
                Some(None) => return Err(row.corrupt()),
                known => known.flatten(),
            }
        },
        adopted_no: row.count_opt()?,
    };
    Ok(version)
}

fn select(conn: &impl Conn) -> Sql {
    let mut sql = Sql::new(conn, "SELECT ");
    sql.push(&COLUMNS.join(", ")).push(" FROM policy_version WHERE ");
    sql
}

/// Adds a draft.
///
/// # Errors
/// Trouble of the database.
pub async fn policy_version_insert(tx: &Tx, version: &PolicyVersion) -> Result<(), StoreError> {
    let mut values = Values::with_capacity(COLUMNS.len());
    values
        .id(version.id.uuid())
        .text(version.region)
        .text(&version.state)
        .text(version.effective_on)
        .text(&version.document)
        .hash(&version.digest)
        .id(version.drafted_by.uuid())
        .instant(version.drafted_at)
        .id_opt(version.decided_by.map(UserId::uuid))
        .count_opt("decided_at", version.decided_at.map(micros))
        .count_opt("adopted_no", version.adopted_no);
    let mut sql = Sql::new(tx, "INSERT INTO policy_version (");
    sql.push(&COLUMNS.join(", ")).push(") VALUES (").list(values.finish()?).push(")");
    sql.execute(tx).await?;
    Ok(())
}

/// Decides on a draft; `false` when it is no draft any more.
///
/// # Errors
/// [`StoreError::Constraint`] when another adoption took the number, and trouble of the database.
pub async fn policy_version_decide(tx: &Tx, version: &PolicyVersion) -> Result<bool, StoreError> {
    let mut sql = Sql::new(tx, "UPDATE policy_version SET state = ");
    sql.bind(version.state.as_str());
    sql.push(", decided_by = ").bind(version.decided_by.map(UserId::uuid));
    sql.push(", decided_at = ").bind(version.decided_at.map(Instant::micros));
    let number = version.adopted_no.and_then(|n| i64::try_from(n).ok());
    sql.push(", adopted_no = ").bind(number);
    sql.push(" WHERE state = 'draft' AND version_id = ").bind(version.id.uuid());
    Ok(sql.execute(tx).await? == 1)
}

/// The version with this id.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn policy_version_by_id(conn: &impl Conn, id: PolicyVersionId) -> Result<Option<PolicyVersion>, StoreError> {
    let mut sql = select(conn);
    sql.push("version_id = ").bind(id.uuid());
    Ok(sql.rows(conn, "policy_version", COLUMNS, read).await?.pop())
}

/// The versions of a region, in the order of their drafts.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn policy_versions_of(conn: &impl Conn, region: RegionCode) -> Result<Vec<PolicyVersion>, StoreError> {
    let mut sql = select(conn);
    sql.push("region = ").bind(region.to_string()).push(" ORDER BY version_id");
    sql.rows(conn, "policy_version", COLUMNS, read).await
}

/// Every adopted version, in the order of adoption.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn policy_versions_adopted(conn: &impl Conn) -> Result<Vec<PolicyVersion>, StoreError> {
    let mut sql = select(conn);
    sql.push("state = 'adopted' ORDER BY adopted_no");
    sql.rows(conn, "policy_version", COLUMNS, read).await
}

/// How many versions are adopted: it tells whether what one holds is current.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn policy_versions_count(conn: &impl Conn) -> Result<u64, StoreError> {
    let sql = Sql::new(conn, "SELECT COALESCE(MAX(adopted_no), 0) FROM policy_version");
    let numbers = sql.rows(conn, "policy_version", &["adopted_no"], |row| row.count()).await?;
    Ok(numbers.first().copied().unwrap_or(0))
}
