//! Cosignatures that witnesses gave under checkpoints, append-only.

use kernel::{Instant, LedgerId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::row::{Row, Values};
use crate::sql::{Sql, Table, select};

/// A cosignature under the checkpoint of a size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CosignatureRow {
    /// Verifier key of the witness.
    pub witness: String,
    /// Entries that the checkpoint covers.
    pub size: u64,
    /// When the witness signed, by its own clock.
    pub cosigned_at: Instant,
    /// The line under the checkpoint, without its line feed.
    pub line: String,
}

struct Cosignatures;

impl Table for Cosignatures {
    type Item = CosignatureRow;
    const NAME: &'static str = "cosignature";
    const KEY: &'static [&'static str] = &["witness", "size"];
    const COLUMNS: &'static [&'static str] = &["witness", "size", "cosigned_at", "line"];
    const CHANGING: &'static [&'static str] = &[];

    fn write(item: &CosignatureRow, values: &mut Values) {
        values.text(&item.witness).count("size", item.size).instant(item.cosigned_at).text(&item.line);
    }

    fn read(row: &mut Row<'_>) -> Result<CosignatureRow, StoreError> {
        Ok(CosignatureRow { witness: row.get()?, size: row.count()?, cosigned_at: row.instant()?, line: row.get()? })
    }
}

/// Keeps a cosignature. The first that a witness gave at a size stays: it is the older evidence.
///
/// # Errors
/// Trouble of the database.
pub async fn cosignature_append(tx: &Tx, ledger: &LedgerId, row: &CosignatureRow) -> Result<(), StoreError> {
    let mut values = Values::with_capacity(Cosignatures::COLUMNS.len() + 1);
    values.text(ledger);
    Cosignatures::write(row, &mut values);
    let mut sql = Sql::new(tx, "INSERT INTO cosignature (ledger_id, witness, size, cosigned_at, line) VALUES (");
    sql.list(values.finish()?);
    sql.push(") ON CONFLICT (ledger_id, witness, size) DO NOTHING");
    sql.execute(tx).await?;
    Ok(())
}

/// What a witness signed last, the largest sizes first.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn cosignatures_of(
    conn: &impl Conn,
    ledger: &LedgerId,
    witness: &str,
    limit: u32,
) -> Result<Vec<CosignatureRow>, StoreError> {
    let mut sql = select::<Cosignatures>(conn, ledger);
    sql.and("witness = ", witness).push(" ORDER BY size DESC LIMIT ").bind(i64::from(limit));
    sql.all::<Cosignatures>(conn).await
}
