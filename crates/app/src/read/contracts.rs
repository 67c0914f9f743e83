//! Contracts and what hangs on them: payments, lessons, refunds, statement, document.

use std::sync::Arc;

use access::{Action, Role, Target};
use contract::ContractState;
use contract::model::Difference;
use escrow::{Account, Lesson, Refund};
use kernel::{ContractId, InstitutionId, LessonId, RefundId};
use ledger::Hash;
use store::{ContractFilter, Draft, EntryRow, Payment};

use super::page::{Page, Paged, across};
use super::{Thing, Viewer, Why, allow};
use crate::document::KeptDocument;
use crate::error::AppError;
use crate::ledgers::{App, Ledger};
use crate::refusal::{Corrupt, Refusal};
use crate::templates::TemplateText;

/// Which contracts a list shows, of those that the viewer may see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContractQuery {
    /// Only of this institution.
    pub institution: Option<InstitutionId>,
    /// Only in this state.
    pub state: Option<ContractState>,
}

/// A contract: as drawn up, and its account once it is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContractView {
    /// As drawn up.
    pub draft: Draft,
    /// Its escrow account; none before both parties signed.
    pub account: Option<Account>,
}

impl ContractView {
    /// Where it stands.
    pub fn state(&self) -> ContractState {
        self.account.as_ref().map_or(self.draft.state, |account| account.state)
    }
}

/// A statement: the account, and the contract's entries with what is needed to name their receipts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementView {
    /// The contract.
    pub contract: ContractView,
    /// The account; untouched lots before the contract is in force.
    pub account: Account,
    /// Entries, by their number within the contract.
    pub entries: Paged<EntryRow>,
}

/// What may be read of a contract by whoever may see the contract.
const READ: &[Action] = &[Action::ContractRead];

fn contract_target(ledger: &Ledger, terms: &contract::Terms) -> Target {
    Target::Contract {
        ledger: ledger.id().clone(),
        region: ledger.region(),
        institution: terms.institution,
        guardian: terms.guardian,
    }
}

impl App {
    /// The contracts that the viewer may see: a guardian's own, an institution's own, a region's.
    ///
    /// # Errors
    /// [`AppError::NotSignedIn`], [`AppError::Denied`] for roles that see none.
    pub async fn contracts(
        &self,
        viewer: Viewer<'_>,
        query: ContractQuery,
        page: &Page,
    ) -> Result<Paged<ContractView>, AppError> {
        let principal = viewer.ok_or(AppError::NotSignedIn)?;
        let mut filter = ContractFilter { institution: query.institution, state: query.state, ..Default::default() };
        match &principal.role {
            Role::Guardian { ledger, subject } => {
                // Any contract of one's own would do: a key without the right sees none.
                let own = crate::identity::own_contract(ledger, *subject);
                allow(viewer, READ, &own, "contract")?;
                filter.guardian = Some(*subject);
            }
            Role::Institution { ledger, institution, .. } => {
                allow(viewer, READ, &crate::identity::own_institution(ledger, *institution), "contract")?;
                if query.institution.is_some_and(|asked| asked != *institution) {
                    return Ok(Paged { items: Vec::new(), next: None });
                }
                filter.institution = Some(*institution);
            }
            Role::Regulator { region, .. } | Role::Auditor { region } | Role::Bank { region } => {
                allow(viewer, READ, &Target::Region(*region), "contract")?;
            }
            Role::Admin => allow(viewer, READ, &Target::Nothing, "contract")?,
        }
        let ledgers = self.ledgers_of_user(principal).await?;
        across!(
            ledgers,
            page,
            |ledger, after, limit| self.contracts_in(&ledger, &filter, after, limit).await?,
            |item| item.draft.terms.id.to_string()
        )
    }

