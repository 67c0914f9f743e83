//! Checks a whole ledger in its database: every byte, hash, chain, posting rule and checkpoint by
//! the same verifier that outsiders use, then everything that the database keeps beside the entries
//! against their replay. Reads only. Pages of entries are read, hashed and decoded ahead on all
//! cores; what depends on the order is followed in order.

mod import;
mod job;
mod pages;
mod projections;
mod rebuild;

use std::collections::BTreeMap;

use kernel::{Instant, LedgerId};
use ledger::finding::{Detail, Finding, InvariantId, Unchecked};
use ledger::verify::{Report, Verifier};
use ledger::{Body, Checkpoint, Entry, Hash, LedgerOpened, VerifierKey};
use store::vault::Vault;
use store::{Head, LeafIndexSum, Reader, Store};

use crate::apply::{Fact, apply};
use crate::error::AppError;
use crate::refusal::Corrupt;
use crate::working_set::WorkingSet;
use pages::{Page, Pages};

pub use import::{ImportError, Imported, import, ledger_of};
pub(crate) use job::Verifications;
pub use job::{Progress, Verification};
pub use rebuild::rebuild;

/// How often a ledger that grows meanwhile is caught up with before its tables are left unchecked.
const CATCH_UP_MAX: u32 = 5;

/// What to hold the ledger against.
#[derive(Default)]
pub struct Options<'a> {
    /// Signed checkpoints kept outside the database.
    pub since: Vec<String>,
    /// The key of the log as known from outside; without it, the database's own is believed.
    pub key: Option<VerifierKey>,
    /// Opens what entries commit to, so that commitments are checked too.
    pub vault: Option<&'a Vault>,
    /// Have the database check its own pages and indexes, where it can.
    pub pages: bool,
}

struct Run<'a> {
    store: &'a Store,
    read: Reader<'a>,
    verifier: Verifier,
    state: WorkingSet,
    /// Folding stops at the first entry that does not fit.
    folding: bool,
    /// Number after that of the last entry read.
    next: u64,
    /// What the first entry says of the ledger's row, and the last one.
    opened: Option<LedgerOpened>,
    last: Option<(Hash, Instant)>,
    subtrees: BTreeMap<(u8, u64), Hash>,
    leaf_index: LeafIndexSum,
    found: Vec<Finding>,
    /// Commitments whose record is at hand and was compared; and those whose record is gone.
    commitments_opened: u64,
    commitments_open: u64,
    options: Options<'a>,
}

/// Checks one ledger. `progress` is told entries done and entries in all. A ledger that a server
/// writes to meanwhile is checked up to where it stands at the end.
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
    let mut head = store::head_load(&read, id).await?.ok_or_else(|| AppError::not_found("ledger"))?;
    let own: VerifierKey = head.vkey.parse().map_err(|_| Corrupt { what: "key of the ledger" })?;
    let outside = options.key.is_some();
    let key = options.key.clone().unwrap_or(own);
    let mut run = Run {
        store,
        read,
        verifier: Verifier::for_log(&key),
        state: WorkingSet::default(),
        folding: true,
        next: 0,
        opened: None,
        last: None,
        subtrees: BTreeMap::new(),
        leaf_index: LeafIndexSum::default(),
        found: Vec::new(),
        commitments_opened: 0,
        commitments_open: 0,
        options,
    };
    let last = run.anchor(id, &key).await?;
    let mut moving = false;
    for again in 0..CATCH_UP_MAX {
        run.entries(id, head.size, &mut progress).await?;
        let beside = run.beside(id, &head, &key).await?;
        let now = store::head_load(&run.read, id).await?.ok_or_else(|| AppError::not_found("ledger"))?;
        // A difference counts when the ledger stood still while it was looked for.
        if beside.is_empty() || now == head {
            run.found.extend(beside);
            break;
        }
        moving = again + 1 == CATCH_UP_MAX;
        head = now;
    }
    if run.options.pages && store::pages_damaged(&run.read).await? {
        run.find(None, InvariantId::Pages, Detail::Plain);
    }
    let rows = rows_of(&run.state);
    let opened = run.commitments_opened;
    let all_opened = run.options.vault.is_some() && run.commitments_open == 0;
    let mut report = run.verifier.finish(last.as_ref());
    run.found.into_iter().for_each(|finding| report.add(finding));
    (report.counts.commitments_opened, report.counts.rows) = (opened, rows);
    if all_opened {
        report.unchecked.retain(|unchecked| *unchecked != Unchecked::Commitments);
    }
    if !outside {
        report.unchecked.push(Unchecked::KeyFromOutside);
    }
    if moving {
        report.unchecked.push(Unchecked::Moving);
    }
    Ok(report)
}

