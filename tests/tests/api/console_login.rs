//! Log-in at the console with the bureau's own identity provider: a real one, in a process of its own,
//! as a browser goes there and back.

use std::sync::Arc;

use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde_json::json;
use server::oidc::Provider;

use crate::oidc::{CLIENT, Running, SECRET, start};
use crate::world::World;

/// A browser that keeps no cookies but those it is told to send, and goes nowhere by itself.
struct Browser(Client);

impl Browser {
    fn new() -> Browser {
        Browser(Client::builder().redirect(Policy::none()).build().unwrap())
    }

    async fn get(&self, url: &str, cookies: &str) -> Response {
        self.0.get(url).header("cookie", cookies).send().await.unwrap()
    }

    async fn go(&self, world: &World, cookies: &str, word: &str) -> Response {
        let ask = self.0.post(format!("{}/login/provider", world.base)).header("cookie", cookies);
        let ask = ask.header("content-type", "application/x-www-form-urlencoded");
        ask.body(format!("_csrf={word}")).send().await.unwrap()
    }
}

/// The value of a cookie that is set, and the whole line.
fn cookie(response: &Response, name: &str) -> Option<(String, String)> {
    let lines = response.headers().get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    let found = lines.filter_map(|line| Some((line, line.strip_prefix(&format!("{name}="))?))).next();
    found.map(|(line, rest)| (rest.split(';').next().unwrap().to_owned(), line.to_owned()))
}

/// Where a page leads on to.
fn onward(page: &str) -> String {
    let (_, rest) = page.split_once("content=\"0;url=").unwrap();
    let url = rest.split('"').next().unwrap();
    [("&#x2f;", "/"), ("&#x27;", "'"), ("&quot;", "\""), ("&amp;", "&")]
        .iter()
        .fold(url.to_owned(), |url, (escaped, plain)| url.replace(escaped, plain))
}

async fn world() -> (World, Running) {
    let world = World::on("2026-11-22").await;
    let running = start(world.now().micros() / 1_000_000, None);
    let back = format!("{}/login/back", world.base);
    let provider = Provider::new(&running.issuer, CLIENT, Some(SECRET.to_owned().into()), &back, "").unwrap();
    world.provider(Arc::new(provider));
    (world, running)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_goes_to_the_provider_and_comes_back_to_the_desk() {
    let (world, running) = world().await;
    let path = format!("/v1/users/{}/identities", world.id_of("officer").await);
    let browser = Browser::new();
    let login = browser.get(&format!("{}/login", world.base), "").await;
    let (word, _) = cookie(&login, "tutela_form").unwrap();
    assert!(login.text().await.unwrap().contains("action=\"/login/provider\""));
    let cookies = format!("tutela_form={word}");
    assert_eq!(browser.go(&world, &cookies, "other").await.status(), 403, "a form from elsewhere");
    // Not linked yet: the log-in page says so, and nobody is logged in.
    for linked in [false, true] {
        if linked {
            let account = json!({"issuer": running.issuer, "subject": "officer-7"});
            world.post("admin", &path, &account).await.expect(201);
        }
        let there = browser.go(&world, &cookies, &word).await;
        assert_eq!(there.status(), 200);
        let (binding, line) = cookie(&there, "tutela_return").unwrap();
        assert!(line.contains("HttpOnly") && line.contains("SameSite=Lax") && line.contains("Path=/login"), "{line}");
        let policy = there.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("form-action 'self'"), "{policy}");
        let url = onward(&there.text().await.unwrap());
        assert!(url.starts_with(&running.issuer), "{url}");
        let handed = browser.get(&url, "").await;
        let back = handed.headers()["location"].to_str().unwrap().to_owned();
        assert!(back.starts_with(&format!("{}/login/back?", world.base)), "{back}");
        if linked {
            // Whoever was led here by somebody else's log-in has no cookie of it.
            let led = browser.get(&back, &cookies).await;
            assert_eq!(led.status(), 400);
            assert!(cookie(&led, "tutela_session").is_none());
        }
        let returned = browser.get(&back, &format!("{cookies}; tutela_return={binding}")).await;
        assert_eq!(cookie(&returned, "tutela_return").unwrap().0, "", "it is used up");
        let session = cookie(&returned, "tutela_session");
        if !linked {
            assert_eq!(returned.status(), 403);
            assert!(session.is_none());
            continue;
        }
        assert_eq!(returned.status(), 200);
        let (token, line) = session.unwrap();
        assert!(line.contains("HttpOnly") && line.contains("SameSite=Strict"), "{line}");
        assert_eq!(onward(&returned.text().await.unwrap()), "/regulator");
        let desk = browser.get(&format!("{}/regulator", world.base), &format!("tutela_session={token}")).await;
        assert_eq!(desk.status(), 200);
        // The code counts once.
        let again = browser.get(&back, &format!("{cookies}; tutela_return={binding}")).await;
        assert_eq!(again.status(), 400);
        assert!(cookie(&again, "tutela_session").is_none());
    }
    // Somebody who turned back at the provider.
    let refused = format!("{}/login/back?error=access_denied&state=x", world.base);
    assert_eq!(browser.get(&refused, &cookies).await.status(), 400);
    drop(running);
    assert_eq!(browser.go(&world, &cookies, &word).await.status(), 503);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_provider_there_is_no_such_button() {
    let world = World::on("2026-11-22").await;
    let browser = Browser::new();
    let login = browser.get(&format!("{}/login", world.base), "").await.text().await.unwrap();
    assert!(login.contains("name=\"password\"") && !login.contains("/login/provider"));
    assert_eq!(browser.go(&world, "tutela_form=word", "word").await.status(), 404);
}
