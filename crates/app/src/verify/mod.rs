//! Checks a whole ledger in its database: every byte, hash, chain, posting rule and checkpoint by
//! the same verifier that outsiders use, then everything that the database keeps beside the entries
//! against their replay. Reads only.

mod projections;
mod rebuild;

use std::collections::BTreeMap;

use kernel::LedgerId;
use ledger::finding::{Detail, Finding, InvariantId, Unchecked};
use ledger::verify::{FINDINGS_KEPT, Report, Verifier};
use ledger::{Checkpoint, Frontier, Hash, VerifierKey};
use store::vault::Vault;
use store::{EntryRow, Head, Reader, Store};

use crate::apply::{Fact, apply};
use crate::error::AppError;
use crate::refusal::Corrupt;
use crate::working_set::WorkingSet;

pub use rebuild::rebuild;

/// Entries read at once.
const PAGE: u32 = 1024;

/// What to hold the ledger against.
#[derive(Default)]
pub struct Options<'a> {
    /// Signed checkpoints kept outside the database.
    pub since: Vec<String>,
    /// The key of the log as known from outside; without it, the database's own is believed.
    pub key: Option<VerifierKey>,
    /// Opens what entries commit to, so that commitments are checked too.
    pub vault: Option<&'a Vault>,
}

struct Run<'a> {
    read: Reader<'a>,
    head: Head,
    verifier: Verifier,
    state: WorkingSet,
    /// Folding stops at the first entry that does not fit.
    folding: bool,
    frontier: Frontier,
    subtrees: BTreeMap<(u8, u64), Hash>,
    found: Vec<Finding>,
    /// Commitments whose record is at hand and fits; and those that could not be compared.
    commitments_open: u64,
    options: Options<'a>,
}

/// Checks one ledger. `progress` is told entries done and entries in all.
///
/// # Errors
/// [`AppError`] when the database cannot be read; everything that is wrong with the ledger is in the
/// report.
pub async fn verify(
    store: &Store,
    id: &LedgerId,
    options: Options<'_>,
    mut progress: impl FnMut(u64, u64),
) -> Result<Report, AppError> {
    let read = store.read();
    let head = store::head_load(&read, id).await?.ok_or_else(|| AppError::not_found("ledger"))?;
    let own: VerifierKey = head.vkey.parse().map_err(|_| Corrupt { what: "key of the ledger" })?;
    let key = options.key.clone().unwrap_or(own);
    let mut run = Run {
        read,
        verifier: Verifier::for_log(&key),
        head,
        state: WorkingSet::default(),
        folding: true,
        frontier: Frontier::new(),
        subtrees: BTreeMap::new(),
        found: Vec::new(),
        commitments_open: 0,
        options,
    };
    let last = run.anchor(id, &key).await?;
    run.entries(id, &mut progress).await?;
    run.tree(id).await?;
    if run.folding {
        run.found.extend(projections::compare(&run.read, id, &run.state).await?);
    }
    let commitments = run.options.vault.is_some() && run.commitments_open == 0;
    let mut report = run.verifier.finish(last.as_ref());
    run.found.into_iter().for_each(|finding| report.add(finding));
    if commitments {
        report.unchecked.retain(|unchecked| *unchecked != Unchecked::Commitments);
    }
    Ok(report)
}

