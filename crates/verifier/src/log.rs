//! `tutela-verify log`: a whole log over HTTP, as C2SP tlog-tiles serves it. Every tile is fetched,
//! the tree is built anew from its leaves, and where the log gives its entries out they are checked
//! as those of an export are.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow, bail};
use ledger::log_policy::LogPolicy;
use ledger::note::{NOTE_BYTES_MAX, Note, Verified};
use ledger::ordered::in_order;
use ledger::tile::{TILE_WIDTH, TileKind, TilePath, split_bundle};
use ledger::{
    Checkpoint, Detail, ENTRY_BYTES_MAX, Finding, Hash, InvariantId, Node, Prepared, QuorumReport, Report, Unchecked,
    Verifier, VerifierKey,
};

use crate::http::{Answer, Log};

/// Requests at the same time, at least: most of the time goes by waiting for the other side.
const REQUESTS: usize = 8;
/// Levels of the tree in a tile.
const TILE_HEIGHT: u8 = 8;
/// Most bytes of a tile of hashes, and of a bundle of entries.
const TILE_BYTES_MAX: u64 = 256 * 32;
const BUNDLE_BYTES_MAX: u64 = 256 * (ENTRY_BYTES_MAX as u64 + 2);

/// What to hold the log against.
pub struct Against<'a> {
    /// The log's key from outside.
    pub key: Option<VerifierKey>,
    /// Checkpoints kept from before.
    pub since: Vec<Vec<u8>>,
    /// Who must have cosigned, and, where no key is given, the log's key.
    pub policy: Option<&'a LogPolicy>,
    /// Leave the entries out.
    pub tiles_only: bool,
}

/// What was found.
pub struct LogReport {
    /// As of an export.
    pub report: Report,
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// Whose signatures under it hold.
    pub signatures: Verified,
    /// Whether as many witnesses signed as the policy asks for.
    pub quorum: Option<QuorumReport>,
    /// Entries of which the bytes were checked, not the hash alone.
    pub entries: u64,
}

fn fault(seq: Option<u64>, invariant: InvariantId) -> Finding {
    Finding { seq, invariant, detail: Detail::Plain }
}

/// Checks the log. `progress` is told entries done and in all.
///
/// # Errors
/// When it cannot be read; what is wrong with it is in the report.
pub fn check(log: &Log, against: &Against<'_>, mut progress: impl FnMut(u64, u64)) -> Result<LogReport> {
    let note = match log.get("checkpoint", NOTE_BYTES_MAX as u64)? {
        Answer::Found(note) => note,
        Answer::Missing | Answer::Refused => bail!("该地址没有检查点 / there is no checkpoint at this address"),
    };
    let malformed = || anyhow!("该地址的检查点无法识别 / what is at this address is no checkpoint");
    let unsigned: Checkpoint = Note::parse(&note).map_err(|_| malformed())?.text().parse().map_err(|_| malformed())?;
    let named = || {
        let mut logs = against.policy?.logs().iter().map(|log| &log.key);
        logs.find(|key| key.name() == unsigned.origin).cloned()
    };
    let key = against.key.clone().or_else(named);
    let mut found = Vec::new();
    let mut verifier = key.as_ref().map_or_else(Verifier::new, Verifier::for_log);
    let (mut signatures, mut quorum) = (Verified::default(), None);
    if let Some(key) = &key {
        let witnesses = against.policy.map(LogPolicy::witness_keys).unwrap_or_default();
        match Checkpoint::open(&note, key, &witnesses) {
            Ok((_, verified)) => {
                quorum = against.policy.filter(|policy| policy.asks_for_witnesses()).map(|policy| {
                    let signed = verified.verified.iter().filter(|signature| signature.time.is_some()).count();
                    QuorumReport { asked: policy.fewest(), signed, met: policy.evaluate(&verified).met }
                });
                signatures = verified;
            }
            Err(_) => found.push(fault(None, InvariantId::Signature)),
        }
    }
    for note in &against.since {
        let earlier = match &key {
            Some(key) => Checkpoint::open(note, key, &[]).ok().map(|(checkpoint, _)| checkpoint),
            None => Note::parse(note).ok().and_then(|note| note.text().parse().ok()),
        };
        match earlier {
            Some(earlier) => verifier.anchor(&earlier),
            None => found.push(fault(None, InvariantId::Signature)),
        }
    }
    let mut walk = Walk { log, size: unsigned.size, verifier, nodes: BTreeMap::new(), found, entries: 0 };
    let with_entries = !against.tiles_only && walk.gives_entries()?;
    walk.leaves(with_entries, &mut progress)?;
    walk.levels()?;
    Ok(walk.report(unsigned, key.is_some(), signatures, quorum, against))
}

