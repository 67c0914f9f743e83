//! The custody bank in the replay: statements that continue each other, lines suspended and explained
//! once, and what each day leaves, so that a reconciliation can be computed again.

use std::collections::{BTreeMap, HashMap};

use kernel::{BankLineId, Day, Fen, InstitutionId, SettlementId};

use super::{Books, Fault, InstitutionBooks, SettlementStage, overflow, state, unknown};
use crate::body::{
    Account, BankAccountKind, BankDirection, BankStatementRecorded, Body, Reconciled, ReconciliationResult,
};
use crate::finding::{Detail, InvariantId};

/// What entries moved, account by account, as what is owed.
#[derive(Clone, Copy, Debug, Default)]
struct Moves {
    prepaid: Fen,
    disputed: Fen,
    refund: Fen,
    payable: Fen,
    interest: Fen,
    suspended_in: Fen,
    suspended_out: Fen,
}

impl Moves {
    fn all(&mut self) -> [&mut Fen; 7] {
        [
            &mut self.prepaid,
            &mut self.disputed,
            &mut self.refund,
            &mut self.payable,
            &mut self.interest,
            &mut self.suspended_in,
            &mut self.suspended_out,
        ]
    }

    fn add(&mut self, body: &Body) -> Result<(), Fault> {
        let suspended = match body {
            Body::BankLineSuspended(d) => Some((d.direction, d.amount_fen)),
            Body::SuspenseCleared(d) => Some((d.direction, d.amount_fen.checked_neg().map_err(|_| overflow())?)),
            _ => None,
        };
        if let Some((direction, fen)) = suspended {
            let sum = match direction {
                BankDirection::Credit => &mut self.suspended_in,
                BankDirection::Debit => &mut self.suspended_out,
            };
            *sum = sum.checked_add(fen).map_err(|_| overflow())?;
            return Ok(());
        }
        for posting in body.postings().map_err(|_| overflow())? {
            let sum = match posting.account {
                Account::Prepaid(_) => &mut self.prepaid,
                Account::Disputed(_) => &mut self.disputed,
                Account::Refund(_) => &mut self.refund,
                Account::Payable => &mut self.payable,
                Account::Interest => &mut self.interest,
                Account::BankCustody | Account::BankDeposit | Account::Deposit | Account::Suspense => continue,
            };
            *sum = sum.checked_sub(posting.fen).map_err(|_| overflow())?;
        }
        Ok(())
    }
}

/// The last statement of an account.
#[derive(Clone, Copy, Debug)]
struct LastStatement {
    sequence: u64,
    on: Day,
    closing: Fen,
}

/// What the bank said of an institution's accounts.
#[derive(Clone, Debug, Default)]
pub(super) struct BankBooks {
    custody: Option<LastStatement>,
    deposit: Option<LastStatement>,
    /// Balances of the custody account by the day of the statement.
    closings: BTreeMap<Day, Fen>,
    suspended: HashMap<BankLineId, (Fen, BankDirection)>,
    days: BTreeMap<Day, Moves>,
    /// Days reconciled, and with what result.
    reconciled: BTreeMap<Day, ReconciliationResult>,
    locked: bool,
}

fn fault(expected: Fen, actual: Fen) -> Fault {
    (InvariantId::Reconciliation, Detail::Amount { expected, actual })
}

impl InstitutionBooks {
    /// `bank:custody` without what is nobody's yet: what families and the institution are owed.
    pub(super) fn for_families(&self) -> Option<Fen> {
        self.custody.checked_sub(self.interest).ok()?.checked_sub(self.suspense).ok()
    }

    /// A settlement goes on; its amount.
    pub(super) fn settlement_step(
        &mut self,
        id: SettlementId,
        from: SettlementStage,
        to: SettlementStage,
    ) -> Result<Fen, Fault> {
        let settlement = self.settlements.get_mut(&id).ok_or_else(|| unknown("settlement", id.uuid()))?;
        if settlement.stage != from {
            return Err(state("settlement", id.uuid()));
        }
        settlement.stage = to;
        Ok(settlement.amount_fen)
    }
}

