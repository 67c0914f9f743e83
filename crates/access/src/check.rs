//! The one question: may this caller do this to that?

use kernel::{InstitutionId, LedgerId, RegionCode, SubjectId, words};

use crate::{Action, Grant, Principal, Reach, Role, SECOND_FACTOR, SecondFactor, TABLE, Who};

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller<'a> {
    /// Somebody who is not signed in.
    Public,
    /// A signed-in user.
    User(&'a Principal),
}

/// What is acted upon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Nothing in particular.
    Nothing,
    /// All of a region: its ledger, a new institution in it.
    Region(RegionCode),
    /// An institution, or something of it that is not a contract.
    Institution {
        /// Its ledger.
        ledger: LedgerId,
        /// The county that supervises it.
        region: RegionCode,
        /// The institution.
        institution: InstitutionId,
    },
    /// A contract, or something of it: payment, lesson, refund.
    Contract {
        /// Its ledger.
        ledger: LedgerId,
        /// The county that supervises the institution.
        region: RegionCode,
        /// Party A.
        institution: InstitutionId,
        /// Party B.
        guardian: SubjectId,
    },
}

words! {
    /// Why an action is refused; of several grants the one that came nearest decides.
    Reason {
        /// Not signed in.
        NotSignedIn = "not_signed_in" / "请先登录",
        /// The role never may.
        Role = "role" / "该角色无此权限",
        /// The department may not.
        Department = "department" / "该部门无此权限",
        /// The duty or post does not allow it.
        Post = "post" / "该岗位无此权限",
        /// Another region.
        Region = "region" / "不在管辖区域内",
        /// Not one's own institution or contract.
        NotOwn = "not_own" / "不是本机构或本人的事项",
        /// A delegation that would allow it has ended or was withdrawn.
        DelegationEnded = "delegation_ended" / "委托已到期或已撤回",
        /// The API key was not given this right.
        Scope = "scope" / "接口密钥不含此权限",
        /// The second factor was not given within the last minutes.
        SecondFactor = "second_factor" / "需要动态口令验证",
        /// A second factor is demanded and the user has none.
        SecondFactorNotEnrolled = "second_factor_not_enrolled" / "尚未设置动态口令",
    }
}

/// A refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{action}: {reason}")]
pub struct Denied {
    /// What was tried.
    pub action: Action,
    /// Why not.
    pub reason: Reason,
    /// The caller may not even know whether the target exists: answer as if it did not.
    pub hide: bool,
}

/// May `caller` do `action` to `target`? Refused unless the table says yes.
///
/// # Errors
/// [`Denied`].
pub fn check(caller: Caller<'_>, action: Action, target: &Target) -> Result<(), Denied> {
    decide(caller, action, target).and_then(|()| within_powers(caller, action)).map_err(|reason| {
        // Institutions and regions are public knowledge; that a contract exists is not.
        let hide = matches!(target, Target::Contract { .. }) && !concerns(caller, target);
        Denied { action, reason, hide }
    })
}

/// May the role ever do this, wherever? What an API key of a user may be given.
pub fn may_ever(role: &Role, action: Action) -> bool {
    grants(action).iter().any(|grant| holds(*grant, Some(role)).is_ok())
}

fn grants(action: Action) -> &'static [Grant] {
    TABLE.iter().find(|(a, _)| *a == action).map_or(&[][..], |(_, grants)| grants)
}

/// What the role allows may still be more than this key or this session may.
fn within_powers(caller: Caller<'_>, action: Action) -> Result<(), Reason> {
    let Caller::User(principal) = caller else { return Ok(()) };
    let powers = &principal.powers;
    let public = grants(action).iter().any(|grant| grant.who == Who::Public);
    if !public && powers.scope.as_ref().is_some_and(|scope| !scope.contains(&action)) {
        return Err(Reason::Scope);
    }
    match powers.second_factor {
        SecondFactor::Missing if SECOND_FACTOR.contains(&action) => Err(Reason::SecondFactor),
        SecondFactor::NotEnrolled if SECOND_FACTOR.contains(&action) => Err(Reason::SecondFactorNotEnrolled),
        _ => Ok(()),
    }
}

