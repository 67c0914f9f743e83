//! Sealed days, and each contract as the last seal of its institution counts it.

use sea_orm_migration::prelude::*;

use crate::table::{drop_all, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table("seal", "Days sealed, folded from the entries")
            .ledger()
            .id("institution_id", "Whose books were sealed")
            .count("institution_seq", "Number of the seal among the entries of the institution")
            .count("seq", "Number of the seal in the ledger")
            .day("sealed_on", "The day")
            .key(&["ledger_id", "institution_id", "institution_seq"])
            .create(manager)
            .await?;
        table("sealed_contract", "Contracts as the last seal of their institution counts them")
            .ledger()
            .id("institution_id", "Whose contract")
            .id("contract_id", "The contract")
            .count("entries", "Its entries then")
            .hash("last_leaf", "Leaf hash of the last of them")
            .fen("prepaid_fen", "prepaid then, fen")
            .fen("disputed_fen", "disputed then, fen")
            .fen("refund_fen", "refund then, fen")
            .hours("hours_left_hundredths", "Hours left then, hundredths")
            .hash("core", "Digest of its leaf in the tree of sums")
            .key(&["ledger_id", "institution_id", "contract_id"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["seal", "sealed_contract"]).await
    }
}
