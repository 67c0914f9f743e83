//! A settlement (结算): earned money on its way to the institution.

use kernel::{Fen, InstitutionId, SettlementId, words};
use registry::IllegalTransition;

words! {
    /// Where a settlement stands.
    SettlementState {
        /// Ordered.
        Ordered = "ordered" / "待拨付",
        /// Let go by the authority, where its consent is the third key.
        Approved = "approved" / "已审核",
        /// Paid by the bank.
        Paid = "paid" / "已拨付",
        /// The bank could not pay it; nothing moved.
        Failed = "failed" / "拨付失败",
        /// Paid, and come back.
        Returned = "returned" / "已退回",
    }
}

/// What may be done to a settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettlementCommand {
    /// The authority lets it go.
    Approve,
    /// The bank paid it.
    Pay,
    /// The bank could not pay it.
    Fail,
    /// It came back.
    Return,
}

impl SettlementCommand {
    /// All of them.
    pub const ALL: &'static [SettlementCommand] =
        &[SettlementCommand::Approve, SettlementCommand::Pay, SettlementCommand::Fail, SettlementCommand::Return];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            SettlementCommand::Approve => "approve",
            SettlementCommand::Pay => "pay",
            SettlementCommand::Fail => "fail",
            SettlementCommand::Return => "return",
        }
    }
}

impl SettlementState {
    /// The state after a command.
    ///
    /// # Errors
    /// [`IllegalTransition`].
    pub fn apply(self, command: SettlementCommand) -> Result<SettlementState, IllegalTransition> {
        use SettlementCommand as C;
        use SettlementState as S;
        match (self, command) {
            (S::Ordered, C::Approve) => Ok(S::Approved),
            (S::Ordered | S::Approved, C::Pay) => Ok(S::Paid),
            (S::Ordered | S::Approved, C::Fail) => Ok(S::Failed),
            (S::Paid, C::Return) => Ok(S::Returned),
            (S::Approved, C::Approve)
            | (S::Ordered | S::Approved, C::Return)
            | (S::Paid, C::Approve | C::Pay | C::Fail)
            | (S::Failed | S::Returned, C::Approve | C::Pay | C::Fail | C::Return) => {
                Err(IllegalTransition { state: self.as_str(), command: command.as_str() })
            }
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
