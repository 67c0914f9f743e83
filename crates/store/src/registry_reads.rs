//! Reads of the registry: pages with filters, histories, look-ups by number or code; and what is
//! kept beside the ledger: profiles of institutions and names of courses.

use contract::Course;
use kernel::{ApplicationId, CourseId, CreditCode, InstitutionId, LedgerId, LicenceId, RegionCode};
use registry::{Application, ApplicationState, Institution, InstitutionState, Licence, ListKind, Listing};

use crate::StoreError;
use crate::connect::{Conn, Engine, Tx};
use crate::contract_rows::Courses;
use crate::registry_rows::{Applications, Institutions, Licences, Listings};
use crate::row::{Row, Values};
use crate::sql::{Sql, Table, load_by, page_of, save, select};

/// Which institutions a page shows; nothing set shows all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InstitutionFilter<'a> {
    /// Only those of a region or below it.
    pub region: Option<RegionCode>,
    /// Only those in a state.
    pub state: Option<InstitutionState>,
    /// Only those on a list.
    pub listing: Option<ListKind>,
    /// Only those whose name contains this.
    pub name_contains: Option<&'a str>,
}

/// An institution and its public name; none when only the ledger is at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedInstitution {
    /// The institution.
    pub institution: Institution,
    /// Its public name.
    pub name: Option<String>,
}

/// A page of institutions in the order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn institutions_page(
    conn: &impl Conn,
    ledger: &LedgerId,
    filter: &InstitutionFilter<'_>,
    after: Option<InstitutionId>,
    limit: u32,
) -> Result<Vec<NamedInstitution>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT i.");
    sql.push(&Institutions::COLUMNS.join(", i."));
    sql.push(", p.name FROM institution i LEFT JOIN institution_profile p");
    sql.push(" ON p.ledger_id = i.ledger_id AND p.institution_id = i.institution_id WHERE i.ledger_id = ");
    sql.bind(ledger.as_str());
    if let Some(region) = filter.region {
        // Two digits each for province, city and county; zeros stand for "all of it".
        let code = region.to_string();
        let prefix = code.strip_suffix("0000").or_else(|| code.strip_suffix("00")).unwrap_or(&code);
        sql.and("substr(i.region, 1, ", i32::try_from(prefix.len()).unwrap_or(6)).push(") = ").bind(prefix);
    }
    sql.and_if("i.state = ", filter.state.map(InstitutionState::as_str));
    sql.and_if("i.listing = ", filter.listing.map(ListKind::as_str));
    if let Some(name) = filter.name_contains {
        let position = match conn.raw().engine() {
            Engine::Sqlite => "instr",
            Engine::Postgres => "strpos",
        };
        sql.push(" AND ").push(position).push("(p.name, ").bind(name).push(") > 0");
    }
    sql.and_if("i.institution_id > ", after.map(InstitutionId::uuid));
    sql.push(" ORDER BY i.institution_id LIMIT ").bind(i64::from(limit));
    sql.rows(conn, Institutions::NAME, Institutions::COLUMNS, |row| {
        Ok(NamedInstitution { institution: Institutions::read(row)?, name: row.get()? })
    })
    .await
}

/// The institutions with these credit codes, in no order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn institutions_by_credit_code(
    conn: &impl Conn,
    ledger: &LedgerId,
    codes: &[CreditCode],
) -> Result<Vec<Institution>, StoreError> {
    let codes: Vec<String> = codes.iter().map(CreditCode::to_string).collect();
    load_by::<Institutions, String>(conn, ledger, "credit_code", &codes).await
}

/// The licences with these numbers, in no order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn licences_by_number(
    conn: &impl Conn,
    ledger: &LedgerId,
    numbers: &[&str],
) -> Result<Vec<Licence>, StoreError> {
    load_by::<Licences, &str>(conn, ledger, "number", numbers).await
}

/// A page of an institution's licences in the order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn licences_page(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
    after: Option<LicenceId>,
    limit: u32,
) -> Result<Vec<Licence>, StoreError> {
    let mut sql = select::<Licences>(conn, ledger);
    sql.and("institution_id = ", institution.uuid());
    page_of::<Licences>(conn, sql, after.map(LicenceId::uuid), limit).await
}

/// A page of applications, of one institution or state where given, in the order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn applications_page(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: Option<InstitutionId>,
    state: Option<ApplicationState>,
    after: Option<ApplicationId>,
    limit: u32,
) -> Result<Vec<Application>, StoreError> {
    let mut sql = select::<Applications>(conn, ledger);
    sql.and_if("institution_id = ", institution.map(InstitutionId::uuid));
    sql.and_if("state = ", state.map(ApplicationState::as_str));
    page_of::<Applications>(conn, sql, after.map(ApplicationId::uuid), limit).await
}

