//! The regulator's desk: every kind and step of an application, the whole life of a licence, deadlines
//! of listings, changes of control, files that were handed in.

use sea_orm_migration::prelude::*;

use crate::table::{Def, add_columns, drop_all, rebuild, table};

const CATEGORIES: &[&str] = &["subject", "sports", "arts", "science", "other"];

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

fn application() -> Def {
    table("application", "Applications for a licence")
        .ledger()
        .id("application_id", "Its id")
        .id("institution_id", "Who asks")
        .word(
            "kind",
            &[
                "new",
                "renewal",
                "change",
                "conversion",
                "closure",
                "change_name",
                "change_site",
                "change_promoter",
                "change_representative",
                "change_capital",
                "branch",
            ],
            "What is asked for",
        )
        .word("category", CATEGORIES, "Category asked for")
        .text("modes", "Modes asked for, comma-separated")
        .text("stages", "Stages asked for, comma-separated")
        .word(
            "state",
            &[
                "submitted",
                "correcting",
                "corrected",
                "accepted",
                "site_checked",
                "reviewed",
                "granted",
                "refused",
                "ended",
            ],
            "Where it stands",
        )
        .day("submitted_on", "Day it was handed in")
        .day_opt("corrected_on", "Day the corrections came in")
        .day_opt("accepted_on", "Day of acceptance")
        .day_opt("accept_by_on", "Last day for acceptance or the notice to correct")
        .day_opt("correct_by_on", "Last day for the corrections")
        .day_opt("decide_by_on", "Last day for the decision")
        .id_opt("submitted_by", "User who handed it in")
        .id_opt("site_checked_by", "Officer who checked the site")
        .id_opt("site_checked_with", "The second officer")
        .text_opt("site_check", "What they found")
        .id_opt("reviewed_by", "Officer who advised on it")
        .text_opt("advice", "The advice")
        .count("version", "Entries of it")
        .key(&["ledger_id", "application_id"])
        .index("ix_application_institution", &["ledger_id", "institution_id", "application_id"])
        .index("ix_application_state", &["ledger_id", "state", "application_id"])
}

fn licence() -> Def {
    table("licence", "Licences")
        .ledger()
        .id("licence_id", "Its id")
        .id("institution_id", "Whose")
        .text("number", "Number printed on it")
        .word("category", CATEGORIES, "Category permitted")
        .text("modes", "Modes permitted, comma-separated")
        .text("stages", "Stages permitted, comma-separated")
        .day("valid_from_on", "First day")
        .day("valid_until_on", "Last day, included")
        .word(
            "state",
            &[
                "in_force",
                "rectifying",
                "enrolment_suspended",
                "suspended",
                "closing",
                "revoked",
                "expired",
                "surrendered",
                "ended",
                "deregistered",
            ],
            "Where it stands",
        )
        .id_opt("revocation_proposed_by", "User who proposed to revoke it")
        .day_opt("hearing_by_on", "Last day to ask for a hearing")
        .text_opt("hearing", "Where the hearing stands")
        .day_opt("hearing_on", "Day of the hearing")
        .day_opt("revoked_from_on", "First day of a decided revocation")
        .day_opt("rectify_by_on", "Last day to put right what was ordered")
        .day_opt("close_from_on", "First day on which it may close")
        .count_opt("inspected_year", "Year of the last annual inspection")
        .text_opt("inspected_grade", "Its result")
        .key(&["ledger_id", "licence_id"])
        .unique("uq_licence_number", &["ledger_id", "number"])
        .index("ix_licence_institution", &["ledger_id", "institution_id", "licence_id"])
        .index("ix_licence_state", &["ledger_id", "state", "valid_until_on"])
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let kept = [
            "ledger_id",
            "application_id",
            "institution_id",
            "kind",
            "category",
            "modes",
            "stages",
            "state",
            "submitted_on",
            "decide_by_on",
        ];
        rebuild(
            manager,
            application(),
            &["ix_application_institution", "ix_application_state"],
            &[],
            &kept,
            &[("version", "1")],
        )
        .await?;
        let kept = [
            "ledger_id",
            "licence_id",
            "institution_id",
            "number",
            "category",
            "modes",
            "stages",
            "valid_from_on",
            "valid_until_on",
            "state",
            "revocation_proposed_by",
            "revoked_from_on",
        ];
        rebuild(manager, licence(), &["ix_licence_institution"], &["uq_licence_number"], &kept, &[]).await?;
        let changes = table("institution", "").id_opt("control_change_id", "Change of control that is applied for");
        add_columns(manager, &changes).await?;
        let deadlines = table("listing", "")
            .text_opt("cause_code", "Cause by its code")
            .day_opt("objection_by_on", "Last day to object")
            .day_opt("rectify_by_on", "Last day to put things right")
            .day_opt("until_on", "Last day on the list")
            .text_opt("step", "The last step after it");
        add_columns(manager, &deadlines).await?;
        // Only what is about licences, records and lists: entries of contracts cost nothing more.
        manager
            .get_connection()
            .execute_unprepared(
                "CREATE INDEX ix_entry_desk ON entry (ledger_id, institution_id, institution_seq) \
                 WHERE contract_id IS NULL AND entry_type <> 'day_sealed'",
            )
            .await?;
        table("file", "Files that were handed in; their contents lie sealed in the data directory")
            .ledger()
            .id("institution_id", "Whose matter they belong to")
            .hash("sha256", "SHA-256 of the file")
            .text("media_type", "What its contents are")
            .count("bytes", "Its length")
            .id("uploaded_by", "User")
            .instant("uploaded_at", "When")
            .key(&["ledger_id", "institution_id", "sha256"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The columns stay: states that the old tables could not hold cannot be put back.
        drop_all(manager, &["file"]).await
    }
}
