//! Contracts that were handed to another family.

use sea_orm_migration::prelude::*;

use crate::table::{drop_all, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table("contract_transfer", "Contracts handed to another family, folded from the entries")
            .ledger()
            .id("transfer_id", "Its id")
            .id("contract_id", "Which contract")
            .count("contract_seq", "Number of its entry within the contract")
            .id("from_guardian_id", "The guardian before (subject id)")
            .id("from_pupil_id", "The pupil before (subject id)")
            .id("guardian_id", "The guardian from then on (subject id)")
            .id("pupil_id", "The pupil from then on (subject id)")
            .key(&["ledger_id", "transfer_id"])
            .index("ix_contract_transfer_contract", &["ledger_id", "contract_id", "contract_seq"])
            .index("ix_contract_transfer_from", &["ledger_id", "from_guardian_id"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["contract_transfer"]).await
    }
}
