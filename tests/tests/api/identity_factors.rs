//! What stands beside the password: one-time codes, API keys, lent duties.

use access::{Action, totp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Answer, PASSWORD, World, policy_draft_body, text};

fn unbase32(text: &str) -> Vec<u8> {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut bits, mut count, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.chars() {
        bits = (bits << 5) | u32::try_from(alphabet.find(letter).unwrap()).unwrap();
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 0xff).unwrap());
        }
    }
    bytes
}

fn code(world: &World, secret: &str) -> String {
    totp::code(&unbase32(secret), totp::step_at(u64::try_from(world.now().micros() / 1_000_000).unwrap()))
}

/// Sets up a second factor; the secret and the recovery codes.
async fn enrol(world: &World, who: &str) -> (String, Vec<String>) {
    let begun = world.post(who, "/v1/me/second-factor", &json!({"password":PASSWORD})).await.expect(201);
    let secret = text(&begun["secret"]);
    assert!(text(&begun["qr_svg"]).starts_with("<svg"));
    assert!(text(&begun["otpauth_url"]).contains(&format!("secret={secret}")));
    let shown = json!({"code":code(world, &secret)});
    let confirmed = world.post(who, "/v1/me/second-factor/confirmation", &shown).await.expect(201);
    (secret, confirmed["recovery_codes"].as_array().unwrap().iter().map(text).collect())
}

async fn step_up(world: &World, who: &str, code: &str) -> Answer {
    world.post(who, "/v1/sessions/current/step-up", &json!({"code":code})).await
}

