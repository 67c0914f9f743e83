//! The Merkle tree of RFC 6962 (RFC 9162, 2.1): a frontier that grows leaf by leaf, proofs made
//! from stored hashes of full subtrees, and their verification.

use std::collections::HashMap;

use crate::hash::{Hash, empty_root, node_hash};

/// A full subtree: `2^level` leaves from `index * 2^level` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// 0 for a leaf, at most 63.
    pub level: u8,
    /// Counted from the left on its level.
    pub index: u64,
}

/// Why a tree cannot answer, or a proof does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MerkleError {
    /// The leaf is not in a tree of that size.
    #[error("leaf {index} is not in a tree of {size}")]
    OutsideTree {
        /// The leaf asked for.
        index: u64,
        /// Leaves of the tree.
        size: u64,
    },
    /// The older tree is larger than the newer one, or has no leaf (every tree grows from none, so
    /// such a proof would prove nothing).
    #[error("no consistency proof from size {old} to size {new}")]
    Sizes {
        /// Leaves of the older tree.
        old: u64,
        /// Leaves of the newer tree.
        new: u64,
    },
    /// The source has no hash of this subtree.
    #[error("no hash for subtree {index} of level {level}", index = .0.index, level = .0.level)]
    MissingNode(Node),
    /// The proof has too many or too few hashes.
    #[error("the proof has the wrong number of hashes")]
    ProofLength,
    /// The proof leads to another root.
    #[error("the proof leads to another root")]
    RootMismatch,
    /// Stored bytes of a frontier do not have its form.
    #[error("not a frontier")]
    NotAFrontier,
}

/// The full subtrees that cover the first `size` leaves, largest first: all that is needed to go
/// on. 8 + 32 × (ones in `size`) bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<Hash>,
}

impl Frontier {
    /// No leaves yet.
    pub const fn new() -> Frontier {
        Frontier { size: 0, peaks: Vec::new() }
    }

    /// Number of leaves.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds the next leaf.
    pub fn push(&mut self, leaf: Hash) {
        self.push_with(leaf, |_, _| ());
    }

    /// Adds the next leaf and names every full subtree that it completes, the leaf itself first,
    /// so that a store can keep them for proofs and tiles.
    pub fn push_with(&mut self, leaf: Hash, mut completed: impl FnMut(Node, Hash)) {
        let (mut hash, mut level, mut index) = (leaf, 0_u8, self.size);
        completed(Node { level, index }, hash);
        while index & 1 == 1 {
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(&left, &hash);
            level = level.saturating_add(1);
            index >>= 1;
            completed(Node { level, index }, hash);
        }
        self.peaks.push(hash);
        self.size = self.size.saturating_add(1);
    }

    /// Root of the tree of all leaves so far.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(&last) = peaks.next() else { return empty_root() };
        peaks.fold(last, |right, left| node_hash(left, &right))
    }

    /// For a row: the size as 8 bytes, big-endian, then the hashes, largest subtree first.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.peaks.len().saturating_mul(32).saturating_add(8));
        out.extend_from_slice(&self.size.to_be_bytes());
        for peak in &self.peaks {
            out.extend_from_slice(peak.as_bytes());
        }
        out
    }

    /// The inverse of [`Frontier::to_bytes`].
    ///
    /// # Errors
    /// [`MerkleError::NotAFrontier`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Frontier, MerkleError> {
        let (size, hashes) = bytes.split_first_chunk::<8>().ok_or(MerkleError::NotAFrontier)?;
        let size = u64::from_be_bytes(*size);
        let (chunks, rest) = hashes.as_chunks::<32>();
        let ones = usize::try_from(size.count_ones()).map_err(|_| MerkleError::NotAFrontier)?;
        if chunks.len() != ones || !rest.is_empty() {
            return Err(MerkleError::NotAFrontier);
        }
        Ok(Frontier { size, peaks: chunks.iter().map(|&chunk| Hash::new(chunk)).collect() })
    }
}

/// Where hashes of full subtrees come from.
pub trait Nodes {
    /// The hash of a full subtree, if it is known.
    fn node(&self, node: Node) -> Option<Hash>;
}

impl<F: Fn(Node) -> Option<Hash>> Nodes for F {
    fn node(&self, node: Node) -> Option<Hash> {
        self(node)
    }
}

impl Nodes for HashMap<Node, Hash> {
    fn node(&self, node: Node) -> Option<Hash> {
        self.get(&node).copied()
    }
}

