//! The ledger's bytes and what can be proved about them: entries, hash chain, Merkle tree,
//! checkpoints, receipts, exports, replay. No IO of its own, no clock, no randomness, no database.
//! The specification is docs/LEDGER-FORMAT.md.

pub mod body;
mod diagnose;
pub mod entry;
pub mod hash;
pub mod merkle;
pub mod wire;

pub use body::{Account, ActorRole, Body, EntryType, Posting, Scope};
pub use entry::{Actor, ENTRY_BYTES_MAX, Entry, EntryError, Header, InstitutionLink, decode, encode};
pub use hash::{Hash, commit, digest, keyed, leaf_hash, tags};
pub use merkle::{Frontier, MerkleError, Node, Nodes, ProofPlan};
