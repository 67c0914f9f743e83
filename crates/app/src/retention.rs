//! How long the records of families are kept, whose time is over, and erasing them. The period is
//! policy (`records_kept_years`, with its source); what is erased is decided by an officer.

use std::collections::BTreeSet;
use std::sync::Arc;

use access::{Action, Target};
use kernel::{ContractId, Day, Instant, LedgerId, RegionCode, SubjectId};
use ledger::body::ErasureGround;

use crate::error::AppError;
use crate::ledgers::{App, Call, Ledger};
use crate::read::{Viewer, allow};
use crate::verbs::{FamilyContract, PersonErase, erasable_on};
use crate::writer::Outcome;

/// Contracts of a family that are read at once.
const CONTRACTS_MAX: u32 = 1000;

/// What holds in a region on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    /// The region.
    pub region: RegionCode,
    /// The day.
    pub on: Day,
    /// Years for which records are kept; none where no rule says so.
    pub kept_years: Option<u16>,
    /// The source of the rule, or of the statement that there is none.
    pub source: String,
    /// Families whose time is over.
    pub due: Vec<Due>,
    /// The guardian after whom the next page begins.
    pub next: Option<SubjectId>,
}

/// A family whose time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The guardian.
    pub guardian: SubjectId,
    /// How many contracts.
    pub contracts: u64,
    /// The last day on which something happened.
    pub last_on: Day,
    /// The first day on which it may be erased.
    pub erasable_on: Day,
}

impl App {
    /// Whose records are due in a county: what would be erased.
    ///
    /// # Errors
    /// [`AppError::Denied`], [`AppError::NoLedger`].
    pub async fn retention(
        &self,
        viewer: Viewer<'_>,
        region: RegionCode,
        now: Instant,
        after: Option<SubjectId>,
        limit: u32,
    ) -> Result<Retention, AppError> {
        allow(viewer, &[Action::RetentionRead], &Target::Region(region), "region")?;
        self.retention_of(region, now, after, limit).await
    }

    /// The same for the installation itself.
    ///
    /// # Errors
    /// [`AppError::NoLedger`], [`AppError`] of the database.
    pub async fn retention_of(
        &self,
        region: RegionCode,
        now: Instant,
        after: Option<SubjectId>,
        limit: u32,
    ) -> Result<Retention, AppError> {
        let ledger = self.ledger(&LedgerId::first_of(region)).await?.ok_or(AppError::NoLedger { region })?;
        let today = now.day();
        let policy = self.policies().resolve(region, today)?;
        let setting = &policy.records_kept_years;
        let mut retention = Retention {
            region,
            on: today,
            kept_years: setting.in_force().map(|rule| rule.value),
            source: setting.source().to_owned(),
            due: Vec::new(),
            next: None,
        };
        let Some(years) = retention.kept_years else { return Ok(retention) };
        let months = i32::from(years).saturating_mul(12).saturating_neg();
        let Ok(before) = today.plus_months(months).and_then(Instant::start_of) else { return Ok(retention) };
        let read = self.store.read();
        let rows = store::quiet_families(&read, ledger.id(), before, after, limit).await?;
        if rows.len() >= usize::try_from(limit).unwrap_or(usize::MAX) {
            retention.next = rows.last().map(|row| row.guardian);
        }
        for row in rows {
            let last_on = row.last_at.day().max(row.last_lesson_on);
            let Some((erasable_on, _)) = erasable_on(&policy, last_on) else { continue };
            if erasable_on <= today {
                retention.due.push(Due { guardian: row.guardian, contracts: row.contracts, last_on, erasable_on });
            }
        }
        Ok(retention)
    }

    /// Erases a family.
    ///
    /// # Errors
    /// [`AppError::Denied`], not found, refused while rules stand against it.
    pub async fn family_erase(
        &self,
        call: Call,
        region: RegionCode,
        guardian: SubjectId,
        ground: ErasureGround,
    ) -> Result<(Arc<Ledger>, Outcome), AppError> {
        if let Some(principal) = &call.principal {
            // Before anything is looked up.
            allow(Some(principal), &[Action::PersonErase], &Target::Region(region), "person")?;
        }
        let ledger = self.ledger(&LedgerId::first_of(region)).await?.ok_or(AppError::NoLedger { region })?;
        let verb = self.family(&ledger, guardian, ground).await?;
        let outcome = self.submit(&ledger, call, verb).await?;
        Ok((ledger, outcome))
    }

    async fn family(
        &self,
        ledger: &Ledger,
        guardian: SubjectId,
        ground: ErasureGround,
    ) -> Result<PersonErase, AppError> {
        let (read, id) = (self.store.read(), ledger.id());
        let filter = store::ContractFilter { guardian: Some(guardian), ..store::ContractFilter::default() };
        let mut drafts = Vec::new();
        let mut after: Option<ContractId> = None;
        loop {
            let page = store::drafts_page(&read, id, &filter, after, CONTRACTS_MAX).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.terms.id);
            drafts.extend(page);
        }
        let mut pupils: Vec<SubjectId> = drafts.iter().map(|draft| draft.terms.pupil).collect();
        // What the guardian handed to others counts as long as it runs; its pupil is theirs no more.
        let handed = store::transfers_of_guardian(&read, id, guardian).await?;
        pupils.extend(handed.iter().map(|transfer| transfer.from_pupil));
        let handed: BTreeSet<ContractId> = handed.iter().map(|transfer| transfer.contract).collect();
        let own: BTreeSet<ContractId> = drafts.iter().map(|draft| draft.terms.id).collect();
        drafts.extend(store::draft_load(&read, id, &handed.difference(&own).copied().collect::<Vec<_>>()).await?);
        if drafts.is_empty() {
            return Err(AppError::not_found("person"));
        }
        let mut contracts = Vec::with_capacity(drafts.len());
        for draft in &drafts {
            let account = store::account_load(&read, id, &[draft.terms.id]).await?.pop();
            let last_seq = account.as_ref().map_or(0, |account| account.last_seq);
            let last = match last_seq.checked_sub(1) {
                Some(before) => store::entries_of_contract(&read, id, draft.terms.id, before, 1).await?.pop(),
                None => None,
            };
            let last_on = last.map_or(draft.created_at.day(), |entry| entry.recorded_at.day());
            let last_on = if account.is_some() { last_on.max(draft.terms.last_lesson_on) } else { last_on };
            contracts.push(FamilyContract { contract: draft.terms.id, last_seq, last_on });
        }
        pupils.sort_unstable();
        pupils.dedup();
        Ok(PersonErase { guardian, pupils, contracts, ground })
    }
}
