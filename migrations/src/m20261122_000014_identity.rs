//! Who may act, beyond name and password: what a session came from and whether it was confirmed,
//! throttled log-ins, second factors, API keys, lent duties, accounts at other identity providers.
//! Sessions begin anew: whoever was logged in logs in again.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::table::{drop_all, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let number = if db.get_database_backend() == DbBackend::Sqlite { "INTEGER" } else { "BIGINT" };
        db.execute_unprepared(&format!("ALTER TABLE app_user ADD COLUMN version {number} NOT NULL DEFAULT 1")).await?;
        if db.get_database_backend() == DbBackend::Postgres {
            db.execute_unprepared("COMMENT ON COLUMN app_user.version IS 'Counts changes, from 1'").await?;
        }
        drop_all(manager, &["session"]).await?;
        table("session", "Logins in force")
            .hash("token_hash", "Hash of the bearer token")
            .id("session_id", "Its id, by which it is named")
            .id("user_id", "Who")
            .instant("created_at", "When it began, microseconds UTC")
            .instant("expires_at", "When it ends, microseconds UTC")
            .word("method", &["password", "oidc"], "How the user logged in")
            .text_opt("address", "Address that it was opened from")
            .text_opt("agent", "Program that it was opened with")
            .instant_opt("confirmed_until_at", "Until when the second factor counts, microseconds UTC")
            .key(&["token_hash"])
            .unique("uq_session_id", &["session_id"])
            .references("fk_session_user", "user_id", "app_user")
            .index("ix_session_user", &["user_id"])
            .index("ix_session_expires", &["expires_at"])
            .create(manager)
            .await?;
        table("login_attempt", "Failed log-ins by account and by address, so that guessing gets slow on all servers")
            .hash("subject", "Hash of the account name or of the address")
            .count("failures", "Failures in a row")
            .instant("last_at", "The last one, microseconds UTC")
            .instant_opt("blocked_until_at", "Until when no log-in is tried, microseconds UTC")
            .key(&["subject"])
            .index("ix_login_attempt_last", &["last_at"])
            .create(manager)
            .await?;
        table("second_factor", "Secrets of one-time codes")
            .id("user_id", "Whose")
            .bytes("sealed", "The secret, encrypted with the master key")
            .flag("confirmed", "The user has shown a code of it")
            .count_opt("last_step", "Time step of the code used last; no code up to it is accepted")
            .instant("created_at", "When it was made, microseconds UTC")
            .key(&["user_id"])
            .create(manager)
            .await?;
        table("recovery_code", "Codes for the day the telephone is lost; each is deleted when it is used")
            .id("user_id", "Whose")
            .hash("code_hash", "Hash of the code")
            .key(&["user_id", "code_hash"])
            .create(manager)
            .await?;
        table("api_key", "Keys of programs that act for a user")
            .id("api_key_id", "Its id")
            .id("user_id", "For whom it acts")
            .hash("key_hash", "Hash of the key")
            .text("prefix", "How it begins, to tell it from others")
            .text("name", "What it is for")
            .text("scope", "Actions that it may, comma-separated")
            .instant("created_at", "When it was made, microseconds UTC")
            .instant("expires_at", "When it ends, microseconds UTC")
            .instant_opt("last_used_at", "When it was used last, to a minute, microseconds UTC")
            .instant_opt("revoked_at", "When it was revoked, microseconds UTC")
            .key(&["api_key_id"])
            .unique("uq_api_key_hash", &["key_hash"])
            .index("ix_api_key_user", &["user_id"])
            .create(manager)
            .await?;
        table("delegation", "Duties of one officer lent to another until a day")
            .id("delegation_id", "Its id")
            .id("from_user_id", "Who lends")
            .id("to_user_id", "Who acts")
            .text("duties", "The duties lent, comma-separated")
            .day("from_on", "First day")
            .day("until_on", "Last day")
            .instant("created_at", "When it was made, microseconds UTC")
            .instant_opt("revoked_at", "When it was withdrawn, microseconds UTC")
            .key(&["delegation_id"])
            .index("ix_delegation_from", &["from_user_id"])
            .index("ix_delegation_to", &["to_user_id"])
            .create(manager)
            .await?;
        table("identity_link", "Accounts at other identity providers, each linked to a user by an administrator")
            .text("issuer", "The provider")
            .text("subject", "The account there")
            .id("user_id", "The user here")
            .instant("created_at", "When it was linked, microseconds UTC")
            .key(&["issuer", "subject"])
            .index("ix_identity_link_user", &["user_id"])
            .create(manager)
            .await?;
        table("oidc_login", "Log-ins under way at another identity provider")
            .hash("state_hash", "Hash of the state that the provider hands back")
            .hash("binding_hash", "Hash of what only the client that began it knows")
            .bytes("sealed", "Nonce and verifier, encrypted with the master key")
            .instant("expires_at", "When it is too late, microseconds UTC")
            .key(&["state_hash"])
            .index("ix_oidc_login_expires", &["expires_at"])
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            "login_attempt",
            "second_factor",
            "recovery_code",
            "api_key",
            "delegation",
            "identity_link",
            "oidc_login",
            "session",
        ];
        drop_all(manager, &tables).await?;
        let db = manager.get_connection();
        db.execute_unprepared("ALTER TABLE app_user DROP COLUMN version").await?;
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
}
