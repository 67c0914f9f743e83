//! The registry: institutions, their profiles, applications, licences, listings and courses.

use sea_orm_migration::prelude::*;

use crate::table::{drop_all, table};

const CATEGORIES: &[&str] = &["subject", "sports", "arts", "science", "other"];

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table("institution", "Institutions and their balances, folded from the entries")
            .ledger()
            .id("institution_id", "Its id")
            .text("region", "County that supervises it")
            .text("credit_code", "Unified social credit code")
            .word("category", CATEGORIES, "Category registered for")
            .text("modes", "Modes registered for, comma-separated")
            .text("stages", "Stages registered for, comma-separated")
            .word("state", &["unlicensed", "licensed", "suspended", "revoked", "closed"], "State, from its licence")
            .word("listing", &["white", "black", "warning", "rectifying", "none"], "List it stands on")
            .id_opt("licence_id", "Current or last licence")
            .id_opt("open_application_id", "Application under way")
            .count("holds", "Holds in force")
            .fen("custody_fen", "bank:custody, fen")
            .fen("prepaid_fen", "Sum of prepaid accounts, fen")
            .fen("disputed_fen", "Sum of disputed accounts, fen")
            .fen("refund_fen", "Sum of refund accounts, fen")
            .fen("payable_fen", "payable, fen")
            .fen("settling_fen", "Part of payable in settlements under way, fen")
            .count("last_seq", "Number of its last entry, from 1")
            .hash("last_leaf", "Leaf hash of its last entry")
            .key(&["ledger_id", "institution_id"])
            .unique("uq_institution_credit_code", &["ledger_id", "credit_code"])
            .index("ix_institution_listing", &["ledger_id", "listing", "institution_id"])
            .create(manager)
            .await?;
        table("institution_profile", "What the ledger only commits to: names and persons of an institution")
            .ledger()
            .id("institution_id", "The institution")
            .text("name", "Public name")
            .bytes("sealed", "Legal representative, address, custody account; encrypted")
            .flag("custody_account_present", "A custody account is registered")
            .key(&["ledger_id", "institution_id"])
            .index("ix_institution_profile_name", &["ledger_id", "name"])
            .create(manager)
            .await?;
        table("application", "Applications for a licence")
            .ledger()
            .id("application_id", "Its id")
            .id("institution_id", "Who asks")
            .word("kind", &["new", "renewal", "change", "conversion", "closure"], "What is asked for")
            .word("category", CATEGORIES, "Category asked for")
            .text("modes", "Modes asked for, comma-separated")
            .text("stages", "Stages asked for, comma-separated")
            .word("state", &["submitted", "accepted", "granted", "refused"], "Where it stands")
            .day("submitted_on", "Day it was handed in")
            .day_opt("decide_by_on", "Last day for the decision")
            .key(&["ledger_id", "application_id"])
            .index("ix_application_institution", &["ledger_id", "institution_id", "application_id"])
            .index("ix_application_state", &["ledger_id", "state", "application_id"])
            .create(manager)
            .await?;
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
            .word("state", &["in_force", "suspended", "revoked", "ended"], "Where it stands")
            .id_opt("revocation_proposed_by", "User who proposed to revoke it")
            .day_opt("revoked_from_on", "First day of a decided revocation")
            .key(&["ledger_id", "licence_id"])
            .unique("uq_licence_number", &["ledger_id", "number"])
            .index("ix_licence_institution", &["ledger_id", "institution_id", "licence_id"])
            .create(manager)
            .await?;
        table("listing", "Decisions to put an institution on a list or to take it off")
            .ledger()
            .id("listing_id", "Its id")
            .id("institution_id", "Whose")
            .word("list", &["white", "black", "warning", "rectifying", "none"], "Which list")
            .day("published_on", "Day of publication")
            .count("seq", "Entry that decided it")
            .key(&["ledger_id", "listing_id"])
            .index("ix_listing_institution", &["ledger_id", "institution_id", "seq"])
            .create(manager)
            .await?;
        table("course", "Courses; drafts too, which have no entry yet")
            .ledger()
            .id("course_id", "Its id")
            .id("institution_id", "Who teaches it")
            .text_opt("name", "Name; the ledger holds a commitment to it")
            .word("category", CATEGORIES, "Category")
            .word("mode", &["offline", "online"], "Mode")
            .word("stage", &["preschool", "primary", "junior", "senior"], "Stage")
            .hours("hours_hundredths", "Hours of the whole course, hundredths")
            .small("minutes_per_hour", "Length of a class hour, minutes")
            .fen("price_fen", "Price of the whole course, fen")
            .fen_opt("list_price_per_hour_fen", "Price of an hour before discount, fen")
            .small("class_size_max", "Most pupils in a class")
            .day("starts_on", "First day of teaching")
            .day("ends_on", "Last day of teaching")
            .count_opt("published_seq", "Entry that published it; none while a draft")
            .key(&["ledger_id", "course_id"])
            .index("ix_course_institution", &["ledger_id", "institution_id", "course_id"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["institution", "institution_profile", "application", "licence", "listing", "course"];
        drop_all(manager, &tables).await
    }
}
