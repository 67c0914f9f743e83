//! What the regulator's desk reads: the queue of applications by the day they are due, what the clocks
//! find due, and the files that were handed in.

use kernel::{ApplicationId, Day, Instant, InstitutionId, LedgerId, RecordItemId, UserId};
use registry::graph::Tie;
use registry::{Application, ApplicationKind, ApplicationState, Licence, Listing};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::registry_rows::{Applications, Licences, Listings};
use crate::row::{Row, Values};
use crate::sql::{Sql, Table, load_by, save, select};

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
                   WHEN 'corrected' THEN accept_by_on ELSE decide_by_on END, '2199-12-31')";

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
    sql.push(
        " AND contract_id IS NULL AND entry_type <> 'day_sealed' AND entry_type <> 'bank_statement_recorded' \
         AND entry_type <> 'bank_line_suspended' AND entry_type <> 'suspense_cleared' \
         AND entry_type <> 'reconciled' AND entry_type <> 'interest_credited' ORDER BY institution_seq",
    );
    sql.rows(conn, "entry", &["seq", "leaf_hash", "bytes"], |row| {
        Ok(DeskEntry { seq: row.count()?, leaf_hash: row.hash()?, bytes: row.get()? })
    })
    .await
}

/// A tie of an institution, and the part of its record that it is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TieRow {
    /// Whose.
    pub institution: InstitutionId,
    /// Part of the record.
    pub item: RecordItemId,
    /// What it is, and its keyed hash.
    pub tie: Tie,
}

struct Ties;

impl Table for Ties {
    type Item = TieRow;
    const NAME: &'static str = "control_tie";
    const KEY: &'static [&'static str] = &["institution_id", "item_id", "kind", "tie_key"];
    const COLUMNS: &'static [&'static str] = &["institution_id", "item_id", "kind", "tie_key"];
    const CHANGING: &'static [&'static str] = &[];

    fn write(item: &TieRow, values: &mut Values) {
        values.id(item.institution.uuid()).id(item.item.uuid()).word(item.tie.kind.as_str()).hash(&item.tie.key);
    }

    fn read(row: &mut Row<'_>) -> Result<TieRow, StoreError> {
        Ok(TieRow {
            institution: InstitutionId::new(row.get()?),
            item: RecordItemId::new(row.get()?),
            tie: Tie { kind: row.parse()?, key: row.hash()? },
        })
    }
}

/// Replaces the ties that come from one part of a record.
///
/// # Errors
/// Trouble of the database.
pub async fn ties_replace(
    tx: &Tx,
    ledger: &LedgerId,
    institution: InstitutionId,
    item: RecordItemId,
    ties: &[Tie],
) -> Result<(), StoreError> {
    let mut sql = Sql::new(tx, "DELETE FROM control_tie WHERE ledger_id = ");
    sql.bind(ledger.as_str()).and("institution_id = ", institution.uuid()).and("item_id = ", item.uuid());
    sql.execute(tx).await?;
    let rows: Vec<TieRow> = ties.iter().map(|&tie| TieRow { institution, item, tie }).collect();
    save::<Ties>(tx, ledger, &rows.iter().collect::<Vec<_>>()).await
}

/// The ties of these institutions, in no order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn ties_of(
    conn: &impl Conn,
    ledger: &LedgerId,
    institutions: &[InstitutionId],
) -> Result<Vec<TieRow>, StoreError> {
    let ids: Vec<_> = institutions.iter().map(|id| id.uuid()).collect();
    crate::sql::load::<Ties>(conn, ledger, &ids).await
}

/// Who has these ties, in no order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn ties_by_key(conn: &impl Conn, ledger: &LedgerId, keys: &[[u8; 32]]) -> Result<Vec<TieRow>, StoreError> {
    let keys: Vec<Vec<u8>> = keys.iter().map(|key| key.to_vec()).collect();
    load_by::<Ties, Vec<u8>>(conn, ledger, "tie_key", &keys).await
}

