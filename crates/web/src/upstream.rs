//! The API as the console asks it: a service in the same process, one request at a time, with the
//! reader's own token. What the access table refuses the reader it refuses the console.

use std::net::SocketAddr;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Request, header};
use axum::response::Response;
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::language::Language;

/// Longest answer that a page is made of, bytes.
const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Who asks: what of the reader's request the API must know.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The reader's token.
    pub token: Option<String>,
    /// In which language answers are wanted.
    pub language: Language,
    /// By whom the request came.
    hops: HeaderMap,
    /// The address of the connection.
    connection: Option<ConnectInfo<SocketAddr>>,
}

impl Caller {
    /// Of a request.
    pub fn of(parts: &Parts, language: Language, token: Option<String>) -> Caller {
        let mut hops = HeaderMap::new();
        for name in [header::USER_AGENT, header::HeaderName::from_static("x-forwarded-for")] {
            for value in parts.headers.get_all(&name) {
                hops.append(name.clone(), value.clone());
            }
        }
        Caller { token, language, hops, connection: parts.extensions.get().copied() }
    }
}

/// A question.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Method.
    pub method: Method,
    /// Path and query.
    pub path: String,
    /// JSON; a text alone is sent as it is, XML or CSV.
    pub body: Option<Value>,
    /// A file instead, with its media type.
    pub file: Option<(&'static str, Bytes)>,
    /// Idempotency key.
    pub key: Option<String>,
    /// The version that was read.
    pub if_match: Option<String>,
}

/// What the API answered: the status, and JSON or null.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON; a problem document where the status says so.
    pub body: Value,
}

impl Answer {
    /// Is it what was asked for?
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A refusal of the console's own.
    pub fn refused(status: u16, title: &str, detail: &str) -> Answer {
        Answer { status, body: json!({"status": status, "title": title, "detail": detail, "type": ""}) }
    }
}

/// Asks; the response as it is.
pub async fn ask(api: &Router, caller: &Caller, question: Question) -> Response {
    let (kind, body) = match (question.file, question.body) {
        (Some((kind, file)), _) => (Some(kind), Body::from(file)),
        (None, Some(Value::String(text))) => (Some(table_type(text.as_bytes())), Body::from(text)),
        (None, Some(body)) => (Some("application/json"), Body::from(body.to_string())),
        (None, None) => (None, Body::empty()),
    };
    let mut request = Request::new(body);
    *request.method_mut() = question.method;
    let Ok(uri) = question.path.parse() else { return not_found() };
    *request.uri_mut() = uri;
    let headers = request.headers_mut();
    *headers = caller.hops.clone();
    headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(caller.language.tag()));
    headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    if let Some(kind) = kind {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    if let Some(Ok(token)) = caller.token.as_ref().map(|token| HeaderValue::try_from(format!("Bearer {token}"))) {
        headers.insert(header::AUTHORIZATION, token);
    }
    if let Some(Ok(key)) = question.key.map(HeaderValue::try_from) {
        headers.insert("idempotency-key", key);
    }
    if let Some(Ok(tag)) = question.if_match.map(HeaderValue::try_from) {
        headers.insert(header::IF_MATCH, tag);
    }
    if let Some(connection) = caller.connection {
        request.extensions_mut().insert(connection);
    }
    match api.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// What a table is sent as: XML where it begins like it, or CSV.
pub fn table_type(table: &[u8]) -> &'static str {
    let text = table.strip_prefix("\u{feff}".as_bytes()).unwrap_or(table).trim_ascii_start();
    if text.starts_with(b"<") { "application/xml" } else { "text/csv" }
}

fn not_found() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = axum::http::StatusCode::NOT_FOUND;
    response
}

/// Asks; the answer read. The version of what was read stands in it as `etag`.
pub async fn answer(api: &Router, caller: &Caller, question: Question) -> Answer {
    let response = ask(api, caller, question).await;
    let status = response.status().as_u16();
    let tag = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    let bytes = to_bytes(response.into_body(), ANSWER_BYTES_MAX).await.unwrap_or_else(|_| Bytes::new());
    let mut body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    if let (Some(tag), Value::Object(fields)) = (tag, &mut body) {
        fields.entry("etag").or_insert(Value::from(tag));
    }
    Answer { status, body }
}

/// Reads a path.
pub async fn get(api: &Router, caller: &Caller, path: String) -> Answer {
    answer(api, caller, Question { path, ..Question::default() }).await
}
