//! Sealed days.

use app::read::SealView;
use ledger::body::hours_text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::w;
use crate::wire::Text;

/// A sealed day of an institution: what its entries before the seal leave.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct SealBody {
    /// Number of the seal in the ledger.
    pub seq: w::Seq,
    /// Number of the seal among the entries of the institution.
    pub institution_seq: w::Seq,
    /// The day.
    pub sealed_on: w::Day,
    /// Contracts signed so far.
    pub contracts: u64,
    /// Root of the tree of sums over them (docs/LEDGER-FORMAT.md, section 12).
    pub contracts_root: w::Hash,
    /// At the custody bank, fen.
    pub custody_fen: i64,
    /// Owed for lessons not yet taken, fen.
    pub prepaid_fen: i64,
    /// Frozen by disputes, fen.
    pub disputed_fen: i64,
    /// Refunds agreed and not yet paid, fen.
    pub refund_fen: i64,
    /// Earned and not yet paid out, fen.
    pub payable_fen: i64,
    /// Hours left of all contracts, decimal.
    pub hours_left: String,
    /// Leaf hash of the seal's entry.
    pub leaf_hash: w::Hash,
    /// Address of its receipt.
    pub receipt: String,
}

impl From<SealView> for SealBody {
    fn from(view: SealView) -> SealBody {
        let SealView { seq, institution_seq, leaf, seal } = view;
        SealBody {
            seq: Text(seq),
            institution_seq: Text(institution_seq),
            sealed_on: Text(seal.sealed_on),
            contracts: seal.contracts,
            contracts_root: Text(seal.contracts_root),
            custody_fen: seal.custody_fen.fen(),
            prepaid_fen: seal.prepaid_fen.fen(),
            disputed_fen: seal.disputed_fen.fen(),
            refund_fen: seal.refund_fen.fen(),
            payable_fen: seal.payable_fen.fen(),
            hours_left: hours_text(seal.hours_left_hundredths),
            leaf_hash: Text(leaf),
            receipt: format!("/v1/receipts/{leaf}"),
        }
    }
}
