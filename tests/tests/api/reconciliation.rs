//! What is owed against what the bank holds, day by day: pass, shortfall, missing; in order, once, and
//! without amounts for the public.

use serde_json::{Value, json};

use crate::bank::{camt, credit, debit, import};
use crate::world::{Shop, World, payment_body};

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
    let mut world = World::on("2026-11-22").await;
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
    let ledger = world.app.ledger(&"330502".parse().unwrap()).await.unwrap().unwrap();
    let options = app::verify::Options::default();
    let report = app::verify::verify(world.app.store(), ledger.id(), options, |_, _| ()).await.unwrap();
    assert_eq!(report.findings, [], "{report:?}");
}
