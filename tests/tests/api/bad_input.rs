//! Malformed bodies, wrong roles, foreign regions, overflow, bombs: a problem document that says
//! what to do, nothing written, and the process lives.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::world::{World, contract_body, institution_body, payment_body};

async fn size(world: &World) -> Value {
    world.public("/v1/ledgers").await.expect(200)["items"][0]["size"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_malformed_payment_is_refused_by_name() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let path = format!("/v1/contracts/{contract}/payments");
    let before = size(&world).await;
    let good = payment_body(200_000, "REF-1").to_string();
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replace(from, to)
    };
    for (body, problem, field) in [
        ("{".to_owned(), "malformed-json", None),
        ("not json".to_owned(), "malformed-json", None),
        ("[1,2]".to_owned(), "invalid-field", None),
        ("\u{feff}{}".to_owned(), "malformed-json", None),
        ("[".repeat(1_000_000), "malformed-json", None),
        ("{\"amount_fen\":".repeat(70_000), "malformed-json", None),
        (with("200000", "1e999"), "invalid-field", Some("amount_fen")),
        (with("200000", "-1"), "invalid-field", Some("amount_fen")),
        (with("200000", "0"), "invalid-field", Some("amount_fen")),
        (with("200000", "1.5"), "invalid-field", Some("amount_fen")),
        (with("200000", "2e5"), "invalid-field", Some("amount_fen")),
        (with("200000", "\"200000\""), "invalid-field", Some("amount_fen")),
        (with("200000", "9223372036854775807"), "invalid-field", Some("amount_fen")),
        (with("200000", "99999999999999999999999999"), "invalid-field", Some("amount_fen")),
        (with("200000", "null"), "invalid-field", Some("amount_fen")),
        (with("200000", "NaN"), "malformed-json", None),
        (with("2026-11-22T01:30:00Z", "1026-11-22T01:30:00Z"), "invalid-field", Some("paid_at")),
        (with("2026-11-22T01:30:00Z", "2026-11-22"), "invalid-field", Some("paid_at")),
        (with("bank_transfer", "barter"), "invalid-field", Some("method")),
        (with("REF-1", "\\u0000"), "invalid-field", Some("bank_reference")),
        (with("REF-1", &"x".repeat(201)), "invalid-field", Some("bank_reference")),
        (with("\"method\"", "\"methods\""), "unknown-field", Some("methods")),
        (with("{", "{\"admin\":true,"), "unknown-field", Some("admin")),
        (with("{", "{\"amount_fen\":1,"), "invalid-field", Some("amount_fen")),
        ("{}".to_owned(), "invalid-field", Some("amount_fen")),
        (String::new(), "invalid-field", Some("amount_fen")),
    ] {
        let shown: String = body.chars().take(80).collect();
        let ask = world.ask(Some("bank"), Method::POST, &path).keyed().header("content-type", "application/json");
        let answer = ask.body(body).send().await;
        assert_eq!(answer.problem(400), problem, "{shown}");
        if field.is_some() {
            assert_eq!(answer.json()["field"].as_str(), field, "{shown}: {}", answer.text);
        }
    }
    assert_eq!(size(&world).await, before);
    world.post("bank", &path, &payment_body(200_000, "REF-1")).await.expect(201);
}

/// Whatever is answered before a body is read, the client gets to read it, and the connection that it
/// keeps takes its next request.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_unread_leaves_the_connection_whole() {
    let world = World::on("2026-11-22").await;
    let path = "/v1/registry-imports?region=330502";
    for _ in 0..20 {
        let body = vec![b'a'; 21 * 1024 * 1024];
        let large = world.ask(Some("bureau"), Method::POST, path).keyed().body(body.clone()).send().await;
        assert_eq!(large.problem(413), "body-too-large");
        let stranger = world.ask(None, Method::POST, path).keyed().body(body).send().await;
        assert_eq!(stranger.problem(401), "not-signed-in");
        let elsewhere = world.ask(Some("bureau"), Method::POST, "/v1/registry-imports?region=330000").keyed();
        assert_eq!(elsewhere.body("a,b\n1,2\n").send().await.problem(403), "forbidden");
    }
}

