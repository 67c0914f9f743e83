//! The receipt: one entry, the proof that it is in the log, and the log's key, in a file that is
//! checked without anybody's help.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::entry::{Entry, decode};
use crate::finding::{Detail, Finding, InvariantId, Unchecked, Verdict};
use crate::hash::{Hash, leaf_hash};
use crate::note::{Verified, VerifierKey};
use crate::proof::{ProofError, TlogProof};

const MAGIC: &str = "tutela-receipt/v1";

/// Most bytes of a receipt.
pub const RECEIPT_BYTES_MAX: usize = 300_000;

/// Not a receipt file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a tutela-receipt/v1 file")]
pub struct ReceiptError;

/// A receipt, taken apart but not checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The log's key as the file gives it.
    pub log: VerifierKey,
    /// Bytes of the entry.
    pub entry: Vec<u8>,
    /// Index, inclusion proof and signed checkpoint.
    pub proof: TlogProof,
}

/// What a check of a receipt found.
#[derive(Clone, Debug)]
pub struct ReceiptReport {
    /// The answer.
    pub verdict: Verdict,
    /// The entry, when its bytes are one.
    pub entry: Option<Entry>,
    /// Leaf hash of the entry's bytes.
    pub leaf: Hash,
    /// The checkpoint, when its signature holds.
    pub checkpoint: Option<Checkpoint>,
    /// Whose signatures hold.
    pub signatures: Verified,
    /// What was not checked.
    pub unchecked: Vec<Unchecked>,
}

impl Receipt {
    /// Checks it: with the log's key as known from outside, or else with the key in the file, which
    /// can never be enough.
    pub fn verify(&self, key: Option<&VerifierKey>, witnesses: &[VerifierKey]) -> ReceiptReport {
        let leaf = leaf_hash(&self.entry);
        let mut unchecked = vec![Unchecked::Later];
        if key.is_none() {
            unchecked.push(Unchecked::KeyFromOutside);
        }
        let mut report = ReceiptReport {
            verdict: Verdict::Holds,
            entry: None,
            leaf,
            checkpoint: None,
            signatures: Verified::default(),
            unchecked,
        };
        let first = self.check(key, witnesses, &mut report).err();
        if report.entry.as_ref().is_some_and(|entry| entry.header.commit.is_some()) {
            report.unchecked.push(Unchecked::Commitments);
        }
        report.verdict = Verdict::of(first, &report.unchecked);
        report
    }

    fn check(
        &self,
        key: Option<&VerifierKey>,
        witnesses: &[VerifierKey],
        report: &mut ReceiptReport,
    ) -> Result<(), Finding> {
        let seq = Some(self.proof.index);
        let fault = |invariant, detail| Finding { seq, invariant, detail };
        let entry = decode(&self.entry).map_err(|e| fault(InvariantId::Canonical, Detail::Entry(e)))?;
        let actual = entry.header.seq;
        report.entry = Some(entry);
        if key.is_some_and(|key| *key != self.log) {
            return Err(fault(InvariantId::Signature, Detail::Plain));
        }
        if actual != self.proof.index {
            let detail = Detail::Number { expected: self.proof.index, actual };
            return Err(fault(InvariantId::Sequence, detail));
        }
        let log = key.unwrap_or(&self.log);
        let (checkpoint, signatures) =
            self.proof.verify(&report.leaf, log, witnesses).map_err(|error| match error {
                ProofError::Merkle(_) => fault(InvariantId::Tree, Detail::Plain),
                ProofError::Malformed | ProofError::Checkpoint(CheckpointError::Malformed) => {
                    fault(InvariantId::File, Detail::Plain)
                }
                ProofError::Checkpoint(_) => fault(InvariantId::Signature, Detail::Plain),
            })?;
        report.checkpoint = Some(checkpoint);
        report.signatures = signatures;
        Ok(())
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MAGIC}\nlog {}\nentry {}\n\n{}", self.log, STANDARD.encode(&self.entry), self.proof)
    }
}

impl FromStr for Receipt {
    type Err = ReceiptError;
    fn from_str(s: &str) -> Result<Self, ReceiptError> {
        if s.len() > RECEIPT_BYTES_MAX {
            return Err(ReceiptError);
        }
        let (head, proof) = s.split_once("\n\n").ok_or(ReceiptError)?;
        let mut lines = head.split('\n');
        if lines.next() != Some(MAGIC) {
            return Err(ReceiptError);
        }
        let log = lines.next().and_then(|line| line.strip_prefix("log ")).ok_or(ReceiptError)?;
        let entry = lines.next().and_then(|line| line.strip_prefix("entry ")).ok_or(ReceiptError)?;
        if lines.next().is_some() {
            return Err(ReceiptError);
        }
        Ok(Receipt {
            log: log.parse().map_err(|_| ReceiptError)?,
            entry: STANDARD.decode(entry).map_err(|_| ReceiptError)?,
            proof: proof.parse().map_err(|_| ReceiptError)?,
        })
    }
}
