//! What an append writes lies together: no index of an entry or a payment by a value that falls
//! anywhere. A contract's entries are a chain back from its last one, leaf hashes are indexed a run
//! at a time, a bank reference is unique as it is printed, and lots lie in the row of their contract.

use std::collections::BTreeMap;

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::table::{append_only, drop_all, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        match manager.get_connection().get_database_backend() {
            DbBackend::Sqlite => sqlite(manager).await?,
            _ => postgres(manager).await?,
        }
        drop_all(manager, &["lot"]).await?;
        table("leaf_index", "Entries by the first byte of their leaf hash, for each complete run of 2,048 entries")
            .ledger()
            .small("first_byte", "First byte of the leaf hash")
            .count("first_seq", "First entry of the run")
            .bytes("cells", "For each entry its place in the run, 2 bytes, and the next 4 bytes of its hash")
            .key(&["ledger_id", "first_byte", "first_seq"])
            .create(manager)
            .await?;
        index_leaves(manager).await?;
        run(
            manager,
            &[
                "CREATE UNIQUE INDEX uq_entry_contract_first ON entry (ledger_id, contract_id) WHERE contract_seq = 1",
                "CREATE UNIQUE INDEX uq_payment_reference ON payment (ledger_id, reference, institution_id)",
                "CREATE UNIQUE INDEX uq_payment_reference_hash ON payment (ledger_id, reference_hash, institution_id) \
                 WHERE reference IS NULL",
                "CREATE INDEX ix_payment_seq ON payment (ledger_id, seq)",
            ],
        )
        .await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("the indexes that this took away are not made again".to_owned()))
    }
}

/// Entries of a run of the index of leaf hashes.
const RUN: usize = 2048;

/// Indexes the complete runs that are there.
async fn index_leaves(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let backend = db.get_database_backend();
    let query = |sql: String| db.query_all_raw(Statement::from_string(backend, sql));
    for ledger in query("SELECT ledger_id FROM ledger".to_owned()).await? {
        let ledger: String = ledger.try_get_by_index(0)?;
        let ledger = ledger.replace('\'', "''");
        for first_seq in (0_i64..).step_by(RUN) {
            let leaves = query(format!(
                "SELECT leaf_hash FROM entry WHERE ledger_id = '{ledger}' AND seq >= {first_seq} ORDER BY seq LIMIT {RUN}"
            ))
            .await?;
            if leaves.len() < RUN {
                break;
            }
            let mut by_byte: BTreeMap<u8, String> = BTreeMap::new();
            for (place, leaf) in (0_u16..).zip(&leaves) {
                let leaf: Vec<u8> = leaf.try_get_by_index(0)?;
                if let [first, a, b, c, d, ..] = *leaf {
                    let cell = format!("{place:04x}{a:02x}{b:02x}{c:02x}{d:02x}");
                    by_byte.entry(first).or_default().push_str(&cell);
                }
            }
            for (first_byte, cells) in by_byte {
                let cells = if backend == DbBackend::Sqlite { format!("X'{cells}'") } else { format!("'\\x{cells}'") };
                let values = format!("('{ledger}', {first_byte}, {first_seq}, {cells})");
                db.execute_unprepared(&format!("INSERT INTO leaf_index VALUES {values}")).await?;
            }
        }
    }
    Ok(())
}

async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    for statement in statements {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}

/// The entry before each in its contract's chain; the first entry of a contract is only a signature.
const BEFORE: &str = "SELECT ledger_id AS l, seq AS s, CASE WHEN contract_seq > 2 THEN \
                      lag(seq) OVER (PARTITION BY ledger_id, contract_id ORDER BY contract_seq) END AS before \
                      FROM entry WHERE contract_id IS NOT NULL";

async fn postgres(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    run(
        manager,
        &[
            "ALTER TABLE entry ADD COLUMN contract_before BIGINT CONSTRAINT ck_entry_contract_before \
             CHECK (contract_before >= 0)",
            "COMMENT ON COLUMN entry.contract_before IS 'The contract''s entry before it, number in the ledger'",
            "ALTER TABLE entry DISABLE TRIGGER USER",
            &format!(
                "UPDATE entry SET contract_before = b.before FROM ({BEFORE}) b WHERE ledger_id = b.l AND seq = b.s"
            ),
            "ALTER TABLE entry ENABLE TRIGGER USER",
            "ALTER TABLE contract ADD COLUMN last_entry BIGINT NOT NULL DEFAULT 0 CONSTRAINT ck_contract_last_entry \
             CHECK (last_entry >= 0)",
            "ALTER TABLE contract ADD COLUMN lots TEXT NOT NULL DEFAULT ''",
            "UPDATE contract c SET last_entry = (SELECT e.seq FROM entry e WHERE e.ledger_id = c.ledger_id \
             AND e.contract_id = c.contract_id AND e.contract_seq = c.last_seq), \
             lots = (SELECT '[' || string_agg('[\"' || lot_id || '\",' || concat_ws(',', paid_hundredths, \
             gift_hundredths, price_fen, coalesce(list_price_per_hour_fen::text, 'null'), paid_fen, prepaid_fen, \
             claimed_hundredths, used_hundredths, disputed_hundredths, returned_hundredths) || ']', ',' \
             ORDER BY position) || ']' FROM lot l WHERE l.ledger_id = c.ledger_id AND l.contract_id = c.contract_id)",
            "ALTER TABLE contract ALTER COLUMN last_entry DROP DEFAULT, ALTER COLUMN lots DROP DEFAULT",
            "COMMENT ON COLUMN contract.last_entry IS 'Its last entry, number in the ledger'",
            "COMMENT ON COLUMN contract.lots IS 'Its lots in the order of use, JSON'",
            "ALTER TABLE entry DROP CONSTRAINT uq_entry_leaf_hash, DROP CONSTRAINT uq_entry_contract_seq",
            "ALTER TABLE payment DROP CONSTRAINT uq_payment_reference",
            "DROP INDEX ix_payment_contract",
        ],
    )
    .await
}

