//! Reads of contracts and their money: pages with filters, look-ups, what a clock has run out on;
//! the sealed documents of drafts; and emptying all projections for a rebuild.

use std::collections::BTreeSet;

use contract::ContractState;
use escrow::{Account, Hold, HoldState, Lesson, LessonState, Refund, RefundState, Settlement, SettlementState};
use kernel::{ContractId, Day, HoldId, InstitutionId, LedgerId, LessonId, RefundId, SettlementId, SubjectId};

use crate::StoreError;
use crate::connect::{Conn, Tx};
use crate::contract_rows::{Contracts, Draft, Drafts};
use crate::escrow_rows::{Holds, Lessons, Payment, Payments, Refunds, Settlements};
use crate::row::Row;
use crate::sql::{Sql, load_by, page_of, select};

/// Which contracts a page shows; nothing set shows all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContractFilter {
    /// Only those of an institution.
    pub institution: Option<InstitutionId>,
    /// Only those of a guardian.
    pub guardian: Option<SubjectId>,
    /// Only those of a pupil.
    pub pupil: Option<SubjectId>,
    /// Only those in a state.
    pub state: Option<ContractState>,
}

fn filtered(mut sql: Sql, filter: &ContractFilter) -> Sql {
    sql.and_if("institution_id = ", filter.institution.map(InstitutionId::uuid));
    sql.and_if("guardian_id = ", filter.guardian.map(SubjectId::uuid));
    sql.and_if("pupil_id = ", filter.pupil.map(SubjectId::uuid));
    sql.and_if("state = ", filter.state.map(ContractState::as_str));
    sql
}

/// A page of contracts as drawn up, signed ones too, in the order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn drafts_page(
    conn: &impl Conn,
    ledger: &LedgerId,
    filter: &ContractFilter,
    after: Option<ContractId>,
    limit: u32,
) -> Result<Vec<Draft>, StoreError> {
    let sql = filtered(select::<Drafts>(conn, ledger), filter);
    page_of::<Drafts>(conn, sql, after.map(ContractId::uuid), limit).await
}

/// A page of escrow accounts in the order of their contracts' ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn accounts_page(
    conn: &impl Conn,
    ledger: &LedgerId,
    filter: &ContractFilter,
    after: Option<ContractId>,
    limit: u32,
) -> Result<Vec<Account>, StoreError> {
    let sql = filtered(select::<Contracts>(conn, ledger), filter);
    page_of::<Contracts>(conn, sql, after.map(ContractId::uuid), limit).await
}

/// Keeps the document of a draft that was saved, encrypted by the caller.
///
/// # Errors
/// Trouble of the database.
pub async fn draft_document_save(
    tx: &Tx,
    ledger: &LedgerId,
    contract: ContractId,
    sealed: &[u8],
) -> Result<(), StoreError> {
    let mut sql = Sql::new(tx, "UPDATE contract_draft SET document_sealed = ");
    sql.bind(sealed.to_vec()).push(" WHERE ledger_id = ").bind(ledger.as_str());
    sql.and("contract_id = ", contract.uuid());
    sql.execute(tx).await?;
    Ok(())
}

/// The document of a draft, as it was sealed, and whose contract it is; none when it is erased.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn draft_document_load(
    conn: &impl Conn,
    ledger: &LedgerId,
    contract: ContractId,
) -> Result<Option<(SubjectId, Vec<u8>)>, StoreError> {
    let mut sql = Sql::new(conn, "SELECT guardian_id, document_sealed FROM contract_draft WHERE ledger_id = ");
    sql.bind(ledger.as_str()).and("contract_id = ", contract.uuid());
    let columns = &["guardian_id", "document_sealed"];
    let read = |row: &mut Row<'_>| Ok((SubjectId::new(row.get()?), row.get::<Option<Vec<u8>>>()?));
    let rows = sql.rows(conn, "contract_draft", columns, read).await?;
    Ok(rows.into_iter().find_map(|(guardian, sealed)| sealed.map(|sealed| (guardian, sealed))))
}

/// The drafts with these contract numbers, in no order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn drafts_by_number(conn: &impl Conn, ledger: &LedgerId, numbers: &[&str]) -> Result<Vec<Draft>, StoreError> {
    load_by::<Drafts, &str>(conn, ledger, "number", numbers).await
}

/// The payments of a contract in the order of their entries.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn payments_of_contract(
    conn: &impl Conn,
    ledger: &LedgerId,
    contract: ContractId,
) -> Result<Vec<Payment>, StoreError> {
    let seqs: Vec<i64> = crate::entries::chain_of_contract(conn, ledger, contract, 0, Some("fee_paid")).await?;
    let mut payments = load_by::<Payments, i64>(conn, ledger, "seq", &seqs).await?;
    payments.sort_unstable_by_key(|payment| payment.seq);
    Ok(payments)
}

