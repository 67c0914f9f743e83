//! Addresses, webhooks and the list of notices, for those whose they are.

use access::{Action, Principal, Role, Target};
use kernel::{Instant, InstitutionId, LedgerId, NoticeId, UserId, WebhookId};
use std::sync::Arc;

use super::{NoticeState, Topic};
use crate::effects::{new_uuid, random};
use crate::error::AppError;
use crate::identity::Authenticated;
use crate::ledgers::{App, Call, Ledger};
use crate::read::{Page, Paged, Viewer, allow};
use crate::refusal::{Corrupt, Refusal};

/// A webhook to be set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewWebhook {
    /// Where it is posted to.
    pub url: String,
    /// What it is told of; empty: everything.
    pub topics: Vec<Topic>,
}

/// A webhook as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookView {
    /// Its id.
    pub id: WebhookId,
    /// Of which institution; none: of the county's authority.
    pub institution: Option<InstitutionId>,
    /// Where it is posted to.
    pub url: String,
    /// What it is told of; empty: everything.
    pub topics: Vec<Topic>,
    /// When it was set up.
    pub created_at: Instant,
}

/// A new webhook with the key of its signatures.
#[derive(Clone, Debug)]
pub struct WebhookMade {
    /// What it is.
    pub webhook: WebhookView,
    /// `whsec_…`; shown once.
    pub secret: String,
}

/// A notice as those see it who may know that it exists: not what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeView {
    /// The row.
    pub row: store::Notice,
}

fn view(row: store::Webhook) -> WebhookView {
    WebhookView {
        id: row.id,
        institution: row.institution,
        url: row.url,
        topics: row.topics.split(',').filter_map(|word| word.parse().ok()).collect(),
        created_at: row.created_at,
    }
}

fn address_context(user: UserId) -> String {
    format!("tutela/notice-address/1/{user}")
}

fn webhook_context(ledger: &LedgerId, webhook: WebhookId) -> String {
    format!("tutela/webhook/1/{ledger}/{webhook}")
}

/// The institution of a user, or that it is an authority of a county; nobody else has webhooks.
fn owner(principal: &Principal) -> Option<Option<InstitutionId>> {
    match &principal.role {
        Role::Institution { institution, .. } => Some(Some(*institution)),
        Role::Regulator { region, .. } => region.is_county().then_some(None),
        Role::Guardian { .. } | Role::Bank { .. } | Role::Auditor { .. } | Role::Admin => None,
    }
}

fn target(ledger: &Ledger, institution: Option<InstitutionId>) -> Target {
    match institution {
        Some(institution) => Target::Institution { ledger: ledger.id().clone(), region: ledger.region(), institution },
        None => Target::Region(ledger.region()),
    }
}

