//! Whose the interest on a custody account is: computed from the institution's entries up to the credit, so
//! that anybody gets the same shares from the same entries, whenever it is done and however often.

use std::collections::BTreeSet;

use access::Action;
use escrow::interest::{FenDays, Owner, Period, Shares};
use kernel::fen::FenError;
use kernel::{BankLineId, Day, Fen, InstitutionId, RefundId, RuleId, Violation};
use ledger::body::InterestCredited;
use ledger::{Account, Body, tags};
use store::StoreError;

use super::import::id_of;
use super::moved::entries_back;
use crate::context::Verb;
use crate::error::AppError;
use crate::ledgers::{App, Call, Ledger};
use crate::refusal::{Corrupt, Refusal};
use crate::scheduler::Turn;
use crate::verbs::{InterestAllot, InterestShare};

/// Contracts that one decision is about.
const CHUNK: usize = 500;

/// What becomes of the interest of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterestLine {
    /// The line by which the bank credited it.
    pub line: BankLineId,
    /// The day of the line.
    pub booked_on: Day,
    /// How much, fen.
    pub amount: Fen,
    /// Whose it is by the rules of that day; none where they do not say, and then all of it is kept.
    pub owner: Option<Owner>,
    /// Contracts that get a part.
    pub contracts: u64,
    /// What they get, fen.
    pub allotted: Fen,
    /// What stays in `interest`, fen.
    pub kept: Fen,
    /// Contracts that got their part just now.
    pub now: u64,
}

/// A line with the shares computed for it.
struct Computed {
    line: InterestLine,
    shares: Vec<InterestShare>,
    policy: ledger::Hash,
}

fn sum(_: FenError) -> AppError {
    Corrupt { what: "sum of money" }.into()
}

/// The refund by which a contract gets its part of a line: the same whoever computes it.
fn refund_of(line: BankLineId, contract: kernel::ContractId) -> RefundId {
    RefundId::new(id_of(&ledger::digest(tags::BANK_FILE, format!("interest\n{line}\n{contract}").as_bytes())))
}

/// A move of money as far as interest goes.
enum Step {
    /// Of a contract: to be refunded or not, since when, how much.
    Contract(kernel::ContractId, bool, Day, Fen),
    /// Of all that lies in custody.
    Custody(Day, Fen),
    /// The bank credited interest.
    Credit(InterestCredited),
}

/// The steps of an entry.
fn steps(body: &Body, on: Day, steps: &mut Vec<Step>) -> Result<(), FenError> {
    for posting in body.postings()? {
        match posting.account {
            Account::BankCustody => steps.push(Step::Custody(on, posting.fen)),
            Account::Prepaid(id) | Account::Disputed(id) | Account::Refund(id) => {
                let refund = matches!(posting.account, Account::Refund(_));
                steps.push(Step::Contract(id, refund, on, posting.fen.checked_neg()?));
            }
            Account::Payable | Account::BankDeposit | Account::Deposit | Account::Interest | Account::Suspense => {}
        }
    }
    if let Body::InterestCredited(d) = body {
        steps.push(Step::Credit(d.clone()));
    }
    Ok(())
}

/// What lay there before a credit, by fen and days.
fn fen_days<'a>(before: impl Iterator<Item = &'a Step>, period: Period, owner: Owner) -> Result<FenDays, FenError> {
    let mut days = FenDays::default();
    for step in before {
        match step {
            Step::Contract(contract, refund, on, fen) if owner == Owner::Families || *refund => {
                days.contract(period, *contract, *on, *fen)?;
            }
            Step::Custody(on, fen) => days.custody(period, *on, *fen)?,
            Step::Contract(..) | Step::Credit(_) => {}
        }
    }
    Ok(days)
}

impl App {
    /// Allots what the bank credited to an institution's account and the rules say whose it is. What was
    /// allotted stays; with a dry run nothing is booked.
    ///
    /// # Errors
    /// Not found, denied; refused where there is interest and no rule says whose it is.
    pub async fn interest_allot(&self, call: &Call, id: InstitutionId) -> Result<Vec<InterestLine>, AppError> {
        let ledger = self.ledger_of_allowed(call.principal.as_ref(), &[Action::InterestAllot], id).await?;
        let lines = self.interest_book(call, &ledger, id).await?;
        if !lines.is_empty() && lines.iter().all(|line| line.owner.is_none()) {
            let violations = vec![Violation::of(RuleId::InterestOwner).with("families|refunds", "-").into()];
            return Err(AppError::refused(Refusal::Rules { violations }));
        }
        Ok(lines)
    }

