//! Failed institutions: the closure pack, and the refund of all families at once.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use kernel::{ClosureId, InstitutionId, RunId};

use super::{Answered, Read, Uses};
use crate::answer::{self, Appended, List, Resource};
use crate::dto::closures::{ClosureBody, ClosureRequest, RefundRunBody, RefundRunItemBody, RefundRunRequest};
use crate::extract::{Command, CommandParams, Id, Ids, PageQuery, Query, SignedIn};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::w;

/// Makes the pack of a failed institution: every family with its hours and fen left, the money position,
/// the order of payment, and the contacts sealed under a passphrase.
#[utoipa::path(post, path = "/v1/institutions/{id}/closure", tag = "supervision",
    params(("id" = w::InstitutionId, Path), CommandParams), request_body = ClosureRequest,
    responses((status = 201, description = "Made.", body = Appended<ClosureBody>), Problems))]
pub async fn close(State(app): Uses, Id(id): Id<InstitutionId>, command: Command<ClosureRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let dry_run = call.dry_run;
    let (ledger, outcome) = app.closure_make(call, id, body.passphrase.0.as_str()).await?;
    answer::appended::<ClosureBody>(&app, &ledger, outcome, prefer, dry_run).await
}

/// The closures of an institution.
#[utoipa::path(get, path = "/v1/institutions/{id}/closures", tag = "supervision",
    params(("id" = w::InstitutionId, Path)),
    responses((status = 200, description = "Closures.", body = List<ClosureBody>), Problems))]
pub async fn list(State(app): Uses, user: SignedIn, Id(id): Id<InstitutionId>) -> Read<List<ClosureBody>> {
    let closures = app.closures(Some(&user.principal), id).await?;
    Ok(Resource(List::all(closures.into_iter().map(ClosureBody::from).collect())))
}

/// A closure pack: a ZIP.
#[utoipa::path(get, path = "/v1/institutions/{id}/closures/{closure}/pack", tag = "supervision",
    params(("id" = w::InstitutionId, Path), ("closure" = w::ClosureId, Path)),
    responses((status = 200, description = "The pack.", content_type = "application/zip"), Problems))]
pub async fn pack(
    State(app): Uses,
    user: SignedIn,
    Ids(id, closure): Ids<InstitutionId, ClosureId>,
) -> Result<Response, Problem> {
    let zip = app.closure_pack(Some(&user.principal), id, closure).await?;
    let name = format!("attachment; filename=\"closure-{closure}.zip\"");
    let name = HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_static("application/zip");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], zip).into_response())
}

/// Refunds all families of a failed institution, or goes on where such a run stopped. Nothing is refunded
/// twice, however often it is asked.
#[utoipa::path(post, path = "/v1/institutions/{id}/refund-runs", tag = "supervision",
    params(("id" = w::InstitutionId, Path), CommandParams), request_body = RefundRunRequest,
    responses((status = 200, description = "How far it came.", body = RefundRunBody), Problems))]
pub async fn refund_all(
    State(app): Uses,
    Id(id): Id<InstitutionId>,
    command: Command<RefundRunRequest>,
) -> Read<RefundRunBody> {
    Ok(Resource(app.refund_run(&command.call, id, command.body.contracts_max).await?.into()))
}

/// How far a mass refund came.
#[utoipa::path(get, path = "/v1/institutions/{id}/refund-runs/{run}", tag = "supervision",
    params(("id" = w::InstitutionId, Path), ("run" = w::RunId, Path)),
    responses((status = 200, description = "The run.", body = RefundRunBody), Problems))]
pub async fn run(State(app): Uses, user: SignedIn, Ids(id, run): Ids<InstitutionId, RunId>) -> Read<RefundRunBody> {
    Ok(Resource(app.refund_run_of(Some(&user.principal), id, run).await?.into()))
}

/// What a mass refund did, contract by contract.
#[utoipa::path(get, path = "/v1/institutions/{id}/refund-runs/{run}/items", tag = "supervision",
    params(("id" = w::InstitutionId, Path), ("run" = w::RunId, Path), PageQuery),
    responses((status = 200, description = "Contracts.", body = List<RefundRunItemBody>), Problems))]
pub async fn items(
    State(app): Uses,
    user: SignedIn,
    Ids(id, run): Ids<InstitutionId, RunId>,
    Query(query): Query<PageQuery>,
) -> Read<List<RefundRunItemBody>> {
    let found = app.run_items(Some(&user.principal), id, run, &query.page()).await?;
    Ok(List::of(found, RefundRunItemBody::from))
}