/// The payments booked at an institution under one of these bank references as printed, in no order.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn payments_by_reference(
    conn: &impl Conn,
    ledger: &LedgerId,
    references: &BTreeSet<(InstitutionId, &str)>,
) -> Result<Vec<Payment>, StoreError> {
    let texts: Vec<&str> = references.iter().map(|(_, text)| *text).collect();
    let mut found = load_by::<Payments, _>(conn, ledger, "reference", &texts).await?;
    // The same reference may be another payment at another institution.
    found.retain(|payment| {
        payment.reference.as_deref().is_some_and(|text| references.contains(&(payment.institution, text)))
    });
    Ok(found)
}

/// The same of payments whose reference is only known by its hash: those that came with an import.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn payments_unprinted(
    conn: &impl Conn,
    ledger: &LedgerId,
    references: &BTreeSet<(InstitutionId, [u8; 32])>,
) -> Result<Vec<Payment>, StoreError> {
    // Nearly always there are none.
    let mut any = Sql::new(conn, "SELECT seq FROM payment WHERE ledger_id = ");
    any.bind(ledger.as_str()).push(" AND reference IS NULL LIMIT 1");
    if any.rows(conn, "payment", &["seq"], |row| row.count_opt()).await?.is_empty() {
        return Ok(Vec::new());
    }
    let hashes: Vec<Vec<u8>> = references.iter().map(|(_, hash)| hash.to_vec()).collect();
    let mut found = load_by::<Payments, _>(conn, ledger, "reference IS NULL AND reference_hash", &hashes).await?;
    found.retain(|payment| references.contains(&(payment.institution, payment.reference_hash)));
    Ok(found)
}

/// The lessons of a contract, a page in the order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn lessons_of_contract(
    conn: &impl Conn,
    ledger: &LedgerId,
    contract: ContractId,
    after: Option<LessonId>,
    limit: u32,
) -> Result<Vec<Lesson>, StoreError> {
    let mut sql = select::<Lessons>(conn, ledger);
    sql.and("contract_id = ", contract.uuid());
    page_of::<Lessons>(conn, sql, after.map(LessonId::uuid), limit).await
}

/// A page of lessons, of one institution or state where given, in the order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn lessons_page(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: Option<InstitutionId>,
    state: Option<LessonState>,
    after: Option<LessonId>,
    limit: u32,
) -> Result<Vec<Lesson>, StoreError> {
    let states = match (institution, &state) {
        // The index of an institution's lessons goes by state: a page of each, then the first of all.
        (Some(_), None) => LessonState::ALL,
        (_, state) => state.as_slice(),
    };
    let page = async |state: Option<LessonState>| {
        let mut sql = select::<Lessons>(conn, ledger);
        sql.and_if("institution_id = ", institution.map(InstitutionId::uuid));
        sql.and_if("state = ", state.map(LessonState::as_str));
        page_of::<Lessons>(conn, sql, after.map(LessonId::uuid), limit).await
    };
    if states.is_empty() {
        return page(None).await;
    }
    let mut lessons = Vec::new();
    for &state in states {
        lessons.append(&mut page(Some(state)).await?);
    }
    lessons.sort_by_key(|lesson| lesson.id);
    lessons.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(lessons)
}

/// Lessons that wait for an answer whose last day is before `before`: silence has confirmed them.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn lessons_due(
    conn: &impl Conn,
    ledger: &LedgerId,
    before: Day,
    limit: u32,
) -> Result<Vec<Lesson>, StoreError> {
    let mut sql = select::<Lessons>(conn, ledger);
    sql.and("state = ", LessonState::Claimed.as_str()).and("deemed_confirmed_on < ", before.to_string());
    sql.push(" ORDER BY deemed_confirmed_on, lesson_id LIMIT ").bind(i64::from(limit));
    sql.all::<Lessons>(conn).await
}

/// Lessons that wait for an answer and have no last day yet: their year had no calendar.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn lessons_unclocked(
    conn: &impl Conn,
    ledger: &LedgerId,
    after: Option<LessonId>,
    limit: u32,
) -> Result<Vec<Lesson>, StoreError> {
    let mut sql = select::<Lessons>(conn, ledger);
    sql.and("state = ", LessonState::Claimed.as_str()).push(" AND deemed_confirmed_on IS NULL");
    page_of::<Lessons>(conn, sql, after.map(LessonId::uuid), limit).await
}

/// A page of lessons whose dispute waits for a decision, of an institution where given; only those
/// whose last day is before `overdue_on` where that is given.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn lessons_disputed(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: Option<InstitutionId>,
    overdue_on: Option<Day>,
    after: Option<LessonId>,
    limit: u32,
) -> Result<Vec<Lesson>, StoreError> {
    let mut sql = select::<Lessons>(conn, ledger);
    sql.and("state = ", LessonState::Disputed.as_str());
    sql.and_if("decide_by_on < ", overdue_on.map(|day| day.to_string()));
    sql.and_if("institution_id = ", institution.map(InstitutionId::uuid));
    page_of::<Lessons>(conn, sql, after.map(LessonId::uuid), limit).await
}

