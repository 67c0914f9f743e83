//! Saves what a batch changed: multi-row inserts and one write per touched row.

use std::collections::{BTreeMap, HashMap};

use kernel::LedgerId;
use store::{StoreError, Tx};

use super::LedgerCore;
use super::append::Appended;
use crate::context::Side;
use crate::outbox::{self, Pen};
use crate::people::{people_keep, texts_keep};
use crate::working_set::WorkingSet;

/// `before`: entries that the ledger had.
pub(super) async fn all(
    tx: &Tx,
    core: &LedgerCore,
    state: &WorkingSet,
    appended: &Appended,
    before: u64,
) -> Result<(), StoreError> {
    let id = &core.id;
    store::entries_append(tx, id, &appended.entries).await?;
    store::leaf_index_append(tx, id, before, appended.head.size).await?;
    store::subtrees_append(tx, id, &appended.subtrees).await?;
    store::tiles_append(tx, id, &appended.subtrees).await?;
    store::entry_records_append(tx, id, &appended.records).await?;
    projections(tx, id, state).await?;
    beside(tx, core, state, appended).await?;
    let refused: Vec<store::RefusedAttempts> = appended
        .refused
        .iter()
        .map(|((institution, on, rule), attempts)| store::RefusedAttempts {
            institution: *institution,
            on: *on,
            rule: rule.clone(),
            attempts: *attempts,
        })
        .collect();
    store::refused_attempts_add(tx, id, &refused).await?;
    store::idempotency_append(tx, id, &appended.keys).await
}

/// The folded tables.
pub(crate) async fn projections(tx: &Tx, id: &LedgerId, state: &WorkingSet) -> Result<(), StoreError> {
    store::institution_save(tx, id, &state.institutions.changed()).await?;
    store::application_save(tx, id, &state.applications.changed()).await?;
    store::licence_save(tx, id, &state.licences.changed()).await?;
    store::listing_save(tx, id, &state.listings.changed()).await?;
    store::course_save(tx, id, &state.courses.changed()).await?;
    store::draft_save(tx, id, &state.drafts.changed()).await?;
    store::account_save(tx, id, &state.accounts.changed()).await?;
    store::transfer_save(tx, id, &state.transfers.changed()).await?;
    store::contract_holders_save(tx, id, &state.transfers.changed()).await?;
    store::lesson_save(tx, id, &state.lessons.changed()).await?;
    store::check_in_save(tx, id, &state.check_ins.changed()).await?;
    store::refund_save(tx, id, &state.refunds.changed()).await?;
    store::settlement_save(tx, id, &state.settlements.changed()).await?;
    store::hold_save(tx, id, &state.holds.changed()).await?;
    store::statement_save(tx, id, &state.statements.changed()).await?;
    store::suspended_line_save(tx, id, &state.suspended.changed()).await?;
    store::reconciliation_save(tx, id, &state.reconciliations.changed()).await?;
    store::alert_save(tx, id, &state.alerts.changed()).await?;
    store::inspection_save(tx, id, &state.inspections.changed()).await?;
    store::closure_save(tx, id, &state.closures.changed()).await?;
    store::seal_save(tx, id, &state.seals.changed()).await?;
    store::sealed_contract_save(tx, id, &state.sealed_contracts.changed()).await?;
    Ok(())
}

/// Rows that are not folded from entries, or hold what entries may not.
async fn beside(tx: &Tx, core: &LedgerCore, state: &WorkingSet, appended: &Appended) -> Result<(), StoreError> {
    let id = &core.id;
    let mut references = HashMap::new();
    let (mut profiles, mut people, mut texts, mut notices) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut children, mut controllers) = (HashMap::new(), HashMap::new());
    let mut bank_lines = BTreeMap::new();
    for side in &appended.side {
        match side {
            Side::Profile(profile) => profiles.push(&**profile),
            Side::Person(person) => people.push(&**person),
            Side::PaymentReference(payment, text) => {
                references.insert(*payment, text.clone());
            }
            Side::ChildKey(pupil, key) => {
                children.insert(*pupil, (*pupil, *key));
            }
            Side::ControllerKey(institution, key) => {
                controllers.insert(*institution, (*institution, *key));
            }
            // What was said of a line last holds.
            Side::BankLine(line) => {
                bank_lines.insert(line.id, &**line);
            }
            Side::CourseName(course, name) => store::course_name_save(tx, id, *course, name).await?,
            Side::Erasure(family) => store::family_erase(tx, id, family).await?,
            Side::Ties(institution, item, ties) => store::ties_replace(tx, id, *institution, *item, ties).await?,
            Side::Notice(notice) => notices.push((**notice).clone()),
            Side::AlertFacts(alert, facts) => store::alert_facts_save(tx, id, *alert, facts).await?,
            Side::Text(step) => texts.push(&**step),
        }
    }
    if !notices.is_empty() {
        let pen = Pen { vault: &core.vault, effects: &*core.effects, ledger: id, region: core.region };
        outbox::write(tx, &pen, &notices, core.effects.now()).await?;
    }
    store::bank_line_save(tx, id, &bank_lines.into_values().collect::<Vec<_>>()).await?;
    store::profile_save(tx, id, &profiles).await?;
    store::child_key_save(tx, id, &children.values().collect::<Vec<_>>()).await?;
    store::controller_key_save(tx, id, &controllers.values().collect::<Vec<_>>()).await?;
    people_keep(tx, &core.vault, id, &people).await?;
    texts_keep(tx, &core.vault, id, &texts).await?;
    let payments: Vec<store::Payment> = state
        .payments
        .changed()
        .into_iter()
        .map(|payment| store::Payment { reference: references.remove(&payment.id), ..payment.clone() })
        .collect();
    store::payment_save(tx, id, &payments.iter().collect::<Vec<_>>()).await
}
