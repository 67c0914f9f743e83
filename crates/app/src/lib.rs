//! Use cases: who asks for what, decided by the pure crates, written down by the one writer of each
//! ledger. Owns the transactions; knows nothing of HTTP.

pub mod apply;
pub mod bank;
pub mod calculators;
pub mod checkpointer;
pub mod classes;
pub mod clocks;
pub mod closure;
pub mod context;
pub mod convert;
mod desk_clocks;
pub mod document;
pub mod drafting;
pub mod effects;
pub mod error;
mod family;
pub mod idempotency;
pub mod identity;
pub mod ledgers;
pub mod lookup;
pub mod offers;
pub mod outbox;
pub mod own_data;
pub mod papers;
pub mod people;
pub mod policies;
pub mod proofs;
pub mod read;
pub mod record;
pub mod refusal;
pub mod registry_import;
pub mod retention;
mod rulebook;
pub mod runs;
pub mod scheduler;
mod sealing;
pub mod simulation;
pub mod staff_bars;
mod startup;
pub mod templates;
mod tiles;
pub mod verbs;
pub mod verify;
pub mod warning;
pub mod witnesses;
mod witnessing;
pub mod working_set;
pub mod writer;

pub use effects::{
    Delivery, DeliveryError, EffectError, Effects, ExternalAccount, IdentityProvider, Mail, ProviderAnswer,
    ProviderError, WebhookPost, WitnessAnswer, WitnessError,
};
pub use error::AppError;
pub use idempotency::Key;
pub use ledgers::{App, Call, Ledger};
pub use refusal::{BrokenRule, Refusal};
pub use rulebook::{DatedPolicy, Rulebook};
pub use startup::StartChecks;
pub use writer::{EntryRef, Outcome};
