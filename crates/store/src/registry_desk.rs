//! What the regulator's desk reads: the queue of applications by the day they are due, what the clocks
//! find due, and the files that were handed in.

use kernel::{ApplicationId, Day, Instant, InstitutionId, LedgerId, UserId};
use registry::{Application, ApplicationKind, ApplicationState, Licence};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::registry_rows::{Applications, Licences};
use crate::row::{Row, Values};
use crate::sql::{Sql, Table, save, select};

/// Which applications a queue shows; nothing set shows all that are under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueFilter {
    /// Only those in this state.
    pub state: Option<ApplicationState>,
    /// Only those of this kind.
    pub kind: Option<ApplicationKind>,
}

/// After which application a page of the queue begins.
pub type QueueCursor = (String, ApplicationId);

/// The day on which the clock now running ends; what has none comes last.
const DUE: &str = "COALESCE(CASE state WHEN 'correcting' THEN correct_by_on WHEN 'submitted' THEN accept_by_on \
                   WHEN 'corrected' THEN accept_by_on ELSE decide_by_on END, '9999-12-31')";

/// Applications under way, those that are due first first.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn applications_queue(
    conn: &impl Conn,
    ledger: &LedgerId,
    filter: QueueFilter,
    after: Option<QueueCursor>,
    limit: u32,
) -> Result<Vec<Application>, StoreError> {
    let mut sql = select::<Applications>(conn, ledger);
    match filter.state {
        Some(state) => {
            sql.and("state = ", state.as_str());
        }
        None => {
            let open = ApplicationState::ALL.iter().filter(|state| state.is_open()).map(|state| state.as_str().into());
            sql.push(" AND state IN (").list(open).push(")");
        }
    }
    sql.and_if("kind = ", filter.kind.map(ApplicationKind::as_str));
    if let Some((due, id)) = after {
        sql.push(" AND (").push(DUE).push(" > ").bind(due.clone());
        sql.push(" OR (").push(DUE).push(" = ").bind(due).and("application_id > ", id.uuid()).push("))");
    }
    sql.push(" ORDER BY ").push(DUE).push(", application_id LIMIT ").bind(i64::from(limit));
    sql.all::<Applications>(conn).await
}

/// Applications whose time for acceptance or the notice to correct has passed.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn applications_unanswered(
    conn: &impl Conn,
    ledger: &LedgerId,
    today: Day,
    limit: u32,
) -> Result<Vec<Application>, StoreError> {
    let mut sql = select::<Applications>(conn, ledger);
    sql.push(" AND state IN ('submitted', 'corrected')").and("accept_by_on < ", today.to_string());
    sql.push(" ORDER BY application_id LIMIT ").bind(i64::from(limit));
    sql.all::<Applications>(conn).await
}

/// Living licences whose last day has passed.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn licences_past_their_term(
    conn: &impl Conn,
    ledger: &LedgerId,
    today: Day,
    limit: u32,
) -> Result<Vec<Licence>, StoreError> {
    let mut sql = select::<Licences>(conn, ledger);
    sql.push(" AND state IN ('in_force', 'rectifying', 'enrolment_suspended', 'suspended', 'closing')");
    sql.and("valid_until_on < ", today.to_string());
    sql.push(" ORDER BY licence_id LIMIT ").bind(i64::from(limit));
    sql.all::<Licences>(conn).await
}

/// A file that was handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// Whose matter it belongs to.
    pub institution: InstitutionId,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
    /// What its contents are.
    pub media_type: String,
    /// Its length.
    pub bytes: u64,
    /// Who handed it in.
    pub uploaded_by: UserId,
    /// When.
    pub uploaded_at: Instant,
}

struct Files;

impl Table for Files {
    type Item = FileRow;
    const NAME: &'static str = "file";
    const KEY: &'static [&'static str] = &["institution_id", "sha256"];
    const COLUMNS: &'static [&'static str] =
        &["institution_id", "sha256", "media_type", "bytes", "uploaded_by", "uploaded_at"];
    const CHANGING: &'static [&'static str] = &[];

    fn write(item: &FileRow, values: &mut Values) {
        values
            .id(item.institution.uuid())
            .hash(&item.sha256)
            .text(&item.media_type)
            .count("bytes", item.bytes)
            .id(item.uploaded_by.uuid())
            .instant(item.uploaded_at);
    }

    fn read(row: &mut Row<'_>) -> Result<FileRow, StoreError> {
        Ok(FileRow {
            institution: InstitutionId::new(row.get()?),
            sha256: row.hash()?,
            media_type: row.get()?,
            bytes: row.count()?,
            uploaded_by: UserId::new(row.get()?),
            uploaded_at: row.instant()?,
        })
    }
}

/// Notes a file; one that is there already stays as it is.
///
/// # Errors
/// Trouble of the database.
pub async fn file_save(tx: &Tx, ledger: &LedgerId, file: &FileRow) -> Result<(), StoreError> {
    save::<Files>(tx, ledger, &[file]).await
}

/// A file of an institution.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn file_load(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
    sha256: &[u8; 32],
) -> Result<Option<FileRow>, StoreError> {
    let mut sql = select::<Files>(conn, ledger);
    sql.and("institution_id = ", institution.uuid()).and("sha256 = ", sha256.to_vec());
    Ok(sql.all::<Files>(conn).await?.pop())
}

/// An entry of the desk: its number, leaf hash and bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskEntry {
    /// Number in the ledger.
    pub seq: u64,
    /// Leaf hash.
    pub leaf_hash: [u8; 32],
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The entries of an institution that are about its licences, record and lists, in order: those of its
/// contracts are left out, so that a long chain is no burden.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn desk_entries(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
) -> Result<Vec<DeskEntry>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT seq, leaf_hash, bytes FROM entry WHERE ledger_id = ");
    // The very words of the index ix_entry_desk, or it is not used.
    sql.bind(ledger.as_str()).and("institution_id = ", institution.uuid());
    sql.push(" AND contract_id IS NULL AND entry_type <> 'day_sealed' ORDER BY institution_seq");
    sql.rows(conn, "entry", &["seq", "leaf_hash", "bytes"], |row| {
        Ok(DeskEntry { seq: row.count()?, leaf_hash: row.hash()?, bytes: row.get()? })
    })
    .await
}
