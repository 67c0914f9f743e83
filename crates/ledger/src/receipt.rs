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
use crate::log_policy::LogPolicy;
use crate::note::{KeyKind, Verified, VerifierKey};
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

/// How many witnesses somebody asks for.
#[derive(Clone, Copy, Debug)]
pub enum Quorum<'a> {
    /// So many of the given ones, or more.
    AtLeast(usize),
    /// Those that a policy calls enough.
    Policy(&'a LogPolicy),
}

/// How many witnesses were asked for, and how many cosigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuorumReport {
    /// Fewest that are enough.
    pub asked: usize,
    /// Different known witnesses whose cosignature holds.
    pub signed: usize,
    /// Are they enough?
    pub met: bool,
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
    /// Whether there are as many witnesses as asked for; `None` when none were, or when the
    /// signatures do not hold.
    pub quorum: Option<QuorumReport>,
    /// What was not checked.
    pub unchecked: Vec<Unchecked>,
}

impl Receipt {
    /// Checks it: with the log's key as known from outside, or else with the key in the file, which
    /// can never be enough.
    pub fn verify(&self, key: Option<&VerifierKey>, witnesses: &[VerifierKey]) -> ReceiptReport {
        self.verify_with(key, witnesses, None)
    }

    /// The same, asking for witnesses too: with fewer it is not all checked, and never holds. A
    /// policy brings its own keys of witnesses, and of the log when none is given.
    pub fn verify_with(
        &self,
        key: Option<&VerifierKey>,
        witnesses: &[VerifierKey],
        quorum: Option<Quorum<'_>>,
    ) -> ReceiptReport {
        let mut witnesses = witnesses.to_vec();
        let mut key = key;
        if let Some(Quorum::Policy(policy)) = quorum {
            witnesses.extend(policy.witness_keys());
            let named = policy.logs().iter().map(|log| &log.key).find(|key| key.name() == self.log.name());
            key = key.or(named);
        }
        // A key given twice is one witness; one that is the log's is none.
        let mut known: Vec<VerifierKey> = Vec::new();
        for witness in witnesses {
            if !known.contains(&witness) && witness != self.log {
                known.push(witness);
            }
        }
        let witnesses = known;
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
            quorum: None,
            unchecked,
        };
        let first = self.check(key, &witnesses, &mut report).err();
        if first.is_none() {
            report.quorum = quorum.map(|quorum| report.count(&witnesses, quorum));
        }
        if report.quorum.is_some_and(|quorum| !quorum.met) {
            report.unchecked.push(Unchecked::Quorum);
        }
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

impl ReceiptReport {
    fn count(&self, witnesses: &[VerifierKey], quorum: Quorum<'_>) -> QuorumReport {
        let verified = &self.signatures.verified;
        let signed =
            witnesses.iter().filter(|key| verified.iter().any(|v| v.name == key.name() && v.id == key.id())).count();
        match quorum {
            Quorum::AtLeast(asked) => QuorumReport { asked, signed, met: signed >= asked },
            Quorum::Policy(policy) => {
                QuorumReport { asked: policy.fewest(), signed, met: policy.evaluate(&self.signatures).met }
            }
        }
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
            log: log.parse().ok().filter(|key: &VerifierKey| key.kind() == KeyKind::Ed25519).ok_or(ReceiptError)?,
            entry: STANDARD.decode(entry).map_err(|_| ReceiptError)?,
            proof: proof.parse().map_err(|_| ReceiptError)?,
        })
    }
}
