//! The tables beside the entries against the replayed state, row by row, both ways.

use std::collections::HashMap;
use std::hash::Hash;

use contract::ContractState;
use kernel::LedgerId;
use ledger::finding::{Detail, Finding, InvariantId};
use store::{Reader, StoreError};
use uuid::Uuid;

use crate::working_set::{Table, WorkingSet};

/// Rows read at once.
const PAGE: u32 = 512;

fn differs(kind: &'static str, id: Uuid) -> Finding {
    Finding { seq: None, invariant: InvariantId::Projection, detail: Detail::Thing { kind, id } }
}

/// One table: what is stored and what was replayed must be the same rows.
struct Comparison<'a, K, V> {
    kind: &'static str,
    replayed: &'a HashMap<K, V>,
    seen: u64,
    found: Vec<Finding>,
}

impl<'a, K: Copy + Ord + Hash, V: PartialEq> Comparison<'a, K, V> {
    fn new(kind: &'static str, replayed: &'a Table<K, V>) -> Self {
        Comparison { kind, replayed: replayed.rows(), seen: 0, found: Vec::new() }
    }

    fn row(&mut self, key: K, id: Uuid, stored: &V) {
        match self.replayed.get(&key) {
            Some(replayed) => {
                self.seen += 1;
                if replayed != stored {
                    self.found.push(differs(self.kind, id));
                }
            }
            None => self.found.push(differs(self.kind, id)),
        }
    }

    /// Rows that the replay has and the table lacks.
    fn finish(mut self, id_of: impl Fn(&K) -> Uuid, stored: &std::collections::HashSet<K>) -> Vec<Finding> {
        if self.seen < u64::try_from(self.replayed.len()).unwrap_or(u64::MAX) {
            let mut missing: Vec<&K> = self.replayed.keys().filter(|key| !stored.contains(key)).collect();
            missing.sort_unstable();
            self.found.extend(missing.into_iter().map(|key| differs(self.kind, id_of(key))));
        }
        self.found
    }
}

/// Pages through one table and compares it.
macro_rules! compare {
    ($found:ident, $read:ident, $ledger:ident, $state:ident, $kind:literal, $table:ident, $all:path, |$row:ident| $key:expr, $normal:expr) => {{
        let mut comparison = Comparison::new($kind, &$state.$table);
        let mut keys = std::collections::HashSet::new();
        let mut after = None;
        loop {
            let page = $all($read, $ledger, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some({
                let $row = last;
                $key
            });
            for $row in &page {
                if let Some(normal) = $normal($row) {
                    keys.insert($key);
                    comparison.row($key, $key.uuid(), &normal);
                }
            }
        }
        $found.extend(comparison.finish(|key| key.uuid(), &keys));
    }};
}

/// Everything folded, table by table. Names and texts that are not in the ledger are not compared
/// here; those that entries commit to are compared by their commitments.
pub(super) async fn compare(
    read: &Reader<'_>,
    ledger: &LedgerId,
    state: &WorkingSet,
) -> Result<Vec<Finding>, StoreError> {
    let mut found = Vec::new();
    compare!(found, read, ledger, state, "institution", institutions, store::institution_all, |r| r.id, same);
    compare!(found, read, ledger, state, "licence_application", applications, store::application_all, |r| r.id, same);
    compare!(found, read, ledger, state, "licence", licences, store::licence_all, |r| r.id, same);
    compare!(found, read, ledger, state, "listing", listings, store::listing_all, |r| r.id, same);
    compare!(found, read, ledger, state, "course", courses, store::course_all, |r| r.id, published);
    compare!(found, read, ledger, state, "contract", accounts, store::account_all, |r| r.terms.id, same);
    compare!(found, read, ledger, state, "contract_transfer", transfers, store::transfer_all, |r| r.id, same);
    compare!(found, read, ledger, state, "lesson", lessons, store::lesson_all, |r| r.id, same);
    compare!(found, read, ledger, state, "check_in", check_ins, store::check_in_all, |r| r.id, same);
    compare!(found, read, ledger, state, "refund", refunds, store::refund_all, |r| r.id, same);
    compare!(found, read, ledger, state, "settlement", settlements, store::settlement_all, |r| r.id, same);
    compare!(found, read, ledger, state, "hold", holds, store::hold_all, |r| r.id, same);
    compare!(found, read, ledger, state, "alert", alerts, store::alert_all, |r| r.id, same);
    compare!(found, read, ledger, state, "inspection", inspections, store::inspection_all, |r| r.id, same);
    compare!(found, read, ledger, state, "closure", closures, store::closure_all, |r| r.id, same);
    compare!(found, read, ledger, state, "payment", payments, store::payment_all, |r| r.id, hashed);
    compare!(found, read, ledger, state, "bank_statement", statements, store::statement_all, |r| r.id, same);
    compare!(found, read, ledger, state, "suspended_line", suspended, store::suspended_line_all, |r| r.id, same);
    reconciliations(read, ledger, state, &mut found).await?;
    drafts(read, ledger, state, &mut found).await?;
    seals(read, ledger, state, &mut found).await?;
    Ok(found)
}

fn same<T: Clone>(row: &T) -> Option<T> {
    Some(row.clone())
}

/// Draft courses are no ledger matter.
fn published(course: &contract::Course) -> Option<contract::Course> {
    course.published_seq.is_some().then(|| course.clone())
}

/// A payment's reference text is not in the ledger, its digest is: a text that does not have that
/// digest makes the row differ.
fn hashed(payment: &store::Payment) -> Option<store::Payment> {
    let fits = payment.reference.as_ref().is_none_or(|text| {
        *ledger::digest(ledger::tags::BANK_REFERENCE, text.as_bytes()).as_bytes() == payment.reference_hash
    });
    let reference = if fits { None } else { payment.reference.clone() };
    Some(store::Payment { reference, ..payment.clone() })
}

/// Of a draft the ledger knows who signed.
async fn drafts(
    read: &Reader<'_>,
    ledger: &LedgerId,
    state: &WorkingSet,
    found: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let page = store::draft_all(read, ledger, after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.terms.id);
        for draft in page {
            let signed = state.signing.get(&draft.terms.id).copied().unwrap_or(ContractState::Draft);
            if signed != draft.state {
                found.push(differs("contract_draft", draft.terms.id.uuid()));
            }
        }
    }
}

