//! Opening a database, and the two things that queries run on: a reader and a transaction.
//! What runs on them is in the files of the tables.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{ConnectOptions, Database, DatabaseConnection, TransactionTrait};

use crate::StoreError;
use crate::faults::Faults;
use crate::postgres_tx::PostgresTx;
use crate::sqlite_writer::{SqliteTx, SqliteWriter};

/// The two engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Embedded SQLite.
    Sqlite,
    /// PostgreSQL 15 or newer.
    Postgres,
}

impl std::fmt::Display for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Engine::Sqlite => "SQLite",
            Engine::Postgres => "PostgreSQL",
        })
    }
}

/// First SQLite without the WAL-reset bug, which can silently lose committed writes.
const SQLITE_MIN: [u32; 3] = [3, 51, 3];

/// Connections that read. SQLite readers never wait for the writer (WAL).
const READERS: u32 = 4;
/// Connections that write to PostgreSQL: the ledgers' writers, and small writes beside them.
const POSTGRES_WRITERS: u32 = 8;
/// How long a connection may wait for a lock that another process holds.
pub(crate) const BUSY: Duration = Duration::from_secs(10);
/// Prepared statements kept per connection: every table times every chunk size fits.
pub(crate) const STATEMENTS: usize = 512;

/// An open database.
#[derive(Clone, Debug)]
pub struct Store {
    writer: Writer,
    reader: DatabaseConnection,
}

/// PostgreSQL is written through a pool; SQLite has one writer at a time anyway.
#[derive(Clone, Debug)]
enum Writer {
    Postgres(DatabaseConnection),
    Sqlite(SqliteWriter),
}

/// Reads what is committed; each query sees a state of its own.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a>(&'a DatabaseConnection);

/// A transaction that may write. Dropped without [`Tx::commit`] it is rolled back.
#[derive(Debug)]
pub struct Tx(TxOf);

#[derive(Debug)]
enum TxOf {
    Postgres(PostgresTx),
    Sqlite(SqliteTx),
}

pub(crate) mod sealed {
    //! Keeps `sea_orm` out of the signatures that others see.

    use super::{DatabaseConnection, PostgresTx, SqliteTx};

    /// What is behind a reader or a transaction.
    #[derive(Clone, Copy, Debug)]
    pub enum Raw<'a> {
        /// A pool of readers.
        Reader(&'a DatabaseConnection),
        /// A transaction on PostgreSQL.
        Postgres(&'a PostgresTx),
        /// A transaction on SQLite.
        Sqlite(&'a SqliteTx),
    }

    /// Gives what is behind.
    pub trait Sealed: Sync {
        /// What is behind.
        fn raw(&self) -> Raw<'_>;
    }
}

/// What a query runs on: a [`Reader`] or a [`Tx`].
pub trait Conn: sealed::Sealed {}

impl sealed::Sealed for Reader<'_> {
    fn raw(&self) -> sealed::Raw<'_> {
        sealed::Raw::Reader(self.0)
    }
}
impl Conn for Reader<'_> {}

impl sealed::Sealed for Tx {
    fn raw(&self) -> sealed::Raw<'_> {
        match &self.0 {
            TxOf::Postgres(tx) => sealed::Raw::Postgres(tx),
            TxOf::Sqlite(tx) => sealed::Raw::Sqlite(tx),
        }
    }
}
impl Conn for Tx {}

impl Store {
    /// Opens `sqlite://path` (the file is made when it is not there) or `postgres://…`. The schema
    /// must be there: see the package `migrations`.
    ///
    /// # Errors
    /// [`StoreError::Address`], [`StoreError::SqliteTooOld`], [`StoreError::Unavailable`].
    pub async fn connect(url: &str) -> Result<Store, StoreError> {
        Store::connect_with(url, None).await
    }

    /// As [`Store::connect`], with failures on purpose where the database is SQLite.
    ///
    /// # Errors
    /// As [`Store::connect`].
    pub async fn connect_with(url: &str, faults: Option<Arc<dyn Faults>>) -> Result<Store, StoreError> {
        let writer = match engine_of(url)? {
            Engine::Postgres => Writer::Postgres(Database::connect(options(url, POSTGRES_WRITERS)).await?),
            Engine::Sqlite => {
                refuse_old_sqlite(rusqlite::version())?;
                Writer::Sqlite(SqliteWriter::open(url, faults)?)
            }
        };
        let reader = Database::connect(options(url, READERS)).await?;
        Ok(Store { writer, reader })
    }

    /// The engine behind.
    pub const fn engine(&self) -> Engine {
        match self.writer {
            Writer::Postgres(_) => Engine::Postgres,
            Writer::Sqlite(_) => Engine::Sqlite,
        }
    }

