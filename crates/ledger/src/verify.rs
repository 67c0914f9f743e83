//! The one verifier: entries go in one by one, what holds and what does not comes out. The server's
//! `verify`, the separate verifier and the tests all use it.

use std::collections::{BTreeMap, HashMap};

use kernel::{Instant, InstitutionId, LedgerId};

use crate::body::Body;
use crate::books::Books;
use crate::checkpoint::Checkpoint;
use crate::entry::{Entry, EntryError, decode};
use crate::finding::{Detail, Finding, InvariantId, Unchecked, Verdict};
use crate::hash::{Hash, leaf_hash};
use crate::merkle::{Frontier, Node};
use crate::note::VerifierKey;

/// Findings kept in full; more are counted only.
pub const FINDINGS_KEPT: usize = 100;

/// Streams over a ledger from its first entry.
#[derive(Debug, Default)]
pub struct Verifier {
    ledger: Option<LedgerId>,
    log: Option<VerifierKey>,
    next_seq: u64,
    last_hash: Option<Hash>,
    last_at: Option<Instant>,
    institutions: HashMap<InstitutionId, (u64, Hash)>,
    frontier: Frontier,
    anchors: BTreeMap<u64, Vec<Hash>>,
    books: Books,
    books_stopped: bool,
    bytes: u64,
    failed_entries: u64,
    found: u64,
    findings: Vec<Finding>,
    counts: Counts,
    hashes_only: bool,
}

/// An entry hashed and read: the part of the check that needs nothing but its bytes, and so can be
/// done on any core.
#[derive(Clone, Debug)]
pub struct Prepared {
    leaf: Hash,
    bytes: u64,
    entry: Result<Entry, EntryError>,
}

impl Prepared {
    /// From an entry's bytes.
    pub fn of(bytes: &[u8]) -> Prepared {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Prepared { leaf: leaf_hash(bytes), bytes: length, entry: decode(bytes) }
    }

    /// Leaf hash of the bytes.
    pub const fn leaf(&self) -> Hash {
        self.leaf
    }

    /// The entry, when the bytes are one.
    pub const fn entry(&self) -> Option<&Entry> {
        match &self.entry {
            Ok(entry) => Some(entry),
            Err(_) => None,
        }
    }
}

/// What was gone through, beside the entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Institutions whose chain was followed.
    pub institutions: u64,
    /// Contracts whose numbering was followed.
    pub contracts: u64,
    /// Seals compared with what the entries before them leave.
    pub seals: u64,
    /// Signed checkpoints whose root was compared with the tree at their size.
    pub checkpoints: u64,
    /// Commitments that entries make.
    pub commitments: u64,
    /// Of them those whose record was at hand and was compared.
    pub commitments_opened: u64,
    /// Rows beside the entries that were compared with their replay.
    pub rows: u64,
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Report {
    /// Entries seen.
    pub entries: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Root of the tree over them.
    pub root: Hash,
    /// Entries with which something is wrong.
    pub failed_entries: u64,
    /// Findings in all; those that are not in `findings` were counted only.
    pub found: u64,
    /// The first findings in order, at most [`FINDINGS_KEPT`].
    pub findings: Vec<Finding>,
    /// What was gone through.
    pub counts: Counts,
    /// What was not checked.
    pub unchecked: Vec<Unchecked>,
    /// The replay, up to the first failure.
    pub books: Books,
}

impl Report {
    /// The answer.
    pub fn verdict(&self) -> Verdict {
        Verdict::of(self.findings.first().copied(), &self.unchecked)
    }

    /// Adds a finding from elsewhere: a file's form, a database's projections.
    pub fn add(&mut self, finding: Finding) {
        self.found = self.found.saturating_add(1);
        if self.findings.len() < FINDINGS_KEPT {
            self.findings.push(finding);
        }
    }
}

impl Verifier {
    /// For a ledger of which nothing is known yet.
    pub fn new() -> Verifier {
        Verifier::default()
    }

    /// For the ledger of a known log: the first entry must name its origin and key.
    pub fn for_log(log: &VerifierKey) -> Verifier {
        Verifier { log: Some(log.clone()), ..Verifier::default() }
    }

