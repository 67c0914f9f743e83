//! C2SP tlog-cosignature: what a witness says under a checkpoint, namely that at this time it was
//! the largest tree of that log that it had seen. Timestamped Ed25519 (type 0x04).

use std::fmt;

use ed25519_dalek::{Signer, SigningKey};
use zeroize::Zeroizing;

use crate::note::{
    COSIGNATURE_TIME_MAX, KeyKind, Note, NoteError, NoteSignature, VerifierKey, cosigned_message, is_key_name,
    is_signable,
};
use crate::signer::{split_skey, write_skey};

/// A witness's Ed25519 key with its name; wiped from memory when dropped. Its seed comes from
/// outside; this file makes no randomness.
pub struct WitnessKey {
    key: SigningKey,
    public: VerifierKey,
}

impl WitnessKey {
    /// From 32 random bytes, which nothing else may use as a key.
    ///
    /// # Errors
    /// [`NoteError::KeyName`].
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<WitnessKey, NoteError> {
        if !is_key_name(name) {
            return Err(NoteError::KeyName);
        }
        let key = SigningKey::from_bytes(seed);
        let public = VerifierKey::new(name, KeyKind::CosignatureV1, key.verifying_key());
        Ok(WitnessKey { key, public })
    }

    /// From `PRIVATE+KEY+name+hash+base64`, as it is kept in a file. The type before the seed is 0x04;
    /// a file of type 0x01, as Go's `note.GenerateKey` makes them for witnesses too, is read as well.
    ///
    /// # Errors
    /// [`NoteError::Key`], [`NoteError::KeyName`].
    pub fn from_skey(text: &str) -> Result<WitnessKey, NoteError> {
        let parts = split_skey(text)?;
        let key = WitnessKey::from_seed(parts.name, &parts.seed)?;
        let named = match parts.kind {
            KeyKind::CosignatureV1 => key.public.id(),
            KeyKind::Ed25519 => VerifierKey::new(parts.name, KeyKind::Ed25519, key.key.verifying_key()).id(),
        };
        if named == parts.id { Ok(key) } else { Err(NoteError::Key) }
    }

    /// The text that [`WitnessKey::from_skey`] reads. A secret.
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

    /// Cosigns the text of a checkpoint at a time, Unix seconds, at most [`COSIGNATURE_TIME_MAX`].
    /// Whether it may be cosigned is decided in [`crate::witness`].
    ///
    /// # Errors
    /// [`NoteError::Text`]; [`NoteError::Time`].
    pub fn cosign(&self, text: &str, time: u64) -> Result<NoteSignature, NoteError> {
        if !is_signable(text) {
            return Err(NoteError::Text);
        }
        if time > COSIGNATURE_TIME_MAX {
            return Err(NoteError::Time);
        }
        let signed = self.key.sign(cosigned_message(time, text).as_bytes());
        let signature = [time.to_be_bytes().as_slice(), &signed.to_bytes()].concat();
        Ok(NoteSignature { name: self.public.name().to_owned(), id: self.public.id(), signature })
    }
}

/// Shows the name only.
impl fmt::Debug for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WitnessKey").field("name", &self.public.name()).finish_non_exhaustive()
    }
}

/// A cosignature that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosignature {
    /// The line under the note, without its line feed.
    pub line: String,
    /// When the witness signed, Unix seconds.
    pub time: u64,
}

/// Takes the cosignature of one witness out of its answer: note signature lines, of which those of
/// other keys are ignored. It must hold over the text of the given note.
///
/// # Errors
/// [`NoteError`]: not such lines, none of this key, or one that does not hold.
pub fn cosignature_in(answer: &str, note: &Note, witness: &VerifierKey) -> Result<Cosignature, NoteError> {
    let note = Note::parse(format!("{}\n{answer}", note.text()).as_bytes())?;
    let verified = note.verify(std::slice::from_ref(witness))?;
    let of_witness = |signature: &&NoteSignature| signature.name == witness.name() && signature.id == witness.id();
    let time = verified.verified.first().and_then(|verified| verified.time);
    let line = note.signatures().iter().find(of_witness).map(|signature| signature.to_string().trim_end().to_owned());
    time.zip(line).map(|(time, line)| Cosignature { line, time }).ok_or(NoteError::NoKnownKey)
}

/// A signed note with more signature lines under it, each without its line feed; those that it has
/// already are left out.
pub fn with_lines<'a>(note: &str, lines: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = note.to_owned();
    for line in lines {
        if !out.lines().any(|there| there == line) {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}
