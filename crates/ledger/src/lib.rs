//! The ledger's bytes and what can be proved about them: entries, hash chain, Merkle tree,
//! checkpoints, receipts, exports, replay. No IO of its own, no clock, no randomness, no database.
//! The specification is docs/LEDGER-FORMAT.md.

pub mod body;
pub mod books;
pub mod checkpoint;
pub mod cosignature;
mod diagnose;
pub mod entry;
pub mod export;
pub mod finding;
pub mod hash;
pub mod journal;
pub mod lists;
pub mod log_policy;
pub mod merkle;
pub mod note;
pub mod ordered;
pub mod proof;
pub mod receipt;
pub mod receipt_qr;
pub mod seal;
pub mod signer;
pub mod statement;
pub mod tile;
pub mod verify;
pub mod webhook;
pub mod wire;
pub mod witness;

pub use body::*;
pub use books::Books;
pub use checkpoint::{Checkpoint, CheckpointError};
pub use cosignature::{Cosignature, WitnessKey, cosignature_in};
pub use entry::{Actor, ENTRY_BYTES_MAX, Entry, EntryError, Header, InstitutionLink, decode, encode};
pub use export::{ExportError, ExportReader, ExportWriter, verify_export, verify_export_on};
pub use finding::{Detail, Finding, InvariantId, Unchecked, Verdict};
pub use hash::{Hash, commit, digest, file_digest, keyed, leaf_hash, tags};
pub use lists::{ListError, ListLeaf, ListProof, ListReport, ListTree};
pub use log_policy::{Evaluation, LogPolicy, PolicyError, PolicyWitness};
pub use merkle::{Frontier, MerkleError, Node, Nodes, ProofPlan};
pub use note::{Note, NoteError, VerifierKey};
pub use proof::{ProofError, TlogProof};
pub use receipt::{Quorum, QuorumReport, Receipt, ReceiptReport};
pub use receipt_qr::{QR_PREFIX, QrError};
pub use seal::{SealError, SealLeaf, SealProof, SealTree, Sealed};
pub use signer::LogKey;
pub use statement::{SealedBalance, SealedContract, Statement, StatementReport, Subject};
pub use tile::{TileKind, TilePath};
pub use verify::{Counts, Prepared, Report, Verifier};
pub use wire::{Code, Line};
pub use witness::{AddCheckpoint, Refusal, SeenTree};
