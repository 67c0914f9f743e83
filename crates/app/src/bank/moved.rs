//! What a decision about the bank needs to know beside the rows: the last statements, suspended lines,
//! and what entries moved whose effect is after a day, so that the end of that day can be told.

use kernel::{Day, Fen, Instant, InstitutionId, LedgerId};
use ledger::body::BankDirection;
use ledger::{Account, Body, EntryType};
use registry::Institution;
use store::{Conn, EntryBack, StoreError, Tx};

use crate::refusal::Corrupt;
use crate::working_set::{Wanted, WorkingSet};

/// Entries read at first: about what an institution has on a day.
const FIRST_PAGE: u32 = 16;
/// Most entries read at once.
const PAGE: u32 = 512;

/// Sums by account, as what is owed; a difference may be negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// `prepaid`.
    pub prepaid: Fen,
    /// `disputed`.
    pub disputed: Fen,
    /// `refund`.
    pub refund: Fen,
    /// `payable`.
    pub payable: Fen,
    /// `interest`.
    pub interest: Fen,
    /// Credits in suspense.
    pub suspended_in: Fen,
    /// Debits in suspense.
    pub suspended_out: Fen,
}

const SUMS: Corrupt = Corrupt { what: "sums of a day" };

impl Moved {
    /// The sums of an institution now.
    pub fn now(institution: &Institution) -> Moved {
        Moved {
            prepaid: institution.prepaid,
            disputed: institution.disputed,
            refund: institution.refund,
            payable: institution.payable,
            interest: institution.interest,
            suspended_in: institution.suspended_in,
            suspended_out: institution.suspended_out,
        }
    }

    /// Adds what an entry moved.
    ///
    /// # Errors
    /// [`Corrupt`].
    pub fn add(&mut self, body: &Body) -> Result<(), Corrupt> {
        let suspended = match body {
            Body::BankLineSuspended(d) => Some((d.direction, d.amount_fen)),
            Body::SuspenseCleared(d) => Some((d.direction, d.amount_fen.checked_neg().map_err(|_| SUMS)?)),
            _ => None,
        };
        if let Some((direction, fen)) = suspended {
            let sum = match direction {
                BankDirection::Credit => &mut self.suspended_in,
                BankDirection::Debit => &mut self.suspended_out,
            };
            *sum = sum.checked_add(fen).map_err(|_| SUMS)?;
            return Ok(());
        }
        for posting in body.postings().map_err(|_| SUMS)? {
            let sum = match posting.account {
                Account::Prepaid(_) => &mut self.prepaid,
                Account::Disputed(_) => &mut self.disputed,
                Account::Refund(_) => &mut self.refund,
                Account::Payable => &mut self.payable,
                Account::Interest => &mut self.interest,
                Account::BankCustody | Account::BankDeposit | Account::Deposit | Account::Suspense => continue,
            };
            *sum = sum.checked_sub(posting.fen).map_err(|_| SUMS)?;
        }
        Ok(())
    }

    /// These sums without what moved later.
    ///
    /// # Errors
    /// [`Corrupt`].
    pub fn before(self, later: &Moved) -> Result<Moved, Corrupt> {
        let less = |now: Fen, later: Fen| now.checked_sub(later).map_err(|_| SUMS);
        Ok(Moved {
            prepaid: less(self.prepaid, later.prepaid)?,
            disputed: less(self.disputed, later.disputed)?,
            refund: less(self.refund, later.refund)?,
            payable: less(self.payable, later.payable)?,
            interest: less(self.interest, later.interest)?,
            suspended_in: less(self.suspended_in, later.suspended_in)?,
            suspended_out: less(self.suspended_out, later.suspended_out)?,
        })
    }

    /// What is owed: all liabilities, and credits that nothing explains.
    ///
    /// # Errors
    /// [`Corrupt`].
    pub fn required(&self) -> Result<Fen, Corrupt> {
        let owed = [self.prepaid, self.disputed, self.refund, self.payable, self.interest, self.suspended_in];
        Fen::try_sum(owed).map_err(|_| SUMS)
    }
}

/// The entries of an institution that were recorded at or after an instant, the last first.
pub(crate) async fn entries_since(
    conn: &impl Conn,
    id: &LedgerId,
    institution: InstitutionId,
    since: Instant,
    each: impl FnMut(&ledger::Entry) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    entries_back(conn, id, institution, Some(since), each).await
}

