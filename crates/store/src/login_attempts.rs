//! Failed log-ins, counted for all servers together. When counting blocks is the caller's rule.

use kernel::Instant;

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::row::Row;
use crate::sql::Sql;

/// What is known of one account or address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginAttempts {
    /// Hash of the account name or of the address.
    pub subject: [u8; 32],
    /// Failures in a row.
    pub failures: u64,
    /// The last one.
    pub last_at: Instant,
    /// Until when no log-in is tried.
    pub blocked_until: Option<Instant>,
}

const COLUMNS: &[&str] = &["subject", "failures", "last_at", "blocked_until_at"];

fn read(row: &mut Row<'_>) -> Result<LoginAttempts, StoreError> {
    Ok(LoginAttempts {
        subject: row.hash()?,
        failures: row.count()?,
        last_at: row.instant()?,
        blocked_until: row.instant_opt()?,
    })
}

/// What is known of these, in no order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn login_attempts(conn: &impl Conn, subjects: &[[u8; 32]]) -> Result<Vec<LoginAttempts>, StoreError> {
    let mut found = Vec::with_capacity(subjects.len());
    for subject in subjects {
        let mut sql = Sql::new(conn, "SELECT ");
        sql.push(&COLUMNS.join(", ")).push(" FROM login_attempt WHERE subject = ").bind(subject.to_vec());
        found.extend(sql.rows(conn, "login_attempt", COLUMNS, read).await?);
    }
    Ok(found)
}

/// Counts one more failure and gives the number; the row stays locked until the transaction ends, so
/// that log-ins at once are counted one after the other. Failures before `forget_before` count no more.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn login_attempt_count(
    tx: &Tx,
    subject: &[u8; 32],
    now: Instant,
    forget_before: Instant,
) -> Result<u64, StoreError> {
    let mut sql = Sql::new(tx, "INSERT INTO login_attempt (subject, failures, last_at) VALUES (");
    sql.bind(subject.to_vec()).push(", 1, ").bind(now.micros());
    sql.push(") ON CONFLICT (subject) DO UPDATE SET failures = CASE WHEN login_attempt.last_at < ");
    sql.bind(forget_before.micros()).push(" THEN 1 ELSE login_attempt.failures + 1 END, last_at = excluded.last_at");
    sql.execute(tx).await?;
    let row = login_attempts(tx, &[*subject]).await?.pop();
    Ok(row.map_or(0, |row| row.failures))
}

/// Blocks until an instant.
///
/// # Errors
/// Trouble of the database.
pub async fn login_attempt_block(tx: &Tx, subject: &[u8; 32], until: Instant) -> Result<(), StoreError> {
    let mut sql = Sql::new(tx, "UPDATE login_attempt SET blocked_until_at = ");
    sql.bind(until.micros()).push(" WHERE subject = ").bind(subject.to_vec());
    sql.execute(tx).await?;
    Ok(())
}

/// Takes one counted failure back, with the block it may have brought: the log-in succeeded.
///
/// # Errors
/// Trouble of the database.
pub async fn login_attempt_forgive(tx: &Tx, subject: &[u8; 32]) -> Result<(), StoreError> {
    let mut sql = Sql::new(tx, "UPDATE login_attempt SET failures = failures - 1, blocked_until_at = NULL");
    sql.push(" WHERE failures > 0 AND subject = ").bind(subject.to_vec());
    sql.execute(tx).await?;
    Ok(())
}

/// Forgets all failures of an account.
///
/// # Errors
/// Trouble of the database.
pub async fn login_attempt_forget(tx: &Tx, subject: &[u8; 32]) -> Result<(), StoreError> {
    let mut sql = Sql::new(tx, "DELETE FROM login_attempt WHERE subject = ");
    sql.bind(subject.to_vec());
    sql.execute(tx).await?;
    Ok(())
}

/// Forgets what is older; how many.
///
/// # Errors
/// Trouble of the database.
pub async fn login_attempts_purge(tx: &Tx, before: Instant) -> Result<u64, StoreError> {
    let mut sql = Sql::new(tx, "DELETE FROM login_attempt WHERE last_at < ");
    sql.bind(before.micros());
    sql.execute(tx).await
}
