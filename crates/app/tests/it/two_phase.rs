//! What the public tables of TigerBeetle's state machine teach (its `src/state_machine_tests.zig`),
//! asked of this ledger: money that is set aside is released or given back, and once only; a limit
//! counts what stands before it in the same batch; a refusal under a key is final; what expired does
//! not come back; a closed account takes nothing. Linked chains, balancing transfers and imported
//! events have no counterpart: a command here decides all its entries itself.

use app::verbs::*;
use app::{AppError, Call, Outcome, context::Verb};
use kernel::{ContractId, Fen, InstitutionId, LessonId, RefundId, SettlementId};
use ledger::body::{ConfirmedBy, DisputeDecision, DisputeReason};
use serde_json::json;

use crate::common::{World, bank, officer};

/// A contract that is paid for, with one lesson of 16,667 fen recorded.
async fn paid_contract(world: &World, n: u32) -> (InstitutionId, ContractId, LessonId) {
    let institution = world.institution(n).await;
    let course = world.course(institution, "24", 200_000).await;
    let contract = world.contract(institution, course, "24", 200_000, n).await;
    world.run(&bank(), world.payment(contract, 200_000, &format!("all-{n}"))).await.unwrap();
    let lesson = world.claim(institution, contract, "2", "2026-03-07").await.unwrap();
    (institution, contract, lesson)
}

/// Queued at once: they share one transaction, and each is decided after those before it.
async fn at_once(world: &World, commands: Vec<(Call, Box<dyn Verb>)>) -> Vec<bool> {
    let answers: Vec<Result<Outcome, AppError>> = world.app.submit_all(&world.ledger, commands).await;
    let taken = |answer: Result<Outcome, AppError>| match answer {
        Ok(_) => true,
        Err(AppError::Refused { .. }) => false,
        Err(other) => panic!("neither done nor refused: {other:?}"),
    };
    answers.into_iter().map(taken).collect()
}

fn confirm(lesson: LessonId) -> Box<dyn Verb> {
    Box::new(LessonConfirm { lesson, by: ConfirmedBy::Guardian })
}

fn dispute(lesson: LessonId) -> Box<dyn Verb> {
    Box::new(LessonDispute { lesson, reason: DisputeReason::NotHeld })
}

fn decide(world: &World, lesson: LessonId, decision: DisputeDecision) -> Box<dyn Verb> {
    Box::new(DisputeDecide { lesson, decision, reason: world.app.secret(&json!({"reason": "查实"})) })
}

