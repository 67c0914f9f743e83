//! A refund (退费): requested, consented to (or silence), paid back to the payer.

use contract::RefundCause;
use kernel::{ContractId, Day, Fen, InstitutionId, RefundId, words};
use registry::IllegalTransition;

use crate::Part;

words! {
    /// Where a refund stands.
    RefundState {
        /// Asked for.
        Requested = "requested" / "已申请",
        /// Consented to, by word, by silence or by the regulator.
        Consented = "consented" / "已同意",
        /// Paid back.
        Paid = "paid" / "已退款",
    }
}

words! {
    /// What can happen to a refund.
    RefundCommand {
        /// Consent, or the clock passes in silence.
        Consent = "consent" / "同意",
        /// The bank pays.
        Pay = "pay" / "退款",
    }
}

impl RefundState {
    /// The state after a command.
    ///
    /// # Errors
    /// [`IllegalTransition`].
    pub fn apply(self, command: RefundCommand) -> Result<RefundState, IllegalTransition> {
        use {RefundCommand as C, RefundState as S};
        match (self, command) {
            (S::Requested, C::Consent) => Ok(S::Consented),
            (S::Consented, C::Pay) => Ok(S::Paid),
            (S::Requested, C::Pay) | (S::Consented, C::Consent) | (S::Paid, C::Consent | C::Pay) => {
                Err(IllegalTransition { state: self.as_str(), command: command.as_str() })
            }
        }
    }
}

/// A refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refund {
    /// Its id.
    pub id: RefundId,
    /// Of which contract.
    pub contract: ContractId,
    /// By whom.
    pub institution: InstitutionId,
    /// Whose doing.
    pub cause: RefundCause,
    /// Hours returned and money, per lot.
    pub lots: Vec<Part>,
    /// The sum, fen.
    pub amount: Fen,
    /// Last day for the institution's answer; silence after it is consent. None while the
    /// working-day calendar of that year is not known.
    pub answer_by_on: Option<Day>,
    /// Last day to pay, once consented.
    pub pay_by_on: Option<Day>,
    /// Where it stands.
    pub state: RefundState,
}
