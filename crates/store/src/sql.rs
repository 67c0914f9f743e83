//! SQL texts and running them. A text does not depend on how many rows it reads or writes, so that
//! each is prepared once per connection: SQLite runs it once per row, PostgreSQL takes the columns as
//! arrays.

use kernel::LedgerId;
use sea_orm::sea_query::ArrayType;
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use uuid::Uuid;

use crate::StoreError;
use crate::connect::{Conn, Engine, sealed::Raw};
use crate::postgres_tx::Write;
use crate::row::{Row, Rows, Values};

/// Sizes of the lists of keys that SQLite takes; a list is padded to the next.
const LISTS: [usize; 4] = [1, 8, 64, 512];

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

    /// Runs it; how many rows it changed.
    pub(crate) async fn execute(self, conn: &impl Conn) -> Result<u64, StoreError> {
        conn.raw().execute(self.text, self.values.finish()?).await
    }

    /// Runs it and reads every row.
    pub(crate) async fn rows<T: Send>(
        self,
        conn: &impl Conn,
        table: &'static str,
        columns: &'static [&'static str],
        read: impl Fn(&mut Row<'_>) -> Result<T, StoreError> + Send + Sync,
    ) -> Result<Vec<T>, StoreError> {
        conn.raw().query(self.text, self.values.finish()?).await?.read(table, columns, read)
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
            Raw::Postgres(_) => DbBackend::Postgres,
            Raw::Sqlite(_) => DbBackend::Sqlite,
        }
    }

    async fn execute(self, text: String, values: Vec<Value>) -> Result<u64, StoreError> {
        let statement = |values| Statement::from_sql_and_values(self.backend(), text.clone(), values);
        Ok(match self {
            Raw::Reader(db) => db.execute_raw(statement(values)).await?.rows_affected(),
            Raw::Postgres(tx) => tx.execute(&text, values).await?,
            Raw::Sqlite(tx) => tx.execute(&text, &values)?,
        })
    }

    async fn query(self, text: String, values: Vec<Value>) -> Result<Rows, StoreError> {
        let statement = |values| Statement::from_sql_and_values(self.backend(), text.clone(), values);
        Ok(match self {
            Raw::Reader(db) => Rows::Driver(db.query_all_raw(statement(values)).await?),
            Raw::Postgres(tx) => Rows::Driver(tx.query(&text, values).await?),
            Raw::Sqlite(tx) => Rows::Local(tx.query(&text, &values)?),
        })
    }
}

/// `SELECT` of a table's columns, up to and including the condition on the ledger.
pub(crate) fn select<T: Table>(conn: &impl Conn, ledger: &LedgerId) -> Sql {
    let mut sql = Sql::new(conn, "SELECT ");
    sql.push(&T::COLUMNS.join(", ")).push(" FROM ").push(T::NAME).push(" WHERE ledger_id = ").bind(ledger.as_str());
    sql.push(T::VISIBLE);
    sql
}

/// The rows whose `column` is one of `keys`. A key that is not there has no row.
pub(crate) async fn load_by<T: Table, K: Into<Value> + Clone>(
    conn: &impl Conn,
    ledger: &LedgerId,
    column: &str,
    keys: &[K],
) -> Result<Vec<T::Item>, StoreError>
where
    T::Item: Send,
{
    load_where::<T, K>(conn, || select::<T>(conn, ledger), column, keys).await
}

/// As [`load_by`], of those rows whose other column, the one before it in an index, is the owner's.
pub(crate) async fn load_of<T: Table, K: Into<Value> + Clone>(
    conn: &impl Conn,
    ledger: &LedgerId,
    (owner, id): (&str, Uuid),
    column: &str,
    keys: &[K],
) -> Result<Vec<T::Item>, StoreError>
where
    T::Item: Send,
{
    let of_owner = || {
        let mut sql = select::<T>(conn, ledger);
        sql.and(&format!("{owner} = "), id);
        sql
    };
    load_where::<T, K>(conn, of_owner, column, keys).await
}

async fn load_where<T: Table, K: Into<Value> + Clone>(
    conn: &impl Conn,
    select: impl Fn() -> Sql,
    column: &str,
    keys: &[K],
) -> Result<Vec<T::Item>, StoreError>
where
    T::Item: Send,
{
    let mut found = Vec::with_capacity(keys.len());
    let [.., longest] = LISTS;
    for part in keys.chunks(longest) {
        let Some(last) = part.last() else { continue };
        let mut sql = select();
        sql.push(" AND ").push(column);
        if sql.backend == DbBackend::Postgres {
            sql.push(" = ANY(").bind(array(part.iter().cloned().map(Into::into).collect())).push(")");
        } else {
            let size = LISTS.into_iter().find(|&size| size >= part.len()).unwrap_or(longest);
            sql.push(" IN (").list((0..size).map(|i| part.get(i).unwrap_or(last).clone().into())).push(")");
        }
        found.append(&mut sql.all::<T>(conn).await?);
    }
    Ok(found)
}

