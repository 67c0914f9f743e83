//! Versions of the model contract's text, loaded by one person and decided by another.

use sea_orm_migration::prelude::*;

use crate::table::{drop_all, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table("contract_template", "Versions of the model contract's text; an adopted one is never changed")
            .id("template_id", "Its id")
            .text("region", "Division where it holds")
            .word("state", &["draft", "adopted", "rejected"], "State")
            .day("effective_on", "First day of effect")
            .text("name", "Name, for people")
            .text("document", "The text with its blanks")
            .hash("digest", "Tagged digest of the text")
            .id("drafted_by", "User who loaded it")
            .instant("drafted_at", "When it was loaded, microseconds UTC")
            .id_opt("decided_by", "User who decided")
            .count_opt("decided_at", "When it was decided, microseconds UTC")
            .key(&["template_id"])
            .check("ck_contract_template_decided", "(state = 'draft') = (decided_by IS NULL)")
            .index("ix_contract_template_region", &["region"])
            .index("ix_contract_template_digest", &["digest"])
            .long_rows()
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["contract_template"]).await
    }
}
