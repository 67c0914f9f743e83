//! Health and integrity.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ledgers::LedgerBody;

/// The process lives, or is ready.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HealthBody {
    /// `ok`.
    pub status: String,
}

/// What is known about the integrity of the ledgers without verifying them now.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct IntegrityBody {
    /// `ok` while every ledger accepts writes, else `stopped`.
    pub status: String,
    /// The ledgers.
    pub ledgers: Vec<LedgerBody>,
}
