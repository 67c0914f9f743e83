//! People who may not teach, behind keyed hashes of their identity numbers.

use kernel::{Day, Instant, LedgerId, StaffBarId, UserId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::row::{Row, Values};
use crate::sql::{Table, load, load_by, save, select};

/// A bar. It holds from its first day to its last, until it is lifted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffBar {
    /// Its id.
    pub id: StaffBarId,
    /// Keyed hash of the identity number.
    pub person_key: [u8; 32],
    /// Name, identity number, cause and basis, sealed by the caller.
    pub sealed: Vec<u8>,
    /// First day.
    pub barred_on: Day,
    /// Last day; none for ever.
    pub until_on: Option<Day>,
    /// Who decided.
    pub entered_by: UserId,
    /// When.
    pub entered_at: Instant,
    /// Who lifted it.
    pub lifted_by: Option<UserId>,
    /// When.
    pub lifted_at: Option<Instant>,
}

impl StaffBar {
    /// Does it hold on a day? One that was lifted does not hold any more, on no day.
    pub fn holds_on(&self, day: Day) -> bool {
        self.lifted_at.is_none() && self.barred_on <= day && self.until_on.is_none_or(|until| day <= until)
    }
}

struct Bars;

impl Table for Bars {
    type Item = StaffBar;
    const NAME: &'static str = "staff_bar";
    const KEY: &'static [&'static str] = &["bar_id"];
    const COLUMNS: &'static [&'static str] = &[
        "bar_id",
        "person_key",
        "sealed",
        "barred_on",
        "until_on",
        "entered_by",
        "entered_at",
        "lifted_by",
        "lifted_at",
    ];
    const CHANGING: &'static [&'static str] = &["lifted_by", "lifted_at"];

    fn write(item: &StaffBar, values: &mut Values) {
        values
            .id(item.id.uuid())
            .hash(&item.person_key)
            .bytes(&item.sealed)
            .text(item.barred_on)
            .text_opt(item.until_on)
            .id(item.entered_by.uuid())
            .instant(item.entered_at)
            .id_opt(item.lifted_by.map(UserId::uuid))
            .instant_opt(item.lifted_at);
    }

    fn read(row: &mut Row<'_>) -> Result<StaffBar, StoreError> {
        Ok(StaffBar {
            id: StaffBarId::new(row.get()?),
            person_key: row.hash()?,
            sealed: row.get()?,
            barred_on: row.parse()?,
            until_on: row.day_opt()?,
            entered_by: UserId::new(row.get()?),
            entered_at: row.instant()?,
            lifted_by: row.get::<Option<uuid::Uuid>>()?.map(UserId::new),
            lifted_at: row.instant_opt()?,
        })
    }
}

/// Inserts a bar, or writes that it is lifted.
///
/// # Errors
/// Trouble of the database.
pub async fn staff_bar_save(tx: &Tx, ledger: &LedgerId, bar: &StaffBar) -> Result<(), StoreError> {
    save::<Bars>(tx, ledger, &[bar]).await
}

/// A bar.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn staff_bar(conn: &impl Conn, ledger: &LedgerId, id: StaffBarId) -> Result<Option<StaffBar>, StoreError> {
    Ok(load::<Bars>(conn, ledger, &[id.uuid()]).await?.pop())
}

/// All bars of a county with those that were lifted, in the order in which they were entered.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn staff_bars(conn: &impl Conn, ledger: &LedgerId) -> Result<Vec<StaffBar>, StoreError> {
    let mut sql = select::<Bars>(conn, ledger);
    sql.push(" ORDER BY entered_at, bar_id");
    sql.all::<Bars>(conn).await
}

/// The bars against these people, also those that were lifted, in no order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn staff_bars_of(
    conn: &impl Conn,
    ledger: &LedgerId,
    people: &[[u8; 32]],
) -> Result<Vec<StaffBar>, StoreError> {
    let keys: Vec<Vec<u8>> = people.iter().map(|key| key.to_vec()).collect();
    load_by::<Bars, Vec<u8>>(conn, ledger, "person_key", &keys).await
}
