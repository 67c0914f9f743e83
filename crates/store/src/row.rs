//! Values on their way into a row and out of it. Reading checks every value: a row that the domain
//! cannot hold is corrupt, and the error says which column.

use std::str::FromStr;

use kernel::{ClassHours, Day, Fen, Instant};
use rusqlite::types::Value as Local;
use sea_orm::{QueryResult, TryGetable, Value};
use uuid::Uuid;

use crate::StoreError;

/// The values of one row in the order of its table's columns.
pub(crate) struct Values {
    values: Vec<Value>,
    too_large: Option<&'static str>,
}

impl Values {
    pub(crate) fn with_capacity(capacity: usize) -> Values {
        Values { values: Vec::with_capacity(capacity), too_large: None }
    }

    pub(crate) fn finish(self) -> Result<Vec<Value>, StoreError> {
        match self.too_large {
            None => Ok(self.values),
            Some(column) => Err(StoreError::TooLarge { column }),
        }
    }

    pub(crate) fn put(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self
    }

    pub(crate) fn text(&mut self, text: impl ToString) -> &mut Self {
        self.put(text.to_string())
    }

    pub(crate) fn text_opt(&mut self, text: Option<impl ToString>) -> &mut Self {
        self.put(text.map(|t| t.to_string()))
    }

    pub(crate) fn word(&mut self, word: &'static str) -> &mut Self {
        self.put(word)
    }

    pub(crate) fn id(&mut self, id: Uuid) -> &mut Self {
        self.put(id)
    }

    pub(crate) fn id_opt(&mut self, id: Option<Uuid>) -> &mut Self {
        self.put(id)
    }

    pub(crate) fn fen(&mut self, fen: Fen) -> &mut Self {
        self.put(fen.fen())
    }

    pub(crate) fn fen_opt(&mut self, fen: Option<Fen>) -> &mut Self {
        self.put(fen.map(Fen::fen))
    }

    pub(crate) fn hours(&mut self, hours: ClassHours) -> &mut Self {
        self.put(hours.hundredths())
    }

    pub(crate) fn instant(&mut self, instant: Instant) -> &mut Self {
        self.put(instant.micros())
    }

    pub(crate) fn instant_opt(&mut self, instant: Option<Instant>) -> &mut Self {
        self.put(instant.map(Instant::micros))
    }

    pub(crate) fn hash(&mut self, hash: &[u8; 32]) -> &mut Self {
        self.put(hash.to_vec())
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.put(bytes.to_vec())
    }

    pub(crate) fn count(&mut self, column: &'static str, count: u64) -> &mut Self {
        let value = i64::try_from(count).unwrap_or_else(|_| {
            self.too_large = Some(column);
            i64::MAX
        });
        self.put(value)
    }

    pub(crate) fn count_opt(&mut self, column: &'static str, count: Option<u64>) -> &mut Self {
        match count {
            Some(count) => self.count(column, count),
            None => self.put(None::<i64>),
        }
    }

    pub(crate) fn small(&mut self, column: &'static str, small: u16) -> &mut Self {
        let value = i16::try_from(small).unwrap_or_else(|_| {
            self.too_large = Some(column);
            i16::MAX
        });
        self.put(value)
    }
}

/// What a column may hold, as either driver gives it.
pub(crate) trait Cell: TryGetable {
    /// From the connection that writes to SQLite; none when it holds something else.
    fn local(value: &Local) -> Option<Self>;
}

impl Cell for i64 {
    fn local(value: &Local) -> Option<i64> {
        if let Local::Integer(number) = value { Some(*number) } else { None }
    }
}

impl Cell for i16 {
    fn local(value: &Local) -> Option<i16> {
        i64::local(value)?.try_into().ok()
    }
}

