//! SQL texts and running them. Sets are read and written in chunks of a few fixed sizes, so that
//! every text is prepared once per connection and then found again.

use kernel::LedgerId;
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, Value};
use uuid::Uuid;

use crate::StoreError;
use crate::connect::{Conn, Engine, sealed::Raw};
use crate::row::{Row, Values};

/// Sizes of chunks, largest first. A rest is written in smaller chunks and read in a padded one.
const CHUNKS: [usize; 4] = [512, 64, 8, 1];

/// A table whose rows hold one thing each. The first column is always `ledger_id`.
pub(crate) trait Table {
    /// What a row holds.
    type Item;
    /// Name.
    const NAME: &'static str;
    /// The key after `ledger_id`.
    const KEY: &'static [&'static str];
    /// The columns after `ledger_id`, in the order of `write` and `read`.
    const COLUMNS: &'static [&'static str];
    /// The columns that change once a row is there; the others never do, and their indexes are left
    /// alone.
    const CHANGING: &'static [&'static str];
    /// ` AND …`, when not every row is to be seen.
    const VISIBLE: &'static str = "";
    /// Puts the values of [`Table::COLUMNS`].
    fn write(item: &Self::Item, values: &mut Values);
    /// Takes the values of [`Table::COLUMNS`].
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    fn read(row: &mut Row<'_>) -> Result<Self::Item, StoreError>;
}

/// An SQL text with its parameters, in the engine's own way of writing them.
pub(crate) struct Sql {
    text: String,
    values: Values,
    backend: DbBackend,
    parameters: usize,
}

impl Sql {
    pub(crate) fn new(conn: &impl Conn, text: &str) -> Sql {
        let backend = conn.raw().backend();
        Sql { text: text.to_owned(), values: Values::with_capacity(8), backend, parameters: 0 }
    }

    /// More text.
    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// A parameter whose value was or will be put.
    fn mark(&mut self) {
        self.parameters = self.parameters.saturating_add(1);
        if self.backend == DbBackend::Postgres {
            self.text.push('$');
            push_number(&mut self.text, self.parameters);
        } else {
            self.text.push('?');
        }
    }

    /// A parameter.
    pub(crate) fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.mark();
        self.values.put(value);
        self
    }

    /// Parameters with commas between.
    pub(crate) fn list(&mut self, values: impl IntoIterator<Item = Value>) -> &mut Self {
        for (i, value) in values.into_iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            self.bind(value);
        }
        self
    }

    /// `first AND second …` after a `WHERE` that is there: text and a parameter.
    pub(crate) fn and(&mut self, text: &str, value: impl Into<Value>) -> &mut Self {
        self.push(" AND ").push(text).bind(value)
    }

    /// As [`Sql::and`], when there is a value.
    pub(crate) fn and_if(&mut self, text: &str, value: Option<impl Into<Value>>) -> &mut Self {
        match value {
            Some(value) => self.and(text, value),
            None => self,
        }
    }

    fn statement(self) -> Result<Statement, StoreError> {
        Ok(Statement::from_sql_and_values(self.backend, self.text, self.values.finish()?))
    }

    /// Runs it; how many rows it changed.
    pub(crate) async fn execute(self, conn: &impl Conn) -> Result<u64, StoreError> {
        conn.raw().execute(self.statement()?).await
    }

    /// Runs it and reads every row.
    pub(crate) async fn rows<T: Send>(
        self,
        conn: &impl Conn,
        table: &'static str,
        columns: &'static [&'static str],
        read: impl Fn(&mut Row<'_>) -> Result<T, StoreError> + Send + Sync,
    ) -> Result<Vec<T>, StoreError> {
        let rows = conn.raw().query(self.statement()?).await?;
        rows.iter().map(|row| read(&mut Row::new(row, table, columns))).collect()
    }

    /// As [`Sql::rows`], with the reader of the table.
    pub(crate) async fn all<T: Table>(self, conn: &impl Conn) -> Result<Vec<T::Item>, StoreError>
    where
        T::Item: Send,
    {
        self.rows(conn, T::NAME, T::COLUMNS, T::read).await
    }
}

fn push_number(text: &mut String, number: usize) {
    use std::fmt::Write;
    // Writing to a String cannot fail.
    let _ = write!(text, "{number}");
}

impl Raw<'_> {
    pub(crate) fn engine(self) -> Engine {
        if self.backend() == DbBackend::Postgres { Engine::Postgres } else { Engine::Sqlite }
    }

    fn backend(self) -> DbBackend {
        match self {
            Raw::Reader(db) => db.get_database_backend(),
            Raw::Tx(tx) => tx.get_database_backend(),
        }
    }

    async fn execute(self, statement: Statement) -> Result<u64, StoreError> {
        let result = match self {
            Raw::Reader(db) => db.execute_raw(statement).await,
            Raw::Tx(tx) => tx.execute_raw(statement).await,
        };
        Ok(result?.rows_affected())
    }

    async fn query(self, statement: Statement) -> Result<Vec<QueryResult>, StoreError> {
        Ok(match self {
            Raw::Reader(db) => db.query_all_raw(statement).await,
            Raw::Tx(tx) => tx.query_all_raw(statement).await,
        }?)
    }
}

/// Splits a set into chunks of the fixed sizes.
fn chunks<T>(items: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = items;
    std::iter::from_fn(move || {
        let size = CHUNKS.into_iter().find(|&size| size <= rest.len())?;
        let (chunk, after) = rest.split_at(size);
        rest = after;
        Some(chunk)
    })
}

