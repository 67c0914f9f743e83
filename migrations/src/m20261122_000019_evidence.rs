//! What stands beside a claimed lesson: its session, when it was claimed, by when a dispute is to be
//! decided, and check-ins of the pupil's side. Rows of before have none of it; those that silence was
//! to confirm in a year without a calendar are counted from their day as they were.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

use crate::table::{add_columns, drop_all, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

const INDEXES: [(&str, &str); 2] = [
    ("ix_lesson_session", "lesson (ledger_id, class_session_id, contract_id)"),
    ("ix_lesson_dispute", "lesson (ledger_id, state, decide_by_on, lesson_id)"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = table("lesson", "")
            .id_opt("class_session_id", "Session of a class that it was part of")
            .day_opt("claimed_on", "Day on which it was claimed")
            .day_opt("decide_by_on", "Last day for the decision of its dispute");
        add_columns(manager, &columns).await?;
        for (name, on) in INDEXES {
            manager.get_connection().execute_unprepared(&format!("CREATE INDEX {name} ON {on}")).await?;
        }
        table("check_in", "Pupils' sides that were at a session")
            .ledger()
            .id("check_in_id", "Its id")
            .id("contract_id", "Of which contract")
            .id("institution_id", "At which institution")
            .id("class_session_id", "At which session")
            .day("held_on", "Day of the session")
            .day("checked_in_on", "Day of the check-in")
            .key(&["ledger_id", "check_in_id"])
            .unique("uq_check_in_session", &["ledger_id", "class_session_id", "contract_id"])
            .index("ix_check_in_institution", &["ledger_id", "institution_id", "held_on"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["check_in"]).await?;
        let db = manager.get_connection();
        for (name, _) in INDEXES {
            db.execute_unprepared(&format!("DROP INDEX {name}")).await?;
        }
        for column in ["class_session_id", "claimed_on", "decide_by_on"] {
            db.execute_unprepared(&format!("ALTER TABLE lesson DROP COLUMN {column}")).await?;
        }
        Ok(())
    }
}
