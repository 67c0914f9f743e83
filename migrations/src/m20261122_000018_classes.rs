//! Classes of courses, their sessions and who is enrolled: how the institution runs its days. Operational
//! rows like drafts, no ledger entries (docs/adr/0006); what is claimed for a session is an entry.

use sea_orm_migration::prelude::*;

use crate::table::{drop_all, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table("class", "Classes of courses")
            .ledger()
            .id("class_id", "Its id")
            .id("institution_id", "Of which institution")
            .id("course_id", "Of which course")
            .text("name", "Its name")
            .id("teacher_item_id", "Teacher: a person of the institution's record")
            .id_opt("room_item_id", "Room: a part of the institution's record; none online")
            .small("capacity", "Most pupils")
            .instant("created_at", "When it was set up, microseconds UTC")
            .key(&["ledger_id", "class_id"])
            .index("ix_class_course", &["ledger_id", "course_id", "class_id"])
            .create(manager)
            .await?;
        table("class_session", "Sessions of classes: one lesson of all their pupils")
            .ledger()
            .id("session_id", "Its id")
            .id("class_id", "Of which class")
            .id("institution_id", "Of which institution")
            .day("held_on", "Day")
            .small("from_minute", "Begin, minutes after midnight")
            .small("until_minute", "End, minutes after midnight")
            .id("teacher_item_id", "Who teaches")
            .id_opt("room_item_id", "Where; none online")
            .text_opt("cancelled_for", "Why it is not held; none: it is")
            .key(&["ledger_id", "session_id"])
            .check("ck_class_session_times", "from_minute < until_minute AND until_minute <= 1440")
            .index("ix_class_session_class", &["ledger_id", "class_id", "held_on", "from_minute"])
            .index("ix_class_session_day", &["ledger_id", "institution_id", "held_on", "from_minute"])
            .create(manager)
            .await?;
        table("enrolment", "Contracts whose pupils are in a class")
            .ledger()
            .id("class_id", "The class")
            .id("contract_id", "The contract")
            .day("from_on", "First day")
            .day_opt("until_on", "Last day; none while it lasts")
            .key(&["ledger_id", "class_id", "contract_id"])
            .index("ix_enrolment_contract", &["ledger_id", "contract_id"])
            .create(manager)
            .await?;
        table("lesson_import", "Files of lessons that are being taken over, or were")
            .ledger()
            .id("import_id", "Its id")
            .id("institution_id", "Of which institution")
            .id("user_id", "Who handed it in")
            .hash("sha256", "Digest of the file")
            .count("line_count", "Lines, without the headings")
            .count("done_count", "Lines that were looked at")
            .count("recorded_count", "Of these, lessons recorded")
            .count("refused_count", "Of these, refused")
            .instant("created_at", "When it was handed in, microseconds UTC")
            .instant_opt("finished_at", "When the last line was looked at, microseconds UTC")
            .key(&["ledger_id", "import_id"])
            .index("ix_lesson_import_institution", &["ledger_id", "institution_id", "import_id"])
            .create(manager)
            .await?;
        table("lesson_import_part", "Parts of such a file, and what became of their lines")
            .ledger()
            .id("import_id", "The file")
            .count("part", "Number of the part, from 0")
            .text("lines", "The lines, JSON")
            .text_opt("results", "What became of each, JSON; none while it waits")
            .key(&["ledger_id", "import_id", "part"])
            .long_rows()
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["class", "class_session", "enrolment", "lesson_import", "lesson_import_part"]).await
    }
}
