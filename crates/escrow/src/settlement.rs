//! A settlement (结算): earned money on its way to the institution.

use kernel::{Fen, InstitutionId, SettlementId, words};
use registry::IllegalTransition;

words! {
    /// Where a settlement stands.
    SettlementState {
        /// Ordered.
        Ordered = "ordered" / "待拨付",
        /// Paid by the bank.
        Paid = "paid" / "已拨付",
    }
}

impl SettlementState {
    /// The state after the bank pays.
    ///
    /// # Errors
    /// [`IllegalTransition`] when it is paid already.
    pub fn pay(self) -> Result<SettlementState, IllegalTransition> {
        match self {
            SettlementState::Ordered => Ok(SettlementState::Paid),
            SettlementState::Paid => Err(IllegalTransition { state: self.as_str(), command: "pay" }),
        }
    }
}

/// A settlement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// Its id.
    pub id: SettlementId,
    /// To whom.
    pub institution: InstitutionId,
    /// How much, fen.
    pub amount: Fen,
    /// Where it stands.
    pub state: SettlementState,
}
