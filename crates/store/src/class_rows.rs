//! Classes, their sessions, who is enrolled, and check-ins. All but check-ins are operational rows,
//! changed under the lock of the ledger's head so that nothing is decided on what just changed.

use std::collections::BTreeMap;

use escrow::{CheckIn, Lesson};
use kernel::{
    CheckInId, ClassId, ClassSessionId, ContractId, CourseId, Day, Instant, InstitutionId, LedgerId, RecordItemId,
    TimeOfDay,
};
use uuid::Uuid;

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::escrow_rows::Lessons;
use crate::projection::projection;
use crate::row::{Row, Values};
use crate::sql::{Sql, Table, insert, load, load_by, page_of, select};

/// A class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// Its id.
    pub id: ClassId,
    /// Of which institution.
    pub institution: InstitutionId,
    /// Of which course.
    pub course: CourseId,
    /// Its name.
    pub name: String,
    /// Teacher: a person of the institution's record.
    pub teacher: RecordItemId,
    /// Room: a part of the institution's record; none online.
    pub room: Option<RecordItemId>,
    /// Most pupils.
    pub capacity: u16,
    /// When it was set up.
    pub created_at: Instant,
}

/// A session of a class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassSession {
    /// Its id.
    pub id: ClassSessionId,
    /// Of which class.
    pub class: ClassId,
    /// Of which institution.
    pub institution: InstitutionId,
    /// Day.
    pub held_on: Day,
    /// Begin.
    pub from: TimeOfDay,
    /// End.
    pub until: TimeOfDay,
    /// Who teaches.
    pub teacher: RecordItemId,
    /// Where; none online.
    pub room: Option<RecordItemId>,
    /// Why it is not held; none: it is.
    pub cancelled_for: Option<String>,
}

/// A contract in a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// The class.
    pub class: ClassId,
    /// The contract.
    pub contract: ContractId,
    /// First day.
    pub from_on: Day,
    /// Last day; none while it lasts.
    pub until_on: Option<Day>,
}

impl Enrolment {
    /// Is the pupil in the class on that day?
    pub fn holds_on(&self, on: Day) -> bool {
        self.from_on <= on && self.until_on.is_none_or(|until| on <= until)
    }
}

struct Classes;

impl Table for Classes {
    type Item = Class;
    const NAME: &'static str = "class";
    const KEY: &'static [&'static str] = &["class_id"];
    const COLUMNS: &'static [&'static str] = &[
        "class_id",
        "institution_id",
        "course_id",
        "name",
        "teacher_item_id",
        "room_item_id",
        "capacity",
        "created_at",
    ];
    const CHANGING: &'static [&'static str] = &[];

    fn write(item: &Class, values: &mut Values) {
        values
            .id(item.id.uuid())
            .id(item.institution.uuid())
            .id(item.course.uuid())
            .text(&item.name)
            .id(item.teacher.uuid())
            .id_opt(item.room.map(RecordItemId::uuid))
            .small("capacity", item.capacity)
            .instant(item.created_at);
    }

    fn read(row: &mut Row<'_>) -> Result<Class, StoreError> {
        Ok(Class {
            id: ClassId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            course: CourseId::new(row.get()?),
            name: row.get()?,
            teacher: RecordItemId::new(row.get()?),
            room: row.get::<Option<_>>()?.map(RecordItemId::new),
            capacity: row.small()?,
            created_at: row.instant()?,
        })
    }
}

struct Sessions;

impl Table for Sessions {
    type Item = ClassSession;
    const NAME: &'static str = "class_session";
    const KEY: &'static [&'static str] = &["session_id"];
    const COLUMNS: &'static [&'static str] = &[
        "session_id",
        "class_id",
        "institution_id",
        "held_on",
        "from_minute",
        "until_minute",
        "teacher_item_id",
        "room_item_id",
        "cancelled_for",
    ];
    const CHANGING: &'static [&'static str] = &[];

    fn write(item: &ClassSession, values: &mut Values) {
        values
            .id(item.id.uuid())
            .id(item.class.uuid())
            .id(item.institution.uuid())
            .text(item.held_on)
            .small("from_minute", item.from.minutes())
            .small("until_minute", item.until.minutes())
            .id(item.teacher.uuid())
            .id_opt(item.room.map(RecordItemId::uuid))
            .text_opt(item.cancelled_for.as_deref());
    }

    fn read(row: &mut Row<'_>) -> Result<ClassSession, StoreError> {
        let time = |row: &mut Row<'_>| -> Result<TimeOfDay, StoreError> {
            let minutes = row.small()?;
            TimeOfDay::from_minutes(minutes).ok_or_else(|| row.corrupt())
        };
        Ok(ClassSession {
            id: ClassSessionId::new(row.get()?),
            class: ClassId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            held_on: row.parse()?,
            from: time(row)?,
            until: time(row)?,
            teacher: RecordItemId::new(row.get()?),
            room: row.get::<Option<_>>()?.map(RecordItemId::new),
            cancelled_for: row.get()?,
        })
    }
}

