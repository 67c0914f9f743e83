//! Guardians and pupils behind their pseudonymous ids, sealed by the caller (see [`crate::vault`]).

use kernel::{LedgerId, SubjectId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::row::{Row, Values};
use crate::sql::{Sql, Table, load, load_by, save};

/// A person as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Pseudonymous id, per person and ledger.
    pub subject: SubjectId,
    /// Keyed hash of the identity document.
    pub lookup: [u8; 32],
    /// The person's own key, wrapped.
    pub wrapped_key: Vec<u8>,
    /// The record, sealed with that key.
    pub sealed: Vec<u8>,
}

struct People;

impl Table for People {
    type Item = Person;
    const NAME: &'static str = "person";
    const KEY: &'static [&'static str] = &["subject_id"];
    const COLUMNS: &'static [&'static str] = &["subject_id", "lookup", "wrapped_key", "sealed"];
    const CHANGING: &'static [&'static str] = &["wrapped_key", "sealed"];

    fn write(item: &Person, values: &mut Values) {
        values.id(item.subject.uuid()).hash(&item.lookup).bytes(&item.wrapped_key).bytes(&item.sealed);
    }

    fn read(row: &mut Row<'_>) -> Result<Person, StoreError> {
        Ok(Person {
            subject: SubjectId::new(row.get()?),
            lookup: row.hash()?,
            wrapped_key: row.get()?,
            sealed: row.get()?,
        })
    }
}

/// Inserts people, or changes the sealed records of those that are there.
///
/// # Errors
/// [`StoreError::Constraint`] when another id has the same identity document, and trouble of the
/// database.
pub async fn person_save(tx: &Tx, ledger: &LedgerId, people: &[&Person]) -> Result<(), StoreError> {
    save::<People>(tx, ledger, people).await
}

/// The people with these ids, in no order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn person_by_id(conn: &impl Conn, ledger: &LedgerId, ids: &[SubjectId]) -> Result<Vec<Person>, StoreError> {
    let ids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    load::<People>(conn, ledger, &ids).await
}

/// The people with these keyed hashes, in no order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn person_by_lookup(
    conn: &impl Conn,
    ledger: &LedgerId,
    lookups: &[[u8; 32]],
) -> Result<Vec<Person>, StoreError> {
    let lookups: Vec<Vec<u8>> = lookups.iter().map(|lookup| lookup.to_vec()).collect();
    load_by::<People, Vec<u8>>(conn, ledger, "lookup", &lookups).await
}

/// Erases a person with their key; `false` when there is none. All proofs keep holding.
///
/// # Errors
/// Trouble of the database.
pub async fn person_erase(tx: &Tx, ledger: &LedgerId, subject: SubjectId) -> Result<bool, StoreError> {
    let mut sql = Sql::new(tx, "DELETE FROM child_key WHERE ledger_id = ");
    sql.bind(ledger.as_str()).and("subject_id = ", subject.uuid());
    sql.execute(tx).await?;
    let mut sql = Sql::new(tx, "DELETE FROM person WHERE ledger_id = ");
    sql.bind(ledger.as_str()).and("subject_id = ", subject.uuid());
    Ok(sql.execute(tx).await? == 1)
}
