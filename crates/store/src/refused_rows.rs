//! How often a rule refused an institution on a day: counts alone, for early warning.

use kernel::{Day, InstitutionId, LedgerId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::head::number;
use crate::sql::Sql;

/// Refusals of an institution by one rule on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedAttempts {
    /// Who tried.
    pub institution: InstitutionId,
    /// Day.
    pub on: Day,
    /// The rule's id.
    pub rule: String,
    /// How often.
    pub attempts: u64,
}

/// Adds to the counts of their days.
///
/// # Errors
/// Trouble of the database.
pub async fn refused_attempts_add(tx: &Tx, ledger: &LedgerId, items: &[RefusedAttempts]) -> Result<(), StoreError> {
    for item in items {
        let mut sql =
            Sql::new(tx, "INSERT INTO refused_attempt (ledger_id, institution_id, tried_on, rule, attempts) VALUES (");
        sql.bind(ledger.as_str()).push(", ").bind(item.institution.uuid()).push(", ").bind(item.on.to_string());
        sql.push(", ").bind(item.rule.as_str()).push(", ").bind(number("attempts", item.attempts)?);
        sql.push(
            ") ON CONFLICT (ledger_id, institution_id, tried_on, rule) \
             DO UPDATE SET attempts = refused_attempt.attempts + excluded.attempts",
        );
        sql.execute(tx).await?;
    }
    Ok(())
}

/// The counts of the days from one, or from the first, to another, by day, institution and rule.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn refused_attempts(
    conn: &impl Conn,
    ledger: &LedgerId,
    from: Option<Day>,
    until: Day,
) -> Result<Vec<RefusedAttempts>, StoreError> {
    let mut sql =
        Sql::new(conn, "SELECT institution_id, tried_on, rule, attempts FROM refused_attempt WHERE ledger_id = ");
    sql.bind(ledger.as_str()).and("tried_on <= ", until.to_string());
    sql.and_if("tried_on >= ", from.map(|day| day.to_string()));
    sql.push(" ORDER BY tried_on, institution_id, rule");
    sql.rows(conn, "refused_attempt", &["institution_id", "tried_on", "rule", "attempts"], |row| {
        Ok(RefusedAttempts {
            institution: InstitutionId::new(row.get()?),
            on: row.parse()?,
            rule: row.get()?,
            attempts: row.count()?,
        })
    })
    .await
}
