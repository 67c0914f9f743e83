//! Statements and sealed balances as files that verify without this server, and the seals of an
//! institution.

use std::collections::HashMap;

use access::Action;
use kernel::{ContractId, Day, Fen, InstitutionId};
use ledger::body::DaySealed;
use ledger::{
    Body, Hash, ProofPlan, SealLeaf, SealTree, Sealed, SealedBalance, SealedContract, Statement, Subject, TlogProof,
};
use store::{Draft, EntryRow, Seal};

use super::Viewer;
use super::page::{Page, Paged, across};
use crate::checkpointer::Signed;
use crate::error::AppError;
use crate::ledgers::{App, Ledger};
use crate::refusal::Corrupt;
use crate::tiles::Tiles;

/// Entries read at once.
const PAGE: u32 = 1024;
/// How often a seal is read again that was followed by another meanwhile.
const TRIES: u8 = 5;

/// A sealed day of an institution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealView {
    /// Number of its entry in the ledger.
    pub seq: u64,
    /// Number of its entry in the institution.
    pub institution_seq: u64,
    /// Leaf hash of its entry.
    pub leaf: Hash,
    /// What it states.
    pub seal: DaySealed,
}

/// A seal's entry and what it counted of one contract.
struct Counted {
    row: EntryRow,
    seal: SealedContract,
}