/// What a proof is made of: first [`ProofPlan::nodes`] tells which full subtrees to fetch (one
/// query), then [`ProofPlan::build`] makes the proof from them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofPlan {
    /// For each hash of the proof, the full subtrees that cover its leaves, left to right.
    ranges: Vec<Vec<Node>>,
}

/// The full subtrees that cover the leaves from `begin` to before `end`, left to right.
fn cover(mut begin: u64, end: u64) -> Vec<Node> {
    let mut nodes = Vec::new();
    while begin < end {
        let fits = (end - begin).ilog2();
        let aligned = if begin == 0 { fits } else { begin.trailing_zeros().min(fits) };
        let level = u8::try_from(aligned).unwrap_or(u8::MAX);
        nodes.push(Node { level, index: begin >> aligned });
        begin += 1 << aligned;
    }
    nodes
}

/// The largest power of two below `n`, for `n` of at least 2.
const fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}

impl ProofPlan {
    /// The plan of an inclusion proof (RFC 9162, 2.1.3.1).
    ///
    /// # Errors
    /// [`MerkleError::OutsideTree`].
    pub fn inclusion(index: u64, size: u64) -> Result<ProofPlan, MerkleError> {
        if index >= size {
            return Err(MerkleError::OutsideTree { index, size });
        }
        let (mut begin, mut end) = (0, size);
        let mut ranges = Vec::new();
        while end - begin > 1 {
            let middle = begin + split(end - begin);
            if index < middle {
                ranges.push(cover(middle, end));
                end = middle;
            } else {
                ranges.push(cover(begin, middle));
                begin = middle;
            }
        }
        ranges.reverse();
        Ok(ProofPlan { ranges })
    }

    /// The plan of one proof for many leaves, whose indices ascend: the hash of each largest range
    /// that has none of them, left to right. Shared hashes occur once. For no leaf it is the root.
    ///
    /// # Errors
    /// [`MerkleError::OutsideTree`], also when the indices do not ascend.
    pub fn inclusion_of(indices: &[u64], size: u64) -> Result<ProofPlan, MerkleError> {
        if let Some(pair) = indices.windows(2).find(|pair| pair[0] >= pair[1]) {
            return Err(MerkleError::OutsideTree { index: pair[1], size });
        }
        if let Some(&index) = indices.last().filter(|&&last| last >= size) {
            return Err(MerkleError::OutsideTree { index, size });
        }
        let mut ranges = Vec::new();
        // Left halves lie on top.
        let mut open = vec![(0, size, indices)];
        while let Some((begin, end, indices)) = open.pop() {
            if indices.is_empty() {
                ranges.push(cover(begin, end));
            } else if end - begin > 1 {
                let middle = begin + split(end - begin);
                let (left, right) = indices.split_at(indices.partition_point(|&index| index < middle));
                open.push((middle, end, right));
                open.push((begin, middle, left));
            }
        }
        Ok(ProofPlan { ranges })
    }

    /// The plan of a consistency proof (RFC 9162, 2.1.4.1).
    ///
    /// # Errors
    /// [`MerkleError::Sizes`] when `old` is 0 or greater than `new`.
    pub fn consistency(old: u64, new: u64) -> Result<ProofPlan, MerkleError> {
        if old == 0 || old > new {
            return Err(MerkleError::Sizes { old, new });
        }
        let (mut begin, mut end) = (0, new);
        let mut ranges = Vec::new();
        // Down to the subtree whose right edge is the old tree's.
        while old < end {
            let middle = begin + split(end - begin);
            if old <= middle {
                ranges.push(cover(middle, end));
                end = middle;
            } else {
                ranges.push(cover(begin, middle));
                begin = middle;
            }
        }
        // The old root itself needs no proof.
        if begin > 0 {
            ranges.push(cover(begin, end));
        }
        ranges.reverse();
        Ok(ProofPlan { ranges })
    }

    /// The full subtrees whose hashes are needed.
    pub fn nodes(&self) -> impl Iterator<Item = Node> {
        self.ranges.iter().flatten().copied()
    }

    /// The proof.
    ///
    /// # Errors
    /// [`MerkleError::MissingNode`].
    pub fn build(&self, source: &impl Nodes) -> Result<Vec<Hash>, MerkleError> {
        let fetch = |&node: &Node| source.node(node).ok_or(MerkleError::MissingNode(node));
        self.ranges
            .iter()
            .map(|range| {
                let mut nodes = range.iter().rev();
                let last = nodes.next().map_or(Ok(empty_root()), fetch)?;
                nodes.try_fold(last, |right, node| Ok(node_hash(&fetch(node)?, &right)))
            })
            .collect()
    }
}

