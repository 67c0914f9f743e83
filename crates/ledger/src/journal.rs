//! Entries of an institution as journals of plain-text accounting: hledger's and beancount's. Either
//! program reads every posting, adds up the accounts again, and compares them with the balances that
//! are stated at the end.

use std::collections::BTreeSet;
use std::fmt::Write;

use kernel::fen::FenError;
use kernel::{Day, Fen, InstitutionId, LedgerId};

use crate::body::Account;
use crate::entry::Entry;
use crate::hash::Hash;

/// The currency, ISO 4217.
const CURRENCY: &str = "CNY";

/// Accounts are opened on this day, before every entry.
const OPENED: &str = "1970-01-01";

/// Which program reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// hledger 1.25 and newer.
    Hledger,
    /// beancount 2 and newer.
    Beancount,
}

/// An account, or all of a kind together, and what is kept of it: debit positive, fen.
pub type Stated = (&'static str, Fen);

/// A journal that is being written.
#[derive(Clone, Debug)]
pub struct Journal {
    program: Program,
    opened: BTreeSet<String>,
    last: Option<Day>,
}

/// An account's name: parts begin with a capital or a digit, as beancount wants them.
fn name(account: Account) -> String {
    let of = |kind: &str, id: String| format!("Liabilities:{kind}:C-{id}");
    match account {
        Account::BankCustody => "Assets:Custody".to_owned(),
        Account::BankDeposit => "Assets:Deposit".to_owned(),
        Account::Prepaid(contract) => of("Prepaid", contract.to_string()),
        Account::Disputed(contract) => of("Disputed", contract.to_string()),
        Account::Refund(contract) => of("Refund", contract.to_string()),
        Account::Payable => "Liabilities:Payable".to_owned(),
        Account::Deposit => "Liabilities:Deposit".to_owned(),
        Account::Interest => "Liabilities:Interest".to_owned(),
        Account::Suspense => "Liabilities:Suspense".to_owned(),
    }
}

/// Yuan with a point and two digits.
pub fn yuan(fen: Fen) -> String {
    let sign = if fen.is_negative() { "-" } else { "" };
    let abs = fen.fen().unsigned_abs();
    format!("{sign}{}.{:02}", abs / 100, abs % 100)
}

impl Journal {
    /// Begins one.
    pub fn new(program: Program) -> Journal {
        Journal { program, opened: BTreeSet::new(), last: None }
    }

    /// What stands before the first entry: whose journal it is and how far it goes.
    pub fn head(&self, ledger: &LedgerId, institution: InstitutionId, as_of_seq: u64) -> String {
        let about = format!("; ledger {ledger}, institution {institution}, as of entry {as_of_seq}\n");
        match self.program {
            Program::Hledger => format!("{about}commodity 1000.00 {CURRENCY}\n"),
            Program::Beancount => format!("{about}option \"operating_currency\" \"{CURRENCY}\"\n"),
        }
    }

    fn open(&mut self, account: &str, out: &mut String) {
        if self.opened.insert(account.to_owned()) {
            // Writing to a String cannot fail.
            let _ = match self.program {
                Program::Hledger => writeln!(out, "account {account}"),
                Program::Beancount => writeln!(out, "{OPENED} open {account} {CURRENCY}"),
            };
        }
    }

    /// An entry; nothing where it moves no money.
    ///
    /// # Errors
    /// [`FenError::Overflow`] of amounts that do not fit.
    pub fn entry(&mut self, entry: &Entry, leaf: &Hash) -> Result<String, FenError> {
        let postings = entry.body.postings()?;
        let mut out = String::new();
        if postings.is_empty() {
            return Ok(out);
        }
        let on = entry.header.effective_on;
        self.last = self.last.max(Some(on));
        for posting in &postings {
            self.open(&name(posting.account), &mut out);
        }
        let (kind, seq) = (entry.body.entry_type().as_str(), entry.header.seq);
        let _ = match self.program {
            Program::Hledger => writeln!(out, "{on} * {kind}  ; seq:{seq}, leaf:{leaf}"),
            Program::Beancount => writeln!(out, "{on} * \"{kind}\"\n  seq: {seq}\n  leaf: \"{leaf}\""),
        };
        for posting in &postings {
            let _ = writeln!(out, "  {}  {} {CURRENCY}", name(posting.account), yuan(posting.fen));
        }
        out.push('\n');
        Ok(out)
    }

    /// The balances that are kept, as assertions on the day after the last entry: the program adds up
    /// what it read and says so when a sum is another.
    pub fn stated(&mut self, balances: &[Stated]) -> String {
        let mut out = String::new();
        let Some(on) = self.last.and_then(|on| on.plus_days(1).ok()) else { return out };
        for (account, _) in balances {
            self.open(account, &mut out);
        }
        if self.program == Program::Hledger {
            let _ = writeln!(out, "{on} * balances that are kept");
        }
        for (account, fen) in balances {
            let fen = yuan(*fen);
            let _ = match self.program {
                Program::Hledger => writeln!(out, "  {account}  0.00 {CURRENCY} =* {fen} {CURRENCY}"),
                Program::Beancount => writeln!(out, "{on} balance {account}  {fen} {CURRENCY}"),
            };
        }
        out
    }
}