struct Enrolments;

impl Table for Enrolments {
    type Item = Enrolment;
    const NAME: &'static str = "enrolment";
    const KEY: &'static [&'static str] = &["class_id", "contract_id"];
    const COLUMNS: &'static [&'static str] = &["class_id", "contract_id", "from_on", "until_on"];
    const CHANGING: &'static [&'static str] = &["from_on", "until_on"];

    fn write(item: &Enrolment, values: &mut Values) {
        values.id(item.class.uuid()).id(item.contract.uuid()).text(item.from_on).text_opt(item.until_on);
    }

    fn read(row: &mut Row<'_>) -> Result<Enrolment, StoreError> {
        Ok(Enrolment {
            class: ClassId::new(row.get()?),
            contract: ContractId::new(row.get()?),
            from_on: row.parse()?,
            until_on: row.day_opt()?,
        })
    }
}

pub(crate) struct CheckIns;

impl Table for CheckIns {
    type Item = CheckIn;
    const NAME: &'static str = "check_in";
    const KEY: &'static [&'static str] = &["check_in_id"];
    const COLUMNS: &'static [&'static str] =
        &["check_in_id", "contract_id", "institution_id", "class_session_id", "held_on", "checked_in_on"];
    const CHANGING: &'static [&'static str] = &[];

    fn write(item: &CheckIn, values: &mut Values) {
        values
            .id(item.id.uuid())
            .id(item.contract.uuid())
            .id(item.institution.uuid())
            .id(item.class_session.uuid())
            .text(item.held_on)
            .text(item.checked_in_on);
    }

    fn read(row: &mut Row<'_>) -> Result<CheckIn, StoreError> {
        Ok(CheckIn {
            id: CheckInId::new(row.get()?),
            contract: ContractId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            class_session: ClassSessionId::new(row.get()?),
            held_on: row.parse()?,
            checked_in_on: row.parse()?,
        })
    }
}

projection!(CheckIns, CheckIn, CheckInId, check_in_load, check_in_save, check_in_all);

/// Sets a class up.
///
/// # Errors
/// Trouble of the database.
pub async fn class_insert(tx: &Tx, ledger: &LedgerId, class: &Class) -> Result<(), StoreError> {
    insert::<Classes>(tx, ledger, &[class]).await
}

/// The classes with these ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn class_load(conn: &impl Conn, ledger: &LedgerId, ids: &[ClassId]) -> Result<Vec<Class>, StoreError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    load::<Classes>(conn, ledger, &ids).await
}

/// A page of the classes of a course.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn classes_of_course(
    conn: &impl Conn,
    ledger: &LedgerId,
    course: CourseId,
    after: Option<ClassId>,
    limit: u32,
) -> Result<Vec<Class>, StoreError> {
    let mut sql = select::<Classes>(conn, ledger);
    sql.and("course_id = ", course.uuid());
    page_of::<Classes>(conn, sql, after.map(ClassId::uuid), limit).await
}

/// Adds sessions.
///
/// # Errors
/// Trouble of the database.
pub async fn class_sessions_insert(tx: &Tx, ledger: &LedgerId, sessions: &[ClassSession]) -> Result<(), StoreError> {
    insert::<Sessions>(tx, ledger, &sessions.iter().collect::<Vec<_>>()).await
}

/// The sessions with these ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn class_session_load(
    conn: &impl Conn,
    ledger: &LedgerId,
    ids: &[ClassSessionId],
) -> Result<Vec<ClassSession>, StoreError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    load::<Sessions>(conn, ledger, &ids).await
}

/// The sessions of an institution on the days from one to another, in the order of time.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn class_sessions_between(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
    (from_on, until_on): (Day, Day),
) -> Result<Vec<ClassSession>, StoreError> {
    let mut sql = select::<Sessions>(conn, ledger);
    sql.and("institution_id = ", institution.uuid());
    sql.and("held_on >= ", from_on.to_string()).and("held_on <= ", until_on.to_string());
    sql.push(" ORDER BY held_on, from_minute, session_id");
    sql.all::<Sessions>(conn).await
}

