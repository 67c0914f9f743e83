//! Versions of the model contract's text: loaded by one person, adopted or rejected by another. Words
//! of their states belong to `app`; what a text says is read by `contract`.

use kernel::{ContractTemplateId, Day, Instant, RegionCode, UserId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::row::{Row, Values};
use crate::sql::Sql;

/// A version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractTemplate {
    /// Its id.
    pub id: ContractTemplateId,
    /// Where it holds.
    pub region: RegionCode,
    /// `draft`, `adopted` or `rejected`.
    pub state: String,
    /// First day of effect.
    pub effective_on: Day,
    /// Its name, for people.
    pub name: String,
    /// The text with its blanks.
    pub document: String,
    /// Tagged digest of the text.
    pub digest: [u8; 32],
    /// Who loaded it.
    pub drafted_by: UserId,
    /// When.
    pub drafted_at: Instant,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<Instant>,
}

const TABLE: &str = "contract_template";
const COLUMNS: &[&str] = &[
    "template_id",
    "region",
    "state",
    "effective_on",
    "name",
    "document",
    "digest",
    "drafted_by",
    "drafted_at",
    "decided_by",
    "decided_at",
];

fn micros(at: Instant) -> u64 {
    u64::try_from(at.micros()).unwrap_or(0)
}

fn read(row: &mut Row<'_>) -> Result<ContractTemplate, StoreError> {
    Ok(ContractTemplate {
        id: ContractTemplateId::new(row.get()?),
        region: row.parse()?,
        state: row.get()?,
        effective_on: row.parse()?,
        name: row.get()?,
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
    })
}

fn select(conn: &impl Conn) -> Sql {
    let mut sql = Sql::new(conn, "SELECT ");
    sql.push(&COLUMNS.join(", ")).push(" FROM contract_template WHERE ");
    sql
}

/// Adds a draft.
///
/// # Errors
/// Trouble of the database.
pub async fn contract_template_insert(tx: &Tx, template: &ContractTemplate) -> Result<(), StoreError> {
    let mut values = Values::with_capacity(COLUMNS.len());
    values
        .id(template.id.uuid())
        .text(template.region)
        .text(&template.state)
        .text(template.effective_on)
        .text(&template.name)
        .text(&template.document)
        .hash(&template.digest)
        .id(template.drafted_by.uuid())
        .instant(template.drafted_at)
        .id_opt(template.decided_by.map(UserId::uuid))
        .count_opt("decided_at", template.decided_at.map(micros));
    let mut sql = Sql::new(tx, "INSERT INTO contract_template (");
    sql.push(&COLUMNS.join(", ")).push(") VALUES (").list(values.finish()?).push(")");
    sql.execute(tx).await?;
    Ok(())
}

/// Decides on a draft; `false` when it is no draft any more.
///
/// # Errors
/// Trouble of the database.
pub async fn contract_template_decide(tx: &Tx, template: &ContractTemplate) -> Result<bool, StoreError> {
    let mut sql = Sql::new(tx, "UPDATE contract_template SET state = ");
    sql.bind(template.state.as_str());
    sql.push(", decided_by = ").bind(template.decided_by.map(UserId::uuid));
    sql.push(", decided_at = ").bind(template.decided_at.map(Instant::micros));
    sql.push(" WHERE state = 'draft' AND template_id = ").bind(template.id.uuid());
    Ok(sql.execute(tx).await? == 1)
}

/// The version with this id.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn contract_template_by_id(
    conn: &impl Conn,
    id: ContractTemplateId,
) -> Result<Option<ContractTemplate>, StoreError> {
    let mut sql = select(conn);
    sql.push("template_id = ").bind(id.uuid());
    Ok(sql.rows(conn, TABLE, COLUMNS, read).await?.pop())
}

/// The adopted versions with this digest, in the order of their drafts.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn contract_templates_by_digest(
    conn: &impl Conn,
    digest: &[u8; 32],
) -> Result<Vec<ContractTemplate>, StoreError> {
    let mut sql = select(conn);
    sql.push("state = 'adopted' AND digest = ").bind(digest.to_vec()).push(" ORDER BY template_id");
    sql.rows(conn, TABLE, COLUMNS, read).await
}

/// All versions, in the order of their drafts.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn contract_templates_all(conn: &impl Conn) -> Result<Vec<ContractTemplate>, StoreError> {
    let mut sql = select(conn);
    sql.push("state IN ('draft', 'adopted', 'rejected') ORDER BY template_id");
    sql.rows(conn, TABLE, COLUMNS, read).await
}

/// The adopted versions of these regions, in the order of their drafts.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn contract_templates_adopted(
    conn: &impl Conn,
    regions: &[RegionCode],
) -> Result<Vec<ContractTemplate>, StoreError> {
    let mut sql = select(conn);
    sql.push("state = 'adopted'");
    for (at, region) in regions.iter().enumerate() {
        sql.push(if at == 0 { " AND (region = " } else { " OR region = " }).bind(region.to_string());
    }
    if !regions.is_empty() {
        sql.push(")");
    }
    sql.push(" ORDER BY template_id");
    sql.rows(conn, TABLE, COLUMNS, read).await
}