impl App {
    /// Gives the address at which one wants to be told, or takes it away.
    ///
    /// # Errors
    /// [`AppError::Denied`] for a key; trouble of the database.
    pub async fn notice_address_set(
        &self,
        caller: &Authenticated,
        now: Instant,
        address: Option<String>,
    ) -> Result<(), AppError> {
        crate::identity::allow_own(&caller.principal, Action::SelfManage)?;
        let user = caller.principal.user;
        let tx = self.store.begin().await?;
        match address {
            Some(address) => {
                let sealed = self.vault.seal(&address_context(user), random(&*self.effects), address.as_bytes())?;
                store::notice_address_save(&tx, user, &sealed, now).await?;
            }
            None => {
                store::notice_address_delete(&tx, user).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// The address at which one is told.
    ///
    /// # Errors
    /// [`AppError::Denied`] for a key; trouble of the database.
    pub async fn notice_address_own(&self, caller: &Authenticated) -> Result<Option<String>, AppError> {
        crate::identity::allow_own(&caller.principal, Action::SelfManage)?;
        let user = caller.principal.user;
        let sealed = store::notice_address(&self.store.read(), user).await?;
        sealed.map(|sealed| self.notice_address_opened(user, &sealed)).transpose()
    }

    pub(super) fn notice_address_opened(&self, user: UserId, sealed: &[u8]) -> Result<String, AppError> {
        let plain = self.vault.open(&address_context(user), sealed)?;
        Ok(String::from_utf8(plain.to_vec()).map_err(|_| Corrupt { what: "address of a user" })?)
    }

    pub(super) fn webhook_key(&self, ledger: &LedgerId, webhook: &store::Webhook) -> Result<[u8; 32], AppError> {
        let plain = self.vault.open(&webhook_context(ledger, webhook.id), &webhook.secret_sealed)?;
        Ok(plain.as_slice().try_into().map_err(|_| Corrupt { what: "key of a webhook" })?)
    }

    /// The ledger and the owner for which somebody manages webhooks.
    async fn webhook_owner(
        &self,
        viewer: Viewer<'_>,
        action: Action,
    ) -> Result<(Arc<Ledger>, Option<InstitutionId>), AppError> {
        let principal = viewer.ok_or(AppError::NotSignedIn)?;
        let ledger = self.ledgers_of_user(principal).await?.into_iter().next();
        let (Some(owner), Some(ledger)) = (owner(principal), ledger) else {
            allow(viewer, &[action], &Target::Nothing, "webhook")?;
            return Err(AppError::not_found("ledger"));
        };
        allow(viewer, &[action], &target(&ledger, owner), "webhook")?;
        Ok((ledger, owner))
    }

    /// Sets a webhook up for the caller's institution or authority; its key is shown once.
    ///
    /// # Errors
    /// Denied; [`Refusal::State`] for an address that the server may not post to.
    pub async fn webhook_create(&self, call: &Call, new: NewWebhook) -> Result<WebhookMade, AppError> {
        let (ledger, institution) = self.webhook_owner(call.principal.as_ref(), Action::WebhookManage).await?;
        let Some(principal) = &call.principal else { return Err(AppError::NotSignedIn) };
        if !self.effects.webhook_allowed(&new.url) {
            let state = "forbidden_address".into();
            return Err(AppError::refused(Refusal::State { what: "webhook".into(), state, command: "create".into() }));
        }
        let key: [u8; 32] = random(&*self.effects);
        let id = WebhookId::new(new_uuid(&*self.effects, call.now));
        let sealed = self.vault.seal(&webhook_context(ledger.id(), id), random(&*self.effects), &key)?;
        let row = store::Webhook {
            id,
            institution,
            url: new.url,
            topics: new.topics.iter().map(|topic| topic.as_str()).collect::<Vec<_>>().join(","),
            secret_sealed: sealed,
            created_by: principal.user,
            created_at: call.now,
            ended_at: None,
        };
        let tx = self.store.begin().await?;
        store::webhook_insert(&tx, ledger.id(), &row).await?;
        tx.commit().await?;
        Ok(WebhookMade { webhook: view(row), secret: ledger::webhook::secret_text(&key) })
    }

    /// The webhooks of the caller's institution or authority.
    ///
    /// # Errors
    /// Denied.
    pub async fn webhooks(&self, viewer: Viewer<'_>) -> Result<Vec<WebhookView>, AppError> {
        let (ledger, institution) = self.webhook_owner(viewer, Action::WebhookManage).await?;
        let rows = store::webhooks_of(&self.store.read(), ledger.id(), institution).await?;
        Ok(rows.into_iter().map(view).collect())
    }

    /// Takes a webhook away.
    ///
    /// # Errors
    /// Denied, not found.
    pub async fn webhook_delete(&self, call: &Call, id: WebhookId) -> Result<(), AppError> {
        let (ledger, institution) = self.webhook_owner(call.principal.as_ref(), Action::WebhookManage).await?;
        let row = store::webhook_by_id(&self.store.read(), ledger.id(), id).await?;
        let missing = || AppError::not_found("webhook");
        row.filter(|row| row.institution == institution).ok_or_else(missing)?;
        let tx = self.store.begin().await?;
        let ended = store::webhook_end(&tx, ledger.id(), id, call.now).await?;
        tx.commit().await?;
        if ended { Ok(()) } else { Err(missing()) }
    }

    /// Notices: all of every ledger for the administrator, those of the county for its authority, those
    /// that concern it for an institution.
    ///
    /// # Errors
    /// Denied.
    pub async fn outbox_page(
        &self,
        viewer: Viewer<'_>,
        state: Option<String>,
        page: &Page,
    ) -> Result<Paged<NoticeView>, AppError> {
        let (ledgers, institution) = self.outbox_of(viewer, Action::OutboxRead).await?;
        let filter = store::NoticeFilter { state, institution };
        crate::read::across!(
            ledgers,
            page,
            |ledger, after, limit| store::notices_page(&self.store.read(), ledger.id(), &filter, after, limit).await?,
            |row| row.id.to_string()
        )
        .map(|page: Paged<store::Notice>| page.map(|row| NoticeView { row }))
    }

    async fn outbox_of(
        &self,
        viewer: Viewer<'_>,
        action: Action,
    ) -> Result<(Vec<Arc<Ledger>>, Option<InstitutionId>), AppError> {
        let principal = viewer.ok_or(AppError::NotSignedIn)?;
        if principal.role == Role::Admin {
            allow(viewer, &[action], &Target::Nothing, "notice")?;
            return Ok((self.all_ledgers().await, None));
        }
        let (ledger, owner) = self.webhook_owner(viewer, action).await?;
        Ok((vec![ledger], owner))
    }

    /// Tries a notice that was given up once more.
    ///
    /// # Errors
    /// Denied, not found; [`Refusal::State`] for one that was not given up.
    pub async fn outbox_retry(&self, call: &Call, id: NoticeId) -> Result<NoticeView, AppError> {
        let (ledgers, institution) = self.outbox_of(call.principal.as_ref(), Action::OutboxRetry).await?;
        for ledger in ledgers {
            let Some(row) = store::notice_by_id(&self.store.read(), ledger.id(), id).await? else { continue };
            if institution.is_some() && row.institution != institution {
                break;
            }
            if row.state != NoticeState::Dead.as_str() {
                let (what, command) = ("notice".into(), "retry".into());
                return Err(AppError::refused(Refusal::State { what, state: row.state.into(), command }));
            }
            let row = store::Notice {
                state: NoticeState::Pending.to_string(),
                attempts: 0,
                next_attempt_at: call.now,
                settled_at: None,
                ..row
            };
            let tx = self.store.begin().await?;
            store::notice_settle(&tx, ledger.id(), &row).await?;
            tx.commit().await?;
            return Ok(NoticeView { row });
        }
        Err(AppError::not_found("notice"))
    }
}
