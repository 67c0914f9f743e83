//! Entries about the custody bank: statements, lines that nothing explains, daily reconciliation,
//! payouts that failed or came back, the risk deposit, interest. None of them names a payer.

use kernel::{
    BankLineId, BankStatementId, ContractId, Day, Fen, PaymentId, RefundId, SettlementId, fen::FenError, words,
};

use crate::hash::Hash;
use crate::wire::{record, word_value};

words! {
    /// Which account of an institution at its custody bank (银行账户种类).
    BankAccountKind {
        /// The custody account.
        Custody = "custody" / "托管账户",
        /// The account of the risk deposit.
        Deposit = "deposit" / "风险保证金账户",
    }
}

words! {
    /// Which way money went, seen from the account (收付方向).
    BankDirection {
        /// Into the account.
        Credit = "credit" / "收入",
        /// Out of the account.
        Debit = "debit" / "支出",
    }
}

words! {
    /// By which rule a line of a statement was matched (匹配规则).
    MatchRule {
        /// The bank's reference and the amount are the same.
        ReferenceExact = "reference_exact" / "流水号与金额一致",
        /// The reference stands in the text of the line, and the amount is the same.
        ReferenceInText = "reference_in_text" / "附言含流水号且金额一致",
        /// One open thing alone has this amount on this day.
        AmountAndDay = "amount_and_day" / "金额与日期唯一对应",
        /// A payout recorded days before is alone with this amount, and so is the line.
        AmountLater = "amount_later" / "金额唯一对应先前登记的付款",
        /// A person matched it and said why.
        Manual = "manual" / "人工匹配",
    }
}

words! {
    /// What the bank's balance is against what is owed (对账结果).
    ReconciliationResult {
        /// The bank holds what is owed.
        Pass = "pass" / "相符",
        /// The bank holds less.
        Shortfall = "shortfall" / "短缺",
        /// No statement of the day came.
        Missing = "missing" / "缺少对账单",
    }
}

words! {
    /// May the deposit be paid back (保证金状态)?
    DepositLock {
        /// It may not.
        Locked = "locked" / "锁定",
        /// It may, above the floor.
        Unlocked = "unlocked" / "解除锁定",
    }
}

word_value!(BankAccountKind, BankDirection, DepositLock, MatchRule, ReconciliationResult);

record! {
    /// The bank's statement of an account for a day. It continues the one before.
    BankStatementRecorded {
        account: BankAccountKind = "which account",
        account_number: Hash = "tagged digest of the account's number",
        closing_fen: Fen = "balance at the end",
        file: Hash = "tagged digest of the statement as the bank gave it",
        lines: u32 = "lines on it",
        opening_fen: Fen = "balance at the beginning",
        sequence: u64 = "number of the statement at the bank",
        statement: BankStatementId = "the statement",
        statement_on: Day = "its day",
    }
}

record! {
    /// A line of a statement that no entry explains: the money is there or gone, and nobody's yet.
    BankLineSuspended {
        amount_fen: Fen = "amount",
        booked_on: Day = "day on which the bank booked it",
        direction: BankDirection = "into the account or out of it",
        line: BankLineId = "the line",
        statement: BankStatementId = "its statement",
    }
}

record! {
    /// A suspended line is explained by another entry, or by a line the other way. `commit`: the reason.
    SuspenseCleared {
        amount_fen: Fen = "amount, as suspended",
        counter: Option<BankLineId> = "the line the other way",
        direction: BankDirection = "as suspended",
        line: BankLineId = "the line",
        payment: Option<PaymentId> = "the payment that it is",
        refund: Option<RefundId> = "the refund that it is",
        rule: MatchRule = "by which rule",
        settlement: Option<SettlementId> = "the settlement that it is",
    }
}

