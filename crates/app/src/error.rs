//! Everything that can go wrong between the front door and the ledger. Refused is the caller's
//! doing, retryable is nobody's, fatal stops the ledger.

use policy::PolicyError;
use store::StoreError;

use crate::effects::EffectError;
use crate::refusal::{Corrupt, Refusal};

/// Why a request did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// No valid token.
    #[error("not signed in")]
    NotSignedIn,
    /// User name or password is wrong.
    #[error("wrong user name or password")]
    WrongCredentials,
    /// Too many log-ins or codes failed: come again later.
    #[error("too many failed attempts, {retry_after_seconds} s to wait")]
    TooManyAttempts {
        /// Seconds until the next attempt is looked at.
        retry_after_seconds: u32,
    },
    /// A one-time code is wrong, too old or was used.
    #[error("wrong one-time code")]
    WrongCode,
    /// A file of an existing registry that cannot be read.
    #[error(transparent)]
    ImportFile(#[from] crate::registry_import::FileFault),
    /// A bank's statement that cannot be read, or is of no account here.
    #[error(transparent)]
    BankFile(#[from] crate::bank::StatementFault),
    /// Whoever reads the record of a family says why.
    #[error("a reason is required")]
    ReasonRequired,
    /// The password cannot be one.
    #[error(transparent)]
    WeakPassword(#[from] access::PasswordFault),
    /// The thing was changed since it was read.
    #[error("it was changed in the meantime")]
    StaleVersion,
    /// A request about accounts that cannot be.
    #[error(transparent)]
    Identity(#[from] crate::identity::IdentityFault),
    /// The identity provider, or what it answered.
    #[error(transparent)]
    Provider(#[from] crate::effects::ProviderError),
    /// The account at the identity provider is nobody's here.
    #[error("the account is linked to no user")]
    NotLinked {
        /// The provider.
        issuer: String,
        /// The account there.
        subject: String,
    },
    /// Not allowed.
    #[error(transparent)]
    Denied(#[from] access::Denied),
    /// Refused for the state or a rule.
    #[error("refused")]
    Refused {
        /// Why.
        refusal: Refusal,
        /// Was it refused before, under the same key?
        replayed: bool,
    },
    /// An appending request without `Idempotency-Key`.
    #[error("an idempotency key is required")]
    KeyRequired,
    /// The key was used for something else.
    #[error("the idempotency key was used with another `{field}`")]
    KeyReused {
        /// The first request field that differs.
        field: String,
    },
    /// The region does not supervise fees: not a county.
    #[error("region {region} has no ledger")]
    NoLedger {
        /// The region.
        region: kernel::RegionCode,
    },
    /// The ledger takes no writes, because its integrity is in doubt.
    #[error("the ledger accepts no writes")]
    NotAccepting,
    /// Too many commands are waiting.
    #[error("too many commands are waiting")]
    Busy,
    /// The checkpoint did not come in time; the entry is recorded all the same.
    #[error("no checkpoint covers the entry yet")]
    CheckpointPending,
    /// The database does not continue the checkpoint kept outside it: it was turned back to an
    /// earlier state, or is another one.
    #[error("ledger {ledger} has {size} entries and does not continue the kept checkpoint of {kept}")]
    RolledBack {
        /// The ledger.
        ledger: kernel::LedgerId,
        /// Entries that the kept checkpoint covers.
        kept: u64,
        /// Entries in the database.
        size: u64,
    },
    /// Stored state that cannot be.
    #[error(transparent)]
    Corrupt(#[from] Corrupt),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Keys or checkpoints outside the database.
    #[error(transparent)]
    Effect(#[from] EffectError),
    /// No policy for the day or region.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A drafted version of rules that cannot be read.
    #[error("the draft cannot be read")]
    PolicyDraft(#[source] PolicyError),
    /// A version of the model contract's text that cannot be read.
    #[error("the template cannot be read")]
    TemplateDraft(#[source] contract::model::TemplateError),
    /// A value that a blank of the model contract does not take.
    #[error(transparent)]
    ContractValue(#[from] contract::model::ValueError),
    /// A change of a clause that the template does not have.
    #[error("the template has no clause `{clause}`")]
    UnknownClause {
        /// What was named.
        clause: String,
    },
    /// An entry could not be written down.
    #[error(transparent)]
    Entry(#[from] ledger::EntryError),
    /// Stored bytes of the tree or a checkpoint are not what they should be.
    #[error(transparent)]
    Merkle(#[from] ledger::MerkleError),
    /// A password could not be hashed.
    #[error("password hashing failed")]
    PasswordHash,
    /// The work was cut off by a stopping server.
    #[error("the server is stopping")]
    Stopping,
}

impl AppError {
    /// A refusal given for the first time.
    pub fn refused(refusal: Refusal) -> AppError {
        AppError::Refused { refusal, replayed: false }
    }

    /// Nothing there, or nothing the caller may know of.
    pub fn not_found(what: &'static str) -> AppError {
        AppError::refused(Refusal::NotFound { what: what.into() })
    }
}
