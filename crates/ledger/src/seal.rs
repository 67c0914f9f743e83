//! The daily seal: what it states of each contract, the tree of sums that binds it, and the proof
//! that one contract's balance is counted in the sealed total. Section 12 of docs/LEDGER-FORMAT.md.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kernel::text::canonical_u64;
use kernel::{ContractId, Day, Fen, SubjectId};

use crate::body::DaySealed;
use crate::finding::{Detail, Finding, InvariantId};
use crate::hash::{Hash, digest, tags};
use crate::wire::{Cursor, Record, record};

record! {
    /// What a seal states of one contract. Balances are what is owed to the family.
    SealLeaf {
        blind: Hash = "keeps others from guessing the rest",
        contract: ContractId = "the contract",
        disputed_fen: Fen = "frozen by disputes",
        entries: u64 = "entries of the contract so far: its last contract_seq",
        hours_left_hundredths: u64 = "hours neither claimed, used, disputed nor returned, in hundredths",
        last_leaf: Hash = "leaf hash of its last entry",
        prepaid_fen: Fen = "paid for and not yet earned",
        refund_fen: Fen = "agreed to be paid back",
    }
}

/// Why there is no seal, or a proof of one does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// A negative amount, or a sum beyond 64 bits.
    #[error("an amount is negative or a sum too large")]
    Amount,
    /// Not the one spelling of a leaf.
    #[error("not a leaf of a seal")]
    Leaf,
    /// The path has too many or too few steps.
    #[error("the path has the wrong number of steps")]
    PathLength,
    /// The path leads to another root or total.
    #[error("the path leads to another root or total")]
    Mismatch,
}

/// The blinding value of a contract: of ids that are random and known to its parties and to those
/// who supervise them, so that whoever replays the ledger can compute it and nobody else can.
pub fn blind(contract: ContractId, guardian: SubjectId, pupil: SubjectId, document: &Hash) -> Hash {
    let mut bytes = Vec::with_capacity(80);
    for id in [contract.uuid(), guardian.uuid(), pupil.uuid()] {
        bytes.extend_from_slice(id.as_bytes());
    }
    bytes.extend_from_slice(document.as_bytes());
    digest(tags::SEAL_BLIND, &bytes)
}

/// A non-negative amount, as sums count it.
fn count(fen: Fen) -> Result<u64, SealError> {
    u64::try_from(fen.fen()).map_err(|_| SealError::Amount)
}

impl SealLeaf {
    /// Its canonical bytes.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(384);
        self.write_record(&mut out);
        out
    }

    /// Reads exactly what [`SealLeaf::bytes`] writes.
    ///
    /// # Errors
    /// [`SealError::Leaf`] for any other spelling, [`SealError::Amount`].
    pub fn read(bytes: &[u8]) -> Result<SealLeaf, SealError> {
        let text = std::str::from_utf8(bytes).map_err(|_| SealError::Leaf)?;
        let mut cursor = Cursor::new(text);
        let leaf = SealLeaf::read_record(&mut cursor).map_err(|_| SealError::Leaf)?;
        cursor.end().map_err(|_| SealError::Leaf)?;
        leaf.balance()?;
        Ok(leaf)
    }

    /// Everything that is owed to the family.
    ///
    /// # Errors
    /// [`SealError::Amount`].
    pub fn balance(&self) -> Result<Fen, SealError> {
        for fen in [self.prepaid_fen, self.disputed_fen, self.refund_fen] {
            count(fen)?;
        }
        Fen::try_sum([self.prepaid_fen, self.disputed_fen, self.refund_fen]).map_err(|_| SealError::Amount)
    }

    /// What stands for the contract in the tree.
    ///
    /// # Errors
    /// [`SealError::Amount`].
    pub fn sealed(&self) -> Result<Sealed, SealError> {
        Ok(Sealed { core: digest(tags::SEAL_LEAF, &self.bytes()), balance: self.balance()? })
    }
}

/// A contract as the tree counts it: enough to make the tree again on a later day on which nothing
/// changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// Tagged digest of the leaf.
    pub core: Hash,
    /// What is owed to the family.
    pub balance: Fen,
}

