//! Institutions, licences, applications and lists: what they are and how they change.
//! Pure: a state, a command and a day go in; the next state or a refusal comes out.
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

pub mod application;
pub mod clock;
pub mod closing;
pub mod graph;
pub mod institution;
pub mod licence;
pub mod listing;
pub mod lookup;
pub mod standards;

pub use application::{
    Application, ApplicationCommand, ApplicationEndCause, ApplicationKind, ApplicationState, Decision, SiteCheckResult,
};
pub use institution::{Institution, InstitutionState};
pub use licence::{
    EndCause, Hearing, InspectionGrade, Licence, LicenceCommand, LicenceMeasure, LicenceState, RevocationStep,
};
pub use listing::{ListKind, Listing, ListingStep};

/// A command that the current state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{command} is not possible in state {state}")]
pub struct IllegalTransition {
    /// The state found.
    pub state: &'static str,
    /// The command tried.
    pub command: &'static str,
}
