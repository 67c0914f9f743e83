//! C2SP tlog-checkpoint: origin, size and root of a log, and how a signed one is opened.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kernel::text::canonical_u64;

use crate::hash::Hash;
use crate::note::{Note, NoteError, Verified, VerifierKey};

/// What a log says about itself at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log. One line, not empty.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root of the tree of that size.
    pub root: Hash,
    /// Lines that follow; none in the checkpoints that this product writes.
    pub extensions: Vec<String>,
}

/// Why a checkpoint is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not origin, size and root on a line each.
    #[error("not a checkpoint (origin, size, root)")]
    Malformed,
    /// The log's key did not sign it.
    #[error("not signed by the log {origin}")]
    NotSignedByLog {
        /// Origin of the checkpoint.
        origin: String,
    },
    /// The note around it.
    #[error(transparent)]
    Note(#[from] NoteError),
}

impl Checkpoint {
    /// Without extension lines.
    pub fn new(origin: &str, size: u64, root: Hash) -> Checkpoint {
        Checkpoint { origin: origin.to_owned(), size, root, extensions: Vec::new() }
    }

    /// Opens a signed checkpoint: the log's key must have signed it and its name must be the
    /// origin; other known keys (witnesses) are checked when they signed.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn open(
        bytes: &[u8],
        log: &VerifierKey,
        witnesses: &[VerifierKey],
    ) -> Result<(Checkpoint, Verified), CheckpointError> {
        let note = Note::parse(bytes)?;
        let checkpoint: Checkpoint = note.text().parse()?;
        let mut keys = vec![log.clone()];
        keys.extend_from_slice(witnesses);
        let not_signed = || CheckpointError::NotSignedByLog { origin: checkpoint.origin.clone() };
        let verified = match note.verify(&keys) {
            Err(NoteError::NoKnownKey) => return Err(not_signed()),
            other => other?,
        };
        let by_log = checkpoint.origin == log.name() && verified.verified.iter().any(|v| v.name == log.name());
        if by_log { Ok((checkpoint, verified)) } else { Err(not_signed()) }
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, STANDARD.encode(self.root.as_bytes()))?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// Reads the text of a checkpoint, stricter than some: the root has 32 bytes, no line is empty.
impl FromStr for Checkpoint {
    type Err = CheckpointError;
    fn from_str(s: &str) -> Result<Self, CheckpointError> {
        let malformed = || CheckpointError::Malformed;
        let mut lines = s.strip_suffix('\n').ok_or_else(malformed)?.split('\n');
        let mut line = || lines.next().filter(|line| !line.is_empty()).ok_or_else(malformed);
        let origin = line()?.to_owned();
        let size = canonical_u64(line()?).ok_or_else(malformed)?;
        let root = STANDARD.decode(line()?).map_err(|_| CheckpointError::Malformed)?;
        let root = Hash::try_from_slice(&root).map_err(|_| CheckpointError::Malformed)?;
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if extensions.iter().any(String::is_empty) {
            return Err(CheckpointError::Malformed);
        }
        Ok(Checkpoint { origin, size, root, extensions })
    }
}
