//! What happens around every handler: the time of the request, the time it may take, problems in
//! the caller's language, panics caught, unchanged resources not sent again.

use std::any::Any;
use std::sync::Arc;

use app::App;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::extract::Now;
use crate::language::Language;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::state::ApiState;

/// Sets the time of the request, once.
pub async fn stamp(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let now = app.effects().now();
    request.extensions_mut().insert(Now(now));
    next.run(request).await
}

/// Ends a request that takes too long.
pub async fn limit_time(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(state.options.timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::of(ProblemType::Unavailable).into_response(),
    }
}

/// Writes problems in the caller's language with the path of the request; turns what axum itself
/// answers into problems; leaves out bodies that the caller has.
pub async fn finish(request: Request, next: Next) -> Response {
    let language = Language::of(request.headers());
    let instance = request.uri().path().to_owned();
    let known_tag = request.headers().get(header::IF_NONE_MATCH).cloned();
    let mut response = next.run(request).await;
    if let Some(problem) = response.extensions_mut().remove::<Box<Problem>>() {
        return kept(response, problem.render(language, &instance));
    }
    if let (Some(known), Some(tag)) = (known_tag, response.headers().get(header::ETAG))
        && response.status() == StatusCode::OK
        && holds_tag(&known, tag)
    {
        return not_modified(response);
    }
    match foreign(&response) {
        Some(kind) => kept(response, Problem::of(kind).render(language, &instance)),
        None => response,
    }
}

fn holds_tag(known: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(known), Ok(tag)) = (known.to_str(), tag.to_str()) else { return false };
    known.split(',').map(|each| each.trim().trim_start_matches("W/")).any(|each| each == tag || each == "*")
}

fn not_modified(response: Response) -> Response {
    let mut answer = StatusCode::NOT_MODIFIED.into_response();
    for name in [header::ETAG, header::CACHE_CONTROL] {
        if let Some(value) = response.headers().get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    answer
}

/// Headers that only the first answer knew.
fn kept(from: Response, mut problem: Response) -> Response {
    if let Some(allow) = from.headers().get(header::ALLOW) {
        problem.headers_mut().insert(header::ALLOW, allow.clone());
    }
    problem
}

/// Errors that no handler of ours made.
fn foreign(response: &Response) -> Option<ProblemType> {
    if response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "application/problem+json") {
        return None;
    }
    match response.status() {
        StatusCode::NOT_FOUND => Some(ProblemType::NotFound),
        StatusCode::METHOD_NOT_ALLOWED => Some(ProblemType::MethodNotAllowed),
        StatusCode::PAYLOAD_TOO_LARGE => Some(ProblemType::BodyTooLarge),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Some(ProblemType::UnsupportedMediaType),
        status if status.is_server_error() => Some(ProblemType::Internal),
        status if status.is_client_error() => Some(ProblemType::InvalidParameter),
        _ => None,
    }
}

/// A panic is our fault; what it said goes to the log only.
pub fn caught(panic: Box<dyn Any + Send + 'static>) -> Response {
    let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    tracing::error!(said = said.unwrap_or("(no text)"), "a handler panicked");
    Problem::of(ProblemType::Internal).into_response()
}