/// Lessons that silence will confirm after a day up to `until`, by their last day.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn lessons_due_between(
    conn: &impl Conn,
    ledger: &LedgerId,
    (from_on, until_on): (Day, Day),
    after: Option<LessonId>,
    limit: u32,
) -> Result<Vec<Lesson>, StoreError> {
    let mut sql = select::<Lessons>(conn, ledger);
    sql.and("state = ", LessonState::Claimed.as_str()).and("deemed_confirmed_on >= ", from_on.to_string());
    sql.and("deemed_confirmed_on <= ", until_on.to_string());
    page_of::<Lessons>(conn, sql, after.map(LessonId::uuid), limit).await
}

/// A page of refunds, of one institution, contract or state where given, in the order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn refunds_page(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: Option<InstitutionId>,
    contract: Option<ContractId>,
    state: Option<RefundState>,
    after: Option<RefundId>,
    limit: u32,
) -> Result<Vec<Refund>, StoreError> {
    let mut sql = select::<Refunds>(conn, ledger);
    sql.and_if("institution_id = ", institution.map(InstitutionId::uuid));
    sql.and_if("contract_id = ", contract.map(ContractId::uuid));
    sql.and_if("state = ", state.map(RefundState::as_str));
    page_of::<Refunds>(conn, sql, after.map(RefundId::uuid), limit).await
}

/// Refunds that wait for an answer whose last day is before `before`: silence has consented.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn refunds_due(
    conn: &impl Conn,
    ledger: &LedgerId,
    before: Day,
    limit: u32,
) -> Result<Vec<Refund>, StoreError> {
    let mut sql = select::<Refunds>(conn, ledger);
    sql.and("state = ", RefundState::Requested.as_str()).and("answer_by_on < ", before.to_string());
    sql.push(" ORDER BY answer_by_on, refund_id LIMIT ").bind(i64::from(limit));
    sql.all::<Refunds>(conn).await
}

/// Refunds that wait for an answer and have no last day yet: their year had no calendar.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn refunds_unclocked(
    conn: &impl Conn,
    ledger: &LedgerId,
    after: Option<RefundId>,
    limit: u32,
) -> Result<Vec<Refund>, StoreError> {
    let mut sql = select::<Refunds>(conn, ledger);
    sql.and("state = ", RefundState::Requested.as_str()).push(" AND answer_by_on IS NULL");
    page_of::<Refunds>(conn, sql, after.map(RefundId::uuid), limit).await
}

/// A page of settlements, of one institution or state where given, in the order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn settlements_page(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: Option<InstitutionId>,
    state: Option<SettlementState>,
    after: Option<SettlementId>,
    limit: u32,
) -> Result<Vec<Settlement>, StoreError> {
    let mut sql = select::<Settlements>(conn, ledger);
    sql.and_if("institution_id = ", institution.map(InstitutionId::uuid));
    sql.and_if("state = ", state.map(SettlementState::as_str));
    page_of::<Settlements>(conn, sql, after.map(SettlementId::uuid), limit).await
}

/// A page of holds, of one institution or state where given, in the order of their ids.
///
/// # Errors
/// [`StoreError::Corrupt`] and trouble of the database.
pub async fn holds_page(
    conn: &impl Conn,
    ledger: &LedgerId,
    institution: Option<InstitutionId>,
    state: Option<HoldState>,
    after: Option<HoldId>,
    limit: u32,
) -> Result<Vec<Hold>, StoreError> {
    let mut sql = select::<Holds>(conn, ledger);
    sql.and_if("institution_id = ", institution.map(InstitutionId::uuid));
    sql.and_if("state = ", state.map(HoldState::as_str));
    page_of::<Holds>(conn, sql, after.map(HoldId::uuid), limit).await
}

/// Empties the projections of a ledger before they are folded again from its entries. What entries
/// do not hold stays: drafts, documents, profiles, people, sealed records, and with them names of
/// courses (which become drafts) and bank references as printed (whose payments wait unseen).
///
/// # Errors
/// Trouble of the database.
pub async fn clear_projections(tx: &Tx, ledger: &LedgerId) -> Result<(), StoreError> {
    const TABLES: [&str; 19] = [
        "institution",
        "application",
        "licence",
        "listing",
        "contract",
        "contract_transfer",
        "lesson",
        "check_in",
        "refund",
        "settlement",
        "hold",
        "alert",
        "inspection",
        "closure",
        "seal",
        "sealed_contract",
        "bank_statement",
        "suspended_line",
        "reconciliation",
    ];
    for table in TABLES {
        let mut sql = Sql::new(tx, "DELETE FROM ");
        sql.push(table).push(" WHERE ledger_id = ").bind(ledger.as_str());
        sql.execute(tx).await?;
    }
    for (table, column) in [("course", "published_seq"), ("payment", "seq")] {
        let mut sql = Sql::new(tx, "UPDATE ");
        sql.push(table).push(" SET ").push(column).push(" = NULL WHERE ledger_id = ").bind(ledger.as_str());
        sql.execute(tx).await?;
    }
    Ok(())
}
