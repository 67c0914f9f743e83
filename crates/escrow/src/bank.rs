//! What the custody bank says: accounts, lines of statements, and what a day comes to.

use kernel::{Fen, words};

words! {
    /// Which account of an institution at its custody bank.
    AccountKind {
        /// The custody account.
        Custody = "custody" / "托管账户",
        /// The account of the risk deposit.
        Deposit = "deposit" / "风险保证金账户",
    }
}

words! {
    /// Which way money went, seen from the account.
    Direction {
        /// Into the account.
        Credit = "credit" / "收入",
        /// Out of the account.
        Debit = "debit" / "支出",
    }
}

words! {
    /// What the bank says a line is.
    LineKind {
        /// Money of somebody.
        Transfer = "transfer" / "转账",
        /// Interest on the account.
        Interest = "interest" / "结息",
        /// A payout that came back.
        Returned = "returned" / "退汇",
    }
}

words! {
    /// Where a line of a statement stands.
    LineState {
        /// Kept, and not looked at yet.
        Open = "open" / "待处理",
        /// It is an entry of the ledger.
        Matched = "matched" / "已匹配",
        /// No entry explains it: the money is nobody's yet.
        Suspended = "suspended" / "挂账",
        /// It was suspended, and is explained now.
        Cleared = "cleared" / "已销账",
    }
}

words! {
    /// What the bank's balance is against what is owed.
    ReconciliationResult {
        /// The bank holds what is owed.
        Pass = "pass" / "相符",
        /// The bank holds less.
        Shortfall = "shortfall" / "短缺",
        /// No statement of the day came: a failure, never a pass.
        Missing = "missing" / "缺少对账单",
    }
}

/// What a day comes to, given what is owed and what the bank holds by its statement.
pub fn reconcile(required: Fen, bank: Option<Fen>) -> ReconciliationResult {
    match bank {
        None => ReconciliationResult::Missing,
        Some(bank) if bank < required => ReconciliationResult::Shortfall,
        Some(_) => ReconciliationResult::Pass,
    }
}
