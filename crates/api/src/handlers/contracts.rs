//! Contracts: drawn up, signed, read; payments and statement.

use access::Action;
use app::read::Thing;
use app::verbs::FeePay;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use kernel::{ContractId, PaymentId};

use super::{Answered, Read, Uses, reference_hash, run};
use crate::answer::{self, Appended, List, Resource};
use crate::dto::contracts::{
    ContractBody, ContractDraftBody, ContractFilter, ContractRequest, SignatureBody, SignatureRequest, empty_blanks,
};
use crate::dto::escrow::{PaymentBody, PaymentRecordedBody, PaymentRequest, StatementBody};
use crate::dto::templates::DifferencesBody;
use crate::extract::{Asker, Command, CommandParams, Draft, DraftParams, Id, PageQuery, Query, Reason, ReasonParams};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::w;

/// Draws up a contract from the model; says what stands in the way of signing it.
#[utoipa::path(post, path = "/v1/contracts", tag = "contracts", params(DraftParams), request_body = ContractRequest,
    responses((status = 201, description = "Drawn up.", body = Appended<ContractDraftBody>), Problems))]
pub async fn draft(State(app): Uses, Draft(command): Draft<ContractRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let (mut warnings, dry_run) = (body.warnings(), call.dry_run);
    let (viewer, course, filled) = (call.principal.clone(), body.course.0, body.filled());
    let (ledger, mut outcome) = app.contract_submit(call, body.try_into()?).await?;
    let course = app.course(viewer.as_ref(), course).await?.course;
    warnings.extend(empty_blanks(course.mode, &filled));
    outcome.answer["warnings"] = serde_json::json!(warnings);
    answer::appended::<ContractDraftBody>(&app, &ledger, outcome, prefer, dry_run).await
}

/// The contracts that one may see.
#[utoipa::path(get, path = "/v1/contracts", tag = "contracts", params(ContractFilter),
    responses((status = 200, description = "Contracts.", body = List<ContractBody>), Problems))]
pub async fn list(State(app): Uses, asker: Asker, Query(filter): Query<ContractFilter>) -> Read<List<ContractBody>> {
    let (query, page) = filter.query();
    Ok(List::of(app.contracts(asker.principal.as_ref(), query, &page).await?, ContractBody::from))
}

/// A contract.
#[utoipa::path(get, path = "/v1/contracts/{id}", tag = "contracts", params(("id" = w::ContractId, Path)),
    responses((status = 200, description = "The contract.", body = ContractBody), Problems))]
pub async fn show(State(app): Uses, asker: Asker, Id(id): Id<ContractId>) -> Read<ContractBody> {
    Ok(Resource(app.contract(asker.principal.as_ref(), id).await?.into()))
}

/// The text of a contract, as it was hashed.
#[utoipa::path(get, path = "/v1/contracts/{id}/document", tag = "contracts",
    params(("id" = w::ContractId, Path), ReasonParams),
    responses((status = 200, description = "The text.", body = String, content_type = "text/plain"), Problems))]
pub async fn document(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<ContractId>,
    Reason(why): Reason,
) -> Result<Response, Problem> {
    Ok(answer::text(app.contract_document(asker.principal.as_ref(), id, &why).await?.1.text))
}

/// The record that was hashed: template, values, changes and printed text. `document_hash` is
/// SHA-256 over `tutela/document/1`, a zero byte and exactly these bytes.
#[utoipa::path(get, path = "/v1/contracts/{id}/document.json", tag = "contracts",
    params(("id" = w::ContractId, Path), ReasonParams),
    responses((status = 200, description = "The record.", body = String, content_type = "application/json"), Problems))]
pub async fn document_record(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<ContractId>,
    Reason(why): Reason,
) -> Result<Response, Problem> {
    let (_, document) = app.contract_document(asker.principal.as_ref(), id, &why).await?;
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "private, no-cache")];
    Ok((headers, document.bytes().to_vec()).into_response())
}

/// What a contract says otherwise than its template.
#[utoipa::path(get, path = "/v1/contracts/{id}/differences", tag = "contracts",
    params(("id" = w::ContractId, Path), ReasonParams),
    responses((status = 200, description = "Differences.", body = DifferencesBody), Problems))]
pub async fn differences(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<ContractId>,
    Reason(why): Reason,
) -> Read<DifferencesBody> {
    Ok(Resource(app.contract_differences(asker.principal.as_ref(), id, &why).await?.into()))
}

/// A party signs; the second signature puts the contract in force.
#[utoipa::path(post, path = "/v1/contracts/{id}/signatures", tag = "contracts",
    params(("id" = w::ContractId, Path), CommandParams), request_body = SignatureRequest,
    responses((status = 201, description = "Signed.", body = Appended<SignatureBody>), Problems))]
pub async fn sign(State(app): Uses, Id(contract): Id<ContractId>, command: Command<SignatureRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let dry_run = call.dry_run;
    let (ledger, outcome) =
        app.contract_sign_submit(call, contract, body.party.0, body.document_hash.map(|hash| hash.0)).await?;
    answer::appended::<SignatureBody>(&app, &ledger, outcome, prefer, dry_run).await
}

/// Records money that reached the custody account.
#[utoipa::path(post, path = "/v1/contracts/{id}/payments", tag = "escrow",
    params(("id" = w::ContractId, Path), CommandParams), request_body = PaymentRequest,
    responses((status = 201, description = "Recorded.", body = Appended<PaymentRecordedBody>), Problems))]
pub async fn pay(State(app): Uses, Id(contract): Id<ContractId>, command: Command<PaymentRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let verb = FeePay {
        payment: app.new_id(&call, PaymentId::new),
        contract,
        amount: body.amount_fen.0,
        paid_at: body.paid_at.0.0,
        method: body.method.0,
        reference_hash: reference_hash(&body.bank_reference),
        reference: body.bank_reference.0,
    };
    run::<PaymentRecordedBody>(&app, call, prefer, Action::PaymentRecord, Thing::Contract(contract), verb).await
}

/// Payments of a contract.
#[utoipa::path(get, path = "/v1/contracts/{id}/payments", tag = "escrow", params(("id" = w::ContractId, Path)),
    responses((status = 200, description = "Payments.", body = List<PaymentBody>), Problems))]
pub async fn payments(State(app): Uses, asker: Asker, Id(id): Id<ContractId>) -> Read<List<PaymentBody>> {
    let found = app.payments(asker.principal.as_ref(), id).await?;
    Ok(Resource(List::all(found.into_iter().map(PaymentBody::from).collect())))
}

/// Lots, hours and every entry with its receipt.
#[utoipa::path(get, path = "/v1/contracts/{id}/statement", tag = "escrow",
    params(("id" = w::ContractId, Path), PageQuery),
    responses((status = 200, description = "The statement.", body = StatementBody), Problems))]
pub async fn statement(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<ContractId>,
    Query(query): Query<PageQuery>,
) -> Read<StatementBody> {
    Ok(Resource(app.statement(asker.principal.as_ref(), id, &query.page()).await?.into()))
}
