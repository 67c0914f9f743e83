//! SHA-256 and everything that is made of it: leaf and node hashes, tagged digests, commitments,
//! keyed fingerprints. No other file of the product names SHA-256.

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// 32 bytes made by SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

/// The text is not 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a hash (64 lower-case hexadecimal digits)")]
pub struct HashError;

impl Hash {
    /// What stands before the first link of a chain.
    pub const ZERO: Hash = Hash([0; 32]);

    /// From its bytes.
    pub const fn new(bytes: [u8; 32]) -> Hash {
        Hash(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// From a column or a file: exactly 32 bytes.
    ///
    /// # Errors
    /// [`HashError`].
    pub fn try_from_slice(bytes: &[u8]) -> Result<Hash, HashError> {
        bytes.try_into().map(Hash).map_err(|_| HashError)
    }

    /// Equality in constant time, where one side is a secret.
    pub fn ct_eq(&self, other: &Hash) -> bool {
        subtle::ConstantTimeEq::ct_eq(self.0.as_slice(), other.0.as_slice()).into()
    }

    /// The 64 digits, without allocating.
    pub fn hex(&self) -> [u8; 64] {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut out = [0_u8; 64];
        for (pair, byte) in out.chunks_exact_mut(2).zip(self.0) {
            pair[0] = DIGITS[usize::from(byte >> 4)];
            pair[1] = DIGITS[usize::from(byte & 15)];
        }
        out
    }

    /// The inverse of [`Hash::hex`]; `None` for any other spelling.
    pub fn from_hex(digits: &[u8]) -> Option<Hash> {
        let digits: &[u8; 64] = digits.try_into().ok()?;
        let mut out = [0_u8; 32];
        hex_bytes(digits, &mut out).then_some(Hash(out))
    }
}

/// The bytes of lower-case hexadecimal digits, eight digits at a time without a branch for each;
/// `false` when one of them is something else. Two digits for each byte, as many as `out` has.
#[inline]
pub(crate) fn hex_bytes(digits: &[u8], out: &mut [u8]) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let mut wrong = u64::from(digits.len() != out.len().saturating_mul(2));
    for (four, eight) in out.chunks_exact_mut(4).zip(digits.as_chunks::<8>().0) {
        let text = u64::from_le_bytes(*eight);
        // Letters have bit 6; their low bits begin with 1 for `a`.
        let letters = (text >> 6) & ONES;
        let values = (text & (ONES * 15)) + letters * 9;
        // What these values are written as must be what stands there.
        let written = values + ONES * 0x30 + (((values + ONES * 6) >> 4) & ONES) * 39;
        wrong |= (written ^ text) | (values & (ONES * 0xf0));
        let pairs = ((values << 4) | (values >> 8)) & 0x00ff_00ff_00ff_00ff;
        let quads = (pairs | (pairs >> 8)) & 0x0000_ffff_0000_ffff;
        let packed = quads | (quads >> 16);
        let [a, b, c, d, ..] = packed.to_le_bytes();
        four.copy_from_slice(&[a, b, c, d]);
    }
    wrong == 0
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.hex().iter().try_for_each(|&b| fmt::Write::write_char(f, char::from(b)))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

impl FromStr for Hash {
    type Err = HashError;
    fn from_str(s: &str) -> Result<Self, HashError> {
        Hash::from_hex(s.as_bytes()).ok_or(HashError)
    }
}

fn sha256(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    Hash(hasher.finalize().into())
}

/// SHA-256 of a file as it is, so that everybody can compare it with a tool of their own.
pub fn file_digest(bytes: &[u8]) -> Hash {
    sha256(&[bytes])
}

/// Leaf hash of an entry: `SHA-256(0x00 || bytes)` (RFC 6962, 2.1).
pub fn leaf_hash(entry: &[u8]) -> Hash {
    sha256(&[&[0], entry])
}

/// Hash of an inner node: `SHA-256(0x01 || left || right)` (RFC 6962, 2.1).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut preimage = [1_u8; 65];
    preimage[1..33].copy_from_slice(&left.0);
    preimage[33..].copy_from_slice(&right.0);
    sha256(&[&preimage])
}

/// Root of the tree without leaves: `SHA-256("")`.
pub fn empty_root() -> Hash {
    sha256(&[])
}

/// SHA-256 of a log's origin, plain: the name under which a witness shows its checkpoint.
pub(crate) fn digest_of_origin(origin: &str) -> Hash {
    sha256(&[origin.as_bytes()])
}

/// First bytes of an Ed25519 key's id: `SHA-256(name || 0x0A || type || key)` (C2SP signed-note).
pub(crate) fn key_id(name: &str, typed_key: &[u8]) -> [u8; 4] {
    let hash = sha256(&[name.as_bytes(), b"\n", typed_key]);
    [hash.0[0], hash.0[1], hash.0[2], hash.0[3]]
}

/// Domain tags: the same bytes under two tags never have the same digest.
pub mod tags {
    /// A signed contract document.
    pub const DOCUMENT: &str = "tutela/document/1";
    /// A version of a region's policy.
    pub const POLICY: &str = "tutela/policy/1";
    /// The text of a drafted version of a region's rules.
    pub const POLICY_DOCUMENT: &str = "tutela/policy-document/1";
    /// A version of the model contract's text.
    pub const CONTRACT_TEMPLATE: &str = "tutela/contract-template/1";
    /// A bank's reference of a payment or payout.
    pub const BANK_REFERENCE: &str = "tutela/bank-reference/1";
    /// The number of an account at a bank.
    pub const BANK_ACCOUNT: &str = "tutela/bank-account/1";
    /// A statement as the bank gave it.
    pub const BANK_FILE: &str = "tutela/bank-file/1";
    /// A commitment to personal data or free text kept outside the ledger.
    pub const COMMIT: &str = "tutela/commit/1";
    /// The facts that an alert lists.
    pub const ALERT_FACTS: &str = "tutela/alert-facts/1";
    /// What keeps the leaf of a contract in a seal from being guessed.
    pub const SEAL_BLIND: &str = "tutela/seal-blind/1";
    /// What a seal states of one contract.
    pub const SEAL_LEAF: &str = "tutela/seal-leaf/1";
    /// How the balance of a contract is split on a day.
    pub const SEAL_SPLIT: &str = "tutela/seal-split/1";
    /// One of the two shares of a contract.
    pub const SEAL_SHARE: &str = "tutela/seal-share/1";
    /// An inner node of the tree of sums.
    pub const SEAL_NODE: &str = "tutela/seal-node/1";
}

/// `sha256-` and the SHA-256 of the bytes in base64: how a Content-Security-Policy names a script.
pub fn csp_source(bytes: &[u8]) -> String {
    format!(
        "sha256-{}",
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, sha256(&[bytes]).as_bytes())
    )
}