/// A node of the tree of sums: everything below it is bound by the hash and adds up to the amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SumNode {
    /// Its hash.
    pub hash: Hash,
    /// Sum of the shares below, fen.
    pub fen: u64,
}

impl SumNode {
    fn over(left: &SumNode, right: &SumNode) -> Result<SumNode, SealError> {
        let mut bytes = [0; 80];
        bytes[..32].copy_from_slice(left.hash.as_bytes());
        bytes[32..40].copy_from_slice(&left.fen.to_be_bytes());
        bytes[40..72].copy_from_slice(right.hash.as_bytes());
        bytes[72..].copy_from_slice(&right.fen.to_be_bytes());
        let fen = left.fen.checked_add(right.fen).filter(|&fen| i64::try_from(fen).is_ok()).ok_or(SealError::Amount)?;
        Ok(SumNode { hash: digest(tags::SEAL_NODE, &bytes), fen })
    }
}

impl Sealed {
    /// The two shares of the balance on a day. Who learns one share of an unknown contract learns
    /// neither its balance nor whose it is, and on another day both are others.
    ///
    /// # Errors
    /// [`SealError::Amount`].
    pub fn shares(&self, on: Day) -> Result<[SumNode; 2], SealError> {
        let balance = count(self.balance)?;
        let mut bytes = Vec::with_capacity(43);
        bytes.extend_from_slice(self.core.as_bytes());
        bytes.extend_from_slice(on.to_string().as_bytes());
        let random = digest(tags::SEAL_SPLIT, &bytes);
        let (head, _) = random.as_bytes().split_first_chunk::<8>().ok_or(SealError::Amount)?;
        let first = u64::from_be_bytes(*head).checked_rem(balance.saturating_add(1)).unwrap_or_default();
        let share = |part: u8, fen| {
            let mut bytes = bytes.clone();
            bytes.push(part);
            SumNode { hash: digest(tags::SEAL_SHARE, &bytes), fen }
        };
        Ok([share(0, first), share(1, balance.saturating_sub(first))])
    }
}

/// The tree of one seal: every level, shares first. A node without a partner moves up as it is,
/// so that the shape is that of RFC 6962.
#[derive(Clone, Debug)]
pub struct SealTree {
    on: Day,
    levels: Vec<Vec<SumNode>>,
}

impl SealTree {
    /// The tree over these contracts, in whatever order they come.
    ///
    /// # Errors
    /// [`SealError::Amount`].
    pub fn build(on: Day, contracts: impl IntoIterator<Item = Sealed>) -> Result<SealTree, SealError> {
        let mut level = Vec::new();
        for contract in contracts {
            level.extend(contract.shares(on)?);
        }
        // The hashes look random, so this order says nothing of who signed when.
        level.sort_unstable();
        let mut levels = Vec::new();
        while level.len() > 1 {
            let above = level
                .chunks(2)
                .map(|pair| match pair {
                    [left, right] => SumNode::over(left, right),
                    rest => rest.first().copied().ok_or(SealError::PathLength),
                })
                .collect::<Result<Vec<_>, _>>()?;
            levels.push(std::mem::replace(&mut level, above));
        }
        levels.push(level);
        Ok(SealTree { on, levels })
    }

    /// Hash and sum of everything.
    pub fn root(&self) -> SumNode {
        let top = self.levels.last().and_then(|level| level.first()).copied();
        top.unwrap_or_else(|| SumNode { hash: digest(tags::SEAL_NODE, b""), fen: 0 })
    }

    fn path(&self, share: &SumNode) -> Option<SealPath> {
        let mut at = self.levels.first()?.binary_search(share).ok()?;
        let index = u64::try_from(at).ok()?;
        let mut steps = Vec::new();
        for level in &self.levels {
            steps.extend(level.get(at ^ 1).copied());
            at /= 2;
        }
        Some(SealPath { index, steps })
    }

