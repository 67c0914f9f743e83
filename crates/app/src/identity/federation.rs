//! Log-in with an account of a bureau's own identity provider (OpenID Connect, authorisation code with
//! PKCE). An administrator links the account to a user; nobody gets a right by logging in.

use access::{Action, Caller, Target};
use kernel::{Instant, UserId};
use serde_json::{Value, json};
use store::{IdentityLink, OidcLogin, StoreError};

use super::sessions::token_hash;
use super::{IdentityFault, Origin, Session, hex};
use crate::effects::random;
use crate::error::AppError;
use crate::ledgers::{App, Call};
use crate::refusal::Refusal;

/// How long a log-in at the provider may take, microseconds.
const LOGIN_MICROS: i64 = 10 * 60 * 1_000_000;

/// A log-in that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// Where the person goes.
    pub authorization_url: String,
    /// What the provider hands back beside its code.
    pub state: String,
    /// What only this client knows: it goes nowhere but back to us.
    pub binding: String,
}

/// What the client hands over when the person comes back.
#[derive(Clone, Debug)]
pub struct ExternalLogin {
    /// The provider's code.
    pub code: String,
    /// The state that came with it.
    pub state: String,
    /// What the client was given at the beginning.
    pub binding: String,
}

fn context(state: &[u8; 32]) -> String {
    format!("tutela/oidc-login/1/{}", hex(state))
}

impl App {
    /// Begins a log-in at the provider.
    ///
    /// # Errors
    /// [`AppError::Identity`] without a provider; [`AppError::Provider`] when it cannot be reached.
    pub async fn oidc_begin(&self, now: Instant) -> Result<Begun, AppError> {
        let provider = self.effects.identity_provider().ok_or(IdentityFault::NoProvider)?;
        let secret = || hex(&random::<32>(&*self.effects));
        let (state, binding, nonce, verifier) = (secret(), secret(), secret(), secret());
        let authorization_url = provider.begin(state.clone(), nonce.clone(), verifier.clone()).await?;
        let state_hash = token_hash(&state);
        let text = json!({ "nonce": nonce, "verifier": verifier }).to_string();
        let login = OidcLogin {
            state_hash,
            binding_hash: token_hash(&binding),
            sealed: self.vault.seal(&context(&state_hash), random(&*self.effects), text.as_bytes())?,
            expires_at: now.plus_micros(LOGIN_MICROS).map_err(|_| AppError::Stopping)?,
        };
        let tx = self.store.begin().await?;
        store::oidc_login_insert(&tx, &login, now).await?;
        tx.commit().await?;
        Ok(Begun { authorization_url, state, binding })
    }

    /// Ends a log-in: the provider's code is exchanged, its answer checked, and the user that the account
    /// is linked to is logged in.
    ///
    /// # Errors
    /// [`AppError::Identity`] for a log-in that is not under way, [`AppError::Provider`] for an answer that
    /// does not hold, [`AppError::NotLinked`].
    pub async fn oidc_finish(&self, now: Instant, login: ExternalLogin, origin: Origin) -> Result<Session, AppError> {
        let provider = self.effects.identity_provider().ok_or(IdentityFault::NoProvider)?;
        let state_hash = token_hash(&login.state);
        let tx = self.store.begin().await?;
        let begun = store::oidc_login_take(&tx, &state_hash).await?;
        tx.commit().await?;
        // Hashes are compared: what their bytes are is nobody's secret.
        let fits = |begun: &OidcLogin| begun.expires_at > now && begun.binding_hash == token_hash(&login.binding);
        let begun = begun.filter(fits).ok_or(IdentityFault::NoLoginUnderWay)?;
        let plain = self.vault.open(&context(&state_hash), &begun.sealed)?;
        let kept: Value = serde_json::from_slice(&plain).map_err(|_| IdentityFault::NoLoginUnderWay)?;
        let text = |key: &str| kept.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let account = provider.finish(login.code, text("nonce"), text("verifier"), now).await?;
        let read = self.store.read();
        let link = store::identity_link(&read, &account.issuer, &account.subject).await?;
        let not_linked = || AppError::NotLinked { issuer: account.issuer.clone(), subject: account.subject.clone() };
        let link = link.ok_or_else(not_linked)?;
        let user = store::user_by_id(&read, link.user).await?.filter(|user| user.active).ok_or_else(not_linked)?;
        self.session_make(now, user, "oidc", None, origin).await
    }

    /// Links an account of a provider to a user; since when.
    ///
    /// # Errors
    /// [`AppError::Denied`]; not found; [`AppError::Refused`] when the account is linked.
    pub async fn identity_link_add(
        &self,
        call: &Call,
        user: UserId,
        issuer: String,
        subject: String,
    ) -> Result<Instant, AppError> {
        self.linked_user(call, user).await?;
        let link = IdentityLink { issuer, subject, user, created_at: call.now };
        let tx = self.store.begin().await?;
        match store::identity_link_insert(&tx, &link).await {
            Ok(()) => tx.commit().await?,
            Err(StoreError::Constraint(_)) => {
                tx.rollback().await?;
                let (what, field) = ("identity_link".into(), "subject".into());
                return Err(AppError::refused(Refusal::Exists { what, field }));
            }
            Err(error) => return Err(error.into()),
        }
        Ok(call.now)
    }

    /// The accounts that a user is linked to: provider, account there, since when.
    ///
    /// # Errors
    /// [`AppError::Denied`]; not found.
    pub async fn identity_links(&self, call: &Call, user: UserId) -> Result<Vec<(String, String, Instant)>, AppError> {
        self.linked_user(call, user).await?;
        let links = store::identity_links_of(&self.store.read(), user).await?;
        Ok(links.into_iter().map(|link| (link.issuer, link.subject, link.created_at)).collect())
    }

    /// Unlinks an account; the user's sessions end.
    ///
    /// # Errors
    /// [`AppError::Denied`]; not found.
    pub async fn identity_link_remove(
        &self,
        call: &Call,
        user: UserId,
        issuer: &str,
        subject: &str,
    ) -> Result<(), AppError> {
        self.linked_user(call, user).await?;
        let tx = self.store.begin().await?;
        let removed = store::identity_link_delete(&tx, user, issuer, subject).await?;
        if removed {
            store::sessions_delete_of(&tx, user).await?;
        }
        tx.commit().await?;
        self.sessions.forget(user);
        if removed { Ok(()) } else { Err(AppError::not_found("identity_link")) }
    }

    async fn linked_user(&self, call: &Call, user: UserId) -> Result<(), AppError> {
        if let Some(principal) = &call.principal {
            access::check(Caller::User(principal), Action::IdentityLink, &Target::Nothing)?;
        }
        let found = store::user_by_id(&self.store.read(), user).await?;
        found.map(|_| ()).ok_or_else(|| AppError::not_found("user"))
    }
}
