//! Inclusion and consistency proofs, tiles and receipts, from stored leaf hashes and the roots of
//! full tiles. A proof at a million entries reads a few tiles, each a row.

use kernel::LedgerId;
use ledger::{Evaluation, Frontier, Hash, Node, ProofPlan, Receipt, TlogProof};
use store::{EntryRow, Reader};

use crate::checkpointer::Signed;
use crate::error::AppError;
use crate::ledgers::{App, Ledger};
use crate::tiles::Tiles;
use crate::witnesses::ForReceipt;

/// Where an entry stands in the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    /// Leaf index.
    pub index: u64,
    /// Size of the tree.
    pub size: u64,
    /// Leaf hash.
    pub leaf: Hash,
    /// Proof, from the leaf upwards.
    pub hashes: Vec<Hash>,
}

/// A receipt, and what is known of the witnesses of its checkpoint.
#[derive(Clone, Debug)]
pub struct ReceiptFile {
    /// The file.
    pub text: String,
    /// Entries that its checkpoint covers.
    pub size: u64,
    /// Who of the witness policy cosigned; none where nobody is asked.
    pub evaluation: Option<Evaluation>,
}

/// Proof that the tree of `to` entries continues that of `from`: none from nothing, none to itself.
pub(crate) async fn grown(read: &Reader<'_>, id: &LedgerId, from: u64, to: u64) -> Result<Vec<Hash>, AppError> {
    if from == 0 || from == to {
        return Ok(Vec::new());
    }
    Tiles::of(*read, id, to).proof(&ProofPlan::consistency(from, to)?).await
}

impl App {
    /// Proof that an entry is in the tree of the first `size` entries.
    ///
    /// # Errors
    /// Not found when there is no such entry in it.
    pub async fn inclusion(&self, ledger: &Ledger, index: u64, size: u64) -> Result<Inclusion, AppError> {
        let read = self.store.read();
        let missing = || AppError::not_found("entry");
        let plan = ProofPlan::inclusion(index, size).map_err(|_| missing())?;
        let head = store::head_load(&read, ledger.id()).await?.filter(|head| head.size >= size);
        let mut tiles = Tiles::of(read, ledger.id(), size).with(&head.ok_or_else(missing)?);
        let leaf = tiles.node(Node { level: 0, index }).await?;
        Ok(Inclusion { index, size, leaf, hashes: tiles.proof(&plan).await? })
    }

    /// Proof that the tree of `to` entries continues the tree of `from` entries.
    ///
    /// # Errors
    /// Not found when the ledger is not that long, or `from` is not below `to`.
    pub async fn consistency(&self, ledger: &Ledger, from: u64, to: u64) -> Result<Vec<Hash>, AppError> {
        let read = self.store.read();
        let missing = || AppError::not_found("entry");
        let plan = ProofPlan::consistency(from, to).map_err(|_| missing())?;
        if store::head_load(&read, ledger.id()).await?.is_none_or(|head| head.size < to) {
            return Err(missing());
        }
        Tiles::of(read, ledger.id(), to).proof(&plan).await
    }

    /// The root of the first `size` entries.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn root(&self, ledger: &Ledger, size: u64) -> Result<Hash, AppError> {
        let read = self.store.read();
        let mut frontier = Frontier::new();
        while frontier.size() < size {
            let from = frontier.size();
            let leaves = store::leaf_hashes(&read, ledger.id(), from, (from + 65_536).min(size)).await?;
            if leaves.is_empty() {
                return Err(AppError::not_found("entry"));
            }
            leaves.into_iter().for_each(|leaf| frontier.push(Hash::new(leaf)));
        }
        Ok(frontier.root())
    }

    /// Hashes of a tile: leaf hashes at level 0, roots of the full tiles below at higher levels.
    ///
    /// # Errors
    /// Not found when the tree has no such tile.
    pub async fn tile(&self, ledger: &Ledger, level: u8, from: u64, to: u64) -> Result<Vec<Hash>, AppError> {
        let read = self.store.read();
        let hashes = store::tile_hashes(&read, ledger.id(), level, from, to).await?;
        if hashes.len() as u64 != to.saturating_sub(from) {
            return Err(AppError::not_found("tile"));
        }
        Ok(hashes.into_iter().map(Hash::new).collect())
    }

    /// The receipt of an entry: a file that verifies without this server. Waits for the checkpoint
    /// that covers the entry; never for witnesses, whose cosignatures it carries once they are there.
    ///
    /// # Errors
    /// [`AppError::CheckpointPending`] when none comes in time.
    pub async fn receipt(&self, ledger: &Ledger, entry: &EntryRow) -> Result<ReceiptFile, AppError> {
        let latest: Signed = match ledger.checkpoints().latest() {
            Some(signed) if signed.size > entry.seq => signed,
            Some(_) | None => ledger.checkpoints().covering(entry.seq + 1).await?,
        };
        let ForReceipt { signed, evaluation } = ledger.witnesses().for_receipt(entry.seq, latest);
        let inclusion = self.inclusion(ledger, entry.seq, signed.size).await?;
        let key = self.effects.log_key(ledger.id())?;
        let proof =
            TlogProof { extra: None, index: entry.seq, hashes: inclusion.hashes, checkpoint: signed.note.to_string() };
        let receipt = Receipt { log: key.verifier().clone(), entry: entry.bytes.clone(), proof };
        Ok(ReceiptFile { text: receipt.to_string(), size: signed.size, evaluation })
    }
}
