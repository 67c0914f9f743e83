//! What the outside world gives: time, randomness, keys, and a place for checkpoints outside the
//! database. The server hands it down; the demo hands down a fixed clock and seed.

use std::pin::Pin;
use std::sync::Arc;

use kernel::{Instant, LedgerId, NoticeId};
use ledger::{LogKey, LogPolicy};
use uuid::Uuid;

use crate::identity::SecondFactorMode;

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
    /// The signing key of a ledger, where it is at hand; never made. A ledger that was imported takes
    /// no writes before its key is there.
    ///
    /// # Errors
    /// When there is one and it cannot be read.
    fn log_key_at_hand(&self, ledger: &LedgerId) -> Result<Option<LogKey>, EffectError> {
        self.log_key(ledger).map(Some)
    }
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
    /// Which witnesses the ledger asks for cosignatures, and which of them are enough; none: nobody
    /// is asked.
    ///
    /// # Errors
    /// When there is a policy and it cannot be used.
    fn witness_policy(&self, ledger: &LedgerId) -> Result<Option<LogPolicy>, EffectError> {
        let _ = ledger;
        Ok(None)
    }
    /// Sends an `add-checkpoint` request to the witness at this prefix of addresses, and gives its
    /// signature lines. Ends by itself after a few seconds. A world without a network reaches nobody.
    fn ask_witness(&self, prefix: &str, body: String) -> WitnessAnswer {
        let _ = (prefix, body);
        Box::pin(std::future::ready(Err(WitnessError::Unreachable)))
    }
    /// For whom a second factor is asked.
    fn second_factor(&self) -> SecondFactorMode {
        SecondFactorMode::Enrolled
    }
    /// The bureau's own identity provider, where there is one.
    fn identity_provider(&self) -> Option<Arc<dyn IdentityProvider>> {
        None
    }
    /// Keeps a file under a name of hexadecimal digits, durably; one that is there already is the same.
    ///
    /// # Errors
    /// When it cannot be kept.
    fn keep_file(&self, name: &str, sealed: &[u8]) -> Result<(), EffectError> {
        let _ = (name, sealed);
        Err(EffectError::File)
    }
    /// A file that was kept.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    fn kept_file(&self, name: &str) -> Result<Option<Vec<u8>>, EffectError> {
        let _ = name;
        Err(EffectError::File)
    }
    /// Hands a mail over. A world without a mail server delivers none.
    fn send_mail(&self, mail: Mail) -> Delivery {
        let _ = mail;
        Box::pin(std::future::ready(Err(DeliveryError::NotConfigured)))
    }
    /// Posts to another program. A world without a network reaches nobody.
    fn post_webhook(&self, post: WebhookPost) -> Delivery {
        let _ = post;
        Box::pin(std::future::ready(Err(DeliveryError::NotConfigured)))
    }
    /// May the server post to this address? Looked at when it is given and again when it is posted to.
    fn webhook_allowed(&self, url: &str) -> bool {
        url.starts_with("https://") || url.starts_with("http://")
    }
    /// Key for idempotency fingerprints and for looking persons up; never changes.
    fn lookup_key(&self) -> [u8; 32];
}

/// A mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The notice that it carries: its `Message-ID`, so that a mailbox knows a repetition.
    pub id: NoticeId,
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub text: String,
}

/// A signed message to another program (Standard Webhooks).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookPost {
    /// Where to.
    pub url: String,
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`, seconds since 1970.
    pub timestamp: i64,
    /// `webhook-signature`.
    pub signature: String,
    /// The body, JSON.
    pub body: Vec<u8>,
}

/// What became of a delivery, once it is known.
pub type Delivery = Pin<Box<dyn Future<Output = Result<(), DeliveryError>> + Send>>;

/// Why a notice was not delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// The installation has no way to deliver it.
    #[error("未配置发送方式 no way to deliver is configured")]
    NotConfigured,
    /// The user has no address any more, or the webhook was taken away.
    #[error("接收方已不存在 there is no receiver any more")]
    NoReceiver,
    /// The address leads where the server may not post.
    #[error("不允许投递到该地址 the address leads where nothing may be posted")]
    Forbidden,
    /// No answer in time.
    #[error("对方无响应 no answer in time")]
    Unreachable,
    /// The receiver wants no more (410).
    #[error("对方已停用 the receiver wants no more")]
    Gone,
    /// The receiver refused: the status of HTTP or SMTP.
    #[error("对方拒收 refused with {status}")]
    Refused {
        /// Status.
        status: u16,
    },
}

/// What a witness says, once it says it.
pub type WitnessAnswer = Pin<Box<dyn Future<Output = Result<String, WitnessError>> + Send>>;

/// Why a witness gave no cosignature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WitnessError {
    /// It cannot be reached, or did not answer in time.
    #[error("the witness cannot be reached")]
    Unreachable,
    /// The latest tree that it cosigned has another size (409).
    #[error("the witness cosigned {size} entries last")]
    OtherSize {
        /// That size.
        size: u64,
    },
    /// It refused (403, 404, 422 …).
    #[error("the witness refused with {status}")]
    Refused {
        /// HTTP status.
        status: u16,
    },
    /// Its answer is not one of a witness.
    #[error("the answer is not one of a witness")]
    NotUnderstood,
}

/// An OpenID Connect provider.
pub trait IdentityProvider: Send + Sync {
    /// The address at which a person logs in, for this state, nonce and PKCE verifier.
    fn begin(&self, state: String, nonce: String, verifier: String) -> ProviderAnswer<String>;
    /// Exchanges the code and checks what comes: signature, issuer, audience, times, nonce.
    fn finish(&self, code: String, nonce: String, verifier: String, now: Instant) -> ProviderAnswer<ExternalAccount>;
}

/// What a provider says, once it says it.
pub type ProviderAnswer<T> = Pin<Box<dyn Future<Output = Result<T, ProviderError>> + Send>>;

/// An account at an identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalAccount {
    /// The provider.
    pub issuer: String,
    /// The account there, never given to another person.
    pub subject: String,
}

/// Why a provider's log-in did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// It cannot be reached, or what it publishes about itself cannot be used.
    #[error("the identity provider cannot be reached")]
    Unreachable,
    /// It refused the code.
    #[error("the identity provider refused the code")]
    Refused,
    /// Its answer does not hold: signature, issuer, audience, time or nonce.
    #[error("the identity provider's token does not hold")]
    Invalid,
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
    /// A file that was handed in.
    #[error("a file cannot be kept or read")]
    File,
    /// The witness policy.
    #[error("the witness policy cannot be used")]
    WitnessPolicy,
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
