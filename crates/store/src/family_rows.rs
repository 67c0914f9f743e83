//! Blind indexes of families and sellers, and the contracts that a family has: by which one sale that
//! is cut in several is recognised.

use std::collections::BTreeSet;

use contract::ContractState;
use escrow::Account;
use kernel::{ContractId, InstitutionId, LedgerId, SubjectId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::contract_rows::Contracts;
use crate::row::{Row, Values};
use crate::sql::{Table, load, load_by, save};

/// A pupil and the keyed hash of name and day of birth.
pub type ChildKey = (SubjectId, [u8; 32]);
/// An institution and the keyed hash of its legal representative.
pub type ControllerKey = (InstitutionId, [u8; 32]);

struct ChildKeys;

impl Table for ChildKeys {
    type Item = ChildKey;
    const NAME: &'static str = "child_key";
    const KEY: &'static [&'static str] = &["subject_id"];
    const COLUMNS: &'static [&'static str] = &["subject_id", "child_key"];
    const CHANGING: &'static [&'static str] = &["child_key"];

    fn write(item: &ChildKey, values: &mut Values) {
        values.id(item.0.uuid()).hash(&item.1);
    }

    fn read(row: &mut Row<'_>) -> Result<ChildKey, StoreError> {
        Ok((SubjectId::new(row.get()?), row.hash()?))
    }
}

struct ControllerKeys;

impl Table for ControllerKeys {
    type Item = ControllerKey;
    const NAME: &'static str = "controller_key";
    const KEY: &'static [&'static str] = &["institution_id"];
    const COLUMNS: &'static [&'static str] = &["institution_id", "controller_key"];
    const CHANGING: &'static [&'static str] = &["controller_key"];

    fn write(item: &ControllerKey, values: &mut Values) {
        values.id(item.0.uuid()).hash(&item.1);
    }

    fn read(row: &mut Row<'_>) -> Result<ControllerKey, StoreError> {
        Ok((InstitutionId::new(row.get()?), row.hash()?))
    }
}

/// Keeps keys of pupils; each pupil at most once per call.
///
/// # Errors
/// Trouble of the database.
pub async fn child_key_save(tx: &Tx, ledger: &LedgerId, keys: &[&ChildKey]) -> Result<(), StoreError> {
    save::<ChildKeys>(tx, ledger, keys).await
}

/// Keeps keys of institutions; each at most once per call.
///
/// # Errors
/// Trouble of the database.
pub async fn controller_key_save(tx: &Tx, ledger: &LedgerId, keys: &[&ControllerKey]) -> Result<(), StoreError> {
    save::<ControllerKeys>(tx, ledger, keys).await
}

/// The keys of these pupils.
///
/// # Errors
/// Trouble of the database.
pub async fn child_key_load(
    conn: &impl Conn,
    ledger: &LedgerId,
    pupils: &[SubjectId],
) -> Result<Vec<ChildKey>, StoreError> {
    let ids: Vec<_> = pupils.iter().map(|pupil| pupil.uuid()).collect();
    load::<ChildKeys>(conn, ledger, &ids).await
}

/// All pupils with these keys.
///
/// # Errors
/// Trouble of the database.
pub async fn children_by_key(
    conn: &impl Conn,
    ledger: &LedgerId,
    keys: &[[u8; 32]],
) -> Result<Vec<ChildKey>, StoreError> {
    let keys: Vec<Vec<u8>> = keys.iter().map(|key| key.to_vec()).collect();
    load_by::<ChildKeys, Vec<u8>>(conn, ledger, "child_key", &keys).await
}

/// The keys of these institutions.
///
/// # Errors
/// Trouble of the database.
pub async fn controller_key_load(
    conn: &impl Conn,
    ledger: &LedgerId,
    institutions: &[InstitutionId],
) -> Result<Vec<ControllerKey>, StoreError> {
    let ids: Vec<_> = institutions.iter().map(|id| id.uuid()).collect();
    load::<ControllerKeys>(conn, ledger, &ids).await
}

/// The contracts in force of these guardians and pupils, but for those that are known already.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn accounts_of_family(
    conn: &impl Conn,
    ledger: &LedgerId,
    guardians: &[SubjectId],
    pupils: &[SubjectId],
    known: impl Fn(ContractId) -> bool + Send + Sync,
) -> Result<Vec<Account>, StoreError> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for (column, people) in [("guardian_id", guardians), ("pupil_id", pupils)] {
        let ids: Vec<_> = people.iter().map(|person| person.uuid()).collect();
        for account in load_by::<Contracts, _>(conn, ledger, column, &ids).await? {
            let id = account.terms.id;
            if account.state == ContractState::Signed && !known(id) && seen.insert(id) {
                found.push(account);
            }
        }
    }
    Ok(found)
}
