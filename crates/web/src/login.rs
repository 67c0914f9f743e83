//! Log-in and log-out. A form that met a session that is over waits in the log-in page and is sent
//! when its writer is back.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::response::Response;
use serde_json::{Value, json};

use crate::Console;
use crate::cookies;
use crate::render::Renderer;
use crate::serve::{html, problem, see};
use crate::submit::{fields, run};
use crate::upload::Typed;
use crate::upstream::{self, Answer, Question};
use crate::visit::{Visit, add};

fn get<'f>(fields: &'f [(String, String)], name: &str) -> Option<&'f str> {
    fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
}

/// GET /login.
pub async fn show(State(console): State<Arc<Console>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let visit = Visit::of(&console, &parts).await;
    let then = get(&visit.query, "then").unwrap_or_default().to_owned();
    let mut response = page(&console, &visit, 200, &json!({"then": then}));
    visit.keep(&console, &mut response);
    response
}

/// The log-in page.
pub fn page(console: &Console, visit: &Visit, status: u16, more: &Value) -> Response {
    let mut values = visit.values(console);
    values.insert("page".to_owned(), Value::from("login"));
    values.insert("provider".to_owned(), Value::from((console.options.provider)()));
    for name in ["then", "kept", "problem", "username"] {
        values.insert(name.to_owned(), more.get(name).cloned().unwrap_or(Value::Null));
    }
    html(console, visit, "shared/login.html", status, &values)
}

/// The log-in page, with a form that waits. Secrets are not kept: they are typed again.
pub fn keeping(console: &Console, visit: &Visit, fields: &[(String, String)]) -> Response {
    let kept: Vec<_> = fields.iter().filter(|(name, _)| name != "_csrf" && !name.contains("password")).collect();
    let kept = json!({"path": visit.path, "fields": kept}).to_string();
    page(console, visit, 401, &json!({"kept": kept}))
}

/// POST /login.
pub async fn log_in(State(console): State<Arc<Console>>, request: Request) -> Response {
    let (parts, fields) = fields(request).await;
    let mut visit = Visit::of(&console, &parts).await;
    if !cookies::is_own(&parts.headers, get(&fields, "_csrf")) {
        return foreign(&console, &visit);
    }
    let text = |name: &str| get(&fields, name).unwrap_or_default();
    let mut body = json!({"username": text("username").trim(), "password": text("password")});
    if let (Some(code), Value::Object(body)) = (get(&fields, "code"), &mut body) {
        body.insert("code".to_owned(), Value::from(code.trim()));
    }
    let answer = become_user(&console, &mut visit, "/v1/sessions", body).await;
    if !answer.is_success() {
        let more = json!({
            "then": text("then"), "kept": text("kept"), "problem": answer.body, "username": text("username"),
        });
        return page(&console, &visit, answer.status, &more);
    }
    let kept = get(&fields, "kept").and_then(|kept| serde_json::from_str::<Value>(kept).ok());
    let mut response = match kept {
        Some(kept) => go_on(&console, &mut visit, &kept).await,
        None => see(get(&fields, "then").unwrap_or_else(|| visit.home())),
    };
    remember(&console, &visit, &mut response);
    response
}

/// Sends the form that waited.
async fn go_on(console: &Console, visit: &mut Visit, kept: &Value) -> Response {
    let path = kept.get("path").and_then(Value::as_str).unwrap_or("/");
    let fields = kept.get("fields").and_then(Value::as_array).cloned().unwrap_or_default();
    let text = |pair: &Value, at: usize| pair.get(at).and_then(Value::as_str).unwrap_or_default().to_owned();
    let fields: Vec<_> = fields.iter().map(|pair| (text(pair, 0), text(pair, 1))).collect();
    path.clone_into(&mut visit.path);
    visit.query.clear();
    run(console, visit, Typed { fields, files: Vec::new() }).await
}

/// Opens a session at one of the API's doors and becomes its user.
pub async fn become_user(console: &Console, visit: &mut Visit, door: &str, body: Value) -> Answer {
    visit.caller.token = None;
    let question = Question { method: Method::POST, path: door.to_owned(), body: Some(body), ..Question::default() };
    let answer = upstream::answer(&console.api, &visit.caller, question).await;
    if answer.is_success() {
        visit.caller.token = answer.body.get("token").and_then(Value::as_str).map(str::to_owned);
        visit.word = (console.options.fresh)();
        visit.expired = false;
        visit.recognise(console).await;
    }
    answer
}

/// The cookies of a new session: they end with the browser, the session itself after its hours.
pub fn remember(console: &Console, visit: &Visit, response: &mut Response) {
    let secure = console.options.secure;
    let token = visit.caller.token.as_deref().unwrap_or_default();
    add(response, cookies::set(cookies::SESSION, token, secure, None));
    add(response, cookies::set(cookies::FORM, &visit.word, secure, None));
}

/// What a form is answered that was not sent from a page of ours.
pub fn foreign(console: &Console, visit: &Visit) -> Response {
    let title = Renderer::word(visit.language, "error.foreign_form_title");
    let detail = Renderer::word(visit.language, "error.foreign_form");
    let mut response = problem(console, visit, &Answer::refused(403, &title, &detail));
    visit.keep(console, &mut response);
    response
}

/// POST /logout.
pub async fn log_out(State(console): State<Arc<Console>>, request: Request) -> Response {
    let (parts, fields) = fields(request).await;
    let visit = Visit::of(&console, &parts).await;
    if !cookies::is_own(&parts.headers, get(&fields, "_csrf")) {
        return foreign(&console, &visit);
    }
    let path = "/v1/sessions/current".to_owned();
    let question = Question { method: Method::DELETE, path, ..Question::default() };
    upstream::answer(&console.api, &visit.caller, question).await;
    let mut response = see("/");
    for name in [cookies::SESSION, cookies::FORM] {
        add(&mut response, cookies::set(name, "", console.options.secure, Some(0)));
    }
    response
}

/// GET /home and /logout: the reader's own desk.
pub async fn home(State(console): State<Arc<Console>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let visit = Visit::of(&console, &parts).await;
    see(visit.home())
}
