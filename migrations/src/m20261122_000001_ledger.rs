//! The ledger itself: head, entries, tree, checkpoints, answers to idempotency keys, and the
//! sealed records behind the entries' commitments.

use sea_orm_migration::prelude::*;

use crate::table::{append_only, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        table("ledger", "One ledger and its head; the writer moves the head by compare-and-swap")
            .ledger()
            .text("region", "Region that the ledger supervises (GB/T 2260)")
            .text("origin", "Origin line of its checkpoints")
            .text("vkey", "Verifier key of its checkpoints (C2SP signed-note)")
            .instant("opened_at", "When it was opened, microseconds UTC")
            .count("size", "Entries in it")
            .count("epoch", "Generation of the writer; raised when a writer takes over")
            .bytes("frontier", "Hashes of the complete subtrees, largest first, 32 bytes each")
            .hash("last_leaf", "Leaf hash of the last entry; zeros while empty")
            .instant("last_recorded_at", "recorded_at of the last entry, microseconds UTC")
            .key(&["ledger_id"])
            .check("ck_ledger_frontier", "octet_length(frontier) % 32 = 0")
            .create(manager)
            .await?;
        table("entry", "Ledger entries: the exact bytes, and what queries need. Append-only")
            .ledger()
            .count("seq", "Number in the ledger, from 0; the Merkle leaf index")
            .hash("leaf_hash", "RFC 6962 leaf hash of the bytes")
            .text("entry_type", "Entry type (_t)")
            .id_opt("institution_id", "Institution that it concerns")
            .count_opt("institution_seq", "Number among the entries of the institution, from 1")
            .id_opt("contract_id", "Contract that it concerns")
            .count_opt("contract_seq", "Number among the entries of the contract, from 1")
            .instant("recorded_at", "When it was recorded, microseconds UTC")
            .day("effective_on", "Day from which it has effect")
            .bytes("bytes", "The entry, canonical JSON, at most 65,535 bytes")
            .key(&["ledger_id", "seq"])
            .unique("uq_entry_leaf_hash", &["ledger_id", "leaf_hash"])
            .unique("uq_entry_institution_seq", &["ledger_id", "institution_id", "institution_seq"])
            .unique("uq_entry_contract_seq", &["ledger_id", "contract_id", "contract_seq"])
            .check("ck_entry_institution_pair", "(institution_id IS NULL) = (institution_seq IS NULL)")
            .check("ck_entry_contract_pair", "(contract_id IS NULL) = (contract_seq IS NULL)")
            .check("ck_entry_bytes", "octet_length(bytes) BETWEEN 2 AND 65535")
            .long_rows()
            .create(manager)
            .await?;
        append_only(manager, "entry").await?;
        table("subtree", "Roots of the complete tiles of the Merkle tree")
            .ledger()
            .small("level", "Height in tiles, from 1: the tile has 256^level leaves")
            .count("idx", "Number of the tile on its level, from 0")
            .hash("hash", "Root of the tile")
            .key(&["ledger_id", "level", "idx"])
            .create(manager)
            .await?;
        table("checkpoint", "Signed checkpoints")
            .ledger()
            .count("size", "Entries that it covers")
            .instant("signed_at", "When it was signed, microseconds UTC")
            .text("note", "The signed note")
            .key(&["ledger_id", "size"])
            .create(manager)
            .await?;
        table("idempotency", "Answers given under idempotency keys, kept forever. Append-only")
            .ledger()
            .text("idem_key", "The client's key")
            .text("actor", "Who sent it")
            .text("fingerprint", "Keyed hashes of the request's fields, JSON")
            .small("status", "HTTP status of the answer")
            .text("body", "Body of the answer, JSON")
            .count_opt("first_seq", "First entry that the command appended")
            .count("entry_count", "Entries that the command appended")
            .key(&["ledger_id", "idem_key"])
            .check("ck_idempotency_entries", "(first_seq IS NULL) = (entry_count = 0)")
            .long_rows()
            .create(manager)
            .await?;
        append_only(manager, "idempotency").await?;
        table("entry_record", "Salt and text behind an entry's commitment, encrypted; can be erased")
            .ledger()
            .count("seq", "The entry")
            .bytes("sealed", "Encrypted record")
            .key(&["ledger_id", "seq"])
            .create(manager)
            .await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("a ledger is never dropped: its entries may be in somebody's hands".to_owned()))
    }
}
