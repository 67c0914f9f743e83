//! The one connection that writes to SQLite. Its statements run in the thread that asks: handing
//! each of them to a thread of the driver and waiting for it to be scheduled costs more than they do.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, Value as Cell, ValueRef};
use rusqlite::{Connection, ToSql};
use sea_orm::Value;
use sea_orm::sqlx::sqlite::SqliteConnectOptions;
use tokio::sync::OwnedMutexGuard;

use crate::StoreError;
use crate::connect::{BUSY, STATEMENTS};
use crate::faults::{Fault, Faults};

/// Time between two tries to get the write lock that another process holds.
const AGAIN: Duration = Duration::from_millis(5);

/// Settings of the connection. WAL with FULL: what is committed is on disk. Replacing a row must meet
/// the triggers that refuse DELETE. 32 MB of log between checkpoints: a page that every batch changes
/// is then written back once in many batches.
const PRAGMAS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                       PRAGMA recursive_triggers = ON; PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; \
                       PRAGMA wal_autocheckpoint = 8192;";

/// The connection; none once it is closed.
#[derive(Clone)]
pub(crate) struct SqliteWriter {
    connection: Arc<tokio::sync::Mutex<Option<Connection>>>,
    faults: Option<Arc<dyn Faults>>,
}

impl std::fmt::Debug for SqliteWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SqliteWriter")
    }
}

impl SqliteWriter {
    /// Opens the file of a `sqlite://` address; it is made when it is not there.
    pub(crate) fn open(url: &str, faults: Option<Arc<dyn Faults>>) -> Result<SqliteWriter, StoreError> {
        let options: SqliteConnectOptions = url.parse().map_err(|_| StoreError::Address)?;
        let connection = Connection::open(options.get_filename())?;
        connection.busy_timeout(BUSY)?;
        connection.execute_batch(PRAGMAS)?;
        // From here on waiting is done without holding a thread.
        connection.busy_timeout(Duration::ZERO)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(SqliteWriter { connection: Arc::new(tokio::sync::Mutex::new(Some(connection))), faults })
    }

    /// Takes the write lock of the file.
    pub(crate) async fn begin(&self) -> Result<SqliteTx, StoreError> {
        let late = |late: tokio::time::error::Elapsed| StoreError::Retryable(late.into());
        tokio::time::timeout(BUSY, self.locked()).await.map_err(late)?
    }

    async fn locked(&self) -> Result<SqliteTx, StoreError> {
        let guard = Arc::clone(&self.connection).lock_owned().await;
        let tx = SqliteTx { connection: Mutex::new(guard), faults: self.faults.clone() };
        loop {
            match tx.execute("BEGIN IMMEDIATE", &[]) {
                Ok(_) => return Ok(tx),
                Err(StoreError::Retryable(_)) => tokio::time::sleep(AGAIN).await,
                Err(error) => return Err(error),
            }
        }
    }

    /// Closes it; the last connection of a file folds the log into it.
    pub(crate) async fn close(self) -> Result<(), StoreError> {
        match self.connection.lock().await.take() {
            Some(connection) => Ok(connection.close().map_err(|(_, error)| error)?),
            None => Ok(()),
        }
    }
}

/// A transaction that holds the write lock.
pub struct SqliteTx {
    // A lock, because a connection may only be used from one thread at a time; nobody else waits.
    connection: Mutex<OwnedMutexGuard<Option<Connection>>>,
    faults: Option<Arc<dyn Faults>>,
}

/// A value on its way to SQLite.
struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        fn bytes(bytes: &[u8]) -> ValueRef<'_> {
            ValueRef::Blob(bytes)
        }
        let value = match self.0 {
            Value::Bool(value) => value.map(|v| ValueRef::Integer(v.into())),
            Value::SmallInt(value) => value.map(|v| ValueRef::Integer(v.into())),
            Value::Int(value) => value.map(|v| ValueRef::Integer(v.into())),
            Value::BigInt(value) => value.map(ValueRef::Integer),
            Value::String(value) => value.as_deref().map(|v| ValueRef::Text(v.as_bytes())),
            Value::Bytes(value) => value.as_deref().map(bytes),
            Value::Uuid(value) => value.as_ref().map(|v| bytes(v.as_bytes())),
            other => return Err(rusqlite::Error::ToSqlConversionFailure(format!("{other:?}").into())),
        };
        Ok(ToSqlOutput::Borrowed(value.unwrap_or(ValueRef::Null)))
    }
}

impl SqliteTx {
    fn with<T>(&self, run: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let guard = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let closed = || StoreError::Unavailable("the database is closed".into());
        Ok(run(guard.as_ref().ok_or_else(closed)?)?)
    }

    /// As `with`, for a statement: this is where a simulation interferes.
    fn run<T>(&self, text: &str, run: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        match self.faults.as_ref().and_then(|faults| faults.at(text)) {
            None => self.with(run),
            Some(Fault::After) => self.with(run).and(Err(Fault::After.error())),
            Some(fault) => Err(fault.error()),
        }
    }

    /// Runs a statement; how many rows it changed.
    pub(crate) fn execute(&self, text: &str, values: &[Value]) -> Result<u64, StoreError> {
        self.run(text, |connection| {
            let mut statement = connection.prepare_cached(text)?;
            Ok(statement.execute(rusqlite::params_from_iter(values.iter().map(Bound)))? as u64)
        })
    }

    /// Runs a statement once for each row of values.
    pub(crate) fn execute_each(&self, text: &str, values: &[Value], width: usize) -> Result<(), StoreError> {
        self.run(text, |connection| {
            let mut statement = connection.prepare_cached(text)?;
            for row in values.chunks_exact(width) {
                statement.execute(rusqlite::params_from_iter(row.iter().map(Bound)))?;
            }
            Ok(())
        })
    }

    /// Runs a query and takes all its rows.
    pub(crate) fn query(&self, text: &str, values: &[Value]) -> Result<Vec<Vec<Cell>>, StoreError> {
        self.run(text, |connection| {
            let mut statement = connection.prepare_cached(text)?;
            let width = statement.column_count();
            let mut rows = statement.query(rusqlite::params_from_iter(values.iter().map(Bound)))?;
            let mut found = Vec::new();
            while let Some(row) = rows.next()? {
                found.push((0..width).map(|column| row.get(column)).collect::<rusqlite::Result<_>>()?);
            }
            Ok(found)
        })
    }

    /// Makes it durable.
    pub(crate) fn commit(self) -> Result<(), StoreError> {
        // A commit that fails leaves the transaction open, and dropping it undoes it.
        self.execute("COMMIT", &[]).map(drop)
    }

    /// Undoes it.
    pub(crate) fn rollback(self) -> Result<(), StoreError> {
        self.execute("ROLLBACK", &[]).map(drop)
    }
}

impl std::fmt::Debug for SqliteTx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SqliteTx")
    }
}

impl Drop for SqliteTx {
    fn drop(&mut self) {
        let undone = self.with(
            |connection| {
                if connection.is_autocommit() { Ok(()) } else { connection.execute_batch("ROLLBACK") }
            },
        );
        if let Err(error) = undone {
            tracing::warn!(%error, "a transaction was not undone");
        }
    }
}