/// `SELECT` of a table's columns, up to and including the condition on the ledger.
pub(crate) fn select<T: Table>(conn: &impl Conn, ledger: &LedgerId) -> Sql {
    let mut sql = Sql::new(conn, "SELECT ");
    sql.push(&T::COLUMNS.join(", ")).push(" FROM ").push(T::NAME).push(" WHERE ledger_id = ").bind(ledger.as_str());
    sql.push(T::VISIBLE);
    sql
}

/// The rows whose `column` is one of `keys`. One statement per 512 keys; a short list is padded with
/// its last key. A key that is not there has no row.
pub(crate) async fn load_by<T: Table, K: Into<Value> + Clone>(
    conn: &impl Conn,
    ledger: &LedgerId,
    column: &str,
    keys: &[K],
) -> Result<Vec<T::Item>, StoreError>
where
    T::Item: Send,
{
    let mut found = Vec::with_capacity(keys.len());
    let longest = CHUNKS[0];
    for part in keys.chunks(longest) {
        let size = CHUNKS.into_iter().rev().find(|&size| size >= part.len()).unwrap_or(longest);
        let Some(last) = part.last() else { continue };
        let mut sql = select::<T>(conn, ledger);
        sql.push(" AND ").push(column).push(" IN (");
        for i in 0..size {
            if i > 0 {
                sql.push(", ");
            }
            sql.bind(part.get(i).unwrap_or(last).clone());
        }
        sql.push(")");
        found.append(&mut sql.all::<T>(conn).await?);
    }
    Ok(found)
}

/// The rows with these ids; the id is the first column of the key.
pub(crate) async fn load<T: Table>(
    conn: &impl Conn,
    ledger: &LedgerId,
    ids: &[Uuid],
) -> Result<Vec<T::Item>, StoreError>
where
    T::Item: Send,
{
    load_by::<T, Uuid>(conn, ledger, T::KEY.first().copied().unwrap_or_default(), ids).await
}

/// A page of a table in the order of its (one-column) key.
pub(crate) async fn page<T: Table>(
    conn: &impl Conn,
    ledger: &LedgerId,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<T::Item>, StoreError>
where
    T::Item: Send,
{
    let sql = select::<T>(conn, ledger);
    page_of::<T>(conn, sql, after, limit).await
}

/// Ends a selection with the cursor, the order and the limit of a page.
pub(crate) async fn page_of<T: Table>(
    conn: &impl Conn,
    mut sql: Sql,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<T::Item>, StoreError>
where
    T::Item: Send,
{
    let key = T::KEY.first().copied().unwrap_or_default();
    sql.and_if(&format!("{key} > "), after).push(" ORDER BY ").push(key).push(" LIMIT ").bind(i64::from(limit));
    sql.all::<T>(conn).await
}

/// Inserts rows.
pub(crate) async fn insert<T: Table>(conn: &impl Conn, ledger: &LedgerId, items: &[&T::Item]) -> Result<(), StoreError>
where
    T::Item: Sync,
{
    write::<T>(conn, ledger, items, "").await
}

/// Inserts rows, or updates the changing columns of those that are there. An item may be given once
/// per call.
pub(crate) async fn save<T: Table>(conn: &impl Conn, ledger: &LedgerId, items: &[&T::Item]) -> Result<(), StoreError>
where
    T::Item: Sync,
{
    let mut end = format!(" ON CONFLICT (ledger_id, {}) DO ", T::KEY.join(", "));
    if T::CHANGING.is_empty() {
        end.push_str("NOTHING");
    } else {
        let changes: Vec<String> = T::CHANGING.iter().map(|column| format!("{column} = excluded.{column}")).collect();
        end.push_str("UPDATE SET ");
        end.push_str(&changes.join(", "));
    }
    write::<T>(conn, ledger, items, &end).await
}

async fn write<T: Table>(conn: &impl Conn, ledger: &LedgerId, items: &[&T::Item], end: &str) -> Result<(), StoreError>
where
    T::Item: Sync,
{
    let width = T::COLUMNS.len().saturating_add(1);
    for chunk in chunks(items) {
        let mut sql = Sql::new(conn, "INSERT INTO ");
        let cells = chunk.len().saturating_mul(width);
        sql.text.reserve(cells.saturating_mul(6));
        sql.values = Values::with_capacity(cells);
        sql.push(T::NAME).push(" (ledger_id, ").push(&T::COLUMNS.join(", ")).push(") VALUES ");
        for (i, item) in chunk.iter().enumerate() {
            sql.push(if i > 0 { ", (" } else { "(" });
            for column in 0..width {
                if column > 0 {
                    sql.push(", ");
                }
                sql.mark();
            }
            sql.push(")");
            sql.values.put(ledger.as_str());
            T::write(item, &mut sql.values);
        }
        sql.push(end);
        sql.execute(conn).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_have_fixed_sizes_and_lose_nothing() {
        let items: Vec<usize> = (0..1_234).collect();
        let parts: Vec<&[usize]> = chunks(&items).collect();
        assert!(parts.iter().all(|part| CHUNKS.contains(&part.len())));
        assert_eq!(parts.concat(), items);
        assert_eq!(parts.len(), 2 + 3 + 2 + 2);
        assert_eq!(chunks::<u8>(&[]).count(), 0);
    }
}
