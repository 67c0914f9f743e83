//! An existing registry from a file: shown first, taken over with `commit=true`.

use app::Call;
use axum::body::to_bytes;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Uses;
use crate::dto::registry_imports::{ImportBody, ImportQuery};
use crate::extract::{CommandParams, Query, SignedIn, command_key};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::state::ApiState;

/// Reads a register, CSV or XLSX, and says what is in it and what is wrong, row by row. With
/// `commit=true` a register without faults is taken over, whole (201); with one fault nothing is
/// written (200, `committed` is false).
#[utoipa::path(post, path = "/v1/registry-imports", tag = "registry", params(ImportQuery, CommandParams),
    request_body(content = String, content_type = "application/octet-stream", description = "The file."),
    responses((status = 200, description = "What is in the file.", body = ImportBody),
        (status = 201, description = "Taken over.", body = ImportBody), Problems))]
pub async fn import(State(app): Uses, State(state): State<ApiState>, request: Request) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let user = SignedIn::from_request_parts(&mut parts, &state).await?;
    let Query(query) = Query::<ImportQuery>::from_request_parts(&mut parts, &state).await?;
    let limit = app::registry_import::FILE_BYTES_MAX;
    app.registry_import_allowed(&user.principal, query.region.0)?;
    let too_large = || Problem::of(ProblemType::BodyTooLarge).facts(Some(limit.to_string()), None);
    let bytes = to_bytes(body, limit).await.map_err(|_| too_large())?;
    let checked = app.registry_check(Some(&user.principal), query.region.0, &bytes, user.now, |_, _| ()).await?;
    let preview = checked.preview().clone();
    if !query.commits() || preview.faults_count > 0 {
        // Not a problem document: the faults are what was asked for, and `committed` says no.
        return Ok((StatusCode::OK, axum::Json(ImportBody::of(preview, None))).into_response());
    }
    let key = command_key(&parts, &state, &user.principal, &bytes)?;
    let call = Call { principal: Some(user.principal), now: user.now, key: Some(key), dry_run: false };
    let (_, outcome) = app.registry_take_over(call, query.region.0, checked).await?;
    Ok((StatusCode::CREATED, axum::Json(ImportBody::of(preview, Some(outcome)))).into_response())
}
