//! Answers given under idempotency keys, kept forever, append-only.

use kernel::LedgerId;

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::row::{Row, Values};
use crate::sql::{Table, insert, load_by};

/// An answer given under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The client's key.
    pub key: String,
    /// Who sent it.
    pub actor: String,
    /// Keyed hashes of the request's fields, JSON.
    pub fingerprint: String,
    /// HTTP status.
    pub status: u16,
    /// Body, JSON.
    pub body: String,
    /// First entry that the command appended, if any.
    pub first_seq: Option<u64>,
    /// Entries that the command appended.
    pub entry_count: u32,
}

struct Answers;

impl Table for Answers {
    type Item = Answer;
    const NAME: &'static str = "idempotency";
    const KEY: &'static [&'static str] = &["idem_key"];
    const COLUMNS: &'static [&'static str] =
        &["idem_key", "actor", "fingerprint", "status", "body", "first_seq", "entry_count"];
    const CHANGING: &'static [&'static str] = &[];

    fn write(item: &Answer, values: &mut Values) {
        values
            .text(&item.key)
            .text(&item.actor)
            .text(&item.fingerprint)
            .small("status", item.status)
            .text(&item.body)
            .count_opt("first_seq", item.first_seq)
            .put(i64::from(item.entry_count));
    }

    fn read(row: &mut Row<'_>) -> Result<Answer, StoreError> {
        Ok(Answer {
            key: row.get()?,
            actor: row.get()?,
            fingerprint: row.get()?,
            status: row.small()?,
            body: row.get()?,
            first_seq: row.count_opt()?,
            entry_count: row.count_u32()?,
        })
    }
}

/// The answers given under these keys, in no order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn idempotency_load(conn: &impl Conn, ledger: &LedgerId, keys: &[&str]) -> Result<Vec<Answer>, StoreError> {
    load_by::<Answers, &str>(conn, ledger, "idem_key", keys).await
}

/// Keeps answers.
///
/// # Errors
/// [`StoreError::Constraint`] when a key has one already, and trouble of the database.
pub async fn idempotency_append(tx: &Tx, ledger: &LedgerId, answers: &[Answer]) -> Result<(), StoreError> {
    insert::<Answers>(tx, ledger, &answers.iter().collect::<Vec<_>>()).await
}
