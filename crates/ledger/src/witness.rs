//! C2SP tlog-witness: the request `add-checkpoint`, and whether a witness may cosign what it brings.
//! Keeping what was cosigned, before the answer leaves, is the caller's part.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kernel::text::canonical_u64;

use crate::checkpoint::Checkpoint;
use crate::hash::{Hash, digest_of_origin, empty_root};
use crate::merkle::verify_consistency;
use crate::note::{KeyKind, NOTE_BYTES_MAX, Note, VerifierKey};

/// Most hashes of a consistency proof in a request.
pub const PROOF_LINES_MAX: usize = 63;
/// Most bytes of a request: `old` with its number, the proof, the note.
pub const REQUEST_BYTES_MAX: usize = NOTE_BYTES_MAX + 4096;

/// A request to cosign a checkpoint, taken apart but not checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    old: u64,
    proof: Vec<Hash>,
    text: String,
    /// The note as it came.
    written: String,
    /// None where what stands under the text cannot be read: then nobody signed it.
    note: Option<Note>,
    checkpoint: Checkpoint,
}

/// The bytes are not an `add-checkpoint` request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an add-checkpoint request: old size, at most 63 proof lines, empty line, checkpoint")]
pub struct AddCheckpointError;

impl AddCheckpoint {
    /// From the size that the witness has, the consistency proof from there, and the signed
    /// checkpoint.
    ///
    /// # Errors
    /// [`AddCheckpointError`]: too many hashes, or the note is no checkpoint.
    pub fn new(old: u64, proof: Vec<Hash>, note: &str) -> Result<AddCheckpoint, AddCheckpointError> {
        let text = note.rfind("\n\n").and_then(|blank| note.get(..blank.saturating_add(1)));
        let text = text.filter(|_| proof.len() <= PROOF_LINES_MAX).ok_or(AddCheckpointError)?.to_owned();
        let checkpoint = text.parse().map_err(|_| AddCheckpointError)?;
        let written = note.to_owned();
        Ok(AddCheckpoint { old, proof, text, note: Note::parse(note.as_bytes()).ok(), written, checkpoint })
    }

    /// From the body of a request.
    ///
    /// # Errors
    /// [`AddCheckpointError`].
    pub fn parse(body: &[u8]) -> Result<AddCheckpoint, AddCheckpointError> {
        if body.len() > REQUEST_BYTES_MAX {
            return Err(AddCheckpointError);
        }
        std::str::from_utf8(body).map_err(|_| AddCheckpointError)?.parse()
    }

    /// The checkpoint that it brings.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The text that its signatures are under, and that a cosignature is over.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signed note as it came.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// What a witness answers: given the keys that it trusts for this origin (none: it does not
    /// know the log) and the latest tree of the origin that it cosigned.
    ///
    /// # Errors
    /// [`Refusal`], the first that applies in the order of its cases.
    pub fn decide(&self, keys: &[VerifierKey], last: Option<SeenTree>) -> Result<SeenTree, Refusal> {
        let Checkpoint { origin, size, root, .. } = &self.checkpoint;
        let (size, root) = (*size, *root);
        let trusted: Vec<VerifierKey> =
            keys.iter().filter(|key| key.name() == origin && key.kind() == KeyKind::Ed25519).cloned().collect();
        if trusted.is_empty() {
            return Err(Refusal::UnknownLog);
        }
        if self.note.as_ref().is_none_or(|note| note.verify(&trusted).is_err()) {
            return Err(Refusal::NotSigned);
        }
        if self.old > size {
            return Err(Refusal::OldAboveNew);
        }
        let last = last.unwrap_or(SeenTree { size: 0, root: empty_root() });
        if self.old != last.size {
            return Err(Refusal::OtherSize { size: last.size });
        }
        if size == last.size && size > 0 && root != last.root {
            return Err(Refusal::OtherRoot { size });
        }
        // Every tree grows from none: there the proof is empty, and only the tree of no leaves has a
        // root that is known beforehand.
        let grown = if self.old == 0 && size > 0 {
            self.proof.is_empty()
        } else {
            verify_consistency(self.old, &last.root, size, &root, &self.proof).is_ok()
        };
        if grown { Ok(SeenTree { size, root }) } else { Err(Refusal::NotConsistent) }
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old)?;
        self.proof.iter().try_for_each(|hash| writeln!(f, "{}", STANDARD.encode(hash.as_bytes())))?;
        write!(f, "\n{}", self.written)
    }
}

impl FromStr for AddCheckpoint {
    type Err = AddCheckpointError;
    fn from_str(s: &str) -> Result<Self, AddCheckpointError> {
        let (head, note) = s.split_once("\n\n").ok_or(AddCheckpointError)?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).and_then(canonical_u64);
        let proof = lines
            .take(PROOF_LINES_MAX + 1)
            .map(|line| STANDARD.decode(line).ok().and_then(|bytes| Hash::try_from_slice(&bytes).ok()))
            .collect::<Option<Vec<Hash>>>();
        let (Some(old), Some(proof)) = (old, proof) else { return Err(AddCheckpointError) };
        AddCheckpoint::new(old, proof, note)
    }
}

/// A tree of a log: what a witness remembers of the latest one that it cosigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenTree {
    /// Entries.
    pub size: u64,
    /// Root.
    pub root: Hash,
}

/// Why a witness does not cosign, in the order in which it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It has no key for the origin of the checkpoint.
    #[error("unknown log")]
    UnknownLog,
    /// No key of the log signed the checkpoint, or the signature of one does not hold.
    #[error("invalid signature")]
    NotSigned,
    /// The old size is above that of the checkpoint.
    #[error("old size above that of the checkpoint")]
    OldAboveNew,
    /// The latest tree that it cosigned has another size than the old size.
    #[error("the latest cosigned size is {size}")]
    OtherSize {
        /// Size of the latest cosigned tree, 0 for none.
        size: u64,
    },
    /// It cosigned a tree of this size with another root: the log shows two faces.
    #[error("another root was cosigned at size {size}")]
    OtherRoot {
        /// The size of both.
        size: u64,
    },
    /// The checkpoint is not shown to continue the latest tree that it cosigned.
    #[error("consistency proof does not hold")]
    NotConsistent,
}

/// Under which name a witness shows the latest checkpoint of a log: SHA-256 of its origin, as 64
/// hexadecimal digits (C2SP tlog-witness, monitoring).
pub fn origin_digest(origin: &str) -> Hash {
    digest_of_origin(origin)
}