impl App {
    /// The seals of an institution, latest first.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn seals(&self, viewer: Viewer<'_>, id: InstitutionId, page: &Page) -> Result<Paged<SealView>, AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::BalancesRead], id).await?;
        let read = self.store().read();
        let seals: Result<Paged<Seal>, AppError> = across!(
            vec![std::sync::Arc::clone(&ledger)],
            page,
            |ledger, before, limit| store::seals_of_institution(&read, ledger.id(), id, before, limit).await?,
            |seal: &Seal| seal.institution_seq.to_string()
        );
        let seals = seals?;
        let seqs: Vec<u64> = seals.items.iter().map(|seal| seal.seq).collect();
        let rows = store::entries_by_seqs(&read, ledger.id(), &seqs).await?;
        let mut rows: HashMap<u64, EntryRow> = rows.into_iter().map(|row| (row.seq, row)).collect();
        let mut items = Vec::with_capacity(seals.items.len());
        for seal in &seals.items {
            let row = rows.remove(&seal.seq).ok_or(Corrupt { what: "seal without entry" })?;
            let (seq, institution_seq, leaf) = (seal.seq, seal.institution_seq, Hash::new(row.leaf_hash));
            items.push(SealView { seq, institution_seq, leaf, seal: sealed_in(&row)? });
        }
        Ok(Paged { items, next: seals.next })
    }

    /// The proof that the last seal of a contract's institution counts the contract's balance, as a
    /// file.
    ///
    /// # Errors
    /// Not found, also before a seal counts the contract; denied; [`AppError::CheckpointPending`].
    pub async fn balance_proof(&self, viewer: Viewer<'_>, id: ContractId) -> Result<String, AppError> {
        let (ledger, contract) = self.contract_for(viewer, &[Action::StatementRead], id).await?;
        let counted = self.counted(&ledger, &contract.draft).await?;
        let Counted { row, seal } = counted.ok_or_else(|| AppError::not_found("seal"))?;
        let signed = self.covering(&ledger, row.seq).await?;
        let inclusion = self.inclusion(&ledger, row.seq, signed.size).await?;
        let checkpoint = signed.note.to_string();
        let inclusion = TlogProof { extra: None, index: row.seq, hashes: inclusion.hashes, checkpoint };
        let log = self.effects().log_key(ledger.id())?.verifier().clone();
        Ok(SealedBalance { log, seal, inclusion }.to_string())
    }

    /// All entries of a contract as a file that shows that they are recorded, and up to the last
    /// seal that none is missing.
    ///
    /// # Errors
    /// Not found, denied, [`AppError::CheckpointPending`].
    pub async fn contract_statement_file(&self, viewer: Viewer<'_>, id: ContractId) -> Result<String, AppError> {
        let (ledger, contract) = self.contract_for(viewer, &[Action::StatementRead], id).await?;
        let counted = self.counted(&ledger, &contract.draft).await?;
        let read = self.store().read();
        let mut rows = Vec::new();
        loop {
            let after = rows.last().and_then(|row: &EntryRow| row.contract).map_or(0, |(_, seq)| seq);
            let page = store::entries_of_contract(&read, ledger.id(), id, after, PAGE).await?;
            if page.is_empty() {
                break;
            }
            rows.extend(page);
        }
        self.statement_file(&ledger, Subject::Contract(id), rows, counted).await
    }

    /// All entries of an institution as a file that shows that they are recorded and that none
    /// between them is missing.
    ///
    /// # Errors
    /// Not found, denied, [`AppError::CheckpointPending`].
    pub async fn institution_statement_file(&self, viewer: Viewer<'_>, id: InstitutionId) -> Result<String, AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::EntriesRead], id).await?;
        let read = self.store().read();
        let mut rows = Vec::new();
        loop {
            let after = rows.last().and_then(|row: &EntryRow| row.institution).map_or(0, |(_, seq)| seq);
            let page = store::entries_of_institution(&read, ledger.id(), id, after, PAGE).await?;
            if page.is_empty() {
                break;
            }
            rows.extend(page);
        }
        self.statement_file(&ledger, Subject::Institution(id), rows, None).await
    }

    async fn statement_file(
        &self,
        ledger: &Ledger,
        subject: Subject,
        rows: Vec<EntryRow>,
        counted: Option<Counted>,
    ) -> Result<String, AppError> {
        let mut seqs: Vec<u64> = rows.iter().map(|row| row.seq).collect();
        seqs.extend(counted.iter().map(|counted| counted.row.seq));
        seqs.sort_unstable();
        // A contract that nobody signed has no entries, and so no statement.
        let last = *seqs.last().ok_or_else(|| AppError::not_found("statement"))?;
        let signed = self.covering(ledger, last).await?;
        let mut tiles = Tiles::of(self.store().read(), ledger.id(), signed.size);
        let statement = Statement {
            log: self.effects().log_key(ledger.id())?.verifier().clone(),
            subject,
            hashes: tiles.proof(&ProofPlan::inclusion_of(&seqs, signed.size)?).await?,
            entries: rows.into_iter().map(|row| row.bytes).collect(),
            seal: counted.map(|counted| counted.seal),
            checkpoint: signed.note.to_string(),
        };
        Ok(statement.to_string())
    }

    /// A signed checkpoint that covers an entry, with the cosignatures it has.
    async fn covering(&self, ledger: &Ledger, seq: u64) -> Result<Signed, AppError> {
        let signed = match ledger.checkpoints().latest() {
            Some(signed) if signed.size > seq => signed,
            Some(_) | None => ledger.checkpoints().covering(seq + 1).await?,
        };
        Ok(ledger.witnesses().for_receipt(seq, signed).signed)
    }

    /// What hid a contract in a seal that counted so many of its entries: who held it then.
    async fn blind_at(&self, ledger: &Ledger, draft: &Draft, entries: u64) -> Result<Hash, AppError> {
        let transfers = store::transfers_of_contract(&self.store().read(), ledger.id(), draft.terms.id).await?;
        let later = transfers.iter().find(|transfer| transfer.contract_seq > entries);
        let (guardian, pupil) = match later {
            Some(transfer) => (transfer.from_guardian, transfer.from_pupil),
            None => (draft.terms.guardian, draft.terms.pupil),
        };
        Ok(ledger::seal::blind(draft.terms.id, guardian, pupil, &Hash::new(draft.document_hash)))
    }

    /// The last seal of an institution, if it counts a contract, with the proof that it does.
    async fn counted(&self, ledger: &Ledger, draft: &Draft) -> Result<Option<Counted>, AppError> {
        let (contract, institution) = (draft.terms.id, draft.terms.institution);
        for _ in 0..TRIES {
            let read = self.store().read();
            let seals = store::seals_of_institution(&read, ledger.id(), institution, None, 1).await?;
            let Some(seal) = seals.first() else { return Ok(None) };
            let row = store::entry_by_seq(&read, ledger.id(), seal.seq).await?;
            let row = row.ok_or(Corrupt { what: "seal without entry" })?;
            let stated = sealed_in(&row)?;
            let rows = store::sealed_contracts_of_institution(&read, ledger.id(), institution).await?;
            let tree = tree(seal.sealed_on, &rows)?;
            // Another seal may have been taken between these reads.
            if tree.root().hash != stated.contracts_root {
                continue;
            }
            let Some(found) = rows.iter().find(|row| row.contract == contract) else { return Ok(None) };
            let leaf = SealLeaf {
                blind: self.blind_at(ledger, draft, found.entries).await?,
                contract,
                disputed_fen: found.disputed,
                entries: found.entries,
                hours_left_hundredths: found.hours_left,
                last_leaf: Hash::new(found.last_leaf),
                prepaid_fen: found.prepaid,
                refund_fen: found.refund,
            };
            let proof = tree.prove(&leaf).ok_or(Corrupt { what: "contract of a seal" })?;
            let seal = SealedContract { entry: row.bytes.clone(), proof };
            return Ok(Some(Counted { row, seal }));
        }
        Err(Corrupt { what: "contracts of a seal" }.into())
    }
}

fn sealed_in(row: &EntryRow) -> Result<DaySealed, AppError> {
    match ledger::decode(&row.bytes)?.body {
        Body::DaySealed(seal) => Ok(seal),
        _ => Err(Corrupt { what: "seal of another type" }.into()),
    }
}

fn tree(on: Day, rows: &[store::SealedContract]) -> Result<SealTree, AppError> {
    let sums = |_| Corrupt { what: "money of a sealed contract" };
    let sealed = rows.iter().map(|row| {
        let balance = Fen::try_sum([row.prepaid, row.disputed, row.refund]).map_err(sums)?;
        Ok(Sealed { core: Hash::new(row.core), balance })
    });
    let sealed: Vec<Sealed> = sealed.collect::<Result<_, Corrupt>>()?;
    Ok(SealTree::build(on, sealed).map_err(|_| Corrupt { what: "money of a sealed contract" })?)
}
