//! The published lists: the tree over the institutions that stand on one at the end of a day, sorted by
//! their ids, and the file that proves to whoever has the log's key that an institution stood on a list
//! on that day, or on none. Section 15 of docs/LEDGER-FORMAT.md.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kernel::text::canonical_u64;
use kernel::{Day, InstitutionId, ListingId};

use crate::body::{Body, ListKind, ListsPublished};
use crate::hash::{Hash, leaf_hash};
use crate::merkle::{self, Frontier, MerkleError, Node};
use crate::note::VerifierKey;
use crate::receipt::{RECEIPT_BYTES_MAX, Receipt, ReceiptReport};
use crate::wire::{Cursor, Record, record};

record! {
    /// One institution on a list.
    ListLeaf {
        institution: InstitutionId = "who",
        list: ListKind = "the list",
        listing: ListingId = "the decision",
        published_on: Day = "day of publication",
        seq: u64 = "entry that decided it",
    }
}

const MAGIC: &str = "tutela-list/v1";

/// Most bytes of a file.
pub const LIST_BYTES_MAX: usize = RECEIPT_BYTES_MAX + 20_000;

/// Why there is no proof, or the file is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// The leaves are not sorted, or one institution is there twice.
    #[error("the leaves are not sorted by institution")]
    Order,
    /// Not a file of this kind.
    #[error("not a tutela-list/v1 file")]
    File,
    /// Of the tree.
    #[error(transparent)]
    Merkle(#[from] MerkleError),
}

impl ListLeaf {
    /// Its one spelling.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(256);
        self.write_record(&mut out);
        out
    }

    /// The inverse; none for any other spelling.
    pub fn parse(bytes: &[u8]) -> Option<ListLeaf> {
        let text = std::str::from_utf8(bytes).ok()?;
        let leaf = ListLeaf::read_record(&mut Cursor::new(text)).ok()?;
        // What follows the object would be lost without a word.
        (leaf.bytes() == bytes).then_some(leaf)
    }
}

/// The tree over listed institutions.
#[derive(Clone, Debug)]
pub struct ListTree {
    leaves: Vec<ListLeaf>,
    nodes: std::collections::HashMap<Node, Hash>,
    root: Hash,
}

impl ListTree {
    /// Over these, which are sorted by institution, each once.
    ///
    /// # Errors
    /// [`ListError::Order`].
    pub fn new(leaves: Vec<ListLeaf>) -> Result<ListTree, ListError> {
        if !leaves.is_sorted_by(|a, b| a.institution < b.institution) {
            return Err(ListError::Order);
        }
        let (mut frontier, mut nodes) = (Frontier::new(), std::collections::HashMap::new());
        for leaf in &leaves {
            frontier.push_with(leaf_hash(&leaf.bytes()), |node, hash| {
                nodes.insert(node, hash);
            });
        }
        Ok(ListTree { root: frontier.root(), leaves, nodes })
    }

    /// Its root.
    pub const fn root(&self) -> Hash {
        self.root
    }

    /// How many institutions.
    pub fn size(&self) -> u64 {
        u64::try_from(self.leaves.len()).unwrap_or(u64::MAX)
    }

    /// The institutions.
    pub fn leaves(&self) -> &[ListLeaf] {
        &self.leaves
    }

    fn placed(&self, at: usize) -> Result<Option<Placed>, ListError> {
        let Some(leaf) = self.leaves.get(at) else { return Ok(None) };
        let index = u64::try_from(at).unwrap_or(u64::MAX);
        let path = merkle::inclusion_proof(index, self.size(), &|node: Node| self.nodes.get(&node).copied())?;
        Ok(Some(Placed { index, leaf: leaf.bytes(), path }))
    }

    /// Where an institution stands, or between which two it would.
    ///
    /// # Errors
    /// [`ListError::Merkle`].
    pub fn proof(&self, institution: InstitutionId) -> Result<Vec<Placed>, ListError> {
        let at = self.leaves.partition_point(|leaf| leaf.institution < institution);
        if self.leaves.get(at).is_some_and(|leaf| leaf.institution == institution) {
            return Ok(self.placed(at)?.into_iter().collect());
        }
        let before = match at.checked_sub(1) {
            Some(before) => self.placed(before)?,
            None => None,
        };
        Ok(before.into_iter().chain(self.placed(at)?).collect())
    }
}

/// A leaf, its place in the tree, and the path from it to the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its index, from 0.
    pub index: u64,
    /// Its bytes.
    pub leaf: Vec<u8>,
    /// The path.
    pub path: Vec<Hash>,
}