/// A policy version that waits for an approver; rejecting it takes the second factor.
async fn decision(world: &World, n: u32) -> String {
    let draft = policy_draft_body(&format!("2027-01-{n:02}"), "refund_answer", json!({"days":3}));
    let version = world.post("officer", "/v1/policies/330502/versions", &draft).await.expect(201);
    format!("/v1/policy-versions/{}/decision", text(&version["id"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_approver_shows_a_code_and_each_code_counts_once() {
    let world = World::on("2026-11-22").await;
    let reject = json!({"decision":"reject"});
    // Nobody has set one up: nothing is asked.
    world.post("approver", &decision(&world, 1).await, &reject).await.expect(201);
    assert_eq!(
        world.post("approver", "/v1/me/second-factor", &json!({"password":"not it at all"})).await.problem(401),
        "wrong-credentials"
    );
    let (secret, recovery) = enrol(&world, "approver").await;
    assert_eq!(recovery.len(), 10);
    let again = world.post("approver", "/v1/me/second-factor", &json!({"password":PASSWORD})).await;
    assert_eq!(again.problem(409), "already-exists");
    // The session that set it up is confirmed, for some minutes.
    world.post("approver", &decision(&world, 2).await, &reject).await.expect(201);
    world.pass(601);
    let path = decision(&world, 3).await;
    let refused = world.post("approver", &path, &reject).await;
    assert_eq!(refused.json()["actual"], "second_factor");
    assert_eq!(refused.problem(403), "forbidden");
    assert_eq!(world.get("approver", "/v1/policies/330502/versions").await.status, 200, "reading goes on");
    assert_eq!(step_up(&world, "approver", "000000").await.problem(403), "wrong-code");
    let now = code(&world, &secret);
    step_up(&world, "approver", &now).await.expect(201);
    world.post("approver", &path, &reject).await.expect(201);
    assert_eq!(step_up(&world, "approver", &now).await.problem(403), "wrong-code", "used");
    // The telephone is lost: a recovery code counts once, however it is written.
    world.pass(601);
    let lost = recovery[3].to_uppercase().replace('-', " ");
    step_up(&world, "approver", &lost).await.expect(201);
    assert_eq!(step_up(&world, "approver", &lost).await.problem(403), "wrong-code");
    let status = world.get("approver", "/v1/me/second-factor").await.expect(200);
    assert_eq!(status, json!({"mode":"enrolled","enrolled":true,"recovery_codes_left":9}));
    // A log-in with a code begins confirmed; guessing codes gets slow.
    world.pass(31);
    let body = json!({"username":"approver","password":PASSWORD,"code":code(&world, &secret)});
    let opened = world.ask(None, Method::POST, "/v1/sessions").json(&body).send().await.expect(201);
    assert!(opened["confirmed_until_at"].is_string(), "{opened}");
    for _ in 0..5 {
        assert_eq!(step_up(&world, "approver", "000000").await.problem(403), "wrong-code");
    }
    assert_eq!(step_up(&world, "approver", "000000").await.problem(429), "too-many-attempts");
    // The administrator takes it away; the user begins anew.
    let path = format!("/v1/users/{}/second-factor", world.id_of("approver").await);
    assert_eq!(world.ask(Some("bureau"), Method::DELETE, &path).send().await.problem(404), "not-found");
    assert_eq!(world.ask(Some("admin"), Method::DELETE, &path).send().await.status, 204);
    assert_eq!(world.get("approver", "/v1/me").await.problem(401), "not-signed-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_does_what_is_in_its_scope() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let make = |who: &'static str, scope: Value, until: &str| {
        let body = json!({"name":"核心系统","scope":scope,"until_on":until});
        let world = &world;
        async move { world.post(who, "/v1/api-keys", &body).await }
    };
    for (scope, until) in [
        (json!([]), "2026-12-22"),
        (json!(["lesson_confirm"]), "2026-12-22"),
        (json!(["user_manage"]), "2026-12-22"),
        (json!(["self_manage"]), "2026-12-22"),
        (json!(["payment_record"]), "2026-11-21"),
        (json!(["payment_record"]), "2027-11-24"),
    ] {
        assert_eq!(make("bank", scope.clone(), until).await.problem(400), "invalid-field", "{scope} {until}");
    }
    let made = make("bank", json!(["payment_record"]), "2026-12-22").await.expect(201);
    let secret = text(&made["secret"]);
    assert!(secret.starts_with(&text(&made["prefix"])) && secret.starts_with("tutela_"));
    let payments = format!("/v1/contracts/{contract}/payments");
    let pay = |key: &str| {
        world.ask_with(key, Method::POST, &payments).keyed().json(&crate::world::payment_body(100_000, "K1")).send()
    };
    pay(&secret).await.expect(201);
    let listed = world.get("bank", "/v1/api-keys").await;
    assert!(!listed.text.contains(&secret), "shown once");
    assert!(listed.json()["items"][0]["last_used_at"].is_string());
    // Everything that is not public and not in the scope is refused, on every route.
    for (path, status) in [
        (format!("/v1/institutions/{}/balances", shop.institution), 403),
        ("/v1/api-keys".to_owned(), 403),
        ("/v1/me/sessions".to_owned(), 403),
        ("/v1/ledgers".to_owned(), 200),
    ] {
        let answer = world.ask_with(&secret, Method::GET, &path).send().await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text);
    }
    let more = json!({"name":"x","scope":["payment_record"],"until_on":"2026-12-01"});
    let made_by_key = world.ask_with(&secret, Method::POST, "/v1/api-keys").json(&more).send().await;
    assert_eq!(made_by_key.problem(403), "forbidden", "a key makes no keys");
    // Revoked, it is nobody's.
    let path = format!("/v1/api-keys/{}", text(&made["id"]));
    assert_eq!(world.ask(Some("auditor"), Method::DELETE, &path).send().await.problem(404), "not-found");
    assert_eq!(world.ask(Some("bank"), Method::DELETE, &path).send().await.status, 204);
    assert_eq!(world.ask_with(&secret, Method::GET, "/v1/me").send().await.problem(401), "not-signed-in");
    // Past its day it is too.
    let made = make("bank", json!(["payment_record"]), "2026-11-22").await.expect(201);
    let secret = text(&made["secret"]);
    assert_eq!(world.ask_with(&secret, Method::GET, "/v1/me").send().await.status, 200);
    world.pass(16 * 3600);
    assert_eq!(world.ask_with(&secret, Method::GET, "/v1/me").send().await.problem(401), "not-signed-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_pays_out_is_made_with_a_code() {
    let world = World::on("2026-11-22").await;
    let body = json!({"name":"payouts","scope":["settlement_payout"],"until_on":"2026-12-22"});
    let (secret, _) = enrol(&world, "bank").await;
    world.pass(601);
    let refused = world.post("bank", "/v1/api-keys", &body).await;
    assert_eq!(refused.json()["actual"], "second_factor");
    step_up(&world, "bank", &code(&world, &secret)).await.expect(201);
    world.post("bank", "/v1/api-keys", &body).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn lent_duties_are_used_until_their_day() {
    let world = World::on("2026-11-22").await;
    let officer = world.id_of("officer").await;
    let lend = |who: &'static str, body: Value| {
        let world = &world;
        async move { world.post(who, "/v1/delegations", &body).await }
    };
    let until = |day: &str| json!({"to":officer,"duties":["approver"],"until_on":day});
    for (who, body, status) in [
        ("approver", json!({"to":officer,"duties":["officer"],"until_on":"2026-12-01"}), 400),
        ("approver", until("2026-11-21"), 400),
        ("approver", json!({"to":world.id_of("approver").await,"duties":["approver"],"until_on":"2026-12-01"}), 400),
        ("approver", json!({"to":world.id_of("neighbour").await,"duties":["approver"],"until_on":"2026-12-01"}), 400),
        ("approver", json!({"to":world.id_of("auditor").await,"duties":["approver"],"until_on":"2026-12-01"}), 400),
        ("bank", until("2026-12-01"), 403),
        ("admin", until("2026-12-01"), 403),
    ] {
        let answer = lend(who, body.clone()).await;
        assert_eq!(answer.status.as_u16(), status, "{who} {body}: {}", answer.text);
    }
    let reject = json!({"decision":"reject"});
    // Somebody else drafts: two persons decide on rules.
    let drafted = async |day: &str| {
        let draft = policy_draft_body(day, "refund_answer", json!({"days":3}));
        let version = world.post("bureau", "/v1/policies/330502/versions", &draft).await.expect(201);
        format!("/v1/policy-versions/{}/decision", text(&version["id"]))
    };
    let path = drafted("2027-01-01").await;
    assert_eq!(world.post("officer", &path, &reject).await.json()["actual"], "post");
    let lent = lend("approver", until("2026-11-23")).await.expect(201);
    world.post("officer", &path, &reject).await.expect(201);
    // What was lent is not lent on.
    let on = json!({"to":world.id_of("bureau").await,"duties":["approver"],"until_on":"2026-11-23"});
    assert_eq!(world.post("officer", "/v1/delegations", &on).await.problem(400), "invalid-field");
    assert_eq!(world.get("officer", "/v1/delegations").await.expect(200)["items"].as_array().unwrap().len(), 1);
    let path = drafted("2027-01-02").await;
    world.set_day("2026-11-24");
    for who in ["officer", "approver", "bureau"] {
        world.log_in(who).await;
    }
    let ended = world.post("officer", &path, &reject).await;
    assert_eq!(ended.json()["actual"], "delegation_ended");
    assert!(ended.json()["detail"].as_str().unwrap().contains("委托"), "{}", ended.text);
    assert_eq!(ended.problem(403), "forbidden");
    // Withdrawn before its day it ends at once.
    let until = json!({"to":officer,"duties":["approver"],"until_on":"2026-12-31"});
    let lent_again = text(&world.post("approver", "/v1/delegations", &until).await.expect(201)["id"]);
    assert_ne!(text(&lent["id"]), lent_again);
    let withdraw = |who: &str| world.ask(Some(who), Method::DELETE, &format!("/v1/delegations/{lent_again}")).send();
    assert_eq!(withdraw("officer").await.problem(404), "not-found", "the borrower does not");
    assert_eq!(withdraw("approver").await.status, 204);
    assert_eq!(world.post("officer", &path, &reject).await.json()["actual"], "delegation_ended");
    assert!(Action::ALL.contains(&Action::DelegationGrant));
}
