//! The main flow, step by step, with the names of the API; keys, dry runs and batches.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{World, contract_body, institution_body, payment_body, text};

fn entry_types(answer: &Value) -> Vec<String> {
    answer["entries"].as_array().unwrap().iter().map(|entry| text(&entry["type"])).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fee_is_licensed_paid_taught_refunded_and_proved() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let at = |tail: &str| format!("/v1/contracts/{contract}/{tail}");

    let paid = world.post("bank", &at("payments"), &payment_body(200_000, "REF-1")).await.expect(201);
    assert_eq!(entry_types(&paid), ["fee_paid"]);
    assert_eq!(paid["prepaid_fen"], 200_000);
    let again = world.post("bank", &at("payments"), &payment_body(1, "REF-1")).await;
    assert_eq!(again.problem(422), "rule-broken");
    assert_eq!(again.json()["rule"], "escrow.payment_reference_unique");

    world.set_day("2026-12-05");
    for who in ["owner", "guardian", "bureau", "officer", "approver", "bank", "auditor", "city", "neighbour", "admin"] {
        world.log_in(who).await;
    }
    let lesson = json!({"hours":"2","held_on":"2026-12-05","class_session":null});
    let claimed = world.post("owner", &at("lessons"), &lesson).await.expect(201);
    assert_eq!(claimed["state"], "claimed");
    let first = text(&claimed["id"]);
    let confirmed = world.post("guardian", &format!("/v1/lessons/{first}/confirmation"), &json!({})).await.expect(201);
    assert_eq!(entry_types(&confirmed), ["lesson_confirmed"]);
    assert_eq!(confirmed["released_fen"], 16_667);

    let second = text(&world.post("owner", &at("lessons"), &lesson).await.expect(201)["id"]);
    let dispute = json!({"reason":"not_held"});
    world.post("guardian", &format!("/v1/lessons/{second}/dispute"), &dispute).await.expect(201);
    let balances = world.get("owner", &format!("/v1/institutions/{}/balances", shop.institution)).await.expect(200);
    assert_eq!(balances["disputed_fen"], 16_666);
    let decision = json!({"decision":"family","reason":"教室当日关闭"});
    let decided = world.post("bureau", &format!("/v1/lessons/{second}/dispute-decision"), &decision).await.expect(201);
    assert_eq!(decided["state"], "rejected");
    assert_eq!(world.get("guardian", &format!("/v1/lessons/{second}")).await.expect(200)["state"], "rejected");

    let settlement = json!({"amount_fen":16_667});
    let ordered = world
        .post("owner", &format!("/v1/institutions/{}/settlements", shop.institution), &settlement)
        .await
        .expect(201);
    let settlement = text(&ordered["id"]);
    let payout = json!({"bank_reference":"OUT-1"});
    world.post("bank", &format!("/v1/settlements/{settlement}/payout"), &payout).await.expect(201);

    let quote = json!({"cause":"consumer"});
    let quoted = world.post("guardian", &at("refund-quotes"), &quote).await.expect(200);
    assert_eq!(quoted["amount_fen"], 183_333, "{quoted}");
    let lines = quoted["lines"].as_array().unwrap().iter().map(|line| line["amount_fen"].as_i64().unwrap());
    assert_eq!(lines.sum::<i64>(), 183_333, "{quoted}");
    // On the day of the first lesson the contract gives all back; the lesson that was confirmed is no
    // longer in escrow, and the quote says so.
    assert_eq!((&quoted["basis"], &quoted["difference_fen"]), (&json!("agreed_full_refund"), &json!(16_667)));
    let refund = json!({"cause":"consumer","reason":"搬家"});
    let refund = text(&world.post("guardian", &at("refunds"), &refund).await.expect(201)["id"]);
    world.post("owner", &format!("/v1/refunds/{refund}/consent"), &json!({})).await.expect(201);
    let payout = json!({"bank_reference":"OUT-2"});
    world.post("bank", &format!("/v1/refunds/{refund}/payout"), &payout).await.expect(201);
    assert_eq!(world.get("bank", &format!("/v1/refunds/{refund}")).await.expect(200)["state"], "paid");

    let balances = world.get("auditor", &format!("/v1/institutions/{}/balances", shop.institution)).await.expect(200);
    for account in ["custody_fen", "prepaid_fen", "disputed_fen", "refund_fen", "payable_fen"] {
        assert_eq!(balances[account], 0, "{balances}");
    }
    let before = format!("/v1/institutions/{}/balances?on=2026-11-22", shop.institution);
    assert_eq!(world.get("auditor", &before).await.expect(200)["prepaid_fen"], 200_000);

    let statement = world.get("guardian", &at("statement")).await.expect(200);
    assert_eq!(statement["contract"]["state"], "ended", "{statement}");
    assert_eq!(statement["lots"][0]["used_hours"], "2");
    assert_eq!(statement["lots"][0]["returned_hours"], "22");
    let types: Vec<_> = statement["entries"].as_array().unwrap().iter().map(|e| text(&e["type"])).collect();
    assert_eq!(types.first().map(String::as_str), Some("contract_signature_given"));
    assert_eq!(types.last().map(String::as_str), Some("refund_paid"));
    let document = world.get("guardian", &at("document")).await;
    assert!(document.text.contains("少儿国画") && document.text.contains("李小某"));
    assert_eq!(world.get("bank", &at("document")).await.problem(403), "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_takes_two_and_stops_new_money() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let path = format!("/v1/licences/{}/revocation", shop.licence);
    let body = json!({"reason_code":"bad_faith_ending","basis":"停业失联","effective_on":"2026-11-22"});
    let proposed = world.post("officer", &path, &body).await.expect(201);
    assert_eq!(entry_types(&proposed), ["licence_revocation_proposed"]);
    let waits = world.post("approver", &path, &body).await;
    assert_eq!(waits.problem(422), "rule-broken");
    assert_eq!(waits.json()["rule"], "licence.revocation_hearing");
    let hearing = format!("/v1/licences/{}/hearing", shop.licence);
    world.post("owner", &hearing, &json!({"step":"hearing_waived"})).await.expect(201);
    let revoked = world.post("approver", &path, &body).await.expect(201);
    assert_eq!(entry_types(&revoked), ["licence_revoked", "hold_placed", "listing_changed", "notice_given"]);
    let payment = payment_body(200_000, "REF-9");
    let refused = world.post("owner", &format!("/v1/contracts/{contract}/payments"), &payment).await;
    assert_eq!(refused.problem(422), "rule-broken");
    assert_eq!(refused.json()["violations"][0]["rule"], "contract.licence_in_force");
    let shown = world.public(&format!("/v1/institutions/{}", shop.institution)).await.expect(200);
    assert_eq!((shown["state"].as_str(), shown["listing"].as_str()), (Some("revoked"), Some("none")));
    assert!(shown.get("legal_representative").is_none(), "the public sees no persons: {shown}");
    let full = world.get("bureau", &format!("/v1/institutions/{}", shop.institution)).await.expect(200);
    assert_eq!(full["custody_account"]["account_number"], "6222000000000001");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_licence_can_be_suspended_and_reinstated_and_money_held() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let at = |tail: &str| format!("/v1/licences/{}/{tail}", shop.licence);
    let reason = json!({"reason":"整改"});
    assert_eq!(world.post("bureau", &at("suspension"), &reason).await.expect(201)["state"], "suspended");
    assert_eq!(world.post("bureau", &at("suspension"), &reason).await.problem(409), "wrong-state");
    assert_eq!(world.post("bureau", &at("reinstatement"), &reason).await.expect(201)["state"], "in_force");
    let holds = format!("/v1/institutions/{}/holds", shop.institution);
    let hold = text(&world.post("bureau", &holds, &reason).await.expect(201)["id"]);
    let listed = world.get("bureau", &holds).await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    world.post("bureau", &format!("/v1/holds/{hold}/release"), &json!({})).await.expect(201);
    let found = world.public("/v1/licences?number=133050270001239").await.expect(200);
    assert_eq!(found["items"][0]["id"], shop.licence.as_str());
    let white = world.public("/v1/lists/white?region=330500").await.expect(200);
    assert_eq!(white["items"][0]["institution"], shop.institution.as_str());
    assert_eq!(white["items"][0]["published_on"], "2026-09-01");
    let kept = world.get("bureau", &format!("/v1/licence-applications/{}", shop.application)).await.expect(200);
    assert_eq!(kept["state"], "granted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_has_one_effect() {
    let world = World::on("2026-11-22").await;
    let send = async |body: &Value, key: &str| {
        let ask = world.ask(Some("bureau"), Method::POST, "/v1/institutions").header("idempotency-key", key);
        ask.json(body).send().await
    };
    let first = send(&institution_body(), "one").await;
    let second = send(&institution_body(), "one").await;
    assert_eq!(second.headers["idempotency-replayed"], "true");
    assert!(!first.headers.contains_key("idempotency-replayed"));
    assert_eq!(first.expect(201), second.expect(201));
    let mut other = institution_body();
    other["name"] = json!("另一家");
    let refused = send(&other, "one").await;
    assert_eq!(refused.problem(409), "idempotency-key-reused");
    assert_eq!(refused.json()["field"], "name");
    let twice = send(&institution_body(), "two").await;
    assert_eq!(twice.problem(409), "already-exists");
    assert_eq!(twice.json()["field"], "credit_code");
    let replayed = send(&institution_body(), "two").await;
    assert_eq!(replayed.problem(409), "already-exists");
    assert_eq!(replayed.headers["idempotency-replayed"], "true");
    let none = world.ask(Some("bureau"), Method::POST, "/v1/institutions").json(&institution_body()).send().await;
    assert_eq!(none.problem(400), "idempotency-key-required");
    for bad in ["", "a b", &"k".repeat(201)] {
        assert_eq!(send(&institution_body(), bad).await.problem(400), "invalid-parameter", "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_writes_nothing_and_tells_everything() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let size = async || world.public("/v1/ledgers").await.expect(200)["items"][0]["size"].clone();
    let before = size().await;
    let path = format!("/v1/contracts/{contract}/payments?dry_run=true");
    let dry = world.ask(Some("bank"), Method::POST, &path).json(&payment_body(200_000, "REF-1")).send().await;
    let dry = dry.expect(200);
    assert_eq!((&dry["dry_run"], &dry["entries"]), (&json!(true), &json!([])));
    assert_eq!(size().await, before);
    // Nothing was kept: the same payment is new.
    let path = format!("/v1/contracts/{contract}/payments");
    world.post("bank", &path, &payment_body(200_000, "REF-1")).await.expect(201);
    let refused = world.post("bank", &format!("{path}?dry_run=true"), &payment_body(1, "REF-1")).await;
    assert_eq!(refused.problem(422), "rule-broken");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_says_all_that_stands_in_its_way() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let mut body = contract_body(&shop.course);
    body["lots"] = json!([{"paid_hours":"60","gift_hours":"4","price_fen":600_000,"list_price_per_hour_fen":null}]);
    body["guardian"]["id_number"] = json!("330502199001011234");
    let drafted = world.post("owner", "/v1/contracts", &body).await.expect(201);
    let rules: Vec<_> = drafted["violations"].as_array().unwrap().iter().map(|v| text(&v["rule"])).collect();
    assert!(rules.contains(&"contract.prepaid_hours_cap".to_owned()), "{drafted}");
    assert!(rules.contains(&"contract.prepaid_amount_cap".to_owned()), "{drafted}");
    assert_eq!(drafted["warnings"][0]["field"], "guardian.id_number");
    let path = format!("/v1/contracts/{}/signatures", text(&drafted["id"]));
    let refused = world.post("owner", &path, &json!({"party":"institution"})).await;
    assert_eq!(refused.problem(422), "rule-broken");
    let refused = refused.json();
    assert_eq!(refused["violations"].as_array().unwrap().len(), rules.len());
    assert!(refused["source"].is_string() && refused["limit"].is_string(), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn lessons_of_a_class_succeed_and_fail_one_by_one() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let path = format!("/v1/contracts/{contract}/payments");
    world.post("bank", &path, &payment_body(200_000, "REF-1")).await.expect(201);
    let lesson = |hours: &str| json!({"contract":contract,"hours":hours,"held_on":"2026-12-05"});
    let unknown = json!({"contract":"01900000-0000-7000-8000-000000000000","hours":"1","held_on":"2026-12-05"});
    let body = json!({"lessons":[lesson("1"), lesson("99"), unknown, lesson("2")]});
    let ask =
        || world.ask(Some("owner"), Method::POST, "/v1/lesson-batches").header("idempotency-key", "class").json(&body);
    let first = ask().send().await.expect(200);
    let statuses: Vec<_> = first["results"].as_array().unwrap().iter().map(|r| r["status"].as_u64()).collect();
    assert_eq!(statuses, [Some(201), Some(422), Some(404), Some(201)], "{first}");
    assert_eq!(first["results"][1]["problem"]["rule"], "escrow.lesson_hours_remaining");
    assert_eq!(first["results"][0]["entries"][0]["type"], "lesson_claimed");
    let second = ask().send().await.expect(200);
    assert_eq!(second["results"][3]["lesson"], first["results"][3]["lesson"]);
    assert_eq!(second["results"][3]["replayed"], true);
    let lessons = world.get("guardian", &format!("/v1/contracts/{contract}/lessons?limit=1")).await.expect(200);
    assert_eq!(lessons["items"].as_array().unwrap().len(), 1);
    let next = text(&lessons["next"]);
    let rest =
        world.get("guardian", &format!("/v1/contracts/{contract}/lessons?limit=1&after={next}")).await.expect(200);
    assert_eq!(rest["next"], Value::Null);
    assert_ne!(rest["items"][0]["id"], lessons["items"][0]["id"]);
    let many = json!({"lessons": vec![lesson("1"); 1001]});
    assert_eq!(world.post("owner", "/v1/lesson-batches", &many).await.problem(400), "invalid-field");
}

#[tokio::test(flavor = "multi_thread")]
async fn users_sessions_and_policies() {
    let world = World::on("2026-11-22").await;
    let body = json!({"username":"second","password":"a good password","role":"auditor","region":"330500"});
    let made = world.post("admin", "/v1/users", &body).await.expect(201);
    assert_eq!((made["role"].as_str(), made["region"].as_str()), (Some("auditor"), Some("330500")));
    assert_eq!(world.post("admin", "/v1/users", &body).await.problem(409), "already-exists");
    let listed = world.get("admin", "/v1/users?limit=2").await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 2);
    assert!(listed["next"].is_string());
    let session = json!({"username":"second","password":"a good password"});
    let open = world.ask(None, Method::POST, "/v1/sessions").json(&session).send().await.expect(201);
    assert_eq!(open["user"]["role"], "auditor");
    let bearer = format!("Bearer {}", text(&open["token"]));
    let me = async || world.ask(None, Method::GET, "/v1/me").header("authorization", &bearer).send().await;
    assert_eq!(me().await.expect(200)["username"], "second");
    let out = world.ask(None, Method::DELETE, "/v1/sessions/current").header("authorization", &bearer).send().await;
    assert_eq!(out.status, 204);
    assert_eq!(me().await.problem(401), "not-signed-in");
    let wrong = json!({"username":"second","password":"not it at all"});
    let refused = world.ask(None, Method::POST, "/v1/sessions").json(&wrong).send().await;
    assert_eq!(refused.problem(401), "wrong-credentials");
    let policy = world.public("/v1/policies/330502?on=2026-11-22").await.expect(200);
    let keys: Vec<_> = policy["parameters"].as_array().unwrap().iter().map(|p| text(&p["key"])).collect();
    assert!(keys.contains(&"prepaid_hours_max".to_owned()));
    assert_eq!(world.public("/v1/policies/330502?on=1990-01-01").await.problem(422), "no-policy");
    let deadline = "/v1/deadlines?region=330502&from_on=2025-01-08&count=15&unit=working_day";
    assert_eq!(world.public(deadline).await.expect(200)["on"], "2025-02-05");
    let tag = world.public("/v1/policies").await.headers["etag"].to_str().unwrap().to_owned();
    let again = world.ask(None, Method::GET, "/v1/policies").header("if-none-match", &tag).send().await;
    assert_eq!((again.status.as_u16(), again.text.as_str()), (304, ""));
}
