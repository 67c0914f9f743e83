//! What the database itself can say about its pages and indexes.

use crate::StoreError;
use crate::connect::{Conn, Engine};
use crate::sql::Sql;

/// Does SQLite find pages or indexes that do not fit together? PostgreSQL has no such check for its
/// users; there this is always `false`.
///
/// # Errors
/// Trouble of the database, also when it is damaged too far to look.
pub async fn pages_damaged(conn: &impl Conn) -> Result<bool, StoreError> {
    if conn.raw().engine() == Engine::Postgres {
        return Ok(false);
    }
    let sql = Sql::new(conn, "PRAGMA integrity_check(1)");
    let said = sql.rows(conn, "integrity_check", &["integrity_check"], |row| row.get::<String>()).await?;
    Ok(said != ["ok"])
}
