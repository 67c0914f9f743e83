//! The hashes of a ledger's tree, read tile by tile: leaf hashes, and the roots of full tiles above them.

use std::collections::HashMap;

use kernel::LedgerId;
use ledger::{Frontier, Hash, Node, ProofPlan};
use store::{Head, Reader};

use crate::error::AppError;
use crate::refusal::Corrupt;

/// Levels between the stored nodes.
const TILE_HEIGHT: u8 = 8;

/// The full subtrees that a tree of `size` entries consists of, the largest first.
fn peaks(size: u64) -> impl Iterator<Item = Node> {
    let mut begin = 0_u64;
    (0..64_u8).rev().filter(move |level| size >> level & 1 == 1).map(move |level| {
        let peak = Node { level, index: begin >> level };
        begin += 1 << level;
        peak
    })
}

/// Tiles of a tree of some size, each read once.
pub(crate) struct Tiles<'a> {
    read: Reader<'a>,
    id: &'a LedgerId,
    size: u64,
    known: HashMap<(u8, u64), Vec<Hash>>,
    peaks: HashMap<Node, Hash>,
}

impl<'a> Tiles<'a> {
    /// Of the first `size` entries.
    pub fn of(read: Reader<'a>, id: &'a LedgerId, size: u64) -> Tiles<'a> {
        Tiles { read, id, size, known: HashMap::new(), peaks: HashMap::new() }
    }

    /// Takes from the head what it has: at its own size the full subtrees that the tree consists of.
    pub fn with(mut self, head: &Head) -> Tiles<'a> {
        if head.size == self.size {
            self.peaks = peaks(self.size).zip(head.frontier.iter().map(|peak| Hash::new(*peak))).collect();
        }
        self
    }

    /// The hash of a full subtree.
    ///
    /// # Errors
    /// [`Corrupt`] where hashes are missing; trouble of the database.
    pub async fn node(&mut self, node: Node) -> Result<Hash, AppError> {
        if let Some(peak) = self.peaks.get(&node) {
            return Ok(*peak);
        }
        let (level, height) = (node.level / TILE_HEIGHT, u32::from(node.level % TILE_HEIGHT));
        let (from, width) = (node.index << height, 1_u64 << height);
        let tile = from >> TILE_HEIGHT;
        if !self.known.contains_key(&(level, tile)) {
            let begin = tile << TILE_HEIGHT;
            let full = self.size >> (u32::from(level) * u32::from(TILE_HEIGHT));
            let end = full.min((tile + 1) << TILE_HEIGHT);
            let hashes = store::tile_hashes(&self.read, self.id, level, begin, end).await?;
            self.known.insert((level, tile), hashes.into_iter().map(Hash::new).collect());
        }
        let missing = Corrupt { what: "hashes of the tree are missing" };
        let hashes = self.known.get(&(level, tile)).ok_or(missing)?;
        let at = usize::try_from(from - (tile << TILE_HEIGHT)).unwrap_or(usize::MAX);
        let until = at.saturating_add(usize::try_from(width).unwrap_or(usize::MAX));
        let mut frontier = Frontier::new();
        hashes.get(at..until).ok_or(missing)?.iter().for_each(|hash| frontier.push(*hash));
        Ok(frontier.root())
    }

    /// The hashes that a proof is made of.
    ///
    /// # Errors
    /// As [`Tiles::node`].
    pub async fn proof(&mut self, plan: &ProofPlan) -> Result<Vec<Hash>, AppError> {
        let mut nodes = HashMap::new();
        for node in plan.nodes() {
            nodes.insert(node, self.node(node).await?);
        }
        Ok(plan.build(&nodes)?)
    }

    /// The full subtrees that the first `size` entries consist of: their tree, and where it can grow.
    ///
    /// # Errors
    /// As [`Tiles::node`].
    pub async fn frontier(&mut self, size: u64) -> Result<Frontier, AppError> {
        let mut bytes = size.to_be_bytes().to_vec();
        for peak in peaks(size) {
            bytes.extend_from_slice(self.node(peak).await?.as_bytes());
        }
        Ok(Frontier::from_bytes(&bytes).map_err(|_| Corrupt { what: "hashes of the tree" })?)
    }
}
