//! Lessons from before 000019 have no day of the record, refunds from before 000023 no day of the request:
//! both are what their entries say. `tutela verify` compares every column with the entries.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// What is filled: table, its key, column, entry type, member of the entry's data with the key, and whether
/// the day is that of the record or that of the effect.
const FILLED: [(&str, &str, &str, &str, &str, bool); 3] = [
    ("lesson", "lesson_id", "claimed_on", "lesson_claimed", "lesson", true),
    ("refund", "refund_id", "requested_on", "refund_requested", "refund", true),
    ("refund", "refund_id", "requested_on", "interest_allotted", "refund", false),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let postgres = db.get_database_backend() == DbBackend::Postgres;
        for (table, key, column, entry_type, member, recorded) in FILLED {
            // Days are those of China, eight hours ahead of UTC all year.
            let (id, recorded_on) = if postgres {
                (
                    format!("(convert_from(bytes, 'UTF8')::jsonb -> 'data' ->> '{member}')::uuid"),
                    "to_char(to_timestamp(recorded_at / 1000000 + 28800) AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
                )
            } else {
                (
                    format!("unhex(json_extract(CAST(bytes AS TEXT), '$.data.{member}'), '-')"),
                    "date(recorded_at / 1000000 + 28800, 'unixepoch')",
                )
            };
            let on = if recorded { recorded_on } else { "effective_on" };
            // Each entry looks its row up by its key.
            let sql = format!(
                "UPDATE {table} SET {column} = told.on_day FROM (SELECT ledger_id, {id} AS id, {on} AS on_day \
                 FROM entry WHERE entry_type = '{entry_type}' AND EXISTS (SELECT 1 FROM {table} WHERE {column} IS NULL)) \
                 told WHERE {table}.ledger_id = told.ledger_id AND {table}.{key} = told.id AND {table}.{column} IS NULL"
            );
            db.execute_unprepared(&sql).await?;
        }
        Ok(())
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        // What the entries say stays true.
        Ok(())
    }
}
