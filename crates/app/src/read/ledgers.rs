//! What a ledger shows: its head and key to everybody, its entries to those whom they concern, all
//! of it to auditors.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use access::{Action, Target};
use kernel::{ContractId, InstitutionId, LedgerId, RegionCode};
use ledger::{ExportWriter, Hash, VerifierKey};
use store::EntryRow;

use super::page::{Page, Paged, across};
use super::registry::institution_target;
use super::{Viewer, allow};
use crate::error::AppError;
use crate::ledgers::{App, Ledger};
use crate::proofs::ReceiptFile;
use crate::refusal::Corrupt;

/// A ledger as everybody may know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerInfo {
    /// Its id.
    pub id: LedgerId,
    /// Its county.
    pub region: RegionCode,
    /// Origin of its checkpoints.
    pub origin: String,
    /// Key of its checkpoints.
    pub vkey: String,
    /// Entries.
    pub size: u64,
    /// Entries that the latest checkpoint covers.
    pub checkpoint_size: u64,
    /// Does it accept writes?
    pub accepts_writes: bool,
}

/// Entries read at once for an export.
const PAGE: u64 = 1024;

impl App {
    /// The ledgers; public.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn ledger_infos(&self) -> Result<Vec<LedgerInfo>, AppError> {
        let heads = store::ledgers(&self.store().read()).await?;
        let running = self.all_ledgers().await;
        Ok(heads
            .into_iter()
            .filter_map(|head| {
                let ledger = running.iter().find(|ledger| *ledger.id() == head.ledger)?;
                Some(LedgerInfo {
                    checkpoint_size: ledger.checkpoints().latest().map_or(0, |signed| signed.size),
                    accepts_writes: ledger.accepts_writes(),
                    id: head.ledger,
                    region: head.region,
                    origin: head.origin,
                    vkey: head.vkey,
                    size: head.size,
                })
            })
            .collect())
    }

    /// A ledger by its id.
    ///
    /// # Errors
    /// Not found.
    pub async fn ledger_named(&self, id: &LedgerId) -> Result<Arc<Ledger>, AppError> {
        self.ledger(id).await?.ok_or_else(|| AppError::not_found("ledger"))
    }

    /// Entries in the ledger now.
    ///
    /// # Errors
    /// Not found.
    pub async fn ledger_size(&self, id: &LedgerId) -> Result<u64, AppError> {
        let head = store::head_load(&self.store().read(), id).await?;
        Ok(head.ok_or_else(|| AppError::not_found("ledger"))?.size)
    }

    /// An entry by its number.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn entry_at(&self, viewer: Viewer<'_>, ledger: &Ledger, seq: u64) -> Result<EntryRow, AppError> {
        if viewer.is_none() {
            return Err(AppError::NotSignedIn);
        }
        let row = store::entry_by_seq(&self.store().read(), ledger.id(), seq).await?;
        let row = row.ok_or_else(|| AppError::not_found("entry"))?;
        self.allow_entry(viewer, Action::EntriesRead, ledger, &row).await?;
        Ok(row)
    }

    /// The receipt of the entry with a leaf hash. Waits for the checkpoint that covers it.
    ///
    /// # Errors
    /// Not found, denied, [`AppError::CheckpointPending`].
    pub async fn receipt_by_leaf(&self, viewer: Viewer<'_>, leaf: Hash) -> Result<ReceiptFile, AppError> {
        if viewer.is_none() {
            return Err(AppError::NotSignedIn);
        }
        let found = store::entry_by_leaf(&self.store().read(), leaf.as_bytes()).await?;
        let (id, row) = found.ok_or_else(|| AppError::not_found("entry"))?;
        let ledger = self.ledger_named(&id).await?;
        self.allow_entry(viewer, Action::ReceiptRead, &ledger, &row).await?;
        self.receipt(&ledger, &row).await
    }

    /// The receipt of an entry that the caller just appended.
    ///
    /// # Errors
    /// [`AppError::CheckpointPending`].
    pub async fn receipt_of_own(&self, ledger: &Ledger, seq: u64) -> Result<String, AppError> {
        let row = store::entry_by_seq(&self.store().read(), ledger.id(), seq).await?;
        Ok(self.receipt(ledger, &row.ok_or(Corrupt { what: "entry just appended" })?).await?.text)
    }

    async fn allow_entry(
        &self,
        viewer: Viewer<'_>,
        action: Action,
        ledger: &Ledger,
        row: &EntryRow,
    ) -> Result<(), AppError> {
        let target = match (row.contract, row.institution) {
            (Some((contract, _)), Some((institution, _))) => self.contract_entry(ledger, contract, institution).await?,
            (None, Some((institution, _))) => institution_target(ledger, institution),
            (_, None) => Target::Region(ledger.region()),
        };
        allow(viewer, &[action], &target, "entry")
    }

    async fn contract_entry(
        &self,
        ledger: &Ledger,
        contract: ContractId,
        institution: InstitutionId,
    ) -> Result<Target, AppError> {
        let draft = store::draft_load(&self.store().read(), ledger.id(), &[contract]).await?.pop();
        let guardian = draft.ok_or(Corrupt { what: "entry of an unknown contract" })?.terms.guardian;
        let (ledger, region) = (ledger.id().clone(), ledger.region());
        Ok(Target::Contract { ledger, region, institution, guardian })
    }

    /// Entries of an institution, by their number there.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn institution_entries(
        &self,
        viewer: Viewer<'_>,
        id: InstitutionId,
        page: &Page,
    ) -> Result<Paged<EntryRow>, AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::EntriesRead], id).await?;
        across!(
            vec![ledger],
            page,
            |ledger, after, limit| store::entries_of_institution(
                &self.store().read(),
                ledger.id(),
                id,
                after.unwrap_or(0),
                limit
            )
            .await?,
            |row| row.institution.map_or(0, |(_, seq)| seq).to_string()
        )
    }

    /// The bytes of entries `from` to `to` (exclusive), for an entry bundle.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn entry_bytes(
        &self,
        viewer: Viewer<'_>,
        ledger: &Ledger,
        from: u64,
        to: u64,
    ) -> Result<Vec<Vec<u8>>, AppError> {
        allow(viewer, &[Action::ExportRead], &Target::Region(ledger.region()), "tile")?;
        let wanted = to.saturating_sub(from);
        let limit = u32::try_from(wanted).map_err(|_| AppError::not_found("tile"))?;
        let rows = store::entries_range(&self.store().read(), ledger.id(), from, limit).await?;
        if u64::try_from(rows.len()) != Ok(wanted) {
            return Err(AppError::not_found("tile"));
        }
        Ok(rows.into_iter().map(|row| row.bytes).collect())
    }

    /// An export of all that the latest checkpoint covers, to be read piece by piece.
    ///
    /// # Errors
    /// Denied, [`AppError::CheckpointPending`] before the first checkpoint.
    pub async fn export(self: &Arc<Self>, viewer: Viewer<'_>, ledger: &Arc<Ledger>) -> Result<Export, AppError> {
        allow(viewer, &[Action::ExportRead], &Target::Region(ledger.region()), "ledger")?;
        let signed = ledger.checkpoints().covering(self.ledger_size(ledger.id()).await?).await?;
        let key: VerifierKey = self.effects().log_key(ledger.id())?.verifier().clone();
        let out = Pieces::default();
        let writer = ExportWriter::begin(out.clone(), &key, signed.size).map_err(|_| Corrupt { what: "export" })?;
        Ok(Export {
            app: Arc::clone(self),
            ledger: Arc::clone(ledger),
            writer: Some(writer),
            out,
            next: 0,
            size: signed.size,
            note: signed.note,
        })
    }

    /// Does the database answer?
    ///
    /// # Errors
    /// [`AppError::Store`].
    pub async fn ready(&self) -> Result<(), AppError> {
        Ok(self.store().ping().await?)
    }
}