record! {
    /// What is owed against what the bank holds, for a day of an institution.
    Reconciled {
        bank_fen: Option<Fen> = "balance by the bank's statement",
        custody_fen: Fen = "bank:custody at the end of the day",
        disputed_fen: Fen = "sum of the disputed accounts then",
        due_on: Option<Day> = "last day to make a shortfall good",
        interest_fen: Fen = "interest then",
        payable_fen: Fen = "payable then",
        prepaid_fen: Fen = "sum of the prepaid accounts then",
        reconciled_on: Day = "the day",
        refund_fen: Fen = "sum of the refund accounts then",
        required_fen: Fen = "what is owed: all liabilities, and suspended credits",
        result: ReconciliationResult = "the result",
        suspense_fen: Fen = "suspended credits then",
        unexplained_fen: Fen = "suspended debits then; they lessen bank:custody, not what is owed",
    }
}

record! {
    /// The authority lets a settlement go to the bank (三方确认).
    SettlementApproved {
        settlement: SettlementId = "the settlement",
    }
}

record! {
    /// The bank could not pay a settlement: nothing moved, it is no longer ordered. `commit`: the reason.
    SettlementFailed {
        settlement: SettlementId = "the settlement",
    }
}

record! {
    /// A settlement that was paid came back. `commit`: the reason.
    SettlementReturned {
        amount_fen: Fen = "amount",
        settlement: SettlementId = "the settlement",
    }
}

record! {
    /// A refund that was paid came back; it is owed again. `commit`: the reason.
    RefundReturned {
        amount_fen: Fen = "amount",
        contract: ContractId = "the contract",
        contract_seq: u64 = "number of this entry within the contract",
        refund: RefundId = "the refund",
    }
}

record! {
    /// The institution paid into its risk deposit.
    DepositPaid {
        amount_fen: Fen = "amount",
        reference: Hash = "tagged digest of the bank's reference",
    }
}

record! {
    /// The deposit is locked, or no longer. `commit`: the reason.
    DepositLocked {
        state: DepositLock = "locked or not",
    }
}

record! {
    /// A part of the deposit went back to the institution.
    DepositReleased {
        amount_fen: Fen = "amount",
        reference: Hash = "tagged digest of the bank's reference",
    }
}

record! {
    /// A part of the deposit was paid to families by decision. `commit`: the decision.
    DepositClaimed {
        amount_fen: Fen = "amount",
        reference: Hash = "tagged digest of the bank's reference",
    }
}

record! {
    /// The bank credited interest to the custody account.
    InterestCredited {
        amount_fen: Fen = "amount",
        booked_on: Day = "day on which the bank booked it",
        line: BankLineId = "the line of the statement",
    }
}

record! {
    /// Interest becomes a family's; it is owed as a refund.
    InterestAllotted {
        amount_fen: Fen = "amount",
        contract: ContractId = "the contract",
        contract_seq: u64 = "number of this entry within the contract",
        refund: RefundId = "the refund by which it is paid",
    }
}

impl SuspenseCleared {
    /// One explanation and no second.
    pub(super) fn explained_once(&self) -> bool {
        let named = [self.counter.is_some(), self.payment.is_some(), self.refund.is_some(), self.settlement.is_some()];
        named.into_iter().filter(|named| *named).count() == 1
    }
}

impl Reconciled {
    /// Everything that is owed by the entry's own figures, fen.
    ///
    /// # Errors
    /// [`FenError::Overflow`].
    pub fn owed(&self) -> Result<Fen, FenError> {
        Fen::try_sum([
            self.prepaid_fen,
            self.disputed_fen,
            self.refund_fen,
            self.payable_fen,
            self.interest_fen,
            self.suspense_fen,
        ])
    }

    /// Do its sums hold, inside and against the bank?
    pub(super) fn adds_up(&self) -> bool {
        // No part has a floor: a line of a late statement may have taken, by its day, what came later.
        let owed = self.owed();
        let custody = owed.and_then(|owed| owed.checked_sub(self.unexplained_fen));
        let result = match self.bank_fen {
            None => ReconciliationResult::Missing,
            Some(bank) if bank < self.required_fen => ReconciliationResult::Shortfall,
            Some(_) => ReconciliationResult::Pass,
        };
        owed == Ok(self.required_fen)
            && custody == Ok(self.custody_fen)
            && result == self.result
            && (self.due_on.is_none() || result == ReconciliationResult::Shortfall)
    }
}
