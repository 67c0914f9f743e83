//! What can go wrong in the database, as cases that a caller can act on, and the one place where
//! errors of the drivers become them.

use sea_orm::sqlx;
use sea_orm::{DbErr, RuntimeErr};

use crate::constraint::Constraint;

/// What a driver says.
type Driver = Box<dyn std::error::Error + Send + Sync>;

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A key or reference is broken; nothing was written.
    #[error("constraint {} is broken", .0.name())]
    Constraint(Constraint),
    /// A CHECK is broken: a value that must never be, for example money below zero.
    #[error("check {name} is broken")]
    Check {
        /// Its name in the catalogue.
        name: String,
    },
    /// A table that only grows was to be changed.
    #[error("an append-only table was to be changed")]
    AppendOnly,
    /// Another transaction was in the way, or the connection broke: the same work may succeed when
    /// done again from the start.
    #[error("the transaction must be repeated")]
    Retryable(#[source] Driver),
    /// A stored row is not what was ever written.
    #[error("row of {table} is corrupt: {what}")]
    Corrupt {
        /// The table.
        table: &'static str,
        /// The column.
        what: &'static str,
    },
    /// A number does not fit its column.
    #[error("{column} is too large to store")]
    TooLarge {
        /// The column.
        column: &'static str,
    },
    /// The database cannot be reached or does not work.
    #[error("the database is not available")]
    Unavailable(#[source] Driver),
    /// The linked SQLite can lose committed writes; 3.51.3 is the first that cannot.
    #[error("SQLite {found} can lose committed writes, 3.51.3 or newer is needed")]
    SqliteTooOld {
        /// The version found.
        found: String,
    },
    /// Neither `sqlite://path` nor `postgres://…`.
    #[error("not a database address: sqlite://path or postgres://user@host/database is needed")]
    Address,
    /// A sealed record does not open: another key, or altered bytes.
    #[error("a sealed record does not open")]
    Sealed,
}

/// PostgreSQL: serialization failure, deadlock, lock not available, statement timeout and the
/// classes of lost connections and shutdown.
fn postgres_retryable(code: &str) -> bool {
    matches!(code, "40001" | "40P01" | "55P03" | "57P01" | "57P02" | "57P03" | "53300") || code.starts_with("08")
}

/// SQLite, extended result codes: the low byte is the primary code. 5 busy, 6 locked.
fn sqlite_primary(code: i32) -> i32 {
    code & 0xff
}

const SQLITE_CONSTRAINT_TRIGGER: i32 = 1811;
const SQLITE_CONSTRAINT_FOREIGNKEY: i32 = 787;
const SQLITE_CONSTRAINT_CHECK: i32 = 275;

fn from_sqlite(code: i32, message: &str) -> Option<StoreError> {
    let after = |prefix: &str| message.strip_prefix(prefix).map(str::to_owned);
    match code {
        SQLITE_CONSTRAINT_TRIGGER => Some(StoreError::AppendOnly),
        SQLITE_CONSTRAINT_FOREIGNKEY => Some(StoreError::Constraint(Constraint::SessionUser)),
        SQLITE_CONSTRAINT_CHECK => after("CHECK constraint failed: ").map(|name| StoreError::Check { name }),
        _ => Constraint::by_columns(&after("UNIQUE constraint failed: ")?).map(StoreError::Constraint),
    }
}

fn from_database(error: &dyn sqlx::error::DatabaseError) -> Option<StoreError> {
    use sqlx::error::ErrorKind;
    if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
        return from_sqlite(error.code()?.parse().ok()?, error.message());
    }
    if error.code().as_deref() == Some("23001") {
        return Some(StoreError::AppendOnly);
    }
    let name = error.constraint()?;
    match error.kind() {
        ErrorKind::UniqueViolation | ErrorKind::ForeignKeyViolation => {
            Constraint::by_name(name).map(StoreError::Constraint)
        }
        ErrorKind::CheckViolation => Some(StoreError::Check { name: name.to_owned() }),
        _ => None,
    }
}

fn is_retryable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
                matches!(code.parse().map(sqlite_primary), Ok(5 | 6))
            } else {
                postgres_retryable(&code)
            }
        }
        _ => false,
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> StoreError {
        let (known, retryable) = match &error {
            DbErr::Exec(RuntimeErr::SqlxError(e))
            | DbErr::Query(RuntimeErr::SqlxError(e))
            | DbErr::Conn(RuntimeErr::SqlxError(e)) => (e.as_database_error().and_then(from_database), is_retryable(e)),
            DbErr::ConnectionAcquire(_) => (None, true),
            _ => (None, false),
        };
        match known {
            Some(known) => known,
            None if retryable => StoreError::Retryable(error.into()),
            None => StoreError::Unavailable(error.into()),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        let (known, retryable) = match &error {
            rusqlite::Error::SqliteFailure(failure, message) => (
                from_sqlite(failure.extended_code, message.as_deref().unwrap_or_default()),
                matches!(sqlite_primary(failure.extended_code), 5 | 6),
            ),
            _ => (None, false),
        };
        match known {
            Some(known) => known,
            None if retryable => StoreError::Retryable(error.into()),
            None => StoreError::Unavailable(error.into()),
        }
    }
}

impl StoreError {
    /// May the same work succeed when done again from the start?
    pub const fn is_retryable(&self) -> bool {
        matches!(self, StoreError::Retryable(_))
    }
}
