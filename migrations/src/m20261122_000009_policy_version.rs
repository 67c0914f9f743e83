//! Versions of regions' parameters, drafted by one person and decided by another.

use sea_orm_migration::prelude::*;

use crate::table::{drop_all, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table("policy_version", "Versions of regions' parameters; an adopted one is never changed")
            .id("version_id", "Its id")
            .text("region", "Division whose parameters they are")
            .word("state", &["draft", "adopted", "rejected"], "State")
            .day("effective_on", "First day of effect")
            .text("document", "The parameters with their sources, TOML")
            .hash("digest", "Tagged digest of the document")
            .id("drafted_by", "User who drafted it")
            .instant("drafted_at", "When it was drafted, microseconds UTC")
            .id_opt("decided_by", "User who decided")
            .count_opt("decided_at", "When it was decided, microseconds UTC")
            .count_opt("adopted_no", "Number in the order of adoption over all regions, gap-free from 1")
            .key(&["version_id"])
            .unique("uq_policy_version_adopted_no", &["adopted_no"])
            .check("ck_policy_version_adopted", "(state = 'adopted') = (adopted_no IS NOT NULL)")
            .check("ck_policy_version_decided", "(state = 'draft') = (decided_by IS NULL)")
            .index("ix_policy_version_region", &["region"])
            .long_rows()
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["policy_version"]).await
    }
}
