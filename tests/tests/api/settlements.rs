//! Settlement runs and the orders that they make for the bank, under the release modes of places.

use serde_json::json;

use crate::bank::{Line, camt, credit, debit, import};
use crate::world::{Shop, World, payment_body, policy_draft_body, text};

/// A contract paid for with one confirmed lesson of 166.67.
async fn earned(world: &mut World) -> (Shop, String) {
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    world.post("bank", &format!("/v1/contracts/{contract}/payments"), &payment_body(200_000, "R-1")).await.expect(201);
    import(world, camt(1, "2026-11-22", "0", "2000", &[credit("2000", "R-1")])).await;
    world.at("2026-12-05", 600).await;
    let lesson = json!({"hours":"2","held_on":"2026-12-05","class_session":null});
    let lesson = world.post("owner", &format!("/v1/contracts/{contract}/lessons"), &lesson).await.expect(201);
    let path = format!("/v1/lessons/{}/confirmation", text(&lesson["id"]));
    world.post("guardian", &path, &json!({})).await.expect(201);
    (shop, contract)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_orders_what_is_earned_and_the_bank_gets_a_file() {
    ordered(World::on("2026-11-22").await).await;
}

async fn ordered(mut world: World) {
    let (shop, _) = earned(&mut world).await;
    let at = |tail: &str| format!("/v1/institutions/{}/{tail}", shop.institution);
    for who in ["guardian", "bank", "bureau", "auditor", "admin"] {
        let refused = world.post(who, &at("settlement-runs"), &json!({})).await;
        assert!([403, 404].contains(&refused.status.as_u16()), "{who}: {}", refused.text);
    }
    let run = world.post("owner", &at("settlement-runs"), &json!({})).await.expect(201);
    assert_eq!((&run["mode"], &run["amount_fen"]), (&json!("per_lesson"), &json!(16_667)), "{run}");
    let settlement = text(&run["settlement"]);
    let again = world.post("owner", &at("settlement-runs"), &json!({})).await.expect(200);
    assert_eq!((&again["amount_fen"], &again["settlement"]), (&json!(0), &json!(null)), "nothing more may go");
    let orders = world.get("bank", &at("payment-orders")).await.expect(200);
    assert_eq!(orders["items"][0]["id"], json!(settlement));
    for who in ["guardian", "admin", "neighbour"] {
        let refused = world.get(who, &at("payment-orders")).await;
        assert!([403, 404].contains(&refused.status.as_u16()), "{who}: {}", refused.text);
        let one = world.get(who, &format!("/v1/payment-orders/{settlement}.xml")).await;
        assert!([403, 404].contains(&one.status.as_u16()), "{who}: {}", one.text);
    }
    let end_to_end = settlement.replace('-', "");
    let xml = world.get("bank", &format!("/v1/payment-orders/{settlement}.xml")).await;
    assert_eq!(xml.status, 200, "{}", xml.text);
    for part in [
        "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09",
        "<CtrlSum>166.67</CtrlSum>",
        "<InstdAmt Ccy=\"CNY\">166.67</InstdAmt>",
        &format!("<EndToEndId>{end_to_end}</EndToEndId>"),
        "<DbtrAcct><Id><Othr><Id>6222000000000001</Id>",
    ] {
        assert!(xml.text.contains(part), "{part}: {}", xml.text);
    }
    let csv = world.get("bank", &at("payment-orders.csv")).await;
    assert!(csv.text.contains(&end_to_end) && csv.text.contains("\"166.67\""), "{}", csv.text);
    // The bank pays by that reference, and its statement confirms it.
    let out = Line { end_to_end, ..debit("166.67", "OUT-1") };
    import(&world, camt(2, "2026-12-05", "2000", "1833.33", &[out])).await;
    let state = world.get("owner", &format!("/v1/settlements/{settlement}")).await.expect(200);
    assert_eq!(state["state"], "paid");
    assert_eq!(world.get("bank", &at("payment-orders")).await.expect(200)["items"], json!([]));
}

/// The county adopts a rule of its own.
pub async fn rule(world: &World, key: &str, value: serde_json::Value) {
    let body = policy_draft_body("2026-12-05", key, value);
    let drafted = world.post("officer", "/v1/policies/330502/versions", &body).await.expect(201);
    let path = format!("/v1/policy-versions/{}/decision", text(&drafted["id"]));
    world.post("approver", &path, &json!({"decision":"adopt"})).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn under_three_keys_the_authority_lets_a_settlement_go() {
    three_keys(World::on("2026-11-22").await).await;
}

async fn three_keys(mut world: World) {
    let (shop, _) = earned(&mut world).await;
    rule(&world, "release_trigger", json!("both_and_authority")).await;
    let at = |tail: &str| format!("/v1/institutions/{}/{tail}", shop.institution);
    let run = world.post("owner", &at("settlement-runs"), &json!({})).await.expect(201);
    assert_eq!(run["needs_approval"], true);
    let settlement = text(&run["settlement"]);
    let pay = format!("/v1/settlements/{settlement}/payout");
    let early = world.post("bank", &pay, &json!({"bank_reference":"OUT-1"})).await;
    assert_eq!(early.json()["rule"], "escrow.settlement_reviewed");
    assert_eq!(world.get("bank", &at("payment-orders")).await.expect(200)["items"], json!([]), "not before");
    let approve = format!("/v1/settlements/{settlement}/approval");
    for who in ["owner", "guardian", "bank", "officer", "auditor", "city", "neighbour"] {
        let refused = world.post(who, &approve, &json!({})).await;
        assert!([403, 404].contains(&refused.status.as_u16()), "{who}: {}", refused.text);
    }
    assert_eq!(world.post("approver", &approve, &json!({})).await.expect(201)["state"], "approved");
    world.post("bank", &pay, &json!({"bank_reference":"OUT-1"})).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_weeks_let_money_go_the_clock_orders_it() {
    weekly(World::on("2026-11-22").await).await;
}

async fn weekly(mut world: World) {
    let (shop, _) = earned(&mut world).await;
    rule(&world, "release_cadence", json!("weekly")).await;
    let at = |tail: &str| format!("/v1/institutions/{}/{tail}", shop.institution);
    // The lesson was on a Saturday: its week is not over.
    let run = world.post("owner", &at("settlement-runs"), &json!({})).await.expect(200);
    assert_eq!((&run["mode"], &run["amount_fen"]), (&json!("weekly"), &json!(0)));
    let by_hand = world.post("owner", &at("settlements"), &json!({"amount_fen":1})).await;
    assert_eq!(by_hand.json()["rule"], "escrow.release_mode");
    world.at("2026-12-07", 600).await;
    let ledger = world.app.ledger(&"330502".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(world.app.settlement_clock(&ledger, world.now()).await.unwrap(), 1);
    assert_eq!(world.app.settlement_clock(&ledger, world.now()).await.unwrap(), 0, "once");
    let orders = world.get("bank", &at("payment-orders")).await.expect(200);
    assert_eq!(orders["items"][0]["amount_fen"], 16_667);
}

/// Lines that nothing explains took the money: the bank is not told to pay what is not there.
#[tokio::test(flavor = "multi_thread")]
async fn what_custody_does_not_hold_is_not_paid_out() {
    not_held(World::on("2026-11-22").await).await;
}

async fn not_held(mut world: World) {
    let (shop, _) = earned(&mut world).await;
    let run = format!("/v1/institutions/{}/settlement-runs", shop.institution);
    let settlement = text(&world.post("owner", &run, &json!({})).await.expect(201)["settlement"]);
    import(&world, camt(2, "2026-12-05", "2000", "100", &[debit("1900", "GONE")])).await;
    let refused =
        world.post("bank", &format!("/v1/settlements/{settlement}/payout"), &json!({"bank_reference":"P"})).await;
    let said = (refused.problem(422), refused.json()["rule"].as_str().unwrap_or_default().to_owned());
    assert_eq!(said, ("rule-broken".into(), "escrow.payout_covered".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_on_postgres() {
    if let Some(world) = World::on_postgres("2026-11-22").await {
        ordered(world).await;
    }
    if let Some(world) = World::on_postgres("2026-11-22").await {
        three_keys(world).await;
    }
    if let Some(world) = World::on_postgres("2026-11-22").await {
        weekly(world).await;
    }
    if let Some(world) = World::on_postgres("2026-11-22").await {
        not_held(world).await;
    }
}
