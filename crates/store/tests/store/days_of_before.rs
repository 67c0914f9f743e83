//! Days that rows from before 000019 and 000023 lack are what their entries say, on both engines.

use store::*;

use crate::samples::*;

/// Migrations that such a database has run: the last is that of the classes.
const BEFORE: u32 = 18;
/// 2026-03-01T18:30:00Z, microseconds: in China it is the second.
const AT: i64 = 1_772_389_800_000_000;

/// An entry of a type whose data names a thing, recorded at [`AT`] with effect on the day before.
fn entry(literals: &Literals, seq: u64, entry_type: &str, member: &str, id: uuid::Uuid) -> String {
    let bytes = format!(r#"{{"_t":"{entry_type}","data":{{"{member}":"{id}"}}}}"#);
    format!(
        "INSERT INTO entry (ledger_id, seq, leaf_hash, entry_type, recorded_at, effective_on, bytes) \
         VALUES ('{}', {seq}, {}, '{entry_type}', {AT}, '2026-03-01', {})",
        ledger(),
        literals.bytes(&hash(seq)),
        literals.bytes(bytes.as_bytes())
    )
}

async fn fill(db: &testdb::TestDatabase, literals: &Literals) {
    let zeros = literals.bytes(&[0; 32]);
    let ids = format!("{}, {}", literals.id(uuid(6, 1)), literals.id(uuid(1, 0)));
    let lesson = |n: u64| {
        format!(
            "INSERT INTO lesson (ledger_id, lesson_id, contract_id, institution_id, hours_hundredths, held_on, lots, \
             frozen, state) VALUES ('{}', {}, {ids}, 200, '2026-02-27', '[]', '[]', 'confirmed')",
            ledger(),
            literals.id(uuid(13, n))
        )
    };
    let refund = |n: u64| {
        format!(
            "INSERT INTO refund (ledger_id, refund_id, contract_id, institution_id, cause, lots, amount_fen, state) \
             VALUES ('{}', {}, {ids}, 'neither', '[]', 5, 'requested')",
            ledger(),
            literals.id(uuid(14, n))
        )
    };
    for statement in [
        format!(
            "INSERT INTO ledger VALUES ('{}', '330502', 'o', 'v', {AT}, 4, 1, {}, {zeros}, {AT})",
            ledger(),
            literals.bytes(&[])
        ),
        entry(literals, 0, "lesson_claimed", "lesson", uuid(13, 1)),
        entry(literals, 1, "lesson_confirmed", "lesson", uuid(13, 2)),
        entry(literals, 2, "refund_requested", "refund", uuid(14, 1)),
        entry(literals, 3, "interest_allotted", "refund", uuid(14, 2)),
        lesson(1),
        lesson(2),
        refund(1),
        refund(2),
    ] {
        db.execute(&statement).await.unwrap();
    }
}

#[tokio::test]
async fn days_are_what_the_entries_say() {
    for db in std::iter::once(testdb::empty_sqlite()).chain(testdb::empty_postgres()) {
        migrations::first(&db.url, Some(BEFORE)).await.unwrap();
        let engine = if db.url.starts_with("sqlite") { Engine::Sqlite } else { Engine::Postgres };
        fill(&db, &Literals(engine)).await;
        migrations::up(&db.url).await.unwrap();
        let store = Store::connect(&db.url).await.unwrap();
        let (read, l) = (store.read(), ledger());
        let lessons = [1, 2].map(|n| kernel::LessonId::new(uuid(13, n)));
        let mut claimed = lesson_load(&read, &l, &lessons).await.unwrap();
        claimed.sort_by_key(|lesson| lesson.id);
        // Recorded in the evening of the first by UTC: the second here.
        let days: Vec<_> = claimed.iter().map(|lesson| lesson.claimed_on).collect();
        assert_eq!(days, [Some(day("2026-03-02")), None], "{engine}: only where an entry claims it");
        let refunds = [1, 2].map(|n| kernel::RefundId::new(uuid(14, n)));
        let mut asked = refund_load(&read, &l, &refunds).await.unwrap();
        asked.sort_by_key(|refund| refund.id);
        let days: Vec<_> = asked.iter().map(|refund| refund.requested_on).collect();
        assert_eq!(days, [Some(day("2026-03-02")), Some(day("2026-03-01"))], "{engine}");
        store.close().await.unwrap();
    }
}
