//! How a contract leaves the hands of who signed it: withdrawn from within the time for it, ended by notice,
//! handed to another family.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::contracts::{GuardianRequest, PupilRequest};
use crate::w;

/// A withdrawal.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawalRequest {
    /// Had the family received the same service before, here or elsewhere? The seven days of 法释〔2025〕4号
    /// art. 14 are for those who had not.
    pub same_service_before: bool,
    /// The reasons. Not in the ledger; a commitment to them is.
    #[serde(default)]
    pub reason: Option<w::Reasons>,
}

/// A notice that ends a contract.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TerminationRequest {
    /// On which ground. The family's: `early`, `institution_breach`, `health`, `force_majeure`; the
    /// institution's: `health`, `force_majeure`, `payment_overdue`.
    pub ground: w::ContractEndGround,
    /// The reasons. Not in the ledger; a commitment to them is.
    #[serde(default)]
    pub reason: Option<w::Reasons>,
}

/// A contract that was ended.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ContractEndedBody {
    /// Id.
    pub id: w::ContractId,
    /// Party A.
    pub institution: w::InstitutionId,
    /// Where it stands now.
    pub state: w::ContractState,
    /// Who ended it.
    pub by: w::Party,
    /// On which ground.
    pub ground: w::ContractEndGround,
    /// The refund that goes with it; none where nothing is in escrow.
    pub refund: Option<w::RefundId>,
    /// Whose doing it is.
    pub cause: w::RefundCause,
    /// What escrow gives back, fen.
    pub amount_fen: i64,
    /// What the institution gives back beside escrow, since lessons were taught, fen.
    pub outside_escrow_fen: i64,
    /// Last day for the institution's answer, where it is asked.
    pub answer_by_on: Option<w::Day>,
    /// Last day to pay, where nobody is asked.
    pub pay_by_on: Option<w::Day>,
}

/// A notice that hands a contract to another family.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferRequest {
    /// Who takes it over.
    pub guardian: GuardianRequest,
    /// Who is taught from now on.
    pub pupil: PupilRequest,
    /// The reasons. Not in the ledger; a commitment to them is.
    #[serde(default)]
    pub reason: Option<w::Reasons>,
}

/// A contract that was handed on.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TransferredBody {
    /// Id of the transfer.
    pub id: w::TransferId,
    /// The contract.
    pub contract: w::ContractId,
    /// Party A, who is told by this.
    pub institution: w::InstitutionId,
    /// Who holds it from now on, a pseudonym.
    pub guardian: w::SubjectId,
    /// Who is taught from now on, a pseudonym.
    pub pupil: w::SubjectId,
    /// What is prepaid and goes with it, fen.
    pub prepaid_fen: i64,
}
