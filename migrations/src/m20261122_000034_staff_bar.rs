//! People who may not teach (从业人员黑名单): found by the keyed hash of their identity number, named in a
//! sealed record.

use sea_orm_migration::prelude::*;

use crate::table::{drop_all, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table("staff_bar", "People whom the authority barred from teaching")
            .ledger()
            .id("bar_id", "Its id")
            .hash("person_key", "Keyed hash of the identity number")
            .bytes("sealed", "Name, identity number, cause and basis, sealed")
            .day("barred_on", "First day on which it holds")
            .day_opt("until_on", "Last day on which it holds")
            .id("entered_by", "Who decided")
            .instant("entered_at", "When")
            .id_opt("lifted_by", "Who lifted it")
            .instant_opt("lifted_at", "When")
            .key(&["ledger_id", "bar_id"])
            .index("ix_staff_bar_person", &["ledger_id", "person_key"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["staff_bar"]).await
    }
}
