//! Blind indexes by which the same child and the same controller are recognised: keyed hashes beside
//! the sealed records, never the records themselves.

use sea_orm_migration::prelude::*;

use crate::table::{drop_all, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table("child_key", "Finds a pupil again under another guardian; goes when the person is erased")
            .ledger()
            .id("subject_id", "The pupil")
            .hash("child_key", "Keyed hash of name and day of birth")
            .key(&["ledger_id", "subject_id"])
            .index("ix_child_key_key", &["ledger_id", "child_key"])
            .create(manager)
            .await?;
        table("controller_key", "Tells which institutions are in the same hands")
            .ledger()
            .id("institution_id", "The institution")
            .hash("controller_key", "Keyed hash of the legal representative's name")
            .key(&["ledger_id", "institution_id"])
            .index("ix_controller_key_key", &["ledger_id", "controller_key"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["child_key", "controller_key"]).await
    }
}
