//! Who may act: users and passwords, sessions, second factors, API keys, lent duties, accounts at
//! other identity providers. What each role may do is in `access`.

mod api_keys;
mod delegations;
mod federation;
mod second_factor;
mod sessions;
mod throttle;
mod users;

use access::{Action, Caller, Denied, Principal, Reason, Role, RoleKind, Target};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use kernel::{InstitutionId, LedgerId, RegionCode, SubjectId};
use store::User as UserRow;

use crate::error::AppError;

pub use access::PASSWORD_CHARS_MIN;
pub use api_keys::{API_KEY_PREFIX, ApiKey, NewApiKey, NewKey};
pub use delegations::{Delegation, NewDelegation};
pub use federation::{Begun, ExternalLogin};
pub use second_factor::{Enrolment, FactorStatus, SecondFactorMode};
pub(crate) use sessions::SessionCache;
pub use sessions::{Authenticated, Credential, Login, Origin, Session, SessionInfo};
pub(crate) use throttle::Counted;
pub use users::{HashedPassword, NewRole, NewUser, User, UserChange};

/// What is wrong with a request about accounts, beside what rules and states refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityFault {
    /// Duties can be lent only to an officer in force of the same region, not to oneself.
    #[error("not a colleague")]
    NotColleague,
    /// Only duties that one holds oneself can be lent; lent ones are not lent on.
    #[error("not one's own duty")]
    NotOwnDuty,
    /// The last day is before the first, or the first is past.
    #[error("days out of order")]
    Days,
    /// The scope of a key has nothing, or a right that its owner never has or that no key has.
    #[error("not a right for a key: {0:?}")]
    KeyScope(Option<Action>),
    /// A key ends after today, within 366 days.
    #[error("end day of a key")]
    KeyEnd,
    /// One cannot lock oneself out.
    #[error("one's own account")]
    OwnAccount,
    /// The duties or the post do not fit the role.
    #[error("duties do not fit the role")]
    DutiesOfRole,
    /// The installation has no identity provider.
    #[error("no identity provider")]
    NoProvider,
    /// The log-in at the provider was not begun here, by this client, within its time.
    #[error("no such log-in under way")]
    NoLoginUnderWay,
}

/// Argon2id with the parameters of the OWASP password storage cheat sheet: 19 MiB, 2 passes, 1 lane.
fn argon2() -> Result<Argon2<'static>, AppError> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|_| AppError::PasswordHash)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash that is tried for a name that does not exist, so that time tells nothing: the same
/// parameters, and no password that fits.
const NOBODYS_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGF0IGFsbCA6KQ$Y4KzzIgUErd7/K7tAmABwA2eMCXmbCD25+kvB5hRRio";

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

/// The county that a ledger supervises: its id begins with the code.
pub(crate) fn region_of(ledger: &LedgerId) -> Option<RegionCode> {
    ledger.as_str().split('-').next()?.parse().ok()
}

/// Any contract of a guardian, as a target.
pub(crate) fn own_contract(ledger: &LedgerId, guardian: SubjectId) -> Target {
    let institution = InstitutionId::new(uuid::Uuid::nil());
    region_of(ledger).map_or(Target::Nothing, |region| Target::Contract {
        ledger: ledger.clone(),
        region,
        institution,
        guardian,
    })
}

/// An institution as a target of its own people.
pub(crate) fn own_institution(ledger: &LedgerId, institution: InstitutionId) -> Target {
    region_of(ledger).map_or(Target::Nothing, |region| Target::Institution {
        ledger: ledger.clone(),
        region,
        institution,
    })
}

/// May the caller do this with an account of its own? A key may not, whatever its scope.
pub(crate) fn allow_own(principal: &Principal, action: Action) -> Result<(), AppError> {
    if principal.powers.scope.is_some() {
        return Err(Denied { action, reason: Reason::Scope, hide: false }.into());
    }
    Ok(access::check(Caller::User(principal), action, &Target::Nothing)?)
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len().saturating_mul(2)), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobodys_hash_is_one_and_fits_nothing() {
        let parsed = PasswordHash::new(NOBODYS_HASH).unwrap();
        assert_eq!(parsed.hash.unwrap().as_bytes().len(), 32);
        // The same work as for somebody: the parameters are those of a fresh hash.
        let fresh = hash_password("correct horse".to_owned(), [1; 16]).await.unwrap();
        let work = |hash: &str| hash.split('$').nth(3).unwrap().to_owned();
        assert_eq!(work(NOBODYS_HASH), work(&fresh));
        assert!(password_fits("correct horse".to_owned(), fresh).await.unwrap());
        for password in ["", "nobody", "correct horse"] {
            assert!(!password_fits(password.to_owned(), NOBODYS_HASH.to_owned()).await.unwrap());
        }
    }
}