/// The file: of whom, on which day, the places in the tree, and the receipt of the publication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListProof {
    /// Of whom.
    pub institution: InstitutionId,
    /// On which day.
    pub on: Day,
    /// One leaf where it stands on a list; else its neighbours, as far as there are any.
    pub placed: Vec<Placed>,
    /// The receipt of the entry `lists_published` of that day.
    pub receipt: Receipt,
}

/// What the file proves.
#[derive(Clone, Debug)]
pub struct ListReport {
    /// The check of the receipt; its verdict is that of the whole only when `fits`.
    pub receipt: ReceiptReport,
    /// Do the leaves prove it against the published root?
    pub fits: bool,
    /// Where the institution stood; none: on no list.
    pub stood: Option<ListLeaf>,
}

impl ListProof {
    /// Checks it.
    pub fn verify(&self, key: Option<&VerifierKey>, witnesses: &[VerifierKey]) -> ListReport {
        let receipt = self.receipt.verify(key, witnesses);
        let published = match receipt.entry.as_ref().map(|entry| &entry.body) {
            Some(Body::ListsPublished(published)) if published.lists_on == self.on => Some(published),
            _ => None,
        };
        let stood = published.and_then(|published| self.against(published));
        ListReport { fits: stood.is_some(), stood: stood.flatten(), receipt }
    }

    /// The leaf of the institution, or that there is none; nothing when the leaves prove neither.
    fn against(&self, published: &ListsPublished) -> Option<Option<ListLeaf>> {
        let mut leaves = Vec::with_capacity(self.placed.len());
        for placed in &self.placed {
            let (hash, root) = (leaf_hash(&placed.leaf), &published.lists_root);
            merkle::verify_inclusion(&hash, placed.index, published.listed, &placed.path, root).ok()?;
            leaves.push((placed.index, ListLeaf::parse(&placed.leaf)?));
        }
        let last = published.listed.checked_sub(1);
        match leaves.as_slice() {
            [(_, leaf)] if leaf.institution == self.institution => Some(Some(leaf.clone())),
            // Nobody is listed at all.
            [] if published.listed == 0 && published.lists_root == crate::hash::empty_root() => Some(None),
            // Before the first or after the last.
            [(0, leaf)] if self.institution < leaf.institution => Some(None),
            [(at, leaf)] if Some(*at) == last && leaf.institution < self.institution => Some(None),
            [(a, left), (b, right)]
                if a.checked_add(1) == Some(*b)
                    && left.institution < self.institution
                    && self.institution < right.institution =>
            {
                Some(None)
            }
            _ => None,
        }
    }
}

impl fmt::Display for ListProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{MAGIC}\ninstitution {}\non {}\n", self.institution, self.on)?;
        for placed in &self.placed {
            write!(f, "leaf {} {}", placed.index, STANDARD.encode(&placed.leaf))?;
            for hash in &placed.path {
                write!(f, " {}", STANDARD.encode(hash.as_bytes()))?;
            }
            writeln!(f)?;
        }
        write!(f, "\n{}", self.receipt)
    }
}

fn hash(text: &str) -> Option<Hash> {
    Hash::try_from_slice(&STANDARD.decode(text).ok()?).ok()
}

fn placed(line: &str) -> Option<Placed> {
    let mut words = line.strip_prefix("leaf ")?.split(' ');
    let index = canonical_u64(words.next()?)?;
    let leaf = STANDARD.decode(words.next()?).ok()?;
    Some(Placed { index, leaf, path: words.map(hash).collect::<Option<_>>()? })
}

impl FromStr for ListProof {
    type Err = ListError;
    fn from_str(text: &str) -> Result<ListProof, ListError> {
        let (head, receipt) = text.split_once("\n\n").ok_or(ListError::File)?;
        let mut lines = head.split('\n');
        let magic = lines.next() == Some(MAGIC);
        let institution = lines.next().and_then(|line| line.strip_prefix("institution ")?.parse().ok());
        let on = lines.next().and_then(|line| line.strip_prefix("on ")?.parse().ok());
        let placed: Option<Vec<Placed>> = lines.map(placed).collect();
        match (magic, institution, on, placed, receipt.parse()) {
            (true, Some(institution), Some(on), Some(placed), Ok(receipt)) if placed.len() <= 2 => {
                Ok(ListProof { institution, on, placed, receipt })
            }
            _ => Err(ListError::File),
        }
    }
}