/// The same of these types alone: the bytes of the others are not looked at.
pub(crate) async fn entries_of_types_since(
    conn: &impl Conn,
    id: &LedgerId,
    institution: InstitutionId,
    since: Instant,
    types: &[EntryType],
    each: impl FnMut(&ledger::Entry) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    back(conn, id, institution, Some(since), |row| types.iter().any(|of| row.entry_type == of.as_str()), each).await
}

/// All entries of an institution, or those that were recorded at or after an instant, the last first.
pub(crate) async fn entries_back(
    conn: &impl Conn,
    id: &LedgerId,
    institution: InstitutionId,
    since: Option<Instant>,
    each: impl FnMut(&ledger::Entry) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    back(conn, id, institution, since, |_| true, each).await
}

async fn back(
    conn: &impl Conn,
    id: &LedgerId,
    institution: InstitutionId,
    since: Option<Instant>,
    wanted: impl Fn(&EntryBack) -> bool,
    mut each: impl FnMut(&ledger::Entry) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let (mut before, mut limit) = (None, FIRST_PAGE);
    loop {
        let rows = store::entries_of_institution_back(conn, id, institution, before, limit).await?;
        for row in &rows {
            if since.is_some_and(|since| row.recorded_at < since) {
                return Ok(());
            }
            before = Some(row.institution_seq);
            if !wanted(row) {
                continue;
            }
            let entry =
                ledger::decode(&row.bytes).map_err(|_| StoreError::Corrupt { table: "entry", what: "bytes" })?;
            each(&entry)?;
        }
        if rows.len() < usize::try_from(limit).unwrap_or(usize::MAX) {
            return Ok(());
        }
        limit = limit.saturating_mul(4).min(PAGE);
    }
}

/// What entries moved whose effect is after a day: they were all recorded after it.
async fn moved_after(tx: &Tx, id: &LedgerId, institution: InstitutionId, on: Day) -> Result<Moved, StoreError> {
    let corrupt = || StoreError::Corrupt { table: "entry", what: "postings" };
    let next = on.plus_days(1).map_err(|_| corrupt())?;
    let since = Instant::start_of(next).map_err(|_| corrupt())?;
    let mut moved = Moved::default();
    entries_since(tx, id, institution, since, |entry| {
        if entry.header.effective_on > on {
            moved.add(&entry.body).map_err(|_| corrupt())?;
        }
        Ok(())
    })
    .await?;
    Ok(moved)
}

/// Loads what decisions about the bank want.
pub(crate) async fn load(
    tx: &Tx,
    id: &LedgerId,
    wanted: &mut Wanted,
    state: &mut WorkingSet,
) -> Result<(), StoreError> {
    let lines: Vec<_> = wanted.suspended.iter().copied().collect();
    for line in store::suspended_line_load(tx, id, &lines).await? {
        wanted.institutions.insert(line.institution);
        state.suspended.load(line.id, line);
    }
    let things: Vec<_> = wanted.bank_things.iter().copied().collect();
    for line in store::bank_lines_matched(tx, id, &things).await? {
        if let Some(thing) = line.matched {
            let count = state.bank_matched.entry((thing, line.direction)).or_default();
            *count = count.saturating_add(1);
        }
    }
    for institution in wanted.deposits.iter().copied() {
        wanted.institutions.insert(institution);
        for row in store::desk_entries(tx, id, institution).await? {
            let corrupt = |_| StoreError::Corrupt { table: "entry", what: "bytes" };
            if let Body::DepositPaid(d) = ledger::decode(&row.bytes).map_err(corrupt)?.body {
                state.references.insert((institution, *d.reference.as_bytes()));
            }
        }
    }
    for institution in wanted.statements.iter().copied() {
        wanted.institutions.insert(institution);
        for statement in store::statements_last(tx, id, institution).await? {
            state.statements.load(statement.id, statement);
        }
    }
    for (institution, on) in wanted.reconciliations.iter().copied() {
        wanted.institutions.insert(institution);
        let custody = escrow::bank::AccountKind::Custody;
        if let Some(statement) = store::statement_of_day(tx, id, institution, custody, on).await? {
            state.statements.load(statement.id, statement);
        }
        if let Some(before) = store::reconciliation_of_day(tx, id, institution, on).await? {
            state.reconciliations.load((institution, on), before);
        }
        state.moved_after.insert((institution, on), moved_after(tx, id, institution, on).await?);
    }
    Ok(())
}
