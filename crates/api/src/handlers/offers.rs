//! Placement after a failure: offers to teach what was left, and families that accept one.

use axum::extract::State;
use kernel::{ContractId, InstitutionId};

use super::{Read, Uses};
use crate::answer::{List, Resource};
use crate::dto::closures::{
    TransferAcceptanceBody, TransferAcceptanceRequest, TransferOfferBody, TransferOfferRequest,
};
use crate::extract::{Asker, Command, CommandParams, Id};
use crate::openapi::Problems;
use crate::w;

/// Offers to teach hours that a failed institution left.
#[utoipa::path(post, path = "/v1/institutions/{id}/transfer-offers", tag = "supervision",
    params(("id" = w::InstitutionId, Path), CommandParams), request_body = TransferOfferRequest,
    responses((status = 200, description = "Offered.", body = TransferOfferBody), Problems))]
pub async fn offer(
    State(app): Uses,
    Id(id): Id<InstitutionId>,
    command: Command<TransferOfferRequest>,
) -> Read<TransferOfferBody> {
    let Command { call, body, .. } = command;
    let kind = (body.category.0, body.stage.0);
    Ok(Resource(app.transfer_offer(&call, id, kind, body.hours.0.0).await?.into()))
}

/// The offers about a failed institution, with the hours that are left of each.
#[utoipa::path(get, path = "/v1/institutions/{id}/transfer-offers", tag = "supervision", security(()),
    params(("id" = w::InstitutionId, Path)),
    responses((status = 200, description = "Offers.", body = List<TransferOfferBody>), Problems))]
pub async fn offers(State(app): Uses, asker: Asker, Id(id): Id<InstitutionId>) -> Read<List<TransferOfferBody>> {
    let found = app.transfer_offers(asker.principal.as_ref(), id).await?;
    Ok(Resource(List::all(found.into_iter().map(TransferOfferBody::from).collect())))
}

/// A family accepts an offer for the hours that its contract has left.
#[utoipa::path(post, path = "/v1/contracts/{id}/transfer-acceptance", tag = "supervision",
    params(("id" = w::ContractId, Path), CommandParams), request_body = TransferAcceptanceRequest,
    responses((status = 200, description = "Accepted.", body = TransferAcceptanceBody), Problems))]
pub async fn accept(
    State(app): Uses,
    Id(contract): Id<ContractId>,
    command: Command<TransferAcceptanceRequest>,
) -> Read<TransferAcceptanceBody> {
    let Command { call, body, .. } = command;
    Ok(Resource(app.transfer_accept(&call, contract, body.offer.0).await?.into()))
}
