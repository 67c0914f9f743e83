//! The refunds of an institution that are not over: what they wait for, since when, and sums by age.

use access::Action;
use escrow::{Refund, RefundState};
use kernel::{Day, Fen, Instant, InstitutionId, RefundId};

use super::Viewer;
use crate::error::AppError;
use crate::ledgers::App;
use crate::refusal::Corrupt;

/// Sums of the refunds of one age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundAge {
    /// Since the request, days, at least.
    pub from_days: u32,
    /// At most; none for the last.
    pub until_days: Option<u32>,
    /// How many.
    pub count: u32,
    /// Their sum, fen.
    pub amount: Fen,
}

/// A refund that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundWaiting {
    /// The refund.
    pub refund: Refund,
    /// The day that it waits for.
    pub due_on: Option<Day>,
    /// Days since that day; 0 while it is not past.
    pub days_overdue: u32,
}

/// The queue of an institution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundQueue {
    /// The day it is seen from.
    pub on: Day,
    /// By age since the request.
    pub ages: Vec<RefundAge>,
    /// How many are past their day.
    pub overdue: u32,
    /// Their sum, fen.
    pub overdue_amount: Fen,
    /// The longest overdue first, at most 200.
    pub items: Vec<RefundWaiting>,
}

/// Most refunds that are shown one by one.
pub const ITEMS_MAX: usize = 200;
/// Rows read in one go.
const PAGE: u32 = 1_000;
/// Ages in days since the request: the national pay-back terms (5 and 15 days), a month, longer.
const AGES: [(u32, Option<u32>); 4] = [(0, Some(5)), (6, Some(15)), (16, Some(30)), (31, None)];

/// The day that a refund waits for.
pub(crate) fn due_on(refund: &Refund) -> Option<Day> {
    match refund.state {
        RefundState::Requested => refund.answer_by_on,
        RefundState::Objected => refund.decide_by_on,
        RefundState::Consented => refund.pay_by_on,
        RefundState::Refused | RefundState::Withdrawn | RefundState::Paid => None,
    }
}

fn days_since(on: Day, then: Option<Day>) -> u32 {
    then.map_or(0, |then| u32::try_from(then.days_until(on)).unwrap_or(0))
}

impl App {
    /// The refunds of an institution that are not over.
    ///
    /// # Errors
    /// Not found, denied.
    pub async fn refund_queue(
        &self,
        viewer: Viewer<'_>,
        now: Instant,
        id: InstitutionId,
    ) -> Result<RefundQueue, AppError> {
        let ledger = self.ledger_of_allowed(viewer, &[Action::RefundQueueRead], id).await?;
        let read = self.store().read();
        let on = now.day();
        let mut items = Vec::new();
        for state in [RefundState::Requested, RefundState::Objected, RefundState::Consented] {
            let mut after: Option<RefundId> = None;
            loop {
                let page = store::refunds_page(&read, ledger.id(), Some(id), None, Some(state), after, PAGE).await?;
                after = page.last().map(|refund| refund.id);
                items.extend(page.into_iter().map(|refund| {
                    let due_on = due_on(&refund);
                    RefundWaiting { days_overdue: days_since(on, due_on), due_on, refund }
                }));
                if after.is_none() {
                    break;
                }
            }
        }
        let sum = |chosen: &mut dyn Iterator<Item = &RefundWaiting>| {
            Fen::try_sum(chosen.map(|item| item.refund.amount)).map_err(|_| Corrupt { what: "sum of refunds" })
        };
        let mut ages = Vec::new();
        for (from_days, until_days) in AGES {
            let fits = |item: &&RefundWaiting| {
                let age = days_since(on, item.refund.requested_on);
                age >= from_days && until_days.is_none_or(|until| age <= until)
            };
            let count = u32::try_from(items.iter().filter(fits).count()).unwrap_or(u32::MAX);
            ages.push(RefundAge { from_days, until_days, count, amount: sum(&mut items.iter().filter(fits))? });
        }
        let late = |item: &&RefundWaiting| item.days_overdue > 0;
        let overdue = u32::try_from(items.iter().filter(late).count()).unwrap_or(u32::MAX);
        let overdue_amount = sum(&mut items.iter().filter(late))?;
        items.sort_by_key(|item| (std::cmp::Reverse(item.days_overdue), item.due_on, item.refund.id));
        items.truncate(ITEMS_MAX);
        Ok(RefundQueue { on, ages, overdue, overdue_amount, items })
    }
}
