//! Holds on releases, and an institution's balances and entries.

use access::Action;
use app::read::Thing;
use app::verbs::{HoldPlace, HoldRelease};
use axum::extract::State;
use kernel::{HoldId, InstitutionId};

use super::{Answered, Read, Uses, committed, run};
use crate::answer::{Appended, List, Resource};
use crate::dto::escrow::{BalancesBody, BalancesQuery};
use crate::dto::holds::{HoldBody, HoldRequest};
use crate::dto::ledgers::EntryBody;
use crate::dto::registry::Nothing;
use crate::extract::{Asker, Command, CommandParams, Id, PageQuery, Query};
use crate::openapi::Problems;
use crate::w;

/// Stops releases to an institution, what leaves one contract, or everything that leaves the account.
#[utoipa::path(post, path = "/v1/institutions/{id}/holds", tag = "escrow",
    params(("id" = w::InstitutionId, Path), CommandParams), request_body = HoldRequest,
    responses((status = 201, description = "In force.", body = Appended<HoldBody>), Problems))]
pub async fn place(State(app): Uses, Id(institution): Id<InstitutionId>, command: Command<HoldRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let hold = app.new_id(&call, HoldId::new);
    let (contract, cause) = body.order()?;
    let verb = HoldPlace { hold, institution, contract, cause, reason: committed(&app, &[("reason", &body.reason)]) };
    run::<HoldBody>(&app, call, prefer, Action::HoldPlace, Thing::Institution(institution), verb).await
}

/// Holds on an institution.
#[utoipa::path(get, path = "/v1/institutions/{id}/holds", tag = "escrow",
    params(("id" = w::InstitutionId, Path), PageQuery),
    responses((status = 200, description = "Holds.", body = List<HoldBody>), Problems))]
pub async fn list(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<InstitutionId>,
    Query(query): Query<PageQuery>,
) -> Read<List<HoldBody>> {
    Ok(List::of(app.holds(asker.principal.as_ref(), id, &query.page()).await?, HoldBody::from))
}

/// Lifts a hold.
#[utoipa::path(post, path = "/v1/holds/{id}/release", tag = "escrow",
    params(("id" = w::HoldId, Path), CommandParams), request_body = Nothing,
    responses((status = 201, description = "Lifted.", body = Appended<HoldBody>), Problems))]
pub async fn release(State(app): Uses, Id(hold): Id<HoldId>, command: Command<Nothing>) -> Answered {
    let Command { call, prefer, .. } = command;
    run::<HoldBody>(&app, call, prefer, Action::HoldRelease, Thing::Hold(hold), HoldRelease { hold }).await
}

/// Balances of an institution, now or at an earlier entry or day.
#[utoipa::path(get, path = "/v1/institutions/{id}/balances", tag = "audit",
    params(("id" = w::InstitutionId, Path), BalancesQuery),
    responses((status = 200, description = "Balances.", body = BalancesBody), Problems))]
pub async fn balances(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<InstitutionId>,
    Query(query): Query<BalancesQuery>,
) -> Read<BalancesBody> {
    let (seq, on) = (query.as_of_seq.map(|seq| seq.0), query.on.map(|on| on.0));
    Ok(Resource(app.balances(asker.principal.as_ref(), id, seq, on).await?.into()))
}

/// Entries of an institution.
#[utoipa::path(get, path = "/v1/institutions/{id}/entries", tag = "audit",
    params(("id" = w::InstitutionId, Path), PageQuery),
    responses((status = 200, description = "Entries.", body = List<EntryBody>), Problems))]
pub async fn entries(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<InstitutionId>,
    Query(query): Query<PageQuery>,
) -> Read<List<EntryBody>> {
    Ok(List::of(app.institution_entries(asker.principal.as_ref(), id, &query.page()).await?, EntryBody::from))
}