    /// The clock's part: every institution with interest that is nobody's yet, once a day. Returns how many
    /// contracts got something.
    ///
    /// # Errors
    /// [`AppError`] of the database.
    pub(crate) async fn interest_clock(&self, ledger: &Ledger, turn: Turn) -> Result<u64, AppError> {
        // A look at the ledger as it is does for all days that were missed.
        if turn.day.plus_days(1).ok() != Some(turn.now.day()) {
            return Ok(0);
        }
        let institutions = store::institutions_in_custody(&self.store.read(), ledger.id()).await?;
        let call = Call { principal: None, now: turn.now, key: None, dry_run: false };
        let mut done = 0_u64;
        for institution in institutions {
            let row = store::institution_load(&self.store.read(), ledger.id(), &[institution]).await?.pop();
            if row.is_some_and(|row| row.interest > Fen::ZERO) {
                let lines = self.interest_book(&call, ledger, institution).await?;
                done = lines.iter().fold(done, |done, line| done.saturating_add(line.now));
            }
        }
        Ok(done)
    }

    async fn interest_book(
        &self,
        call: &Call,
        ledger: &Ledger,
        institution: InstitutionId,
    ) -> Result<Vec<InterestLine>, AppError> {
        let mut lines = Vec::new();
        for mut computed in self.interest_computed(ledger, institution).await? {
            for shares in computed.shares.chunks(CHUNK) {
                let (line, policy) = (computed.line.line, computed.policy);
                let verb = InterestAllot { institution, line, shares: shares.to_vec(), policy };
                let verb: Box<dyn Verb> = Box::new(verb);
                let call = Call { key: None, ..call.clone() };
                for answer in self.submit_all(ledger, vec![(call, verb)]).await {
                    let made = u64::try_from(answer?.entries.len()).unwrap_or(u64::MAX);
                    computed.line.now = computed.line.now.saturating_add(made);
                }
            }
            lines.push(computed.line);
        }
        Ok(lines)
    }

    /// Every credit of interest with its shares, in the order of the chain; of each share only what is not
    /// allotted yet.
    async fn interest_computed(&self, ledger: &Ledger, institution: InstitutionId) -> Result<Vec<Computed>, AppError> {
        let read = self.store.read();
        self.rulebook.refresh(&read).await?;
        // The last first, as they are read.
        let mut all = Vec::new();
        let mut allotted = BTreeSet::new();
        entries_back(&read, ledger.id(), institution, None, |entry| {
            if let Body::InterestAllotted(d) = &entry.body {
                allotted.insert(d.refund);
            }
            let corrupt = |_| StoreError::Corrupt { table: "entry", what: "postings" };
            steps(&entry.body, entry.header.effective_on, &mut all).map_err(corrupt)
        })
        .await?;
        let (mut days, mut computed) = (BTreeSet::<Day>::new(), Vec::new());
        for (at, step) in all.iter().enumerate().rev() {
            let Step::Credit(d) = step else { continue };
            // Two credits of one day are for the same days.
            let from = days.range(..d.booked_on).next_back().copied();
            days.insert(d.booked_on);
            let dated = self.rulebook.on(ledger.region(), d.booked_on)?;
            let owner = dated.policy.interest_owner.in_force().map(|rule| rule.value);
            let shared = match owner {
                Some(owner) => {
                    let before = all.iter().skip(at.saturating_add(1));
                    let weights = fen_days(before, Period { from, until: d.booked_on }, owner).map_err(sum)?;
                    weights.share(d.amount_fen).map_err(sum)?
                }
                None => Shares { contracts: Vec::new(), kept: d.amount_fen },
            };
            let line = InterestLine {
                line: d.line,
                booked_on: d.booked_on,
                amount: d.amount_fen,
                owner,
                contracts: u64::try_from(shared.contracts.len()).unwrap_or(u64::MAX),
                allotted: d.amount_fen.checked_sub(shared.kept).map_err(sum)?,
                kept: shared.kept,
                now: 0,
            };
            let shares = shared.contracts.into_iter().filter_map(|(contract, amount)| {
                let refund = refund_of(d.line, contract);
                (!allotted.contains(&refund)).then_some(InterestShare { contract, refund, amount })
            });
            computed.push(Computed { line, shares: shares.collect(), policy: dated.hash });
        }
        Ok(computed)
    }
}
