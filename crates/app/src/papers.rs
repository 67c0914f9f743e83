//! Files that are handed in with applications: looked at, sealed and kept outside the database under
//! the SHA-256 of their contents. What a file is, its first bytes say, never its name.

use access::{Action, Target};
use kernel::{Day, InstitutionId};
use ledger::body::SubmittedDocument;
use ledger::{Body, Hash};
use registry::Application;
use serde_json::Value;
use store::FileRow;

use crate::effects::random;
use crate::error::AppError;
use crate::ledgers::{App, Call};
use crate::read::{Thing, Viewer, allow};
use crate::refusal::{Corrupt, Refusal};

/// The longest file that is taken, bytes: a scanned lease of some hundred pages.
pub const FILE_BYTES_MAX: usize = 20 * 1024 * 1024;

/// What files may be. Nothing that a browser runs is among them.
pub const MEDIA_TYPES: &[&str] = &[
    "application/pdf",
    "image/jpeg",
    "image/png",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
];

/// A file, opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedFile {
    /// What it is.
    pub row: FileRow,
    /// Its contents.
    pub contents: Vec<u8>,
}

/// A paper that an application names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationPaper {
    /// What it is, and its hash.
    pub paper: SubmittedDocument,
    /// The day on which it was named.
    pub named_on: Day,
    /// The entry that names it.
    pub seq: u64,
    /// Is it of the check of the site, not of the applicant?
    pub of_site_check: bool,
    /// Its file; none where only the hash is known here.
    pub file: Option<FileRow>,
}

/// What was handed in with an application, and what is to be corrected.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApplicationPapers {
    /// What a change is to be; none where nothing was said, or where it was erased.
    pub wish: Option<Value>,
    /// The papers, in the order in which they were named.
    pub papers: Vec<ApplicationPaper>,
    /// The notice that asks for corrections; none where none was given, or where it was erased.
    pub notice: Option<String>,
}

fn context(ledger: &kernel::LedgerId, institution: InstitutionId, hash: &Hash) -> String {
    format!("tutela/file/1/{ledger}/{institution}/{hash}")
}

/// Name on disk: of this institution's copy, so that two that hand in the same text share nothing.
fn name(ledger: &kernel::LedgerId, institution: InstitutionId, hash: &Hash) -> String {
    ledger::digest("tutela/file-name/1", context(ledger, institution, hash).as_bytes()).to_string()
}

/// What the first bytes say that a file is; none of the types that are taken: none.
pub fn sniffed(contents: &[u8]) -> Option<&'static str> {
    let found = infer::get(contents)?.mime_type();
    MEDIA_TYPES.iter().copied().find(|known| *known == found)
}

impl App {
    /// Keeps a file of an institution. `claimed` is what the client says that it is.
    ///
    /// # Errors
    /// Not found, denied; [`Refusal::State`] for a file that is not what it claims or of no type that is
    /// taken; trouble of the disk.
    pub async fn file_keep(
        self: &std::sync::Arc<Self>,
        call: &Call,
        institution: InstitutionId,
        claimed: Option<&str>,
        contents: Vec<u8>,
    ) -> Result<FileRow, AppError> {
        let ledger = self.ledger_for(call, Thing::Institution(institution)).await?;
        self.institution_in(&ledger, institution).await?;
        let target = Target::Institution { ledger: ledger.id().clone(), region: ledger.region(), institution };
        allow(call.principal.as_ref(), &[Action::FileUpload], &target, "institution")?;
        let Some(principal) = &call.principal else { return Err(AppError::NotSignedIn) };
        let refuse = |state: String| {
            AppError::refused(Refusal::State { what: "file".into(), state: state.into(), command: "upload".into() })
        };
        let Some(media_type) = sniffed(&contents) else {
            return Err(refuse(infer::get(&contents).map_or("unknown", |kind| kind.mime_type()).to_owned()));
        };
        // Without a claim, or with the general one, the contents alone count.
        let claims = claimed.filter(|claimed| *claimed != "application/octet-stream");
        if claims.is_some_and(|claimed| claimed != media_type) {
            return Err(refuse(format!("{media_type} <> {}", claims.unwrap_or_default())));
        }
        let hash = ledger::file_digest(&contents);
        let row = FileRow {
            institution,
            sha256: *hash.as_bytes(),
            media_type: media_type.to_owned(),
            bytes: u64::try_from(contents.len()).unwrap_or(u64::MAX),
            uploaded_by: principal.user,
            uploaded_at: call.now,
        };
        if call.dry_run {
            return Ok(row);
        }
        let id = ledger.id().clone();
        if let Some(known) = store::file_load(&self.store.read(), &id, institution, hash.as_bytes()).await? {
            return Ok(known);
        }
        let sealed = self.vault.seal(&context(&id, institution, &hash), random(&*self.effects), &contents)?;
        let (effects, name) = (std::sync::Arc::clone(&self.effects), name(&id, institution, &hash));
        // The file first, the row that speaks of it after.
        tokio::task::spawn_blocking(move || effects.keep_file(&name, &sealed))
            .await
            .map_err(|_| AppError::Stopping)??;
        let tx = self.store.begin().await?;
        store::file_save(&tx, &id, &row).await?;
        tx.commit().await?;
        Ok(row)
    }

