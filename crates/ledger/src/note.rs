//! C2SP signed-note: a text with signatures under it, and the keys that check them. Ed25519
//! (type 0x01) and timestamped Ed25519 cosignatures (type 0x04); other keys are unknown keys.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};

use crate::hash::{hex_bytes, key_id};

/// Most signatures under a note (C2SP asks for at least 16).
pub const SIGNATURES_MAX: usize = 100;
/// Most bytes of a note.
pub const NOTE_BYTES_MAX: usize = 1_000_000;

/// Latest time of a cosignature, Unix seconds (C2SP tlog-cosignature: below 2^63).
pub const COSIGNATURE_TIME_MAX: u64 = i64::MAX.unsigned_abs();

/// Why a note or key is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    /// Not a signed note.
    #[error("not a signed note")]
    Malformed,
    /// Not a key of the form `name+hash+key`, or its hash does not fit, or another algorithm.
    #[error("not a key (name+hash+base64, Ed25519)")]
    Key,
    /// The name is empty or has a space, a plus sign or a control character.
    #[error("not a key name")]
    KeyName,
    /// Two of the given keys have the same name and hash.
    #[error("two keys are called {name}")]
    Ambiguous {
        /// Name of the keys.
        name: String,
    },
    /// A signature of a known key does not hold: the whole note is refused.
    #[error("the signature of {name} does not hold")]
    InvalidSignature {
        /// Name of the key.
        name: String,
    },
    /// No signature is of a known key.
    #[error("no signature is of a known key")]
    NoKnownKey,
    /// The text is not one that can be signed: it must end with a line feed and have no other
    /// control character.
    #[error("not a text that can be signed")]
    Text,
    /// The time of a cosignature is out of range.
    #[error("not a time that can be signed")]
    Time,
}

/// What the signatures of a key sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// The note's text (0x01).
    Ed25519,
    /// Time and text (0x04).
    CosignatureV1,
}

impl KeyKind {
    /// The byte before a key that says what it is.
    pub(crate) const fn byte(self) -> u8 {
        match self {
            KeyKind::Ed25519 => 0x01,
            KeyKind::CosignatureV1 => 0x04,
        }
    }
}

/// What a cosignature signs: its time and the text (C2SP tlog-cosignature).
pub(crate) fn cosigned_message(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}

/// A public key with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    kind: KeyKind,
    key: VerifyingKey,
}

/// Is this a key name of signed-note?
pub(crate) fn is_key_name(name: &str) -> bool {
    !name.is_empty() && !name.chars().any(|c| c.is_whitespace() || c.is_control() || c == '+')
}

/// Splits `name+hash+base64`, checking name and hash.
pub(crate) fn split_key(text: &str) -> Result<(&str, [u8; 4], Vec<u8>), NoteError> {
    let mut parts = text.splitn(3, '+');
    let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(NoteError::Key);
    };
    let id: &[u8; 8] = id.as_bytes().try_into().map_err(|_| NoteError::Key)?;
    let mut bytes = [0_u8; 4];
    if !hex_bytes(id, &mut bytes) {
        return Err(NoteError::Key);
    }
    if !is_key_name(name) {
        return Err(NoteError::KeyName);
    }
    Ok((name, bytes, STANDARD.decode(key).map_err(|_| NoteError::Key)?))
}

impl VerifierKey {
    pub(crate) fn new(name: &str, kind: KeyKind, key: VerifyingKey) -> VerifierKey {
        let mut out = VerifierKey { name: name.to_owned(), id: [0; 4], kind, key };
        out.id = key_id(name, &out.typed());
        out
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// First four bytes of its hash.
    pub const fn id(&self) -> [u8; 4] {
        self.id
    }

    /// The public key itself, without name and type: two keys are the same key when it is equal.
    pub fn public_key(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// What its signatures sign.
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    fn typed(&self) -> Vec<u8> {
        [&[self.kind.byte()], self.key.as_bytes().as_slice()].concat()
    }

    /// Checks one signature (without its key id) over a text. The time of a cosignature, in Unix
    /// seconds, if it has one.
    fn check(&self, text: &str, signature: &[u8]) -> Result<Option<u64>, NoteError> {
        let invalid = || NoteError::InvalidSignature { name: self.name.clone() };
        let (time, signature) = match self.kind {
            KeyKind::Ed25519 => (None, signature),
            KeyKind::CosignatureV1 => {
                let (time, rest) = signature.split_first_chunk::<8>().ok_or_else(invalid)?;
                // C2SP tlog-cosignature: a time is at most 2^63 - 1.
                let time = Some(u64::from_be_bytes(*time)).filter(|&time| time <= COSIGNATURE_TIME_MAX);
                (Some(time.ok_or_else(invalid)?), rest)
            }
        };
        let signature = Signature::from_slice(signature).map_err(|_| invalid())?;
        let message = time.map(|time| cosigned_message(time, text));
        let message = message.as_deref().unwrap_or(text);
        self.key.verify_strict(message.as_bytes(), &signature).map_err(|_| invalid())?;
        Ok(time)
    }
}

/// `name+hash+base64`, a C2SP vkey.
impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.id;
        write!(f, "{}+{a:02x}{b:02x}{c:02x}{d:02x}+{}", self.name, STANDARD.encode(self.typed()))
    }
}

