//! What the scheduler leases and did; long runs that can be resumed; offers to take over pupils.

use sea_orm_migration::prelude::*;

use crate::table::{drop_all, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table("job_lease", "Which server works on a job now, and how far the job has come")
            .ledger()
            .text("job", "The job, by its name")
            .text("holder", "The server that has it; empty when none has")
            .instant("leased_until", "Until when, microseconds UTC")
            .count("epoch", "Grows with every lease, so that an old holder cannot come back")
            .day_opt("done_through_on", "Last day that is done")
            .instant_opt("next_due_at", "When it is due next, microseconds UTC")
            .key(&["ledger_id", "job"])
            .create(manager)
            .await?;
        table("job_run", "Every run of a job")
            .ledger()
            .text("job", "The job, by its name")
            .count("epoch", "Number of its lease")
            .day("due_on", "The day that it was due for")
            .instant("started_at", "Microseconds UTC")
            .instant("ended_at", "Microseconds UTC")
            .word("outcome", &["done", "failed"], "How it went")
            .count("items", "Things it did")
            .key(&["ledger_id", "job", "epoch", "due_on"])
            .index("ix_job_run_started", &["ledger_id", "started_at"])
            .create(manager)
            .await?;
        table("run", "Long runs over many contracts that can be resumed")
            .ledger()
            .id("run_id", "Its id")
            .word("kind", &["mass_refund"], "What it does")
            .id("institution_id", "For whom")
            .word("state", &["running", "done"], "Where it stands")
            .count("total", "Contracts it is about")
            .count("done", "Of these, dealt with")
            .count("refused", "Of these, refused")
            .id_opt("last_contract_id", "The last contract dealt with; contracts go in the order of their ids")
            .id("started_by", "User")
            .instant("started_at", "Microseconds UTC")
            .instant_opt("ended_at", "Microseconds UTC")
            .key(&["ledger_id", "run_id"])
            .index("ix_run_institution", &["ledger_id", "institution_id", "run_id"])
            .create(manager)
            .await?;
        table("run_item", "What a run did about one contract")
            .ledger()
            .id("run_id", "The run")
            .id("contract_id", "The contract")
            .word("outcome", &["refunded", "nothing_owed", "refused"], "What came of it")
            .id_opt("refund_id", "The refund")
            .fen("amount_fen", "Its sum, fen")
            .text_opt("rule", "The rule that refused")
            .key(&["ledger_id", "run_id", "contract_id"])
            .create(manager)
            .await?;
        table("transfer_offer", "Offers of institutions to teach the hours that another one left")
            .ledger()
            .id("offer_id", "Its id")
            .id("failed_id", "The failed institution")
            .id("institution_id", "Who offers")
            .text("category", "Of what kind")
            .text("stage", "For which stage")
            .hours("hours_hundredths", "Class hours offered in all, hundredths")
            .instant("offered_at", "Microseconds UTC")
            .key(&["ledger_id", "offer_id"])
            .index("ix_transfer_offer_failed", &["ledger_id", "failed_id", "offer_id"])
            .create(manager)
            .await?;
        table("transfer_acceptance", "Families that accepted such an offer; a new contract is theirs to sign")
            .ledger()
            .id("contract_id", "The contract that was left")
            .id("offer_id", "The offer")
            .hours("hours_hundredths", "Hours left of that contract when it was accepted, hundredths")
            .instant("accepted_at", "Microseconds UTC")
            .key(&["ledger_id", "contract_id"])
            .index("ix_transfer_acceptance_offer", &["ledger_id", "offer_id", "contract_id"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["job_lease", "job_run", "run", "run_item", "transfer_offer", "transfer_acceptance"]).await
    }
}
