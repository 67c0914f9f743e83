//! A course in the catalogue (培训课程).

use kernel::{Category, ClassHours, CourseId, Day, Fen, InstitutionId, Mode, Stage};

/// A course. Its name is kept beside it; the ledger holds a commitment to the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// Its id.
    pub id: CourseId,
    /// Who teaches it.
    pub institution: InstitutionId,
    /// Category.
    pub category: Category,
    /// Mode.
    pub mode: Mode,
    /// Stage.
    pub stage: Stage,
    /// Hours of the whole course.
    pub hours: ClassHours,
    /// Length of a class hour, minutes, 1 to 600.
    pub minutes_per_hour: u16,
    /// Price of the whole course.
    pub price: Fen,
    /// Price of one hour before any discount, if one is published.
    pub list_price_per_hour: Option<Fen>,
    /// Most pupils in a class, 1 to 10,000.
    pub class_size_max: u16,
    /// First day of teaching.
    pub starts_on: Day,
    /// Last day of teaching.
    pub ends_on: Day,
    /// Ledger entry that published it; none while it is a draft.
    pub published_seq: Option<u64>,
}
