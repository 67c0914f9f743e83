//! C2SP tlog-proof: a file that proves that an entry is in a log.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kernel::text::canonical_u64;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::hash::Hash;
use crate::merkle::{MerkleError, verify_inclusion};
use crate::note::{Verified, VerifierKey};

const MAGIC: &str = "c2sp.org/tlog-proof@v1";

/// Index, inclusion proof and signed checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlogProof {
    /// Bytes that no signature covers; none in the proofs that this product writes.
    pub extra: Option<Vec<u8>>,
    /// Index of the leaf.
    pub index: u64,
    /// The inclusion proof, at most 63 hashes.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint, as its note is written.
    pub checkpoint: String,
}

/// Why a proof is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// Not a tlog-proof file.
    #[error("not a tlog-proof")]
    Malformed,
    /// Its checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// Its hashes.
    #[error(transparent)]
    Merkle(#[from] MerkleError),
}

impl TlogProof {
    /// Does it prove, with this key, that the leaf is in the log?
    ///
    /// # Errors
    /// [`ProofError`] when it does not.
    pub fn verify(
        &self,
        leaf: &Hash,
        log: &VerifierKey,
        witnesses: &[VerifierKey],
    ) -> Result<(Checkpoint, Verified), ProofError> {
        let (checkpoint, verified) = Checkpoint::open(self.checkpoint.as_bytes(), log, witnesses)?;
        verify_inclusion(leaf, self.index, checkpoint.size, &self.hashes, &checkpoint.root)?;
        Ok((checkpoint, verified))
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{MAGIC}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        self.hashes.iter().try_for_each(|hash| writeln!(f, "{}", STANDARD.encode(hash.as_bytes())))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for TlogProof {
    type Err = ProofError;
    fn from_str(s: &str) -> Result<Self, ProofError> {
        let malformed = || ProofError::Malformed;
        let (head, checkpoint) = s.split_once("\n\n").ok_or_else(malformed)?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(MAGIC) || checkpoint.is_empty() {
            return Err(ProofError::Malformed);
        }
        let extra = match lines.next_if(|line| line.starts_with("extra ")) {
            Some(line) => Some(STANDARD.decode(line.trim_start_matches("extra ")).map_err(|_| ProofError::Malformed)?),
            None => None,
        };
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(canonical_u64);
        let index = index.ok_or_else(malformed)?;
        let hashes = lines
            .map(|line| STANDARD.decode(line).ok().and_then(|bytes| Hash::try_from_slice(&bytes).ok()))
            .collect::<Option<Vec<Hash>>>()
            .filter(|hashes| hashes.len() <= 63)
            .ok_or_else(malformed)?;
        Ok(TlogProof { extra, index, hashes, checkpoint: checkpoint.to_owned() })
    }
}
