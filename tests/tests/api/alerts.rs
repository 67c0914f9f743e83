//! Alerts: raised by the clock from what the ledger knows, dealt with, and the same on every replay.

use kernel::Day;
use serde_json::json;

use crate::world::{Shop, World, payment_body, text};

async fn taught_on_a_closed_day(world: &mut World) -> Shop {
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let path = format!("/v1/contracts/{contract}");
    world.post("bank", &format!("{path}/payments"), &payment_body(200_000, "REF-1")).await.expect(201);
    world.at("2026-12-06", 600).await;
    let lesson = json!({"hours":"2","held_on":"2026-12-05"});
    world.post("owner", &format!("{path}/lessons"), &lesson).await.expect(201);
    let inspection = json!({"institution":shop.institution,"inspected_on":"2026-12-05","finding":"site_closed",
        "problems":["大门上锁","无人应答"]});
    assert_eq!(world.post("owner", "/v1/inspections", &inspection).await.problem(403), "forbidden");
    let recorded = world.post("officer", "/v1/inspections", &inspection).await.expect(201);
    assert_eq!(recorded["problems"], "2");
    shop
}

#[tokio::test(flavor = "multi_thread")]
async fn lessons_on_a_day_the_site_was_closed_are_an_alert_that_is_dealt_with() {
    let mut world = World::on("2026-11-22").await;
    let shop = taught_on_a_closed_day(&mut world).await;
    let late = json!({"institution":shop.institution,"inspected_on":"2026-12-30","finding":"in_order"});
    let late = world.post("officer", "/v1/inspections", &late).await;
    assert_eq!(late.json()["rule"], "supervision.inspection_day");
    let listed = world.get("bureau", "/v1/alerts").await.expect(200);
    assert_eq!(listed["items"], json!([]), "the day is not over");
    world.at("2026-12-07", 60).await;
    world.tick().await;
    world.tick().await;
    let listed = world.get("bureau", "/v1/alerts?rule=impossible_lesson").await.expect(200);
    let alert = &listed["items"][0];
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
    assert_eq!(
        (&alert["level"], &alert["state"], &alert["watched_on"]),
        (&json!("red"), &json!("raised"), &json!("2026-12-06"))
    );
    assert_eq!((&alert["facts"]["held_on"], &alert["facts"]["lessons"]), (&json!("2026-12-05"), &json!("1")));
    assert!(alert["explanation"].as_str().unwrap().contains("场所关闭"));
    let step = |tail: &str| format!("/v1/alerts/{}/{tail}", text(&alert["id"]));
    let said = json!({"text":"当日在分校上课"});
    assert_eq!(world.post("owner", &step("acknowledgement"), &said).await.problem(403), "forbidden");
    world.post("officer", &step("acknowledgement"), &said).await.expect(201);
    assert_eq!(world.post("officer", &step("explanation"), &said).await.problem(403), "forbidden");
    let explained = world.post("owner", &step("explanation"), &said).await.expect(201);
    assert_eq!((&explained["state"], &explained["institution"]), (&json!("explained"), &json!(shop.institution)));
    world.post("officer", &step("escalation"), &said).await.expect(201);
    world.post("officer", &step("closure"), &said).await.expect(201);
    assert_eq!(world.post("officer", &step("escalation"), &said).await.problem(409), "wrong-state");
    let own = world.get("owner", "/v1/alerts?state=closed").await.expect(200);
    assert_eq!(own["items"].as_array().unwrap().len(), 1, "the institution sees what is said about it");
    assert_eq!(world.get("guardian", "/v1/alerts").await.problem(403), "forbidden");
    assert_eq!(world.get("neighbour", &format!("/v1/alerts/{}", text(&alert["id"]))).await.status.as_u16(), 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payee_that_is_not_the_registered_account() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let tip = |account: &str| {
        json!({"institution":shop.institution,"inspected_on":"2026-11-22","finding":"payee_mismatch",
            "payee_account":account})
    };
    let same = world.post("officer", "/v1/inspections", &tip("6222 0000 0000 0001")).await;
    assert_eq!(same.problem(400), "invalid-field", "it is the registered one");
    world.post("officer", "/v1/inspections", &tip("6217000000009999")).await.expect(201);
    world.at("2026-11-23", 60).await;
    world.tick().await;
    let listed = world.get("bureau", "/v1/alerts?rule=payee_mismatch").await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_past_gives_the_same_alerts_again() {
    let mut world = World::on("2026-11-22").await;
    taught_on_a_closed_day(&mut world).await;
    world.at("2026-12-07", 60).await;
    world.tick().await;
    let ledger = world.app.ledger(&"330502".parse().unwrap()).await.unwrap().unwrap();
    let app = std::sync::Arc::clone(&world.app);
    let day = |text: &str| text.parse::<Day>().unwrap();
    let replay = async |from: &str, until: &str| {
        let found = app.replay_alerts(&ledger, day(from), day(until)).await.unwrap();
        found.iter().map(|found| found.canonical()).collect::<Vec<_>>()
    };
    let past = replay("2026-11-01", "2026-12-06").await;
    assert_eq!(past.len(), 1);
    assert_eq!(past, replay("2026-12-06", "2026-12-06").await);
    assert!(replay("2026-11-01", "2026-12-05").await.is_empty());
    let listed = world.get("bureau", "/v1/alerts").await.expect(200);
    let digest = ledger::digest(ledger::tags::ALERT_FACTS, past[0].as_bytes());
    assert_eq!(listed["items"][0]["facts_hash"], digest.to_string(), "the entry has the digest of the same bytes");
    // What alerts say of later days does not change what was said of earlier ones.
    world.at("2027-01-30", 60).await;
    world.tick().await;
    assert_eq!(past, replay("2026-11-01", "2026-12-06").await);
}

/// Who is refused again and again by one rule is told of; a dry run is no attempt, and who reads is not counted.
#[tokio::test(flavor = "multi_thread")]
async fn refused_again_and_again_by_one_rule() {
    refused_again(World::on("2026-11-22").await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_again_on_postgres() {
    if let Some(world) = World::on_postgres("2026-11-22").await {
        refused_again(world).await;
    }
}

async fn refused_again(mut world: World) {
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let path = format!("/v1/contracts/{contract}");
    world.post("bank", &format!("{path}/payments"), &payment_body(200_000, "REF-1")).await.expect(201);
    // A lesson after the last day of the contract.
    let lesson = json!({"hours":"2","held_on":"2027-12-05"});
    for _ in 0..9 {
        let refused = world.post("owner", &format!("{path}/lessons"), &lesson).await;
        assert_eq!(refused.expect(422)["rule"], "escrow.lesson_within_term");
    }
    world.at("2026-11-23", 60).await;
    world.tick().await;
    let alerts = || world.get("bureau", "/v1/alerts?rule=refused_attempts");
    assert_eq!(alerts().await.expect(200)["items"], json!([]), "nine are not ten");
    world.post("owner", &format!("{path}/lessons"), &lesson).await.expect(422);
    world.at("2026-11-24", 60).await;
    world.tick().await;
    let listed = world.get("bureau", "/v1/alerts?rule=refused_attempts").await.expect(200);
    let alert = &listed["items"][0];
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
    assert_eq!((&alert["institution"], &alert["level"]), (&json!(shop.institution), &json!("yellow")));
    let facts = &alert["facts"];
    assert_eq!((&facts["attempts"], &facts["refused_by"]), (&json!("10"), &json!("escrow.lesson_within_term")));
    // Replayed from what is kept, and by another server that has nothing in memory.
    let ledger = world.app.ledger(&"330502".parse().unwrap()).await.unwrap().unwrap();
    let on: Day = "2026-11-23".parse().unwrap();
    let here = world.app.replay_alerts(&ledger, on, on).await.unwrap();
    let digest = ledger::digest(ledger::tags::ALERT_FACTS, here[0].canonical().as_bytes());
    assert_eq!(alert["facts_hash"], digest.to_string());
}

/// A lesson of a class that is longer than its session.
/// One person under two records of staff: the timetable takes them for two, the watch does not.
#[tokio::test(flavor = "multi_thread")]
async fn a_teacher_in_two_places_at_the_same_time() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let site = world.class(&shop).await.site;
    let contract = world.contract(&shop).await;
    world.post("bank", &format!("/v1/contracts/{contract}/payments"), &payment_body(200_000, "R")).await.expect(201);
    let mut classes = Vec::new();
    for name in ["钱某", "钱某某"] {
        let room = json!({"room":{"site":site,"name":name,"area_m2":60,"seats":20}});
        let room = world.record(&shop, room).await;
        let teacher = json!({"staff":{"name":name,"post":"teacher","teaches":true,"full_time":true,
            "certificate":"20265678","id_number":"11010519491231002X"}});
        let teacher = world.record(&shop, teacher).await;
        let body = json!({"name":name,"teacher":teacher,"room":room,"capacity":10});
        let class = world.post("owner", &format!("/v1/courses/{}/classes", shop.course), &body).await.expect(201);
        classes.push(text(&class["id"]));
    }
    let mut sessions = Vec::new();
    for (class, from, until) in [(&classes[0], "09:00", "10:30"), (&classes[1], "10:00", "11:00")] {
        world
            .post("owner", &format!("/v1/classes/{class}/enrolments"), &json!({"contract":contract}))
            .await
            .expect(201);
        let body = json!({"sessions":[{"held_on":"2026-12-05","from":from,"until":until}]});
        let made = world.post("owner", &format!("/v1/classes/{class}/sessions"), &body).await.expect(201);
        sessions.push(text(&made["sessions"][0]["id"]));
    }
    world.at("2026-12-05", 720).await;
    for session in &sessions {
        let claim = json!({"hours":"1","held_on":"2026-12-05","class_session":session});
        world.post("owner", &format!("/v1/contracts/{contract}/lessons"), &claim).await.expect(201);
    }
    world.at("2026-12-06", 60).await;
    world.tick().await;
    let listed = world.get("bureau", "/v1/alerts?rule=two_places").await.expect(200);
    let (alert, items) = (&listed["items"][0], listed["items"].as_array().unwrap());
    assert_eq!(
        (items.len(), &alert["level"], &alert["facts"]["same"]),
        (1, &json!("red"), &json!("teacher")),
        "{listed}"
    );
    assert_eq!(alert["facts"]["overlap_minutes"], "30");
    let named = text(&alert["facts"]["sessions"]);
    assert!(sessions.iter().all(|session| named.contains(session)), "{named}");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_hours_than_the_session_has_time_for() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let class = world.class(&shop).await;
    let contract = world.contract(&shop).await;
    world.post("bank", &format!("/v1/contracts/{contract}/payments"), &payment_body(200_000, "R")).await.expect(201);
    let enrolments = format!("/v1/classes/{}/enrolments", class.class);
    world.post("owner", &enrolments, &json!({"contract":contract})).await.expect(201);
    let body = json!({"sessions":[{"held_on":"2026-12-05","from":"09:00","until":"10:30"}]});
    let made = world.post("owner", &format!("/v1/classes/{}/sessions", class.class), &body).await.expect(201);
    let session = text(&made["sessions"][0]["id"]);
    world.at("2026-12-05", 660).await;
    let claim = json!({"hours":"4","held_on":"2026-12-05","class_session":session});
    world.post("owner", &format!("/v1/contracts/{contract}/lessons"), &claim).await.expect(201);
    world.at("2026-12-06", 60).await;
    world.tick().await;
    let listed = world.get("bureau", "/v1/alerts?rule=impossible_hours").await.expect(200);
    let alert = &listed["items"][0];
    assert_eq!((&alert["level"], &alert["facts"]["session"]), (&json!("red"), &json!(session)), "{listed}");
    assert_eq!((&alert["facts"]["minutes"], &alert["facts"]["hours_hundredths"]), (&json!("90"), &json!("400")));
}