/// Bytes written and not yet taken.
#[derive(Clone, Default)]
struct Pieces(Arc<Mutex<Vec<u8>>>);

impl Pieces {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// An export under way.
pub struct Export {
    app: Arc<App>,
    ledger: Arc<Ledger>,
    writer: Option<ExportWriter<Pieces>>,
    out: Pieces,
    next: u64,
    size: u64,
    note: Arc<str>,
}

impl Export {
    /// The next piece; none after the last.
    ///
    /// # Errors
    /// [`AppError`] of the database; a gap is [`Corrupt`].
    pub async fn piece(&mut self) -> Result<Option<Vec<u8>>, AppError> {
        let unwritten = |_| Corrupt { what: "export" };
        let Some(mut writer) = self.writer.take() else { return Ok(None) };
        if self.next < self.size {
            let limit = u32::try_from(PAGE.min(self.size.saturating_sub(self.next))).unwrap_or(1);
            let read = self.app.store().read();
            let rows = store::entries_range(&read, self.ledger.id(), self.next, limit).await?;
            if rows.is_empty() {
                return Err(Corrupt { what: "entries are missing" }.into());
            }
            for row in rows {
                writer.entry(&row.bytes).map_err(unwritten)?;
                self.next = self.next.saturating_add(1);
            }
            self.writer = Some(writer);
        } else {
            writer.finish(&self.note).map_err(unwritten)?;
        }
        Ok(Some(self.out.take()))
    }
}