/// Seals and what the last of each institution counted, institution by institution; then the number
/// of rows, so that none is of nobody.
async fn seals(
    read: &Reader<'_>,
    ledger: &LedgerId,
    state: &WorkingSet,
    found: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let mut institutions: Vec<_> = state.institutions.rows().keys().copied().collect();
    institutions.sort_unstable();
    for institution in institutions {
        let stored = store::seals_of_institution(read, ledger, institution, None, u32::MAX).await?;
        if stored.iter().any(|seal| state.seals.get((institution, seal.institution_seq)) != Some(seal)) {
            found.push(differs("seal", institution.uuid()));
        }
        for row in store::sealed_contracts_of_institution(read, ledger, institution).await? {
            if state.sealed_contracts.get((institution, row.contract)) != Some(&row) {
                found.push(differs("sealed_contract", row.contract.uuid()));
            }
        }
    }
    let size = |rows: usize| u64::try_from(rows).unwrap_or(u64::MAX);
    let expected = (size(state.seals.rows().len()), size(state.sealed_contracts.rows().len()));
    let actual = store::seal_counts(read, ledger).await?;
    for (expected, actual) in [(expected.0, actual.0), (expected.1, actual.1)] {
        if expected != actual {
            let detail = Detail::Number { expected, actual };
            found.push(Finding { seq: None, invariant: InvariantId::Projection, detail });
        }
    }
    Ok(())
}

/// Reconciled days, institution by institution; then their number, so that none is of nobody.
async fn reconciliations(
    read: &Reader<'_>,
    ledger: &LedgerId,
    state: &WorkingSet,
    found: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let mut institutions: Vec<_> = state.institutions.rows().keys().copied().collect();
    institutions.sort_unstable();
    for institution in institutions {
        for row in store::reconciliations_of(read, ledger, institution).await? {
            if state.reconciliations.get((institution, row.on)) != Some(&row) {
                found.push(differs("reconciliation", institution.uuid()));
            }
        }
    }
    let expected = u64::try_from(state.reconciliations.rows().len()).unwrap_or(u64::MAX);
    let actual = store::reconciliations_count(read, ledger).await?;
    if expected != actual {
        let detail = Detail::Number { expected, actual };
        found.push(Finding { seq: None, invariant: InvariantId::Projection, detail });
    }
    Ok(())
}
