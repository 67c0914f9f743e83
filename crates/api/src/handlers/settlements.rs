//! Settlements: ordered by the institution, paid by the bank.

use access::Action;
use app::read::Thing;
use app::verbs::{SettlementOrder, SettlementPayout};
use axum::extract::State;
use kernel::{InstitutionId, SettlementId};

use super::{Answered, Read, Uses, reference_hash, run};
use crate::answer::{Appended, List, Resource};
use crate::dto::escrow::{PayoutRequest, SettlementBody, SettlementRequest};
use crate::extract::{Asker, Command, CommandParams, Id, PageQuery, Query};
use crate::openapi::Problems;
use crate::w;

/// Orders the payout of what is earned.
#[utoipa::path(post, path = "/v1/institutions/{id}/settlements", tag = "escrow",
    params(("id" = w::InstitutionId, Path), CommandParams), request_body = SettlementRequest,
    responses((status = 201, description = "Ordered.", body = Appended<SettlementBody>), Problems))]
pub async fn order(
    State(app): Uses,
    Id(institution): Id<InstitutionId>,
    command: Command<SettlementRequest>,
) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let settlement = app.new_id(&call, SettlementId::new);
    let verb = SettlementOrder { settlement, institution, amount: body.amount_fen.0 };
    run::<SettlementBody>(&app, call, prefer, Action::SettlementOrder, Thing::Institution(institution), verb).await
}

/// Settlements of an institution.
#[utoipa::path(get, path = "/v1/institutions/{id}/settlements", tag = "escrow",
    params(("id" = w::InstitutionId, Path), PageQuery),
    responses((status = 200, description = "Settlements.", body = List<SettlementBody>), Problems))]
pub async fn list(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<InstitutionId>,
    Query(query): Query<PageQuery>,
) -> Read<List<SettlementBody>> {
    Ok(List::of(app.settlements(asker.principal.as_ref(), id, &query.page()).await?, SettlementBody::from))
}

/// A settlement.
#[utoipa::path(get, path = "/v1/settlements/{id}", tag = "escrow", params(("id" = w::SettlementId, Path)),
    responses((status = 200, description = "The settlement.", body = SettlementBody), Problems))]
pub async fn show(State(app): Uses, asker: Asker, Id(id): Id<SettlementId>) -> Read<SettlementBody> {
    Ok(Resource(app.settlement(asker.principal.as_ref(), id).await?.into()))
}

/// The bank pays a settlement, unless a hold came in between.
#[utoipa::path(post, path = "/v1/settlements/{id}/payout", tag = "escrow",
    params(("id" = w::SettlementId, Path), CommandParams), request_body = PayoutRequest,
    responses((status = 201, description = "Paid.", body = Appended<SettlementBody>), Problems))]
pub async fn pay_out(State(app): Uses, Id(settlement): Id<SettlementId>, command: Command<PayoutRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let verb = SettlementPayout { settlement, reference_hash: reference_hash(&body.bank_reference) };
    run::<SettlementBody>(&app, call, prefer, Action::SettlementPayout, Thing::Settlement(settlement), verb).await
}
