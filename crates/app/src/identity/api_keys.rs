//! Keys of programs that act for a user: shown once, stored hashed, with a scope and an end.

use std::collections::BTreeSet;

use access::{Action, Denied, Reason, SECOND_FACTOR, SecondFactor, may_ever};
use kernel::{ApiKeyId, Day, Instant, UserId};

use super::sessions::token_hash;
use super::{Authenticated, IdentityFault, allow_own, hex};
use crate::effects::{new_uuid, random};
use crate::error::AppError;
use crate::ledgers::{App, Call};

/// How every key begins: a leaked one is found by searching for it.
pub const API_KEY_PREFIX: &str = "tutela_";
/// Longest life of a key, days.
const DAYS_MAX: i32 = 366;
/// What is about accounts is for people only.
const FOR_PEOPLE: &[Action] = &[
    Action::SessionOpen,
    Action::SessionClose,
    Action::SelfManage,
    Action::ApiKeyManage,
    Action::UserManage,
    Action::IdentityLink,
    Action::DelegationGrant,
];

/// A key to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiKey {
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scope: BTreeSet<Action>,
    /// Its last day.
    pub until_on: Day,
}

/// A key as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// How it begins.
    pub prefix: String,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub scope: BTreeSet<Action>,
    /// When it was made.
    pub created_at: Instant,
    /// When it ends.
    pub expires_at: Instant,
    /// When it was used last, to a minute.
    pub last_used_at: Option<Instant>,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

/// A new key, with its secret.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// The key itself; shown once.
    pub secret: String,
    /// What it is.
    pub key: ApiKey,
}

fn shown(row: store::ApiKey) -> ApiKey {
    ApiKey {
        id: row.id,
        prefix: row.prefix,
        name: row.name,
        scope: row.scope.split(',').filter_map(|word| word.parse().ok()).collect(),
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
        revoked_at: row.revoked_at,
    }
}

impl App {
    /// Makes a key for oneself.
    ///
    /// # Errors
    /// [`AppError::Identity`] for a scope or an end that cannot be; [`AppError::Denied`] where the scope
    /// has what takes a second factor and the session is not confirmed.
    pub async fn api_key_create(
        &self,
        caller: &Authenticated,
        now: Instant,
        new: NewApiKey,
    ) -> Result<NewKey, AppError> {
        allow_own(&caller.principal, Action::ApiKeyManage)?;
        let role = &caller.principal.role;
        let not_for_a_key = |action: &&Action| FOR_PEOPLE.contains(action) || !may_ever(role, **action);
        if new.scope.is_empty() {
            return Err(IdentityFault::KeyScope(None).into());
        }
        if let Some(action) = new.scope.iter().find(not_for_a_key) {
            return Err(IdentityFault::KeyScope(Some(*action)).into());
        }
        if let Some(action) = new.scope.iter().find(|action| SECOND_FACTOR.contains(action)) {
            let reason = match caller.principal.powers.second_factor {
                SecondFactor::Missing => Some(Reason::SecondFactor),
                SecondFactor::NotEnrolled => Some(Reason::SecondFactorNotEnrolled),
                SecondFactor::Given | SecondFactor::NotAsked => None,
            };
            if let Some(reason) = reason {
                return Err(Denied { action: *action, reason, hide: false }.into());
            }
        }
        if !(0..=DAYS_MAX).contains(&now.day().days_until(new.until_on)) {
            return Err(IdentityFault::KeyEnd.into());
        }
        let end = new.until_on.plus_days(1).and_then(Instant::start_of).map_err(|_| IdentityFault::KeyEnd)?;
        let secret = format!("{API_KEY_PREFIX}{}", hex(&random::<32>(&*self.effects)));
        let row = store::ApiKey {
            id: ApiKeyId::new(new_uuid(&*self.effects, now)),
            user: caller.principal.user,
            key_hash: token_hash(&secret),
            prefix: secret.chars().take(API_KEY_PREFIX.len().saturating_add(8)).collect(),
            name: new.name,
            scope: new.scope.iter().map(|action| action.as_str()).collect::<Vec<_>>().join(","),
            created_at: now,
            expires_at: end,
            last_used_at: None,
            revoked_at: None,
        };
        let tx = self.store.begin().await?;
        store::api_key_insert(&tx, &row).await?;
        tx.commit().await?;
        Ok(NewKey { secret, key: shown(row) })
    }

    /// One's keys, the newest first.
    ///
    /// # Errors
    /// [`AppError::Denied`] for a key.
    pub async fn api_keys(&self, caller: &Authenticated) -> Result<Vec<ApiKey>, AppError> {
        allow_own(&caller.principal, Action::ApiKeyManage)?;
        let rows = store::api_keys_of(&self.store.read(), caller.principal.user).await?;
        Ok(rows.into_iter().map(shown).collect())
    }

    /// Revokes one of one's keys.
    ///
    /// # Errors
    /// Not found, also for one that is revoked; [`AppError::Denied`] for a key.
    pub async fn api_key_revoke(&self, caller: &Authenticated, now: Instant, id: ApiKeyId) -> Result<(), AppError> {
        allow_own(&caller.principal, Action::ApiKeyManage)?;
        self.key_revoke(caller.principal.user, id, now).await
    }

    /// A user's keys, for whoever manages the user.
    ///
    /// # Errors
    /// Not found; [`AppError::Denied`].
    pub async fn api_keys_of(&self, call: &Call, user: UserId) -> Result<Vec<ApiKey>, AppError> {
        self.managed(call, user).await?;
        Ok(store::api_keys_of(&self.store.read(), user).await?.into_iter().map(shown).collect())
    }

    /// Revokes a user's key, for whoever manages the user.
    ///
    /// # Errors
    /// Not found; [`AppError::Denied`].
    pub async fn api_key_revoke_of(&self, call: &Call, user: UserId, id: ApiKeyId) -> Result<(), AppError> {
        self.managed(call, user).await?;
        self.key_revoke(user, id, call.now).await
    }

    async fn key_revoke(&self, user: UserId, id: ApiKeyId, now: Instant) -> Result<(), AppError> {
        let tx = self.store.begin().await?;
        let revoked = store::api_key_revoke(&tx, user, id, now).await?;
        tx.commit().await?;
        self.sessions.forget(user);
        if revoked { Ok(()) } else { Err(AppError::not_found("api_key")) }
    }
}
