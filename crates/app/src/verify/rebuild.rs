//! Writes the tables beside the entries anew from the entries alone.

use kernel::LedgerId;
use store::Store;

use crate::apply::apply;
use crate::error::AppError;
use crate::working_set::WorkingSet;

/// Entries read at once.
const PAGE: u32 = 1024;

/// Rebuilds a ledger's projections in one transaction. The server must not run on it meanwhile.
/// Returns the number of entries folded.
///
/// # Errors
/// [`AppError::Corrupt`] when an entry does not fit; nothing is changed then.
pub async fn rebuild(store: &Store, id: &LedgerId, mut progress: impl FnMut(u64, u64)) -> Result<u64, AppError> {
    let read = store.read();
    let head = store::head_load(&read, id).await?.ok_or_else(|| AppError::not_found("ledger"))?;
    let mut state = WorkingSet::default();
    let mut next = 0;
    loop {
        let rows = store::entries_range(&read, id, next, PAGE).await?;
        let Some(last) = rows.last() else { break };
        next = last.seq.saturating_add(1);
        for row in &rows {
            let entry = ledger::decode(&row.bytes)?;
            apply(&mut state, &super::fact(&entry, ledger::leaf_hash(&row.bytes)))?;
        }
        progress(next, head.size);
    }
    // Texts that are in no entry are kept: bank references by payment, who signed by draft.
    let ids: Vec<_> = state.payments.rows().keys().copied().collect();
    for payment in store::payment_load(&read, id, &ids).await? {
        if let Some(folded) = state.payments.get_mut(payment.id) {
            folded.reference = payment.reference;
        }
    }
    let signed: Vec<_> = state.signing.iter().map(|(contract, signed)| (*contract, *signed)).collect();
    let contracts: Vec<_> = signed.iter().map(|(contract, _)| *contract).collect();
    let mut drafts = store::draft_load(&read, id, &contracts).await?;
    for draft in &mut drafts {
        if let Some(signed) = state.signing.get(&draft.terms.id) {
            draft.state = *signed;
        }
    }
    let tx = store.begin().await?;
    store::clear_projections(&tx, id).await?;
    crate::writer::save_projections(&tx, id, &state).await?;
    store::draft_save(&tx, id, &drafts.iter().collect::<Vec<_>>()).await?;
    store::payment_save(&tx, id, &state.payments.changed()).await?;
    store::leaf_index_rebuild(&tx, id, next).await?;
    store::tiles_rebuild(&tx, id).await?;
    tx.commit().await?;
    Ok(next)
}
