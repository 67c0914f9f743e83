//! Failed institutions: closure packs and mass refunds.

use app::runs::{Run, RunItem};
use escrow::Closure;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::w;
use crate::wire::Text;

/// An order to make the pack of a failed institution.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClosureRequest {
    /// Seals the families' contacts for the liquidator; at least 12 characters. It is kept nowhere.
    pub passphrase: w::Reasons,
}

/// A closure.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ClosureBody {
    /// Id.
    pub id: w::ClosureId,
    /// Of whom.
    pub institution: w::InstitutionId,
    /// Contracts with anything left or owed.
    pub contracts: w::Seq,
    /// Hours left.
    pub hours_left: w::ClassHours,
    /// Owed to families, fen.
    pub owed_fen: i64,
    /// SHA-256 of `manifest.json` in the pack.
    pub manifest: w::Hash,
}

impl From<Closure> for ClosureBody {
    fn from(closure: Closure) -> ClosureBody {
        ClosureBody {
            id: Text(closure.id),
            institution: Text(closure.institution),
            contracts: Text(closure.contracts),
            hours_left: Text(closure.hours_left),
            owed_fen: closure.owed.fen(),
            manifest: Text(ledger::Hash::new(closure.manifest)),
        }
    }
}

/// How many contracts to deal with now.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundRunRequest {
    /// At most so many; all when absent. What is left goes on by itself, or with the next request.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub contracts_max: Option<u32>,
}

/// A mass refund.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RefundRunBody {
    /// Id.
    pub id: w::RunId,
    /// For which institution.
    pub institution: w::InstitutionId,
    /// `running` or `done`.
    pub state: String,
    /// Contracts it is about.
    pub total: w::Seq,
    /// Of these, dealt with.
    pub done: w::Seq,
    /// Of these, refused.
    pub refused: w::Seq,
    /// When it began.
    pub started_at: w::Instant,
    /// When it was over.
    pub ended_at: Option<w::Instant>,
}

impl From<Run> for RefundRunBody {
    fn from(run: Run) -> RefundRunBody {
        RefundRunBody {
            id: Text(run.id),
            institution: Text(run.institution),
            state: if run.over { "done" } else { "running" }.to_owned(),
            total: Text(run.total),
            done: Text(run.done),
            refused: Text(run.refused),
            started_at: Text(run.started_at),
            ended_at: run.ended_at.map(Text),
        }
    }
}

/// What a mass refund did about a contract.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct RefundRunItemBody {
    /// The contract.
    pub contract: w::ContractId,
    /// `refunded`, `nothing_owed` or `refused`.
    pub outcome: String,
    /// The last refund.
    pub refund: Option<w::RefundId>,
    /// What goes back, fen.
    pub amount_fen: i64,
    /// The rule or state that refused.
    pub rule: Option<String>,
}

impl From<RunItem> for RefundRunItemBody {
    fn from(item: RunItem) -> RefundRunItemBody {
        RefundRunItemBody {
            contract: Text(item.contract),
            outcome: item.outcome.to_owned(),
            refund: item.refund.map(Text),
            amount_fen: item.amount.fen(),
            rule: item.rule,
        }
    }
}
