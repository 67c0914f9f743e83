//! Many hashes as one value of one row: a tile has 256, and a row for each costs more than reading it.

use crate::StoreError;
use crate::connect::{Conn, Engine};
use crate::row::Row;
use crate::sql::Sql;

/// Hexadecimal digits of a hash.
const DIGITS: usize = 64;

/// `SELECT` of the hashes in `column` of `table`, by `order`; goes on with conditions alone.
pub(crate) fn select_hashes(conn: &impl Conn, table: &str, column: &str, order: &str) -> Sql {
    let joined = match conn.raw().engine() {
        Engine::Sqlite => format!("group_concat(hex({column}), '' ORDER BY {order})"),
        Engine::Postgres => format!("string_agg(encode({column}, 'hex'), '' ORDER BY {order})"),
    };
    Sql::new(conn, &format!("SELECT COALESCE({joined}, '') FROM {table} WHERE ledger_id = "))
}

/// What [`select_hashes`] found.
///
/// # Errors
/// [`StoreError::Corrupt`] for what is no hash, and trouble of the database.
pub(crate) async fn hashes(
    sql: Sql,
    conn: &impl Conn,
    table: &'static str,
    column: &'static str,
) -> Result<Vec<[u8; 32]>, StoreError> {
    let wrong = || StoreError::Corrupt { table, what: column };
    let rows: Vec<String> = sql.rows(conn, table, &["hashes"], |row: &mut Row<'_>| row.get()).await?;
    let digits = rows.into_iter().next().unwrap_or_default();
    let one = |digits: &[u8]| {
        let mut hash = [0; 32];
        hex::decode_to_slice(digits, &mut hash).map_err(|_| wrong())?;
        Ok(hash)
    };
    digits.as_bytes().chunks(DIGITS).map(one).collect()
}
