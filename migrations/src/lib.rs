//! The schema's history, one file per change, the same tables on SQLite and PostgreSQL.
//! A file is never edited once a database may have run it. Queries are in `store`.

use std::time::Duration;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbBackend, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};

mod m20261122_000001_ledger;
mod m20261122_000002_registry;
mod m20261122_000003_contract;
mod m20261122_000004_escrow;
mod m20261122_000005_people;
mod m20261122_000006_sqlite_statistics;
mod m20261122_000007_cosignature;
mod m20261122_000008_seal;
mod m20261122_000009_policy_version;
mod m20261122_000010_family;
mod m20261122_000011_locality;
mod m20261122_000012_desk;
mod m20261122_000013_lists;
mod m20261122_000014_identity;
mod m20261122_000015_privacy;
mod m20261122_000016_contract_template;
mod m20261122_000017_outbox;
mod m20261122_000018_classes;
mod m20261122_000019_evidence;
mod m20261122_000020_bank;
mod m20261122_000023_refund_process;
mod m20261122_000024_warning;
mod m20261122_000025_jobs;
mod m20261122_000028_contract_transfer;
mod m20261122_000029_days_of_before;
mod m20261122_000030_overdrawn_days;
mod m20261122_000031_refused_attempt;
mod m20261122_000034_staff_bar;
mod m20261123_000035_tile;
mod table;

/// All migrations, in order.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_ledger::Migration),
            Box::new(m20261122_000002_registry::Migration),
            Box::new(m20261122_000003_contract::Migration),
            Box::new(m20261122_000004_escrow::Migration),
            Box::new(m20261122_000005_people::Migration),
            Box::new(m20261122_000006_sqlite_statistics::Migration),
            Box::new(m20261122_000007_cosignature::Migration),
            Box::new(m20261122_000008_seal::Migration),
            Box::new(m20261122_000009_policy_version::Migration),
            Box::new(m20261122_000010_family::Migration),
            Box::new(m20261122_000011_locality::Migration),
            Box::new(m20261122_000012_desk::Migration),
            Box::new(m20261122_000013_lists::Migration),
            Box::new(m20261122_000016_contract_template::Migration),
            Box::new(m20261122_000014_identity::Migration),
            Box::new(m20261122_000015_privacy::Migration),
            Box::new(m20261122_000017_outbox::Migration),
            Box::new(m20261122_000018_classes::Migration),
            Box::new(m20261122_000019_evidence::Migration),
            Box::new(m20261122_000023_refund_process::Migration),
            Box::new(m20261122_000024_warning::Migration),
            Box::new(m20261122_000025_jobs::Migration),
            Box::new(m20261122_000020_bank::Migration),
            Box::new(m20261122_000028_contract_transfer::Migration),
            Box::new(m20261122_000029_days_of_before::Migration),
            Box::new(m20261122_000030_overdrawn_days::Migration),
            Box::new(m20261122_000031_refused_attempt::Migration),
            Box::new(m20261122_000034_staff_bar::Migration),
            Box::new(m20261123_000035_tile::Migration),
        ]
    }
}

/// The database could not be brought to the current schema.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// What the database said on the last attempt.
    #[error("the database could not be migrated")]
    Database(#[from] DbErr),
}

/// Attempts before a migration is given up: another server that starts at the same moment may be
/// migrating, and the loser of that race finds its work done when it tries again.
const ATTEMPTS: u32 = 10;

/// Brings the database at `url` (`sqlite://path` or `postgres://…`) to the current schema; creates a
/// SQLite file that is not there. All or nothing, and safe when several servers start at once: the
/// whole change is one transaction, and an attempt that meets another is repeated.
///
/// # Errors
/// [`MigrateError`].
pub async fn up(url: &str) -> Result<(), MigrateError> {
    first(url, None).await
}

/// As [`up`], but only the first `count` changes, where it is given: a database of that time.
///
/// # Errors
/// [`MigrateError`].
pub async fn first(url: &str, count: Option<u32>) -> Result<(), MigrateError> {
    let mut attempt: u32 = 1;
    loop {
        match try_up(url, count).await {
            Ok(()) => return Ok(()),
            Err(error) if attempt >= ATTEMPTS => return Err(error.into()),
            Err(error) => {
                tracing::debug!(attempt, %error, "migration is tried again");
                tokio::time::sleep(Duration::from_millis(u64::from(attempt).saturating_mul(50))).await;
                attempt = attempt.saturating_add(1);
            }
        }
    }
}

async fn try_up(url: &str, count: Option<u32>) -> Result<(), DbErr> {
    let db = connect(url).await?;
    let done = migrate(&db, count).await;
    db.close().await?;
    done
}

async fn connect(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false).map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
    });
    Database::connect(options).await
}

async fn migrate(db: &DatabaseConnection, count: Option<u32>) -> Result<(), DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = db.begin_with_options(options).await?;
    let pending = Migrator::get_pending_migrations(&transaction).await?;
    Migrator::up(&transaction, count).await?;
    if !pending.is_empty() {
        m20261122_000006_sqlite_statistics::assume(transaction.get_database_backend(), &transaction).await?;
    }
    transaction.commit().await
}

/// The schema of the SQLite database at `url` as SQL text, in name order; for `docs/schema.sql`.
///
/// # Errors
/// [`MigrateError`]; also for a database that is not SQLite.
pub async fn sqlite_schema(url: &str) -> Result<String, MigrateError> {
    let db = connect(url).await?;
    let backend = db.get_database_backend();
    if backend != DbBackend::Sqlite {
        return Err(DbErr::BackendNotSupported { db: backend.as_str(), ctx: "sqlite_schema" }.into());
    }
    let query = "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' \
                 AND tbl_name <> 'seaql_migrations' ORDER BY tbl_name, type = 'trigger', type = 'index', name";
    let rows = db.query_all_raw(Statement::from_string(backend, query)).await?;
    let mut text = String::from("-- The SQLite schema, made from the migrations. PostgreSQL has the same tables.\n");
    for row in rows {
        let sql: String = row.try_get_by_index(0)?;
        text.push('\n');
        text.push_str(&readable(&sql));
        text.push_str(";\n");
    }
    db.close().await?;
    Ok(text)
}

/// One column or constraint per line: breaks after commas outside parentheses of the second level.
fn readable(sql: &str) -> String {
    let (mut text, mut depth) = (String::with_capacity(sql.len().saturating_mul(2)), 0_u32);
    let is_table = sql.starts_with("CREATE TABLE");
    for c in sql.replace('"', "").chars() {
        match c {
            '(' => {
                depth = depth.saturating_add(1);
                text.push(c);
                if is_table && depth == 1 {
                    text.push_str("\n   ");
                }
            }
            ')' => {
                depth = depth.saturating_sub(1);
                if is_table && depth == 0 {
                    text.truncate(text.trim_end().len());
                    text.push('\n');
                }
                text.push(c);
            }
            ',' if is_table && depth == 1 => text.push_str(",\n   "),
            _ => text.push(c),
        }
    }
    text
}
