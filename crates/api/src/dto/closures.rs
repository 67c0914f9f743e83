//! Failed institutions: closure packs and mass refunds.

use app::offers::{OfferView, TransferAcceptance};
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

/// An offer to teach hours that a failed institution left.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferOfferRequest {
    /// Of what kind.
    pub category: w::Category,
    /// For which stage.
    pub stage: w::Stage,
    /// Hours in all.
    pub hours: w::SomeHours,
}

/// Such an offer.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TransferOfferBody {
    /// Id.
    pub id: w::TransferOfferId,
    /// The failed institution.
    pub failed: w::InstitutionId,
    /// Who offers.
    pub institution: w::InstitutionId,
    /// Of what kind.
    pub category: w::Category,
    /// For which stage.
    pub stage: w::Stage,
    /// Hours offered in all.
    pub hours: w::ClassHours,
    /// Of these, not yet accepted.
    pub hours_left: w::ClassHours,
}

impl From<OfferView> for TransferOfferBody {
    fn from(view: OfferView) -> TransferOfferBody {
        TransferOfferBody {
            id: Text(view.offer.id),
            failed: Text(view.offer.failed),
            institution: Text(view.offer.institution),
            category: Text(view.offer.category),
            stage: Text(view.offer.stage),
            hours: Text(view.offer.hours),
            hours_left: Text(view.hours_left),
        }
    }
}

/// Which offer a family accepts.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferAcceptanceRequest {
    /// The offer.
    pub offer: w::TransferOfferId,
}

/// What a family accepted. Nothing is transferred by it: it is refunded, and signs a new contract if it
/// wants to.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct TransferAcceptanceBody {
    /// The contract that was left.
    pub contract: w::ContractId,
    /// The offer.
    pub offer: w::TransferOfferId,
    /// Hours left of the contract then.
    pub hours: w::ClassHours,
}

impl From<TransferAcceptance> for TransferAcceptanceBody {
    fn from(acceptance: TransferAcceptance) -> TransferAcceptanceBody {
        TransferAcceptanceBody {
            contract: Text(acceptance.contract),
            offer: Text(acceptance.offer),
            hours: Text(acceptance.hours),
        }
    }
}
