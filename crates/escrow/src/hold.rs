//! A hold (冻结): stops releases to an institution while it is placed. Families' refunds go on.

use kernel::{HoldId, InstitutionId, words};
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
    /// Why.
    pub cause: HoldCause,
    /// Where it stands.
    pub state: HoldState,
}
