//! A small ledger of a custody bank: statements, suspended lines, reconciliation, payouts that failed or
//! came back, the risk deposit, interest; and what does not fit.

use kernel::{BankLineId, BankStatementId, Day, Fen, RefundId};
use ledger::*;

use crate::common::*;

const A: u64 = 1;

fn line(n: u64) -> BankLineId {
    BankLineId::new(uuid(21, n))
}

fn statement(n: u64, on: &str, opening: i64, closing: i64) -> BankStatementRecorded {
    BankStatementRecorded {
        account: BankAccountKind::Custody,
        account_number: digest(tags::BANK_ACCOUNT, b"6222000000000001"),
        closing_fen: Fen::new(closing),
        file: digest(tags::BANK_FILE, &n.to_be_bytes()),
        lines: 4,
        opening_fen: Fen::new(opening),
        sequence: n,
        statement: BankStatementId::new(uuid(20, n)),
        statement_on: day(on),
    }
}

fn suspended(n: u64, direction: BankDirection, fen: i64) -> BankLineSuspended {
    BankLineSuspended {
        amount_fen: Fen::new(fen),
        booked_on: day("2026-03-01"),
        direction,
        line: line(n),
        statement: BankStatementId::new(uuid(20, 1)),
    }
}

fn cleared(n: u64, direction: BankDirection, fen: i64, counter: u64) -> SuspenseCleared {
    SuspenseCleared {
        amount_fen: Fen::new(fen),
        counter: Some(line(counter)),
        direction,
        line: line(n),
        payment: None,
        refund: None,
        rule: MatchRule::Manual,
        settlement: None,
    }
}

fn reconciled(on: &str, bank: Option<i64>, prepaid: i64, payable: i64, suspense: i64, unexplained: i64) -> Reconciled {
    let required = prepaid + payable + suspense;
    let result = match bank {
        None => ReconciliationResult::Missing,
        Some(bank) if bank < required => ReconciliationResult::Shortfall,
        Some(_) => ReconciliationResult::Pass,
    };
    Reconciled {
        bank_fen: bank.map(Fen::new),
        custody_fen: Fen::new(required - unexplained),
        disputed_fen: Fen::ZERO,
        due_on: (result == ReconciliationResult::Shortfall).then(|| day("2026-03-03")),
        interest_fen: Fen::ZERO,
        payable_fen: Fen::new(payable),
        prepaid_fen: Fen::new(prepaid),
        reconciled_on: day(on),
        refund_fen: Fen::ZERO,
        required_fen: Fen::new(required),
        result,
        suspense_fen: Fen::new(suspense),
        unexplained_fen: Fen::new(unexplained),
    }
}

/// A contract paid for, one lesson earned: 330,000 prepaid, 10,000 payable.
fn taught() -> Chain {
    let mut c = Chain::new();
    let a = Some(institution(A));
    c.push(None, opened());
    c.push(a, registered(1));
    c.push(a, signature(1));
    c.push(a, signed(1));
    c.push(a, paid(1));
    c.push(a, claimed(1, 4, 1, &[(lot(2), "1")]));
    c.push(a, confirmed(1, 5, 1, vec![part(lot(2), "1", 10_000)]));
    c
}

