//! Plain sentences of the entries about the custody bank.

use kernel::Fen;

use super::bank::{
    BankAccountKind, BankDirection, BankLineSuspended, BankStatementRecorded, DepositClaimed, DepositLock,
    DepositLocked, DepositPaid, DepositReleased, InterestAllotted, InterestCredited, MatchRule, Reconciled,
    ReconciliationResult, RefundReturned, SettlementApproved, SettlementFailed, SettlementReturned, SuspenseCleared,
};

type Two = (String, String);

const fn account_en(account: BankAccountKind) -> &'static str {
    match account {
        BankAccountKind::Custody => "custody account",
        BankAccountKind::Deposit => "deposit account",
    }
}

const fn rule_en(rule: MatchRule) -> &'static str {
    match rule {
        MatchRule::ReferenceExact => "same reference and amount",
        MatchRule::ReferenceInText => "reference in the text, same amount",
        MatchRule::AmountAndDay => "the only one of this amount on this day",
        MatchRule::AmountLater => "the only one of this amount, of a payout recorded before",
        MatchRule::Manual => "by a person, with a reason",
    }
}

impl BankStatementRecorded {
    pub(super) fn sentence(&self) -> Two {
        let (opening, closing) = (self.opening_fen.to_yuan(), self.closing_fen.to_yuan());
        (
            format!(
                "{} {} 第 {} 号银行对账单：期初 {opening}，期末 {closing}，共 {} 笔。",
                self.statement_on,
                self.account.zh(),
                self.sequence,
                self.lines
            ),
            format!(
                "Bank statement {} of the {} for {}: from {opening} to {closing}, {} lines.",
                self.sequence,
                account_en(self.account),
                self.statement_on,
                self.lines
            ),
        )
    }
}

impl BankLineSuspended {
    pub(super) fn sentence(&self) -> Two {
        let en = match self.direction {
            BankDirection::Credit => "came in",
            BankDirection::Debit => "went out",
        };
        (
            format!("{} 银行{} {} 暂无对应，挂账。", self.booked_on, self.direction.zh(), self.amount_fen.to_yuan()),
            format!(
                "{} {en} at the bank on {} and is explained by nothing yet.",
                self.amount_fen.to_yuan(),
                self.booked_on
            ),
        )
    }
}

impl SuspenseCleared {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("挂账 {} 已销账：{}。", self.amount_fen.to_yuan(), self.rule.zh()),
            format!("The suspended {} is explained: {}.", self.amount_fen.to_yuan(), rule_en(self.rule)),
        )
    }
}

impl Reconciled {
    pub(super) fn sentence(&self) -> Two {
        let required = self.required_fen.to_yuan();
        let bank = self.bank_fen.map(Fen::to_yuan);
        match (self.result, bank) {
            (ReconciliationResult::Pass, Some(bank)) => (
                format!("{} 日对账相符：应有 {required}，银行 {bank}。", self.reconciled_on),
                format!("Day {} agrees: {required} is owed, the bank holds {bank}.", self.reconciled_on),
            ),
            (ReconciliationResult::Shortfall, Some(bank)) => (
                format!("{} 日对账短缺：应有 {required}，银行 {bank}。", self.reconciled_on),
                format!("Day {} falls short: {required} is owed, the bank holds {bank}.", self.reconciled_on),
            ),
            (ReconciliationResult::Missing | ReconciliationResult::Pass | ReconciliationResult::Shortfall, _) => (
                format!("{} 日缺少银行对账单，应有 {required}，视为未通过。", self.reconciled_on),
                format!(
                    "No bank statement of {} came; {required} is owed. This counts as a failure.",
                    self.reconciled_on
                ),
            ),
        }
    }
}

impl SettlementApproved {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("监管部门同意结算 {}。", self.settlement),
            format!("The authority lets settlement {} go to the bank.", self.settlement),
        )
    }
}

impl SettlementFailed {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("银行未能拨付结算 {}，款项未动。", self.settlement),
            format!("The bank could not pay settlement {}; no money moved.", self.settlement),
        )
    }
}

impl SettlementReturned {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("结算 {} 退回 {}，重新列为应付。", self.settlement, self.amount_fen.to_yuan()),
            format!("{} of settlement {} came back and is payable again.", self.amount_fen.to_yuan(), self.settlement),
        )
    }
}

impl RefundReturned {
    pub(super) fn sentence(&self) -> Two {
        (
            format!(
                "合同 {}：退费 {} 的 {} 被退回，重新列为应退。",
                self.contract,
                self.refund,
                self.amount_fen.to_yuan()
            ),
            format!(
                "Contract {}: {} of refund {} came back and is owed again.",
                self.contract,
                self.amount_fen.to_yuan(),
                self.refund
            ),
        )
    }
}

impl DepositPaid {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("缴存风险保证金 {}。", self.amount_fen.to_yuan()),
            format!("{} was paid into the risk deposit.", self.amount_fen.to_yuan()),
        )
    }
}

impl DepositLocked {
    pub(super) fn sentence(&self) -> Two {
        let en = match self.state {
            DepositLock::Locked => "The risk deposit is locked.",
            DepositLock::Unlocked => "The risk deposit is no longer locked.",
        };
        (format!("风险保证金{}。", self.state.zh()), en.to_owned())
    }
}

impl DepositReleased {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("退还机构风险保证金 {}。", self.amount_fen.to_yuan()),
            format!("{} of the risk deposit went back to the institution.", self.amount_fen.to_yuan()),
        )
    }
}

impl DepositClaimed {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("动用风险保证金 {} 退还家长。", self.amount_fen.to_yuan()),
            format!("{} of the risk deposit was paid to families.", self.amount_fen.to_yuan()),
        )
    }
}

impl InterestCredited {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("{} 托管账户结息 {}。", self.booked_on, self.amount_fen.to_yuan()),
            format!("The custody account earned interest of {} on {}.", self.amount_fen.to_yuan(), self.booked_on),
        )
    }
}

impl InterestAllotted {
    pub(super) fn sentence(&self) -> Two {
        (
            format!("合同 {}：分得利息 {}，列为应退。", self.contract, self.amount_fen.to_yuan()),
            format!("Contract {}: interest of {} is owed to the family.", self.contract, self.amount_fen.to_yuan()),
        )
    }
}