impl Run<'_> {
    fn find(&mut self, seq: Option<u64>, invariant: InvariantId, detail: Detail) {
        self.found.push(Finding { seq, invariant, detail });
    }

    /// Every checkpoint ever signed, in the database and outside. The last one is returned.
    async fn anchor(&mut self, id: &LedgerId, key: &VerifierKey) -> Result<Option<Checkpoint>, AppError> {
        let mut last: Option<Checkpoint> = None;
        let mut notes = std::mem::take(&mut self.options.since);
        let (outside, mut sizes) = (notes.len(), Vec::new());
        let mut after = None;
        loop {
            let rows = store::checkpoints_after(&self.read, id, after, 512).await?;
            let Some(row) = rows.last() else { break };
            after = Some(row.size);
            for row in rows {
                sizes.push(row.size);
                notes.push(row.note);
            }
        }
        for (n, note) in notes.iter().enumerate() {
            match Checkpoint::open(note.as_bytes(), key, &[]) {
                Ok((checkpoint, _)) => {
                    if let Some(&size) = n.checked_sub(outside).and_then(|n| sizes.get(n))
                        && size != checkpoint.size
                    {
                        let detail = Detail::Number { expected: checkpoint.size, actual: size };
                        self.find(None, InvariantId::Projection, detail);
                    }
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

    /// Entries up to number `size`, from where the last call ended.
    async fn entries(&mut self, id: &LedgerId, size: u64, progress: &mut impl FnMut(u64, u64)) -> Result<(), AppError> {
        let mut pages = Pages::read(self.store, id, self.next, size);
        while let Some(page) = pages.next().await? {
            for piece in &page {
                self.entry(piece);
            }
            self.next = page.last().map_or(self.next, |piece| piece.seq.saturating_add(1));
            self.commitments(id, &page).await?;
            progress(self.verifier.entries(), size.max(self.verifier.entries()));
        }
        Ok(())
    }

    fn entry(&mut self, piece: &pages::Piece) {
        let position = self.verifier.entries();
        let leaf = piece.prepared.leaf();
        let subtrees = &mut self.subtrees;
        self.verifier.take_with(&piece.prepared, |node, hash| {
            if node.level > 0 && node.level.is_multiple_of(8) {
                subtrees.insert((node.level / 8, node.index), hash);
            }
        });
        let Some(entry) = piece.prepared.entry() else {
            self.folding = false;
            return;
        };
        self.last = Some((leaf, entry.header.recorded_at));
        if let Body::LedgerOpened(opened) = &entry.body {
            self.opened.get_or_insert_with(|| opened.clone());
        }
        self.leaf_index.push(entry.header.seq, leaf.as_bytes());
        let account = entry.body.contract().and_then(|(id, _)| self.state.accounts.get(id));
        let before_fits = !self.folding || piece.contract_before == account.map(|account| account.last_entry);
        if !piece.columns_fit || !before_fits {
            let actual = Hash::new(piece.stored_leaf);
            self.find(Some(position), InvariantId::Projection, Detail::Hash { expected: leaf, actual });
        }
        if self.folding && apply(&mut self.state, &fact(entry, leaf)).is_err() {
            self.folding = false;
            self.find(Some(position), InvariantId::State, Detail::Plain);
        }
    }

    /// What the database keeps beside the entries, against what they give: length, tree, tables.
    async fn beside(&mut self, id: &LedgerId, head: &Head, key: &VerifierKey) -> Result<Vec<Finding>, AppError> {
        let mut found = Vec::new();
        let (leaf, recorded_at) = self.last.unwrap_or((Hash::ZERO, head.opened_at));
        let row_fits = head.vkey == key.to_string()
            && head.origin == key.name()
            && self.opened.as_ref().is_none_or(|opened| opened.region == head.region)
            && head.last_leaf == *leaf.as_bytes()
            && head.last_recorded_at == recorded_at;
        if self.verifier.entries() == head.size && self.folding && !row_fits {
            let detail = Detail::Hash { expected: leaf, actual: Hash::new(head.last_leaf) };
            found.push(Finding { seq: None, invariant: InvariantId::Projection, detail });
        }
        let length = |actual| {
            let detail = Detail::Number { expected: head.size, actual };
            Finding { seq: None, invariant: InvariantId::Length, detail }
        };
        if self.verifier.entries() != head.size {
            found.push(length(self.verifier.entries()));
        }
        if let Some(beyond) = store::entries_range(&self.read, id, head.size, 1).await?.first() {
            found.push(length(beyond.seq.saturating_add(1)));
        }
        found.extend(self.tree(id, head).await?);
        if self.folding && !self.leaf_index.is_stored(&self.read, id).await? {
            found.push(Finding { seq: None, invariant: InvariantId::Projection, detail: Detail::Plain });
        }
        if self.folding {
            found.extend(projections::compare(&self.read, id, &self.state).await?);
        }
        Ok(found)
    }

    /// What the entries of a page commit to, where the key is at hand.
    async fn commitments(&mut self, id: &LedgerId, page: &Page) -> Result<(), AppError> {
        let Some(vault) = self.options.vault else { return Ok(()) };
        let committed: BTreeMap<u64, Hash> =
            page.iter().filter_map(|piece| Some((piece.seq, piece.prepared.entry()?.header.commit?))).collect();
        if committed.is_empty() {
            return Ok(());
        }
        let seqs: Vec<u64> = committed.keys().copied().collect();
        let records = store::entry_records_load(&self.read, id, &seqs).await?;
        // A record may be gone lawfully: a person was erased. Its commitment is then just not checked.
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        self.commitments_open += count(committed.len().saturating_sub(records.len()));
        self.commitments_opened += count(records.len());
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
    async fn tree(&self, id: &LedgerId, head: &Head) -> Result<Vec<Finding>, AppError> {
        let mut found = Vec::new();
        let unfit = |seq| Finding { seq, invariant: InvariantId::Tree, detail: Detail::Plain };
        let frontier = self.verifier.frontier();
        if frontier.size() == head.size && crate::writer::frontier_rows(frontier) != head.frontier {
            found.push(unfit(None));
        }
        let computed = &self.subtrees;
        let highest = computed.last_key_value().map_or(0, |((level, _), _)| *level);
        // One level more than there can be: nothing may stand there.
        for level in 1..=highest.saturating_add(1) {
            let of_level: Vec<Hash> = computed.range((level, 0)..=(level, u64::MAX)).map(|(_, hash)| *hash).collect();
            let stored = store::subtree_range(&self.read, id, level, 0, i64::MAX.unsigned_abs()).await?;
            let stored: Vec<Hash> = stored.into_iter().map(Hash::new).collect();
            if stored != of_level {
                let same = of_level.iter().zip(&stored).take_while(|(a, b)| a == b).count();
                let width = 1_u64.checked_shl(8 * u32::from(level)).unwrap_or(u64::MAX);
                found.push(unfit(Some(u64::try_from(same).unwrap_or(0).saturating_mul(width))));
            }
            found.extend(self.tiles(id, level).await?);
        }
        Ok(found)
    }

    /// The tiles that are kept of which the roots are of a level. A tile may be missing: then its rows are read.
    async fn tiles(&self, id: &LedgerId, level: u8) -> Result<Vec<Finding>, AppError> {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = store::tiles_after(&self.read, id, level.saturating_sub(1), after).await?;
            let Some(last) = page.last() else { return Ok(found) };
            after = Some(last.index);
            for tile in &page {
                let mut frontier = ledger::Frontier::new();
                tile.hashes.iter().for_each(|hash| frontier.push(Hash::new(*hash)));
                if self.subtrees.get(&(level, tile.index)) != Some(&frontier.root()) {
                    let width = 1_u64.checked_shl(8 * u32::from(level)).unwrap_or(u64::MAX);
                    let seq = Some(tile.index.saturating_mul(width));
                    found.push(Finding { seq, invariant: InvariantId::Tree, detail: Detail::Plain });
                }
            }
        }
    }
}

/// Rows that the replay gives, each compared with its table.
fn rows_of(state: &WorkingSet) -> u64 {
    let tables = [
        state.institutions.rows().len(),
        state.applications.rows().len(),
        state.licences.rows().len(),
        state.listings.rows().len(),
        state.courses.rows().len(),
        state.accounts.rows().len(),
        state.transfers.rows().len(),
        state.lessons.rows().len(),
        state.refunds.rows().len(),
        state.settlements.rows().len(),
        state.holds.rows().len(),
        state.alerts.rows().len(),
        state.inspections.rows().len(),
        state.closures.rows().len(),
        state.payments.rows().len(),
        state.seals.rows().len(),
        state.sealed_contracts.rows().len(),
    ];
    tables.iter().map(|&rows| u64::try_from(rows).unwrap_or(u64::MAX)).fold(0, u64::saturating_add)
}

/// An entry as folding sees it.
fn fact(entry: &Entry, leaf: Hash) -> Fact<'_> {
    Fact {
        seq: entry.header.seq,
        leaf: *leaf.as_bytes(),
        institution: entry.header.institution.map(|link| link.institution),
        effective_on: entry.header.effective_on,
        recorded_on: entry.header.recorded_at.day(),
        actor: entry.header.actor,
        body: &entry.body,
    }
}
