//! People: guardians and pupils behind their pseudonymous ids, encrypted, and those who log in.

use sea_orm_migration::prelude::*;

use crate::table::{drop_all, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table("person", "Guardians and pupils; erasing a person deletes the row and its key with it")
            .ledger()
            .id("subject_id", "Pseudonymous id, per person and ledger")
            .hash("lookup", "Keyed hash of the identity document, to find the person again")
            .bytes("wrapped_key", "The person's own key, encrypted with the master key")
            .bytes("sealed", "The record, encrypted with the person's own key")
            .key(&["ledger_id", "subject_id"])
            .unique("uq_person_lookup", &["ledger_id", "lookup"])
            .create(manager)
            .await?;
        table("app_user", "Those who log in")
            .id("user_id", "Its id")
            .text("username", "Name to log in with")
            .text("password_hash", "Password hash (PHC string)")
            .word("role", &["regulator", "institution", "guardian", "bank", "auditor", "admin"], "Role")
            .text_opt("region", "Region that a regulator, bank or auditor acts in")
            .text_opt("department", "Department of a regulator")
            .text("duties", "Duties within the role, comma-separated; may be empty")
            .text_opt("ledger_id", "Ledger of the institution or subject")
            .id_opt("institution_id", "Institution that the user belongs to")
            .id_opt("subject_id", "Guardian that the user is")
            .flag("active", "May log in")
            .instant("created_at", "When it was made, microseconds UTC")
            .key(&["user_id"])
            .unique("uq_app_user_username", &["username"])
            .create(manager)
            .await?;
        table("session", "Logins in force")
            .hash("token_hash", "Hash of the bearer token")
            .id("user_id", "Who")
            .instant("created_at", "When it began, microseconds UTC")
            .instant("expires_at", "When it ends, microseconds UTC")
            .key(&["token_hash"])
            .references("fk_session_user", "user_id", "app_user")
            .index("ix_session_user", &["user_id"])
            .index("ix_session_expires", &["expires_at"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["person", "app_user", "session"]).await
    }
}
