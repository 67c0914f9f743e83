//! Users, passwords and login sessions.

use std::collections::HashMap;
use std::sync::Mutex;

use access::{Action, Caller, Department, Duty, Post, Principal, Role, RoleKind, Target};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use kernel::{ContractId, Instant, InstitutionId, LedgerId, RegionCode, UserId};
use store::{Session as SessionRow, User as UserRow};

use crate::effects::{new_uuid, random};
use crate::error::AppError;
use crate::ledgers::{App, Call};
use crate::refusal::Refusal;

/// How long a login lasts.
const SESSION_MICROS: i64 = 12 * 3600 * 1_000_000;
/// How long a looked-up session is believed without asking the database again: the longest time a
/// log-out on another server may take to be noticed here.
const CACHE_MICROS: i64 = 5 * 1_000_000;
/// Most sessions kept in memory.
const CACHE_MAX: usize = 10_000;

/// Sessions looked up lately, by token hash.
#[derive(Default)]
pub(crate) struct SessionCache(Mutex<HashMap<[u8; 32], (Principal, Instant)>>);

impl SessionCache {
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<[u8; 32], (Principal, Instant)>) -> T) -> T {
        // A panic while holding the lock leaves a cache, not a truth: go on with it.
        work(&mut self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    fn get(&self, hash: &[u8; 32], now: Instant) -> Option<Principal> {
        self.with(|sessions| {
            let (principal, until) = sessions.get(hash)?;
            (now <= *until).then(|| principal.clone())
        })
    }

    fn put(&self, hash: [u8; 32], principal: Principal, until: Instant) {
        self.with(|sessions| {
            if sessions.len() >= CACHE_MAX {
                sessions.clear();
            }
            sessions.insert(hash, (principal, until));
        });
    }

    fn remove(&self, hash: &[u8; 32]) {
        self.with(|sessions| sessions.remove(hash));
    }
}

/// A user to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Log-in name, unique.
    pub username: String,
    /// Password, at least [`PASSWORD_CHARS_MIN`] characters.
    pub password: String,
    /// Role and what it is bound to.
    pub role: NewRole,
}

/// A password as it is stored.
#[derive(Clone)]
pub struct HashedPassword(String);

/// Fewest characters of a password.
pub const PASSWORD_CHARS_MIN: usize = 8;

/// The role of a new user.
#[derive(Clone, Debug)]
pub enum NewRole {
    /// A regulator; without duties it holds both.
    Regulator {
        /// Where.
        region: RegionCode,
        /// Department.
        department: Department,
        /// Duties; empty means all.
        duties: Vec<Duty>,
    },
    /// Someone of an institution.
    Institution {
        /// Which.
        institution: InstitutionId,
        /// In which post.
        post: Post,
    },
    /// The guardian who is party to a contract.
    Guardian {
        /// The contract.
        contract: ContractId,
    },
    /// The custody bank.
    Bank {
        /// Where.
        region: RegionCode,
    },
    /// An auditor.
    Auditor {
        /// Where.
        region: RegionCode,
    },
    /// An administrator.
    Admin,
}

/// A user as answers show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// Log-in name.
    pub username: String,
    /// Role and what it is bound to.
    pub role: Role,
}

/// An open session.
#[derive(Clone, Debug)]
pub struct Session {
    /// The bearer token; shown once, stored only hashed.
    pub token: String,
    /// When it ends.
    pub expires_at: Instant,
    /// Whose.
    pub user: User,
}

/// Argon2id with the parameters of the OWASP password storage cheat sheet: 19 MiB, 2 passes, 1 lane.
fn argon2() -> Result<Argon2<'static>, AppError> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|_| AppError::PasswordHash)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

async fn hash_password(password: String, salt: [u8; 16]) -> Result<String, AppError> {
    tokio::task::spawn_blocking(move || {
        let hash = argon2()?.hash_password_with_salt(password.as_bytes(), &salt).map_err(|_| AppError::PasswordHash)?;
        Ok(hash.to_string())
    })
    .await
    .map_err(|_| AppError::Stopping)?
}

