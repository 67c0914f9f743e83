//! Objections to refunds, and the queue of refunds that are not over.

use app::read::{RefundQueue, RefundWaiting};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::escrow::RefundBody;
use crate::w;
use crate::wire::Text;

/// An objection.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundObjectionRequest {
    /// On which ground.
    pub reason: w::RefundObjection,
    /// The objection in words, with its evidence. Not in the ledger; a commitment to it is.
    pub text: w::Reasons,
}

/// A decision on an objection.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundDecisionRequest {
    /// For whom.
    pub decision: w::DisputeDecision,
    /// The reasons. Not in the ledger; a commitment to them is.
    #[serde(default)]
    pub reason: Option<w::Reasons>,
}

/// Sums of refunds that have waited as long.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RefundAgeBody {
    /// Since the request, days, at least.
    pub from_days: u32,
    /// At most; none for the last.
    pub until_days: Option<u32>,
    /// How many.
    pub count: u32,
    /// Their sum, fen.
    pub amount_fen: i64,
}

/// A refund that waits.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RefundWaitingBody {
    /// The refund.
    #[serde(flatten)]
    pub refund: RefundBody,
    /// The day that it waits for: answer, decision or payment.
    pub due_on: Option<w::Day>,
    /// Days since that day; 0 while it is not past.
    pub days_overdue: u32,
}

/// Refunds that are not over.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RefundQueueBody {
    /// The day it is seen from.
    pub on: w::Day,
    /// By age since the request.
    pub ages: Vec<RefundAgeBody>,
    /// How many are past their day.
    pub overdue: u32,
    /// Their sum, fen.
    pub overdue_fen: i64,
    /// The longest overdue first, at most 200.
    pub items: Vec<RefundWaitingBody>,
}

impl From<RefundQueue> for RefundQueueBody {
    fn from(queue: RefundQueue) -> RefundQueueBody {
        let item = |waiting: RefundWaiting| RefundWaitingBody {
            due_on: waiting.due_on.map(Text),
            days_overdue: waiting.days_overdue,
            refund: waiting.refund.into(),
        };
        RefundQueueBody {
            on: Text(queue.on),
            ages: queue
                .ages
                .iter()
                .map(|age| RefundAgeBody {
                    from_days: age.from_days,
                    until_days: age.until_days,
                    count: age.count,
                    amount_fen: age.amount.fen(),
                })
                .collect(),
            overdue: queue.overdue,
            overdue_fen: queue.overdue_amount.fen(),
            items: queue.items.into_iter().map(item).collect(),
        }
    }
}
