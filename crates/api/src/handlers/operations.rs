//! Health, readiness, integrity, and the pages of the problem types.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use super::{Read, Uses};
use crate::answer::Resource;
use crate::dto::operations::{HealthBody, IntegrityBody};
use crate::language::Language;
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::problem_page;
use crate::problem_type::ProblemType;

fn ok() -> Resource<HealthBody> {
    Resource(HealthBody { status: "ok".to_owned() })
}

/// Does the process live?
#[utoipa::path(get, path = "/healthz", tag = "operations", security(()),
    responses((status = 200, description = "It does.", body = HealthBody)))]
pub async fn health() -> Resource<HealthBody> {
    ok()
}

/// Can it serve: does the database answer?
#[utoipa::path(get, path = "/readyz", tag = "operations", security(()),
    responses((status = 200, description = "It can.", body = HealthBody), Problems))]
pub async fn ready(State(app): Uses) -> Read<HealthBody> {
    app.ready().await?;
    Ok(ok())
}

/// Is the integrity of every ledger beyond doubt?
#[utoipa::path(get, path = "/v1/integrity", tag = "operations", security(()),
    responses((status = 200, description = "What is known.", body = IntegrityBody), Problems))]
pub async fn integrity(State(app): Uses) -> Read<IntegrityBody> {
    let ledgers = app.ledger_infos().await?;
    let status = if ledgers.iter().all(|ledger| ledger.accepts_writes) { "ok" } else { "stopped" };
    Ok(Resource(IntegrityBody { status: status.to_owned(), ledgers: ledgers.into_iter().map(Into::into).collect() }))
}

/// What a problem type means.
#[utoipa::path(get, path = "/problems/{type}", tag = "operations", security(()),
    params(("type" = String, Path, description = "Last part of the type's address.")),
    responses((status = 200, description = "The page.", body = String, content_type = "text/html"), Problems))]
pub async fn problem(Path(slug): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let kind = ProblemType::by_slug(&slug).ok_or_else(Problem::not_found)?;
    let page = problem_page::html(kind, Language::of(&headers));
    Ok(([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response())
}