impl Run<'_> {
    fn find(&mut self, seq: Option<u64>, invariant: InvariantId, detail: Detail) {
        if self.found.len() < FINDINGS_KEPT {
            self.found.push(Finding { seq, invariant, detail });
        }
    }

    /// Every checkpoint ever signed, in the database and outside. The last one is returned.
    async fn anchor(&mut self, id: &LedgerId, key: &VerifierKey) -> Result<Option<Checkpoint>, AppError> {
        let mut last: Option<Checkpoint> = None;
        let mut notes = std::mem::take(&mut self.options.since);
        let mut after = None;
        loop {
            let rows = store::checkpoints_after(&self.read, id, after, 512).await?;
            let Some(row) = rows.last() else { break };
            after = Some(row.size);
            notes.extend(rows.into_iter().map(|row| row.note));
        }
        for note in notes {
            match Checkpoint::open(note.as_bytes(), key, &[]) {
                Ok((checkpoint, _)) => {
                    self.verifier.anchor(&checkpoint);
                    if last.as_ref().is_none_or(|last| last.size < checkpoint.size) {
                        last = Some(checkpoint);
                    }
                }
                Err(_) => self.find(None, InvariantId::Signature, Detail::Plain),
            }
        }
        Ok(last)
    }

    async fn entries(&mut self, id: &LedgerId, progress: &mut impl FnMut(u64, u64)) -> Result<(), AppError> {
        let mut next = 0;
        loop {
            let rows = store::entries_range(&self.read, id, next, PAGE).await?;
            let Some(last) = rows.last() else { break };
            next = last.seq.saturating_add(1);
            for row in &rows {
                self.entry(row);
            }
            self.commitments(id, &rows).await?;
            progress(self.verifier.entries(), self.head.size.max(self.verifier.entries()));
        }
        if self.verifier.entries() != self.head.size {
            let detail = Detail::Number { expected: self.head.size, actual: self.verifier.entries() };
            self.find(None, InvariantId::Length, detail);
        }
        Ok(())
    }

    fn entry(&mut self, row: &EntryRow) {
        let position = self.verifier.entries();
        let leaf = self.verifier.feed(&row.bytes);
        let subtrees = &mut self.subtrees;
        self.frontier.push_with(leaf, |node, hash| {
            if node.level > 0 && node.level.is_multiple_of(8) {
                subtrees.insert((node.level / 8, node.index), hash);
            }
        });
        let Ok(entry) = ledger::decode(&row.bytes) else {
            self.folding = false;
            return;
        };
        let header = &entry.header;
        let columns_fit = row.seq == header.seq
            && row.leaf_hash == *leaf.as_bytes()
            && row.entry_type == entry.body.entry_type().as_str()
            && row.institution == header.institution.map(|link| (link.institution, link.seq))
            && row.contract == entry.body.contract()
            && row.recorded_at == header.recorded_at
            && row.effective_on == header.effective_on;
        if !columns_fit {
            let actual = Hash::new(row.leaf_hash);
            self.find(Some(position), InvariantId::Projection, Detail::Hash { expected: leaf, actual });
        }
        if self.folding {
            let fact = Fact {
                seq: header.seq,
                leaf: *leaf.as_bytes(),
                institution: header.institution.map(|link| link.institution),
                effective_on: header.effective_on,
                recorded_on: header.recorded_at.day(),
                actor: header.actor,
                body: &entry.body,
            };
            if apply(&mut self.state, &fact).is_err() {
                self.folding = false;
                self.find(Some(position), InvariantId::State, Detail::Plain);
            }
        }
    }

    /// What the entries of a page commit to, where the key is at hand.
    async fn commitments(&mut self, id: &LedgerId, rows: &[EntryRow]) -> Result<(), AppError> {
        let Some(vault) = self.options.vault else { return Ok(()) };
        let committed: BTreeMap<u64, Hash> =
            rows.iter().filter_map(|row| Some((row.seq, ledger::decode(&row.bytes).ok()?.header.commit?))).collect();
        if committed.is_empty() {
            return Ok(());
        }
        let seqs: Vec<u64> = committed.keys().copied().collect();
        let records = store::entry_records_load(&self.read, id, &seqs).await?;
        // A record may be gone lawfully: a person was erased. Its commitment is then just not checked.
        self.commitments_open += u64::try_from(committed.len().saturating_sub(records.len())).unwrap_or(u64::MAX);
        for record in records {
            let plain = vault.open(&crate::writer::record_context(id, record.seq), &record.sealed);
            let fits = plain.is_ok_and(|plain| {
                plain.split_first_chunk::<32>().is_some_and(|(salt, text)| {
                    committed.get(&record.seq) == Some(&ledger::commit(ledger::tags::COMMIT, salt, text))
                })
            });
            if !fits {
                self.find(Some(record.seq), InvariantId::Projection, Detail::Plain);
            }
        }
        Ok(())
    }

    /// The head row and the stored roots of tiles against the tree of the entries.
    async fn tree(&mut self, id: &LedgerId) -> Result<(), AppError> {
        let frontier = crate::writer::frontier_rows(&self.frontier);
        if self.frontier.size() == self.head.size && frontier != self.head.frontier {
            self.find(None, InvariantId::Tree, Detail::Plain);
        }
        let computed = std::mem::take(&mut self.subtrees);
        let levels: Vec<u8> = computed.keys().map(|(level, _)| *level).collect();
        for level in levels.into_iter().collect::<std::collections::BTreeSet<_>>() {
            let of_level: Vec<Hash> = computed.range((level, 0)..=(level, u64::MAX)).map(|(_, hash)| *hash).collect();
            let count = u64::try_from(of_level.len()).unwrap_or(u64::MAX);
            let stored = store::subtree_range(&self.read, id, level, 0, count).await?;
            let stored: Vec<Hash> = stored.into_iter().map(Hash::new).collect();
            if stored != of_level {
                let first = of_level.iter().zip(&stored).position(|(a, b)| a != b).unwrap_or(stored.len());
                let width = 1_u64 << (8 * u32::from(level));
                let seq = u64::try_from(first).unwrap_or(0).saturating_mul(width);
                self.find(Some(seq), InvariantId::Tree, Detail::Plain);
            }
        }
        Ok(())
    }
}
