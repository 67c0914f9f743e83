//! What a database holds from before its rows lay together is found again after the migration.

use store::*;

use crate::samples::*;

/// Migrations that such a database has run.
const BEFORE: u32 = 10;
/// Entries in it: two complete runs of the index of leaf hashes, and some.
const ENTRIES: u64 = 4_100;
/// When everything was recorded: 2026-01-01T00:00:00Z, microseconds.
const AT: i64 = 1_767_225_600_000_000;

/// Rows as they were written then.
async fn fill(db: &testdb::TestDatabase, literals: &Literals) {
    let account = account(1);
    let contract = literals.id(account.terms.id.uuid());
    let zeros = literals.bytes(&[0; 32]);
    let mut sql = vec![format!(
        "INSERT INTO ledger VALUES ('{}', '330502', 'o', 'v', {AT}, {ENTRIES}, 1, {}, {zeros}, {AT})",
        ledger(),
        literals.bytes(&[])
    )];
    for first in (0..ENTRIES).step_by(500) {
        let rows: Vec<String> = (first..ENTRIES.min(first + 500))
            .map(|seq| {
                // Every hundredth entry is the contract's.
                let of =
                    if seq % 100 == 3 { format!("{contract}, {}", seq / 100 + 1) } else { "NULL, NULL".to_owned() };
                let (leaf, bytes) = (literals.bytes(&hash(seq)), literals.bytes(b"{}"));
                format!("('{}', {seq}, {leaf}, 'fee_paid', NULL, NULL, {of}, {AT}, '2026-01-01', {bytes})", ledger())
            })
            .collect();
        sql.push(format!("INSERT INTO entry VALUES {}", rows.join(",")));
    }
    let terms = &account.terms;
    let ids = [terms.institution.uuid(), terms.course.uuid()].map(|id| literals.id(id)).join(", ");
    let people = [terms.guardian.uuid(), terms.pupil.uuid()].map(|id| literals.id(id)).join(", ");
    sql.push(format!(
        "INSERT INTO contract VALUES ('{}', {contract}, {ids}, 'sports', 'offline', 'senior', {people}, {}, {}, {}, \
         '{}', '{}', {}, 'signed', {}, {}, {}, {}, 41)",
        ledger(),
        terms.refund_terms.full_refund_days_before_start,
        terms.refund_terms.full_refund_days_after_start,
        terms.refund_terms.pay_back_days,
        terms.first_lesson_on,
        terms.last_lesson_on,
        literals.bytes(&account.document),
        account.prepaid,
        account.disputed,
        account.refund,
        literals.id(account.open_refund.unwrap().uuid())
    ));
    for (position, lot) in account.lots.iter().enumerate() {
        let list_price = lot.list_price_per_hour.map_or("NULL".to_owned(), |fen| fen.to_string());
        let hours = [lot.claimed, lot.used, lot.disputed, lot.returned].map(|hours| hours.hundredths().to_string());
        sql.push(format!(
            "INSERT INTO lot VALUES ('{}', {contract}, {}, {position}, {}, {}, {}, {list_price}, {}, {}, {})",
            ledger(),
            literals.id(lot.id.uuid()),
            lot.paid_hours.hundredths(),
            lot.gift_hours.hundredths(),
            lot.price,
            lot.paid,
            lot.prepaid,
            hours.join(", ")
        ));
    }
    for statement in sql {
        db.execute(&statement).await.unwrap();
    }
}

#[tokio::test]
async fn rows_from_before_are_found() {
    for db in std::iter::once(testdb::empty_sqlite()).chain(testdb::empty_postgres()) {
        migrations::first(&db.url, Some(BEFORE)).await.unwrap();
        let engine = if db.url.starts_with("sqlite") { Engine::Sqlite } else { Engine::Postgres };
        fill(&db, &Literals(engine)).await;
        migrations::up(&db.url).await.unwrap();
        let store = Store::connect(&db.url).await.unwrap();
        let (read, l) = (store.read(), ledger());
        let expected = escrow::Account { last_seq: 41, last_entry: 4_003, ..account(1) };
        assert_eq!(account_load(&read, &l, &[expected.terms.id]).await.unwrap(), std::slice::from_ref(&expected));
        let chain = entries_of_contract(&read, &l, expected.terms.id, 0, 1_000).await.unwrap();
        assert_eq!(
            chain.iter().map(|entry| entry.seq).collect::<Vec<_>>(),
            (0..41).map(|n| n * 100 + 3).collect::<Vec<_>>()
        );
        assert_eq!(chain[1].contract_before, None);
        assert_eq!(chain[2].contract_before, Some(103));
        let mut sum = LeafIndexSum::default();
        (0..ENTRIES).for_each(|seq| sum.push(seq, &hash(seq)));
        assert!(sum.is_stored(&read, &l).await.unwrap(), "{engine}");
        for seq in [0, 2_047, 2_048, 4_099] {
            assert_eq!(entry_by_leaf(&read, &hash(seq)).await.unwrap().unwrap().1.seq, seq);
        }
        assert!(db.execute("UPDATE entry SET seq = 9").await.is_err(), "{engine}: still append-only");
        store.close().await.unwrap();
    }
}
