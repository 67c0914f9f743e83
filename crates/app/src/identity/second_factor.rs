//! One-time codes (RFC 6238): set up, shown for what cannot be taken back, replaced by recovery codes
//! when the telephone is lost. The secret is sealed, a code counts once, wrong codes are throttled.

use access::{Action, totp};
use kernel::{Instant, UserId, words};
use store::SecondFactor;

use super::sessions::token_hash;
use super::throttle::Counted;
use super::{Authenticated, Credential, allow_own};
use crate::effects::random;
use crate::error::AppError;
use crate::ledgers::{App, Call};
use crate::refusal::Refusal;

/// How long a session is confirmed after a code, microseconds.
const CONFIRMED_MICROS: i64 = 10 * 60 * 1_000_000;
/// Recovery codes that a user is given.
const RECOVERY_CODES: usize = 10;
/// Under which name apps list the account.
const ISSUER: &str = "安学 Tutela";
/// Letters of recovery codes: none that can be misread. 32 of them, 5 bits each.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

words! {
    /// For whom the installation asks for a second factor (动态口令).
    SecondFactorMode {
        /// For nobody.
        Off = "off" / "不要求",
        /// For those who have set one up.
        Enrolled = "enrolled" / "已设置者须验证",
        /// For everybody who decides what cannot be taken back.
        Required = "required" / "一律要求",
    }
}

/// A second factor that is being set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// The secret in base 32, to be typed where no code can be photographed.
    pub secret: String,
    /// The address that an app reads from the QR code.
    pub address: String,
}

/// What there is of a user's second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactorStatus {
    /// For whom the installation asks for one.
    pub mode: SecondFactorMode,
    /// Is it set up?
    pub enrolled: bool,
    /// Recovery codes that are left.
    pub recovery_codes_left: u64,
}

fn context(user: UserId) -> String {
    format!("tutela/second-factor/1/{user}")
}

/// The step of an instant.
fn step(now: Instant) -> u64 {
    totp::step_at(u64::try_from(now.micros().div_euclid(1_000_000)).unwrap_or_default())
}

/// A recovery code without the hyphens and spaces that people put in or leave out.
fn folded(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).flat_map(char::to_lowercase).collect()
}

impl App {
    /// What there is of one's second factor.
    ///
    /// # Errors
    /// [`AppError::Denied`] for a key.
    pub async fn factor_status(&self, caller: &Authenticated) -> Result<FactorStatus, AppError> {
        allow_own(&caller.principal, Action::SelfManage)?;
        let (read, user) = (self.store.read(), caller.principal.user);
        Ok(FactorStatus {
            mode: self.effects.second_factor(),
            enrolled: store::second_factor(&read, user).await?.is_some_and(|factor| factor.confirmed),
            recovery_codes_left: store::recovery_codes_left(&read, user).await?,
        })
    }

    /// Begins to set up one's second factor: a new secret, which counts once a code of it was shown.
    ///
    /// # Errors
    /// [`AppError::WrongCredentials`] for the password; [`AppError::Refused`] when there is one: it is
    /// removed first, with a code.
    pub async fn factor_begin(
        &self,
        caller: &Authenticated,
        now: Instant,
        password: String,
    ) -> Result<Enrolment, AppError> {
        let row = self.reauthenticated(caller, now, password).await?;
        if store::second_factor(&self.store.read(), row.id).await?.is_some_and(|factor| factor.confirmed) {
            let (what, field) = ("second_factor".into(), "user".into());
            return Err(AppError::refused(Refusal::Exists { what, field }));
        }
        let secret: [u8; totp::SECRET_BYTES] = random(&*self.effects);
        let sealed = self.vault.seal(&context(row.id), random(&*self.effects), &secret)?;
        let factor = SecondFactor { user: row.id, sealed, confirmed: false, last_step: None, created_at: now };
        let tx = self.store.begin().await?;
        store::second_factor_save(&tx, &factor).await?;
        tx.commit().await?;
        Ok(Enrolment { secret: totp::base32(&secret), address: totp::address(ISSUER, &row.username, &secret) })
    }