/// Every entry type of the bank.
pub fn bank_story() -> Chain {
    let mut c = taught();
    let a = Some(institution(A));
    let reference = digest(tags::BANK_REFERENCE, b"TX-1");
    // A settlement that fails, and one that comes back and is let go again by the authority.
    c.push(a, SettlementOrdered { amount_fen: Fen::new(10_000), settlement: settlement(1) });
    c.push(a, SettlementFailed { settlement: settlement(1) });
    c.push(a, SettlementOrdered { amount_fen: Fen::new(10_000), settlement: settlement(2) });
    c.push(a, SettlementApproved { settlement: settlement(2) });
    c.push(a, SettlementPaid { amount_fen: Fen::new(10_000), reference, settlement: settlement(2) });
    c.push(a, SettlementReturned { amount_fen: Fen::new(10_000), settlement: settlement(2) });
    // The bank's day: 50.00 came in and 20.00 went out that nothing explains.
    c.push(a, statement(1, "2026-03-01", 0, 343_000));
    c.push(a, suspended(1, BankDirection::Credit, 5_000));
    c.push(a, suspended(2, BankDirection::Debit, 2_000));
    c.days = 1;
    c.push(a, reconciled("2026-03-01", Some(343_000), 330_000, 10_000, 5_000, 2_000));
    c.push(a, suspended(3, BankDirection::Debit, 5_000));
    c.push(a, cleared(3, BankDirection::Debit, 5_000, 1));
    c.push(a, cleared(1, BankDirection::Credit, 5_000, 3));
    c.push(a, InterestCredited { amount_fen: Fen::new(300), booked_on: day("2026-03-02"), line: line(4) });
    let allotted = RefundId::new(uuid(22, 1));
    c.push(a, InterestAllotted { amount_fen: Fen::new(300), contract: contract(1), contract_seq: 6, refund: allotted });
    let pay = |c: &mut Chain, seq| {
        let amount_fen = Fen::new(300);
        c.push(a, RefundPaid { amount_fen, contract: contract(1), contract_seq: seq, reference, refund: allotted });
    };
    pay(&mut c, 7);
    c.push(a, RefundReturned { amount_fen: Fen::new(300), contract: contract(1), contract_seq: 8, refund: allotted });
    pay(&mut c, 9);
    // The deposit.
    c.push(a, DepositPaid { amount_fen: Fen::new(100_000), reference });
    c.push(a, DepositLocked { state: DepositLock::Locked });
    c.push(a, DepositClaimed { amount_fen: Fen::new(30_000), reference });
    c.push(a, DepositLocked { state: DepositLock::Unlocked });
    c.push(a, DepositReleased { amount_fen: Fen::new(20_000), reference });
    c
}

fn findings(change: impl FnOnce(&mut Chain)) -> Vec<InvariantId> {
    let mut c = taught();
    change(&mut c);
    c.verify().findings.iter().map(|finding| finding.invariant).collect()
}

#[test]
fn the_story_leaves_what_is_owed() {
    let c = bank_story();
    assert_eq!(c.verify().findings, []);
    let balances = c.books().balances();
    let fen = |account| balances.get(&(institution(A), account)).map_or(0, |fen| fen.fen());
    assert_eq!(fen(Account::Suspense), -2_000);
    assert_eq!((fen(Account::Interest), fen(Account::Refund(contract(1)))), (0, 0));
    assert_eq!((fen(Account::BankDeposit), fen(Account::Deposit)), (50_000, 50_000));
    assert_eq!(fen(Account::BankCustody), 338_000);
    assert_eq!(c.books().sweep(), Ok(()));
}

#[test]
fn a_statement_continues_the_last() {
    let a = Some(institution(A));
    let after = |next: BankStatementRecorded| {
        findings(|c| {
            c.push(a, statement(7, "2026-03-01", 0, 340_000));
            c.push(a, next);
        })
    };
    assert_eq!(after(statement(8, "2026-03-02", 340_000, 1)), []);
    assert_eq!(after(statement(9, "2026-03-02", 340_000, 1)), [InvariantId::Reconciliation], "a gap");
    assert_eq!(after(statement(8, "2026-03-02", 339_999, 1)), [InvariantId::Reconciliation], "another balance");
    assert_eq!(after(statement(8, "2026-03-01", 340_000, 1)), [InvariantId::Reconciliation], "the same day");
    assert_eq!(after(statement(1, "2027-01-01", 340_000, 1)), [], "a new year begins anew");
}

