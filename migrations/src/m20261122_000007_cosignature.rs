//! What witnesses sign under the checkpoints of a ledger.

use sea_orm_migration::prelude::*;

use crate::table::{append_only, drop_all, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table("cosignature", "Cosignatures of witnesses under checkpoints. Append-only")
            .ledger()
            .text("witness", "Verifier key of the witness (C2SP signed-note)")
            .count("size", "Entries that the checkpoint covers")
            .instant("cosigned_at", "When the witness signed, by its own clock, microseconds UTC")
            .text("line", "The signature line under the checkpoint, without its line feed")
            .key(&["ledger_id", "witness", "size"])
            .create(manager)
            .await?;
        append_only(manager, "cosignature").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["cosignature"]).await
    }
}
