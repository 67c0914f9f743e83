//! Offers to teach the hours that a failed institution left, and the families that accepted one.

use kernel::{Category, ClassHours, ContractId, Instant, InstitutionId, LedgerId, Stage, TransferOfferId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::row::{Row, Values};
use crate::sql::{Sql, Table, insert, select};

/// An offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferOffer {
    /// Its id.
    pub id: TransferOfferId,
    /// The failed institution.
    pub failed: InstitutionId,
    /// Who offers.
    pub institution: InstitutionId,
    /// Of what kind.
    pub category: Category,
    /// For which stage.
    pub stage: Stage,
    /// Hours offered in all.
    pub hours: ClassHours,
    /// When.
    pub offered_at: Instant,
}

/// A family that accepted an offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferAcceptance {
    /// The contract that was left.
    pub contract: ContractId,
    /// The offer.
    pub offer: TransferOfferId,
    /// Hours left of that contract then.
    pub hours: ClassHours,
    /// When.
    pub accepted_at: Instant,
}

struct Offers;

impl Table for Offers {
    type Item = TransferOffer;
    const NAME: &'static str = "transfer_offer";
    const KEY: &'static [&'static str] = &["offer_id"];
    const COLUMNS: &'static [&'static str] =
        &["offer_id", "failed_id", "institution_id", "category", "stage", "hours_hundredths", "offered_at"];
    const CHANGING: &'static [&'static str] = &["hours_hundredths"];

    fn write(item: &TransferOffer, values: &mut Values) {
        values
            .id(item.id.uuid())
            .id(item.failed.uuid())
            .id(item.institution.uuid())
            .word(item.category.as_str())
            .word(item.stage.as_str())
            .hours(item.hours)
            .instant(item.offered_at);
    }

    fn read(row: &mut Row<'_>) -> Result<TransferOffer, StoreError> {
        Ok(TransferOffer {
            id: TransferOfferId::new(row.get()?),
            failed: InstitutionId::new(row.get()?),
            institution: InstitutionId::new(row.get()?),
            category: row.parse()?,
            stage: row.parse()?,
            hours: row.hours()?,
            offered_at: row.instant()?,
        })
    }
}

struct Acceptances;

impl Table for Acceptances {
    type Item = TransferAcceptance;
    const NAME: &'static str = "transfer_acceptance";
    const KEY: &'static [&'static str] = &["contract_id"];
    const COLUMNS: &'static [&'static str] = &["contract_id", "offer_id", "hours_hundredths", "accepted_at"];
    const CHANGING: &'static [&'static str] = &["hours_hundredths"];

    fn write(item: &TransferAcceptance, values: &mut Values) {
        values.id(item.contract.uuid()).id(item.offer.uuid()).hours(item.hours).instant(item.accepted_at);
    }

    fn read(row: &mut Row<'_>) -> Result<TransferAcceptance, StoreError> {
        Ok(TransferAcceptance {
            contract: ContractId::new(row.get()?),
            offer: TransferOfferId::new(row.get()?),
            hours: row.hours()?,
            accepted_at: row.instant()?,
        })
    }
}

/// Writes an offer.
///
/// # Errors
/// [`StoreError::Constraint`] and trouble of the database.
pub async fn transfer_offer_insert(tx: &Tx, ledger: &LedgerId, offer: &TransferOffer) -> Result<(), StoreError> {
    insert::<Offers>(tx, ledger, &[offer]).await
}

/// Writes an acceptance; a contract accepts one offer.
///
/// # Errors
/// [`StoreError::Constraint`] and trouble of the database.
pub async fn transfer_acceptance_insert(
    tx: &Tx,
    ledger: &LedgerId,
    acceptance: &TransferAcceptance,
) -> Result<(), StoreError> {
    insert::<Acceptances>(tx, ledger, &[acceptance]).await
}

/// The offers about a failed institution, oldest first.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn transfer_offers(
    conn: &impl Conn,
    ledger: &LedgerId,
    failed: InstitutionId,
) -> Result<Vec<TransferOffer>, StoreError> {
    let mut sql: Sql = select::<Offers>(conn, ledger);
    sql.and("failed_id = ", failed.uuid()).push(" ORDER BY offer_id");
    sql.all::<Offers>(conn).await
}

/// The families that accepted an offer.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn transfer_acceptances(
    conn: &impl Conn,
    ledger: &LedgerId,
    offer: TransferOfferId,
) -> Result<Vec<TransferAcceptance>, StoreError> {
    let mut sql: Sql = select::<Acceptances>(conn, ledger);
    sql.and("offer_id = ", offer.uuid()).push(" ORDER BY contract_id");
    sql.all::<Acceptances>(conn).await
}