    async fn contracts_in(
        &self,
        ledger: &Ledger,
        filter: &ContractFilter,
        after: Option<ContractId>,
        limit: u32,
    ) -> Result<Vec<ContractView>, AppError> {
        let read = self.store().read();
        let id = ledger.id();
        // A contract in force has its state in its account; the draft only knows who signed.
        if matches!(filter.state, Some(ContractState::Signed | ContractState::Ended)) {
            let accounts = store::accounts_page(&read, id, filter, after, limit).await?;
            let ids: Vec<_> = accounts.iter().map(|account| account.terms.id).collect();
            let mut drafts = store::draft_load(&read, id, &ids).await?;
            let mut views = Vec::with_capacity(accounts.len());
            for account in accounts {
                let at = drafts.iter().position(|draft| draft.terms.id == account.terms.id);
                let draft = drafts.swap_remove(at.ok_or(Corrupt { what: "contract without draft" })?);
                views.push(ContractView { draft, account: Some(account) });
            }
            return Ok(views);
        }
        let drafts = store::drafts_page(&read, id, filter, after, limit).await?;
        let ids: Vec<_> = drafts.iter().map(|draft| draft.terms.id).collect();
        let mut accounts = store::account_load(&read, id, &ids).await?;
        Ok(drafts
            .into_iter()
            .map(|draft| {
                let at = accounts.iter().position(|account| account.terms.id == draft.terms.id);
                ContractView { account: at.map(|at| accounts.swap_remove(at)), draft }
            })
            .collect())
    }

    /// A contract, if the viewer may do one of `actions` to it.
    pub(crate) async fn contract_for(
        &self,
        viewer: Viewer<'_>,
        actions: &[Action],
        id: ContractId,
    ) -> Result<(Arc<Ledger>, ContractView), AppError> {
        let missing = || AppError::not_found("contract");
        if viewer.is_none() {
            return Err(AppError::NotSignedIn);
        }
        let ledger = self.ledger_with(viewer, Thing::Contract(id)).await?;
        let read = self.store().read();
        let draft = store::draft_load(&read, ledger.id(), &[id]).await?.pop().ok_or_else(missing)?;
        allow(viewer, actions, &contract_target(&ledger, &draft.terms), "contract")?;
        let account = store::account_load(&read, ledger.id(), &[id]).await?.pop();
        Ok((ledger, ContractView { draft, account }))
    }