/// What stands for NULL in an array: the driver's arrays have none. No column ever holds these.
fn placeholder(of: &Value) -> Option<(Value, &'static str)> {
    Some(match of {
        Value::BigInt(None) => (i64::MIN.into(), "-9223372036854775808"),
        Value::SmallInt(None) => (i16::MIN.into(), "-32768"),
        Value::String(None) => ("\u{1}".into(), "E'\\x01'"),
        Value::Bytes(None) => (Vec::<u8>::new().into(), "''"),
        Value::Uuid(None) => (Uuid::nil().into(), "'00000000-0000-0000-0000-000000000000'"),
        _ => return None,
    })
}

/// A column as an array of PostgreSQL.
fn array(values: Vec<Value>) -> Value {
    let of = values.first().map_or(ArrayType::BigInt, Value::array_type);
    Value::Array(of, Some(Box::new(values)))
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

/// Inserts rows; those that are there already stay as they are.
pub(crate) async fn insert_new<T: Table>(
    conn: &impl Conn,
    ledger: &LedgerId,
    items: &[&T::Item],
) -> Result<(), StoreError>
where
    T::Item: Sync,
{
    write::<T>(conn, ledger, items, &format!(" ON CONFLICT (ledger_id, {}) DO NOTHING", T::KEY.join(", "))).await
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
    if items.is_empty() {
        return Ok(());
    }
    let width = T::COLUMNS.len().saturating_add(1);
    let mut values = Values::with_capacity(items.len().saturating_mul(width));
    for item in items {
        values.put(ledger.as_str());
        T::write(item, &mut values);
    }
    let values = values.finish()?;
    let columns = T::COLUMNS.join(", ");
    let into = format!("INSERT INTO {} (ledger_id, {columns})", T::NAME);
    match conn.raw() {
        Raw::Sqlite(tx) => {
            let marks = vec!["?"; width].join(", ");
            tx.execute_each(&format!("{into} VALUES ({marks}){end}"), &values, width)
        }
        Raw::Postgres(tx) => {
            let (cells, names, arrays) = columns_of(&values, width);
            let text = (format!("{into} SELECT {cells} FROM unnest("), format!(") AS r({names}){end}"));
            tx.write(Write { table: T::NAME, text, arrays }).await
        }
        // A reader cannot be asked for this: the functions of the tables take a transaction.
        Raw::Reader(_) => Err(StoreError::AppendOnly),
    }
}

/// Rows of `width` values as columns: how each is selected, what it is called, and its values.
fn columns_of(values: &[Value], width: usize) -> (String, String, Vec<Value>) {
    let (mut cells, mut names, mut arrays) = (Vec::new(), Vec::new(), Vec::with_capacity(width));
    for column in 0..width {
        let of_column = values.iter().skip(column).step_by(width);
        let null = of_column.clone().find_map(placeholder);
        let filled = |value: &Value| match (&null, placeholder(value)) {
            (Some((stand_in, _)), Some(_)) => stand_in.clone(),
            _ => value.clone(),
        };
        arrays.push(array(of_column.map(filled).collect()));
        let name = format!("c{column}");
        cells.push(match null {
            Some((_, literal)) => format!("NULLIF({name}, {literal})"),
            None => name.clone(),
        });
        names.push(name);
    }
    (cells.join(", "), names.join(", "), arrays)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_become_columns_and_keep_what_is_missing() {
        let id = Uuid::from_u128(7);
        let rows: [Value; 6] = [1_i64.into(), None::<Uuid>.into(), "a".into(), 2_i64.into(), id.into(), "b".into()];
        let (cells, names, arrays) = columns_of(&rows, 3);
        assert_eq!(cells, "c0, NULLIF(c1, '00000000-0000-0000-0000-000000000000'), c2");
        assert_eq!(names, "c0, c1, c2");
        assert_eq!(arrays[0], array(vec![1_i64.into(), 2_i64.into()]));
        assert_eq!(arrays[1], array(vec![Uuid::nil().into(), id.into()]));
        assert_eq!(arrays[2], array(vec!["a".into(), "b".into()]));
    }
}