    /// Ends setting up with the first code; gives the recovery codes, which are shown once. The session
    /// is confirmed by it.
    ///
    /// # Errors
    /// [`AppError::WrongCode`]; not found when nothing was begun.
    pub async fn factor_confirm(
        &self,
        caller: &Authenticated,
        now: Instant,
        code: &str,
    ) -> Result<Vec<String>, AppError> {
        allow_own(&caller.principal, Action::SelfManage)?;
        let user = caller.principal.user;
        let factor = store::second_factor(&self.store.read(), user).await?;
        if factor.is_none_or(|factor| factor.confirmed) {
            return Err(AppError::not_found("second_factor"));
        }
        let until = self.totp_use(now, user, code, true).await?;
        let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| self.recovery_code()).collect();
        let hashes: Vec<[u8; 32]> = codes.iter().map(|code| token_hash(&folded(code))).collect();
        let tx = self.store.begin().await?;
        store::recovery_codes_replace(&tx, user, &hashes).await?;
        if let Credential::Session(session) = caller.credential {
            store::session_confirm(&tx, session, until).await?;
        }
        tx.commit().await?;
        self.sessions.forget(user);
        Ok(codes)
    }

    /// Shows a code, or a recovery code: the session is confirmed for some minutes.
    ///
    /// # Errors
    /// [`AppError::WrongCode`], [`AppError::TooManyAttempts`]; [`AppError::Denied`] for a key.
    pub async fn step_up(&self, caller: &Authenticated, now: Instant, code: &str) -> Result<Instant, AppError> {
        allow_own(&caller.principal, Action::SelfManage)?;
        let Credential::Session(session) = caller.credential else { return Err(AppError::NotSignedIn) };
        let until = self.code_use(now, caller.principal.user, code).await?;
        let tx = self.store.begin().await?;
        store::session_confirm(&tx, session, until).await?;
        tx.commit().await?;
        self.sessions.forget(caller.principal.user);
        Ok(until)
    }

    /// Removes one's second factor, with a code of it.
    ///
    /// # Errors
    /// [`AppError::WrongCode`], [`AppError::TooManyAttempts`]; [`AppError::Denied`] for a key.
    pub async fn factor_remove(&self, caller: &Authenticated, now: Instant, code: &str) -> Result<(), AppError> {
        allow_own(&caller.principal, Action::SelfManage)?;
        self.code_use(now, caller.principal.user, code).await?;
        self.factor_delete(caller.principal.user).await
    }

    /// Removes a user's second factor, for whoever manages the user; the user's sessions end.
    ///
    /// # Errors
    /// Not found; [`AppError::Denied`].
    pub async fn factor_reset(&self, call: &Call, user: UserId) -> Result<(), AppError> {
        self.managed(call, user).await?;
        self.factor_delete(user).await?;
        let tx = self.store.begin().await?;
        store::sessions_delete_of(&tx, user).await?;
        Ok(tx.commit().await?)
    }

    async fn factor_delete(&self, user: UserId) -> Result<(), AppError> {
        let tx = self.store.begin().await?;
        let deleted = store::second_factor_delete(&tx, user).await?;
        tx.commit().await?;
        self.sessions.forget(user);
        if deleted { Ok(()) } else { Err(AppError::not_found("second_factor")) }
    }

    /// Uses a code or a recovery code up; until when it confirms a session.
    pub(super) async fn code_use(&self, now: Instant, user: UserId, code: &str) -> Result<Instant, AppError> {
        if code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.totp_use(now, user, code, false).await;
        }
        let counted = [Counted::codes(user)];
        self.attempt_begin(now, &counted).await?;
        let tx = self.store.begin().await?;
        let used = store::recovery_code_use(&tx, user, &token_hash(&folded(code))).await?;
        tx.commit().await?;
        if !used {
            return Err(AppError::WrongCode);
        }
        self.attempt_succeeded(&counted).await?;
        now.plus_micros(CONFIRMED_MICROS).map_err(|_| AppError::Stopping)
    }

    async fn totp_use(&self, now: Instant, user: UserId, code: &str, first: bool) -> Result<Instant, AppError> {
        let counted = [Counted::codes(user)];
        self.attempt_begin(now, &counted).await?;
        let factor = store::second_factor(&self.store.read(), user).await?;
        let factor = factor.filter(|factor| factor.confirmed || first).ok_or(AppError::WrongCode)?;
        let secret = self.vault.open(&context(user), &factor.sealed)?;
        let step = totp::accepted_step(&secret, code, step(now), factor.last_step).ok_or(AppError::WrongCode)?;
        let tx = self.store.begin().await?;
        let used = store::second_factor_use(&tx, user, step).await?;
        tx.commit().await?;
        // The same code twice at once: one of them was first.
        if !used {
            return Err(AppError::WrongCode);
        }
        self.attempt_succeeded(&counted).await?;
        now.plus_micros(CONFIRMED_MICROS).map_err(|_| AppError::Stopping)
    }

    /// 15 letters in three groups: 75 random bits, so that the hash needs no salt.
    fn recovery_code(&self) -> String {
        let random: [u8; 15] = random(&*self.effects);
        let mut code = String::with_capacity(17);
        for (place, byte) in random.iter().enumerate() {
            if place > 0 && place.is_multiple_of(5) {
                code.push('-');
            }
            code.extend(ALPHABET.get(usize::from(byte & 31)).copied().map(char::from));
        }
        code
    }
}
