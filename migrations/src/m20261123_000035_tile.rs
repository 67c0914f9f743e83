//! The hashes of complete tiles of the Merkle tree, a tile in a row, so that a proof reads a few rows
//! instead of hundreds. Tiles that were complete before have no row and are read as they were. And two
//! indexes of lessons hold only the lessons that they are for: those of a class session, and those that
//! somebody has to decide.

use sea_orm_migration::prelude::*;

use crate::table::{drop_all, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

/// Indexes: name, what they are on, and for which rows.
const PARTIAL: [(&str, &str, &str); 2] = [
    ("ix_lesson_session", "lesson (ledger_id, class_session_id, contract_id)", "class_session_id IS NOT NULL"),
    ("ix_lesson_dispute", "lesson (ledger_id, state, decide_by_on, lesson_id)", "decide_by_on IS NOT NULL"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table("tile", "Complete tiles of the Merkle tree")
            .ledger()
            .small("level", "Height in tiles, from 0: its hashes are leaf hashes")
            .count("idx", "Number of the tile on its level, from 0")
            .bytes("hashes", "256 hashes of 32 bytes, in order")
            .key(&["ledger_id", "level", "idx"])
            .check("ck_tile_hashes", "octet_length(hashes) = 8192")
            .long_rows()
            .create(manager)
            .await?;
        for (name, on, rows) in PARTIAL {
            let db = manager.get_connection();
            db.execute_unprepared(&format!("DROP INDEX {name}")).await?;
            db.execute_unprepared(&format!("CREATE INDEX {name} ON {on} WHERE {rows}")).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, on, _) in PARTIAL {
            let db = manager.get_connection();
            db.execute_unprepared(&format!("DROP INDEX {name}")).await?;
            db.execute_unprepared(&format!("CREATE INDEX {name} ON {on}")).await?;
        }
        drop_all(manager, &["tile"]).await
    }
}
