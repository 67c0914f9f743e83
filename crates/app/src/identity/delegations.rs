//! Duties lent to a colleague of the same region until a day. Entries name the one who acts.

use access::{Action, Caller, Duty, Role, Target};
use kernel::{Day, DelegationId, Instant, UserId};

use super::{Authenticated, IdentityFault, allow_own, role_of};
use crate::effects::new_uuid;
use crate::error::AppError;
use crate::ledgers::App;

/// How long an ended delegation is remembered to whoever tries to use it, days.
const ENDED_DAYS: i32 = 366;

/// Duties to be lent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDelegation {
    /// To whom.
    pub to: UserId,
    /// Which.
    pub duties: Vec<Duty>,
    /// First day.
    pub from_on: Day,
    /// Last day.
    pub until_on: Day,
}

/// Lent duties.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegation {
    /// Its id.
    pub id: DelegationId,
    /// Who lends.
    pub from: UserId,
    /// Who acts.
    pub to: UserId,
    /// Which duties.
    pub duties: Vec<Duty>,
    /// First day.
    pub from_on: Day,
    /// Last day.
    pub until_on: Day,
    /// When it was withdrawn.
    pub revoked_at: Option<Instant>,
}

fn duties(text: &str) -> Vec<Duty> {
    text.split(',').filter_map(|duty| duty.parse().ok()).collect()
}

fn shown(row: store::Delegation) -> Delegation {
    Delegation {
        duties: duties(&row.duties),
        id: row.id,
        from: row.from,
        to: row.to,
        from_on: row.from_on,
        until_on: row.until_on,
        revoked_at: row.revoked_at,
    }
}

impl App {
    /// Lends one's own duties to a colleague.
    ///
    /// # Errors
    /// [`AppError::Denied`]; [`AppError::Identity`] for a borrower, a duty or days that cannot be.
    pub async fn delegation_create(
        &self,
        caller: &Authenticated,
        now: Instant,
        new: NewDelegation,
    ) -> Result<Delegation, AppError> {
        let principal = &caller.principal;
        let region = principal.role.region().map_or(Target::Nothing, Target::Region);
        access::check(Caller::User(principal), Action::DelegationGrant, &region)?;
        allow_own(principal, Action::SelfManage)?;
        let Role::Regulator { region, duties: held, .. } = &principal.role else {
            return Err(IdentityFault::NotOwnDuty.into());
        };
        let holds = |duty: &Duty| held.is_empty() || held.contains(duty);
        if new.duties.is_empty() || !new.duties.iter().all(holds) {
            return Err(IdentityFault::NotOwnDuty.into());
        }
        if new.until_on < new.from_on || new.from_on < now.day() {
            return Err(IdentityFault::Days.into());
        }
        let to = store::user_by_id(&self.store.read(), new.to).await?.filter(|to| to.active && to.id != principal.user);
        let to_region = to.as_ref().and_then(role_of).filter(|role| matches!(role, Role::Regulator { .. }));
        if to_region.and_then(|role| role.region()) != Some(*region) {
            return Err(IdentityFault::NotColleague.into());
        }
        let row = store::Delegation {
            id: DelegationId::new(new_uuid(&*self.effects, now)),
            from: principal.user,
            to: new.to,
            duties: new.duties.iter().map(|duty| duty.as_str()).collect::<Vec<_>>().join(","),
            from_on: new.from_on,
            until_on: new.until_on,
            created_at: now,
            revoked_at: None,
        };
        let tx = self.store.begin().await?;
        store::delegation_insert(&tx, &row).await?;
        tx.commit().await?;
        self.sessions.forget(new.to);
        Ok(shown(row))
    }

    /// What one lent and was lent, the newest first.
    ///
    /// # Errors
    /// [`AppError::Denied`] for a key.
    pub async fn delegations(&self, caller: &Authenticated) -> Result<Vec<Delegation>, AppError> {
        allow_own(&caller.principal, Action::SelfManage)?;
        let rows = store::delegations_of(&self.store.read(), caller.principal.user).await?;
        Ok(rows.into_iter().map(shown).collect())
    }

    /// Withdraws what one lent.
    ///
    /// # Errors
    /// Not found, also for what is withdrawn; [`AppError::Denied`] for a key.
    pub async fn delegation_revoke(
        &self,
        caller: &Authenticated,
        now: Instant,
        id: DelegationId,
    ) -> Result<(), AppError> {
        allow_own(&caller.principal, Action::SelfManage)?;
        let tx = self.store.begin().await?;
        let borrower = store::delegation_revoke(&tx, caller.principal.user, id, now).await?;
        tx.commit().await?;
        let borrower = borrower.ok_or_else(|| AppError::not_found("delegation"))?;
        self.sessions.forget(borrower);
        Ok(())
    }

    /// What a user was lent, as the access table sees it. A lender who is locked or lost a duty lends it
    /// no longer.
    pub(super) async fn lent_to(&self, user: UserId, today: Day) -> Result<Vec<access::Delegation>, AppError> {
        let mut lent = Vec::new();
        for (row, lender) in store::delegations_to(&self.store.read(), user).await? {
            let Some(Role::Regulator { region, department, duties: held }) = role_of(&lender) else { continue };
            let still = |duty: &Duty| held.is_empty() || held.contains(duty);
            let duties: std::collections::BTreeSet<Duty> = duties(&row.duties).into_iter().filter(still).collect();
            // Without a duty the role would count as having both.
            if duties.is_empty() || row.until_on.days_until(today) > ENDED_DAYS || today < row.from_on {
                continue;
            }
            lent.push(access::Delegation {
                from: row.from,
                in_force: lender.active && row.revoked_at.is_none() && today <= row.until_on,
                role: Role::Regulator { region, department, duties },
                until_on: row.until_on,
            });
        }
        Ok(lent)
    }
}
