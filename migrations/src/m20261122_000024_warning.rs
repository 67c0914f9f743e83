//! Alerts of early warning, inspections of sites, closures of failed institutions.

use sea_orm_migration::prelude::*;

use crate::table::{drop_all, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table("alert", "Alerts of early warning, folded from the entries")
            .ledger()
            .id("alert_id", "Its id")
            .id("institution_id", "About whom")
            .text("rule", "The rule, by its code")
            .count("rule_version", "Version of the rule")
            .word("level", &["notice", "yellow", "red"], "How pressing it is")
            .day("watched_on", "The day that was looked at")
            .hash("facts_hash", "Tagged digest of the facts")
            .word("state", &["raised", "acknowledged", "explained", "escalated", "closed"], "Where it stands")
            .count("seq", "Entry that raised it")
            .key(&["ledger_id", "alert_id"])
            .index("ix_alert_institution", &["ledger_id", "institution_id", "rule", "watched_on"])
            .index("ix_alert_state", &["ledger_id", "state", "alert_id"])
            .create(manager)
            .await?;
        table("alert_fact", "The facts that an alert lists; the entry holds their digest")
            .ledger()
            .id("alert_id", "Of which alert")
            .text("facts", "Canonical JSON")
            .key(&["ledger_id", "alert_id"])
            .long_rows()
            .create(manager)
            .await?;
        table("inspection", "Inspections of sites, folded from the entries")
            .ledger()
            .id("inspection_id", "Its id")
            .id("institution_id", "Of whom")
            .day("inspected_on", "The day")
            .word("finding", &["in_order", "problems", "site_closed", "unlicensed", "payee_mismatch"], "What was found")
            .count("problems", "Items on the list of problems")
            .count("seq", "Entry that recorded it")
            .key(&["ledger_id", "inspection_id"])
            .index("ix_inspection_institution", &["ledger_id", "institution_id", "inspected_on"])
            .create(manager)
            .await?;
        table("closure", "Closures of failed institutions, folded from the entries")
            .ledger()
            .id("closure_id", "Its id")
            .id("institution_id", "Of whom")
            .count("contracts", "Contracts with anything owed")
            .hours("hours_left_hundredths", "Class hours left, hundredths")
            .fen("owed_fen", "Owed to families, fen")
            .hash("manifest_hash", "SHA-256 of the manifest of the pack")
            .count("seq", "Entry that recorded it")
            .key(&["ledger_id", "closure_id"])
            .index("ix_closure_institution", &["ledger_id", "institution_id", "seq"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["alert", "alert_fact", "inspection", "closure"]).await
    }
}
