//! What is owed against what the bank holds, day by day: pass, shortfall, missing; in order, once, and
//! without amounts for the public.

use serde_json::{Value, json};

use crate::bank::{ACCOUNT, camt, credit, debit, import, send};
use crate::world::{Shop, World, payment_body, text};

async fn days(world: &World, who: Option<&str>, shop: &Shop) -> Vec<Value> {
    let path = format!("/v1/reconciliations?institution={}", shop.institution);
    let answer = match who {
        Some(who) => world.get(who, &path).await,
        None => world.public(&path).await,
    };
    let mut items = answer.expect(200)["items"].as_array().unwrap().clone();
    items.reverse();
    items
}

fn results(days: &[Value]) -> Vec<(String, String)> {
    let word = |value: &Value| value.as_str().unwrap().to_owned();
    days.iter().map(|day| (word(&day["on"]), word(&day["result"]))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_day_is_held_against_the_bank_in_order() {
    in_order(World::on("2026-11-22").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_on_postgres() {
    if let Some(world) = World::on_postgres("2026-11-22").await {
        in_order(world).await;
    }
}

async fn in_order(mut world: World) {
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    world.post("bank", &format!("/v1/contracts/{contract}/payments"), &payment_body(200_000, "R-1")).await.expect(201);
    world.tick().await;
    assert_eq!(days(&world, None, &shop).await, Vec::<Value>::new(), "the day is not over");
    world.at("2026-11-23", 600).await;
    world.tick().await;
    assert_eq!(days(&world, None, &shop).await, Vec::<Value>::new(), "the statement may still come");
    import(&world, camt(1, "2026-11-22", "0", "2000", &[credit("2000", "R-1")])).await;
    world.tick().await;
    let seen = days(&world, Some("bureau"), &shop).await;
    assert_eq!(results(&seen), [("2026-11-22".to_owned(), "pass".to_owned())]);
    assert_eq!((&seen[0]["required_fen"], &seen[0]["difference_fen"]), (&json!(200_000), &json!(0)));
    // Money left the account, and nothing explains it: what is owed stays owed.
    import(&world, camt(2, "2026-11-23", "2000", "1876.55", &[debit("123.45", "B-1")])).await;
    world.at("2026-11-26", 600).await;
    world.tick().await;
    let seen = days(&world, Some("owner"), &shop).await;
    let expected = [("2026-11-22", "pass"), ("2026-11-23", "shortfall"), ("2026-11-24", "missing")];
    assert_eq!(results(&seen), expected.map(|(on, result)| (on.to_owned(), result.to_owned())));
    assert_eq!((&seen[1]["difference_fen"], &seen[1]["due_on"]), (&json!(-12_345), &json!("2026-11-24")));
    // The public sees whether, not how much.
    let public = days(&world, None, &shop).await;
    assert_eq!(results(&public), results(&seen));
    for day in &public {
        for key in ["required_fen", "custody_fen", "bank_fen", "difference_fen"] {
            assert_eq!(day.get(key), None, "{day}");
        }
    }
    // Twice is once.
    world.tick().await;
    assert_eq!(days(&world, None, &shop).await, public);
    // The late statement decides the missing day again; the shortfall is made good.
    import(&world, camt(3, "2026-11-24", "1876.55", "2000", &[credit("123.45", "B-2")])).await;
    world.tick().await;
    let seen = days(&world, Some("bank"), &shop).await;
    assert_eq!(seen[2]["result"], "shortfall", "what came in is nobody's yet: {}", seen[2]);
    assert_eq!(seen[2]["difference_fen"], -12_345);
    let work = world.get("bank", "/v1/bank-lines?state=suspended").await.expect(200);
    let find = |way: &str| {
        let items = work["items"].as_array().unwrap();
        items.iter().find(|line| line["direction"] == way).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let body = json!({"line":find("credit"),"reason":"机构补足短缺"});
    world.post("bureau", &format!("/v1/bank-lines/{}/match", find("debit")), &body).await.expect(200);
    import(&world, camt(4, "2026-11-25", "2000", "2000", &[])).await;
    world.tick().await;
    let seen = days(&world, Some("bank"), &shop).await;
    assert_eq!((&seen[3]["on"], &seen[3]["result"]), (&json!("2026-11-25"), &json!("pass")), "{seen:?}");
    holds(&world).await;
}

async fn holds(world: &World) {
    let ledger = world.app.ledger(&"330502".parse().unwrap()).await.unwrap().unwrap();
    let options = app::verify::Options::default();
    let report = app::verify::verify(world.app.store(), ledger.id(), options, |_, _| ()).await.unwrap();
    assert_eq!(report.findings, [], "{report:?}");
}

/// A statement of some days at once, whose lines have days of their own: day, way, yuan, reference.
fn table(sequence: u64, on: &str, (opening, closing): (&str, &str), lines: &[(&str, &str, &str, &str)]) -> String {
    let mut file =
        "account_number,sequence,statement_on,opening,closing,booked_on,direction,amount,reference\n".to_owned();
    for (booked_on, way, yuan, reference) in lines {
        let row = [ACCOUNT, &sequence.to_string(), on, opening, closing, booked_on, way, yuan, reference].join(",");
        file.push_str(&row);
        file.push('\n');
    }
    file
}

/// A late statement takes out, by a day that is over, more than was in custody on that day: the day is told as
/// it was, and the clock goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_a_late_statement_overdraws_does_not_stop_the_clock() {
    overdrawn(World::on("2026-11-22").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_overdrawn_day_on_postgres() {
    if let Some(world) = World::on_postgres("2026-11-22").await {
        overdrawn(world).await;
    }
}

async fn overdrawn(mut world: World) {
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let pay = format!("/v1/contracts/{contract}/payments");
    world.post("bank", &pay, &payment_body(50_000, "R-1")).await.expect(201);
    let first = table(1, "2026-11-22", ("0", "500"), &[("2026-11-22", "credit", "500", "R-1")]);
    send(&world, Some("bank"), "text/csv", first).await.expect(201);
    world.at("2026-11-25", 600).await;
    let mut later = payment_body(150_000, "R-2");
    later["paid_at"] = json!("2026-11-25T02:00:00Z");
    world.post("bank", &pay, &later).await.expect(201);
    // The bank took 1,500.00 on the 23rd, when custody held 500.00, and says so three days later.
    world.at("2026-11-26", 600).await;
    let late = [("2026-11-23", "debit", "1500", "B-1"), ("2026-11-25", "credit", "1500", "R-2")];
    send(&world, Some("bank"), "text/csv", table(2, "2026-11-25", ("500", "500"), &late)).await.expect(201);
    world.tick().await;
    world.tick().await;
    let seen = days(&world, Some("bureau"), &shop).await;
    let expected =
        [("2026-11-22", "pass"), ("2026-11-23", "missing"), ("2026-11-24", "missing"), ("2026-11-25", "shortfall")];
    assert_eq!(results(&seen), expected.map(|(on, result)| (on.to_owned(), result.to_owned())), "{seen:?}");
    let custody: Vec<&Value> = seen.iter().map(|day| &day["custody_fen"]).collect();
    assert_eq!(custody, [&json!(50_000), &json!(-100_000), &json!(-100_000), &json!(50_000)]);
    assert_eq!(seen[3]["difference_fen"], -150_000, "what is owed stays owed");
    // The evening of the next day tells of it.
    world.at("2026-11-27", 60).await;
    world.tick().await;
    let alerts = world.get("bureau", "/v1/alerts?rule=reconciliation_break").await.expect(200);
    let told: Vec<(String, String)> = alerts["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|alert| (text(&alert["facts"]["of_day"]), text(&alert["facts"]["missing_fen"])))
        .collect();
    for expected in [("2026-11-23", "100000"), ("2026-11-25", "150000")] {
        assert!(told.iter().any(|(on, fen)| (on.as_str(), fen.as_str()) == expected), "{told:?}");
    }
    holds(&world).await;
}

/// A payout that was recorded by hand two days before the bank booked it, under another reference, is that
/// line: nothing is suspended, and nothing is counted twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_payout_recorded_by_hand_before_its_line_is_counted_once() {
    by_hand(World::on("2026-11-22").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payout_by_hand_on_postgres() {
    if let Some(world) = World::on_postgres("2026-11-22").await {
        by_hand(world).await;
    }
}

async fn by_hand(mut world: World) {
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    world.post("bank", &format!("/v1/contracts/{contract}/payments"), &payment_body(50_000, "R-1")).await.expect(201);
    import(&world, camt(1, "2026-11-22", "0", "500", &[credit("500", "R-1")])).await;
    let asked = world
        .post("guardian", &format!("/v1/contracts/{contract}/refunds"), &json!({"cause":"institution"}))
        .await
        .expect(201);
    let refund = text(&asked["id"]);
    world.post("owner", &format!("/v1/refunds/{refund}/consent"), &json!({})).await.expect(201);
    let paid = json!({"bank_reference":"HAND-1"});
    world.post("bank", &format!("/v1/refunds/{refund}/payout"), &paid).await.expect(201);
    world.at("2026-11-24", 600).await;
    import(&world, camt(2, "2026-11-23", "500", "500", &[])).await;
    let file = camt(3, "2026-11-24", "500", "0", &[debit("500", "B-9")]);
    let done = import(&world, file).await;
    assert_eq!((&done["matched"], &done["suspended"]), (&json!(1), &json!(0)), "{done}");
    let lines = world.get("bank", &format!("/v1/bank-lines?statement={}", text(&done["id"]))).await.expect(200);
    let line = &lines["items"][0];
    assert_eq!((&line["rule"], &line["matched_id"]), (&json!("amount_later"), &json!(refund)), "{line}");
    let held = world.get("auditor", &format!("/v1/institutions/{}/balances", shop.institution)).await.expect(200);
    assert_eq!((&held["custody_fen"], &held["refund_fen"]), (&json!(0), &json!(0)), "{held}");
    // The same amount once more is nothing that is known: a person looks at it.
    world.at("2026-11-25", 600).await;
    let again = import(&world, camt(4, "2026-11-25", "0", "0", &[credit("500", "B-10"), debit("500", "B-11")])).await;
    assert_eq!(again["matched"], json!(0), "{again}");
    holds(&world).await;
}
