//! What is kept of a family beside the ledger, and its end. Entries stay: they name nobody.

use kernel::{ContractId, Day, Instant, LedgerId, SubjectId};

use crate::StoreError;
use crate::connect::{Conn, Engine, Tx};
use crate::row::Row;
use crate::sql::Sql;

/// A family to be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FamilyErasure {
    /// The guardian.
    pub guardian: SubjectId,
    /// Guardian and pupils.
    pub people: Vec<SubjectId>,
    /// Their contracts.
    pub contracts: Vec<ContractId>,
}

/// A guardian whose contracts are over, and the last that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QuietFamily {
    /// The guardian.
    pub guardian: SubjectId,
    /// How many contracts.
    pub contracts: u64,
    /// The last entry of any of them, or the day the last was drawn up.
    pub last_at: Instant,
    /// The last lesson of any of them.
    pub last_lesson_on: Day,
}

/// Guardians with a record of whose contracts none holds money, an open refund or hours to be taught,
/// and in which nothing happened since `before`; in the order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn quiet_families(
    conn: &impl Conn,
    ledger: &LedgerId,
    before: Instant,
    after: Option<SubjectId>,
    limit: u32,
) -> Result<Vec<QuietFamily>, StoreError> {
    const LAST: &str = "max(coalesce(e.recorded_at, d.created_at))";
    let mut sql = Sql::new(conn, "SELECT d.guardian_id, count(*), ");
    // Who handed a contract on is kept as long as who holds it.
    sql.push(LAST).push(", max(d.last_lesson_on) FROM (SELECT ledger_id, contract_id, guardian_id, created_at, ");
    sql.push("last_lesson_on FROM contract_draft UNION ALL SELECT t.ledger_id, t.contract_id, t.from_guardian_id, ");
    sql.push("o.created_at, o.last_lesson_on FROM contract_transfer t JOIN contract_draft o");
    sql.push(" ON o.ledger_id = t.ledger_id AND o.contract_id = t.contract_id) d JOIN person p");
    sql.push(" ON p.ledger_id = d.ledger_id AND p.subject_id = d.guardian_id LEFT JOIN contract c");
    sql.push(" ON c.ledger_id = d.ledger_id AND c.contract_id = d.contract_id LEFT JOIN entry e");
    sql.push(" ON e.ledger_id = c.ledger_id AND e.seq = c.last_entry WHERE d.ledger_id = ").bind(ledger.as_str());
    sql.and_if("d.guardian_id > ", after.map(SubjectId::uuid));
    sql.push(" GROUP BY d.guardian_id HAVING sum(coalesce(c.prepaid_fen + c.disputed_fen + c.refund_fen, 0)) = 0");
    sql.push(" AND sum(CASE WHEN c.open_refund_id IS NULL THEN 0 ELSE 1 END) = 0 AND ").push(LAST);
    sql.push(" < ").bind(before.micros()).push(" ORDER BY d.guardian_id LIMIT ").bind(i64::from(limit));
    let read = |row: &mut Row<'_>| {
        Ok(QuietFamily {
            guardian: SubjectId::new(row.get()?),
            contracts: row.count()?,
            last_at: row.instant()?,
            last_lesson_on: row.parse()?,
        })
    };
    sql.rows(conn, "contract_draft", &["guardian_id", "contracts", "last_at", "last_lesson_on"], read).await
}

/// Erases what is kept of a family: records with their keys, the texts of their contracts, what
/// entries of these commit to, references of payments, who the bank says paid or was paid, the accounts
/// to log in with, the address for notices and every notice to it.
///
/// # Errors
/// Trouble of the database.
pub async fn family_erase(tx: &Tx, ledger: &LedgerId, family: &FamilyErasure) -> Result<(), StoreError> {
    overwrite(tx, true).await?;
    let erased = erase(tx, ledger, family).await;
    overwrite(tx, false).await?;
    erased
}

/// SQLite leaves what is deleted in the file until the place is used again, unless it is told to write
/// zeros over it. PostgreSQL does so when it vacuums.
async fn overwrite(conn: &impl Conn, on: bool) -> Result<(), StoreError> {
    if conn.raw().engine() == Engine::Sqlite {
        let sql = Sql::new(conn, if on { "PRAGMA secure_delete = ON" } else { "PRAGMA secure_delete = OFF" });
        sql.rows(conn, "pragma", &["secure_delete"], |row: &mut Row<'_>| row.get::<i64>()).await?;
    }
    Ok(())
}

async fn erase(tx: &Tx, ledger: &LedgerId, family: &FamilyErasure) -> Result<(), StoreError> {
    for person in &family.people {
        crate::people::person_erase(tx, ledger, *person).await?;
    }
    for contract in &family.contracts {
        for seq in crate::entries::chain_of_contract(tx, ledger, *contract, 0, None).await? {
            let mut sql = Sql::new(tx, "DELETE FROM entry_record WHERE ledger_id = ");
            sql.bind(ledger.as_str()).and("seq = ", seq);
            sql.execute(tx).await?;
        }
        let mut sql = Sql::new(tx, "UPDATE contract_draft SET document_sealed = NULL WHERE ledger_id = ");
        sql.bind(ledger.as_str()).and("contract_id = ", contract.uuid());
        sql.execute(tx).await?;
        let mut sql = Sql::new(tx, "UPDATE payment SET reference = NULL WHERE ledger_id = ");
        sql.bind(ledger.as_str()).and("contract_id = ", contract.uuid());
        sql.execute(tx).await?;
        for (table, id) in [("payment", "payment_id"), ("refund", "refund_id")] {
            let mut sql = Sql::new(tx, "UPDATE bank_line SET party_sealed = NULL WHERE ledger_id = ");
            sql.bind(ledger.as_str());
            sql.push(&format!(" AND matched_id IN (SELECT {id} FROM {table} WHERE ledger_id = "));
            sql.bind(ledger.as_str()).and("contract_id = ", contract.uuid()).push(")");
            sql.execute(tx).await?;
        }
    }
    for user in crate::users::users_of_subject(tx, ledger, family.guardian).await? {
        for table in
            ["session", "api_key", "second_factor", "recovery_code", "identity_link", "notice_address", "outbox"]
        {
            let mut sql = Sql::new(tx, &format!("DELETE FROM {table} WHERE user_id = "));
            sql.bind(user.id.uuid());
            sql.execute(tx).await?;
        }
        // Entries name the user by its id, so the row stays; the name and the password go.
        let erased = crate::User {
            username: format!("erased-{}", user.id),
            password_hash: "!".to_owned(),
            active: false,
            ..user
        };
        crate::users::user_update(tx, &erased).await?;
    }
    Ok(())
}
