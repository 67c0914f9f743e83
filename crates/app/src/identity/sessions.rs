//! Log-in, sessions, and whose a token is.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

use access::{Action, Powers, Principal, Role, SECOND_FACTOR, SecondFactor, may_ever};
use kernel::{ApiKeyId, Instant, SessionId, UserId};
use store::{Session as SessionRow, User as UserRow};

use super::throttle::Counted;
use super::{API_KEY_PREFIX, NOBODYS_HASH, SecondFactorMode, User, allow_own, hex, password_fits, role_of};
use crate::effects::{new_uuid, random};
use crate::error::AppError;
use crate::ledgers::{App, Call};

/// How long a login lasts.
const SESSION_MICROS: i64 = 12 * 3600 * 1_000_000;
/// How long a looked-up session is believed without asking the database again: the longest time a
/// log-out on another server may take to be noticed here.
const CACHE_MICROS: i64 = 5 * 1_000_000;
/// Most sessions kept in memory.
const CACHE_MAX: usize = 10_000;
/// How precisely the last use of a key is remembered, so that using it costs no write.
const LAST_USED_MICROS: i64 = 60 * 1_000_000;
/// Most characters of the name of a program that are kept.
const AGENT_CHARS_MAX: usize = 200;

/// How a caller proved who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// By a login.
    Session(SessionId),
    /// By a key.
    ApiKey(ApiKeyId),
}

/// A caller that proved who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticated {
    /// Who.
    pub principal: Principal,
    /// By what.
    pub credential: Credential,
}

/// Where a log-in comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The client's address.
    pub address: Option<IpAddr>,
    /// The client's program.
    pub agent: Option<String>,
}

/// A log-in with a password.
#[derive(Clone)]
pub struct Login {
    /// Name.
    pub username: String,
    /// Password.
    pub password: String,
    /// A one-time code: the session is confirmed from its start.
    pub code: Option<String>,
}

/// An open session.
#[derive(Clone, Debug)]
pub struct Session {
    /// The bearer token; shown once, stored only hashed.
    pub token: String,
    /// When it ends.
    pub expires_at: Instant,
    /// Until when it is confirmed with a second factor.
    pub confirmed_until: Option<Instant>,
    /// Whose.
    pub user: User,
}

/// A session as its owner sees it in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionInfo {
    /// Its id.
    pub id: SessionId,
    /// When it began.
    pub created_at: Instant,
    /// When it ends.
    pub expires_at: Instant,
    /// `password` or `oidc`.
    pub method: String,
    /// Address that it was opened from.
    pub address: Option<String>,
    /// Program that it was opened with.
    pub agent: Option<String>,
    /// Is it the one that asks?
    pub current: bool,
}

/// Sessions and keys looked up lately, by token hash.
#[derive(Default)]
pub(crate) struct SessionCache(Mutex<HashMap<[u8; 32], (Authenticated, Instant)>>);