async fn balances(world: &World, id: InstitutionId) -> [i64; 4] {
    let row = store::institution_load(&world.app.store().read(), world.ledger.id(), &[id]).await.unwrap().remove(0);
    [row.prepaid, row.disputed, row.payable, row.custody].map(Fen::fen)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_set_aside_is_resolved_once() {
    for database in testdb::fresh_databases() {
        let world = World::on(database).await;
        // Posted: a second post and a void come too late.
        let (institution, contract, lesson) = paid_contract(&world, 1).await;
        let guardian = world.guardian_of(contract).await;
        let commands = vec![confirm(lesson), confirm(lesson), dispute(lesson)];
        let commands = commands.into_iter().map(|verb| (world.call(&guardian), verb)).collect();
        assert_eq!(at_once(&world, commands).await, [true, false, false]);
        assert_eq!(balances(&world, institution).await, [183_333, 0, 16_667, 200_000]);

        // Held, then given back: no post while held, and it is given back once.
        let (institution, contract, lesson) = paid_contract(&world, 2).await;
        let guardian = world.guardian_of(contract).await;
        let commands: Vec<(Call, Box<dyn Verb>)> = vec![
            (world.call(&guardian), dispute(lesson)),
            (world.call(&guardian), confirm(lesson)),
            (world.call(&officer()), decide(&world, lesson, DisputeDecision::Family)),
            (world.call(&officer()), decide(&world, lesson, DisputeDecision::Institution)),
            (world.call(&guardian), dispute(lesson)),
        ];
        assert_eq!(at_once(&world, commands).await, [true, false, true, false, false]);
        assert_eq!(balances(&world, institution).await, [200_000, 0, 0, 200_000]);

        // Held, then released.
        let (institution, contract, lesson) = paid_contract(&world, 3).await;
        let guardian = world.guardian_of(contract).await;
        let commands: Vec<(Call, Box<dyn Verb>)> = vec![
            (world.call(&guardian), dispute(lesson)),
            (world.call(&officer()), decide(&world, lesson, DisputeDecision::Institution)),
            (world.call(&guardian), confirm(lesson)),
        ];
        assert_eq!(at_once(&world, commands).await, [true, true, false]);
        assert_eq!(balances(&world, institution).await, [183_333, 0, 16_667, 200_000]);
        world.sweep().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_expired_does_not_come_back() {
    for database in testdb::fresh_databases() {
        let world = World::on(database).await;
        let (institution, contract, lesson) = paid_contract(&world, 1).await;
        let guardian = world.guardian_of(contract).await;
        world.effects.set("2026-04-30");
        assert_eq!(world.app.run_clocks(&world.ledger, app::Effects::now(&*world.effects)).await.unwrap().lessons, 1);
        let late = vec![(world.call(&guardian), dispute(lesson)), (world.call(&guardian), confirm(lesson))];
        assert_eq!(at_once(&world, late).await, [false, false]);
        assert_eq!(balances(&world, institution).await, [183_333, 0, 16_667, 200_000]);
        world.sweep().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_counts_what_stands_before_it_in_the_batch() {
    for database in testdb::fresh_databases() {
        let world = World::on(database).await;
        let institution = world.institution(1).await;
        let course = world.course(institution, "24", 200_000).await;
        let contract = world.contract(institution, course, "24", 200_000, 1).await;
        let pay = |fen, reference: &str| -> (Call, Box<dyn Verb>) {
            (world.call(&bank()), Box::new(world.payment(contract, fen, reference)))
        };
        // 200,000 in all: the second does not fit, the third does, the fourth has no room left; a
        // reference comes once, also within the batch.
        let commands = vec![pay(150_000, "a"), pay(50_001, "b"), pay(1, "a"), pay(50_000, "c"), pay(1, "d")];
        assert_eq!(at_once(&world, commands).await, [true, false, false, true, false]);
        assert_eq!(balances(&world, institution).await, [200_000, 0, 0, 200_000]);

        let lesson = world.claim(institution, contract, "2", "2026-03-07").await.unwrap();
        world
            .run(&world.guardian_of(contract).await, LessonConfirm { lesson, by: ConfirmedBy::Guardian })
            .await
            .unwrap();
        let owner = world.institution_user(institution);
        let order = |fen| -> (Call, Box<dyn Verb>) {
            let settlement = world.app.new_id(&world.call(&owner), SettlementId::new);
            (world.call(&owner), Box::new(SettlementOrder { settlement, institution, amount: Fen::new(fen) }))
        };
        // 16,667 are earned; what is ordered and not yet paid out counts.
        let commands = vec![order(10_000), order(10_000), order(6_667), order(1)];
        assert_eq!(at_once(&world, commands).await, [true, false, true, false]);
        world.sweep().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_account_takes_nothing_and_pays_once() {
    for database in testdb::fresh_databases() {
        let world = World::on(database).await;
        let (institution, contract, _) = paid_contract(&world, 1).await;
        let (guardian, owner) = (world.guardian_of(contract).await, world.institution_user(institution));
        let refund = world.app.new_id(&world.call(&guardian), RefundId::new);
        let ask = |id| -> (Call, Box<dyn Verb>) {
            let (cause, reason) = (escrow::RefundCause::Consumer, world.app.secret(&json!({"reason": "搬家"})));
            (
                world.call(&guardian),
                Box::new(RefundRequest { refund: id, contract, cause, asked: Asked::All, paid_on: None, reason }),
            )
        };
        let consent = || -> (Call, Box<dyn Verb>) { (world.call(&owner), Box::new(RefundConsent { refund })) };
        let other = world.app.new_id(&world.call(&guardian), RefundId::new);
        assert_eq!(
            at_once(&world, vec![ask(refund), ask(other), consent(), consent()]).await,
            [true, false, true, false]
        );
        let pay_out = |reference: &[u8]| -> (Call, Box<dyn Verb>) {
            let reference_hash = ledger::digest(ledger::tags::BANK_REFERENCE, reference);
            (world.call(&bank()), Box::new(RefundPayout { refund, reference_hash }))
        };
        assert_eq!(at_once(&world, vec![pay_out(b"out-1"), pay_out(b"out-2")]).await, [true, false]);
        let late = vec![(world.call(&bank()), Box::new(world.payment(contract, 1, "late")) as Box<dyn Verb>)];
        assert_eq!(at_once(&world, late).await, [false]);
        assert!(world.claim(institution, contract, "1", "2026-03-14").await.is_err());
        world.sweep().await;
    }
}
