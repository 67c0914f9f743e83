//! Holds: how far they reach, and why.

use escrow::{Hold, HoldCause, HoldScope};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::escrow::invalid;
use crate::problem::Problem;
use crate::w;
use crate::wire::Text;

/// An order to hold money.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldRequest {
    /// How far: releases to the institution (when absent), one contract, or the whole custody account.
    #[serde(default)]
    pub scope: Option<w::HoldScope>,
    /// Which contract, for that scope.
    #[serde(default)]
    pub contract: Option<w::ContractId>,
    /// Why: `order` (when absent), `control_change` or `suspected_flight`.
    #[serde(default)]
    pub cause: Option<w::HoldCause>,
    /// The reasons. Not in the ledger; a commitment to them is.
    #[serde(default)]
    pub reason: Option<w::Reasons>,
}

impl HoldRequest {
    /// On which contract, and why.
    ///
    /// # Errors
    /// A contract that the scope does not fit; a cause that is not for orders.
    pub fn order(&self) -> Result<(Option<kernel::ContractId>, HoldCause), Problem> {
        let scope = self.scope.map_or(HoldScope::Institution, |scope| scope.0);
        let contract = self.contract.map(|contract| contract.0);
        let cause = self.cause.map_or(HoldCause::Order, |cause| cause.0);
        match (scope, contract, cause) {
            (HoldScope::Contract, None, _) | (HoldScope::Institution | HoldScope::Account, Some(_), _) => Err(invalid(
                "contract",
                "仅 scope 为 contract 时填写合同。",
                "Give a contract with scope contract only.",
            )),
            (_, _, HoldCause::Suspension | HoldCause::Revocation | HoldCause::Account) => {
                let (zh, en) =
                    ("须为 order、control_change 或 suspected_flight。", "order, control_change or suspected_flight.");
                Err(invalid("cause", zh, en))
            }
            (HoldScope::Account, None, _) => Ok((None, HoldCause::Account)),
            (HoldScope::Institution | HoldScope::Contract, contract, cause) => Ok((contract, cause)),
        }
    }
}

/// A hold on releases.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct HoldBody {
    /// Id.
    pub id: w::HoldId,
    /// On whom.
    pub institution: w::InstitutionId,
    /// On which contract alone.
    pub contract: Option<w::ContractId>,
    /// How far it reaches.
    pub scope: w::HoldScope,
    /// Why.
    pub cause: w::HoldCause,
    /// Where it stands.
    pub state: w::HoldState,
}

impl From<Hold> for HoldBody {
    fn from(hold: Hold) -> HoldBody {
        HoldBody {
            id: Text(hold.id),
            institution: Text(hold.institution),
            contract: hold.contract.map(Text),
            scope: Text(hold.scope()),
            cause: Text(hold.cause),
            state: Text(hold.state),
        }
    }
}
