//! The sample accounts of a demo server: one click to each desk. Where no demo runs there is none of
//! this.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use serde_json::{Value, json};

use crate::login::{become_user, foreign, remember};
use crate::serve::{html, problem, see};
use crate::submit::fields;
use crate::upstream::Answer;
use crate::visit::Visit;
use crate::{Console, Demo, cookies};

/// One account for each role, in their order: the bar on every page of a demo server.
pub fn desks(demo: &Demo) -> Value {
    let mut roles: Vec<&str> = Vec::new();
    let mut desks = Vec::new();
    for account in &demo.accounts {
        if !roles.contains(&account.role) {
            roles.push(account.role);
            desks.push(json!({"username": account.username, "role": account.role}));
        }
    }
    Value::Array(desks)
}

/// GET /demo: the sample accounts.
pub async fn show(State(console): State<Arc<Console>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let visit = Visit::of(&console, &parts).await;
    let Some(demo) = &console.options.demo else { return none(&console, &visit) };
    let accounts: Vec<Value> = demo
        .accounts
        .iter()
        .map(|account| {
            let [zh, en] = &account.who;
            json!({"username": account.username, "role": account.role, "who": visit.language.pick([zh, en])})
        })
        .collect();
    let mut values = visit.values(&console);
    values.insert("page".to_owned(), Value::from("demo"));
    values.insert("accounts".to_owned(), Value::Array(accounts));
    let mut response = html(&console, &visit, "shared/demo.html", 200, &values);
    visit.keep(&console, &mut response);
    response
}

fn none(console: &Console, visit: &Visit) -> Response {
    problem(console, visit, &Answer { status: 404, body: Value::Null })
}

/// POST /demo: logs one of the sample accounts in.
pub async fn log_in(State(console): State<Arc<Console>>, request: Request) -> Response {
    let (parts, fields) = fields(request).await;
    let visit = Visit::of(&console, &parts).await;
    let field = |name: &str| fields.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    if !cookies::is_own(&parts.headers, field("_csrf")) {
        return foreign(&console, &visit);
    }
    enter(&console, visit, field("username").unwrap_or_default()).await
}

/// GET /demo/board, the address that a demo server prints: the first account's desk, which is the
/// situation board. The accounts are public and the server answers this machine alone, so that nobody
/// gains anything by leading a browser here.
pub async fn board(State(console): State<Arc<Console>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let visit = Visit::of(&console, &parts).await;
    let first = console.options.demo.as_ref().and_then(|demo| demo.accounts.first());
    let Some(first) = first.map(|account| account.username.clone()) else { return none(&console, &visit) };
    if visit.me.get("username").and_then(Value::as_str) == Some(first.as_str()) {
        return see(visit.home());
    }
    enter(&console, visit, &first).await
}

async fn enter(console: &Console, mut visit: Visit, wanted: &str) -> Response {
    let Some(demo) = &console.options.demo else { return none(console, &visit) };
    if !demo.accounts.iter().any(|account| account.username == wanted) {
        return none(console, &visit);
    }
    let body = json!({"username": wanted, "password": demo.password});
    let answer = become_user(console, &mut visit, "/v1/sessions", body).await;
    if !answer.is_success() {
        return problem(console, &visit, &answer);
    }
    let mut response = see(visit.home());
    remember(console, &visit, &mut response);
    response
}
