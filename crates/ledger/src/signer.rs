//! The log's private key. Its seed comes from outside; this file makes no randomness.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer, SigningKey};
use zeroize::Zeroizing;

use crate::checkpoint::Checkpoint;
use crate::note::{KeyKind, NoteError, VerifierKey, is_key_name, is_signable, split_key};

/// The parts of a private key as it is kept in a file.
pub(crate) struct SkeyParts<'a> {
    pub(crate) name: &'a str,
    pub(crate) id: [u8; 4],
    pub(crate) kind: KeyKind,
    pub(crate) seed: Zeroizing<[u8; 32]>,
}

/// Takes `PRIVATE+KEY+name+hash+base64` apart. Whether the hash fits is for the caller to see.
pub(crate) fn split_skey(text: &str) -> Result<SkeyParts<'_>, NoteError> {
    let rest = text.strip_prefix("PRIVATE+KEY+").ok_or(NoteError::Key)?;
    let (name, id, typed) = split_key(rest)?;
    let typed = Zeroizing::new(typed);
    let (kind, seed) = match typed.split_first() {
        Some((0x01, seed)) => (KeyKind::Ed25519, seed),
        Some((0x04, seed)) => (KeyKind::CosignatureV1, seed),
        Some(_) | None => return Err(NoteError::Key),
    };
    Ok(SkeyParts { name, id, kind, seed: Zeroizing::new(seed.try_into().map_err(|_| NoteError::Key)?) })
}

/// The text that [`split_skey`] reads.
pub(crate) fn write_skey(public: &VerifierKey, key: &SigningKey) -> Zeroizing<String> {
    let typed = Zeroizing::new([&[public.kind().byte()], key.as_bytes().as_slice()].concat());
    let [a, b, c, d] = public.id();
    let mut out = Zeroizing::new(format!("PRIVATE+KEY+{}+{a:02x}{b:02x}{c:02x}{d:02x}+", public.name()));
    STANDARD.encode_string(typed.as_slice(), &mut out);
    out
}

/// An Ed25519 key with its name; wiped from memory when dropped.
pub struct LogKey {
    key: SigningKey,
    public: VerifierKey,
}

impl LogKey {
    /// From 32 random bytes. The name of a log's key is the log's origin.
    ///
    /// # Errors
    /// [`NoteError::KeyName`].
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<LogKey, NoteError> {
        if !is_key_name(name) {
            return Err(NoteError::KeyName);
        }
        let key = SigningKey::from_bytes(seed);
        let public = VerifierKey::new(name, KeyKind::Ed25519, key.verifying_key());
        Ok(LogKey { key, public })
    }

    /// From `PRIVATE+KEY+name+hash+base64`, as it is kept in a file.
    ///
    /// # Errors
    /// [`NoteError::Key`], [`NoteError::KeyName`].
    pub fn from_skey(text: &str) -> Result<LogKey, NoteError> {
        let parts = split_skey(text)?;
        let key = LogKey::from_seed(parts.name, &parts.seed)?;
        if parts.kind == KeyKind::Ed25519 && key.public.id() == parts.id { Ok(key) } else { Err(NoteError::Key) }
    }

    /// The text that [`LogKey::from_skey`] reads. A secret.
    pub fn to_skey(&self) -> Zeroizing<String> {
        write_skey(&self.public, &self.key)
    }

    /// The public key.
    pub const fn verifier(&self) -> &VerifierKey {
        &self.public
    }

    /// The public key as text, a C2SP vkey.
    pub fn vkey(&self) -> String {
        self.public.to_string()
    }

    /// The text with this key's signature under it.
    ///
    /// # Errors
    /// [`NoteError::Text`].
    pub fn sign_note(&self, text: &str) -> Result<String, NoteError> {
        if !is_signable(text) {
            return Err(NoteError::Text);
        }
        let signature = self.key.sign(text.as_bytes());
        let id = self.public.id();
        let bytes = [id.as_slice(), &signature.to_bytes()].concat();
        Ok(format!("{text}\n— {} {}\n", self.public.name(), STANDARD.encode(bytes)))
    }

    /// A signed checkpoint.
    ///
    /// # Errors
    /// [`NoteError::Text`].
    pub fn sign_checkpoint(&self, checkpoint: &Checkpoint) -> Result<String, NoteError> {
        self.sign_note(&checkpoint.to_string())
    }
}

/// Shows the name only.
impl fmt::Debug for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogKey").field("name", &self.public.name()).finish_non_exhaustive()
    }
}