    /// A checkpoint whose signature was checked: the tree must have its root when it has its size.
    /// To be called before the entries up to that size are fed.
    pub fn anchor(&mut self, checkpoint: &Checkpoint) {
        self.anchors.entry(checkpoint.size).or_default().push(checkpoint.root);
        if checkpoint.size == self.frontier.size() {
            self.compare_root(checkpoint.size);
        }
    }

    /// Entries seen so far.
    pub const fn entries(&self) -> u64 {
        self.frontier.size()
    }

    /// The tree of the entries seen so far.
    pub const fn frontier(&self) -> &Frontier {
        &self.frontier
    }

    /// Findings so far.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    fn find(&mut self, seq: Option<u64>, invariant: InvariantId, detail: Detail) {
        self.books_stopped = true;
        self.found = self.found.saturating_add(1);
        if self.findings.len() < FINDINGS_KEPT {
            self.findings.push(Finding { seq, invariant, detail });
        }
    }

    fn compare_root(&mut self, size: u64) {
        let actual = self.frontier.root();
        for expected in self.anchors.get(&size).cloned().unwrap_or_default() {
            self.counts.checkpoints = self.counts.checkpoints.saturating_add(1);
            if expected != actual {
                self.find(size.checked_sub(1), InvariantId::Tree, Detail::Hash { expected, actual });
            }
        }
    }

    /// The next entry's bytes. Returns their leaf hash, for a caller that has a stored one to
    /// compare.
    pub fn feed(&mut self, bytes: &[u8]) -> Hash {
        let prepared = Prepared::of(bytes);
        self.take(&prepared);
        prepared.leaf
    }

    /// The next entry, hashed and read before.
    pub fn take(&mut self, prepared: &Prepared) {
        self.take_with(prepared, |_, _| ());
    }

    /// As [`Verifier::take`], naming every full subtree that the entry completes, the leaf first.
    pub fn take_with(&mut self, prepared: &Prepared, completed: impl FnMut(Node, Hash)) {
        let position = self.frontier.size();
        let hash = prepared.leaf;
        let before = self.found;
        self.bytes = self.bytes.saturating_add(prepared.bytes);
        match &prepared.entry {
            Ok(entry) => self.check(entry, hash),
            Err(error) => {
                let invariant = match error {
                    EntryError::Postings => InvariantId::Postings,
                    _ => InvariantId::Canonical,
                };
                self.find(Some(position), invariant, Detail::Entry(*error));
                self.next_seq = self.next_seq.saturating_add(1);
            }
        }
        self.last_hash = Some(hash);
        self.frontier.push_with(hash, completed);
        if !self.anchors.is_empty() {
            self.compare_root(self.frontier.size());
        }
        if self.found > before {
            self.failed_entries = self.failed_entries.saturating_add(1);
        }
    }

    /// The next entry's leaf hash alone, from a tile: the tree is checked, the entry is not.
    pub fn take_leaf(&mut self, leaf: Hash, completed: impl FnMut(Node, Hash)) {
        self.hashes_only = true;
        self.next_seq = self.next_seq.saturating_add(1);
        self.frontier.push_with(leaf, completed);
        if !self.anchors.is_empty() {
            self.compare_root(self.frontier.size());
        }
    }

    fn check(&mut self, entry: &Entry, hash: Hash) {
        let header = &entry.header;
        let expected = self.next_seq;
        self.next_seq = header.seq.saturating_add(1);
        if header.seq != expected {
            // The place is what a reader can look up; the number is what stands there.
            let detail = Detail::Number { expected, actual: header.seq };
            self.find(Some(expected), InvariantId::Sequence, detail);
        }
        let prev = self.last_hash.unwrap_or(Hash::ZERO);
        if header.prev != prev && header.seq == expected {
            // The link names the bytes that once stood before: it is those that changed, unless the
            // link itself did, and then the next link shows it.
            let detail = Detail::Hash { expected: header.prev, actual: prev };
            self.find(expected.checked_sub(1).or(Some(0)), InvariantId::Chain, detail);
        }
        if self.last_at.is_some_and(|last| header.recorded_at <= last) {
            self.find(Some(expected), InvariantId::Clock, Detail::Plain);
        }
        self.last_at = Some(header.recorded_at);
        match &self.ledger {
            None => self.ledger = Some(header.ledger.clone()),
            Some(ledger) if *ledger == header.ledger => {}
            Some(_) => self.find(Some(expected), InvariantId::OneLedger, Detail::Plain),
        }
        if let Body::LedgerOpened(opened) = &entry.body {
            let log_fits = self
                .log
                .as_ref()
                .is_none_or(|log| log.name() == opened.origin.as_str() && log.to_string() == opened.vkey.as_str());
            let region_fits = header.ledger.as_str().starts_with(&opened.region.to_string());
            if !log_fits || !region_fits {
                self.find(Some(expected), InvariantId::Genesis, Detail::Plain);
            }
        }
        if let Some(link) = &header.institution {
            let (seq, prev) = self.institutions.get(&link.institution).copied().unwrap_or((0, Hash::ZERO));
            let next = seq.saturating_add(1);
            if link.seq != next {
                let detail = Detail::Number { expected: next, actual: link.seq };
                self.find(Some(expected), InvariantId::InstitutionChain, detail);
            } else if link.prev != prev {
                let detail = Detail::Hash { expected: prev, actual: link.prev };
                self.find(Some(expected), InvariantId::InstitutionChain, detail);
            }
            self.institutions.insert(link.institution, (link.seq, hash));
        }
        if header.commit.is_some() {
            self.counts.commitments = self.counts.commitments.saturating_add(1);
        }
        if !self.books_stopped {
            match self.books.apply(entry, hash) {
                Ok(()) if matches!(entry.body, Body::DaySealed(_)) => {
                    self.counts.seals = self.counts.seals.saturating_add(1);
                }
                Ok(()) => {}
                Err((invariant, detail)) => self.find(Some(expected), invariant, detail),
            }
        }
    }

    /// After the last entry, with the checkpoint that should describe exactly these entries (its
    /// signature already checked), if there is one.
    pub fn finish(mut self, last: Option<&Checkpoint>) -> Report {
        let size = self.frontier.size();
        if let Some(checkpoint) = last {
            if checkpoint.size > size {
                let detail = Detail::Number { expected: checkpoint.size, actual: size };
                self.find(Some(size), InvariantId::Length, detail);
            } else if checkpoint.size == size {
                if !self.anchors.contains_key(&size) {
                    self.counts.checkpoints = self.counts.checkpoints.saturating_add(1);
                }
                let actual = self.frontier.root();
                if checkpoint.root != actual {
                    let detail = Detail::Hash { expected: checkpoint.root, actual };
                    self.find(size.checked_sub(1), InvariantId::Tree, detail);
                }
            }
        }
        let missing: Vec<u64> = self.anchors.keys().copied().filter(|&anchor| anchor > size).collect();
        for expected in missing {
            self.find(Some(size), InvariantId::Length, Detail::Number { expected, actual: size });
        }
        if !self.books_stopped
            && let Err((invariant, detail)) = self.books.sweep()
        {
            self.find(None, invariant, detail);
        }
        let mut unchecked = Vec::new();
        if last.is_none_or(|checkpoint| checkpoint.size < size) && self.anchors.keys().all(|&anchor| anchor < size) {
            unchecked.push(Unchecked::Checkpoint);
        }
        if self.hashes_only {
            unchecked.push(Unchecked::Entries);
        } else if self.books_stopped {
            unchecked.push(Unchecked::BooksAfterFailure);
        }
        if self.anchors.is_empty() {
            unchecked.push(Unchecked::EarlierCheckpoint);
        }
        if self.counts.commitments > 0 {
            unchecked.push(Unchecked::Commitments);
        }
        self.counts.institutions = u64::try_from(self.institutions.len()).unwrap_or(u64::MAX);
        self.counts.contracts = self.books.contracts();
        Report {
            entries: size,
            bytes: self.bytes,
            root: self.frontier.root(),
            failed_entries: self.failed_entries,
            found: self.found,
            findings: self.findings,
            counts: self.counts,
            unchecked,
            books: self.books,
        }
    }
}
