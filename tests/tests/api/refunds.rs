//! Refunds as a process: asked for whole or in part, objected to, decided, withdrawn, overdue; and paid
//! once, however many ask.

use serde_json::{Value, json};

use crate::world::{Shop, World, payment_body, text};

/// A contract paid for, and its path.
async fn paid(world: &mut World) -> (Shop, String) {
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let path = format!("/v1/contracts/{contract}");
    world.post("bank", &format!("{path}/payments"), &payment_body(200_000, "REF-1")).await.expect(201);
    (shop, path)
}

async fn request(world: &World, path: &str, body: Value) -> Value {
    world.post("guardian", &format!("{path}/refunds"), &body).await.expect(201)
}

fn at(refund: &Value, tail: &str) -> String {
    format!("/v1/refunds/{}/{tail}", text(&refund["id"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_comes_back_and_the_contract_goes_on() {
    let mut world = World::on("2026-11-22").await;
    let (_, path) = paid(&mut world).await;
    let both = json!({"cause":"consumer","hours":"4","lots":[]});
    assert_eq!(world.post("guardian", &format!("{path}/refunds"), &both).await.problem(400), "invalid-field");
    let much = world.post("guardian", &format!("{path}/refunds"), &json!({"cause":"consumer","hours":"25"})).await;
    assert_eq!(much.json()["rule"], "escrow.refund_hours_remaining");
    let part = request(&world, &path, json!({"cause":"consumer","hours":"6","reason":"时间冲突"})).await;
    assert_eq!((&part["amount_fen"], &part["whole"]), (&json!(50_000), &json!(false)));
    let twice = world.post("guardian", &format!("{path}/refunds"), &json!({"cause":"consumer"})).await;
    assert_eq!(twice.problem(409), "wrong-state");
    world.post("owner", &at(&part, "consent"), &json!({})).await.expect(201);
    let statement = world.get("guardian", &format!("{path}/statement")).await.expect(200);
    assert_eq!(statement["contract"]["state"], "signed");
    assert_eq!(statement["lots"][0]["returned_hours"], "6");
    world.post("bank", &at(&part, "payout"), &json!({"bank_reference":"OUT-1"})).await.expect(201);
    // The rest: all that is free, and the contract ends with it. Nothing is lost on the way.
    let rest = request(&world, &path, json!({"cause":"consumer"})).await;
    assert_eq!((&rest["amount_fen"], &rest["whole"]), (&json!(150_000), &json!(true)));
    world.post("owner", &at(&rest, "consent"), &json!({})).await.expect(201);
    let statement = world.get("guardian", &format!("{path}/statement")).await.expect(200);
    assert_eq!(statement["contract"]["state"], "ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_objection_stops_silence_and_is_decided() {
    let mut world = World::on("2026-11-23").await;
    let (_, path) = paid(&mut world).await;
    let refund = request(&world, &path, json!({"cause":"institution","hours":"4"})).await;
    let objection = json!({"reason":"hours_taught","text":"已上四课时，签到表附后"});
    assert_eq!(world.post("guardian", &at(&refund, "objection"), &objection).await.problem(403), "forbidden");
    let wrong = json!({"reason":"do_not_like","text":"x"});
    assert_eq!(world.post("owner", &at(&refund, "objection"), &wrong).await.problem(400), "invalid-field");
    let objected = world.post("owner", &at(&refund, "objection"), &objection).await.expect(201);
    assert_eq!(objected["state"], "objected");
    assert!(objected["decide_by_on"].is_string(), "{objected}");
    // Silence would have consented by now.
    world.at("2026-12-20", 600).await;
    world.tick().await;
    let refund_path = format!("/v1/refunds/{}", text(&refund["id"]));
    assert_eq!(world.get("guardian", &refund_path).await.expect(200)["state"], "objected");
    assert_eq!(
        world.post("owner", &at(&refund, "decision"), &json!({"decision":"family"})).await.problem(403),
        "forbidden"
    );
    let decided =
        world.post("bureau", &at(&refund, "decision"), &json!({"decision":"family","reason":"签到不实"})).await;
    let decided = decided.expect(201);
    let types: Vec<_> = decided["entries"].as_array().unwrap().iter().map(|e| text(&e["type"])).collect();
    assert_eq!(types, ["refund_decided", "refund_consented"]);
    assert_eq!(decided["state"], "consented");
    // Another time the institution is right, and the family may ask again.
    let again = request(&world, &path, json!({"cause":"institution","hours":"1"})).await;
    world.post("owner", &at(&again, "objection"), &objection).await.expect(201);
    world.post("bureau", &at(&again, "decision"), &json!({"decision":"institution"})).await.expect(201);
    assert_eq!(world.post("owner", &at(&again, "consent"), &json!({})).await.problem(409), "wrong-state");
    let third = request(&world, &path, json!({"cause":"consumer","hours":"1"})).await;
    let withdrawn = world.post("guardian", &at(&third, "withdrawal"), &json!({})).await.expect(201);
    assert_eq!(withdrawn["state"], "withdrawn");
    assert_eq!(world.post("guardian", &at(&third, "withdrawal"), &json!({})).await.problem(409), "wrong-state");
    // Too late is too late, though the clock has not run yet.
    let last = request(&world, &path, json!({"cause":"consumer","hours":"1"})).await;
    world.at("2027-01-20", 600).await;
    let late = world.post("owner", &at(&last, "objection"), &objection).await;
    assert_eq!(late.json()["rule"], "escrow.refund_objection_time", "{}", late.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_overdue_is_seen_and_raises_a_case() {
    let mut world = World::on("2026-11-23").await;
    let (shop, path) = paid(&mut world).await;
    let refund = request(&world, &path, json!({"cause":"institution"})).await;
    let queue = format!("/v1/institutions/{}/refunds", shop.institution);
    let now = world.get("owner", &queue).await.expect(200);
    assert_eq!((&now["overdue"], &now["ages"][0]["count"]), (&json!(0), &json!(1)), "{now}");
    world.post("owner", &at(&refund, "consent"), &json!({})).await.expect(201);
    world.at("2027-01-05", 600).await;
    world.tick().await;
    let now = world.get("bureau", &queue).await.expect(200);
    assert_eq!((&now["overdue"], &now["overdue_fen"]), (&json!(1), &json!(200_000)), "{now}");
    assert_eq!(now["items"][0]["id"], refund["id"]);
    assert_eq!(now["ages"][3]["count"], 1, "{now}");
    let alerts = world.get("bureau", "/v1/alerts?rule=refund_overdue").await.expect(200);
    assert!(!alerts["items"].as_array().unwrap().is_empty(), "{alerts}");
    assert_eq!(alerts["items"][0]["facts"]["refund"], refund["id"]);
    assert_eq!(world.get("guardian", &queue).await.problem(403), "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refund_is_paid_once_and_not_out_of_a_frozen_account() {
    let mut world = World::on("2026-11-23").await;
    let (shop, path) = paid(&mut world).await;
    let refund = request(&world, &path, json!({"cause":"institution"})).await;
    world.post("owner", &at(&refund, "consent"), &json!({})).await.expect(201);
    let holds = format!("/v1/institutions/{}/holds", shop.institution);
    let contract = path.rsplit('/').next().unwrap().to_owned();
    let wrong = json!({"scope":"contract"});
    assert_eq!(world.post("officer", &holds, &wrong).await.problem(400), "invalid-field");
    for (order, scope) in [
        (json!({"scope":"contract","contract":contract,"reason":"法院冻结"}), "contract"),
        (json!({"scope":"account"}), "account"),
    ] {
        let hold = world.post("officer", &holds, &order).await.expect(201);
        assert_eq!(hold["scope"], scope);
        let held = world.post("bank", &at(&refund, "payout"), &json!({"bank_reference":"OUT-1"})).await;
        assert_eq!(held.json()["rule"], "escrow.hold_blocks_release", "{}", held.text);
        let release = format!("/v1/holds/{}/release", text(&hold["id"]));
        world.post("approver", &release, &json!({})).await.expect(201);
    }
    // A hold on the institution does not keep families from their money.
    let flight = json!({"cause":"suspected_flight","reason":"负责人失联"});
    assert_eq!(world.post("officer", &holds, &flight).await.expect(201)["cause"], "suspected_flight");
    let (path, body) = (at(&refund, "payout"), json!({"bank_reference":"OUT-2"}));
    let pay = || world.post("bank", &path, &body);
    let (a, b, c, d) = tokio::join!(pay(), pay(), pay(), pay());
    let paid = [a, b, c, d].iter().filter(|answer| answer.status == 201).count();
    assert_eq!(paid, 1, "four at once, one pays");
    let balances = format!("/v1/institutions/{}/balances", shop.institution);
    assert_eq!(world.get("bank", &balances).await.json()["custody_fen"], Value::from(0));
}
