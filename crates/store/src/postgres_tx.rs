//! A transaction on PostgreSQL. In a batch the rows of all tables travel together in one statement:
//! each round trip costs more than the rows in it.

use std::sync::{Mutex, PoisonError};

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, QueryResult, Statement, Value};

use crate::StoreError;

/// A transaction, with what is to be written and not yet sent.
#[derive(Debug)]
pub struct PostgresTx {
    tx: DatabaseTransaction,
    /// None: every write is sent at once.
    waiting: Option<Mutex<Vec<Write>>>,
}

/// Rows for one table.
#[derive(Debug)]
pub(crate) struct Write {
    /// The table; two writes to one table never travel together.
    pub table: &'static str,
    /// `INSERT INTO … SELECT … FROM unnest(` … `)` …: what stands before and after the parameters.
    pub text: (String, String),
    /// A column each.
    pub arrays: Vec<Value>,
}

/// One statement for all of them.
fn together(writes: Vec<Write>) -> (String, Vec<Value>) {
    let (mut text, mut values) = (String::new(), Vec::new());
    let last = writes.len().saturating_sub(1);
    for (i, write) in writes.into_iter().enumerate() {
        let end = if i == last {
            ""
        } else {
            text.push_str(&format!("{} w{i} AS (", if i == 0 { "WITH" } else { "," }));
            ")"
        };
        let first = values.len().saturating_add(1);
        let marks: Vec<String> = (first..).take(write.arrays.len()).map(|number| format!("${number}")).collect();
        text.push_str(&format!(" {}{}{}{end}", write.text.0, marks.join(", "), write.text.1));
        values.extend(write.arrays);
    }
    (text, values)
}

fn statement(text: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, text, values)
}

impl PostgresTx {
    /// Around a transaction that has begun; a batch gathers its writes.
    pub(crate) fn new(tx: DatabaseTransaction, batch: bool) -> PostgresTx {
        PostgresTx { tx, waiting: batch.then(Mutex::default) }
    }

    fn take(&self, unless: impl Fn(&[Write]) -> bool) -> Vec<Write> {
        let Some(waiting) = &self.waiting else { return Vec::new() };
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if unless(&waiting) { Vec::new() } else { std::mem::take(&mut waiting) }
    }

    async fn send(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        if !writes.is_empty() {
            let (text, values) = together(writes);
            self.tx.execute_raw(statement(&text, values)).await?;
        }
        Ok(())
    }

    /// Writes rows, in a batch together with those of other tables: then a broken constraint is
    /// reported by whatever comes next.
    pub(crate) async fn write(&self, write: Write) -> Result<(), StoreError> {
        self.send(self.take(|waiting| waiting.iter().all(|other| other.table != write.table))).await?;
        match &self.waiting {
            Some(waiting) => {
                waiting.lock().unwrap_or_else(PoisonError::into_inner).push(write);
                Ok(())
            }
            None => self.send(vec![write]).await,
        }
    }

    /// Runs a statement, after what waits; how many rows it changed.
    pub(crate) async fn execute(&self, text: &str, values: Vec<Value>) -> Result<u64, StoreError> {
        self.send(self.take(|_| false)).await?;
        Ok(self.tx.execute_raw(statement(text, values)).await?.rows_affected())
    }

    /// Runs a query, after what waits.
    pub(crate) async fn query(&self, text: &str, values: Vec<Value>) -> Result<Vec<QueryResult>, StoreError> {
        self.send(self.take(|_| false)).await?;
        Ok(self.tx.query_all_raw(statement(text, values)).await?)
    }

    /// Makes it durable, with what waits.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        self.send(self.take(|_| false)).await?;
        Ok(self.tx.commit().await?)
    }

    /// Undoes it.
    pub(crate) async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.tx.rollback().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_travel_in_one_statement_with_their_own_parameters() {
        let write = |table, values: Vec<Value>| Write {
            table,
            text: (format!("INSERT INTO {table} SELECT c0 FROM unnest("), ") AS r(c0)".to_owned()),
            arrays: values,
        };
        let (text, values) = together(vec![write("a", vec![1.into(), 2.into()]), write("b", vec![3.into()])]);
        assert_eq!(
            text,
            "WITH w0 AS ( INSERT INTO a SELECT c0 FROM unnest($1, $2) AS r(c0)) \
             INSERT INTO b SELECT c0 FROM unnest($3) AS r(c0)"
        );
        assert_eq!(values, [1.into(), 2.into(), 3.into()]);
    }
}
