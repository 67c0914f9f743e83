//! Rows of alerts, inspections and closures.

use escrow::{Alert, AlertState, Closure, Inspection};
use kernel::{AlertId, ClosureId, InspectionId, InstitutionId, LedgerId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::projection::projection;
use crate::row::{Row, Values};
use crate::sql::{Sql, Table, page_of, select};

pub(crate) struct Alerts;

impl Table for Alerts {
    type Item = Alert;
    const NAME: &'static str = "alert";
    const KEY: &'static [&'static str] = &["alert_id"];
    const COLUMNS: &'static [&'static str] =
        &["alert_id", "institution_id", "rule", "rule_version", "level", "watched_on", "facts_hash", "state", "seq"];
    const CHANGING: &'static [&'static str] = &["state"];

    fn write(item: &Alert, values: &mut Values) {
        values
            .id(item.id.uuid())
            .id(item.institution.uuid())
            .text(&item.rule)
            .count("rule_version", item.version)
            .word(item.level.as_str())
            .text(item.watched_on)
            .hash(&item.facts)
            .word(item.state.as_str())
            .count("seq", item.seq);
    }

    fn read(row: &mut Row<'_>) -> Result<Alert, StoreError> {
        Ok(Alert {
            id: AlertId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            rule: row.get()?,
            version: row.count()?,
            level: row.parse()?,
            watched_on: row.parse()?,
            facts: row.hash()?,
            state: row.parse()?,
            seq: row.count()?,
        })
    }
}

projection!(Alerts, Alert, AlertId, alert_load, alert_save, alert_all);

pub(crate) struct Inspections;

impl Table for Inspections {
    type Item = Inspection;
    const NAME: &'static str = "inspection";
    const KEY: &'static [&'static str] = &["inspection_id"];
    const COLUMNS: &'static [&'static str] =
        &["inspection_id", "institution_id", "inspected_on", "finding", "problems", "seq"];
    const CHANGING: &'static [&'static str] = &["problems"];

    fn write(item: &Inspection, values: &mut Values) {
        values
            .id(item.id.uuid())
            .id(item.institution.uuid())
            .text(item.inspected_on)
            .word(item.finding.as_str())
            .count("problems", item.problems)
            .count("seq", item.seq);
    }

    fn read(row: &mut Row<'_>) -> Result<Inspection, StoreError> {
        Ok(Inspection {
            id: InspectionId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            inspected_on: row.parse()?,
            finding: row.parse()?,
            problems: row.count()?,
            seq: row.count()?,
        })
    }
}

projection!(Inspections, Inspection, InspectionId, inspection_load, inspection_save, inspection_all);

pub(crate) struct Closures;

impl Table for Closures {
    type Item = Closure;
    const NAME: &'static str = "closure";
    const KEY: &'static [&'static str] = &["closure_id"];
    const COLUMNS: &'static [&'static str] =
        &["closure_id", "institution_id", "contracts", "hours_left_hundredths", "owed_fen", "manifest_hash", "seq"];
    const CHANGING: &'static [&'static str] = &["contracts"];

    fn write(item: &Closure, values: &mut Values) {
        values
            .id(item.id.uuid())
            .id(item.institution.uuid())
            .count("contracts", item.contracts)
            .hours(item.hours_left)
            .fen(item.owed)
            .hash(&item.manifest)
            .count("seq", item.seq);
    }

    fn read(row: &mut Row<'_>) -> Result<Closure, StoreError> {
        Ok(Closure {
            id: ClosureId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            contracts: row.count()?,
            hours_left: row.hours()?,
            owed: row.fen()?,
            manifest: row.hash()?,
            seq: row.count()?,
        })
    }
}

projection!(Closures, Closure, ClosureId, closure_load, closure_save, closure_all);

/// Keeps the facts of an alert.
///
/// # Errors
/// Trouble of the database.
pub async fn alert_facts_save(tx: &Tx, ledger: &LedgerId, alert: AlertId, facts: &str) -> Result<(), StoreError> {
    let mut sql = Sql::new(tx, "INSERT INTO alert_fact (ledger_id, alert_id, facts) VALUES (");
    sql.bind(ledger.as_str()).push(", ").bind(alert.uuid()).push(", ").bind(facts.to_owned()).push(")");
    sql.execute(tx).await?;
    Ok(())
}

/// The facts of an alert, as they were kept.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn alert_facts(conn: &impl Conn, ledger: &LedgerId, alert: AlertId) -> Result<Option<String>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT facts FROM alert_fact WHERE ledger_id = ");
    sql.bind(ledger.as_str()).and("alert_id = ", alert.uuid());
    Ok(sql.rows(conn, "alert_fact", &["facts"], |row| row.get()).await?.pop())
}

/// Which alerts a page shows; nothing set shows all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertFilter {
    /// Only about an institution.
    pub institution: Option<InstitutionId>,
    /// Only of a rule.
    pub rule: Option<String>,
    /// Only in a state.
    pub state: Option<AlertState>,
}

/// A page of alerts in the order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn alerts_page(
    conn: &impl Conn,
    ledger: &LedgerId,
    filter: &AlertFilter,
    after: Option<AlertId>,
    limit: u32,
) -> Result<Vec<Alert>, StoreError> {
    let mut sql = select::<Alerts>(conn, ledger);
    sql.and_if("institution_id = ", filter.institution.map(InstitutionId::uuid));
    sql.and_if("rule = ", filter.rule.as_deref());
    sql.and_if("state = ", filter.state.map(AlertState::as_str));
    page_of::<Alerts>(conn, sql, after.map(AlertId::uuid), limit).await
}

/// A page of inspections, of one institution where it is named, in the order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn inspections_page(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: Option<InstitutionId>,
    after: Option<InspectionId>,
    limit: u32,
) -> Result<Vec<Inspection>, StoreError> {
    let mut sql = select::<Inspections>(conn, ledger);
    sql.and_if("institution_id = ", institution.map(InstitutionId::uuid));
    page_of::<Inspections>(conn, sql, after.map(InspectionId::uuid), limit).await
}

/// The closures of an institution, in the order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn closures_of(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: InstitutionId,
) -> Result<Vec<Closure>, StoreError> {
    let mut sql = select::<Closures>(conn, ledger);
    sql.and("institution_id = ", institution.uuid());
    page_of::<Closures>(conn, sql, None, 100).await
}
