//! Envelope encryption of personal data at rest: XChaCha20-Poly1305 with a master key, and keys per
//! person wrapped by it. What a record belongs to is bound to it as associated data, so that a
//! sealed record cannot be moved to another row. Randomness is handed in.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::StoreError;

/// Length of a nonce, bytes.
pub const NONCE: usize = 24;

/// A key of 32 bytes that is wiped from memory when dropped. It has no `Debug`.
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// From random bytes.
    pub fn new(bytes: [u8; 32]) -> Key {
        Key(Zeroizing::new(bytes))
    }
}

/// Seals and opens with the master key.
pub struct Vault {
    master: Key,
}

/// Domain of a wrapped key, so that a record can never be taken for one.
const WRAP: &str = "tutela/wrapped-key/v1\0";
/// Domain of a record.
const RECORD: &str = "tutela/record/v1\0";

fn cipher(key: &Key) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new((&*key.0).into())
}

fn seal(key: &Key, domain: &str, context: &str, nonce: [u8; NONCE], plaintext: &[u8]) -> Result<Vec<u8>, StoreError> {
    let aad = [domain.as_bytes(), context.as_bytes()].concat();
    let payload = Payload { msg: plaintext, aad: &aad };
    let sealed = cipher(key).encrypt(&XNonce::from(nonce), payload).map_err(|_| StoreError::Sealed)?;
    Ok([nonce.as_slice(), &sealed].concat())
}

fn open(key: &Key, domain: &str, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let (nonce, msg) = sealed.split_first_chunk::<NONCE>().ok_or(StoreError::Sealed)?;
    let aad = [domain.as_bytes(), context.as_bytes()].concat();
    let plain = cipher(key).decrypt(&XNonce::from(*nonce), Payload { msg, aad: &aad });
    plain.map(Zeroizing::new).map_err(|_| StoreError::Sealed)
}

impl Vault {
    /// With a master key.
    pub fn new(master: [u8; 32]) -> Vault {
        Vault { master: Key::new(master) }
    }

    /// Seals a record with the master key. A nonce is random and used once.
    ///
    /// # Errors
    /// [`StoreError::Sealed`] when the text is longer than the cipher can take (256 GB).
    pub fn seal(&self, context: &str, nonce: [u8; NONCE], plaintext: &[u8]) -> Result<Vec<u8>, StoreError> {
        seal(&self.master, RECORD, context, nonce, plaintext)
    }

    /// Opens what [`Vault::seal`] made for the same context.
    ///
    /// # Errors
    /// [`StoreError::Sealed`].
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        open(&self.master, RECORD, context, sealed)
    }

    /// Wraps a person's key.
    ///
    /// # Errors
    /// [`StoreError::Sealed`]; not for a key.
    pub fn wrap_key(&self, context: &str, nonce: [u8; NONCE], key: &Key) -> Result<Vec<u8>, StoreError> {
        seal(&self.master, WRAP, context, nonce, key.0.as_slice())
    }

    /// Unwraps what [`Vault::wrap_key`] made for the same context.
    ///
    /// # Errors
    /// [`StoreError::Sealed`].
    pub fn unwrap_key(&self, context: &str, wrapped: &[u8]) -> Result<Key, StoreError> {
        let bytes = open(&self.master, WRAP, context, wrapped)?;
        Ok(Key::new(bytes.as_slice().try_into().map_err(|_| StoreError::Sealed)?))
    }
}

/// Seals a record with a person's key.
///
/// # Errors
/// As [`Vault::seal`].
pub fn seal_with(key: &Key, context: &str, nonce: [u8; NONCE], plaintext: &[u8]) -> Result<Vec<u8>, StoreError> {
    seal(key, RECORD, context, nonce, plaintext)
}

/// Opens what [`seal_with`] made for the same context.
///
/// # Errors
/// [`StoreError::Sealed`].
pub fn open_with(key: &Key, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    open(key, RECORD, context, sealed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_for_its_context_only() {
        let vault = Vault::new([7; 32]);
        let sealed = vault.seal("person/330502/1", [1; NONCE], "张三".as_bytes()).unwrap();
        assert_eq!(vault.open("person/330502/1", &sealed).unwrap().as_slice(), "张三".as_bytes());
        assert!(!sealed.windows(3).any(|w| w == "张".as_bytes()));
        assert!(matches!(vault.open("person/330502/2", &sealed), Err(StoreError::Sealed)));
        assert!(matches!(Vault::new([8; 32]).open("person/330502/1", &sealed), Err(StoreError::Sealed)));
        for i in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[i] ^= 1;
            assert!(vault.open("person/330502/1", &altered).is_err(), "byte {i}");
            assert!(vault.open("person/330502/1", &sealed[..i]).is_err(), "cut at {i}");
        }
    }

    #[test]
    fn a_key_of_a_person() {
        let vault = Vault::new([7; 32]);
        let wrapped = vault.wrap_key("p1", [2; NONCE], &Key::new([9; 32])).unwrap();
        let key = vault.unwrap_key("p1", &wrapped).unwrap();
        let sealed = seal_with(&key, "p1", [3; NONCE], b"record").unwrap();
        assert_eq!(open_with(&key, "p1", &sealed).unwrap().as_slice(), b"record");
        assert!(vault.unwrap_key("p2", &wrapped).is_err());
        // A wrapped key is no record, and a record no wrapped key.
        assert!(vault.open("p1", &wrapped).is_err());
        assert!(vault.unwrap_key("p1", &vault.seal("p1", [4; NONCE], &[0; 32]).unwrap()).is_err());
    }
}
