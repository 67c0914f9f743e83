//! Log-in with a bureau's own identity provider: there and back. What belongs to this browser is kept
//! in a cookie for some minutes; the API checks everything else.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

use crate::Console;
use crate::cookies;
use crate::login::{become_user, foreign, page, remember};
use crate::render::Renderer;
use crate::serve::html;
use crate::submit::fields;
use crate::upstream::{self, Answer, Question};
use crate::visit::{Visit, add};

/// How long somebody may take at the provider, seconds; the API's own limit is the same.
const SECONDS: u32 = 600;

/// POST /login/provider: goes to the provider.
pub async fn begin(State(console): State<Arc<Console>>, request: Request) -> Response {
    let (parts, fields) = fields(request).await;
    let visit = Visit::of(&console, &parts).await;
    let word = fields.iter().find(|(name, _)| name == "_csrf").map(|(_, value)| value.as_str());
    if !cookies::is_own(&parts.headers, word) {
        return foreign(&console, &visit);
    }
    let path = "/v1/oidc/authorizations".to_owned();
    let question = Question { method: Method::POST, path, body: Some(json!({})), ..Question::default() };
    let answer = upstream::answer(&console.api, &visit.caller, question).await;
    let text = |name: &str| answer.body.get(name).and_then(Value::as_str).unwrap_or_default();
    let address = text("authorization_url");
    let web = address.starts_with("http://") || address.starts_with("https://");
    if !answer.is_success() || !web {
        return page(&console, &visit, answer.status.max(400), &json!({"problem": answer.body}));
    }
    // A redirect would be held to where the form may be sent; a page that leads on is not.
    let mut response = onward(&console, &visit, address);
    add(&mut response, cookies::set_for_return(text("binding"), console.options.secure, SECONDS));
    response
}

/// GET /login/back: what the provider hands back becomes a session.
pub async fn back(State(console): State<Arc<Console>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let mut visit = Visit::of(&console, &parts).await;
    let query = |name: &str| visit.query.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone());
    let binding = cookies::get(&parts.headers, cookies::RETURN);
    let (Some(code), Some(state), Some(binding)) = (query("code"), query("state"), binding) else {
        let word = |key: &str| Renderer::word(visit.language, key);
        let refused = Answer::refused(400, &word("error.provider_title"), &word("error.provider"));
        return ended(&console, &visit, page(&console, &visit, 400, &json!({"problem": refused.body})));
    };
    let body = json!({"code": code, "state": state, "binding": binding});
    let answer = become_user(&console, &mut visit, "/v1/oidc/sessions", body).await;
    if !answer.is_success() {
        let refused = page(&console, &visit, answer.status, &json!({"problem": answer.body}));
        return ended(&console, &visit, refused);
    }
    // The browser came from elsewhere: it sends the new cookies only when a page of ours leads on.
    let home = visit.home();
    let mut response = onward(&console, &visit, home);
    remember(&console, &visit, &mut response);
    add(&mut response, cookies::set_for_return("", console.options.secure, 0));
    response
}

fn ended(console: &Console, visit: &Visit, mut response: Response) -> Response {
    add(&mut response, cookies::set_for_return("", console.options.secure, 0));
    visit.keep(console, &mut response);
    response
}

/// A page that leads on at once.
fn onward(console: &Console, visit: &Visit, to: &str) -> Response {
    let mut values = visit.values(console);
    values.insert("page".to_owned(), Value::from("onward"));
    values.insert("to".to_owned(), Value::from(to));
    html(console, visit, "shared/onward.html", 200, &values)
}