    /// A file of an institution, for those who may see it.
    ///
    /// # Errors
    /// Not found, denied; trouble of the disk; a file that is not what it was.
    pub async fn file_open(
        &self,
        viewer: Viewer<'_>,
        institution: InstitutionId,
        hash: Hash,
    ) -> Result<OpenedFile, AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::FileRead], institution).await?;
        let id = ledger.id();
        let row = store::file_load(&self.store.read(), id, institution, hash.as_bytes()).await?;
        let row = row.ok_or_else(|| AppError::not_found("file"))?;
        let (effects, name) = (std::sync::Arc::clone(&self.effects), name(id, institution, &hash));
        let sealed =
            tokio::task::spawn_blocking(move || effects.kept_file(&name)).await.map_err(|_| AppError::Stopping)??;
        let sealed = sealed.ok_or_else(|| AppError::not_found("file"))?;
        let contents = self.vault.open(&context(id, institution, &hash), &sealed)?.to_vec();
        if ledger::file_digest(&contents) != hash {
            return Err(Corrupt { what: "file" }.into());
        }
        Ok(OpenedFile { row, contents })
    }

    /// The papers of an application, for those who may see the files of its institution.
    ///
    /// # Errors
    /// Not found, denied; entries that cannot be read; trouble of the database.
    pub async fn application_papers(
        &self,
        viewer: Viewer<'_>,
        application: &Application,
    ) -> Result<ApplicationPapers, AppError> {
        let institution = application.institution;
        let ledger = self.ledger_of_allowed(viewer, &[Action::FileRead], institution).await?;
        let mut found = ApplicationPapers::default();
        for row in store::desk_entries(&self.store.read(), ledger.id(), institution).await? {
            let entry = ledger::decode(&row.bytes)?;
            let (documents, of_site_check) = match entry.body {
                Body::ApplicationSubmitted(d) if d.application == application.id => {
                    found.wish = self.opened(&ledger, &[row.seq]).await?.remove(&row.seq);
                    (d.documents, false)
                }
                Body::ApplicationCorrected(d) if d.application == application.id => (d.documents, false),
                Body::ApplicationSiteChecked(d) if d.application == application.id => (d.documents, true),
                Body::ApplicationCorrectionAsked(d) if d.application == application.id => {
                    let opened = self.opened(&ledger, &[row.seq]).await?.remove(&row.seq);
                    found.notice = opened.and_then(|said| said.get("what")?.as_str().map(str::to_owned));
                    continue;
                }
                _ => continue,
            };
            for paper in documents {
                let hash = paper.sha256.as_bytes();
                let file = store::file_load(&self.store.read(), ledger.id(), institution, hash).await?;
                let named_on = entry.header.recorded_at.day();
                found.papers.push(ApplicationPaper { paper, named_on, seq: row.seq, of_site_check, file });
            }
        }
        Ok(found)
    }
}