    /// The proof for one contract; `None` when the tree does not count it.
    pub fn prove(&self, leaf: &SealLeaf) -> Option<SealProof> {
        let [first, second] = leaf.sealed().and_then(|sealed| sealed.shares(self.on)).ok()?;
        Some(SealProof { leaf: leaf.bytes(), paths: [self.path(&first)?, self.path(&second)?] })
    }
}

/// The way from one share to the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealPath {
    /// Place of the share in the lowest level.
    pub index: u64,
    /// The partner on each level that has one, from below.
    pub steps: Vec<SumNode>,
}

impl SealPath {
    /// Where the path leads in a tree of `size` shares.
    ///
    /// # Errors
    /// [`SealError::PathLength`], [`SealError::Amount`].
    pub fn root(&self, share: SumNode, size: u64) -> Result<SumNode, SealError> {
        let (mut at, mut width, mut node) = (self.index, size, share);
        let mut steps = self.steps.iter();
        if at >= size {
            return Err(SealError::PathLength);
        }
        while width > 1 {
            if at & 1 == 1 {
                node = SumNode::over(steps.next().ok_or(SealError::PathLength)?, &node)?;
            } else if at.saturating_add(1) < width {
                node = SumNode::over(&node, steps.next().ok_or(SealError::PathLength)?)?;
            }
            at >>= 1;
            width = width.div_ceil(2);
        }
        if steps.next().is_some() { Err(SealError::PathLength) } else { Ok(node) }
    }
}

/// Proof that a seal counts one contract with exactly this leaf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealProof {
    /// Bytes of the leaf.
    pub leaf: Vec<u8>,
    /// From its two shares to the root.
    pub paths: [SealPath; 2],
}

impl SealProof {
    /// Does the seal count it? Then this is what it states.
    ///
    /// # Errors
    /// [`SealError`] when it does not.
    pub fn check(&self, seal: &DaySealed) -> Result<SealLeaf, SealError> {
        let leaf = SealLeaf::read(&self.leaf)?;
        let families = Fen::try_sum([seal.prepaid_fen, seal.disputed_fen, seal.refund_fen]);
        let total = count(families.map_err(|_| SealError::Amount)?)?;
        let expected = SumNode { hash: seal.contracts_root, fen: total };
        let size = seal.contracts.checked_mul(2).ok_or(SealError::PathLength)?;
        for (path, share) in self.paths.iter().zip(leaf.sealed()?.shares(seal.sealed_on)?) {
            if path.root(share, size)? != expected {
                return Err(SealError::Mismatch);
            }
        }
        Ok(leaf)
    }

    /// Reads its lines; `None` when they have another form.
    pub(crate) fn read<'a>(lines: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>) -> Option<SealProof> {
        let leaf = STANDARD.decode(lines.next()?.strip_prefix("leaf ")?).ok()?;
        let mut path = || {
            let index = canonical_u64(lines.next()?.strip_prefix("path ")?)?;
            let mut steps = Vec::new();
            while let Some(line) = lines.next_if(|line| line.starts_with("step ")) {
                let (fen, hash) = line.strip_prefix("step ")?.split_once(' ')?;
                let hash = STANDARD.decode(hash).ok().and_then(|bytes| Hash::try_from_slice(&bytes).ok())?;
                steps.push(SumNode { hash, fen: canonical_u64(fen)? });
            }
            Some(SealPath { index, steps })
        };
        let paths = [path()?, path()?];
        Some(SealProof { leaf, paths })
    }
}

impl fmt::Display for SealProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "leaf {}", STANDARD.encode(&self.leaf))?;
        self.paths.iter().try_for_each(|path| {
            writeln!(f, "path {}", path.index)?;
            path.steps
                .iter()
                .try_for_each(|step| writeln!(f, "step {} {}", step.fen, STANDARD.encode(step.hash.as_bytes())))
        })
    }
}

/// A finding about a seal.
pub(crate) fn finding(seq: u64, error: SealError) -> Finding {
    let invariant = match error {
        SealError::Leaf => InvariantId::File,
        SealError::Amount | SealError::PathLength | SealError::Mismatch => InvariantId::Seal,
    };
    Finding { seq: Some(seq), invariant, detail: Detail::Plain }
}