/// Has the caller anything to do with the target, beyond what everybody may do with anything?
fn concerns(caller: Caller<'_>, target: &Target) -> bool {
    let role = role_of(caller);
    TABLE
        .iter()
        .flat_map(|(_, grants)| *grants)
        .any(|grant| grant.reach != Reach::Anywhere && allows(*grant, role, target).is_ok())
}

fn role_of(caller: Caller<'_>) -> Option<&Role> {
    match caller {
        Caller::Public => None,
        Caller::User(principal) => Some(&principal.role),
    }
}

fn decide(caller: Caller<'_>, action: Action, target: &Target) -> Result<(), Reason> {
    let own = decide_as(role_of(caller), action, target);
    let (Err(mut nearest), Caller::User(principal)) = (own, caller) else { return own };
    for lent in &principal.powers.delegations {
        if decide_as(Some(&lent.role), action, target).is_ok() {
            if lent.in_force {
                return Ok(());
            }
            nearest = Reason::DelegationEnded;
        }
    }
    Err(nearest)
}

fn decide_as(role: Option<&Role>, action: Action, target: &Target) -> Result<(), Reason> {
    let mut nearest = if role.is_none() { Reason::NotSignedIn } else { Reason::Role };
    for grant in grants(action) {
        match allows(*grant, role, target) {
            Ok(()) => return Ok(()),
            Err(reason) => nearest = nearest.max(reason),
        }
    }
    Err(nearest)
}

fn allows(grant: Grant, role: Option<&Role>, target: &Target) -> Result<(), Reason> {
    holds(grant, role)?;
    // What is anybody's reaches everywhere.
    role.map_or(Ok(()), |role| reaches(grant.reach, role, target))
}

/// Is the grant for somebody of this role, wherever it reaches?
fn holds(grant: Grant, role: Option<&Role>) -> Result<(), Reason> {
    if grant.who == Who::Public {
        return Ok(());
    }
    let Some(role) = role else { return Err(Reason::NotSignedIn) };
    match (grant.who, role) {
        (Who::Regulator(departments, duties), Role::Regulator { department, duties: held, .. }) => {
            if !departments.contains(department) {
                return Err(Reason::Department);
            }
            // None stated = both.
            if !held.is_empty() && !duties.iter().any(|d| held.contains(d)) {
                return Err(Reason::Post);
            }
        }
        (Who::Institution(posts), Role::Institution { post, .. }) => {
            if !posts.contains(post) {
                return Err(Reason::Post);
            }
        }
        (Who::SignedIn, _)
        | (Who::Guardian, Role::Guardian { .. })
        | (Who::Bank, Role::Bank { .. })
        | (Who::Auditor, Role::Auditor { .. })
        | (Who::Admin, Role::Admin) => {}
        _ => return Err(Reason::Role),
    }
    Ok(())
}

fn reaches(reach: Reach, role: &Role, target: &Target) -> Result<(), Reason> {
    let region = match target {
        Target::Nothing => None,
        Target::Region(region) | Target::Institution { region, .. } | Target::Contract { region, .. } => Some(*region),
    };
    let (ok, reason) = match reach {
        Reach::Anywhere => (true, Reason::Role),
        Reach::OwnRegion => (region.is_some() && region == role.region(), Reason::Region),
        Reach::RegionAndBelow => {
            (matches!((role.region(), region), (Some(own), Some(r)) if own.contains(r)), Reason::Region)
        }
        Reach::OwnInstitution => (owns_institution(role, target), Reason::NotOwn),
        Reach::OwnContract => (owns_contract(role, target), Reason::NotOwn),
    };
    if ok { Ok(()) } else { Err(reason) }
}

fn owns_institution(role: &Role, target: &Target) -> bool {
    let Role::Institution { ledger: own_ledger, institution: own, .. } = role else { return false };
    match target {
        Target::Institution { ledger, institution, .. } | Target::Contract { ledger, institution, .. } => {
            ledger == own_ledger && institution == own
        }
        Target::Nothing | Target::Region(_) => false,
    }
}

fn owns_contract(role: &Role, target: &Target) -> bool {
    let Role::Guardian { ledger: own_ledger, subject } = role else { return false };
    matches!(target, Target::Contract { ledger, guardian, .. } if ledger == own_ledger && guardian == subject)
}
