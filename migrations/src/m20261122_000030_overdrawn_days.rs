//! A line of a late statement may have taken more by its day than the books held then: such a day is
//! reconciled too, with a balance below nothing, and does not stop the clock.

use sea_orm_migration::prelude::*;

use crate::table::{rebuild, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let days = table("reconciliation", "What is owed against what the bank holds, by day, folded from the entries")
            .ledger()
            .id("institution_id", "Whose")
            .day("reconciled_on", "The day")
            .count("seq", "Entry that says it")
            .word("result", &["pass", "shortfall", "missing"], "The result")
            .balance("required_fen", "What is owed, fen; below nothing where more was paid by that day than earned")
            .balance("custody_fen", "bank:custody at the end of the day, fen; below nothing where lines took more")
            .fen_opt("bank_fen", "Balance by the bank's statement, fen")
            .day_opt("due_on", "Last day to make a shortfall good")
            .key(&["ledger_id", "institution_id", "reconciled_on"])
            .index("ix_reconciliation_day", &["ledger_id", "reconciled_on", "institution_id"]);
        let kept = [
            "ledger_id",
            "institution_id",
            "reconciled_on",
            "seq",
            "result",
            "required_fen",
            "custody_fen",
            "bank_fen",
            "due_on",
        ];
        rebuild(manager, days, &["ix_reconciliation_day"], &[], &kept, &[]).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        // The CHECKs stay away: rows may need them away.
        Ok(())
    }
}