async fn password_fits(password: String, hash: String) -> Result<bool, AppError> {
    tokio::task::spawn_blocking(move || {
        let hash = PasswordHash::new(&hash).map_err(|_| AppError::PasswordHash)?;
        Ok(argon2()?.verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await
    .map_err(|_| AppError::Stopping)?
}

/// Hash under which a token is stored.
fn token_hash(token: &str) -> [u8; 32] {
    *ledger::digest("tutela/session-token/1", token.as_bytes()).as_bytes()
}

fn role_of(row: &UserRow) -> Option<Role> {
    let bound = || Some((row.ledger.clone()?, row.institution?));
    Some(match row.role.parse::<RoleKind>().ok()? {
        RoleKind::Regulator => Role::Regulator {
            region: row.region?,
            department: row.department.as_deref()?.parse().ok()?,
            duties: row.duties.split(',').filter(|d| !d.is_empty()).map(str::parse).collect::<Result<_, _>>().ok()?,
        },
        RoleKind::Institution => {
            let (ledger, institution) = bound()?;
            Role::Institution { ledger, institution, post: row.duties.parse().ok()? }
        }
        RoleKind::Guardian => Role::Guardian { ledger: row.ledger.clone()?, subject: row.subject? },
        RoleKind::Bank => Role::Bank { region: row.region? },
        RoleKind::Auditor => Role::Auditor { region: row.region? },
        RoleKind::Admin => Role::Admin,
    })
}

impl App {
    /// Makes a user. Only an administrator may; without a caller it is the installation itself.
    ///
    /// # Errors
    /// [`AppError::Denied`], [`AppError::Refused`] when the name is taken or what it is bound to does
    /// not exist.
    pub async fn user_create(&self, call: &Call, new: NewUser) -> Result<User, AppError> {
        if let Some(principal) = &call.principal {
            access::check(Caller::User(principal), Action::UserManage, &Target::Nothing)?;
        }
        let password = self.password_hash(new.password).await?;
        self.user_create_hashed(call, new.username, new.role, &password).await
    }

    /// Hashes a password under a fresh salt.
    ///
    /// # Errors
    /// [`AppError::PasswordHash`].
    pub async fn password_hash(&self, password: String) -> Result<HashedPassword, AppError> {
        Ok(HashedPassword(hash_password(password, random(&*self.effects)).await?))
    }

    /// As [`App::user_create`], with a password that is hashed already: many users of a sample may
    /// share one whose hash takes its time once.
    ///
    /// # Errors
    /// As [`App::user_create`].
    pub async fn user_create_hashed(
        &self,
        call: &Call,
        username: String,
        role: NewRole,
        password: &HashedPassword,
    ) -> Result<User, AppError> {
        if let Some(principal) = &call.principal {
            access::check(Caller::User(principal), Action::UserManage, &Target::Nothing)?;
        }
        let id = UserId::new(new_uuid(&*self.effects, call.now));
        let mut row = UserRow {
            id,
            username,
            password_hash: password.0.clone(),
            role: String::new(),
            region: None,
            department: None,
            duties: String::new(),
            ledger: None,
            institution: None,
            subject: None,
            active: true,
            created_at: call.now,
        };
        row.role = match role {
            NewRole::Regulator { region, department, duties } => {
                let duties = if duties.is_empty() { Duty::ALL.to_vec() } else { duties };
                row.region = Some(region);
                row.department = Some(department.to_string());
                row.duties = duties.iter().map(|d| d.as_str()).collect::<Vec<_>>().join(",");
                RoleKind::Regulator
            }
            NewRole::Institution { institution, post } => {
                row.ledger = Some(self.ledger_of_institution(institution).await?);
                row.institution = Some(institution);
                row.duties = post.to_string();
                RoleKind::Institution
            }
            NewRole::Guardian { contract } => {
                let (ledger, terms) = self.contract_terms(contract).await?;
                row.ledger = Some(ledger);
                row.subject = Some(terms.guardian);
                RoleKind::Guardian
            }
            NewRole::Bank { region } => {
                row.region = Some(region);
                RoleKind::Bank
            }
            NewRole::Auditor { region } => {
                row.region = Some(region);
                RoleKind::Auditor
            }
            NewRole::Admin => RoleKind::Admin,
        }
        .to_string();
        let role = role_of(&row).ok_or(AppError::PasswordHash)?;
        let tx = self.store.begin().await?;
        match store::user_insert(&tx, &row).await {
            Ok(()) => tx.commit().await?,
            Err(store::StoreError::Constraint(_)) => {
                tx.rollback().await?;
                return Err(AppError::refused(Refusal::Exists { what: "user".into(), field: "username".into() }));
            }
            Err(error) => return Err(error.into()),
        }
        Ok(User { id, username: row.username, role })
    }

    /// Gives a user another password. Only an administrator may; without a caller it is the
    /// installation itself.
    ///
    /// # Errors
    /// [`AppError::Denied`], [`AppError::Refused`] when there is no such user.
    pub async fn user_password_set(&self, call: &Call, username: &str, password: String) -> Result<(), AppError> {
        if let Some(principal) = &call.principal {
            access::check(Caller::User(principal), Action::UserManage, &Target::Nothing)?;
        }
        let row = store::user_by_username(&self.store.read(), username).await?;
        let mut row = row.ok_or_else(|| AppError::not_found("user"))?;
        row.password_hash = self.password_hash(password).await?.0;
        let tx = self.store.begin().await?;
        store::user_update(&tx, &row).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Logs in.
    ///
    /// # Errors
    /// [`AppError::WrongCredentials`], whichever of name and password is wrong.
    pub async fn session_open(&self, now: Instant, username: &str, password: String) -> Result<Session, AppError> {
        let row = store::user_by_username(&self.store.read(), username).await?.filter(|row| row.active);
        let hash = match &row {
            Some(row) => row.password_hash.clone(),
            // The same work for a name that does not exist, so that time tells nothing.
            None => hash_password(String::new(), [0; 16]).await?,
        };
        let fits = password_fits(password, hash).await?;
        let Some(row) = row.filter(|_| fits) else { return Err(AppError::WrongCredentials) };
        let role = role_of(&row).ok_or(AppError::WrongCredentials)?;
        let token = hex(&random::<32>(&*self.effects));
        let expires_at = now.plus_micros(SESSION_MICROS).map_err(|_| AppError::Stopping)?;
        let tx = self.store.begin().await?;
        let session = SessionRow { token_hash: token_hash(&token), user: row.id, created_at: now, expires_at };
        store::session_insert(&tx, &session).await?;
        tx.commit().await?;
        Ok(Session { token, expires_at, user: User { id: row.id, username: row.username, role } })
    }

    /// Logs out.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn session_close(&self, token: &str) -> Result<(), AppError> {
        let hash = token_hash(token);
        self.sessions.remove(&hash);
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
        let hash = token_hash(token);
        if let Some(principal) = self.sessions.get(&hash, now) {
            return Ok(principal);
        }
        let found = store::session_by_token_hash(&self.store.read(), &hash).await?;
        let Some((session, user)) = found.filter(|(session, user)| session.expires_at > now && user.active) else {
            return Err(AppError::NotSignedIn);
        };
        let role = role_of(&user).ok_or(AppError::NotSignedIn)?;
        let principal = Principal::new(user.id, role);
        let until = now.plus_micros(CACHE_MICROS).map_err(|_| AppError::Stopping)?.min(session.expires_at);
        self.sessions.put(hash, principal.clone(), until);
        Ok(principal)
    }

    /// The user behind a principal.
    ///
    /// # Errors
    /// [`AppError::NotSignedIn`] when it no longer exists.
    pub async fn user(&self, id: UserId) -> Result<User, AppError> {
        let row = store::user_by_id(&self.store.read(), id).await?.ok_or(AppError::NotSignedIn)?;
        let role = role_of(&row).ok_or(AppError::NotSignedIn)?;
        Ok(User { id, username: row.username, role })
    }

    /// All users, by name; for administrators.
    ///
    /// # Errors
    /// [`AppError::Denied`].
    pub async fn users(&self, call: &Call, after: Option<UserId>, limit: u32) -> Result<Vec<User>, AppError> {
        if let Some(principal) = &call.principal {
            access::check(Caller::User(principal), Action::UserManage, &Target::Nothing)?;
        }
        let rows = store::users_page(&self.store.read(), after, limit).await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| Some(User { id: row.id, role: role_of(&row)?, username: row.username }))
            .collect())
    }

    /// Is there any user yet?
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn has_users(&self) -> Result<bool, AppError> {
        Ok(!store::users_page(&self.store.read(), None, 1).await?.is_empty())
    }

    /// Which ledger an institution belongs to.
    ///
    /// # Errors
    /// [`AppError::Refused`] with not found.
    pub async fn ledger_of_institution(&self, id: InstitutionId) -> Result<LedgerId, AppError> {
        let read = self.store.read();
        for ledger in self.all_ledgers().await {
            if !store::institution_load(&read, ledger.id(), &[id]).await?.is_empty() {
                return Ok(ledger.id().clone());
            }
        }
        Err(AppError::not_found("institution"))
    }

    /// The terms of a contract, drawn up or in force, and its ledger.
    ///
    /// # Errors
    /// [`AppError::Refused`] with not found.
    pub async fn contract_terms(&self, id: ContractId) -> Result<(LedgerId, contract::Terms), AppError> {
        let read = self.store.read();
        for ledger in self.all_ledgers().await {
            if let Some(draft) = store::draft_load(&read, ledger.id(), &[id]).await?.into_iter().next() {
                return Ok((ledger.id().clone(), draft.terms));
            }
        }
        Err(AppError::not_found("contract"))
    }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len().saturating_mul(2)), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
