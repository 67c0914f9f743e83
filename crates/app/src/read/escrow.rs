//! An institution's money: settlements, holds, balances now and at an earlier entry or day.

use access::Action;
use escrow::{Hold, Settlement};
use kernel::{Day, Fen, HoldId, InstitutionId, SettlementId};
use ledger::Account;

use super::page::{Page, Paged, across};
use super::registry::institution_target;
use super::{Thing, Viewer, allow};
use crate::error::AppError;
use crate::ledgers::{App, Ledger};
use crate::refusal::Corrupt;

/// Balances of an institution after an entry of its ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balances {
    /// Number of the institution's last entry that is counted, in the ledger.
    pub as_of_seq: u64,
    /// `bank:custody`.
    pub custody: Fen,
    /// Sum of `prepaid:*`.
    pub prepaid: Fen,
    /// Sum of `disputed:*`.
    pub disputed: Fen,
    /// Sum of `refund:*`.
    pub refund: Fen,
    /// `payable`.
    pub payable: Fen,
    /// `interest`.
    pub interest: Fen,
    /// `suspense`; negative when more went out unexplained than came in.
    pub suspense: Fen,
    /// `bank:deposit`, which equals `deposit`.
    pub deposit: Fen,
}

/// Entries replayed at once.
const PAGE: u32 = 1024;

impl App {
    /// Settlements of an institution.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn settlements(
        &self,
        viewer: Viewer<'_>,
        institution: InstitutionId,
        page: &Page,
    ) -> Result<Paged<Settlement>, AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::BalancesRead], institution).await?;
        across!(
            vec![ledger],
            page,
            |ledger, after, limit| store::settlements_page(
                &self.store().read(),
                ledger.id(),
                Some(institution),
                None,
                after,
                limit
            )
            .await?,
            |item| item.id.to_string()
        )
    }

    /// One settlement.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn settlement(&self, viewer: Viewer<'_>, id: SettlementId) -> Result<Settlement, AppError> {
        if viewer.is_none() {
            return Err(AppError::NotSignedIn);
        }
        let ledger = self.ledger_with(viewer, Thing::Settlement(id)).await?;
        let found = store::settlement_load(&self.store().read(), ledger.id(), &[id]).await?.pop();
        let found = found.ok_or_else(|| AppError::not_found("settlement"))?;
        allow(viewer, &[Action::BalancesRead], &institution_target(&ledger, found.institution), "settlement")?;
        Ok(found)
    }

    /// Holds on an institution.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn holds(
        &self,
        viewer: Viewer<'_>,
        institution: InstitutionId,
        page: &Page,
    ) -> Result<Paged<Hold>, AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::InstitutionReadFull], institution).await?;
        across!(
            vec![ledger],
            page,
            |ledger, after, limit| store::holds_page(
                &self.store().read(),
                ledger.id(),
                Some(institution),
                None,
                after,
                limit
            )
            .await?,
            |item: &Hold| HoldId::to_string(&item.id)
        )
    }

    /// Balances now, or after the institution's last entry up to a number or a day of recording.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn balances(
        &self,
        viewer: Viewer<'_>,
        id: InstitutionId,
        as_of_seq: Option<u64>,
        on: Option<Day>,
    ) -> Result<Balances, AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::BalancesRead], id).await?;
        if as_of_seq.is_some() || on.is_some() {
            return self.balances_replayed(&ledger, id, as_of_seq, on).await;
        }
        let now = self.institution_in(&ledger, id).await?;
        let before_last = now.last_seq.saturating_sub(1);
        let last = store::entries_of_institution(&self.store().read(), ledger.id(), id, before_last, 1).await?;
        let as_of_seq = last.first().ok_or(Corrupt { what: "institution without entries" })?.seq;
        Ok(Balances {
            as_of_seq,
            custody: now.custody,
            prepaid: now.prepaid,
            disputed: now.disputed,
            refund: now.refund,
            payable: now.payable,
            interest: now.interest,
            suspense: now
                .suspended_in
                .checked_sub(now.suspended_out)
                .map_err(|_| Corrupt { what: "suspended lines" })?,
            deposit: now.deposit,
        })
    }

    async fn balances_replayed(
        &self,
        ledger: &Ledger,
        id: InstitutionId,
        as_of_seq: Option<u64>,
        on: Option<Day>,
    ) -> Result<Balances, AppError> {
        let zero = Fen::ZERO;
        let mut sums = Balances {
            as_of_seq: 0,
            custody: zero,
            prepaid: zero,
            disputed: zero,
            refund: zero,
            payable: zero,
            interest: zero,
            suspense: zero,
            deposit: zero,
        };
        let mut after = 0;
        loop {
            let rows = store::entries_of_institution(&self.store().read(), ledger.id(), id, after, PAGE).await?;
            let last_page = u32::try_from(rows.len()).is_ok_and(|rows| rows < PAGE);
            for row in rows {
                let counted =
                    as_of_seq.is_none_or(|seq| row.seq <= seq) && on.is_none_or(|on| row.recorded_at.day() <= on);
                if !counted {
                    return sums.if_begun();
                }
                sums.add(&row.bytes)?;
                sums.as_of_seq = row.seq;
                after = row.institution.map_or(after, |(_, seq)| seq);
            }
            if last_page {
                return sums.if_begun();
            }
        }
    }
}

impl Balances {
    /// Before its first entry an institution has no balances.
    fn if_begun(self) -> Result<Balances, AppError> {
        // Entry 0 of a ledger opens it; no institution has it.
        if self.as_of_seq == 0 { Err(AppError::not_found("institution")) } else { Ok(self) }
    }

    fn add(&mut self, bytes: &[u8]) -> Result<(), AppError> {
        let unsound = Corrupt { what: "postings of an entry" };
        let entry = ledger::decode(bytes)?;
        for posting in entry.body.postings().map_err(|_| unsound)? {
            let sum = match posting.account {
                Account::BankCustody => &mut self.custody,
                Account::Prepaid(_) => &mut self.prepaid,
                Account::Disputed(_) => &mut self.disputed,
                Account::Refund(_) => &mut self.refund,
                Account::Payable => &mut self.payable,
                Account::Interest => &mut self.interest,
                Account::Suspense => &mut self.suspense,
                Account::Deposit => &mut self.deposit,
                // The other side of the deposit says the same.
                Account::BankDeposit => continue,
            };
            // Liabilities are negative when they grow; balances show what is owed.
            let moved =
                if posting.account.is_asset() { sum.checked_add(posting.fen) } else { sum.checked_sub(posting.fen) };
            *sum = moved.map_err(|_| unsound)?;
        }
        Ok(())
    }
}
