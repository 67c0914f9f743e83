//! Statements and sealed balances as files that verify without this server, and the seals of an
//! institution.

use std::collections::HashMap;

use access::Action;
use kernel::{ContractId, Day, Fen, InstitutionId, LedgerId};
use ledger::body::DaySealed;
use ledger::{
    Body, Frontier, Hash, Node, ProofPlan, SealLeaf, SealTree, Sealed, SealedBalance, SealedContract, Statement,
    Subject, TlogProof,
};
use store::{EntryRow, Reader, Seal};

use super::Viewer;
use super::page::{Page, Paged, across};
use crate::checkpointer::Signed;
use crate::error::AppError;
use crate::ledgers::{App, Ledger};
use crate::refusal::Corrupt;

/// Levels between the stored nodes of the ledger's tree.
const TILE_HEIGHT: u8 = 8;
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

/// Hashes of the ledger's tree, tile by tile, each read once.
struct Tiles<'a> {
    read: Reader<'a>,
    id: &'a LedgerId,
    size: u64,
    known: HashMap<(u8, u64), Vec<Hash>>,
}

impl Tiles<'_> {
    /// The hash of a full subtree.
    async fn node(&mut self, node: Node) -> Result<Hash, AppError> {
        let (level, height) = (node.level / TILE_HEIGHT, u32::from(node.level % TILE_HEIGHT));
        let (from, width) = (node.index << height, 1_u64 << height);
        let tile = from >> TILE_HEIGHT;
        if !self.known.contains_key(&(level, tile)) {
            let begin = tile << TILE_HEIGHT;
            let full = self.size >> (u32::from(level) * u32::from(TILE_HEIGHT));
            let end = full.min((tile + 1) << TILE_HEIGHT);
            let hashes = match level {
                0 => store::leaf_hashes(&self.read, self.id, begin, end).await?,
                _ => store::subtree_range(&self.read, self.id, level, begin, end).await?,
            };
            self.known.insert((level, tile), hashes.into_iter().map(Hash::new).collect());
        }
        let missing = Corrupt { what: "hashes of the tree are missing" };
        let hashes = self.known.get(&(level, tile)).ok_or(missing)?;
        let at = usize::try_from(from - (tile << TILE_HEIGHT)).unwrap_or(usize::MAX);
        let until = at.saturating_add(usize::try_from(width).unwrap_or(usize::MAX));
        let mut frontier = Frontier::new();
        hashes.get(at..until).ok_or(missing)?.iter().for_each(|hash| frontier.push(*hash));
        Ok(frontier.root())
    }

    /// One proof for entries with ascending numbers.
    async fn proof(&mut self, seqs: &[u64]) -> Result<Vec<Hash>, AppError> {
        let plan = ProofPlan::inclusion_of(seqs, self.size)?;
        let mut nodes = HashMap::new();
        for node in plan.nodes() {
            nodes.insert(node, self.node(node).await?);
        }
        Ok(plan.build(&nodes)?)
    }
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
        let terms = &contract.draft.terms;
        let blind = ledger::seal::blind(id, terms.guardian, terms.pupil, &Hash::new(contract.draft.document_hash));
        let counted = self.counted(&ledger, terms.institution, id, blind).await?;
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
        let terms = &contract.draft.terms;
        let blind = ledger::seal::blind(id, terms.guardian, terms.pupil, &Hash::new(contract.draft.document_hash));
        let counted = self.counted(&ledger, terms.institution, id, blind).await?;
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
        let mut tiles = Tiles { read: self.store().read(), id: ledger.id(), size: signed.size, known: HashMap::new() };
        let statement = Statement {
            log: self.effects().log_key(ledger.id())?.verifier().clone(),
            subject,
            hashes: tiles.proof(&seqs).await?,
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

    /// The last seal of an institution, if it counts a contract, with the proof that it does.
    async fn counted(
        &self,
        ledger: &Ledger,
        institution: InstitutionId,
        contract: ContractId,
        blind: Hash,
    ) -> Result<Option<Counted>, AppError> {
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
                blind,
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
