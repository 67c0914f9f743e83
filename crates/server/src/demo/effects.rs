//! The outside world of the sample county: a clock that the script sets, randomness and a log key
//! from fixed seeds, so that every machine writes the same entries. None of it is secret, and none
//! of it is used for anything else.

use std::sync::Mutex;

use app::{EffectError, Effects};
use kernel::{Day, Instant, LedgerId};
use ledger::LogKey;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use zeroize::Zeroizing;

use crate::effects::SystemEffects;

/// Seed of ids, salts and nonces.
const RANDOM_SEED: [u8; 32] = *b"tutela demo: ids, salts, nonces.";
/// Seed of the log's key. Public: a checkpoint of the sample county proves nothing to anybody.
const LOG_KEY_SEED: [u8; 32] = *b"tutela demo: this key is public.";

/// A fixed world on top of the real one, which keeps keys and checkpoints.
pub struct DemoEffects {
    system: SystemEffects,
    now: Mutex<Instant>,
    random: Mutex<ChaCha20Rng>,
}

impl DemoEffects {
    /// Whose clock stands at `start`.
    pub fn new(system: SystemEffects, start: Instant) -> DemoEffects {
        DemoEffects { system, now: Mutex::new(start), random: Mutex::new(ChaCha20Rng::from_seed(RANDOM_SEED)) }
    }

    /// Sets the clock to a time of a day, local. It never goes back.
    ///
    /// # Errors
    /// A day outside the accepted years.
    pub fn set(&self, day: Day, hour: i64, minute: i64) -> Result<Instant, kernel::time::TimeError> {
        let micros = hour.saturating_mul(60).saturating_add(minute).saturating_mul(60_000_000);
        let at = Instant::start_of(day)?.plus_micros(micros)?;
        let mut now = lock(&self.now);
        *now = at.max(*now);
        Ok(*now)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A panic elsewhere ends the play anyway.
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Effects for DemoEffects {
    fn now(&self) -> Instant {
        *lock(&self.now)
    }

    fn fill(&self, bytes: &mut [u8]) {
        lock(&self.random).fill_bytes(bytes);
    }

    fn log_key(&self, ledger: &LedgerId) -> Result<LogKey, EffectError> {
        self.system.log_key_or(ledger, || Ok(Zeroizing::new(LOG_KEY_SEED)))
    }

    fn origin(&self, ledger: &LedgerId) -> String {
        self.system.origin(ledger)
    }

    fn keep_checkpoint(&self, ledger: &LedgerId, size: u64, note: &str) -> Result<(), EffectError> {
        self.system.keep_checkpoint(ledger, size, note)
    }

    fn kept_checkpoint(&self, ledger: &LedgerId) -> Result<Option<String>, EffectError> {
        self.system.kept_checkpoint(ledger)
    }

    fn keep_file(&self, name: &str, sealed: &[u8]) -> Result<(), EffectError> {
        self.system.keep_file(name, sealed)
    }

    fn kept_file(&self, name: &str) -> Result<Option<Vec<u8>>, EffectError> {
        self.system.kept_file(name)
    }

    fn lookup_key(&self) -> [u8; 32] {
        self.system.lookup_key()
    }
}
