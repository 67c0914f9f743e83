//! A hold (冻结): stops releases to an institution while it is placed. Families' refunds go on, unless the
//! whole custody account is frozen; a hold on one contract stops what leaves that contract's escrow.

use kernel::{ContractId, HoldId, InstitutionId, words};
use registry::IllegalTransition;

words! {
    /// Why releases are held.
    HoldCause {
        /// The licence is suspended.
        Suspension = "suspension" / "许可证暂停",
        /// The licence is revoked.
        Revocation = "revocation" / "许可证吊销",
        /// By order of a regulator.
        Order = "order" / "监管决定",
        /// A change of control is under way.
        ControlChange = "control_change" / "控制权变更",
        /// The institution is feared to run away.
        SuspectedFlight = "suspected_flight" / "疑似卷款跑路",
        /// An order on the whole custody account: refunds wait too.
        Account = "account" / "托管账户冻结",
    }
}

words! {
    /// How far a hold reaches.
    HoldScope {
        /// Releases to the institution; families are still paid back.
        Institution = "institution" / "机构拨付",
        /// What leaves the escrow of one contract.
        Contract = "contract" / "单份合同",
        /// Everything that leaves the custody account.
        Account = "account" / "整个托管账户",
    }
}

words! {
    /// Where a hold stands.
    HoldState {
        /// In force.
        Placed = "placed" / "冻结中",
        /// Lifted.
        Released = "released" / "已解除",
    }
}

impl HoldState {
    /// The state after it is lifted.
    ///
    /// # Errors
    /// [`IllegalTransition`] when it is lifted already.
    pub fn release(self) -> Result<HoldState, IllegalTransition> {
        match self {
            HoldState::Placed => Ok(HoldState::Released),
            HoldState::Released => Err(IllegalTransition { state: self.as_str(), command: "release" }),
        }
    }
}

/// A hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Its id.
    pub id: HoldId,
    /// On whom.
    pub institution: InstitutionId,
    /// On which contract alone, if not on the institution.
    pub contract: Option<ContractId>,
    /// Why.
    pub cause: HoldCause,
    /// Where it stands.
    pub state: HoldState,
}

impl Hold {
    /// How far it reaches.
    pub const fn scope(&self) -> HoldScope {
        match (self.contract, self.cause) {
            (Some(_), _) => HoldScope::Contract,
            (None, HoldCause::Account) => HoldScope::Account,
            (
                None,
                HoldCause::Suspension
                | HoldCause::Revocation
                | HoldCause::Order
                | HoldCause::ControlChange
                | HoldCause::SuspectedFlight,
            ) => HoldScope::Institution,
        }
    }
}
