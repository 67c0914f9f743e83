//! What finds institutions again: ties to others by keyed hashes, the day a name changed; and the
//! publications of the lists.

use sea_orm_migration::prelude::*;

use crate::table::{add_columns, drop_all, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table("control_tie", "By what an institution may be found again under another name; never plain")
            .ledger()
            .id("institution_id", "Whose")
            .id("item_id", "Part of its record that it is from")
            .word("kind", &["person", "phone", "address", "account"], "What it is")
            .hash("tie_key", "Keyed hash of it")
            .key(&["ledger_id", "institution_id", "item_id", "kind", "tie_key"])
            .index("ix_control_tie_key", &["ledger_id", "tie_key"])
            .create(manager)
            .await?;
        let changed = table("institution_profile", "").instant("changed_at", "When the public name was set last");
        add_columns(manager, &changed).await?;
        let db = manager.get_connection();
        db.execute_unprepared(
            "CREATE INDEX ix_institution_profile_changed ON institution_profile (ledger_id, changed_at)",
        )
        .await?;
        // One publication a day and ledger; found by type without reading the others.
        db.execute_unprepared(
            "CREATE INDEX ix_entry_lists ON entry (ledger_id, seq) WHERE entry_type = 'lists_published'",
        )
        .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("DROP INDEX ix_entry_lists").await?;
        db.execute_unprepared("DROP INDEX ix_institution_profile_changed").await?;
        drop_all(manager, &["control_tie"]).await
    }
}
