//! What SQLite's planner should assume. Without statistics it guesses that ten rows share a ledger,
//! and then walks whole ledgers where an index was made for the query. PostgreSQL keeps its own.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// A million rows in every table: all in one ledger, a few hundred to an institution, contract or class,
/// so that an index is worth it for a list of 512 of them, and one to a whole key. The same everywhere, so that plans are the same everywhere. A key of a table
/// without rowid bears the table's name.
const ASSUMED: &str = "INSERT INTO sqlite_stat1 (tbl, idx, stat) \
     SELECT t.name, CASE WHEN x.origin = 'pk' AND t.sql LIKE '%WITHOUT ROWID' THEN t.name ELSE x.name END, \
     '1000000' || (SELECT group_concat(CASE \
         WHEN i.seqno + 1 = (SELECT count(*) FROM pragma_index_info(x.name)) THEN ' 1' \
         WHEN i.seqno = 0 THEN ' 1000000' WHEN i.seqno = 1 THEN ' 300' ELSE ' 100' END, '' ORDER BY i.seqno) \
         FROM pragma_index_info(x.name) i) \
     FROM sqlite_schema t, pragma_index_list(t.name) x \
     WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> 'seaql_migrations'";

/// Makes the statistics, for the tables as they are: again after every change of the schema.
///
/// # Errors
/// What the database says.
pub(crate) async fn assume(backend: DbBackend, db: &impl ConnectionTrait) -> Result<(), DbErr> {
    if backend == DbBackend::Sqlite {
        // The first makes the table of statistics, the last makes open connections read it.
        for sql in ["ANALYZE ledger", "DELETE FROM sqlite_stat1", ASSUMED, "ANALYZE sqlite_schema"] {
            db.execute_unprepared(sql).await?;
        }
    }
    Ok(())
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        assume(db.get_database_backend(), db).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        if db.get_database_backend() == DbBackend::Sqlite {
            db.execute_unprepared("DELETE FROM sqlite_stat1").await?;
        }
        Ok(())
    }
}
