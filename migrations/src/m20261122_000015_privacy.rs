//! Who read the records of families, and why.

use sea_orm_migration::prelude::*;

use crate::table::{append_only, drop_all, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table("access_log", "Every reading of a family's record: written before the record is given out")
            .ledger()
            .id("reading_id", "Its id")
            .id("subject_id", "Whose record: the guardian of the contract")
            .id_opt("contract_id", "The contract whose record it was")
            .id("user_id", "Who read")
            .text("reader_role", "In which role")
            .text_opt("reader_region", "Region of an authority, bank or auditor")
            .text_opt("reader_department", "Department of an authority")
            .id_opt("reader_institution_id", "Institution of its user")
            .text("what", "What was read")
            .bytes("reason_sealed", "The reason given, encrypted with the master key")
            .instant("read_at", "When, microseconds UTC")
            .key(&["ledger_id", "reading_id"])
            .index("ix_access_log_subject", &["ledger_id", "subject_id"])
            .index("ix_access_log_user", &["ledger_id", "user_id"])
            .create(manager)
            .await?;
        append_only(manager, "access_log").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["access_log"]).await
    }
}
