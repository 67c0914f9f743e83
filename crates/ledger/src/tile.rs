//! C2SP tlog-tiles: paths of tiles and entry bundles, and what they contain.

use std::fmt;
use std::str::FromStr;

use crate::hash::Hash;
use crate::merkle::Node;

/// Hashes or entries of a full tile.
pub const TILE_WIDTH: u16 = 256;

/// Highest tile level that the paths know; a level is eight levels of the tree.
const LEVEL_MAX: u8 = 63;

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Hashes of the tree's level `8 × level`.
    Hashes {
        /// Tile level, 0 to 63.
        level: u8,
    },
    /// The entries themselves: `tile/entries`.
    Entries,
}

/// A tile: which, and how wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    /// Hashes or entries.
    pub kind: TileKind,
    /// Counted from the left on its level.
    pub index: u64,
    /// 1 to 256; below 256 it is a partial tile.
    pub width: u16,
}

/// The text is not the path of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the path of a tile")]
pub struct TilePathError;

/// A bundle cannot carry an entry of this length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{actual} bytes are more than an entry bundle can carry")]
pub struct BundleError {
    /// Bytes of the entry.
    pub actual: usize,
}

impl TilePath {
    /// The bundle that holds an entry in a log of `size` entries; `None` when it is not in it.
    pub fn of_entry(seq: u64, size: u64) -> Option<TilePath> {
        let index = seq / u64::from(TILE_WIDTH);
        let path = TilePath { kind: TileKind::Entries, index, width: TILE_WIDTH };
        let width = path.width_at(size);
        if seq < size && width > 0 { Some(TilePath { width, ..path }) } else { None }
    }

    /// Items of the level below which it stands: hashes of level `8 × level`, or entries.
    fn items(self, size: u64) -> u64 {
        match self.kind {
            TileKind::Hashes { level } => size.checked_shr(u32::from(level).saturating_mul(8)).unwrap_or(0),
            TileKind::Entries => size,
        }
    }

    /// How wide this tile is in a log of `size` entries: 0 when it is not there yet.
    pub fn width_at(self, size: u64) -> u16 {
        let before = self.index.saturating_mul(u64::from(TILE_WIDTH));
        let here = self.items(size).saturating_sub(before).min(u64::from(TILE_WIDTH));
        u16::try_from(here).unwrap_or(TILE_WIDTH)
    }

    /// Can a log of `size` entries serve it? (Its content never changes, so a partial tile may be
    /// served after it has grown.)
    pub fn exists_at(self, size: u64) -> bool {
        self.width <= self.width_at(size)
    }

    /// First item and the item after the last, on its level.
    pub fn range(self) -> std::ops::Range<u64> {
        let start = self.index.saturating_mul(u64::from(TILE_WIDTH));
        start..start.saturating_add(u64::from(self.width))
    }

    /// The full subtrees whose hashes, one after the other, are the tile's content; none for
    /// entries, and none on levels that no tree reaches.
    pub fn nodes(self) -> Vec<Node> {
        let TileKind::Hashes { level } = self.kind else { return Vec::new() };
        let Some(level) = level.checked_mul(8).filter(|&level| level < 64) else { return Vec::new() };
        self.range().map(|index| Node { level, index }).collect()
    }
}

/// Content of a tile of hashes.
pub fn tile_bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| hash.as_bytes().iter().copied()).collect()
}

/// Content of an entry bundle: each entry after its length as 16 bits, big-endian.
///
/// # Errors
/// [`BundleError`] when an entry is longer than 65,535 bytes.
pub fn bundle_bytes<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, BundleError> {
    let mut out = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.len()).map_err(|_| BundleError { actual: entry.len() })?;
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(entry);
    }
    Ok(out)
}

/// The entries of a bundle; `None` when the bytes are not one.
pub fn split_bundle(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (length, rest) = bytes.split_first_chunk::<2>()?;
        let (entry, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        bytes = rest;
    }
    Some(entries)
}

/// `tile/0/x001/x234/067`, `tile/1/000.p/17`, `tile/entries/000`.
impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes { level } => write!(f, "tile/{level}")?,
            TileKind::Entries => f.write_str("tile/entries")?,
        }
        let mut groups = vec![self.index % 1_000];
        let mut rest = self.index / 1_000;
        while rest > 0 {
            groups.push(rest % 1_000);
            rest /= 1_000;
        }
        for (i, group) in groups.iter().enumerate().rev() {
            write!(f, "/{}{group:03}", if i > 0 { "x" } else { "" })?;
        }
        if self.width < TILE_WIDTH { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

impl FromStr for TilePath {
    type Err = TilePathError;
    fn from_str(s: &str) -> Result<Self, TilePathError> {
        let rest = s.strip_prefix("tile/").ok_or(TilePathError)?;
        let (kind, rest) = rest.split_once('/').ok_or(TilePathError)?;
        let kind = if kind == "entries" {
            TileKind::Entries
        } else {
            let level = kernel::text::canonical_u64(kind).and_then(|level| u8::try_from(level).ok());
            TileKind::Hashes { level: level.filter(|&level| level <= LEVEL_MAX).ok_or(TilePathError)? }
        };
        let (groups, width) = match rest.split_once(".p/") {
            Some((groups, width)) => {
                let width = kernel::text::canonical_u64(width).and_then(|width| u16::try_from(width).ok());
                (groups, width.filter(|width| (1..TILE_WIDTH).contains(width)).ok_or(TilePathError)?)
            }
            None => (rest, TILE_WIDTH),
        };
        let mut index = 0_u64;
        let mut groups = groups.split('/').peekable();
        while let Some(group) = groups.next() {
            let digits = if groups.peek().is_some() { group.strip_prefix('x').ok_or(TilePathError)? } else { group };
            if digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(TilePathError);
            }
            let digits: u64 = digits.parse().map_err(|_| TilePathError)?;
            index = index.checked_mul(1_000).and_then(|n| n.checked_add(digits)).ok_or(TilePathError)?;
        }
        let path = TilePath { kind, index, width };
        // One spelling: no leading groups of zeros.
        if path.to_string() == s { Ok(path) } else { Err(TilePathError) }
    }
}