/// A client that asks before it sends is answered before it sends.
#[tokio::test(flavor = "multi_thread")]
async fn who_waits_with_the_body_is_refused_without_it() {
    let world = World::on("2026-11-22").await;
    let mut socket = TcpStream::connect(world.base.trim_start_matches("http://")).await.unwrap();
    let head = "POST /v1/registry-imports?region=330502 HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\
        Expect: 100-continue\r\n\r\n";
    socket.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 401") && answer.contains("\r\nconnection: close\r\n"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_of_the_wrong_kind_or_size_are_refused() {
    let world = World::on("2026-11-22").await;
    let ask = || world.ask(Some("bureau"), Method::POST, "/v1/institutions").keyed();
    let json = "application/json";
    let huge = ask().header("content-type", json).body("x".repeat(10 * 1024 * 1024)).send().await;
    assert_eq!(huge.problem(413), "body-too-large");
    assert_eq!(huge.json()["limit"], "1048576");
    let plain = ask().header("content-type", "text/plain").body("{}").send().await;
    assert_eq!(plain.problem(415), "unsupported-media-type");
    let none = ask().body("{}").send().await;
    assert_eq!(none.problem(415), "unsupported-media-type");
    let bad = ask().header("content-type", json).body(b"{\"name\":\"\xff\xfe\"}".to_vec()).send().await;
    assert_eq!(bad.problem(400), "malformed-json");
    assert_eq!(ask().json(&institution_body()).send().await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_of_nested_bodies_are_named_with_their_path() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let change = |pointer: &str, value: Value| {
        let mut body = contract_body(&shop.course);
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    for (body, field) in [
        (change("/lots/0/price_fen", json!(-5)), "lots[0].price_fen"),
        (change("/lots/0/paid_hours", json!("24.125")), "lots[0].paid_hours"),
        (change("/lots/0/paid_hours", json!(24)), "lots[0].paid_hours"),
        (change("/lots", json!([])), "lots"),
        (change("/guardian/phone", json!("1")), "guardian.phone"),
        (change("/guardian/name", json!("")), "guardian.name"),
        (change("/pupil/birth_on", json!("0216-05-01")), "pupil.birth_on"),
        (change("/pupil", json!({"name":"李","birth_on":"2016-05-01","nick":"x"})), "pupil.nick"),
        (change("/refund_terms/pay_back_days", json!(-1)), "refund_terms.pay_back_days"),
        (change("/refund_terms/pay_back_days", json!(99999)), "refund_terms.pay_back_days"),
        (change("/last_lesson_on", json!("2026-01-01")), "last_lesson_on"),
        (change("/course", json!("7")), "course"),
    ] {
        let answer = world.post("owner", "/v1/contracts", &body).await;
        assert!(["invalid-field", "unknown-field"].contains(&answer.problem(400).as_str()), "{}", answer.text);
        assert_eq!(answer.json()["field"], field, "{}", answer.text);
    }
    let mut body = institution_body();
    body["credit_code"] = json!("52330502MJ87190000");
    let answer = world.post("bureau", "/v1/institutions", &body).await;
    if answer.status != 409 {
        assert_eq!(answer.problem(400), "invalid-field");
        assert_eq!(answer.json()["field"], "credit_code");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_methods_and_parameters_that_do_not_exist() {
    let world = World::on("2026-11-22").await;
    assert_eq!(world.public("/v1/nothing").await.problem(404), "not-found");
    let wrong = world.ask(None, Method::DELETE, "/v1/institutions").send().await;
    assert_eq!(wrong.problem(405), "method-not-allowed");
    assert!(wrong.headers.contains_key("allow"));
    for (path, field) in [
        ("/v1/institutions/7", "id"),
        ("/v1/institutions/0190B7E2-7b5c-7c00-8000-00000000002a", "id"),
        ("/v1/institutions?colour=red", "colour"),
        ("/v1/institutions?limit=0", "limit"),
        ("/v1/institutions?limit=201", "limit"),
        ("/v1/institutions?limit=1&limit=2", "limit"),
        ("/v1/institutions?after=x", "after"),
        ("/v1/institutions?region=999999", "region"),
        ("/v1/lists/grey", "kind"),
        ("/v1/policies/330502?on=tomorrow", "on"),
        ("/v1/deadlines?region=330502&from_on=2025-01-08&count=-1&unit=day", "count"),
        ("/v1/deadlines?region=330502&from_on=2025-01-08&count=1", "unit"),
    ] {
        let answer = world.public(path).await;
        assert_eq!(answer.problem(400), "invalid-parameter", "{path}");
        assert_eq!(answer.json()["field"], field, "{path}: {}", answer.text);
        assert_eq!(answer.json()["instance"], path.split('?').next().unwrap());
    }
    let unknown = "/v1/institutions/01900000-0000-7000-8000-000000000000";
    assert_eq!(world.public(unknown).await.problem(404), "not-found");
    let answer = world.ask(Some("bureau"), Method::POST, "/v1/institutions?dry_run=yes").keyed();
    assert_eq!(answer.json(&institution_body()).send().await.problem(400), "invalid-parameter");
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_regions_and_strangers_are_kept_out() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let listing = json!({"list":"black","cause":"x","basis":"y","published_on":"2026-11-22"});
    let path = format!("/v1/institutions/{}/listings", shop.institution);
    for who in ["neighbour", "city", "owner", "guardian", "bank", "auditor", "admin", "officer"] {
        assert_eq!(world.post(who, &path, &listing).await.problem(403), "forbidden", "{who}");
    }
    let path = format!("/v1/contracts/{contract}");
    // Who has nothing to do with a contract does not learn that it exists.
    for who in ["neighbour", "admin"] {
        assert_eq!(world.get(who, &path).await.problem(404), "not-found", "{who}");
    }
    for who in ["owner", "guardian", "bureau", "city", "auditor"] {
        world.get(who, &path).await.expect(200);
    }
    assert_eq!(world.get("guardian", "/v1/contracts").await.expect(200)["items"].as_array().unwrap().len(), 1);
    assert_eq!(world.get("neighbour", "/v1/contracts").await.expect(200)["items"], json!([]));
    assert_eq!(world.get("admin", "/v1/contracts").await.problem(403), "forbidden");
    let mut elsewhere = institution_body();
    elsewhere["region"] = json!("330503");
    assert_eq!(world.post("bureau", "/v1/institutions", &elsewhere).await.problem(403), "forbidden");
    let mut city = institution_body();
    city["region"] = json!("330500");
    assert_eq!(world.post("city", "/v1/institutions", &city).await.problem(422), "no-ledger");
    let bad = world.ask(None, Method::GET, "/v1/policies").header("authorization", "Bearer nobody").send().await;
    assert_eq!(bad.problem(401), "not-signed-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn problems_speak_both_languages() {
    let world = World::on("2026-11-22").await;
    let in_language = async |language: &str| {
        let ask = world.ask(None, Method::GET, "/v1/me").header("accept-language", language);
        let answer = ask.send().await;
        (answer.headers["content-language"].to_str().unwrap().to_owned(), answer.json()["title"].clone())
    };
    assert_eq!(in_language("zh").await, ("zh-CN".to_owned(), json!("未登录")));
    assert_eq!(in_language("en-GB,en;q=0.9").await, ("en".to_owned(), json!("Not signed in")));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_counties_do_not_act_on_each_other() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let mut other = institution_body();
    other["region"] = json!("330503");
    let theirs = world.post("neighbour", "/v1/institutions", &other).await.expect(201)["id"].clone();
    // Now both have a ledger of their own; each finds the other's institution and may not touch it.
    let listing = json!({"list":"warning","published_on":"2026-11-22"});
    for (who, id) in [("neighbour", json!(shop.institution)), ("bureau", theirs.clone())] {
        let id = id.as_str().unwrap();
        let answer = world.post(who, &format!("/v1/institutions/{id}/listings"), &listing).await;
        assert_eq!(answer.problem(403), "forbidden", "{who}");
        let full = world.get(who, &format!("/v1/institutions/{id}/holds")).await;
        assert_eq!(full.problem(403), "forbidden", "{who}");
        world.public(&format!("/v1/institutions/{id}")).await.expect(200);
    }
    // The city reads both, page by page over the ledgers.
    let first = world.get("city", "/v1/institutions?region=330500&limit=1").await.expect(200);
    assert_eq!(first["items"][0]["id"], shop.institution.as_str());
    let next = format!("/v1/institutions?region=330500&limit=1&after={}", first["next"].as_str().unwrap());
    let second = world.get("city", &next).await.expect(200);
    assert_eq!((&second["items"][0]["id"], &second["next"]), (&theirs, &Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_in_doubt_takes_no_writes_and_keeps_answering() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    for ledger in world.app.all_ledgers().await {
        ledger.core().stop(&"a test");
    }
    let path = format!("/v1/institutions/{}/holds", shop.institution);
    let refused = world.post("bureau", &path, &json!({})).await;
    assert_eq!(refused.problem(503), "ledger-stopped");
    assert!(refused.headers.contains_key("retry-after"));
    assert_eq!(refused.json()["retryable"], true);
    world.get("bureau", &path).await.expect(200);
    assert_eq!(world.public("/v1/integrity").await.expect(200)["status"], "stopped");
}
