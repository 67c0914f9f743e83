//! What the outside world gives: time, randomness, keys, and a place for checkpoints outside the
//! database. The server hands it down; the demo hands down a fixed clock and seed.

use kernel::{Instant, LedgerId};
use ledger::LogKey;
use uuid::Uuid;

/// The outside world.
pub trait Effects: Send + Sync + 'static {
    /// The current instant. Asked once for a request.
    fn now(&self) -> Instant;
    /// Fills a buffer with random bytes fit for keys and salts.
    fn fill(&self, bytes: &mut [u8]);
    /// The signing key of a ledger; made and kept on first use.
    ///
    /// # Errors
    /// When it can be neither read nor kept.
    fn log_key(&self, ledger: &LedgerId) -> Result<LogKey, EffectError>;
    /// Origin of a ledger: the name of its log, a URL without scheme.
    fn origin(&self, ledger: &LedgerId) -> String;
    /// Keeps a signed checkpoint outside the database, replacing the one before.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn keep_checkpoint(&self, ledger: &LedgerId, size: u64, note: &str) -> Result<(), EffectError>;
    /// The checkpoint kept last, if any.
    ///
    /// # Errors
    /// When there is one and it cannot be read.
    fn kept_checkpoint(&self, ledger: &LedgerId) -> Result<Option<String>, EffectError>;
    /// Key for idempotency fingerprints and for looking persons up; never changes.
    fn lookup_key(&self) -> [u8; 32];
}

/// The outside world failed; the cause is logged where it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EffectError {
    /// A key file.
    #[error("the ledger's key cannot be read or kept")]
    Key,
    /// A checkpoint file.
    #[error("the checkpoint outside the database cannot be read or kept")]
    Checkpoint,
}

/// Random bytes.
pub fn random<const N: usize>(effects: &dyn Effects) -> [u8; N] {
    let mut bytes = [0; N];
    effects.fill(&mut bytes);
    bytes
}

/// A new UUID, version 7, of this instant.
pub fn new_uuid(effects: &dyn Effects, now: Instant) -> Uuid {
    let millis = u64::try_from(now.micros() / 1000).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &random(effects)).into_uuid()
}
