//! Log-in with a bureau's own identity provider: a real one, in a process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};
use server::oidc::Provider;

use crate::world::{Answer, World, text};

pub const CLIENT: &str = "tutela";
pub const SECRET: &str = "a-secret-of-the-two";
pub const BACK: &str = "http://bureau.example/login";

/// The provider's process; it ends with the test.
pub struct Running {
    process: Child,
    pub issuer: String,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub fn start(now: i64, issuer: Option<&str>) -> Running {
    let mut process = Command::new(env!("CARGO_BIN_EXE_identity-provider"))
        .args([&now.to_string(), CLIENT, SECRET])
        .args(issuer)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut issuer = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut issuer).unwrap();
    Running { process, issuer: issuer.trim().to_owned() }
}

async fn world() -> (World, Running) {
    let world = World::on("2026-11-22").await;
    let running = start(world.now().micros() / 1_000_000, None);
    let provider = Provider::new(&running.issuer, CLIENT, Some(SECRET.to_owned().into()), BACK, "").unwrap();
    world.provider(Arc::new(provider));
    (world, running)
}

/// Goes to the provider as a browser does; what it brings back.
async fn visit(world: &World, mode: &str) -> (Value, String, String) {
    let begun = world.ask(None, Method::POST, "/v1/oidc/authorizations").send().await.expect(201);
    let browser = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let url = format!("{}&mode={mode}", text(&begun["authorization_url"]));
    let back = browser.get(url).send().await.unwrap();
    let back = back.headers()["location"].to_str().unwrap().to_owned();
    let of = |name: &str| {
        let (_, rest) = back.split_once(&format!("{name}=")).unwrap();
        rest.split('&').next().unwrap().to_owned()
    };
    assert!(back.starts_with(BACK), "{back}");
    assert_eq!(of("state"), text(&begun["state"]));
    let code = of("code");
    (begun, code, back)
}

async fn finish(world: &World, begun: &Value, code: &str) -> Answer {
    let body = json!({"code":code,"state":begun["state"],"binding":begun["binding"]});
    world.ask(None, Method::POST, "/v1/oidc/sessions").json(&body).send().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_linked_account_logs_in_and_gets_no_right_by_it() {
    let (world, running) = world().await;
    let (begun, code, _) = visit(&world, "").await;
    let unknown = finish(&world, &begun, &code).await;
    assert_eq!(unknown.json()["actual"], format!("{} officer-7", running.issuer));
    assert_eq!(unknown.problem(403), "not-linked");
    let path = format!("/v1/users/{}/identities", world.id_of("officer").await);
    let account = json!({"issuer":running.issuer,"subject":"officer-7"});
    for who in ["bureau", "officer", "auditor"] {
        assert_eq!(world.post(who, &path, &account).await.problem(403), "forbidden", "{who}");
    }
    world.post("admin", &path, &account).await.expect(201);
    let other = format!("/v1/users/{}/identities", world.id_of("approver").await);
    assert_eq!(world.post("admin", &other, &account).await.problem(409), "already-exists");
    for mode in ["", "rsa"] {
        let (begun, code, _) = visit(&world, mode).await;
        let session = finish(&world, &begun, &code).await.expect(201);
        assert_eq!(session["user"]["username"], "officer", "{mode}");
        let me = world.ask_with(&text(&session["token"]), Method::GET, "/v1/me/sessions").send().await.expect(200);
        let current = me["items"].as_array().unwrap().iter().find(|session| session["current"] == true).unwrap();
        assert_eq!(current["method"], "oidc");
        // The code, the state and the client's secret count once.
        assert_eq!(finish(&world, &begun, &code).await.problem(400), "invalid-field");
    }
    // Unlinked, it logs nobody in, and the sessions have ended.
    let unlink = format!("{path}/current");
    let gone = world.ask(Some("admin"), Method::DELETE, &unlink).json(&account).send().await;
    assert_eq!(gone.status, 204, "{}", gone.text);
    let (begun, code, _) = visit(&world, "").await;
    assert_eq!(finish(&world, &begun, &code).await.problem(403), "not-linked");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_hold_logs_nobody_in() {
    let (world, running) = world().await;
    let path = format!("/v1/users/{}/identities", world.id_of("officer").await);
    let account = json!({"issuer":running.issuer,"subject":"officer-7"});
    world.post("admin", &path, &account).await.expect(201);
    for mode in ["wrong-nonce", "no-nonce", "wrong-audience", "wrong-issuer", "expired", "none", "other-key", "altered"]
    {
        let (begun, code, _) = visit(&world, mode).await;
        assert_eq!(finish(&world, &begun, &code).await.problem(401), "wrong-credentials", "{mode}");
    }
    // A code that the provider did not give, one that somebody else brought, and one too late.
    let (begun, code, _) = visit(&world, "").await;
    let (another, ..) = visit(&world, "").await;
    let stolen = json!({"code":code,"state":begun["state"],"binding":another["binding"]});
    let answer = world.ask(None, Method::POST, "/v1/oidc/sessions").json(&stolen).send().await;
    assert_eq!(answer.problem(400), "invalid-field");
    assert_eq!(finish(&world, &another, "code-99").await.problem(401), "wrong-credentials");
    let (begun, code, _) = visit(&world, "").await;
    world.pass(601);
    assert_eq!(finish(&world, &begun, &code).await.problem(400), "invalid-field");
    // The verifier of one log-in does not open the code of another.
    let (first, _, _) = visit(&world, "").await;
    let (_, code, _) = visit(&world, "").await;
    assert_eq!(finish(&world, &first, &code).await.problem(401), "wrong-credentials");
    drop(running);
    let begun = world.ask(None, Method::POST, "/v1/oidc/authorizations").send().await;
    assert_eq!(begun.problem(503), "identity-provider");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_provider_there_is_no_such_login() {
    let world = World::on("2026-11-22").await;
    let begun = world.ask(None, Method::POST, "/v1/oidc/authorizations").send().await;
    assert_eq!(begun.problem(404), "not-found");
    for (issuer, back) in [("ftp://id.example", BACK), ("http://", BACK), ("http://id.example", "not an address")] {
        assert!(Provider::new(issuer, CLIENT, None, back, "").is_err(), "{issuer} {back}");
    }
}