impl SessionCache {
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<[u8; 32], (Authenticated, Instant)>) -> T) -> T {
        // A panic while holding the lock leaves a cache, not a truth: go on with it.
        work(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    fn get(&self, hash: &[u8; 32], now: Instant) -> Option<Authenticated> {
        self.with(|sessions| {
            let (caller, until) = sessions.get(hash)?;
            (now <= *until).then(|| caller.clone())
        })
    }

    fn put(&self, hash: [u8; 32], caller: Authenticated, until: Instant) {
        self.with(|sessions| {
            if sessions.len() >= CACHE_MAX {
                sessions.clear();
            }
            sessions.insert(hash, (caller, until));
        });
    }

    /// Forgets what was known of a user.
    pub(super) fn forget(&self, user: UserId) {
        self.with(|sessions| sessions.retain(|_, (caller, _)| caller.principal.user != user));
    }
}

/// Hash under which a token or key is stored.
pub(super) fn token_hash(token: &str) -> [u8; 32] {
    *ledger::digest("tutela/session-token/1", token.as_bytes()).as_bytes()
}

impl App {
    /// Logs in with name and password.
    ///
    /// # Errors
    /// As [`App::session_open_from`].
    pub async fn session_open(&self, now: Instant, username: &str, password: String) -> Result<Session, AppError> {
        let login = Login { username: username.to_owned(), password, code: None };
        self.session_open_from(now, login, Origin::default()).await
    }

    /// Logs in from somewhere.
    ///
    /// # Errors
    /// [`AppError::WrongCredentials`], whichever of name and password is wrong;
    /// [`AppError::TooManyAttempts`]; [`AppError::WrongCode`].
    pub async fn session_open_from(&self, now: Instant, login: Login, origin: Origin) -> Result<Session, AppError> {
        let counted: Vec<Counted> = [Some(Counted::account(&login.username)), origin.address.map(Counted::address)]
            .into_iter()
            .flatten()
            .collect();
        self.attempt_begin(now, &counted).await?;
        let row = store::user_by_username(&self.store.read(), &login.username).await?.filter(|row| row.active);
        let hash = row.as_ref().map_or_else(|| NOBODYS_HASH.to_owned(), |row| row.password_hash.clone());
        let fits = password_fits(login.password, hash).await?;
        let Some(row) = row.filter(|_| fits) else { return Err(AppError::WrongCredentials) };
        let confirmed_until = match &login.code {
            Some(code) => Some(self.code_use(now, row.id, code).await?),
            None => None,
        };
        self.attempt_succeeded(&counted).await?;
        self.session_make(now, row, "password", confirmed_until, origin).await
    }

    /// Makes a session for somebody who proved who it is.
    pub(super) async fn session_make(
        &self,
        now: Instant,
        row: UserRow,
        method: &str,
        confirmed_until: Option<Instant>,
        origin: Origin,
    ) -> Result<Session, AppError> {
        let role = role_of(&row).ok_or(AppError::WrongCredentials)?;
        let token = hex(&random::<32>(&*self.effects));
        let expires_at = now.plus_micros(SESSION_MICROS).map_err(|_| AppError::Stopping)?;
        let session = SessionRow {
            id: SessionId::new(new_uuid(&*self.effects, now)),
            token_hash: token_hash(&token),
            user: row.id,
            created_at: now,
            expires_at,
            method: method.to_owned(),
            address: origin.address.map(|address| address.to_string()),
            agent: origin.agent.map(|agent| agent.chars().take(AGENT_CHARS_MAX).collect()),
            confirmed_until,
        };
        let tx = self.store.begin().await?;
        store::sessions_purge_expired(&tx, now).await?;
        store::session_insert(&tx, &session).await?;
        tx.commit().await?;
        Ok(Session { token, expires_at, confirmed_until, user: User::of(row, role) })
    }

    /// Logs out.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn session_close(&self, token: &str) -> Result<(), AppError> {
        let hash = token_hash(token);
        if let Some(caller) = self.sessions.with(|sessions| sessions.remove(&hash)) {
            self.sessions.forget(caller.0.principal.user);
        }
        let tx = self.store.begin().await?;
        store::session_delete(&tx, &hash).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whose token is this?
    ///
    /// # Errors
    /// [`AppError::NotSignedIn`] for an unknown or expired one.
    pub async fn principal(&self, token: &str, now: Instant) -> Result<Principal, AppError> {
        Ok(self.authenticate(token, now).await?.principal)
    }

    /// Whose token or key is this?
    ///
    /// # Errors
    /// [`AppError::NotSignedIn`] for an unknown or expired one.
    pub async fn authenticate(&self, token: &str, now: Instant) -> Result<Authenticated, AppError> {
        let hash = token_hash(token);
        if let Some(caller) = self.sessions.get(&hash, now) {
            return Ok(caller);
        }
        let (caller, until) = if token.starts_with(API_KEY_PREFIX) {
            self.key_owner(&hash, now).await?
        } else {
            self.session_owner(&hash, now).await?
        };
        let believed = now.plus_micros(CACHE_MICROS).map_err(|_| AppError::Stopping)?;
        self.sessions.put(hash, caller.clone(), believed.min(until));
        Ok(caller)
    }

    async fn session_owner(&self, hash: &[u8; 32], now: Instant) -> Result<(Authenticated, Instant), AppError> {
        let found = store::session_by_token_hash(&self.store.read(), hash).await?;
        let Some((session, user)) = found.filter(|(session, user)| session.expires_at > now && user.active) else {
            return Err(AppError::NotSignedIn);
        };
        let mut principal = self.principal_of(user, now).await?;
        let confirmed = session.confirmed_until.filter(|until| *until > now);
        principal.powers.second_factor = self.factor_of(&principal, confirmed.is_some()).await?;
        let until = confirmed.map_or(session.expires_at, |confirmed| confirmed.min(session.expires_at));
        Ok((Authenticated { principal, credential: Credential::Session(session.id) }, until))
    }

    async fn key_owner(&self, hash: &[u8; 32], now: Instant) -> Result<(Authenticated, Instant), AppError> {
        let found = store::api_key_by_hash(&self.store.read(), hash).await?;
        let holds = |key: &store::ApiKey| key.expires_at > now && key.revoked_at.is_none();
        let Some((key, user)) = found.filter(|(key, user)| holds(key) && user.active) else {
            return Err(AppError::NotSignedIn);
        };
        let mut principal = self.principal_of(user, now).await?;
        // A key has what was decided when it was made, lent duties and second factors are for people.
        principal.powers = Powers {
            scope: Some(key.scope.split(',').filter_map(|word| word.parse::<Action>().ok()).collect()),
            ..Powers::default()
        };
        if key.last_used_at.is_none_or(|last| now.micros().saturating_sub(last.micros()) >= LAST_USED_MICROS) {
            let tx = self.store.begin().await?;
            store::api_key_used(&tx, key.id, now).await?;
            tx.commit().await?;
        }
        Ok((Authenticated { principal, credential: Credential::ApiKey(key.id) }, key.expires_at))
    }

    /// A user by id with the rights of now; none when they may not log in.
    pub(crate) async fn principal_by_id(&self, id: UserId, now: Instant) -> Result<Option<Principal>, AppError> {
        match store::user_by_id(&self.store.read(), id).await?.filter(|user| user.active) {
            Some(user) => Ok(Some(self.principal_of(user, now).await?)),
            None => Ok(None),
        }
    }

    async fn principal_of(&self, user: UserRow, now: Instant) -> Result<Principal, AppError> {
        let role = role_of(&user).ok_or(AppError::NotSignedIn)?;
        let mut principal = Principal::new(user.id, role);
        if matches!(principal.role, Role::Regulator { .. }) {
            principal.powers.delegations = self.lent_to(user.id, now.day()).await?;
        }
        Ok(principal)
    }

    /// Does the caller's session need a second factor for what cannot be taken back?
    async fn factor_of(&self, principal: &Principal, given: bool) -> Result<SecondFactor, AppError> {
        let mode = self.effects.second_factor();
        let lent = principal.powers.delegations.iter().map(|lent| &lent.role);
        let mut roles = std::iter::once(&principal.role).chain(lent);
        let decides = roles.any(|role| SECOND_FACTOR.iter().any(|action| may_ever(role, *action)));
        if mode == SecondFactorMode::Off || !decides {
            return Ok(SecondFactor::NotAsked);
        }
        if given {
            return Ok(SecondFactor::Given);
        }
        let enrolled = store::second_factor(&self.store.read(), principal.user).await?;
        Ok(match (enrolled.is_some_and(|factor| factor.confirmed), mode) {
            (true, _) => SecondFactor::Missing,
            (false, SecondFactorMode::Required) => SecondFactor::NotEnrolled,
            (false, _) => SecondFactor::NotAsked,
        })
    }

    /// One's own sessions, the newest first.
    ///
    /// # Errors
    /// [`AppError::Denied`] for a key.
    pub async fn own_sessions(&self, caller: &Authenticated, now: Instant) -> Result<Vec<SessionInfo>, AppError> {
        allow_own(&caller.principal, Action::SelfManage)?;
        let rows = store::sessions_of_user(&self.store.read(), caller.principal.user, now).await?;
        Ok(rows.into_iter().map(|row| info(row, Some(caller.credential))).collect())
    }

    /// Ends one of one's own sessions.
    ///
    /// # Errors
    /// Not found; [`AppError::Denied`] for a key.
    pub async fn own_session_end(&self, caller: &Authenticated, id: SessionId) -> Result<(), AppError> {
        allow_own(&caller.principal, Action::SelfManage)?;
        let tx = self.store.begin().await?;
        let ended = store::session_delete_of(&tx, caller.principal.user, id).await?;
        tx.commit().await?;
        self.sessions.forget(caller.principal.user);
        if ended { Ok(()) } else { Err(AppError::not_found("session")) }
    }

    /// A user's sessions, for whoever manages the user.
    ///
    /// # Errors
    /// Not found; [`AppError::Denied`].
    pub async fn sessions_of(&self, call: &Call, user: UserId) -> Result<Vec<SessionInfo>, AppError> {
        self.managed(call, user).await?;
        let rows = store::sessions_of_user(&self.store.read(), user, call.now).await?;
        Ok(rows.into_iter().map(|row| info(row, None)).collect())
    }

    /// Ends all sessions of a user; how many there were.
    ///
    /// # Errors
    /// Not found; [`AppError::Denied`].
    pub async fn sessions_end(&self, call: &Call, user: UserId) -> Result<u64, AppError> {
        self.managed(call, user).await?;
        let tx = self.store.begin().await?;
        let ended = store::sessions_delete_of(&tx, user).await?;
        tx.commit().await?;
        self.sessions.forget(user);
        Ok(ended)
    }
}

fn info(row: SessionRow, by: Option<Credential>) -> SessionInfo {
    SessionInfo {
        current: by == Some(Credential::Session(row.id)),
        id: row.id,
        created_at: row.created_at,
        expires_at: row.expires_at,
        method: row.method,
        address: row.address,
        agent: row.agent,
    }
}
