//! Users and their passwords.

use access::{Action, Caller, Department, Duty, Post, Principal, Reason, Role, RoleKind, Target, check_password};
use kernel::{ContractId, InstitutionId, LedgerId, RegionCode, UserId};
use store::{User as UserRow, UserFilter};

use super::throttle::Counted;
use super::{Authenticated, IdentityFault, allow_own, hash_password, password_fits, region_of, role_of};
use crate::effects::{new_uuid, random};
use crate::error::AppError;
use crate::ledgers::{App, Call};
use crate::refusal::Refusal;

/// A user to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Log-in name, unique.
    pub username: String,
    /// Password; see [`check_password`].
    pub password: String,
    /// Role and what it is bound to.
    pub role: NewRole,
}

/// A password as it is stored.
#[derive(Clone)]
pub struct HashedPassword(String);

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
    /// May log in.
    pub active: bool,
    /// Counts changes.
    pub version: u64,
}

/// What is changed of a user; what is not given stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserChange {
    /// May log in.
    pub active: Option<bool>,
    /// Department of a regulator.
    pub department: Option<Department>,
    /// Duties of a regulator; none means both.
    pub duties: Option<Vec<Duty>>,
    /// Post in the institution.
    pub post: Option<Post>,
}

impl User {
    pub(super) fn of(row: UserRow, role: Role) -> User {
        User { id: row.id, username: row.username, role, active: row.active, version: row.version }
    }
}

/// What whoever manages this user must reach. Owners of institutions and guardians are the county's
/// business, the rest of an institution's people its owner's, everybody else the administrator's.
fn managed_as(role: &Role) -> Target {
    match role {
        Role::Institution { ledger, institution, post } => match region_of(ledger) {
            Some(region) if *post == Post::Owner => Target::Region(region),
            Some(region) => Target::Institution { ledger: ledger.clone(), region, institution: *institution },
            None => Target::Nothing,
        },
        Role::Guardian { ledger, .. } => region_of(ledger).map_or(Target::Nothing, Target::Region),
        Role::Regulator { .. } | Role::Bank { .. } | Role::Auditor { .. } | Role::Admin => Target::Nothing,
    }
}

fn may_manage(principal: Option<&Principal>, role: &Role) -> Result<(), AppError> {
    let Some(principal) = principal else { return Ok(()) };
    Ok(access::check(Caller::User(principal), Action::UserManage, &managed_as(role))?)
}

impl App {
    /// Makes a user. Without a caller it is the installation itself.
    ///
    /// # Errors
    /// [`AppError::Denied`], [`AppError::WeakPassword`], [`AppError::Refused`] when the name is taken
    /// or what it is bound to does not exist.
    pub async fn user_create(&self, call: &Call, new: NewUser) -> Result<User, AppError> {
        let row = self.row_of(call, new.username, new.role).await?;
        check_password(&row.username, &new.password)?;
        let password = self.password_hash(new.password).await?;
        self.row_insert(UserRow { password_hash: password.0, ..row }).await
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
        let row = self.row_of(call, username, role).await?;
        self.row_insert(UserRow { password_hash: password.0.clone(), ..row }).await
    }