    /// For reading.
    pub const fn read(&self) -> Reader<'_> {
        Reader(&self.reader)
    }

    /// Begins a transaction. On SQLite it takes the write lock at once (`BEGIN IMMEDIATE`), so that
    /// what it reads cannot change before it writes; on PostgreSQL it reads what is committed, and
    /// the head row is the lock.
    ///
    /// # Errors
    /// [`StoreError::Retryable`], [`StoreError::Unavailable`].
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        self.begin_as(false).await
    }

    /// As [`Store::begin`], for many rows of many tables: on PostgreSQL they are sent together, and a
    /// broken constraint may be reported as late as [`Tx::commit`].
    ///
    /// # Errors
    /// [`StoreError::Retryable`], [`StoreError::Unavailable`].
    pub async fn begin_batch(&self) -> Result<Tx, StoreError> {
        self.begin_as(true).await
    }

    async fn begin_as(&self, batch: bool) -> Result<Tx, StoreError> {
        Ok(Tx(match &self.writer {
            Writer::Postgres(pool) => TxOf::Postgres(PostgresTx::new(pool.begin().await?, batch)),
            Writer::Sqlite(writer) => TxOf::Sqlite(writer.begin().await?),
        }))
    }

    /// Does the database answer?
    ///
    /// # Errors
    /// [`StoreError::Retryable`], [`StoreError::Unavailable`].
    pub async fn ping(&self) -> Result<(), StoreError> {
        Ok(self.reader.ping().await?)
    }

    /// Closes all connections; on SQLite the last one folds the write-ahead log into the file.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn close(self) -> Result<(), StoreError> {
        self.reader.close().await?;
        match self.writer {
            Writer::Postgres(pool) => Ok(pool.close().await?),
            Writer::Sqlite(writer) => writer.close().await,
        }
    }
}

impl Tx {
    /// Makes it durable.
    ///
    /// # Errors
    /// [`StoreError::Retryable`], [`StoreError::Unavailable`]; it may then have been committed or not.
    /// After [`Store::begin_batch`] also [`StoreError::Constraint`] and [`StoreError::Check`].
    pub async fn commit(self) -> Result<(), StoreError> {
        match self.0 {
            TxOf::Postgres(tx) => tx.commit().await,
            TxOf::Sqlite(tx) => tx.commit(),
        }
    }

    /// Undoes it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]; it is undone then too, when the connection is gone.
    pub async fn rollback(self) -> Result<(), StoreError> {
        match self.0 {
            TxOf::Postgres(tx) => tx.rollback().await,
            TxOf::Sqlite(tx) => tx.rollback(),
        }
    }
}

fn engine_of(url: &str) -> Result<Engine, StoreError> {
    match url.split_once("://") {
        Some(("sqlite", path)) if !path.is_empty() && !path.contains(":memory:") => Ok(Engine::Sqlite),
        Some(("postgres" | "postgresql", rest)) if !rest.is_empty() => Ok(Engine::Postgres),
        _ => Err(StoreError::Address),
    }
}

fn options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(BUSY)
        .test_before_acquire_if_idle_for(Duration::from_secs(30))
        .sqlx_logging(false)
        .record_stmt_in_spans(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(BUSY)
                // INSERT OR REPLACE must meet the triggers that refuse DELETE.
                .pragma("recursive_triggers", "ON")
                .pragma("cache_size", "-65536")
                .pragma("temp_store", "MEMORY")
                // 32 MB of log between checkpoints: a page that every batch changes is then written
                // back once in many batches.
                .pragma("wal_autocheckpoint", "8192")
                // Rows come from a thread of the driver; a small buffer makes the two wait in turns.
                .row_buffer_size(1024)
                .statement_cache_capacity(STATEMENTS)
        })
        .map_sqlx_postgres_opts(|postgres| postgres.statement_cache_capacity(STATEMENTS));
    if url.starts_with("sqlite") {
        // A file needs no pinging, and reopening it would only lose its caches.
        options.idle_timeout(None).max_lifetime(None).test_before_acquire(false);
    }
    options
}

fn refuse_old_sqlite(found: &str) -> Result<(), StoreError> {
    let mut parts = found.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let version = [(); 3].map(|()| parts.next().unwrap_or(0));
    if version >= SQLITE_MIN { Ok(()) } else { Err(StoreError::SqliteTooOld { found: found.to_owned() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        for new in ["3.51.3", "3.51.10", "3.52.0", "4.0.0"] {
            assert!(refuse_old_sqlite(new).is_ok(), "{new}");
        }
        for old in ["3.51.2", "3.50.9", "3.9.0", "2.8.17", "", "x"] {
            assert!(matches!(refuse_old_sqlite(old), Err(StoreError::SqliteTooOld { found }) if found == old), "{old}");
        }
    }

    #[test]
    fn addresses() {
        assert!(matches!(engine_of("sqlite://./data/tutela.db"), Ok(Engine::Sqlite)));
        assert!(matches!(engine_of("postgres://tutela@localhost/tutela"), Ok(Engine::Postgres)));
        for bad in ["", "sqlite::memory:", "sqlite://:memory:", "sqlite://", "mysql://x", "/data/tutela.db"] {
            assert!(matches!(engine_of(bad), Err(StoreError::Address)), "{bad}");
        }
    }
}
