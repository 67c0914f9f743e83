//! Somebody with the database in hand: bytes flipped, rows deleted, swapped, cut off, figures
//! changed. Every case is found, and named at the right place. SQL goes past all checks, as an
//! attacker's would.

use crate::common::{World, bank};
use app::AppError;
use app::verify::Options;
use ledger::finding::{Finding, InvariantId, Verdict};
use ledger::verify::Report;

/// A ledger with a contract, payments and lessons; every entry under a signed checkpoint.
async fn ledger(database: testdb::TestDatabase) -> World {
    let world = World::on(database).await;
    let institution = world.institution(1).await;
    let course = world.course(institution, "24", 200_000).await;
    let contract = world.contract(institution, course, "24", 200_000, 1).await;
    world.run(&bank(), world.payment(contract, 150_000, "b-1")).await.unwrap();
    world.run(&bank(), world.payment(contract, 50_000, "b-2")).await.unwrap();
    for day in ["2026-03-07", "2026-03-14", "2026-03-21"] {
        world.claim(institution, contract, "2", day).await.unwrap();
    }
    world.sweep().await;
    for (table, verbs) in [("entry", ["update", "delete"]), ("checkpoint", ["update", "delete"])] {
        for verb in verbs {
            let on = if world.database.url.starts_with("postgres") { format!(" ON {table}") } else { String::new() };
            let drop = format!("DROP TRIGGER IF EXISTS tg_{table}_no_{verb}{on}");
            world.database.execute(&drop).await.unwrap();
        }
    }
    world
}

async fn verify(world: &World, since: Vec<String>) -> Report {
    let key = app::Effects::log_key(&*world.effects, world.ledger.id()).unwrap().verifier().clone();
    let options = Options { since, key: Some(key), ..Options::default() };
    app::verify::verify(world.app.store(), world.ledger.id(), options, |_, _| ()).await.unwrap()
}

async fn first(world: &World, sql: &str) -> Finding {
    world.database.execute(sql).await.unwrap();
    match verify(world, Vec::new()).await.verdict() {
        Verdict::DoesNotHold(finding) => finding,
        other => unreachable!("not found after `{sql}`: {other:?}"),
    }
}

/// The text of an entry with one fen more, in the engine's own SQL.
fn raise_amount(world: &World) -> &'static str {
    if world.database.url.starts_with("postgres") {
        "UPDATE entry SET bytes = convert_to(replace(convert_from(bytes, 'UTF8'), '150000', '150001'), 'UTF8') \
         WHERE entry_type = 'fee_paid'"
    } else {
        "UPDATE entry SET bytes = CAST(replace(CAST(bytes AS TEXT), '150000', '150001') AS BLOB) \
         WHERE entry_type = 'fee_paid'"
    }
}

