//! Guessing gets slow: failed log-ins are counted by account and by address, in the database, so that
//! a restart forgets nothing and several servers count together. An attempt counts before the
//! password is looked at, so that many at once do not slip through; a success takes it back.

use std::net::IpAddr;

use kernel::{ContractId, Instant, UserId};

use crate::error::AppError;
use crate::ledgers::App;

/// Failures of an account after which it has to wait.
const ACCOUNT_FAILURES: u64 = 5;
/// Failures from an address after which it has to wait: a whole school may share one.
const ADDRESS_FAILURES: u64 = 20;
/// The first wait, microseconds; each failure doubles it.
const FIRST_WAIT: i64 = 30 * 1_000_000;
/// The longest wait, microseconds. Nobody can lock another one out for longer.
const LONGEST_WAIT: i64 = 15 * 60 * 1_000_000;
/// After so long without a failure counting begins anew, microseconds.
const FORGET_AFTER: i64 = 3600 * 1_000_000;

/// Who is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    hash: [u8; 32],
    failures_max: u64,
}

impl Counted {
    /// The account of a name, whether there is one or not. The name is not kept: people type
    /// passwords into the wrong field.
    pub(super) fn account(username: &str) -> Counted {
        Counted::of("account", &username.to_lowercase(), ACCOUNT_FAILURES)
    }

    /// An address.
    pub(super) fn address(address: IpAddr) -> Counted {
        Counted::of("address", &address.to_string(), ADDRESS_FAILURES)
    }

    /// The one-time codes of a user.
    pub(super) fn codes(user: UserId) -> Counted {
        Counted::of("codes", &user.to_string(), ACCOUNT_FAILURES)
    }

    /// The check-in codes that a family tries.
    pub(crate) fn check_in(contract: ContractId) -> Counted {
        Counted::of("check-in", &contract.to_string(), ACCOUNT_FAILURES)
    }

    fn of(kind: &str, name: &str, failures_max: u64) -> Counted {
        let hash = ledger::digest("tutela/login-attempt/1", format!("{kind}\n{name}").as_bytes());
        Counted { hash: *hash.as_bytes(), failures_max }
    }
}

/// How long the failure of this number has to wait, microseconds.
fn wait(failures: u64, failures_max: u64) -> Option<i64> {
    let beyond = failures.checked_sub(failures_max)?;
    let doubled = u32::try_from(beyond).ok().and_then(|n| FIRST_WAIT.checked_shl(n.min(20)));
    Some(doubled.unwrap_or(LONGEST_WAIT).clamp(FIRST_WAIT, LONGEST_WAIT))
}

impl App {
    /// Counts an attempt as failed until it is known to succeed.
    pub(crate) async fn attempt_begin(&self, now: Instant, counted: &[Counted]) -> Result<(), AppError> {
        let hashes: Vec<[u8; 32]> = counted.iter().map(|each| each.hash).collect();
        let too_early = |rows: Vec<store::LoginAttempts>| {
            let until = rows.iter().filter_map(|row| row.blocked_until).max().filter(|until| *until > now)?;
            let micros = until.micros().saturating_sub(now.micros());
            Some(u32::try_from(micros.saturating_add(999_999).div_euclid(1_000_000)).unwrap_or(u32::MAX))
        };
        // Whoever has to wait is told without a write: a flood costs reads only.
        if let Some(seconds) = too_early(store::login_attempts(&self.store.read(), &hashes).await?) {
            return Err(AppError::TooManyAttempts { retry_after_seconds: seconds });
        }
        let forget = now.plus_micros(-FORGET_AFTER).map_err(|_| AppError::Stopping)?;
        let tx = self.store.begin().await?;
        store::login_attempts_purge(&tx, forget).await?;
        for each in counted {
            let failures = store::login_attempt_count(&tx, &each.hash, now, forget).await?;
            if let Some(wait) = wait(failures, each.failures_max) {
                let until = now.plus_micros(wait).map_err(|_| AppError::Stopping)?;
                store::login_attempt_block(&tx, &each.hash, until).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// The attempt succeeded: the account begins anew, an address gets its one attempt back.
    pub(crate) async fn attempt_succeeded(&self, counted: &[Counted]) -> Result<(), AppError> {
        let tx = self.store.begin().await?;
        for each in counted {
            if each.failures_max == ADDRESS_FAILURES {
                store::login_attempt_forgive(&tx, &each.hash).await?;
            } else {
                store::login_attempt_forget(&tx, &each.hash).await?;
            }
        }
        Ok(tx.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        let seconds = |failures| wait(failures, 5).map(|micros| micros / 1_000_000);
        assert_eq!([seconds(0), seconds(4)], [None, None]);
        assert_eq!([5, 6, 7, 9, 10, 11, 64, u64::MAX].map(seconds), [30, 60, 120, 480, 900, 900, 900, 900].map(Some));
    }

    #[test]
    fn names_are_counted_without_their_case_and_apart_from_addresses() {
        assert_eq!(Counted::account("Bureau"), Counted::account("bureau"));
        assert_ne!(Counted::account("10.0.0.1"), Counted::address("10.0.0.1".parse().unwrap()));
    }
}
