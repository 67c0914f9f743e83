//! One sale that is cut in several: recognised by guardian, by child under another guardian and by
//! who controls the institution; at draft, signature and payment, and inside one batch.

use app::context::Verb;
use app::verbs::*;
use app::{AppError, Call, Refusal};
use contract::Party;
use kernel::*;
use ledger::body::{DisputeDecision, DisputeReason};
use serde_json::{Value, json};

use crate::common::{World, bank, officer};

/// Rule and sum of every rule that a refusal names.
fn sums(error: AppError) -> Vec<(String, String)> {
    let AppError::Refused { refusal: Refusal::Rules { violations }, .. } = error else {
        panic!("not refused by a rule: {error:?}")
    };
    violations.into_iter().map(|broken| (broken.rule.to_string(), broken.actual.unwrap_or_default())).collect()
}

fn id(outcome: &app::Outcome) -> ContractId {
    outcome.answer["id"].as_str().unwrap().parse().unwrap()
}

const HOURS: &str = "contract.prepaid_hours_across";
const MONEY: &str = "contract.prepaid_amount_across";

fn both(hours: &str, fen: &str) -> Vec<(String, String)> {
    vec![(HOURS.to_owned(), hours.to_owned()), (MONEY.to_owned(), fen.to_owned())]
}

async fn sign(world: &World, contract: ContractId, party: Party) -> Result<app::Outcome, AppError> {
    let principal = match party {
        Party::Institution => world.institution_user(world.app.contract_terms(contract).await.unwrap().1.institution),
        Party::Guardian => world.guardian_of(contract).await,
    };
    world.run(&principal, world.signature(contract, party).await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn three_signatures_queued_at_once_see_each_other() {
    for database in testdb::fresh_databases() {
        let world = World::on(database).await;
        let institution = world.institution(1).await;
        let course = world.course(institution, "24", 200_000).await;
        let mut queued: Vec<(Call, Box<dyn Verb>)> = Vec::new();
        let mut contracts = Vec::new();
        for _ in 0..3 {
            let drafted = world.draft(institution, course, "24", 200_000, 1).await;
            assert_eq!(drafted.answer["violations"], json!([]), "nothing is in force yet");
            let contract = id(&drafted);
            sign(&world, contract, Party::Institution).await.unwrap();
            let guardian = world.guardian_of(contract).await;
            let signature = world.signature(contract, Party::Guardian).await;
            queued.push((world.call(&guardian), Box::new(signature)));
            contracts.push(contract);
        }
        let mut answers = world.app.submit_all(&world.ledger, queued).await;
        // 24 + 24 hours for 4,000 yuan are within the caps; the third would be 72 for 6,000.
        assert_eq!(sums(answers.pop().unwrap().unwrap_err()), both("72", "600000"));
        assert!(answers.iter().all(Result::is_ok));

        // The next draft is told the same sum, by the child as by the guardian.
        let again = world.draft(institution, course, "24", 200_000, 1).await;
        let told: Vec<&Value> = again.answer["violations"].as_array().unwrap().iter().map(|v| &v["actual"]).collect();
        assert_eq!(told, ["72", "600000"]);
        let by_the_father = world.draft_for(institution, course, "24", 200_000, (77, 1)).await;
        assert_eq!(by_the_father.answer["violations"].as_array().unwrap().len(), 2, "{:?}", by_the_father.answer);
        let refused = sign(&world, id(&by_the_father), Party::Guardian).await.unwrap_err();
        assert_eq!(sums(refused), both("72", "600000"));
        // Another child of another family is nobody's concern.
        let other = world.draft_for(institution, course, "24", 200_000, (78, 2)).await;
        assert_eq!(other.answer["violations"], json!([]));
        world.sweep().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn institutions_in_the_same_hands_are_one_seller() {
    for database in testdb::fresh_databases() {
        let world = World::on(database).await;
        let (first, second) = (world.institution(1).await, world.institution(2).await);
        let course = world.course(first, "40", 300_000).await;
        world.contract(first, course, "40", 300_000, 1).await;
        let course = world.course(second, "24", 200_000).await;
        let drafted = world.draft(second, course, "24", 200_000, 1).await;
        assert_eq!(drafted.answer["violations"][0]["rule"], HOURS, "{:?}", drafted.answer);
        assert_eq!(sums(sign(&world, id(&drafted), Party::Institution).await.unwrap_err())[0].1, "64");
        world.sweep().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn payments_queued_at_once_are_held_against_the_balance() {
    for database in testdb::fresh_databases() {
        let world = World::on(database).await;
        let institution = world.institution(1).await;
        let course = world.course(institution, "24", 160_000).await;
        let first = world.contract(institution, course, "24", 160_000, 1).await;
        world.run(&bank(), world.payment(first, 160_000, "b-1")).await.unwrap();
        let guardian = world.guardian_of(first).await;
        let lesson = world.claim(institution, first, "12", "2026-03-07").await.unwrap();
        world.run(&guardian, LessonDispute { lesson, reason: DisputeReason::NotHeld }).await.unwrap();
        // 12 hours are in dispute, so 12 + 24 + 24 may be sold …
        let second = world.contract(institution, course, "24", 160_000, 1).await;
        let third = world.contract(institution, course, "24", 160_000, 1).await;
        // … until the family has them back: then no more money may come in.
        let reason = world.app.secret(&json!({"reason": "当日未开课"}));
        let decided = DisputeDecide { lesson, decision: DisputeDecision::Family, reason };
        world.run(&officer(), decided).await.unwrap();
        let pay = |contract, reference: &str| -> (Call, Box<dyn Verb>) {
            (world.call(&bank()), Box::new(world.payment(contract, 160_000, reference)))
        };
        let answers = world.app.submit_all(&world.ledger, vec![pay(second, "b-2"), pay(third, "b-3")]).await;
        for answer in answers {
            assert_eq!(sums(answer.unwrap_err())[0], (HOURS.to_owned(), "72".to_owned()));
        }
        world.sweep().await;
    }
}
