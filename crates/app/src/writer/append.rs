//! Numbering, chaining and hashing the entries of a batch, and folding each into the state.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Day, Instant, InstitutionId, LedgerId};
use ledger::{Actor, Frontier, Hash, Header, InstitutionLink};
use store::{Answer, EntryRecord, EntryRow, Head, Subtree};

use super::{EntryRef, Job, LedgerCore};
use crate::apply::{Fact, apply};
use crate::context::{Decision, EntryDraft, Secret, Side};
use crate::error::AppError;
use crate::refusal::{Corrupt, Refusal};
use crate::working_set::WorkingSet;

/// A clock this far behind the last entry is wrong, not slow.
const CLOCK_BEHIND_MAX_MICROS: i64 = 5_000_000;

/// Levels of the Merkle tree whose nodes are kept: the roots of full tiles of 256 (C2SP tlog-tiles).
const TILE_HEIGHT: u8 = 8;

/// What a batch adds.
pub(super) struct Appended {
    /// The head after the batch.
    pub head: Head,
    /// New entries.
    pub entries: Vec<EntryRow>,
    /// Roots of tiles that became full.
    pub subtrees: Vec<Subtree>,
    /// What entries commit to, sealed.
    pub records: Vec<EntryRecord>,
    /// Keys to remember.
    pub keys: Vec<Answer>,
    /// Rows beside the ledger.
    pub side: Vec<Side>,
    /// Were drafts or courses made?
    pub drafts_changed: bool,
    /// What rules refused, by institution, day and rule.
    pub refused: BTreeMap<(InstitutionId, Day, String), u64>,
    frontier: Frontier,
}

impl Appended {
    /// Nothing added yet.
    pub fn after(head: &Head) -> Result<Appended, Corrupt> {
        let mut bytes = head.size.to_be_bytes().to_vec();
        head.frontier.iter().for_each(|peak| bytes.extend_from_slice(peak));
        let frontier = Frontier::from_bytes(&bytes).map_err(|_| Corrupt { what: "frontier of the head" })?;
        Ok(Appended {
            head: head.clone(),
            entries: Vec::new(),
            subtrees: Vec::new(),
            records: Vec::new(),
            keys: Vec::new(),
            side: Vec::new(),
            drafts_changed: false,
            refused: BTreeMap::new(),
            frontier,
        })
    }

    /// Is the state still what the database holds? Then a contradiction is the database's.
    pub fn untouched_by_failure(&self) -> bool {
        self.entries.is_empty()
    }

    /// Counts what the rules refused somebody of an institution.
    pub fn refuse(&mut self, job: &Job, refusal: &Refusal) {
        let role = job.principal.as_ref().map(|principal| &principal.role);
        let (Some(access::Role::Institution { institution, .. }), Refusal::Rules { violations }) = (role, refusal)
        else {
            return;
        };
        // A command that breaks one rule in two fields was refused by it once.
        let rules: BTreeSet<&str> = violations.iter().map(|broken| broken.rule.as_ref()).collect();
        for rule in rules {
            let count = self.refused.entry((*institution, job.now.day(), rule.to_owned())).or_default();
            *count = count.saturating_add(1);
        }
    }

    /// Brings the head up to date once everything is appended.
    pub fn close(&mut self) {
        self.head.frontier = frontier_rows(&self.frontier);
    }

    /// Entries of this very batch, for a key that is repeated within it.
    pub fn entries_from(&self, first: u64, count: u64) -> Option<Vec<EntryRow>> {
        let start = self.entries.iter().position(|entry| entry.seq == first)?;
        Some(self.entries.iter().skip(start).take(usize::try_from(count).ok()?).cloned().collect())
    }

    /// Appends what a decision decided.
    ///
    /// # Errors
    /// [`AppError::Entry`] or [`AppError::Corrupt`]: faults of ours, after which this batch must be
    /// given up.
    pub fn append(
        &mut self,
        core: &LedgerCore,
        state: &mut WorkingSet,
        decision: Decision,
        actor: Actor,
        policy: Hash,
        now: Instant,
    ) -> Result<Vec<EntryRef>, AppError> {
        let mut refs = Vec::with_capacity(decision.entries.len());
        for draft in decision.entries {
            refs.push(self.append_entry(core, state, draft, actor, policy, now)?);
        }
        for side in &decision.side {
            match side {
                Side::Person(person) => {
                    state.persons.insert(person.lookup, person.subject);
                }
                Side::Profile(profile) if profile.custody_account_present => {
                    state.custody_accounts.insert(profile.institution);
                }
                Side::ChildKey(pupil, key) => {
                    state.know_child(*pupil, *key);
                }
                Side::ControllerKey(institution, key) => {
                    state.controllers.insert(*institution, *key);
                }
                Side::Ties(..)
                | Side::Profile(_)
                | Side::CourseName(..)
                | Side::PaymentReference(..)
                | Side::Text(_)
                | Side::Notice(_)
                | Side::BankLine(..)
                | Side::AlertFacts(..)
                | Side::Erasure(_) => {}
            }
        }
        self.drafts_changed |= !(decision.courses.is_empty() && decision.drafts.is_empty());
        self.side.extend(decision.side);
        for course in decision.courses {
            state.courses.insert(course.id, course);
        }
        for draft in decision.drafts {
            state.drafts.insert(draft.terms.id, draft);
        }
        Ok(refs)
    }