/// `SHA-256(tag || 0x00 || bytes)`, for documents, policies and bank references. `tag` has no NUL.
pub fn digest(tag: &str, bytes: &[u8]) -> Hash {
    sha256(&[tag.as_bytes(), &[0], bytes])
}

/// `SHA-256(tag || 0x00 || salt || bytes)`: binds a record that lives outside the ledger without
/// telling what it says; when record and salt are erased nothing can be learned from it.
pub fn commit(tag: &str, salt: &[u8; 32], bytes: &[u8]) -> Hash {
    sha256(&[tag.as_bytes(), &[0], salt, bytes])
}

/// HMAC-SHA256: fingerprints for comparing requests without keeping what they said.
pub fn keyed(key: &[u8; 32], bytes: &[u8]) -> Hash {
    // HMAC takes keys of any length, so the error of `new_from_slice` has no case.
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => Hash(mac.chain_update(bytes).finalize().into_bytes().into()),
        Err(_) => Hash::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        assert_eq!(empty_root().to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(leaf_hash(b"").to_string(), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        // RFC 4231, case 1, key padded with zeros to 32 bytes (HMAC pads keys with zeros).
        let mut key = [0; 32];
        key[..20].fill(0x0b);
        assert_eq!(
            keyed(&key, b"Hi There").to_string(),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
        );
    }

    #[test]
    fn hexadecimal_digits_are_read_as_they_are_written() {
        // Every byte in every place of eight digits: a digit there is read, nothing else is.
        for at in 0..8 {
            for byte in 0..=u8::MAX {
                let mut digits = *b"0123abcd";
                digits[at] = byte;
                let mut out = [0; 4];
                let expected = match byte {
                    b'0'..=b'9' => Some(byte - b'0'),
                    b'a'..=b'f' => Some(byte - b'a' + 10),
                    _ => None,
                };
                assert_eq!(hex_bytes(&digits, &mut out), expected.is_some(), "{byte} at {at}");
                if let Some(value) = expected {
                    let read = if at % 2 == 0 { out[at / 2] >> 4 } else { out[at / 2] & 15 };
                    assert_eq!(read, value, "{byte} at {at}");
                    let others: String = out.iter().map(|byte| format!("{byte:02x}")).collect();
                    assert_eq!(others.as_bytes(), digits, "{byte} at {at}");
                }
            }
        }
        assert!(!hex_bytes(b"0123abc", &mut [0; 4]) && !hex_bytes(b"0123abcd0", &mut [0; 4]));
    }

    #[test]
    fn one_spelling() {
        let hash = digest(tags::DOCUMENT, b"x");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert!(hash.to_string().to_uppercase().parse::<Hash>().is_err());
        assert!(hash.to_string()[1..].parse::<Hash>().is_err());
        assert_ne!(digest(tags::POLICY, b"x"), hash);
        assert_ne!(commit(tags::COMMIT, &[0; 32], b"x"), commit(tags::COMMIT, &[1; 32], b"x"));
        assert!(hash.ct_eq(&hash) && !hash.ct_eq(&Hash::ZERO));
    }
}
