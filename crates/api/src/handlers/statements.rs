//! Statements and sealed balances as files that verify without this server; sealed days.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use kernel::{ContractId, InstitutionId};

use super::{Read, Uses};
use crate::answer::List;
use crate::dto::seals::SealBody;
use crate::extract::{Asker, Id, PageQuery, Query};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::w;

/// A text to be kept as a file.
fn file(name: &str, text: String) -> Response {
    let name = format!("attachment; filename=\"{name}\"");
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    (headers, text).into_response()
}

/// All entries of a contract as a file that verifies without this server: that they are recorded,
/// and up to the last seal that none is missing. The same as JSON is at `/statement`.
#[utoipa::path(get, path = "/v1/contracts/{id}/statement.txt", tag = "escrow",
    params(("id" = w::ContractId, Path)),
    responses((status = 200, description = "A tutela-statement/v1 file.", body = String,
        content_type = "text/plain"), Problems))]
pub async fn of_contract(State(app): Uses, asker: Asker, Id(id): Id<ContractId>) -> Result<Response, Problem> {
    let text = app.contract_statement_file(asker.principal.as_ref(), id).await?;
    Ok(file(&format!("{id}.tutela-statement"), text))
}

/// Proof that the last seal counts the balance of a contract, as a file that verifies without this
/// server. Not found before a seal counts the contract: the day after it is signed.
#[utoipa::path(get, path = "/v1/contracts/{id}/balance-proof", tag = "escrow",
    params(("id" = w::ContractId, Path)),
    responses((status = 200, description = "A tutela-balance/v1 file.", body = String,
        content_type = "text/plain"), Problems))]
pub async fn balance_proof(State(app): Uses, asker: Asker, Id(id): Id<ContractId>) -> Result<Response, Problem> {
    let text = app.balance_proof(asker.principal.as_ref(), id).await?;
    Ok(file(&format!("{id}.tutela-balance"), text))
}

/// All entries of an institution as a file that verifies without this server: that they are
/// recorded, and that none between them is missing.
#[utoipa::path(get, path = "/v1/institutions/{id}/statement", tag = "audit",
    params(("id" = w::InstitutionId, Path)),
    responses((status = 200, description = "A tutela-statement/v1 file.", body = String,
        content_type = "text/plain"), Problems))]
pub async fn of_institution(State(app): Uses, asker: Asker, Id(id): Id<InstitutionId>) -> Result<Response, Problem> {
    let text = app.institution_statement_file(asker.principal.as_ref(), id).await?;
    Ok(file(&format!("{id}.tutela-statement"), text))
}

/// Sealed days of an institution, latest first.
#[utoipa::path(get, path = "/v1/institutions/{id}/seals", tag = "audit",
    params(("id" = w::InstitutionId, Path), PageQuery),
    responses((status = 200, description = "Seals.", body = List<SealBody>), Problems))]
pub async fn seals(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<InstitutionId>,
    Query(query): Query<PageQuery>,
) -> Read<List<SealBody>> {
    Ok(List::of(app.seals(asker.principal.as_ref(), id, &query.page()).await?, SealBody::from))
}
