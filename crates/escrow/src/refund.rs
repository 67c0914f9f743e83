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
        /// The institution objects; the regulator decides.
        Objected = "objected" / "机构已提异议",
        /// The objection was upheld: nothing is paid back.
        Refused = "refused" / "异议成立",
        /// The family took the request back.
        Withdrawn = "withdrawn" / "已撤回",
        /// Consented to, by word, by silence or by the regulator.
        Consented = "consented" / "已同意",
        /// Paid back.
        Paid = "paid" / "已退款",
    }
}

words! {
    /// What can happen to a refund.
    RefundCommand {
        /// The institution objects.
        Object = "object" / "提出异议",
        /// The regulator upholds the objection.
        DecideForInstitution = "decide_for_institution" / "裁决异议成立",
        /// The regulator does not: consent follows.
        DecideForFamily = "decide_for_family" / "裁决异议不成立",
        /// The family takes it back.
        Withdraw = "withdraw" / "撤回",
        /// Consent, or the clock passes in silence.
        Consent = "consent" / "同意",
        /// The bank pays.
        Pay = "pay" / "退款",
        /// What was paid came back: it is owed again.
        Return = "return" / "退款被退回",
    }
}

words! {
    /// On which ground an institution objects.
    RefundObjection {
        /// More hours were taught than it says.
        HoursTaught = "hours_taught" / "已消课时有误",
        /// The sum is not what the contract gives.
        Amount = "amount" / "退费金额有误",
        /// The reason is not on the institution's side.
        Cause = "cause" / "退费责任有误",
        /// It was paid back already.
        AlreadyPaid = "already_paid" / "已另行退费",
        /// The contract says otherwise.
        Terms = "terms" / "不符合合同约定",
    }
}

impl RefundState {
    /// The state after a command. Whoever objected may still consent; who asked may take it back until
    /// the money is agreed.
    ///
    /// # Errors
    /// [`IllegalTransition`].
    pub fn apply(self, command: RefundCommand) -> Result<RefundState, IllegalTransition> {
        use {RefundCommand as C, RefundState as S};
        match (self, command) {
            (S::Requested, C::Object) => Ok(S::Objected),
            (S::Objected, C::DecideForInstitution) => Ok(S::Refused),
            (S::Objected, C::DecideForFamily) => Ok(S::Requested),
            (S::Requested | S::Objected, C::Withdraw) => Ok(S::Withdrawn),
            (S::Requested | S::Objected, C::Consent) => Ok(S::Consented),
            (S::Consented, C::Pay) => Ok(S::Paid),
            (S::Paid, C::Return) => Ok(S::Consented),
            (S::Requested, C::DecideForInstitution | C::DecideForFamily | C::Pay | C::Return)
            | (S::Objected, C::Object | C::Pay | C::Return)
            | (
                S::Consented,
                C::Object | C::DecideForInstitution | C::DecideForFamily | C::Withdraw | C::Consent | C::Return,
            )
            | (
                S::Refused | S::Withdrawn | S::Paid,
                C::Object | C::DecideForInstitution | C::DecideForFamily | C::Withdraw | C::Consent | C::Pay,
            )
            | (S::Refused | S::Withdrawn, C::Return) => {
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
    /// Day it was asked for; not known of rows from before this was kept.
    pub requested_on: Option<Day>,
    /// Last day for the institution's answer; silence after it is consent. None while the
    /// working-day calendar of that year is not known.
    pub answer_by_on: Option<Day>,
    /// Last day to decide on an objection.
    pub decide_by_on: Option<Day>,
    /// Last day to pay, once consented.
    pub pay_by_on: Option<Day>,
    /// Does it bring back all that is free, so that the contract ends with it?
    pub whole: bool,
    /// Where it stands.
    pub state: RefundState,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table() {
        let table: Vec<String> = RefundState::ALL
            .iter()
            .map(|&state| {
                let row =
                    RefundCommand::ALL.iter().map(|&command| state.apply(command).map_or("-", RefundState::as_str));
                format!("{}: {}", state.as_str(), row.collect::<Vec<_>>().join(" "))
            })
            .collect();
        assert_eq!(
            table,
            [
                "requested: objected - - withdrawn consented - -",
                "objected: - refused requested withdrawn consented - -",
                "refused: - - - - - - -",
                "withdrawn: - - - - - - -",
                "consented: - - - - - paid -",
                "paid: - - - - - - consented",
            ]
        );
    }
}