/// An institution's listings from the newest; `before` is the entry number of the last one seen.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn listings_of_institution(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
    before: Option<u64>,
    limit: u32,
) -> Result<Vec<Listing>, StoreError> {
    let mut sql = select::<Listings>(conn, ledger);
    sql.and("institution_id = ", institution.uuid());
    sql.and_if("seq < ", before.map(|seq| i64::try_from(seq).unwrap_or(i64::MAX)));
    sql.push(" ORDER BY seq DESC LIMIT ").bind(i64::from(limit));
    sql.all::<Listings>(conn).await
}

/// What is kept of an institution beside the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The institution.
    pub institution: InstitutionId,
    /// Public name.
    pub name: String,
    /// Legal representative, address, custody account: encrypted by the caller.
    pub sealed: Vec<u8>,
    /// A custody account is registered.
    pub custody_account_present: bool,
    /// When it was set last: by which those who keep names in memory find what is new.
    pub changed_at: kernel::Instant,
}

struct Profiles;

impl Table for Profiles {
    type Item = Profile;
    const NAME: &'static str = "institution_profile";
    const KEY: &'static [&'static str] = &["institution_id"];
    const COLUMNS: &'static [&'static str] =
        &["institution_id", "name", "sealed", "custody_account_present", "changed_at"];
    const CHANGING: &'static [&'static str] = &["name", "sealed", "custody_account_present", "changed_at"];

    fn write(item: &Profile, values: &mut Values) {
        values.id(item.institution.uuid()).text(&item.name).bytes(&item.sealed).put(item.custody_account_present);
        values.instant(item.changed_at);
    }

    fn read(row: &mut Row<'_>) -> Result<Profile, StoreError> {
        Ok(Profile {
            institution: InstitutionId::new(row.get()?),
            name: row.get()?,
            sealed: row.get()?,
            custody_account_present: row.get()?,
            changed_at: row.instant()?,
        })
    }
}

/// Inserts profiles, or changes those that are there.
///
/// # Errors
/// Trouble of the database.
pub async fn profile_save(tx: &Tx, ledger: &LedgerId, profiles: &[&Profile]) -> Result<(), StoreError> {
    save::<Profiles>(tx, ledger, profiles).await
}

/// The profiles of these institutions, in no order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn profile_load(
    conn: &impl Conn,
    ledger: &LedgerId,
    institutions: &[InstitutionId],
) -> Result<Vec<Profile>, StoreError> {
    let ids: Vec<_> = institutions.iter().map(|id| id.uuid()).collect();
    crate::sql::load::<Profiles>(conn, ledger, &ids).await
}

/// A course and its name; none when only the ledger is at hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedCourse {
    /// The course.
    pub course: Course,
    /// Its name.
    pub name: Option<String>,
}

const NAMED_COURSE_COLUMNS: &str = ", name FROM course WHERE ledger_id = ";

fn select_named(conn: &impl Conn, ledger: &LedgerId) -> Sql {
    let mut sql = Sql::new(conn, "SELECT ");
    sql.push(&Courses::COLUMNS.join(", ")).push(NAMED_COURSE_COLUMNS).bind(ledger.as_str());
    sql
}

fn read_named(row: &mut Row<'_>) -> Result<NamedCourse, StoreError> {
    Ok(NamedCourse { course: Courses::read(row)?, name: row.get()? })
}

/// Names a course that was saved.
///
/// # Errors
/// Trouble of the database.
pub async fn course_name_save(tx: &Tx, ledger: &LedgerId, course: CourseId, name: &str) -> Result<(), StoreError> {
    let mut sql = Sql::new(tx, "UPDATE course SET name = ");
    sql.bind(name).push(" WHERE ledger_id = ").bind(ledger.as_str()).and("course_id = ", course.uuid());
    sql.execute(tx).await?;
    Ok(())
}

/// One course with its name.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn named_course(
    conn: &impl Conn,
    ledger: &LedgerId,
    course: CourseId,
) -> Result<Option<NamedCourse>, StoreError> {
    let mut sql = select_named(conn, ledger);
    sql.and("course_id = ", course.uuid());
    Ok(sql.rows(conn, Courses::NAME, Courses::COLUMNS, read_named).await?.pop())
}

/// A page of an institution's courses in the order of their ids; published ones only, or drafts too.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn courses_page(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
    drafts_too: bool,
    after: Option<CourseId>,
    limit: u32,
) -> Result<Vec<NamedCourse>, StoreError> {
    let mut sql = select_named(conn, ledger);
    sql.and("institution_id = ", institution.uuid());
    if !drafts_too {
        sql.push(" AND published_seq IS NOT NULL");
    }
    sql.and_if("course_id > ", after.map(CourseId::uuid));
    sql.push(" ORDER BY course_id LIMIT ").bind(i64::from(limit));
    sql.rows(conn, Courses::NAME, Courses::COLUMNS, read_named).await
}
