//! Rows of contracts that were handed to another family, and who holds a contract now.

use contract::Transfer;
use kernel::{ContractId, LedgerId, SubjectId, TransferId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::projection::projection;
use crate::row::{Row, Values};
use crate::sql::{Sql, Table, select};

pub(crate) struct Transfers;

impl Table for Transfers {
    type Item = Transfer;
    const NAME: &'static str = "contract_transfer";
    const KEY: &'static [&'static str] = &["transfer_id"];
    const COLUMNS: &'static [&'static str] =
        &["transfer_id", "contract_id", "contract_seq", "from_guardian_id", "from_pupil_id", "guardian_id", "pupil_id"];
    const CHANGING: &'static [&'static str] = &["contract_seq"];

    fn write(item: &Transfer, values: &mut Values) {
        values
            .id(item.id.uuid())
            .id(item.contract.uuid())
            .count("contract_seq", item.contract_seq)
            .id(item.from_guardian.uuid())
            .id(item.from_pupil.uuid())
            .id(item.guardian.uuid())
            .id(item.pupil.uuid());
    }

    fn read(row: &mut Row<'_>) -> Result<Transfer, StoreError> {
        Ok(Transfer {
            id: TransferId::new(row.get()?),
            contract: ContractId::new(row.get()?),
            contract_seq: row.count()?,
            from_guardian: SubjectId::new(row.get()?),
            from_pupil: SubjectId::new(row.get()?),
            guardian: SubjectId::new(row.get()?),
            pupil: SubjectId::new(row.get()?),
        })
    }
}

projection!(Transfers, Transfer, TransferId, transfer_load, transfer_save, transfer_all);

/// The transfers of a contract, in order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn transfers_of_contract(
    conn: &impl Conn,
    ledger: &LedgerId,
    contract: ContractId,
) -> Result<Vec<Transfer>, StoreError> {
    let mut sql = select::<Transfers>(conn, ledger);
    sql.and("contract_id = ", contract.uuid()).push(" ORDER BY contract_seq");
    sql.all::<Transfers>(conn).await
}

/// The transfers by which a guardian handed contracts to others.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn transfers_of_guardian(
    conn: &impl Conn,
    ledger: &LedgerId,
    guardian: SubjectId,
) -> Result<Vec<Transfer>, StoreError> {
    let mut sql = select::<Transfers>(conn, ledger);
    sql.and("from_guardian_id = ", guardian.uuid()).push(" ORDER BY transfer_id");
    sql.all::<Transfers>(conn).await
}

/// Puts down who holds contracts now. Apart from what else changes in their rows, which is written with
/// every payment: the people are in two indexes.
///
/// # Errors
/// Trouble of the database.
pub async fn contract_holders_save(tx: &Tx, ledger: &LedgerId, transfers: &[&Transfer]) -> Result<(), StoreError> {
    for transfer in transfers {
        for table in ["contract", "contract_draft"] {
            let mut sql = Sql::new(tx, "UPDATE ");
            sql.push(table).push(" SET guardian_id = ").bind(transfer.guardian.uuid());
            sql.push(", pupil_id = ").bind(transfer.pupil.uuid());
            sql.push(" WHERE ledger_id = ").bind(ledger.as_str());
            sql.and("contract_id = ", transfer.contract.uuid());
            sql.execute(tx).await?;
        }
    }
    Ok(())
}