impl FromStr for VerifierKey {
    type Err = NoteError;
    fn from_str(s: &str) -> Result<Self, NoteError> {
        let (name, id, typed) = split_key(s)?;
        let (kind, key) = typed.split_first().ok_or(NoteError::Key)?;
        let kind = match kind {
            0x01 => KeyKind::Ed25519,
            0x04 => KeyKind::CosignatureV1,
            _ => return Err(NoteError::Key),
        };
        let key: &[u8; 32] = key.try_into().map_err(|_| NoteError::Key)?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| NoteError::Key)?;
        let out = VerifierKey::new(name, kind, key);
        if out.id == id { Ok(out) } else { Err(NoteError::Key) }
    }
}

/// A signature line, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteSignature {
    /// Name of the key.
    pub name: String,
    /// First four bytes of the key's hash.
    pub id: [u8; 4],
    /// The signature, for type 0x04 with its time.
    pub signature: Vec<u8>,
}

/// A signed note, taken apart but not checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// A signature that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedSignature {
    /// Name of the key.
    pub name: String,
    /// First four bytes of the key's hash.
    pub id: [u8; 4],
    /// Time of a cosignature, in Unix seconds.
    pub time: Option<u64>,
}

/// Which signatures of a note hold, and which are of keys that the caller does not know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// One for each known key that signed.
    pub verified: Vec<VerifiedSignature>,
    /// Names of the unknown keys, once for each different line.
    pub unverified: Vec<String>,
}

/// Can this text stand above signatures?
pub(crate) fn is_signable(text: &str) -> bool {
    text.ends_with('\n') && !text.bytes().any(|b| b < 0x20 && b != b'\n')
}

impl Note {
    /// Takes a signed note apart.
    ///
    /// # Errors
    /// [`NoteError::Malformed`].
    pub fn parse(bytes: &[u8]) -> Result<Note, NoteError> {
        let malformed = || NoteError::Malformed;
        if bytes.len() > NOTE_BYTES_MAX {
            return Err(NoteError::Malformed);
        }
        let note = std::str::from_utf8(bytes).map_err(|_| NoteError::Malformed)?;
        if !is_signable(note) {
            return Err(NoteError::Malformed);
        }
        let blank = note.rfind("\n\n").ok_or_else(malformed)?;
        let (text, lines) = note.split_at_checked(blank.saturating_add(1)).ok_or_else(malformed)?;
        let lines = lines.strip_prefix('\n').and_then(|l| l.strip_suffix('\n')).ok_or_else(malformed)?;
        let mut signatures = Vec::new();
        for line in lines.split('\n') {
            let (name, signature) =
                line.strip_prefix("— ").and_then(|rest| rest.split_once(' ')).ok_or_else(malformed)?;
            let signature = STANDARD.decode(signature).map_err(|_| NoteError::Malformed)?;
            let (id, signature) = signature.split_first_chunk::<4>().ok_or_else(malformed)?;
            if !is_key_name(name) || signature.is_empty() || signatures.len() >= SIGNATURES_MAX {
                return Err(NoteError::Malformed);
            }
            signatures.push(NoteSignature { name: name.to_owned(), id: *id, signature: signature.to_vec() });
        }
        Ok(Note { text: text.to_owned(), signatures })
    }

    /// The signed text, with its final line feed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures as they stand.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Checks every signature of a known key; unknown keys are ignored.
    ///
    /// # Errors
    /// [`NoteError::InvalidSignature`] when one of a known key does not hold,
    /// [`NoteError::NoKnownKey`], [`NoteError::Ambiguous`].
    pub fn verify(&self, keys: &[VerifierKey]) -> Result<Verified, NoteError> {
        let mut out = Verified::default();
        let mut unknown: Vec<&NoteSignature> = Vec::new();
        for signature in &self.signatures {
            let mut matching = keys.iter().filter(|key| key.name == signature.name && key.id == signature.id);
            let Some(key) = matching.next() else {
                if !unknown.contains(&signature) {
                    unknown.push(signature);
                    out.unverified.push(signature.name.clone());
                }
                continue;
            };
            if matching.next().is_some() {
                return Err(NoteError::Ambiguous { name: key.name.clone() });
            }
            let time = key.check(&self.text, &signature.signature)?;
            let verified = VerifiedSignature { name: key.name.clone(), id: key.id, time };
            if !out.verified.contains(&verified) {
                out.verified.push(verified);
            }
        }
        if out.verified.is_empty() { Err(NoteError::NoKnownKey) } else { Ok(out) }
    }
}

/// The line under a note.
impl fmt::Display for NoteSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [self.id.as_slice(), &self.signature].concat();
        writeln!(f, "— {} {}", self.name, STANDARD.encode(bytes))
    }
}

/// The note again, as it is written.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| signature.fmt(f))
    }
}