#[test]
fn a_day_states_what_the_entries_leave() {
    let a = Some(institution(A));
    let day_of = |with_statement: bool, body: Reconciled| {
        findings(|c| {
            if with_statement {
                c.push(a, statement(1, "2026-03-01", 0, 340_000));
            }
            c.days = 1;
            // A movement of the next day is not of this one.
            c.push(a, suspended(1, BankDirection::Credit, 700));
            c.push(a, body);
        })
    };
    assert_eq!(day_of(true, reconciled("2026-03-01", Some(340_000), 330_000, 10_000, 0, 0)), []);
    assert_eq!(day_of(false, reconciled("2026-03-01", None, 330_000, 10_000, 0, 0)), []);
    let says = [InvariantId::Reconciliation];
    assert_eq!(day_of(true, reconciled("2026-03-01", Some(340_700), 330_000, 10_000, 700, 0)), says, "the next day's");
    assert_eq!(day_of(true, reconciled("2026-03-01", None, 330_000, 10_000, 0, 0)), says, "a statement there is");
    assert_eq!(day_of(false, reconciled("2026-03-01", Some(340_000), 330_000, 10_000, 0, 0)), says, "one there is not");
    assert_eq!(day_of(true, reconciled("2026-03-01", Some(340_000), 340_000, 0, 0, 0)), says, "other parts");
}

#[test]
fn a_missing_day_is_decided_again_once() {
    let a = Some(institution(A));
    let missing = || reconciled("2026-03-01", None, 330_000, 10_000, 0, 0);
    let pass = || reconciled("2026-03-01", Some(340_000), 330_000, 10_000, 0, 0);
    let late = |c: &mut Chain| {
        c.days = 1;
        c.push(a, missing());
        c.push(a, statement(1, "2026-03-01", 0, 340_000));
        c.push(a, pass());
    };
    assert_eq!(findings(late), []);
    let twice = |c: &mut Chain| {
        late(c);
        c.push(a, pass());
    };
    assert_eq!(findings(twice), [InvariantId::Reconciliation]);
}

#[test]
fn money_is_explained_once_and_only_as_it_came() {
    let a = Some(institution(A));
    let credit = BankDirection::Credit;
    let after = |body: Body| {
        findings(|c| {
            c.push(a, suspended(1, credit, 500));
            c.push(a, cleared(1, credit, 500, 2));
            c.push(a, body);
        })
    };
    assert_eq!(after(cleared(1, credit, 500, 2).into()), [InvariantId::NoNegative, InvariantId::Known][1..]);
    assert_eq!(after(suspended(1, credit, 500).into()), [InvariantId::Known], "a line is one line");
    let other = findings(|c| {
        c.push(a, suspended(1, credit, 500));
        c.push(a, cleared(1, credit, 400, 2));
    });
    assert_eq!(other, [InvariantId::Amounts]);
}

#[test]
fn a_locked_deposit_is_not_given_back() {
    let a = Some(institution(A));
    let reference = digest(tags::BANK_REFERENCE, b"TX-2");
    let locked = findings(|c| {
        c.push(a, DepositPaid { amount_fen: Fen::new(100), reference });
        c.push(a, DepositLocked { state: DepositLock::Locked });
        c.push(a, DepositReleased { amount_fen: Fen::new(100), reference });
    });
    assert_eq!(locked, [InvariantId::Hold]);
    let beyond = findings(|c| {
        c.push(a, DepositPaid { amount_fen: Fen::new(100), reference });
        c.push(a, DepositClaimed { amount_fen: Fen::new(101), reference });
    });
    assert_eq!(beyond, [InvariantId::NoNegative]);
}

#[test]
fn a_payout_comes_back_once() {
    let a = Some(institution(A));
    let reference = digest(tags::BANK_REFERENCE, b"TX-3");
    let returned = || SettlementReturned { amount_fen: Fen::new(10_000), settlement: settlement(1) };
    let before_paid = findings(|c| {
        c.push(a, SettlementOrdered { amount_fen: Fen::new(10_000), settlement: settlement(1) });
        c.push(a, returned());
    });
    assert_eq!(before_paid, [InvariantId::State]);
    let twice = findings(|c| {
        c.push(a, SettlementOrdered { amount_fen: Fen::new(10_000), settlement: settlement(1) });
        c.push(a, SettlementPaid { amount_fen: Fen::new(10_000), reference, settlement: settlement(1) });
        c.push(a, returned());
        c.push(a, returned());
    });
    assert_eq!(twice, [InvariantId::State]);
    let _: Day = day("2026-03-01");
}