impl BankBooks {
    /// A statement begins where the one before ended, has the next number and a later day.
    fn statement(&mut self, d: &BankStatementRecorded) -> Result<(), Fault> {
        let last = match d.account {
            BankAccountKind::Custody => &mut self.custody,
            BankAccountKind::Deposit => &mut self.deposit,
        };
        if let Some(last) = last {
            // A bank may count anew in a new year.
            let anew = d.sequence == 1 && d.statement_on.year() > last.on.year();
            if last.sequence.checked_add(1) != Some(d.sequence) && !anew {
                let detail = Detail::Number { expected: last.sequence.saturating_add(1), actual: d.sequence };
                return Err((InvariantId::Reconciliation, detail));
            }
            if last.closing != d.opening_fen || d.statement_on <= last.on {
                return Err(fault(last.closing, d.opening_fen));
            }
        }
        *last = Some(LastStatement { sequence: d.sequence, on: d.statement_on, closing: d.closing_fen });
        if d.account == BankAccountKind::Custody {
            self.closings.insert(d.statement_on, d.closing_fen);
        }
        Ok(())
    }

    fn play(&mut self, on: Day, body: &Body) -> Result<(), Fault> {
        self.days.entry(on).or_default().add(body)?;
        match body {
            Body::BankStatementRecorded(d) => self.statement(d),
            Body::BankLineSuspended(d) => {
                self.suspended.insert(d.line, (d.amount_fen, d.direction));
                Ok(())
            }
            Body::SuspenseCleared(d) => match self.suspended.remove(&d.line) {
                Some(line) if line == (d.amount_fen, d.direction) => Ok(()),
                Some((expected, _)) => Err((InvariantId::Amounts, Detail::Amount { expected, actual: d.amount_fen })),
                None => Err(unknown("bank_line", d.line.uuid())),
            },
            Body::DepositLocked(d) => {
                self.locked = d.state == crate::body::DepositLock::Locked;
                Ok(())
            }
            Body::DepositReleased(_) if self.locked => Err((InvariantId::Hold, Detail::Plain)),
            _ => Ok(()),
        }
    }

    /// What is owed at the end of a day: what is now, less what later days moved.
    fn at_end_of(&self, on: Day) -> Result<Moves, Fault> {
        let mut sum = Moves::default();
        for moves in self.days.range(..=on).map(|(_, moves)| moves) {
            let mut moves = *moves;
            for (sum, fen) in sum.all().into_iter().zip(moves.all()) {
                *sum = sum.checked_add(*fen).map_err(|_| overflow())?;
            }
        }
        Ok(sum)
    }

    fn reconcile(&mut self, d: &Reconciled) -> Result<(), Fault> {
        let end = self.at_end_of(d.reconciled_on)?;
        for (expected, actual) in [
            (end.prepaid, d.prepaid_fen),
            (end.disputed, d.disputed_fen),
            (end.refund, d.refund_fen),
            (end.payable, d.payable_fen),
            (end.interest, d.interest_fen),
            (end.suspended_in, d.suspense_fen),
            (end.suspended_out, d.unexplained_fen),
        ] {
            if expected != actual {
                return Err(fault(expected, actual));
            }
        }
        if self.closings.get(&d.reconciled_on).copied() != d.bank_fen {
            let zero = Fen::ZERO;
            return Err(fault(
                self.closings.get(&d.reconciled_on).copied().unwrap_or(zero),
                d.bank_fen.unwrap_or(zero),
            ));
        }
        // A day is decided once; only one whose statement was missing is decided again when it came.
        let before = self.reconciled.insert(d.reconciled_on, d.result);
        let again = before.is_some_and(|before| before != ReconciliationResult::Missing || before == d.result);
        if again { Err((InvariantId::Reconciliation, Detail::Plain)) } else { Ok(()) }
    }
}

impl Books {
    /// What an entry says about the bank, after its postings.
    pub(super) fn bank_entry(&mut self, institution: InstitutionId, on: Day, body: &Body) -> Result<(), Fault> {
        let books = self.institutions.get_mut(&institution);
        let books = books.ok_or_else(|| unknown("institution", institution.uuid()))?;
        match body {
            Body::Reconciled(d) => books.bank.reconcile(d),
            body => books.bank.play(on, body),
        }
    }
}