impl Cell for bool {
    fn local(value: &Local) -> Option<bool> {
        match i64::local(value)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Cell for String {
    fn local(value: &Local) -> Option<String> {
        if let Local::Text(text) = value { Some(text.clone()) } else { None }
    }
}

impl Cell for Vec<u8> {
    fn local(value: &Local) -> Option<Vec<u8>> {
        if let Local::Blob(bytes) = value { Some(bytes.clone()) } else { None }
    }
}

impl Cell for Uuid {
    fn local(value: &Local) -> Option<Uuid> {
        if let Local::Blob(bytes) = value { Uuid::from_slice(bytes).ok() } else { None }
    }
}

impl<T: Cell> Cell for Option<T> {
    fn local(value: &Local) -> Option<Option<T>> {
        if *value == Local::Null { Some(None) } else { T::local(value).map(Some) }
    }
}

/// The rows of an answer, as either driver gives them.
pub(crate) enum Rows {
    /// Through the pools.
    Driver(Vec<QueryResult>),
    /// From the connection that writes to SQLite.
    Local(Vec<Vec<Local>>),
}

impl Rows {
    /// Reads every row.
    ///
    /// # Errors
    /// Of `read`.
    pub(crate) fn read<T>(
        &self,
        table: &'static str,
        columns: &'static [&'static str],
        read: impl Fn(&mut Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let row = |source| Row { source, table, columns, next: 0 };
        match self {
            Rows::Driver(rows) => rows.iter().map(|cells| read(&mut row(Source::Driver(cells)))).collect(),
            Rows::Local(rows) => rows.iter().map(|cells| read(&mut row(Source::Local(cells)))).collect(),
        }
    }
}

#[derive(Clone, Copy)]
enum Source<'a> {
    Driver(&'a QueryResult),
    Local(&'a [Local]),
}

/// A row that is read column by column, in the order in which it was selected.
pub(crate) struct Row<'a> {
    source: Source<'a>,
    table: &'static str,
    columns: &'static [&'static str],
    next: usize,
}

impl Row<'_> {
    /// The column read last does not hold what it should.
    pub(crate) fn corrupt(&self) -> StoreError {
        let what = self.columns.get(self.next.saturating_sub(1)).copied().unwrap_or("row");
        StoreError::Corrupt { table: self.table, what }
    }

    pub(crate) fn get<T: Cell>(&mut self) -> Result<T, StoreError> {
        let index = self.next;
        self.next = index.saturating_add(1);
        match self.source {
            Source::Driver(row) => row.try_get_by_index(index).ok(),
            Source::Local(cells) => cells.get(index).and_then(T::local),
        }
        .ok_or_else(|| self.corrupt())
    }

    fn checked<T, E>(&self, value: Result<T, E>) -> Result<T, StoreError> {
        value.map_err(|_| self.corrupt())
    }

    /// Text that some type reads.
    pub(crate) fn parse<T: FromStr>(&mut self) -> Result<T, StoreError> {
        let text: String = self.get()?;
        self.checked(text.parse())
    }

    pub(crate) fn parse_opt<T: FromStr>(&mut self) -> Result<Option<T>, StoreError> {
        let text: Option<String> = self.get()?;
        self.checked(text.map(|t| t.parse()).transpose())
    }

    pub(crate) fn day_opt(&mut self) -> Result<Option<Day>, StoreError> {
        self.parse_opt()
    }

    pub(crate) fn fen(&mut self) -> Result<Fen, StoreError> {
        let fen: i64 = self.get()?;
        if fen < 0 { Err(self.corrupt()) } else { Ok(Fen::new(fen)) }
    }

    /// A sum that may be below nothing.
    pub(crate) fn balance(&mut self) -> Result<Fen, StoreError> {
        Ok(Fen::new(self.get()?))
    }

    pub(crate) fn fen_opt(&mut self) -> Result<Option<Fen>, StoreError> {
        let fen: Option<i64> = self.get()?;
        if fen.is_some_and(|fen| fen < 0) { Err(self.corrupt()) } else { Ok(fen.map(Fen::new)) }
    }

    pub(crate) fn hours(&mut self) -> Result<ClassHours, StoreError> {
        let hundredths: i64 = self.get()?;
        self.checked(ClassHours::try_from_hundredths(hundredths))
    }

    pub(crate) fn instant(&mut self) -> Result<Instant, StoreError> {
        let micros: i64 = self.get()?;
        self.checked(Instant::try_from_micros(micros))
    }

    pub(crate) fn instant_opt(&mut self) -> Result<Option<Instant>, StoreError> {
        let micros: Option<i64> = self.get()?;
        self.checked(micros.map(Instant::try_from_micros).transpose())
    }

    pub(crate) fn hash(&mut self) -> Result<[u8; 32], StoreError> {
        let bytes: Vec<u8> = self.get()?;
        self.checked(bytes.try_into())
    }

    pub(crate) fn count(&mut self) -> Result<u64, StoreError> {
        let count: i64 = self.get()?;
        self.checked(u64::try_from(count))
    }

    pub(crate) fn count_opt(&mut self) -> Result<Option<u64>, StoreError> {
        let count: Option<i64> = self.get()?;
        self.checked(count.map(u64::try_from).transpose())
    }

    pub(crate) fn count_u32(&mut self) -> Result<u32, StoreError> {
        let count: i64 = self.get()?;
        self.checked(u32::try_from(count))
    }

    pub(crate) fn small(&mut self) -> Result<u16, StoreError> {
        let small: i16 = self.get()?;
        self.checked(u16::try_from(small))
    }
}
