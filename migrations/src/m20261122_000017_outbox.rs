//! What people and programs are to be told: notices that wait to be delivered, the addresses of users,
//! and the webhooks of institutions and authorities.

use sea_orm_migration::prelude::*;

use crate::table::{drop_all, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table("outbox", "Notices: written with what they tell of, delivered afterwards, tried again when that fails")
            .ledger()
            .id("notice_id", "Its id; webhooks carry it, so that a receiver knows a repetition")
            .text("dedup_key", "What makes it the same notice to the same receiver")
            .word("channel", &["email", "webhook"], "How it is delivered")
            .text("topic", "What it is about")
            .id_opt("institution_id", "Institution that it concerns")
            .id_opt("user_id", "User to whom it is mailed")
            .id_opt("webhook_id", "Webhook to which it is posted")
            .bytes("sealed", "Subject and text, or body, encrypted with the master key")
            .instant("created_at", "When it was written, microseconds UTC")
            .instant("due_at", "Not before, microseconds UTC")
            .instant("next_attempt_at", "When it is tried next, microseconds UTC")
            .count("attempts", "How often it was tried")
            .word("state", &["pending", "delivered", "dead"], "Where it stands")
            .text_opt("last_error", "Why the last attempt failed")
            .instant_opt("settled_at", "When it was delivered or given up, microseconds UTC")
            .key(&["ledger_id", "notice_id"])
            .unique("uq_outbox_key", &["ledger_id", "dedup_key"])
            .check("ck_outbox_receiver", "(channel = 'email') = (user_id IS NOT NULL AND webhook_id IS NULL)")
            .index("ix_outbox_due", &["ledger_id", "state", "next_attempt_at", "notice_id"])
            .index("ix_outbox_institution", &["ledger_id", "institution_id", "notice_id"])
            .long_rows()
            .create(manager)
            .await?;
        table("webhook", "Addresses of programs that are told what happens")
            .ledger()
            .id("webhook_id", "Its id")
            .id_opt("institution_id", "Of which institution; none: of the county's authority")
            .text("url", "Where it is posted to")
            .text("topics", "What it is told of, comma-separated; empty: everything")
            .bytes("secret_sealed", "The key of its signatures, encrypted with the master key")
            .id("created_by", "User who set it up")
            .instant("created_at", "When it was set up, microseconds UTC")
            .instant_opt("ended_at", "When it was taken away, microseconds UTC")
            .key(&["ledger_id", "webhook_id"])
            .index("ix_webhook_institution", &["ledger_id", "institution_id"])
            .create(manager)
            .await?;
        table("notice_address", "Where a user wants to be told")
            .id("user_id", "Whose")
            .bytes("sealed", "The mail address, encrypted with the master key")
            .instant("changed_at", "When it was given, microseconds UTC")
            .key(&["user_id"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["outbox", "webhook", "notice_address"]).await
    }
}
