//! What is kept of a family, sealed under a key of each person's own: the records of guardian and pupil,
//! and the texts of the guardian's contracts. Who loses the key loses all of it. Sealing happens in the
//! transaction that writes, because only there is it known whether a person has a key already.

use std::collections::HashMap;
use std::fmt;

use kernel::{ContractId, LedgerId, SubjectId};
use store::vault::{Key, NONCE, Vault, open_with, seal_with};
use store::{Conn, Person, StoreError, Tx};

/// A person to be kept, with what a new key would be made of.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptPerson {
    /// Pseudonymous id.
    pub subject: SubjectId,
    /// Keyed hash of the identity document.
    pub lookup: [u8; 32],
    /// The key, for one who has none yet.
    pub new_key: [u8; 32],
    /// Nonce for wrapping it.
    pub wrap_nonce: [u8; NONCE],
    /// Nonce for sealing the record.
    pub nonce: [u8; NONCE],
    /// The record, canonical.
    pub record: Vec<u8>,
}

/// What is done to the text of a contract.
#[derive(Clone, PartialEq, Eq)]
pub enum TextStep {
    /// It was drawn up with this guardian.
    Drawn {
        /// The contract.
        contract: ContractId,
        /// Whose key seals it.
        guardian: SubjectId,
        /// Nonce for sealing it.
        nonce: [u8; NONCE],
        /// The text.
        bytes: Vec<u8>,
    },
    /// The contract went from one guardian to another.
    HandedOn {
        /// The contract.
        contract: ContractId,
        /// Whose key seals it until now.
        from: SubjectId,
        /// Whose key seals it from now on.
        to: SubjectId,
        /// Nonce for sealing it.
        nonce: [u8; NONCE],
    },
}

impl fmt::Debug for KeptPerson {
    /// Neither key nor record.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeptPerson").field("subject", &self.subject).finish_non_exhaustive()
    }
}

impl fmt::Debug for TextStep {
    /// Not the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (TextStep::Drawn { contract, .. } | TextStep::HandedOn { contract, .. }) = self;
        f.debug_struct("TextStep").field("contract", contract).finish_non_exhaustive()
    }
}

/// Context under which a person's key and record are sealed.
fn person_context(lookup: &[u8; 32]) -> String {
    format!("tutela/person/1/{}", crate::identity::hex(lookup))
}

/// Context under which a contract's text is sealed.
fn text_context(ledger: &LedgerId, contract: ContractId) -> String {
    format!("tutela/document/2/{ledger}/{contract}")
}

/// As [`text_context`], of texts sealed with the master key by earlier versions.
fn text_context_before(ledger: &LedgerId, contract: ContractId) -> String {
    format!("tutela/document/1/{ledger}/{contract}")
}

/// A person's record, opened.
///
/// # Errors
/// [`StoreError::Sealed`].
pub(crate) fn open_record(vault: &Vault, person: &Person) -> Result<Vec<u8>, StoreError> {
    let context = person_context(&person.lookup);
    let key = vault.unwrap_key(&context, &person.wrapped_key)?;
    Ok(open_with(&key, &context, &person.sealed)?.to_vec())
}

/// The text of a contract, opened; none when it is erased.
///
/// # Errors
/// [`StoreError`] of the database and the seal.
pub(crate) async fn open_text(
    conn: &impl Conn,
    vault: &Vault,
    ledger: &LedgerId,
    contract: ContractId,
) -> Result<Option<Vec<u8>>, StoreError> {
    let Some((guardian, sealed)) = store::draft_document_load(conn, ledger, contract).await? else { return Ok(None) };
    let guardian = store::person_by_id(conn, ledger, &[guardian]).await?.pop();
    opened(vault, ledger, contract, guardian.as_ref(), &sealed).map(Some)
}

fn key_of(vault: &Vault, person: &Person) -> Result<Key, StoreError> {
    vault.unwrap_key(&person_context(&person.lookup), &person.wrapped_key)
}

fn opened(
    vault: &Vault,
    ledger: &LedgerId,
    contract: ContractId,
    guardian: Option<&Person>,
    sealed: &[u8],
) -> Result<Vec<u8>, StoreError> {
    if let Some(guardian) = guardian {
        match open_with(&key_of(vault, guardian)?, &text_context(ledger, contract), sealed) {
            Ok(plain) => return Ok(plain.to_vec()),
            Err(StoreError::Sealed) => {}
            Err(error) => return Err(error),
        }
    }
    vault.open(&text_context_before(ledger, contract), sealed).map(|plain| plain.to_vec())
}

/// Writes people, each sealed under the key that it has or gets now.
///
/// # Errors
/// [`StoreError`] of the database and the seal.
pub(crate) async fn people_keep(
    tx: &Tx,
    vault: &Vault,
    ledger: &LedgerId,
    people: &[&KeptPerson],
) -> Result<(), StoreError> {
    // The same person in two contracts of one batch is written once, as it was seen last.
    let mut latest: Vec<&KeptPerson> =
        people.iter().map(|person| (person.subject, *person)).collect::<HashMap<_, _>>().into_values().collect();
    latest.sort_unstable_by_key(|person| person.subject);
    let subjects: Vec<SubjectId> = latest.iter().map(|person| person.subject).collect();
    let known = store::person_by_id(tx, ledger, &subjects).await?;
    let known: HashMap<SubjectId, Person> = known.into_iter().map(|person| (person.subject, person)).collect();
    let seal = |person: &KeptPerson| {
        let context = person_context(&person.lookup);
        let (key, wrapped_key) = match known.get(&person.subject) {
            Some(known) => (key_of(vault, known)?, known.wrapped_key.clone()),
            None => {
                let key = Key::new(person.new_key);
                let wrapped = vault.wrap_key(&context, person.wrap_nonce, &key)?;
                (key, wrapped)
            }
        };
        let sealed = seal_with(&key, &context, person.nonce, &person.record)?;
        Ok(Person { subject: person.subject, lookup: person.lookup, wrapped_key, sealed })
    };
    let rows: Vec<Person> = latest.into_iter().map(seal).collect::<Result<_, StoreError>>()?;
    store::person_save(tx, ledger, &rows.iter().collect::<Vec<_>>()).await
}

/// Writes the texts of contracts under the keys of their guardians, in order, after
/// [`people_keep`].
///
/// # Errors
/// [`StoreError`] of the database and the seal; [`StoreError::Sealed`] for a guardian without a key.
pub(crate) async fn texts_keep(
    tx: &Tx,
    vault: &Vault,
    ledger: &LedgerId,
    steps: &[&TextStep],
) -> Result<(), StoreError> {
    for step in steps {
        let (contract, guardian, nonce, text) = match step {
            TextStep::Drawn { contract, guardian, nonce, bytes } => (*contract, *guardian, *nonce, bytes.clone()),
            TextStep::HandedOn { contract, from, to, nonce } => {
                let Some((_, sealed)) = store::draft_document_load(tx, ledger, *contract).await? else { continue };
                let before = store::person_by_id(tx, ledger, &[*from]).await?.pop();
                (*contract, *to, *nonce, opened(vault, ledger, *contract, before.as_ref(), &sealed)?)
            }
        };
        let person = store::person_by_id(tx, ledger, &[guardian]).await?.pop().ok_or(StoreError::Sealed)?;
        let sealed = seal_with(&key_of(vault, &person)?, &text_context(ledger, contract), nonce, &text)?;
        store::draft_document_save(tx, ledger, contract, &sealed).await?;
    }
    Ok(())
}
