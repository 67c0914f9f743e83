//! Users and who manages them, passwords, sessions, throttled log-ins.

use access::Post;
use app::identity::NewRole;
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{PASSWORD, World, text};

async fn log_in(world: &World, username: &str, password: &str) -> crate::world::Answer {
    let body = json!({"username":username,"password":password});
    world.ask(None, Method::POST, "/v1/sessions").json(&body).send().await
}

fn staff(institution: &str, username: &str, post: &str) -> Value {
    json!({"username":username,"password":"long enough words","role":"institution","institution":institution,"post":post})
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_made_by_those_who_answer_for_them() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let contract = world.contract(&shop).await;
    let at = shop.institution.as_str();
    let guardian = json!({"username":"mother","password":"long enough words","role":"guardian","contract":contract});
    let auditor = json!({"username":"eye","password":"long enough words","role":"auditor","region":"330502"});
    for (who, body, status) in [
        // The county makes owners and guardians, never anybody of an authority.
        ("officer", staff(at, "owner2", "owner"), 201),
        ("officer", guardian.clone(), 201),
        ("officer", auditor.clone(), 403),
        ("approver", staff(at, "owner3", "owner"), 403),
        ("neighbour", staff(at, "owner3", "owner"), 403),
        ("city", staff(at, "owner3", "owner"), 403),
        // An owner makes staff, no second owner, and never the family that has to confirm the lessons.
        ("owner", staff(at, "teacher", "teacher"), 201),
        ("owner", staff(at, "owner3", "owner"), 403),
        (
            "owner",
            json!({"username":"x-family","password":"long enough words","role":"guardian","contract":contract}),
            403,
        ),
        ("guardian", staff(at, "own", "teacher"), 403),
        ("bank", staff(at, "own", "teacher"), 403),
        ("admin", auditor, 201),
        ("admin", staff(at, "teacher", "teacher"), 409),
    ] {
        let answer = world.post(who, "/v1/users", &body).await;
        assert_eq!(answer.status.as_u16(), status, "{who} {body}: {}", answer.text);
    }
    let names = async |who: &str| -> Vec<String> {
        let listed = world.get(who, "/v1/users?limit=200").await.expect(200);
        let mut names: Vec<_> = listed["items"].as_array().unwrap().iter().map(|u| text(&u["username"])).collect();
        names.sort();
        names
    };
    assert_eq!(names("owner").await, ["owner", "owner2", "teacher"]);
    assert_eq!(names("officer").await, ["guardian", "mother", "owner", "owner2", "teacher"]);
    assert!(names("admin").await.len() > 10);
    assert_eq!(world.get("bank", "/v1/users").await.problem(403), "forbidden");
    assert_eq!(names("neighbour").await, [""; 0], "of its own county there is nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_names_the_version_that_was_read() {
    let mut world = World::on("2026-11-22").await;
    let shop = world.shop().await;
    let officer = world.id_of("officer").await;
    let path = format!("/v1/users/{officer}");
    let read = world.get("admin", &path).await;
    let tag = read.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(read.expect(200)["duties"], json!(["officer"]));
    let change = |tag: &str, body: Value| {
        world.ask(Some("admin"), Method::PATCH, &path).header("if-match", tag).json(&body).send()
    };
    let patch = world.ask(Some("admin"), Method::PATCH, &path).json(&json!({"active":false})).send().await;
    assert_eq!(patch.problem(400), "invalid-parameter");
    let changed = change(&tag, json!({"duties":["officer","approver"]})).await.expect(200);
    assert_eq!(changed["duties"], json!(["officer", "approver"]));
    assert_eq!(change(&tag, json!({"active":false})).await.problem(412), "stale-version");
    let tag = world.get("admin", &path).await.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!(change(&tag, json!({"post":"owner"})).await.problem(400), "invalid-field");
    // Who manages nobody, and who manages others, learn nothing.
    assert_eq!(world.get("bank", &path).await.problem(403), "forbidden");
    assert_eq!(world.get("bureau", &path).await.problem(404), "not-found");
    assert_eq!(change(&tag, json!({"active":false})).await.expect(200)["active"], false);
    assert_eq!(world.get("officer", "/v1/me").await.problem(401), "not-signed-in");
    assert_eq!(log_in(&world, "officer", PASSWORD).await.problem(401), "wrong-credentials");
    let own = format!("/v1/users/{}", world.id_of("admin").await);
    let tag = world.get("admin", &own).await.headers["etag"].to_str().unwrap().to_owned();
    let locked = world.ask(Some("admin"), Method::PATCH, &own).header("if-match", &tag).json(&json!({"active":false}));
    assert_eq!(locked.send().await.problem(400), "invalid-field");
    // The owner of an institution makes nobody an owner.
    let role = NewRole::Institution { institution: shop.institution.parse().unwrap(), post: Post::Teacher };
    world.user("teacher", role).await;
    let path = format!("/v1/users/{}", world.id_of("teacher").await);
    let tag = world.get("owner", &path).await.headers["etag"].to_str().unwrap().to_owned();
    let ask = |post: &str| {
        world.ask(Some("owner"), Method::PATCH, &path).header("if-match", &tag).json(&json!({ "post": post })).send()
    };
    assert_eq!(ask("owner").await.problem(403), "forbidden");
    assert_eq!(ask("staff").await.expect(200)["post"], "staff");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_every_session() {
    let world = World::on("2026-11-22").await;
    let second = text(&log_in(&world, "bank", PASSWORD).await.expect(201)["token"]);
    let change = |present: &str, password: &str| {
        let body = json!({"present":present,"password":password});
        world.ask(Some("bank"), Method::POST, "/v1/me/password").json(&body).send()
    };
    assert_eq!(change("wrong words here", "another long one").await.problem(401), "wrong-credentials");
    for weak in ["short", "password123", "the bank of wuxing", "11112222"] {
        assert_eq!(change(PASSWORD, weak).await.problem(400), "invalid-field", "{weak}");
    }
    assert_eq!(change(PASSWORD, "another long one").await.status, 204);
    assert_eq!(world.get("bank", "/v1/me").await.problem(401), "not-signed-in");
    let other = world.ask_with(&second, Method::GET, "/v1/me").send().await;
    assert_eq!(other.problem(401), "not-signed-in");
    let token = text(&log_in(&world, "bank", "another long one").await.expect(201)["token"]);
    // The administrator sets one; this ends the sessions too.
    let path = format!("/v1/users/{}/password", world.id_of("auditor").await);
    assert_eq!(world.post("bureau", &path, &json!({"password":"given by somebody"})).await.problem(404), "not-found");
    assert_eq!(world.post("admin", &path, &json!({"password":"given by somebody"})).await.status, 204);
    assert_eq!(world.get("auditor", "/v1/me").await.problem(401), "not-signed-in");
    log_in(&world, "auditor", "given by somebody").await.expect(201);
    assert_eq!(world.ask_with(&token, Method::GET, "/v1/me").send().await.status, 200);
    // The command of the machine does the same.
    let call = app::Call { principal: None, now: world.now(), key: None, dry_run: false };
    world.app.user_password_set(&call, "bank", "from the machine itself".to_owned()).await.unwrap();
    assert_eq!(world.ask_with(&token, Method::GET, "/v1/me").send().await.problem(401), "not-signed-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_are_listed_and_ended() {
    let world = World::on("2026-11-22").await;
    let body = json!({"username":"bank","password":PASSWORD});
    let second =
        world.ask(None, Method::POST, "/v1/sessions").header("user-agent", "teller/2").json(&body).send().await;
    let second = text(&second.expect(201)["token"]);
    let listed = world.get("bank", "/v1/me/sessions").await.expect(200);
    let listed = listed["items"].as_array().unwrap().clone();
    assert_eq!(listed.len(), 2, "{listed:?}");
    let other = listed.iter().find(|session| session["current"] == false).unwrap();
    assert_eq!(
        (&other["agent"], &other["method"], &other["address"]),
        (&json!("teller/2"), &json!("password"), &json!("127.0.0.1"))
    );
    let path = format!("/v1/me/sessions/{}", text(&other["id"]));
    let end = |who| world.ask(Some(who), Method::DELETE, &path).send();
    assert_eq!(end("auditor").await.problem(404), "not-found", "somebody else's");
    assert_eq!(world.ask_with(&second, Method::GET, "/v1/me").send().await.status, 200);
    assert_eq!(end("bank").await.status, 204);
    assert_eq!(world.ask_with(&second, Method::GET, "/v1/me").send().await.problem(401), "not-signed-in");
    let path = format!("/v1/users/{}/sessions", world.id_of("bank").await);
    assert_eq!(world.get("bureau", &path).await.problem(404), "not-found");
    assert_eq!(world.get("admin", &path).await.expect(200)["items"].as_array().unwrap().len(), 1);
    let ended = world.ask(Some("admin"), Method::DELETE, &path).send().await.expect(200);
    assert_eq!(ended, json!({"ended":1}));
    assert_eq!(world.get("bank", "/v1/me").await.problem(401), "not-signed-in");
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_gets_slow_for_names_that_exist_and_names_that_do_not() {
    let world = World::on("2026-11-22").await;
    for name in ["auditor", "nobody at all"] {
        for _ in 0..5 {
            assert_eq!(log_in(&world, name, "guess after guess").await.problem(401), "wrong-credentials");
        }
        let refused = log_in(&world, name, PASSWORD).await;
        assert_eq!(refused.headers["retry-after"], "30", "{name}");
        assert_eq!(refused.problem(429), "too-many-attempts", "even with the right password");
    }
    // Another server, or this one after a restart, knows of it.
    let other = world.second_server().await;
    let refused = other.session_open(world.now(), "auditor", PASSWORD.to_owned()).await;
    assert!(matches!(refused, Err(app::AppError::TooManyAttempts { retry_after_seconds: 30 })), "{refused:?}");
    // Others are not kept out by it, and the session that there is goes on.
    log_in(&world, "bank", PASSWORD).await.expect(201);
    assert_eq!(world.get("auditor", "/v1/me").await.status, 200);
    world.pass(31);
    assert_eq!(log_in(&world, "auditor", "guess after guess").await.problem(401), "wrong-credentials");
    assert_eq!(log_in(&world, "auditor", PASSWORD).await.headers["retry-after"], "60", "it doubles");
    world.pass(61);
    log_in(&world, "auditor", PASSWORD).await.expect(201);
    // A success begins anew.
    for _ in 0..4 {
        assert_eq!(log_in(&world, "auditor", "guess after guess").await.problem(401), "wrong-credentials");
    }
    log_in(&world, "auditor", PASSWORD).await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_tries_many_names_is_slowed_too() {
    let world = World::on("2026-11-22").await;
    for number in 0..20 {
        assert_eq!(
            log_in(&world, &format!("name{number}"), "guess after guess").await.problem(401),
            "wrong-credentials"
        );
    }
    assert_eq!(log_in(&world, "bank", PASSWORD).await.problem(429), "too-many-attempts");
    world.pass(31);
    log_in(&world, "bank", PASSWORD).await.expect(201);
}