struct Walk<'a> {
    log: &'a Log,
    size: u64,
    verifier: Verifier,
    /// Roots of full tiles as the leaves give them, by level and index.
    nodes: BTreeMap<Node, Hash>,
    found: Vec<Finding>,
    entries: u64,
}

/// Leaf hashes of a tile, and the entries where they were asked for.
struct Leaves {
    hashes: Vec<Hash>,
    prepared: Option<Vec<Prepared>>,
}

/// The bytes of a tile or bundle of this width; a full one is cut where the log keeps no partial one
/// any more.
fn fetch(log: &Log, path: TilePath, max: u64) -> Result<Option<Vec<u8>>> {
    let full = TilePath { width: TILE_WIDTH, ..path };
    for path in [path, full] {
        if let Answer::Found(bytes) = log.get(&path.to_string(), max)? {
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}

/// The hashes of a tile.
fn hashes(log: &Log, path: TilePath) -> Result<Option<Vec<Hash>>> {
    let width = usize::from(path.width);
    let bytes = fetch(log, path, TILE_BYTES_MAX)?;
    Ok(bytes.and_then(|bytes| {
        let (hashes, rest) = bytes.as_chunks::<32>();
        let whole = rest.is_empty() && (hashes.len() == width || hashes.len() == usize::from(TILE_WIDTH));
        whole.then(|| hashes.iter().take(width).map(|&hash| Hash::new(hash)).collect())
    }))
}

fn entries(log: &Log, path: TilePath) -> Result<Option<Vec<Prepared>>> {
    let Some(bytes) = fetch(log, path, BUNDLE_BYTES_MAX)? else { return Ok(None) };
    let entries = split_bundle(&bytes).filter(|entries| entries.len() >= usize::from(path.width));
    Ok(entries.map(|entries| entries.into_iter().take(usize::from(path.width)).map(Prepared::of).collect()))
}

/// The tiles of a level in a log of `size` entries, left to right.
fn tiles(kind: TileKind, size: u64) -> impl Iterator<Item = TilePath> {
    (0..).map_while(move |index| {
        let path = TilePath { kind, index, width: TILE_WIDTH };
        let width = path.width_at(size);
        (width > 0).then_some(TilePath { width, ..path })
    })
}

fn workers() -> usize {
    std::thread::available_parallelism().map_or(REQUESTS, |cores| cores.get().max(REQUESTS))
}

impl Walk<'_> {
    /// Does the log give its entries out, to us?
    fn gives_entries(&self) -> Result<bool> {
        let Some(first) = tiles(TileKind::Entries, self.size).next() else { return Ok(false) };
        Ok(fetch(self.log, first, BUNDLE_BYTES_MAX)?.is_some())
    }

    /// All leaves, in order.
    fn leaves(&mut self, with_entries: bool, progress: &mut impl FnMut(u64, u64)) -> Result<()> {
        let (log, size) = (self.log, self.size);
        let mut tiles = tiles(TileKind::Hashes { level: 0 }, size);
        let work = |path: TilePath| -> Result<Option<Leaves>> {
            let Some(hashes) = hashes(log, path)? else { return Ok(None) };
            let prepared = match with_entries {
                true => match entries(log, TilePath { kind: TileKind::Entries, ..path })? {
                    Some(prepared) => Some(prepared),
                    None => return Ok(None),
                },
                false => None,
            };
            Ok(Some(Leaves { hashes, prepared }))
        };
        let stopped = in_order(
            workers(),
            || Ok(tiles.next()),
            work,
            |leaves: Result<Option<Leaves>>| {
                // What is missing or has another form ends it: nothing behind it has a place.
                let Some(leaves) = leaves.map_err(Some)? else { return Err(None) };
                self.take(&leaves);
                progress(self.verifier.entries(), size);
                Ok(())
            },
        );
        match stopped {
            Ok(()) => Ok(()),
            Err(Some(error)) => Err(error),
            Err(None) => {
                self.found.push(fault(Some(self.verifier.entries()), InvariantId::File));
                Ok(())
            }
        }
    }

    fn take(&mut self, leaves: &Leaves) {
        let nodes = &mut self.nodes;
        let mut completed = |node: Node, hash: Hash| {
            if node.level > 0 && node.level.is_multiple_of(TILE_HEIGHT) {
                nodes.insert(node, hash);
            }
        };
        match &leaves.prepared {
            None => leaves.hashes.iter().for_each(|&leaf| self.verifier.take_leaf(leaf, &mut completed)),
            Some(prepared) => {
                for (prepared, &expected) in prepared.iter().zip(&leaves.hashes) {
                    if prepared.leaf() != expected {
                        let detail = Detail::Hash { expected, actual: prepared.leaf() };
                        let seq = Some(self.verifier.entries());
                        self.found.push(Finding { seq, invariant: InvariantId::Tree, detail });
                    }
                    self.verifier.take_with(prepared, &mut completed);
                    self.entries = self.entries.saturating_add(1);
                }
            }
        }
    }

    /// The tiles above the leaves against what the leaves give.
    fn levels(&mut self) -> Result<()> {
        let complete = self.verifier.entries() == self.size;
        for level in (1..=7).take_while(|_| complete) {
            let (log, nodes) = (self.log, &self.nodes);
            let mut tiles = tiles(TileKind::Hashes { level }, self.size);
            let differs = |path: TilePath| -> Result<Option<u64>> {
                let height = level.saturating_mul(TILE_HEIGHT);
                let at = path.range().start;
                let first = |index: u64| index.checked_shl(u32::from(height)).unwrap_or(u64::MAX);
                let Some(hashes) = hashes(log, path)? else { return Ok(Some(first(at))) };
                let wrong = (at..)
                    .zip(&hashes)
                    .find(|(index, hash)| nodes.get(&Node { level: height, index: *index }) != Some(*hash));
                Ok(wrong.map(|(index, _)| first(index)))
            };
            let found = &mut self.found;
            in_order(
                workers(),
                || Ok(tiles.next()),
                differs,
                |wrong: Result<Option<u64>>| {
                    found.extend(wrong?.map(|seq| fault(Some(seq), InvariantId::Tree)));
                    Ok::<(), anyhow::Error>(())
                },
            )?;
        }
        Ok(())
    }

    fn report(
        self,
        checkpoint: Checkpoint,
        key_known: bool,
        signatures: Verified,
        quorum: Option<QuorumReport>,
        against: &Against<'_>,
    ) -> LogReport {
        let mut report = self.verifier.finish(Some(&checkpoint));
        self.found.into_iter().for_each(|finding| report.add(finding));
        if against.tiles_only {
            for unchecked in &mut report.unchecked {
                if *unchecked == Unchecked::Entries {
                    *unchecked = Unchecked::EntriesByChoice;
                }
            }
        }
        if !key_known {
            report.unchecked.push(Unchecked::LogSignature);
        }
        if quorum.is_some_and(|quorum| !quorum.met) {
            report.unchecked.push(Unchecked::Quorum);
        }
        report.unchecked.push(Unchecked::Later);
        LogReport { report, checkpoint, signatures, quorum, entries: self.entries }
    }
}
