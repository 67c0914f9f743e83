//! Refunds: quoted, asked for, consented to, paid.

use access::Action;
use app::read::Thing;
use app::verbs::{RefundConsent, RefundPayout, RefundRequest as Request};
use axum::extract::State;
use kernel::{ContractId, RefundId};

use super::{Answered, Read, Uses, committed, reference_hash, run};
use crate::answer::{Appended, List, Resource};
use crate::dto::escrow::{PayoutRequest, QuoteBody, QuoteRequest, RefundBody, RefundRequest};
use crate::dto::registry::Nothing;
use crate::extract::{Asker, Body, Command, CommandParams, Id, PageQuery, Query, SignedIn};
use crate::openapi::Problems;
use crate::w;

/// Computes what a refund would be today, line by line.
#[utoipa::path(post, path = "/v1/contracts/{id}/refund-quotes", tag = "escrow",
    params(("id" = w::ContractId, Path)), request_body = QuoteRequest,
    responses((status = 200, description = "The quote.", body = QuoteBody), Problems))]
pub async fn quote(
    State(app): Uses,
    user: SignedIn,
    Id(id): Id<ContractId>,
    Body { parsed, .. }: Body<QuoteRequest>,
) -> Read<QuoteBody> {
    let quote = app.refund_quote(Some(&user.principal), user.now, id, parsed.cause.0).await?;
    Ok(Resource(QuoteBody::of(&quote, user.language)))
}

/// Asks for a refund.
#[utoipa::path(post, path = "/v1/contracts/{id}/refunds", tag = "escrow",
    params(("id" = w::ContractId, Path), CommandParams), request_body = RefundRequest,
    responses((status = 201, description = "Asked for.", body = Appended<RefundBody>), Problems))]
pub async fn request(State(app): Uses, Id(contract): Id<ContractId>, command: Command<RefundRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let (refund, reason) = (app.new_id(&call, RefundId::new), committed(&app, &[("reason", &body.reason)]));
    let paid_on = app.contract_paid_on(call.principal.as_ref(), contract).await?;
    let verb = Request { refund, contract, cause: body.cause.0, asked: body.asked()?, paid_on, reason };
    run::<RefundBody>(&app, call, prefer, Action::RefundRequest, Thing::Contract(contract), verb).await
}

/// Refunds of a contract.
#[utoipa::path(get, path = "/v1/contracts/{id}/refunds", tag = "escrow",
    params(("id" = w::ContractId, Path), PageQuery),
    responses((status = 200, description = "Refunds.", body = List<RefundBody>), Problems))]
pub async fn list(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<ContractId>,
    Query(query): Query<PageQuery>,
) -> Read<List<RefundBody>> {
    Ok(List::of(app.refunds(asker.principal.as_ref(), id, &query.page()).await?, RefundBody::from))
}

/// A refund.
#[utoipa::path(get, path = "/v1/refunds/{id}", tag = "escrow", params(("id" = w::RefundId, Path)),
    responses((status = 200, description = "The refund.", body = RefundBody), Problems))]
pub async fn show(State(app): Uses, asker: Asker, Id(id): Id<RefundId>) -> Read<RefundBody> {
    Ok(Resource(app.refund(asker.principal.as_ref(), id).await?.into()))
}

/// The institution consents, or the regulator in its place when it can no longer act.
#[utoipa::path(post, path = "/v1/refunds/{id}/consent", tag = "escrow",
    params(("id" = w::RefundId, Path), CommandParams), request_body = Nothing,
    responses((status = 201, description = "Consented to.", body = Appended<RefundBody>), Problems))]
pub async fn consent(State(app): Uses, Id(refund): Id<RefundId>, command: Command<Nothing>) -> Answered {
    let Command { call, prefer, .. } = command;
    run::<RefundBody>(&app, call, prefer, Action::RefundConsent, Thing::Refund(refund), RefundConsent { refund }).await
}

/// The bank pays a refund.
#[utoipa::path(post, path = "/v1/refunds/{id}/payout", tag = "escrow",
    params(("id" = w::RefundId, Path), CommandParams), request_body = PayoutRequest,
    responses((status = 201, description = "Paid.", body = Appended<RefundBody>), Problems))]
pub async fn pay_out(State(app): Uses, Id(refund): Id<RefundId>, command: Command<PayoutRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let verb = RefundPayout { refund, reference_hash: reference_hash(&body.bank_reference) };
    run::<RefundBody>(&app, call, prefer, Action::RefundPayout, Thing::Refund(refund), verb).await
}
