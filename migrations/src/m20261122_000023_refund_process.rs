//! Refunds that are objected to, decided and withdrawn; holds on one contract or on the whole account.

use sea_orm_migration::prelude::*;

use crate::table::{add_columns, rebuild, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let refund = table("refund", "Refunds on their way to a family")
            .ledger()
            .id("refund_id", "Its id")
            .id("contract_id", "Of which contract")
            .id("institution_id", "By whom")
            .word("cause", &["institution", "consumer", "neither"], "Whose doing it is")
            .text("lots", "Hours returned and money, JSON [[lot, hundredths, fen]]")
            .fen("amount_fen", "The sum, fen")
            .day_opt("requested_on", "Day it was asked for; absent in rows of before")
            .day_opt("answer_by_on", "Last day for the institution's answer; silence after it consents")
            .day_opt("decide_by_on", "Last day to decide on an objection")
            .day_opt("pay_by_on", "Last day to pay, once consented")
            .flag("whole", "Does the contract end with it?")
            .word("state", &["requested", "objected", "refused", "withdrawn", "consented", "paid"], "Where it stands")
            .key(&["ledger_id", "refund_id"])
            .index("ix_refund_contract", &["ledger_id", "contract_id", "refund_id"])
            .index("ix_refund_institution", &["ledger_id", "institution_id", "refund_id"])
            .index("ix_refund_due", &["ledger_id", "state", "answer_by_on", "refund_id"]);
        let kept = [
            "ledger_id",
            "refund_id",
            "contract_id",
            "institution_id",
            "cause",
            "lots",
            "amount_fen",
            "answer_by_on",
            "pay_by_on",
            "state",
        ];
        let indexes = ["ix_refund_contract", "ix_refund_institution", "ix_refund_due"];
        // Until now every refund ended its contract.
        rebuild(manager, refund, &indexes, &[], &kept, &[("whole", yes(manager))]).await?;
        let hold = table("hold", "Holds on the money of an institution or a contract")
            .ledger()
            .id("hold_id", "Its id")
            .id("institution_id", "On whom")
            .id_opt("contract_id", "On which contract alone; none is on the institution")
            .word(
                "cause",
                &["suspension", "revocation", "order", "control_change", "suspected_flight", "account"],
                "Why",
            )
            .word("state", &["placed", "released"], "Where it stands")
            .key(&["ledger_id", "hold_id"])
            .index("ix_hold_institution", &["ledger_id", "institution_id", "hold_id"]);
        let kept = ["ledger_id", "hold_id", "institution_id", "cause", "state"];
        rebuild(manager, hold, &["ix_hold_institution"], &[], &kept, &[]).await?;
        add_columns(manager, &table("contract", "").count("holds", "Holds in force on this contract alone")).await?;
        let account = table("institution", "").count("account_holds", "Holds in force on the whole custody account");
        add_columns(manager, &account).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("objections and frozen contracts are in the ledger; there is no way back".to_owned()))
    }
}

fn yes(manager: &SchemaManager) -> &'static str {
    match manager.get_database_backend() {
        sea_orm_migration::sea_orm::DbBackend::Postgres => "TRUE",
        _ => "1",
    }
}