async fn seq_of(world: &World, entry_type: &str) -> u64 {
    let sql = format!("SELECT CAST(MIN(seq) AS TEXT) FROM entry WHERE entry_type = '{entry_type}'");
    world.database.texts(&sql).await.unwrap().remove(0).parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_raised_in_an_entry() {
    for database in testdb::fresh_databases() {
        let world = ledger(database).await;
        let seq = seq_of(&world, "fee_paid").await;
        assert_eq!(first(&world, raise_amount(&world)).await.seq, Some(seq));
        // The server notices too, at its next start: the tail is hashed again.
        let restarted = World::reopen(world).await;
        assert!(!restarted.ledger.accepts_writes());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_deleted_in_the_middle() {
    for database in testdb::fresh_databases() {
        let world = ledger(database).await;
        let finding = first(&world, "DELETE FROM entry WHERE seq = 5").await;
        assert_eq!((finding.seq, finding.invariant), (Some(5), InvariantId::Sequence));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_rows_swapped() {
    for database in testdb::fresh_databases() {
        let world = ledger(database).await;
        let swap = "UPDATE entry SET seq = 1000 WHERE seq = 5; UPDATE entry SET seq = 5 WHERE seq = 6; \
                    UPDATE entry SET seq = 6 WHERE seq = 1000";
        assert_eq!(first(&world, swap).await.seq, Some(5));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tail_cut_off_with_everything_that_would_show_it() {
    for database in testdb::fresh_databases() {
        let world = ledger(database).await;
        let head = store::head_load(&world.app.store().read(), world.ledger.id()).await.unwrap().unwrap();
        // The attacker also turns the head row back and forgets the checkpoints.
        let kept = head.size - 1;
        let finding = first(&world, &format!("DELETE FROM entry WHERE seq = {kept}")).await;
        assert_eq!(finding.invariant, InvariantId::Length);
        let sql = format!("UPDATE ledger SET size = {kept}; DELETE FROM checkpoint");
        world.database.execute(&sql).await.unwrap();
        let outside = app::Effects::kept_checkpoint(&*world.effects, world.ledger.id()).unwrap().unwrap();
        let report = verify(&world, vec![outside]).await;
        let found: Vec<_> = report.findings.iter().map(|finding| finding.invariant).collect();
        assert!(found.contains(&InvariantId::Length), "{found:?}");
        let refused = World::try_reopen(world).await.err();
        assert!(
            matches!(refused, Some(AppError::RolledBack { .. })),
            "behind the checkpoint kept outside: {refused:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_changed_beside_the_ledger() {
    let cases = [
        "UPDATE institution SET prepaid_fen = prepaid_fen + 1, custody_fen = custody_fen + 1",
        "UPDATE contract SET lots = replace(lots, ',0,0]', ',0,1]')",
        "UPDATE contract SET last_entry = last_entry - 1",
        "UPDATE lesson SET state = 'confirmed' WHERE held_on = '2026-03-14'",
        "DELETE FROM lesson WHERE held_on = '2026-03-14'",
        "UPDATE licence SET valid_until_on = '2039-03-01'",
        "UPDATE payment SET reference = 'b-3' WHERE reference = 'b-2'",
        "UPDATE institution SET listing = 'white'",
        "UPDATE entry SET contract_id = NULL, contract_seq = NULL WHERE entry_type = 'fee_paid'",
    ];
    for database in testdb::fresh_databases() {
        let world = ledger(database).await;
        for sql in cases {
            let finding = first(&world, sql).await;
            assert_eq!(finding.invariant, InvariantId::Projection, "{sql}");
            app::verify::rebuild(world.app.store(), world.ledger.id(), |_, _| ()).await.unwrap();
            if sql.contains("reference") {
                world.database.execute("UPDATE payment SET reference = 'b-2' WHERE reference = 'b-3'").await.unwrap();
            }
            if sql.contains("UPDATE entry") {
                break;
            }
            assert_eq!(verify(&world, Vec::new()).await.verdict(), Verdict::Holds, "rebuilt after `{sql}`");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn append_only_tables_refuse() {
    for database in testdb::fresh_databases() {
        let world = World::on(database).await;
        for sql in ["UPDATE entry SET seq = 9", "DELETE FROM entry", "UPDATE idempotency SET status = 200"] {
            assert!(world.database.execute(sql).await.is_err(), "{sql}");
        }
        world.sweep().await;
    }
}

/// A tile of payments and more, by another institution.
async fn small_payments(world: &World) {
    let institution = world.institution(2).await;
    let course = world.course(institution, "24", 200_000).await;
    let contract = world.contract(institution, course, "24", 200_000, 2).await;
    let payments = (0..260).map(|n| {
        let verb: Box<dyn app::context::Verb> = Box::new(world.payment(contract, 1, &format!("small-{n}")));
        (world.call(&bank()), verb)
    });
    let paid = world.app.submit_all(&world.ledger, payments.collect()).await;
    assert!(paid.iter().all(Result::is_ok));
}

/// What a proof reads at once is held against the entries, and is not believed where it is gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_tile_that_does_not_fit_its_entries() {
    for database in testdb::fresh_databases() {
        let world = ledger(database).await;
        small_payments(&world).await;
        world.sweep().await;
        let size = store::head_load(&world.app.store().read(), world.ledger.id()).await.unwrap().unwrap().size;
        let proof = async || world.app.inclusion(&world.ledger, 7, size).await.unwrap();
        let before = proof().await;
        let postgres = world.database.url.starts_with("postgres");
        let zero = if postgres { "decode(repeat('00', 8192), 'hex')" } else { "zeroblob(8192)" };
        let finding = first(&world, &format!("UPDATE tile SET hashes = {zero} WHERE level = 0 AND idx = 0")).await;
        assert_eq!((finding.invariant, finding.seq), (InvariantId::Tree, Some(0)));
        assert_ne!(proof().await, before, "a proof of such a tile proves nothing");
        world.database.execute("DELETE FROM tile").await.unwrap();
        assert_eq!(verify(&world, Vec::new()).await.verdict(), Verdict::Holds);
        assert_eq!(proof().await, before);
        app::verify::rebuild(world.app.store(), world.ledger.id(), |_, _| ()).await.unwrap();
        assert_eq!(world.database.texts("SELECT 'kept' FROM tile").await.unwrap().len(), 1);
        assert_eq!(proof().await, before);
    }
}

/// A large ledger serves before all its leaf hashes are read; one that does not fit stops it all the same.
/// It lies below a stored node of the tree, or the start would have met it.
#[tokio::test(flavor = "multi_thread")]
async fn a_leaf_hash_deep_in_a_large_ledger_stops_it_while_it_serves() {
    for changed in [false, true] {
        let world = ledger(testdb::sqlite()).await;
        small_payments(&world).await;
        world.sweep().await;
        if changed {
            let sql = "UPDATE entry SET leaf_hash = zeroblob(32) WHERE seq = 3";
            world.database.execute(sql).await.unwrap();
        }
        let store = store::Store::connect(&world.database.url).await.unwrap();
        let vault = store::vault::Vault::new([5; 32]);
        let checks = app::StartChecks { whole_max: 0, tail: 2 };
        let large = app::App::start_checking(store, vault, world.effects.clone(), checks).await.unwrap();
        let ledger = large.ledger_of(crate::common::REGION.parse().unwrap()).await.unwrap();
        for _ in 0..200 {
            if ledger.accepts_writes() != changed {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(ledger.accepts_writes(), !changed);
    }
}
