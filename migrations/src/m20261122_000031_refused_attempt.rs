//! How often an institution was refused by a rule on a day: for early warning. No personal data, no
//! amounts, no entries: a refusal changes nothing in the ledger.

use sea_orm_migration::prelude::*;

use crate::table::{drop_all, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table("refused_attempt", "Commands of an institution that a rule refused, counted by day")
            .ledger()
            .id("institution_id", "Who tried")
            .day("tried_on", "Day")
            .text("rule", "The rule that refused")
            .count("attempts", "How often")
            .key(&["ledger_id", "institution_id", "tried_on", "rule"])
            .index("ix_refused_attempt_day", &["ledger_id", "tried_on"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["refused_attempt"]).await
    }
}