/// A page of the sessions of a class, in the order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn class_sessions_of(
    conn: &impl Conn,
    ledger: &LedgerId,
    class: ClassId,
    after: Option<ClassSessionId>,
    limit: u32,
) -> Result<Vec<ClassSession>, StoreError> {
    let mut sql = select::<Sessions>(conn, ledger);
    sql.and("class_id = ", class.uuid());
    page_of::<Sessions>(conn, sql, after.map(ClassSessionId::uuid), limit).await
}

/// A session is not held; `false` when it was cancelled before.
///
/// # Errors
/// Trouble of the database.
pub async fn class_session_cancel(
    tx: &Tx,
    ledger: &LedgerId,
    id: ClassSessionId,
    reason: &str,
) -> Result<bool, StoreError> {
    let mut sql = Sql::new(tx, "UPDATE class_session SET cancelled_for = ");
    sql.bind(reason).push(" WHERE ledger_id = ").bind(ledger.as_str());
    sql.and("session_id = ", id.uuid()).push(" AND cancelled_for IS NULL");
    Ok(sql.execute(tx).await? == 1)
}

/// Puts a contract into a class, or changes the days.
///
/// # Errors
/// Trouble of the database.
pub async fn enrolment_save(tx: &Tx, ledger: &LedgerId, enrolment: &Enrolment) -> Result<(), StoreError> {
    crate::sql::save::<Enrolments>(tx, ledger, &[enrolment]).await
}

/// Everybody who is or was in these classes.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn enrolments_of(
    conn: &impl Conn,
    ledger: &LedgerId,
    classes: &[ClassId],
) -> Result<Vec<Enrolment>, StoreError> {
    let classes: Vec<Uuid> = classes.iter().map(|id| id.uuid()).collect();
    load_by::<Enrolments, Uuid>(conn, ledger, "class_id", &classes).await
}

/// What was claimed for these sessions.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn lessons_of_sessions(
    conn: &impl Conn,
    ledger: &LedgerId,
    sessions: &[ClassSessionId],
) -> Result<Vec<Lesson>, StoreError> {
    let sessions: Vec<Uuid> = sessions.iter().map(|id| id.uuid()).collect();
    load_by::<Lessons, Uuid>(conn, ledger, "class_session_id", &sessions).await
}

/// Who checked in at these sessions.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn check_ins_of_sessions(
    conn: &impl Conn,
    ledger: &LedgerId,
    sessions: &[ClassSessionId],
) -> Result<Vec<CheckIn>, StoreError> {
    let sessions: Vec<Uuid> = sessions.iter().map(|id| id.uuid()).collect();
    load_by::<CheckIns, Uuid>(conn, ledger, "class_session_id", &sessions).await
}

/// Lessons of an institution by month (`2026-11`) and state, and check-ins by month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LessonCounts {
    /// Number of lessons by month and state.
    pub lessons: BTreeMap<(String, String), u64>,
    /// Number of check-ins by month.
    pub check_ins: BTreeMap<String, u64>,
}

/// Counts lessons and check-ins of an institution held on the days from one to another.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn lesson_counts(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
    (from_on, until_on): (Day, Day),
) -> Result<LessonCounts, StoreError> {
    const COLUMNS: &[&str] = &["month", "state", "count"];
    let mut counts = LessonCounts::default();
    let select = |table: &str, state: &str| {
        let mut sql = Sql::new(conn, "SELECT substr(held_on, 1, 7), ");
        sql.push(state).push(", count(*) FROM ").push(table).push(" WHERE ledger_id = ").bind(ledger.as_str());
        sql.and("institution_id = ", institution.uuid());
        sql.and("held_on >= ", from_on.to_string()).and("held_on <= ", until_on.to_string());
        sql.push(" GROUP BY 1, 2");
        sql
    };
    let read = |row: &mut Row<'_>| Ok((row.get::<String>()?, row.get::<String>()?, row.count()?));
    for (month, state, count) in select("lesson", "state").rows(conn, "lesson", COLUMNS, read).await? {
        counts.lessons.insert((month, state), count);
    }
    for (month, _, count) in select("check_in", "'check_in'").rows(conn, "check_in", COLUMNS, read).await? {
        counts.check_ins.insert(month, count);
    }
    Ok(counts)
}
