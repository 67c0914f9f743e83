//! Interest that the bank credits: nobody's until the place rules whose it is, then each family's by fen and
//! days, once, by the clock or by hand.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::bank::{Line, camt, credit, debit, import};
use crate::settlements::rule;
use crate::world::{Shop, World, payment_body, text};

/// 1,000.00 in custody since 22 November, 3.00 of interest credited on the 30th.
async fn begun(world: &mut World) -> (Shop, String) {
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    world.post("bank", &format!("/v1/contracts/{contract}/payments"), &payment_body(100_000, "R-1")).await.expect(201);
    import(world, camt(1, "2026-11-22", "0", "1000", &[credit("1000", "R-1")])).await;
    world.at("2026-11-30", 600).await;
    let line = Line { code: "INTR", ..credit("3", "I-1") };
    import(world, camt(2, "2026-11-30", "1000", "1003", &[line])).await;
    (shop, contract)
}

/// One lesson of 166.67 on 5 December, 10.00 of interest on the 21st.
async fn quarter(world: &mut World, contract: &str) {
    world.at("2026-12-05", 600).await;
    let lesson = json!({"hours":"2","held_on":"2026-12-05","class_session":null});
    let lesson = world.post("owner", &format!("/v1/contracts/{contract}/lessons"), &lesson).await.expect(201);
    let path = format!("/v1/lessons/{}/confirmation", text(&lesson["id"]));
    world.post("guardian", &path, &json!({})).await.expect(201);
    world.at("2026-12-21", 600).await;
    let line = Line { code: "INTR", ..credit("10", "I-2") };
    import(world, camt(3, "2026-12-21", "1003", "1013", &[line])).await;
}

async fn balances(world: &World, shop: &Shop) -> (i64, i64, i64) {
    let path = format!("/v1/institutions/{}/balances", shop.institution);
    let held = world.get("auditor", &path).await.expect(200);
    let fen = |key: &str| held[key].as_i64().unwrap();
    (fen("custody_fen"), fen("interest_fen"), fen("refund_fen"))
}

#[tokio::test(flavor = "multi_thread")]
async fn interest_goes_to_whom_the_place_says_once_and_to_the_fen() {
    shared(World::on("2026-11-22").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_on_postgres() {
    if let Some(world) = World::on_postgres("2026-11-22").await {
        shared(world).await;
    }
}

async fn shared(mut world: World) {
    let (shop, contract) = begun(&mut world).await;
    let path = format!("/v1/institutions/{}/interest-allotments", shop.institution);
    for who in ["owner", "guardian", "auditor", "admin", "neighbour"] {
        let refused = world.post(who, &path, &json!({})).await;
        let status = refused.status;
        assert!([StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&status), "{who}: {}", refused.text);
    }
    // No text says whose it is: nothing is guessed, by nobody.
    let open = world.post("bank", &path, &json!({})).await;
    assert_eq!((open.problem(422), &open.json()["rule"]), ("rule-broken".into(), &json!("bank.interest_owner")));
    world.at("2026-12-01", 60).await;
    world.tick().await;
    assert_eq!(balances(&world, &shop).await, (100_300, 300, 0));
    rule(&world, "interest_owner", json!("families")).await;
    quarter(&mut world, &contract).await;
    // The clock does it when the day is over.
    world.at("2026-12-22", 60).await;
    world.tick().await;
    // 1,000.00 for 21 days less 166.67 for 16, of 1,003.00 for 21: 870.4 of 1,000 fen. What was earned and
    // not paid out, and the interest before, bore the rest.
    assert_eq!(balances(&world, &shop).await, (101_300, 430, 870));
    for _ in 0..2 {
        let again = world.post("officer", &path, &json!({})).await.expect(200);
        let lines = again["items"].as_array().unwrap();
        let told: Vec<_> = lines
            .iter()
            .map(|line| {
                ["booked_on", "owner", "contracts", "allotted_fen", "kept_fen", "allotted_now"].map(|k| line[k].clone())
            })
            .collect();
        let first = [json!("2026-11-30"), Value::Null, json!("0"), json!(0), json!(300), json!("0")];
        let second = [json!("2026-12-21"), json!("families"), json!("1"), json!(870), json!(130), json!("0")];
        assert_eq!(told, [first, second], "by the rule of the day of each line, and once");
    }
    assert_eq!(balances(&world, &shop).await, (101_300, 430, 870));
    // It is owed as a refund, and the bank pays it like one.
    let orders = format!("/v1/institutions/{}/payment-orders", shop.institution);
    let orders = world.get("bank", &orders).await.expect(200);
    assert_eq!((&orders["items"][0]["kind"], &orders["items"][0]["amount_fen"]), (&json!("refund"), &json!(870)));
    let out = Line { end_to_end: text(&orders["items"][0]["end_to_end"]), ..debit("8.70", "OUT-1") };
    import(&world, camt(4, "2026-12-22", "1013", "1004.30", &[out])).await;
    assert_eq!(balances(&world, &shop).await, (100_430, 430, 0));
    let statement = world.get("guardian", &format!("/v1/contracts/{contract}/statement")).await.expect(200);
    assert!(statement.to_string().contains("interest_allotted"), "{statement}");
    world.at("2026-12-23", 60).await;
    world.tick().await;
    assert_eq!(balances(&world, &shop).await, (100_430, 430, 0), "once");
}

/// Where only money that is being refunded bears interest, money that waits to be taught bears none.
#[tokio::test(flavor = "multi_thread")]
async fn where_refunds_alone_bear_interest_the_rest_is_kept() {
    refunds_alone(World::on("2026-11-22").await).await;
}

async fn refunds_alone(mut world: World) {
    let (shop, contract) = begun(&mut world).await;
    rule(&world, "interest_owner", json!("refunds")).await;
    world.at("2026-12-11", 600).await;
    let asked = json!({"cause":"institution","reason":"x"});
    let asked = world.post("guardian", &format!("/v1/contracts/{contract}/refunds"), &asked).await.expect(201);
    world.post("owner", &format!("/v1/refunds/{}/consent", text(&asked["id"])), &json!({})).await.expect(201);
    world.at("2026-12-21", 600).await;
    let line = Line { code: "INTR", ..credit("10", "I-2") };
    import(&world, camt(3, "2026-12-21", "1003", "1013", &[line])).await;
    let path = format!("/v1/institutions/{}/interest-allotments", shop.institution);
    let done = world.post("bank", &path, &json!({})).await.expect(200);
    // 1,000.00 for the 10 days since it was agreed, of 1,003.00 for 21.
    assert_eq!(done["items"][1]["allotted_fen"], 475, "{done}");
    assert_eq!(balances(&world, &shop).await, (101_300, 300 + 525, 100_475));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_on_postgres() {
    if let Some(world) = World::on_postgres("2026-11-22").await {
        refunds_alone(world).await;
    }
}