    /// The row of a new user, without its password, after asking whether the caller may make it.
    async fn row_of(&self, call: &Call, username: String, role: NewRole) -> Result<UserRow, AppError> {
        if let Some(principal) = &call.principal
            && !access::may_ever(&principal.role, Action::UserManage)
        {
            // Before anything is looked up: nothing is learned by trying.
            access::check(Caller::User(principal), Action::UserManage, &Target::Nothing)?;
        }
        let mut row = UserRow {
            id: UserId::new(new_uuid(&*self.effects, call.now)),
            username,
            password_hash: String::new(),
            role: String::new(),
            region: None,
            department: None,
            duties: String::new(),
            ledger: None,
            institution: None,
            subject: None,
            active: true,
            created_at: call.now,
            version: 1,
        };
        row.role = match role {
            NewRole::Regulator { region, department, duties } => {
                row.region = Some(region);
                row.department = Some(department.to_string());
                row.duties = written(&duties);
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
        may_manage(call.principal.as_ref(), &role_of(&row).ok_or(AppError::PasswordHash)?)?;
        Ok(row)
    }

    async fn row_insert(&self, row: UserRow) -> Result<User, AppError> {
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
        Ok(User::of(row, role))
    }

    /// The row of a user whom the caller manages.
    pub(super) async fn managed(&self, call: &Call, id: UserId) -> Result<UserRow, AppError> {
        if let Some(principal) = &call.principal
            && !access::may_ever(&principal.role, Action::UserManage)
        {
            access::check(Caller::User(principal), Action::UserManage, &Target::Nothing)?;
        }
        let missing = || AppError::not_found("user");
        let row = store::user_by_id(&self.store.read(), id).await?.ok_or_else(missing)?;
        match may_manage(call.principal.as_ref(), &role_of(&row).ok_or_else(missing)?) {
            // Who is somewhere else is nobody that the caller may know of.
            Err(AppError::Denied(denied)) if !matches!(denied.reason, Reason::Scope) => Err(missing()),
            Err(error) => Err(error),
            Ok(()) => Ok(row),
        }
    }

    /// A user whom the caller manages.
    ///
    /// # Errors
    /// Not found; [`AppError::Denied`].
    pub async fn managed_user(&self, call: &Call, id: UserId) -> Result<User, AppError> {
        let row = self.managed(call, id).await?;
        let role = role_of(&row).ok_or_else(|| AppError::not_found("user"))?;
        Ok(User::of(row, role))
    }

    /// Changes a user that still is as it was read. Whoever may no longer log in is logged out at once
    /// and loses the API keys.
    ///
    /// # Errors
    /// Not found; [`AppError::Denied`]; [`AppError::StaleVersion`]; [`AppError::Identity`].
    pub async fn user_change(
        &self,
        call: &Call,
        id: UserId,
        version: u64,
        change: UserChange,
    ) -> Result<User, AppError> {
        let row = self.managed(call, id).await?;
        if row.version != version {
            return Err(AppError::StaleVersion);
        }
        if change.active == Some(false) && call.principal.as_ref().is_some_and(|own| own.user == id) {
            return Err(IdentityFault::OwnAccount.into());
        }
        let was = role_of(&row).ok_or_else(|| AppError::not_found("user"))?;
        let mut changed = row;
        changed.active = change.active.unwrap_or(changed.active);
        match was.kind() {
            RoleKind::Regulator if change.post.is_none() => {
                if let Some(department) = change.department {
                    changed.department = Some(department.to_string());
                }
                if let Some(duties) = &change.duties {
                    changed.duties = written(duties);
                }
            }
            RoleKind::Institution if change.department.is_none() && change.duties.is_none() => {
                if let Some(post) = change.post {
                    changed.duties = post.to_string();
                }
            }
            _ if change.department.is_none() && change.duties.is_none() && change.post.is_none() => {}
            _ => return Err(IdentityFault::DutiesOfRole.into()),
        }
        let role = role_of(&changed).ok_or_else(|| AppError::not_found("user"))?;
        // Nobody makes of one whom they manage one whom they do not.
        may_manage(call.principal.as_ref(), &role)?;
        let tx = self.store.begin().await?;
        if !store::user_update(&tx, &changed).await? {
            tx.rollback().await?;
            return Err(AppError::StaleVersion);
        }
        if !changed.active {
            store::sessions_delete_of(&tx, id).await?;
            store::api_keys_revoke_of(&tx, id, call.now).await?;
        }
        tx.commit().await?;
        self.sessions.forget(id);
        changed.version = changed.version.saturating_add(1);
        Ok(User::of(changed, role))
    }

    /// Gives a user of this name another password, and ends the user's sessions. For whoever manages
    /// the user; without a caller it is the installation itself.
    ///
    /// # Errors
    /// [`AppError::Denied`], [`AppError::WeakPassword`], [`AppError::Refused`] when there is no such user.
    pub async fn user_password_set(&self, call: &Call, username: &str, password: String) -> Result<(), AppError> {
        let row = store::user_by_username(&self.store.read(), username).await?;
        let row = row.ok_or_else(|| AppError::not_found("user"))?;
        self.user_password_reset(call, row.id, password).await
    }

    /// The same by the user's id.
    ///
    /// # Errors
    /// As [`App::user_password_set`].
    pub async fn user_password_reset(&self, call: &Call, id: UserId, password: String) -> Result<(), AppError> {
        let row = self.managed(call, id).await?;
        self.password_replace(row, password).await
    }

    /// Changes one's own password; all one's sessions end, this one too.
    ///
    /// # Errors
    /// [`AppError::WrongCredentials`] for the present password, [`AppError::TooManyAttempts`],
    /// [`AppError::WeakPassword`], [`AppError::Denied`] for a key.
    pub async fn password_change(
        &self,
        caller: &Authenticated,
        now: kernel::Instant,
        present: String,
        new: String,
    ) -> Result<(), AppError> {
        let row = self.reauthenticated(caller, now, present).await?;
        self.password_replace(row, new).await
    }

    /// The caller's row, after the password was shown once more.
    pub(super) async fn reauthenticated(
        &self,
        caller: &Authenticated,
        now: kernel::Instant,
        password: String,
    ) -> Result<UserRow, AppError> {
        allow_own(&caller.principal, Action::SelfManage)?;
        let row = store::user_by_id(&self.store.read(), caller.principal.user).await?.ok_or(AppError::NotSignedIn)?;
        let counted = [Counted::account(&row.username)];
        self.attempt_begin(now, &counted).await?;
        if !password_fits(password, row.password_hash.clone()).await? {
            return Err(AppError::WrongCredentials);
        }
        self.attempt_succeeded(&counted).await?;
        Ok(row)
    }

    async fn password_replace(&self, row: UserRow, password: String) -> Result<(), AppError> {
        check_password(&row.username, &password)?;
        let id = row.id;
        let row = UserRow { password_hash: self.password_hash(password).await?.0, ..row };
        let tx = self.store.begin().await?;
        if !store::user_update(&tx, &row).await? {
            tx.rollback().await?;
            return Err(AppError::StaleVersion);
        }
        store::sessions_delete_of(&tx, id).await?;
        tx.commit().await?;
        self.sessions.forget(id);
        Ok(())
    }

    /// The user behind a principal.
    ///
    /// # Errors
    /// [`AppError::NotSignedIn`] when it no longer exists.
    pub async fn user(&self, id: UserId) -> Result<User, AppError> {
        let row = store::user_by_id(&self.store.read(), id).await?.ok_or(AppError::NotSignedIn)?;
        let role = role_of(&row).ok_or(AppError::NotSignedIn)?;
        Ok(User::of(row, role))
    }

    /// The users whom the caller manages, by id: all, those of a county's institutions and families, or
    /// those of an institution.
    ///
    /// # Errors
    /// [`AppError::Denied`].
    pub async fn users(&self, call: &Call, after: Option<UserId>, limit: u32) -> Result<Vec<User>, AppError> {
        let mut filter = UserFilter::default();
        if let Some(principal) = &call.principal {
            let target = match &principal.role {
                Role::Regulator { region, .. } => {
                    filter.ledger = Some(LedgerId::first_of(*region));
                    Target::Region(*region)
                }
                Role::Institution { ledger, institution, .. } => {
                    (filter.ledger, filter.institution) = (Some(ledger.clone()), Some(*institution));
                    let region = region_of(ledger).ok_or_else(|| AppError::not_found("institution"))?;
                    Target::Institution { ledger: ledger.clone(), region, institution: *institution }
                }
                _ => Target::Nothing,
            };
            access::check(Caller::User(principal), Action::UserManage, &target)?;
        }
        let rows = store::users_page(&self.store.read(), &filter, after, limit).await?;
        Ok(rows.into_iter().filter_map(|row| role_of(&row).map(|role| User::of(row, role))).collect())
    }

    /// Is there any user yet?
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub async fn has_users(&self) -> Result<bool, AppError> {
        Ok(!store::users_page(&self.store.read(), &UserFilter::default(), None, 1).await?.is_empty())
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

/// Duties as a row has them; none stated means both.
fn written(duties: &[Duty]) -> String {
    let duties = if duties.is_empty() { Duty::ALL } else { duties };
    duties.iter().map(|duty| duty.as_str()).collect::<Vec<_>>().join(",")
}
