//! Who read the records of families. Rows are added and read, never changed.

use kernel::{ContractId, Instant, InstitutionId, LedgerId, ReadingId, RegionCode, SubjectId, UserId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::row::{Row, Values};
use crate::sql::{Table, insert, page_of, select};

/// A reading of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Its id.
    pub id: ReadingId,
    /// Whose record: the guardian of the contract.
    pub subject: SubjectId,
    /// The contract.
    pub contract: Option<ContractId>,
    /// Who read.
    pub user: UserId,
    /// In which role.
    pub role: String,
    /// Region of an authority, bank or auditor.
    pub region: Option<RegionCode>,
    /// Department of an authority.
    pub department: Option<String>,
    /// Institution of its user.
    pub institution: Option<InstitutionId>,
    /// What was read.
    pub what: String,
    /// The reason given, sealed.
    pub reason_sealed: Vec<u8>,
    /// When.
    pub read_at: Instant,
}

/// Which readings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadingFilter {
    /// Of this person's record.
    pub subject: Option<SubjectId>,
    /// By this user.
    pub user: Option<UserId>,
    /// Of this contract.
    pub contract: Option<ContractId>,
}

struct Readings;

impl Table for Readings {
    type Item = Reading;
    const NAME: &'static str = "access_log";
    const KEY: &'static [&'static str] = &["reading_id"];
    const COLUMNS: &'static [&'static str] = &[
        "reading_id",
        "subject_id",
        "contract_id",
        "user_id",
        "reader_role",
        "reader_region",
        "reader_department",
        "reader_institution_id",
        "what",
        "reason_sealed",
        "read_at",
    ];
    const CHANGING: &'static [&'static str] = &[];

    fn write(item: &Reading, values: &mut Values) {
        values
            .id(item.id.uuid())
            .id(item.subject.uuid())
            .id_opt(item.contract.map(ContractId::uuid))
            .id(item.user.uuid())
            .text(&item.role)
            .text_opt(item.region)
            .text_opt(item.department.as_deref())
            .id_opt(item.institution.map(InstitutionId::uuid))
            .text(&item.what)
            .bytes(&item.reason_sealed)
            .instant(item.read_at);
    }

    fn read(row: &mut Row<'_>) -> Result<Reading, StoreError> {
        Ok(Reading {
            id: ReadingId::new(row.get()?),
            subject: SubjectId::new(row.get()?),
            contract: row.get::<Option<_>>()?.map(ContractId::new),
            user: UserId::new(row.get()?),
            role: row.get()?,
            region: row.parse_opt()?,
            department: row.get()?,
            institution: row.get::<Option<_>>()?.map(InstitutionId::new),
            what: row.get()?,
            reason_sealed: row.get()?,
            read_at: row.instant()?,
        })
    }
}

/// Writes a reading down.
///
/// # Errors
/// Trouble of the database.
pub async fn reading_append(tx: &Tx, ledger: &LedgerId, reading: &Reading) -> Result<(), StoreError> {
    insert::<Readings>(tx, ledger, &[reading]).await
}

/// A page of readings in the order in which they were written.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn readings_page(
    conn: &impl Conn,
    ledger: &LedgerId,
    filter: &ReadingFilter,
    after: Option<ReadingId>,
    limit: u32,
) -> Result<Vec<Reading>, StoreError> {
    let mut sql = select::<Readings>(conn, ledger);
    sql.and_if("subject_id = ", filter.subject.map(SubjectId::uuid));
    sql.and_if("user_id = ", filter.user.map(UserId::uuid));
    sql.and_if("contract_id = ", filter.contract.map(ContractId::uuid));
    page_of::<Readings>(conn, sql, after.map(ReadingId::uuid), limit).await
}