/// Public names that were set at or after an instant, or all, with their institutions.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn names_since(
    conn: &impl Conn,
    ledger: &LedgerId,
    since: Option<Instant>,
) -> Result<Vec<(InstitutionId, String, Instant)>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT institution_id, name, changed_at FROM institution_profile WHERE ledger_id = ");
    sql.bind(ledger.as_str()).and_if("changed_at >= ", since.map(Instant::micros));
    sql.rows(conn, "institution_profile", &["institution_id", "name", "changed_at"], |row| {
        Ok((InstitutionId::new(row.get()?), row.get()?, row.instant()?))
    })
    .await
}

/// The decisions on lists up to an entry, in the order of the entries.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn listings_through(conn: &impl Conn, ledger: &LedgerId, seq: u64) -> Result<Vec<Listing>, StoreError> {
    let mut sql = select::<Listings>(conn, ledger);
    sql.and("seq <= ", i64::try_from(seq).unwrap_or(i64::MAX)).push(" ORDER BY seq");
    sql.all::<Listings>(conn).await
}

/// Decisions on lists whose last day has passed and that nothing ended yet.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn listings_past_their_term(
    conn: &impl Conn,
    ledger: &LedgerId,
    today: Day,
    limit: u32,
) -> Result<Vec<Listing>, StoreError> {
    let mut sql = select::<Listings>(conn, ledger);
    sql.and("until_on < ", today.to_string());
    sql.push(" AND (step IS NULL OR step NOT IN ('objection_upheld', 'repair_accepted', 'expired'))");
    // What a later decision replaced is over without a step.
    sql.push(" AND NOT EXISTS (SELECT 1 FROM listing later WHERE later.ledger_id = listing.ledger_id ");
    sql.push("AND later.institution_id = listing.institution_id AND later.seq > listing.seq)");
    sql.push(" ORDER BY listing_id LIMIT ").bind(i64::from(limit));
    sql.all::<Listings>(conn).await
}

/// The last entry recorded before an instant; none where there is none.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn last_seq_before(conn: &impl Conn, ledger: &LedgerId, before: Instant) -> Result<Option<u64>, StoreError> {
    // Entries are recorded in the order of their numbers: a search by halves needs no index.
    let Some(head) = crate::head_load(conn, ledger).await? else { return Ok(None) };
    let (mut low, mut high) = (0_u64, head.size);
    while low < high {
        let middle = low.saturating_add(high.saturating_sub(low) / 2);
        let mut sql = Sql::new(conn, "SELECT recorded_at FROM entry WHERE ledger_id = ");
        sql.bind(ledger.as_str()).and("seq = ", i64::try_from(middle).unwrap_or(i64::MAX));
        let found = sql.rows(conn, "entry", &["recorded_at"], |row| row.instant()).await?;
        if found.first().is_some_and(|at| *at < before) {
            low = middle.saturating_add(1);
        } else {
            high = middle;
        }
    }
    Ok(low.checked_sub(1))
}

/// The publications of the lists whose entries are not before `from_seq`, newest first.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn lists_published(
    conn: &impl Conn,
    ledger: &LedgerId,
    effective: Option<Day>,
    limit: u32,
) -> Result<Vec<DeskEntry>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT seq, leaf_hash, bytes FROM entry WHERE ledger_id = ");
    // The very words of the index ix_entry_lists.
    sql.bind(ledger.as_str()).push(" AND entry_type = 'lists_published'");
    sql.and_if("effective_on = ", effective.map(|day| day.to_string()));
    sql.push(" ORDER BY seq DESC LIMIT ").bind(i64::from(limit));
    sql.rows(conn, "entry", &["seq", "leaf_hash", "bytes"], |row| {
        Ok(DeskEntry { seq: row.count()?, leaf_hash: row.hash()?, bytes: row.get()? })
    })
    .await
}
