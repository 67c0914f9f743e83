//! The custody bank: statements, their lines, lines that nothing explains, daily reconciliation; what
//! an institution's row says of interest, suspense and the risk deposit; more states of a settlement.

use sea_orm_migration::prelude::*;

use crate::table::{add_columns, drop_all, rebuild, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

const ACCOUNTS: &[&str] = &["custody", "deposit"];
const DIRECTIONS: &[&str] = &["credit", "debit"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table("bank_statement", "Statements of the custody bank, folded from the entries")
            .ledger()
            .id("statement_id", "Its id")
            .id("institution_id", "Whose account")
            .word("account", ACCOUNTS, "Which account")
            .count("sequence", "Number of the statement at the bank")
            .day("statement_on", "Its day")
            .fen("opening_fen", "Balance at the beginning, fen")
            .fen("closing_fen", "Balance at the end, fen")
            .count("lines", "Lines on it")
            .hash("file_hash", "Tagged digest of the statement as the bank gave it")
            .hash("account_hash", "Tagged digest of the account's number")
            .count("seq", "Entry that recorded it")
            .key(&["ledger_id", "statement_id"])
            .unique("uq_bank_statement_day", &["ledger_id", "institution_id", "account", "statement_on"])
            .create(manager)
            .await?;
        table("bank_line", "Lines of bank statements; names of payers and remittance texts are sealed")
            .ledger()
            .id("line_id", "Its id")
            .id("statement_id", "Its statement")
            .id("institution_id", "Whose account")
            .word("account", ACCOUNTS, "Which account")
            .count("number", "Number of the line on the statement, from 1")
            .day("booked_on", "Day on which the bank booked it")
            .word("direction", DIRECTIONS, "Into the account or out of it")
            .fen("amount_fen", "How much, fen")
            .text("reference", "The reference of the bank")
            .text_opt("end_to_end", "The reference that came with the payment")
            .word("kind", &["transfer", "interest", "returned"], "What the bank says it is")
            .bytes_opt("party_sealed", "Name of the other party and remittance text, sealed")
            .word("state", &["open", "matched", "suspended", "cleared"], "Where it stands")
            .text_opt("rule", "By which rule it was matched")
            .text_opt("matched_kind", "What it is: payment, settlement, refund, line")
            .id_opt("matched_id", "Which one")
            .key(&["ledger_id", "line_id"])
            .index("ix_bank_line_statement", &["ledger_id", "statement_id", "number"])
            .index("ix_bank_line_state", &["ledger_id", "institution_id", "state", "line_id"])
            .index("ix_bank_line_reference", &["ledger_id", "institution_id", "reference"])
            .index("ix_bank_line_matched", &["ledger_id", "matched_id"])
            .create(manager)
            .await?;
        table("suspended_line", "Lines that no entry explained when they came, folded from the entries")
            .ledger()
            .id("line_id", "The line")
            .id("institution_id", "Whose account")
            .id("statement_id", "Its statement")
            .word("direction", DIRECTIONS, "Into the account or out of it")
            .fen("amount_fen", "How much, fen")
            .day("booked_on", "Day on which the bank booked it")
            .flag("cleared", "Explained by now")
            .key(&["ledger_id", "line_id"])
            .create(manager)
            .await?;
        table("reconciliation", "What is owed against what the bank holds, by day, folded from the entries")
            .ledger()
            .id("institution_id", "Whose")
            .day("reconciled_on", "The day")
            .count("seq", "Entry that says it")
            .word("result", &["pass", "shortfall", "missing"], "The result")
            .fen("required_fen", "What is owed, fen")
            .fen("custody_fen", "bank:custody at the end of the day, fen")
            .fen_opt("bank_fen", "Balance by the bank's statement, fen")
            .day_opt("due_on", "Last day to make a shortfall good")
            .key(&["ledger_id", "institution_id", "reconciled_on"])
            .index("ix_reconciliation_day", &["ledger_id", "reconciled_on", "institution_id"])
            .create(manager)
            .await?;
        // What the bank says every day is not what the registry did.
        let db = manager.get_connection();
        db.execute_unprepared("DROP INDEX ix_entry_desk").await?;
        db.execute_unprepared(
            "CREATE INDEX ix_entry_desk ON entry (ledger_id, institution_id, institution_seq) \
             WHERE contract_id IS NULL AND entry_type <> 'day_sealed' AND entry_type <> 'bank_statement_recorded' \
             AND entry_type <> 'bank_line_suspended' AND entry_type <> 'suspense_cleared' \
             AND entry_type <> 'reconciled' AND entry_type <> 'interest_credited'",
        )
        .await?;
        let more = table("institution", "")
            .fen("interest_fen", "interest, fen")
            .fen("suspended_in_fen", "Credits of bank statements that nothing explains, fen")
            .fen("suspended_out_fen", "Debits of bank statements that nothing explains, fen")
            .fen("deposit_fen", "deposit, fen")
            .flag("deposit_locked", "Nothing of the deposit may be paid back");
        add_columns(manager, &more).await?;
        let settlement = table("settlement", "Earned money on its way to an institution")
            .ledger()
            .id("settlement_id", "Its id")
            .id("institution_id", "To whom")
            .fen("amount_fen", "How much, fen")
            .word("state", &["ordered", "approved", "paid", "failed", "returned"], "Where it stands")
            .key(&["ledger_id", "settlement_id"])
            .index("ix_settlement_institution", &["ledger_id", "institution_id", "settlement_id"]);
        let kept = ["ledger_id", "settlement_id", "institution_id", "amount_fen", "state"];
        rebuild(manager, settlement, &["ix_settlement_institution"], &[], &kept, &[]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Columns and states stay: rows may use them.
        drop_all(manager, &["bank_statement", "bank_line", "suspended_line", "reconciliation"]).await
    }
}
