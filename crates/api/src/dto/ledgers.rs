//! Ledgers, entries, proofs.

use app::proofs::Inclusion;
use app::read::{EntryRow, LedgerInfo};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::w;
use crate::wire::Text;

/// A ledger.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct LedgerBody {
    /// Id.
    pub id: w::LedgerId,
    /// The county that it supervises.
    pub region: w::RegionCode,
    /// Origin of its checkpoints.
    pub origin: String,
    /// Key of its checkpoints, as C2SP signed notes write it.
    pub vkey: String,
    /// Entries.
    pub size: w::Seq,
    /// Entries that the latest checkpoint covers.
    pub checkpoint_size: w::Seq,
    /// Does it accept writes?
    pub accepts_writes: bool,
}

impl From<LedgerInfo> for LedgerBody {
    fn from(info: LedgerInfo) -> LedgerBody {
        LedgerBody {
            id: Text(info.id),
            region: Text(info.region),
            origin: info.origin,
            vkey: info.vkey,
            size: Text(info.size),
            checkpoint_size: Text(info.checkpoint_size),
            accepts_writes: info.accepts_writes,
        }
    }
}

/// An entry.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct EntryBody {
    /// Number in the ledger.
    pub seq: w::Seq,
    /// Type of entry.
    #[serde(rename = "type")]
    pub entry_type: String,
    /// Leaf hash.
    pub leaf_hash: w::Hash,
    /// When it was recorded.
    pub recorded_at: w::Instant,
    /// The day on which it takes effect.
    pub effective_on: w::Day,
    /// The exact bytes that are hashed, as text.
    pub bytes: String,
    /// The same, read.
    #[schema(value_type = Object)]
    pub entry: Value,
    /// Address of its receipt.
    pub receipt: String,
}

impl From<EntryRow> for EntryBody {
    fn from(row: EntryRow) -> EntryBody {
        let leaf = ledger::Hash::new(row.leaf_hash);
        EntryBody {
            seq: Text(row.seq),
            entry_type: row.entry_type.to_string(),
            leaf_hash: Text(leaf),
            recorded_at: Text(row.recorded_at),
            effective_on: Text(row.effective_on),
            entry: serde_json::from_slice(&row.bytes).unwrap_or(Value::Null),
            bytes: String::from_utf8_lossy(&row.bytes).into_owned(),
            receipt: format!("/v1/receipts/{leaf}"),
        }
    }
}

/// In which tree an inclusion proof is asked.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ProofQuery {
    /// Entries of the tree; those of the latest checkpoint where nothing is said.
    #[param(value_type = Option<w::Seq>)]
    pub size: Option<w::Seq>,
}

/// An inclusion proof.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ProofBody {
    /// Leaf index.
    pub index: w::Seq,
    /// Entries of the tree.
    pub size: w::Seq,
    /// Leaf hash.
    pub leaf_hash: w::Hash,
    /// From the leaf upwards.
    pub hashes: Vec<w::Hash>,
}

impl From<Inclusion> for ProofBody {
    fn from(proof: Inclusion) -> ProofBody {
        ProofBody {
            index: Text(proof.index),
            size: Text(proof.size),
            leaf_hash: Text(proof.leaf),
            hashes: proof.hashes.into_iter().map(Text).collect(),
        }
    }
}

/// Between which trees consistency is asked.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ConsistencyQuery {
    /// Entries of the earlier tree.
    #[param(value_type = w::Seq)]
    pub from: w::Seq,
    /// Entries of the later tree.
    #[param(value_type = w::Seq)]
    pub to: w::Seq,
}

/// A consistency proof.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ConsistencyBody {
    /// Entries of the earlier tree.
    pub from: w::Seq,
    /// Entries of the later tree.
    pub to: w::Seq,
    /// As RFC 6962 orders them.
    pub hashes: Vec<w::Hash>,
}