/// SQLite cannot take a constraint from a table: the tables are made again and filled from the old.
async fn sqlite(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    run(
        manager,
        &[
            "ALTER TABLE contract ADD COLUMN last_entry INTEGER NOT NULL DEFAULT 0 \
             CONSTRAINT ck_contract_last_entry CHECK (last_entry >= 0)",
            "ALTER TABLE contract ADD COLUMN lots TEXT NOT NULL DEFAULT ''",
            "UPDATE contract SET last_entry = (SELECT e.seq FROM entry e WHERE e.ledger_id = contract.ledger_id \
             AND e.contract_id = contract.contract_id AND e.contract_seq = contract.last_seq), \
             lots = (SELECT '[' || group_concat('[\"' || substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-' || \
             substr(h, 13, 4) || '-' || substr(h, 17, 4) || '-' || substr(h, 21) || '\",' || figures || ']', ',' \
             ORDER BY position) || ']' FROM (SELECT position, lower(hex(lot_id)) AS h, paid_hundredths || ',' || \
             gift_hundredths || ',' || price_fen || ',' || coalesce(list_price_per_hour_fen, 'null') || ',' || \
             paid_fen || ',' || prepaid_fen || ',' || claimed_hundredths || ',' || used_hundredths || ',' || \
             disputed_hundredths || ',' || returned_hundredths AS figures FROM lot \
             WHERE lot.ledger_id = contract.ledger_id AND lot.contract_id = contract.contract_id))",
            "ALTER TABLE entry RENAME TO entry_before",
            "ALTER TABLE payment RENAME TO payment_before",
        ],
    )
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
        .count_opt("contract_before", "The contract's entry before it, number in the ledger")
        .instant("recorded_at", "When it was recorded, microseconds UTC")
        .day("effective_on", "Day from which it has effect")
        .bytes("bytes", "The entry, canonical JSON, at most 65,535 bytes")
        .key(&["ledger_id", "seq"])
        .unique("uq_entry_institution_seq", &["ledger_id", "institution_id", "institution_seq"])
        .check("ck_entry_institution_pair", "(institution_id IS NULL) = (institution_seq IS NULL)")
        .check("ck_entry_contract_pair", "(contract_id IS NULL) = (contract_seq IS NULL)")
        .check("ck_entry_bytes", "octet_length(bytes) BETWEEN 2 AND 65535")
        .long_rows()
        .create(manager)
        .await?;
    table("payment", "Payments into escrow")
        .ledger()
        .id("payment_id", "Its id")
        .id("contract_id", "For which contract")
        .id("institution_id", "To whom")
        .fen("amount_fen", "How much, fen")
        .instant("paid_at", "When it was paid, microseconds UTC")
        .word("method", &["bank_transfer", "card", "third_party", "cash", "digital_yuan"], "How it was paid")
        .text_opt("reference", "Bank reference; the entry holds its hash only")
        .hash("reference_hash", "Hash of the bank reference")
        .count_opt("seq", "Entry that booked it; none while the projections are rebuilt")
        .key(&["ledger_id", "payment_id"])
        .create(manager)
        .await?;
    let fill_entry = format!(
        "INSERT INTO entry SELECT ledger_id, seq, leaf_hash, entry_type, institution_id, institution_seq, \
         contract_id, contract_seq, b.before, recorded_at, effective_on, bytes FROM entry_before \
         LEFT JOIN ({}) b ON ledger_id = b.l AND seq = b.s ORDER BY ledger_id, seq",
        BEFORE.replace("FROM entry ", "FROM entry_before ")
    );
    run(
        manager,
        &[
            &fill_entry,
            "INSERT INTO payment SELECT * FROM payment_before",
            "DROP TABLE entry_before",
            "DROP TABLE payment_before",
        ],
    )
    .await?;
    append_only(manager, "entry").await
}