    /// One contract.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn contract(&self, viewer: Viewer<'_>, id: ContractId) -> Result<ContractView, AppError> {
        Ok(self.contract_for(viewer, READ, id).await?.1)
    }

    /// The document of a contract with the parties' data, as it was hashed. The reading leaves a trace.
    ///
    /// # Errors
    /// Not found, denied, [`AppError::ReasonRequired`].
    pub async fn contract_document(
        &self,
        viewer: Viewer<'_>,
        id: ContractId,
        why: &Why,
    ) -> Result<(ContractView, KeptDocument), AppError> {
        let (ledger, view) = self.contract_for(viewer, &[Action::DocumentRead], id).await?;
        if let Some(viewer) = viewer {
            self.trace(viewer, &ledger, &view.draft.terms, "document", why).await?;
        }
        let document = self.document(ledger.id(), view.draft.terms.id).await?;
        if *document.hash().as_bytes() != view.draft.document_hash {
            return Err(Corrupt { what: "document of a contract" }.into());
        }
        Ok((view, document))
    }

    /// How a contract differs from its template.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn contract_differences(
        &self,
        viewer: Viewer<'_>,
        id: ContractId,
        why: &Why,
    ) -> Result<(TemplateText, KeptDocument, Vec<Difference>), AppError> {
        let (_, document) = self.contract_document(viewer, id, why).await?;
        let template = self.template_text(document.template).await?;
        let differences = document.differences(&template)?;
        Ok((template, document, differences))
    }

    /// The leaf hash of the entry that put a contract in force; none before.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn contract_signed_leaf(&self, viewer: Viewer<'_>, id: ContractId) -> Result<Option<Hash>, AppError> {
        let (ledger, view) = self.contract_for(viewer, READ, id).await?;
        if view.account.is_none() {
            return Ok(None);
        }
        // The second signature is the second entry of every contract.
        let rows = store::entries_of_contract(&self.store().read(), ledger.id(), id, 1, 1).await?;
        Ok(rows.first().map(|row| Hash::new(row.leaf_hash)))
    }

    /// Payments of a contract.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn payments(&self, viewer: Viewer<'_>, id: ContractId) -> Result<Vec<Payment>, AppError> {
        let actions = [Action::StatementRead, Action::PaymentRecord];
        let (ledger, _) = self.contract_for(viewer, &actions, id).await?;
        Ok(store::payments_of_contract(&self.store().read(), ledger.id(), id).await?)
    }

    /// Lessons of a contract.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn lessons(&self, viewer: Viewer<'_>, id: ContractId, page: &Page) -> Result<Paged<Lesson>, AppError> {
        let (ledger, _) = self.contract_for(viewer, READ, id).await?;
        across!(
            vec![ledger],
            page,
            |ledger, after, limit| store::lessons_of_contract(&self.store().read(), ledger.id(), id, after, limit)
                .await?,
            |item| item.id.to_string()
        )
    }

    /// One lesson.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn lesson(&self, viewer: Viewer<'_>, id: LessonId) -> Result<Lesson, AppError> {
        let missing = || AppError::not_found("lesson");
        if viewer.is_none() {
            return Err(AppError::NotSignedIn);
        }
        let ledger = self.ledger_with(viewer, Thing::Lesson(id)).await?;
        let lesson = store::lesson_load(&self.store().read(), ledger.id(), &[id]).await?.pop().ok_or_else(missing)?;
        self.contract_for(viewer, READ, lesson.contract).await.map_err(|error| hidden(error, "lesson"))?;
        Ok(lesson)
    }

    /// Refunds of a contract.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn refunds(&self, viewer: Viewer<'_>, id: ContractId, page: &Page) -> Result<Paged<Refund>, AppError> {
        let actions = [Action::ContractRead, Action::RefundPayout];
        let (ledger, _) = self.contract_for(viewer, &actions, id).await?;
        across!(
            vec![ledger],
            page,
            |ledger, after, limit| store::refunds_page(
                &self.store().read(),
                ledger.id(),
                None,
                Some(id),
                None,
                after,
                limit
            )
            .await?,
            |item| item.id.to_string()
        )
    }

    /// One refund.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn refund(&self, viewer: Viewer<'_>, id: RefundId) -> Result<Refund, AppError> {
        let missing = || AppError::not_found("refund");
        if viewer.is_none() {
            return Err(AppError::NotSignedIn);
        }
        let ledger = self.ledger_with(viewer, Thing::Refund(id)).await?;
        let refund = store::refund_load(&self.store().read(), ledger.id(), &[id]).await?.pop().ok_or_else(missing)?;
        let actions = [Action::ContractRead, Action::RefundPayout];
        self.contract_for(viewer, &actions, refund.contract).await.map_err(|error| hidden(error, "refund"))?;
        Ok(refund)
    }

    /// A contract's statement: lots, hours and every entry.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn statement(&self, viewer: Viewer<'_>, id: ContractId, page: &Page) -> Result<StatementView, AppError> {
        let (ledger, contract) = self.contract_for(viewer, &[Action::StatementRead], id).await?;
        let draft = &contract.draft;
        let untouched = || escrow::account::open(draft.terms.clone(), draft.document_hash, 0, 0);
        let account = contract.account.clone().unwrap_or_else(untouched);
        let number = |row: &EntryRow| row.contract.map_or(0, |(_, seq)| seq).to_string();
        let entries: Result<_, AppError> = across!(
            vec![ledger],
            page,
            |ledger, after, limit| {
                let read = self.store().read();
                store::entries_of_contract(&read, ledger.id(), id, after.unwrap_or(0), limit).await?
            },
            number
        );
        let entries = entries?;
        Ok(StatementView { contract, account, entries })
    }
}

/// A contract that may not be known of hides what belongs to it under its own name.
fn hidden(error: AppError, what: &'static str) -> AppError {
    match error {
        AppError::Refused { refusal: Refusal::NotFound { .. }, .. } => AppError::not_found(what),
        error => error,
    }
}
