//! Days are sealed once, by whichever server comes first, and what a seal counted can be proved.

use std::sync::Arc;

use crate::common::{World, bank, officer};
use app::App;
use app::read::Page;
use app::verbs::{DaySeal, LessonConfirm};
use ledger::body::ConfirmedBy;
use ledger::finding::{InvariantId, Verdict};
use ledger::{SealedBalance, Statement, VerifierKey};
use store::Store;
use store::vault::Vault;

const ALL: Page = Page { after: None, limit: 200 };

async fn run(world: &World) -> u64 {
    world.app.run_clocks(&world.ledger, world.effects_now()).await.unwrap().seals
}

impl World {
    fn effects_now(&self) -> kernel::Instant {
        self.app.effects().now()
    }

    async fn key(&self) -> VerifierKey {
        self.app.ledger_infos().await.unwrap().remove(0).vkey.parse().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_sealed_once_it_is_over_and_something_changed() {
    for database in testdb::fresh_databases() {
        let world = World::on(database).await;
        let (a, b) = (world.institution(1).await, world.institution(2).await);
        let course = world.course(a, "24", 200_000).await;
        let first = world.contract(a, course, "24", 200_000, 1).await;
        let second = world.contract(a, course, "24", 200_000, 2).await;
        world.run(&bank(), world.payment(first, 200_000, "b-1")).await.unwrap();
        assert_eq!(run(&world).await, 0, "the day is not over");

        world.effects.set("2026-03-03");
        // The second institution has no contract; the first is sealed once.
        assert_eq!((run(&world).await, run(&world).await), (1, 0));
        // A day on which nothing happened is not sealed; one with a change is, when it is over.
        world.effects.set("2026-03-05");
        assert_eq!(run(&world).await, 0);
        world.run(&bank(), world.payment(second, 100_000, "b-2")).await.unwrap();
        assert_eq!(run(&world).await, 0);
        let lesson = world.claim(a, first, "2", "2026-03-07").await.unwrap();
        let guardian = world.guardian_of(first).await;
        world.run(&guardian, LessonConfirm { lesson, by: ConfirmedBy::Guardian }).await.unwrap();
        // The clock stood still for days: one seal, for the last day that is over.
        world.effects.set("2026-03-09");
        assert_eq!((run(&world).await, run(&world).await), (1, 0));

        let owner = world.institution_user(a);
        let seals = world.app.seals(Some(&owner), a, &ALL).await.unwrap().items;
        let days: Vec<String> = seals.iter().map(|view| view.seal.sealed_on.to_string()).collect();
        assert_eq!(days, ["2026-03-08", "2026-03-02"]);
        let seal = &seals[0].seal;
        assert_eq!((seal.contracts, seal.custody_fen.fen(), seal.payable_fen.fen()), (2, 300_000, 16_667));
        assert_eq!(seal.hours_left_hundredths, 4_600);
        assert!(world.app.seals(Some(&world.institution_user(b)), b, &ALL).await.unwrap().items.is_empty());

        let report = world.sweep().await;
        assert_eq!(report.books.institution(a).unwrap().sealed_on, Some("2026-03-08".parse().unwrap()));
        let key = world.key().await;
        for (contract, balance) in [(first, 183_333), (second, 100_000)] {
            let guardian = world.guardian_of(contract).await;
            let file = world.app.balance_proof(Some(&guardian), contract).await.unwrap();
            let report = file.parse::<SealedBalance>().unwrap().verify(Some(&key), &[]);
            assert_eq!(report.verdict, Verdict::Holds);
            assert_eq!(report.sealed.unwrap().balance().unwrap().fen(), balance);
            let file = world.app.contract_statement_file(Some(&guardian), contract).await.unwrap();
            let report = file.parse::<Statement>().unwrap().verify(Some(&key), &[]);
            assert_eq!((report.verdict.clone(), report.after_seal()), (Verdict::Holds, 0), "{report:?}");
            // Not of another family, not of another institution.
            let other = world.guardian_of(if contract == first { second } else { first }).await;
            assert!(world.app.balance_proof(Some(&other), contract).await.is_err());
            assert!(world.app.contract_statement_file(Some(&other), contract).await.is_err());
            let competitor = world.institution_user(b);
            assert!(world.app.balance_proof(Some(&competitor), contract).await.is_err());
            assert!(world.app.institution_statement_file(Some(&guardian), a).await.is_err());
        }
        let file = world.app.institution_statement_file(Some(&owner), a).await.unwrap();
        let report = file.parse::<Statement>().unwrap().verify(Some(&key), &[]);
        assert_eq!((report.verdict.clone(), report.after_seal()), (Verdict::Holds, 0));
        // The tables beside the ledger can be made again from it.
        app::verify::rebuild(world.app.store(), world.ledger.id(), |_, _| ()).await.unwrap();
        world.sweep().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_seal_a_day_once() {
    for database in testdb::fresh_databases() {
        let world = World::on(database).await;
        let mut institutions = Vec::new();
        for n in 1..=3 {
            let institution = world.institution(n).await;
            let course = world.course(institution, "24", 200_000).await;
            let contract = world.contract(institution, course, "24", 200_000, n).await;
            world.run(&bank(), world.payment(contract, 200_000, &format!("b-{n}"))).await.unwrap();
            institutions.push(institution);
        }
        world.effects.set("2026-03-03");
        let store = Store::connect(&world.database.url).await.unwrap();
        let effects: Arc<dyn app::Effects> = world.effects.clone();
        let other = App::start(store, Vault::new([5; 32]), effects).await.unwrap();
        let there = other.ledger(world.ledger.id()).await.unwrap().unwrap();
        let now = world.effects_now();
        let (here, elsewhere) = tokio::join!(world.app.run_clocks(&world.ledger, now), other.run_clocks(&there, now));
        assert_eq!(here.unwrap().seals + elsewhere.unwrap().seals, 3);
        for institution in institutions {
            let owner = world.institution_user(institution);
            assert_eq!(world.app.seals(Some(&owner), institution, &ALL).await.unwrap().items.len(), 1);
        }
        world.sweep().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_seals_by_hand_and_no_day_twice() {
    for database in testdb::fresh_databases() {
        let world = World::on(database).await;
        let institution = world.institution(1).await;
        let course = world.course(institution, "24", 200_000).await;
        world.contract(institution, course, "24", 200_000, 1).await;
        world.effects.set("2026-03-03");
        let seal = |on: &str| DaySeal { institution, on: on.parse().unwrap() };
        assert!(world.run(&officer(), seal("2026-03-02")).await.is_err());
        assert_eq!(run(&world).await, 1);
        let call = |key: &str| {
            let key = app::Key::new(&[9; 32], "system", key, "test", &serde_json::Value::Null);
            app::Call::system(world.effects_now(), key)
        };
        for (key, on) in [("again", "2026-03-02"), ("earlier", "2026-03-01"), ("today", "2026-03-03")] {
            let refused = world.app.submit(&world.ledger, call(key), seal(on)).await;
            assert!(matches!(refused, Err(app::AppError::Refused { .. })), "{key}");
        }
        world.sweep().await;
    }
}

/// Somebody changes what the seals remember in the database: found, and no false proof is made.
#[tokio::test(flavor = "multi_thread")]
async fn what_seals_remember_is_checked() {
    let cases = [
        "UPDATE sealed_contract SET prepaid_fen = prepaid_fen + 1",
        "UPDATE sealed_contract SET entries = entries - 1",
        "UPDATE seal SET sealed_on = '2026-03-01'",
        "DELETE FROM sealed_contract",
        "DELETE FROM seal",
    ];
    for database in testdb::fresh_databases() {
        let world = World::on(database).await;
        let institution = world.institution(1).await;
        let course = world.course(institution, "24", 200_000).await;
        let contract = world.contract(institution, course, "24", 200_000, 1).await;
        world.run(&bank(), world.payment(contract, 200_000, "b-1")).await.unwrap();
        world.effects.set("2026-03-03");
        assert_eq!(run(&world).await, 1);
        world.sweep().await;
        let guardian = world.guardian_of(contract).await;
        let key = world.key().await;
        for sql in cases {
            world.database.execute(sql).await.unwrap();
            let options = app::verify::Options::default();
            let report = app::verify::verify(world.app.store(), world.ledger.id(), options, |_, _| ()).await.unwrap();
            assert_eq!(report.findings[0].invariant, InvariantId::Projection, "{sql}");
            if let Ok(file) = world.app.balance_proof(Some(&guardian), contract).await {
                let report = file.parse::<SealedBalance>().unwrap().verify(Some(&key), &[]);
                assert_eq!(report.verdict, Verdict::Holds, "{sql}");
            }
            app::verify::rebuild(world.app.store(), world.ledger.id(), |_, _| ()).await.unwrap();
        }
        world.sweep().await;
    }
}