    fn append_entry(
        &mut self,
        core: &LedgerCore,
        state: &mut WorkingSet,
        draft: EntryDraft,
        actor: Actor,
        policy: Hash,
        now: Instant,
    ) -> Result<EntryRef, AppError> {
        let seq = self.head.size;
        let last = (seq > 0).then_some(self.head.last_recorded_at);
        let recorded_at = match last {
            Some(last) if now.micros().saturating_add(CLOCK_BEHIND_MAX_MICROS) < last.micros() => {
                return Err(Corrupt { what: "clock is behind the last entry" }.into());
            }
            Some(last) => now.max(last.plus_micros(1).map_err(|_| Corrupt { what: "time of the last entry" })?),
            None => now,
        };
        let institution = draft.institution.map(|institution| {
            let before = state.institutions.get(institution);
            InstitutionLink {
                institution,
                seq: before.map_or(0, |i| i.last_seq).saturating_add(1),
                prev: before.map_or(Hash::ZERO, |i| Hash::new(i.last_leaf)),
            }
        });
        let header = Header {
            ledger: core.id.clone(),
            seq,
            prev: Hash::new(self.head.last_leaf),
            recorded_at,
            effective_on: draft.effective_on,
            actor,
            policy: draft.policy.unwrap_or(policy),
            institution,
            commit: draft.secret.as_ref().map(|s| ledger::commit(ledger::tags::COMMIT, &s.salt, &s.bytes)),
        };
        let contract = draft.body.contract();
        let contract_before = contract.and_then(|(id, _)| Some(state.accounts.get(id)?.last_entry));
        let bytes = ledger::encode(&header, &draft.body)?;
        let leaf = ledger::leaf_hash(&bytes);
        apply(
            state,
            &Fact {
                seq,
                leaf: *leaf.as_bytes(),
                institution: draft.institution,
                effective_on: draft.effective_on,
                recorded_on: recorded_at.day(),
                actor,
                body: &draft.body,
            },
        )?;
        self.frontier.push_with(leaf, |node, hash| {
            if node.level > 0 && node.level.is_multiple_of(TILE_HEIGHT) {
                let level = node.level / TILE_HEIGHT;
                self.subtrees.push(Subtree { level, index: node.index, hash: *hash.as_bytes() });
            }
        });
        let entry_type = draft.body.entry_type();
        if let Some(secret) = &draft.secret {
            self.records.push(EntryRecord { seq, sealed: seal(core, seq, secret)? });
        }
        self.entries.push(EntryRow {
            seq,
            leaf_hash: *leaf.as_bytes(),
            entry_type: entry_type.as_str().into(),
            institution: institution.map(|link| (link.institution, link.seq)),
            contract,
            contract_before,
            recorded_at,
            effective_on: draft.effective_on,
            bytes,
        });
        self.head.size = seq.saturating_add(1);
        self.head.epoch = self.head.epoch.saturating_add(u64::from(self.entries.len() == 1));
        self.head.last_leaf = *leaf.as_bytes();
        self.head.last_recorded_at = recorded_at;
        Ok(EntryRef { seq, entry_type: entry_type.as_str(), leaf })
    }
}

/// Context under which the record behind an entry's commitment is sealed.
pub(crate) fn record_context(ledger: &LedgerId, seq: u64) -> String {
    format!("tutela/entry-record/1/{ledger}/{seq}")
}

fn seal(core: &LedgerCore, seq: u64, secret: &Secret) -> Result<Vec<u8>, AppError> {
    let mut plain = Vec::with_capacity(secret.bytes.len().saturating_add(32));
    plain.extend_from_slice(&secret.salt);
    plain.extend_from_slice(&secret.bytes);
    Ok(core.vault.seal(&record_context(&core.id, seq), secret.nonce, &plain)?)
}

/// The peaks of the tree as the head row keeps them.
pub(crate) fn frontier_rows(frontier: &Frontier) -> Vec<[u8; 32]> {
    // The first eight bytes are the size, which has a column of its own.
    frontier.to_bytes().get(8..).unwrap_or_default().as_chunks().0.to_vec()
}
