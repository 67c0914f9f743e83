//! People who may not teach: entered and lifted by the authority, and seen by regulators alone.

use axum::extract::State;
use kernel::StaffBarId;

use super::{Read, Uses};
use crate::answer::{List, Resource};
use crate::dto::registry::Nothing;
use crate::dto::staff_bars::{StaffBarBody, StaffBarFilter, StaffBarRequest};
use crate::extract::{Asker, Command, CommandParams, Id, Query};
use crate::openapi::Problems;
use crate::w;

/// Bars a person from teaching. Staff of every institution is screened against it.
#[utoipa::path(post, path = "/v1/staff-bars", tag = "registry", params(CommandParams), request_body = StaffBarRequest,
    responses((status = 200, description = "Barred.", body = StaffBarBody), Problems))]
pub async fn enter(State(app): Uses, command: Command<StaffBarRequest>) -> Read<StaffBarBody> {
    let Command { call, body, .. } = command;
    let (region, new) = body.parts();
    Ok(Resource(app.staff_bar_enter(&call, region, new).await?.into()))
}

/// Who is or was barred from teaching in a region.
#[utoipa::path(get, path = "/v1/staff-bars", tag = "registry", params(StaffBarFilter),
    responses((status = 200, description = "People.", body = List<StaffBarBody>), Problems))]
pub async fn list(State(app): Uses, asker: Asker, Query(filter): Query<StaffBarFilter>) -> Read<List<StaffBarBody>> {
    let found = app.staff_bars(asker.principal.as_ref(), filter.region.map(|region| region.0)).await?;
    Ok(Resource(List::all(found.into_iter().map(StaffBarBody::from).collect())))
}

/// Lifts a bar.
#[utoipa::path(post, path = "/v1/staff-bars/{id}/lifting", tag = "registry",
    params(("id" = w::StaffBarId, Path), CommandParams), request_body = Nothing,
    responses((status = 200, description = "Lifted.", body = StaffBarBody), Problems))]
pub async fn lift(State(app): Uses, Id(id): Id<StaffBarId>, command: Command<Nothing>) -> Read<StaffBarBody> {
    Ok(Resource(app.staff_bar_lift(&command.call, id).await?.into()))
}
