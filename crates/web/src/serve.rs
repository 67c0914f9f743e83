//! Pages: reads of the API in their order, then the template. Also what stands around every page:
//! the headers that keep a browser safe, and the switches of language and size.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde_json::{Map, Value, json};

use crate::cookies;
use crate::fill::{at, encode, fill, pairs};
use crate::page::{Desk, How, Page, matched};
use crate::submit::{Sent, forms};
use crate::upstream::{self, Answer, Question};
use crate::visit::{Visit, add, menu};
use crate::{Console, DESKS};

/// How many answers a list is followed, at 200 items each.
pub const LIST_PAGES_MAX: usize = 10;
/// How many items of a list are asked for one by one.
pub const EACH_MAX: usize = 300;

/// Nothing is loaded from elsewhere, nothing written into the page runs, nobody frames it.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Headers of every answer of the console.
pub async fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        // Codes are scanned on pages of our own, and asked for each time by the browser.
        (HeaderName::from_static("permissions-policy"), "camera=(self), microphone=(), geolocation=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// `?lang=` and `?type=` are remembered, and the same page is shown without them.
pub async fn settings(State(console): State<Arc<Console>>, request: Request, next: Next) -> Response {
    const YEAR: u32 = 366 * 24 * 3600;
    let pairs = pairs(request.uri().query().unwrap_or_default());
    let asked = |name: &str| pairs.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
    let secure = console.options.secure;
    let language = asked("lang").map(|word| if word == "en" { "en" } else { "zh" });
    let size = asked("type").map(|word| if word == "large" { ("large", YEAR) } else { ("", 0) });
    if request.method() != Method::GET || (language.is_none() && size.is_none()) {
        return next.run(request).await;
    }
    let kept: Vec<String> = pairs
        .iter()
        .filter(|(name, _)| name != "lang" && name != "type")
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    let path = request.uri().path();
    let to = if kept.is_empty() { path.to_owned() } else { format!("{path}?{}", kept.join("&")) };
    let mut response = see(&to);
    if let Some(word) = language {
        add(&mut response, cookies::set(cookies::LANGUAGE, word, secure, Some(YEAR)));
    }
    if let Some((word, seconds)) = size {
        add(&mut response, cookies::set(cookies::TYPE, word, secure, Some(seconds)));
    }
    response
}

/// An address that is none, opened by a person: the API's answer as a page.
pub async fn lost(State(console): State<Arc<Console>>, request: Request, next: Next) -> Response {
    const MACHINES: [&str; 6] = ["/v1/", "/log/", "/docs", "/problems/", "/healthz", "/readyz"];
    let path = request.uri().path();
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let person = request.method() == Method::GET && accepts.contains("text/html");
    if !person || MACHINES.iter().any(|prefix| path.starts_with(prefix)) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let visit = Visit::of(&console, &parts).await;
    let response = next.run(Request::from_parts(parts, body)).await;
    if response.status() != StatusCode::NOT_FOUND {
        return response;
    }
    guarded(problem(&console, &visit, &Answer { status: 404, body: Value::Null })).await
}

/// Goes to another page of the console; an address that leads elsewhere becomes the front page.
pub fn see(path: &str) -> Response {
    let own = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    let safe = own && path.chars().all(|c| c.is_ascii_graphic());
    Redirect::to(if safe { path } else { "/" }).into_response()
}

/// The page of an address, with the segments of the address.
pub fn find(path: &str) -> Option<(&'static Desk, &'static Page, Map<String, Value>)> {
    DESKS.iter().find_map(|desk| {
        desk.pages.iter().find_map(|page| matched(page.path, path).map(|segments| (desk, page, segments)))
    })
}

/// GET of a page.
pub async fn page(State(console): State<Arc<Console>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let visit = Visit::of(&console, &parts).await;
    let mut response = show(&console, &visit, None).await;
    visit.keep(&console, &mut response);
    response
}

/// The page at the address of a visit, with what was sent from it.
pub async fn show(console: &Console, visit: &Visit, sent: Option<&Sent>) -> Response {
    let Some((desk, page, segments)) = find(&visit.path) else {
        return problem(console, visit, &Answer { status: 404, body: Value::Null });
    };
    if let Some(refused) = refused(console, visit, desk) {
        return refused;
    }
    let mut values = visit.values(console);
    values.extend(segments);
    values.insert("desk".to_owned(), Value::from(desk.name));
    values.insert("page".to_owned(), Value::from(page.name));
    values.insert("menu".to_owned(), menu(desk, &visit.path));
    if let Err(answer) = read(console, visit, page, &mut values).await {
        return if answer.status == 401 { to_login(visit) } else { problem(console, visit, &answer) };
    }
    if let Some(shape) = page.shape {
        shape(&mut values);
    }
    forms(console, visit, page, sent, &mut values);
    let status = sent.map_or(200, |sent| if sent.answer.is_success() { 200 } else { sent.answer.status });
    html(console, visit, &format!("{}/{}.html", desk.name, page.name), status, &values)
}

/// What a reader is answered who may not open the desk.
fn refused(console: &Console, visit: &Visit, desk: &Desk) -> Option<Response> {
    if desk.admits(visit.role()) {
        return None;
    }
    if visit.me.is_null() {
        return Some(to_login(visit));
    }
    Some(problem(console, visit, &Answer { status: 403, body: Value::Null }))
}

fn to_login(visit: &Visit) -> Response {
    let query: Vec<String> =
        visit.query.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    let then = if query.is_empty() { visit.path.clone() } else { format!("{}?{}", visit.path, query.join("&")) };
    see(&format!("/login?then={}", encode(&then)))
}

/// The reads of a page, into its values.
async fn read(console: &Console, visit: &Visit, page: &Page, values: &mut Map<String, Value>) -> Result<(), Answer> {
    let mut refusals = Map::new();
    for read in page.reads {
        let value = match read.how {
            How::Each(of) => one_by_one(console, visit, of, read.path, values).await,
            How::All => whole(console, visit, fill(read.path, values)).await,
            How::Needed | How::Optional => match fill(read.path, values) {
                None => Err(Answer { status: 404, body: Value::Null }),
                Some(path) => match upstream::get(&console.api, &visit.caller, path).await {
                    answer if answer.is_success() => Ok(answer.body),
                    answer => Err(answer),
                },
            },
        };
        let value = match value {
            Ok(value) => value,
            Err(answer) if read.how == How::Needed || answer.status == 401 => return Err(answer),
            Err(answer) => {
                refusals.insert(read.name.to_owned(), answer.body);
                Value::Null
            }
        };
        values.insert(read.name.to_owned(), value);
    }
    values.insert("refusals".to_owned(), Value::Object(refusals));
    Ok(())
}

/// A list, followed to its end.
async fn whole(console: &Console, visit: &Visit, path: Option<String>) -> Result<Value, Answer> {
    let Some(path) = path else { return Err(Answer { status: 404, body: Value::Null }) };
    let mut items = Vec::new();
    let mut after: Option<String> = None;
    for _ in 0..LIST_PAGES_MAX {
        let join = if path.contains('?') { '&' } else { '?' };
        let next = after.take().map(|after| format!("{path}{join}after={}", encode(&after)));
        let answer = upstream::get(&console.api, &visit.caller, next.unwrap_or_else(|| path.clone())).await;
        if !answer.is_success() {
            return Err(answer);
        }
        let Value::Object(mut list) = answer.body else { break };
        if let Some(Value::Array(more)) = list.remove("items") {
            items.extend(more);
        }
        after = list.get("next").and_then(Value::as_str).map(str::to_owned);
        if after.is_none() {
            break;
        }
    }
    Ok(json!({"items": items, "next": after}))
}

/// One answer for each item of a list; those that are refused are null.
async fn one_by_one(
    console: &Console,
    visit: &Visit,
    of: &str,
    path: &str,
    values: &Map<String, Value>,
) -> Result<Value, Answer> {
    let items = at(values, of).and_then(Value::as_array).cloned().unwrap_or_default();
    let mut found = Map::new();
    for item in items.into_iter().take(EACH_MAX) {
        let Some(id) = item.get("id").and_then(Value::as_str).map(str::to_owned) else { continue };
        let mut here = values.clone();
        here.insert("item".to_owned(), item);
        let Some(path) = fill(path, &here) else { continue };
        let answer = upstream::get(&console.api, &visit.caller, path).await;
        found.insert(id, if answer.is_success() { answer.body } else { Value::Null });
    }
    Ok(Value::Object(found))
}

/// A template as an answer.
pub fn html(console: &Console, visit: &Visit, template: &str, status: u16, values: &Map<String, Value>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match console.renderer.render(template, visit.language, values) {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            // Templates are ours: which line is wrong says nothing about anybody.
            let text = format!("{template}: {error:#}\n");
            (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
        }
    }
}

/// A page that says what is wrong.
pub fn problem(console: &Console, visit: &Visit, answer: &Answer) -> Response {
    let mut values = visit.values(console);
    if let Some(desk) = visit.desk() {
        values.insert("menu".to_owned(), menu(desk, &visit.path));
    }
    values.insert("page".to_owned(), Value::from("problem"));
    values.insert("status".to_owned(), Value::from(answer.status));
    values.insert("problem".to_owned(), answer.body.clone());
    html(console, visit, "shared/problem.html", answer.status.max(400), &values)
}

/// A file of the API with the reader's right.
pub async fn download(State(console): State<Arc<Console>>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let visit = Visit::of(&console, &parts).await;
    let found = DESKS.iter().find_map(|desk| {
        desk.downloads.iter().find_map(|file| matched(file.path, &visit.path).map(|segments| (desk, file, segments)))
    });
    let Some((desk, file, mut values)) = found else {
        return problem(&console, &visit, &Answer { status: 404, body: Value::Null });
    };
    if let Some(refused) = refused(&console, &visit, desk) {
        return refused;
    }
    values.insert("me".to_owned(), visit.me.clone());
    let query = visit.query.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
    values.insert("query".to_owned(), Value::Object(query));
    let Some(path) = fill(file.api, &values) else {
        return problem(&console, &visit, &Answer { status: 404, body: Value::Null });
    };
    let response = upstream::ask(&console.api, &visit.caller, Question { path, ..Question::default() }).await;
    if !response.status().is_success() {
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), 65_536).await.unwrap_or_default();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        return problem(&console, &visit, &Answer { status, body });
    }
    handed_on(response)
}

/// Only the type, the name and the bytes of a file are handed on.
fn handed_on(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let mut file = Response::new(Body::new(body));
    for name in [header::CONTENT_TYPE, header::CONTENT_DISPOSITION, header::CONTENT_LENGTH] {
        if let Some(value) = parts.headers.get(&name) {
            file.headers_mut().insert(name, value.clone());
        }
    }
    file
}
