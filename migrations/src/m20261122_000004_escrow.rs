//! What moves the money of a contract or an institution: payments, lessons, refunds, settlements,
//! holds.

use sea_orm_migration::prelude::*;

use crate::table::{drop_all, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table("payment", "Payments into escrow")
            .ledger()
            .id("payment_id", "Its id")
            .id("contract_id", "For which contract")
            .id("institution_id", "To whom")
            .fen("amount_fen", "How much, fen")
            .instant("paid_at", "When it was paid, microseconds UTC")
            .word("method", &["bank_transfer", "card", "third_party", "cash", "digital_yuan"], "How it was paid")
            .text_opt("reference", "Bank reference; the entry holds its hash only")
            .hash("reference_hash", "Hash of the bank reference")
            .count_opt("seq", "Entry that booked it; none while the projections are rebuilt")
            .key(&["ledger_id", "payment_id"])
            .unique("uq_payment_reference", &["ledger_id", "reference_hash", "institution_id"])
            .index("ix_payment_contract", &["ledger_id", "contract_id", "seq"])
            .create(manager)
            .await?;
        table("lesson", "Lessons claimed and what became of them")
            .ledger()
            .id("lesson_id", "Its id")
            .id("contract_id", "Of which contract")
            .id("institution_id", "By whom")
            .hours("hours_hundredths", "Hours taught, hundredths")
            .day("held_on", "Day it was held")
            .day_opt("deemed_confirmed_on", "Last day for an answer; silence after it confirms")
            .text("lots", "Lots that the hours come from, JSON [[lot, hundredths]]")
            .text("frozen", "Money frozen by a dispute, JSON [[lot, hundredths, fen]]")
            .word(
                "state",
                &["claimed", "confirmed", "deemed_confirmed", "disputed", "upheld", "rejected"],
                "Where it stands",
            )
            .key(&["ledger_id", "lesson_id"])
            .index("ix_lesson_contract", &["ledger_id", "contract_id", "lesson_id"])
            .index("ix_lesson_institution", &["ledger_id", "institution_id", "state", "lesson_id"])
            .index("ix_lesson_due", &["ledger_id", "state", "deemed_confirmed_on", "lesson_id"])
            .create(manager)
            .await?;
        table("refund", "Refunds")
            .ledger()
            .id("refund_id", "Its id")
            .id("contract_id", "Of which contract")
            .id("institution_id", "By whom")
            .word("cause", &["institution", "consumer", "neither"], "Whose doing")
            .text("lots", "Hours returned and money per lot, JSON [[lot, hundredths, fen]]")
            .fen("amount_fen", "The sum, fen")
            .day_opt("answer_by_on", "Last day for the institution's answer; silence after it consents")
            .day_opt("pay_by_on", "Last day to pay, once consented")
            .word("state", &["requested", "consented", "paid"], "Where it stands")
            .key(&["ledger_id", "refund_id"])
            .index("ix_refund_contract", &["ledger_id", "contract_id", "refund_id"])
            .index("ix_refund_institution", &["ledger_id", "institution_id", "refund_id"])
            .index("ix_refund_due", &["ledger_id", "state", "answer_by_on", "refund_id"])
            .create(manager)
            .await?;
        table("settlement", "Earned money on its way to an institution")
            .ledger()
            .id("settlement_id", "Its id")
            .id("institution_id", "To whom")
            .fen("amount_fen", "How much, fen")
            .word("state", &["ordered", "paid"], "Where it stands")
            .key(&["ledger_id", "settlement_id"])
            .index("ix_settlement_institution", &["ledger_id", "institution_id", "settlement_id"])
            .create(manager)
            .await?;
        table("hold", "Holds on releases to an institution")
            .ledger()
            .id("hold_id", "Its id")
            .id("institution_id", "On whom")
            .word("cause", &["suspension", "revocation", "order"], "Why")
            .word("state", &["placed", "released"], "Where it stands")
            .key(&["ledger_id", "hold_id"])
            .index("ix_hold_institution", &["ledger_id", "institution_id", "hold_id"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["payment", "lesson", "refund", "settlement", "hold"]).await
    }
}
