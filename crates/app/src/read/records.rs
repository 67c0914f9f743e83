//! Reading the records of families: not without a reason, and never without a trace. The reading is
//! written down before the record is given out. Auditors read the log; a family reads who looked at
//! theirs.

use access::{Action, Principal, Role, Target};
use contract::Terms;
use kernel::{ContractId, Instant, LedgerId, ReadingId, SubjectId, UserId};
use serde_json::Value;
use store::{Reading, ReadingFilter};

use super::page::{Page, Paged, across};
use super::{Viewer, allow};
use crate::effects::{new_uuid, random};
use crate::error::AppError;
use crate::ledgers::{App, Ledger};
use crate::refusal::Corrupt;

/// Characters of a reason.
const REASON_CHARS: std::ops::RangeInclusive<usize> = 4..=200;

/// Why somebody reads, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// When.
    pub now: Instant,
    /// The reason given.
    pub reason: Option<String>,
}

/// The parties of a contract, as they were drawn up; what was erased is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parties {
    /// Party B.
    pub guardian: Option<Value>,
    /// The pupil.
    pub pupil: Option<Value>,
}

/// A reading with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingView {
    /// The reading.
    pub reading: Reading,
    /// Why.
    pub reason: String,
}

/// Which readings an auditor asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadingQuery {
    /// Of this family.
    pub subject: Option<SubjectId>,
    /// By this user.
    pub user: Option<UserId>,
    /// Of this contract.
    pub contract: Option<ContractId>,
}

fn reason_context(ledger: &LedgerId, id: ReadingId) -> String {
    format!("tutela/access-reason/1/{ledger}/{id}")
}

impl App {
    /// Writes a reading down. A family that reads its own record leaves none.
    ///
    /// # Errors
    /// [`AppError::ReasonRequired`].
    pub(crate) async fn trace(
        &self,
        viewer: &Principal,
        ledger: &Ledger,
        terms: &Terms,
        what: &str,
        why: &Why,
    ) -> Result<(), AppError> {
        if matches!(viewer.role, Role::Guardian { .. }) {
            return Ok(());
        }
        let reason = why.reason.as_deref().map(str::trim).unwrap_or_default();
        if !REASON_CHARS.contains(&reason.chars().count()) || reason.chars().any(char::is_control) {
            return Err(AppError::ReasonRequired);
        }
        let id = ReadingId::new(new_uuid(&*self.effects, why.now));
        let (department, institution) = match &viewer.role {
            Role::Regulator { department, .. } => (Some(department.to_string()), None),
            Role::Institution { institution, .. } => (None, Some(*institution)),
            _ => (None, None),
        };
        let reading = Reading {
            id,
            subject: terms.guardian,
            contract: Some(terms.id),
            user: viewer.user,
            role: viewer.role.kind().to_string(),
            region: viewer.role.region(),
            department,
            institution,
            what: what.to_owned(),
            reason_sealed: self.vault.seal(
                &reason_context(ledger.id(), id),
                random(&*self.effects),
                reason.as_bytes(),
            )?,
            read_at: why.now,
        };
        let tx = self.store.begin().await?;
        store::reading_append(&tx, ledger.id(), &reading).await?;
        Ok(tx.commit().await?)
    }

    /// Guardian and pupil of a contract.
    ///
    /// # Errors
    /// Not found, denied, [`AppError::ReasonRequired`].
    pub async fn contract_parties(&self, viewer: Viewer<'_>, id: ContractId, why: &Why) -> Result<Parties, AppError> {
        let (ledger, view) = self.contract_for(viewer, &[Action::DocumentRead], id).await?;
        let terms = &view.draft.terms;
        if let Some(viewer) = viewer {
            self.trace(viewer, &ledger, terms, "parties", why).await?;
        }
        Ok(Parties {
            guardian: self.person(ledger.id(), terms.guardian).await?,
            pupil: self.person(ledger.id(), terms.pupil).await?,
        })
    }

    /// A person's record, opened; none when it is erased.
    ///
    /// # Errors
    /// [`AppError`] of the database and the seal.
    pub(crate) async fn person(&self, ledger: &LedgerId, subject: SubjectId) -> Result<Option<Value>, AppError> {
        let Some(person) = store::person_by_id(&self.store.read(), ledger, &[subject]).await?.pop() else {
            return Ok(None);
        };
        let plain = crate::people::open_record(&self.vault, &person)?;
        Ok(Some(serde_json::from_slice(&plain).map_err(|_| Corrupt { what: "person" })?))
    }

    /// The log of readings, of the region of an auditor.
    ///
    /// # Errors
    /// [`AppError::NotSignedIn`], [`AppError::Denied`].
    pub async fn readings(
        &self,
        viewer: Viewer<'_>,
        query: ReadingQuery,
        page: &Page,
    ) -> Result<Paged<ReadingView>, AppError> {
        let principal = viewer.ok_or(AppError::NotSignedIn)?;
        let target = principal.role.region().map_or(Target::Nothing, Target::Region);
        allow(viewer, &[Action::AccessLogRead], &target, "reading")?;
        let filter = ReadingFilter { subject: query.subject, user: query.user, contract: query.contract };
        let ledgers = self.ledgers_of_user(principal).await?;
        self.readings_in(ledgers, &filter, page).await
    }

    /// Who read the records of the guardian who asks.
    ///
    /// # Errors
    /// [`AppError::NotSignedIn`]; not found for somebody who is no guardian.
    pub async fn own_readings(&self, viewer: Viewer<'_>, page: &Page) -> Result<Paged<ReadingView>, AppError> {
        let principal = viewer.ok_or(AppError::NotSignedIn)?;
        allow(viewer, &[Action::OwnDataRead], &Target::Nothing, "reading")?;
        let Role::Guardian { subject, .. } = &principal.role else { return Err(AppError::not_found("reading")) };
        let filter = ReadingFilter { subject: Some(*subject), ..ReadingFilter::default() };
        let ledgers = self.ledgers_of_user(principal).await?;
        self.readings_in(ledgers, &filter, page).await
    }

    async fn readings_in(
        &self,
        ledgers: Vec<std::sync::Arc<Ledger>>,
        filter: &ReadingFilter,
        page: &Page,
    ) -> Result<Paged<ReadingView>, AppError> {
        across!(
            ledgers,
            page,
            |ledger, after, limit| {
                let rows = store::readings_page(&self.store.read(), ledger.id(), filter, after, limit).await?;
                let opened = rows.into_iter().map(|reading| self.with_reason(ledger.id(), reading));
                opened.collect::<Result<Vec<_>, AppError>>()?
            },
            |item| item.reading.id.to_string()
        )
    }

    fn with_reason(&self, ledger: &LedgerId, reading: Reading) -> Result<ReadingView, AppError> {
        let plain = self.vault.open(&reason_context(ledger, reading.id), &reading.reason_sealed)?;
        let reason = String::from_utf8(plain.to_vec()).map_err(|_| Corrupt { what: "reason of a reading" })?;
        Ok(ReadingView { reading, reason })
    }
}
