//! Contracts: what the parties draw up, the escrow account of what they signed, and its lots.

use sea_orm_migration::prelude::*;

use crate::table::{Def, drop_all, table};

const STATES: &[&str] = &["draft", "signed_by_institution", "signed_by_guardian", "signed", "ended"];

/// The terms of a contract, without its lots.
fn terms(def: Def) -> Def {
    def.id("institution_id", "The seller")
        .id("course_id", "What is taught")
        .word("category", &["subject", "sports", "arts", "science", "other"], "Category at signing")
        .word("mode", &["offline", "online"], "Mode at signing")
        .word("stage", &["preschool", "primary", "junior", "senior"], "Stage at signing")
        .id("guardian_id", "The guardian, party B (subject id)")
        .id("pupil_id", "The pupil (subject id)")
        .small("full_refund_days_before_start", "All back when asked so many days before the first lesson")
        .small("full_refund_days_after_start", "All back when asked so many days after the first lesson")
        .small("pay_back_days", "Days to pay back")
        .day("first_lesson_on", "First lesson")
        .day("last_lesson_on", "Last lesson")
}

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        terms(
            table("contract_draft", "Contracts as drawn up, with their document; kept after signing")
                .ledger()
                .id("contract_id", "Its id"),
        )
        .text("lots", "Terms of the lots, JSON")
        .text("number", "Number printed on the document")
        .word("state", STATES, "Where it stands")
        .hash("document_hash", "Hash of the document")
        .bytes_opt("document_sealed", "The document, encrypted")
        .instant("created_at", "When it was drawn up, microseconds UTC")
        .key(&["ledger_id", "contract_id"])
        .unique("uq_contract_draft_number", &["ledger_id", "number"])
        .index("ix_contract_draft_institution", &["ledger_id", "institution_id", "contract_id"])
        .index("ix_contract_draft_guardian", &["ledger_id", "guardian_id", "contract_id"])
        .index("ix_contract_draft_pupil", &["ledger_id", "pupil_id", "contract_id"])
        .long_rows()
        .create(manager)
        .await?;
        terms(
            table("contract", "Escrow accounts of signed contracts, folded from the entries")
                .ledger()
                .id("contract_id", "Its id"),
        )
        .hash("document", "Hash of the signed document")
        .word("state", STATES, "Where it stands")
        .fen("prepaid_fen", "prepaid account, fen")
        .fen("disputed_fen", "disputed account, fen")
        .fen("refund_fen", "refund account, fen")
        .id_opt("open_refund_id", "Refund requested and not yet consented to")
        .count("last_seq", "Number of its last entry, from 1")
        .key(&["ledger_id", "contract_id"])
        .index("ix_contract_institution", &["ledger_id", "institution_id", "contract_id"])
        .index("ix_contract_guardian", &["ledger_id", "guardian_id", "contract_id"])
        .index("ix_contract_pupil", &["ledger_id", "pupil_id", "contract_id"])
        .create(manager)
        .await?;
        table("lot", "Purchase lots of signed contracts, folded from the entries")
            .ledger()
            .id("contract_id", "Its contract")
            .id("lot_id", "Its id")
            .small("position", "Place in the order of use, from 0")
            .hours("paid_hundredths", "Hours paid for, hundredths")
            .hours("gift_hundredths", "Hours given on top, hundredths")
            .fen("price_fen", "Price, fen")
            .fen_opt("list_price_per_hour_fen", "Price of an hour before discount, fen")
            .fen("paid_fen", "Paid in so far, fen")
            .fen("prepaid_fen", "Of it still in prepaid, fen")
            .hours("claimed_hundredths", "Hours claimed and not answered, hundredths")
            .hours("used_hundredths", "Hours confirmed, hundredths")
            .hours("disputed_hundredths", "Hours under dispute, hundredths")
            .hours("returned_hundredths", "Hours given back by refund, hundredths")
            .key(&["ledger_id", "contract_id", "lot_id"])
            .check(
                "ck_lot_hours",
                "claimed_hundredths + used_hundredths + disputed_hundredths + returned_hundredths \
                 <= paid_hundredths + gift_hundredths",
            )
            .check("ck_lot_paid", "prepaid_fen <= paid_fen AND paid_fen <= price_fen")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["contract_draft", "contract", "lot"]).await
    }
}
