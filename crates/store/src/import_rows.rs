//! Files of lessons that are being taken over: the file, its parts, and what became of their lines.

use kernel::{Instant, InstitutionId, LedgerId, LessonImportId, UserId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::row::{Row, Values};
use crate::sql::{Sql, Table, insert, load, select};

/// A file of lessons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonImport {
    /// Its id.
    pub id: LessonImportId,
    /// Of which institution.
    pub institution: InstitutionId,
    /// Who handed it in.
    pub user: UserId,
    /// Digest of the file.
    pub sha256: [u8; 32],
    /// Lines, without the headings.
    pub lines: u64,
    /// Lines that were looked at.
    pub done: u64,
    /// Of these, lessons recorded.
    pub recorded: u64,
    /// Of these, refused.
    pub refused: u64,
    /// When it was handed in.
    pub created_at: Instant,
    /// When the last line was looked at.
    pub finished_at: Option<Instant>,
}

/// A part of such a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonImportPart {
    /// The file.
    pub import: LessonImportId,
    /// Number of the part, from 0.
    pub part: u64,
    /// The lines, JSON.
    pub lines: String,
    /// What became of each, JSON; none while it waits.
    pub results: Option<String>,
}

struct Imports;

impl Table for Imports {
    type Item = LessonImport;
    const NAME: &'static str = "lesson_import";
    const KEY: &'static [&'static str] = &["import_id"];
    const COLUMNS: &'static [&'static str] = &[
        "import_id",
        "institution_id",
        "user_id",
        "sha256",
        "line_count",
        "done_count",
        "recorded_count",
        "refused_count",
        "created_at",
        "finished_at",
    ];
    const CHANGING: &'static [&'static str] = &[];

    fn write(item: &LessonImport, values: &mut Values) {
        values
            .id(item.id.uuid())
            .id(item.institution.uuid())
            .id(item.user.uuid())
            .hash(&item.sha256)
            .count("line_count", item.lines)
            .count("done_count", item.done)
            .count("recorded_count", item.recorded)
            .count("refused_count", item.refused)
            .instant(item.created_at)
            .instant_opt(item.finished_at);
    }

    fn read(row: &mut Row<'_>) -> Result<LessonImport, StoreError> {
        Ok(LessonImport {
            id: LessonImportId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            user: UserId::new(row.get()?),
            sha256: row.hash()?,
            lines: row.count()?,
            done: row.count()?,
            recorded: row.count()?,
            refused: row.count()?,
            created_at: row.instant()?,
            finished_at: row.instant_opt()?,
        })
    }
}

struct Parts;

impl Table for Parts {
    type Item = LessonImportPart;
    const NAME: &'static str = "lesson_import_part";
    const KEY: &'static [&'static str] = &["import_id", "part"];
    const COLUMNS: &'static [&'static str] = &["import_id", "part", "lines", "results"];
    const CHANGING: &'static [&'static str] = &[];

    fn write(item: &LessonImportPart, values: &mut Values) {
        values.id(item.import.uuid()).count("part", item.part).text(&item.lines).text_opt(item.results.as_deref());
    }

    fn read(row: &mut Row<'_>) -> Result<LessonImportPart, StoreError> {
        Ok(LessonImportPart {
            import: LessonImportId::new(row.get()?),
            part: row.count()?,
            lines: row.get()?,
            results: row.get()?,
        })
    }
}

/// Keeps a file and its parts.
///
/// # Errors
/// Trouble of the database.
pub async fn lesson_import_insert(
    tx: &Tx,
    ledger: &LedgerId,
    import: &LessonImport,
    parts: &[LessonImportPart],
) -> Result<(), StoreError> {
    insert::<Imports>(tx, ledger, &[import]).await?;
    insert::<Parts>(tx, ledger, &parts.iter().collect::<Vec<_>>()).await
}

/// A file.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn lesson_import_by_id(
    conn: &impl Conn,
    ledger: &LedgerId,
    id: LessonImportId,
) -> Result<Option<LessonImport>, StoreError> {
    Ok(load::<Imports>(conn, ledger, &[id.uuid()]).await?.pop())
}

/// Files that are not finished, the oldest first.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn lesson_imports_open(conn: &impl Conn, ledger: &LedgerId) -> Result<Vec<LessonImport>, StoreError> {
    let mut sql = select::<Imports>(conn, ledger);
    sql.push(" AND finished_at IS NULL ORDER BY created_at, import_id");
    sql.all::<Imports>(conn).await
}

/// A part of a file.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn lesson_import_part(
    conn: &impl Conn,
    ledger: &LedgerId,
    id: LessonImportId,
    part: u64,
) -> Result<Option<LessonImportPart>, StoreError> {
    let part = i64::try_from(part).map_err(|_| StoreError::TooLarge { column: "part" })?;
    let mut sql = select::<Parts>(conn, ledger);
    sql.and("import_id = ", id.uuid()).and("part = ", part);
    Ok(sql.all::<Parts>(conn).await?.pop())
}

/// The first part of a file that waits.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn lesson_import_next(
    conn: &impl Conn,
    ledger: &LedgerId,
    id: LessonImportId,
) -> Result<Option<LessonImportPart>, StoreError> {
    let mut sql = select::<Parts>(conn, ledger);
    sql.and("import_id = ", id.uuid()).push(" AND results IS NULL ORDER BY part LIMIT 1");
    Ok(sql.all::<Parts>(conn).await?.pop())
}

/// Writes down what became of a part, and counts it; `false` when somebody else did.
///
/// # Errors
/// Trouble of the database.
pub async fn lesson_import_done(
    tx: &Tx,
    ledger: &LedgerId,
    part: &LessonImportPart,
    (recorded, refused): (u64, u64),
    now: Instant,
) -> Result<bool, StoreError> {
    let number = |count: u64| i64::try_from(count).map_err(|_| StoreError::TooLarge { column: "done_count" });
    let (recorded, refused) = (number(recorded)?, number(refused)?);
    let mut sql = Sql::new(tx, "UPDATE lesson_import_part SET results = ");
    sql.bind(part.results.clone()).push(" WHERE ledger_id = ").bind(ledger.as_str());
    sql.and("import_id = ", part.import.uuid()).and("part = ", number(part.part)?).push(" AND results IS NULL");
    if sql.execute(tx).await? == 0 {
        return Ok(false);
    }
    let all = recorded.saturating_add(refused);
    let mut sql = Sql::new(tx, "UPDATE lesson_import SET done_count = done_count + ");
    sql.bind(all).push(", recorded_count = recorded_count + ").bind(recorded);
    sql.push(", refused_count = refused_count + ").bind(refused);
    sql.push(", finished_at = CASE WHEN done_count + ").bind(all).push(" >= line_count THEN ").bind(now.micros());
    sql.push(" ELSE finished_at END WHERE ledger_id = ").bind(ledger.as_str()).and("import_id = ", part.import.uuid());
    sql.execute(tx).await?;
    Ok(true)
}