/// The proof that leaf `index` is in the tree of `size` leaves.
///
/// # Errors
/// [`MerkleError::OutsideTree`], [`MerkleError::MissingNode`].
pub fn inclusion_proof(index: u64, size: u64, source: &impl Nodes) -> Result<Vec<Hash>, MerkleError> {
    ProofPlan::inclusion(index, size)?.build(source)
}

/// The proof that the tree of `new` leaves begins with the tree of `old` leaves.
///
/// # Errors
/// [`MerkleError::Sizes`], [`MerkleError::MissingNode`].
pub fn consistency_proof(old: u64, new: u64, source: &impl Nodes) -> Result<Vec<Hash>, MerkleError> {
    ProofPlan::consistency(old, new)?.build(source)
}

/// Does the proof lead from the leaf to the root? (RFC 9162, 2.1.3.2)
///
/// # Errors
/// [`MerkleError`] when it does not.
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> Result<(), MerkleError> {
    if index >= size {
        return Err(MerkleError::OutsideTree { index, size });
    }
    let (mut at, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for step in proof {
        if last == 0 {
            return Err(MerkleError::ProofLength);
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(step, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, step);
        }
        at >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(MerkleError::ProofLength);
    }
    if hash == *root { Ok(()) } else { Err(MerkleError::RootMismatch) }
}

/// Does the proof made by [`ProofPlan::inclusion_of`] lead from all these leaves, given with
/// ascending indices, to the root?
///
/// # Errors
/// [`MerkleError`] when it does not.
pub fn verify_inclusion_of(leaves: &[(u64, Hash)], size: u64, proof: &[Hash], root: &Hash) -> Result<(), MerkleError> {
    let indices: Vec<u64> = leaves.iter().map(|(index, _)| *index).collect();
    // Everything that the plan refuses is refused here too.
    ProofPlan::inclusion_of(&indices, size)?;
    let mut steps = proof.iter().copied();
    let actual = root_of(0, size, leaves, &mut steps)?;
    if steps.next().is_some() {
        return Err(MerkleError::ProofLength);
    }
    if actual == *root { Ok(()) } else { Err(MerkleError::RootMismatch) }
}

/// The hash of a range: of its leaves and of the proof's next hashes. At most 64 calls deep.
fn root_of(
    begin: u64,
    end: u64,
    leaves: &[(u64, Hash)],
    steps: &mut impl Iterator<Item = Hash>,
) -> Result<Hash, MerkleError> {
    match leaves {
        [] => steps.next().ok_or(MerkleError::ProofLength),
        [(_, leaf)] if end - begin == 1 => Ok(*leaf),
        _ => {
            let middle = begin + split(end - begin);
            let (left, right) = leaves.split_at(leaves.partition_point(|(index, _)| *index < middle));
            let left = root_of(begin, middle, left, steps)?;
            Ok(node_hash(&left, &root_of(middle, end, right, steps)?))
        }
    }
}

/// Does the newer tree begin with the older one? (RFC 9162, 2.1.4.2)
///
/// Two trees of equal size need an empty proof and equal roots; a tree without leaves has no other
/// root than [`empty_root`]. From no leaves to some there is no proof: a caller that accepts any
/// tree as grown from none (as a C2SP witness does) says so itself.
///
/// # Errors
/// [`MerkleError`] when it does not.
pub fn verify_consistency(
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), MerkleError> {
    if old == new {
        return if !proof.is_empty() {
            Err(MerkleError::ProofLength)
        } else if old_root != new_root || (old == 0 && *old_root != empty_root()) {
            Err(MerkleError::RootMismatch)
        } else {
            Ok(())
        };
    }
    if old == 0 || old > new {
        return Err(MerkleError::Sizes { old, new });
    }
    let mut steps = proof.iter().copied();
    let start = if old.is_power_of_two() { Some(*old_root) } else { steps.next() };
    let Some(start) = start else { return Err(MerkleError::ProofLength) };
    let (mut at, mut last) = (old - 1, new - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let (mut old_hash, mut new_hash) = (start, start);
    for step in steps {
        if last == 0 {
            return Err(MerkleError::ProofLength);
        }
        if at & 1 == 1 || at == last {
            old_hash = node_hash(&step, &old_hash);
            new_hash = node_hash(&step, &new_hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, &step);
        }
        at >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(MerkleError::ProofLength);
    }
    if old_hash == *old_root && new_hash == *new_root { Ok(()) } else { Err(MerkleError::RootMismatch) }
}
