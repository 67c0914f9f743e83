//! The record of an institution: its parts as of any day, its history, what it lacks, whom it is tied to.

use access::Action;
use app::read::Thing;
use app::verbs::RecordEditAppend;
use axum::extract::State;
use kernel::InstitutionId;

use super::{Answered, Read, Uses, run};
use crate::answer::{Appended, List, Resource};
use crate::dto::records::{
    ClosingBody, ClosingQuery, ControlPathBody, HistoryBody, RecordBody, RecordChangedBody, RecordItemBody,
    RecordRequest, StandardsBody,
};
use crate::dto::registry::OnQuery;
use crate::extract::{Asker, Command, CommandParams, Id, Query};
use crate::openapi::Problems;
use crate::problem::violation;
use crate::w;
use crate::wire::Text;

/// Changes a part of the record: a site, a room, an account, a person.
#[utoipa::path(post, path = "/v1/institutions/{id}/record", tag = "registry",
    params(("id" = w::InstitutionId, Path), CommandParams), request_body = RecordRequest,
    responses((status = 201, description = "Changed.", body = Appended<RecordChangedBody>), Problems))]
pub async fn change(State(app): Uses, Id(institution): Id<InstitutionId>, command: Command<RecordRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let (part, record) = body.change()?;
    let item = body.item.map(|item| item.0);
    let edit = app.record_change(&call, institution, part, item, record).await?;
    let (thing, verb) = (Thing::Institution(institution), RecordEditAppend { institution, edit });
    run::<RecordChangedBody>(&app, call, prefer, Action::RecordChange, thing, verb).await
}

/// The record as it stood at the end of a day.
#[utoipa::path(get, path = "/v1/institutions/{id}/record", tag = "registry",
    params(("id" = w::InstitutionId, Path), OnQuery),
    responses((status = 200, description = "The record.", body = RecordBody), Problems))]
pub async fn show(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<InstitutionId>,
    Query(query): Query<OnQuery>,
) -> Read<RecordBody> {
    let on = query.on.map_or_else(|| asker.now.day(), |on| on.0);
    let view = app.record(asker.principal.as_ref(), id, on).await?;
    Ok(Resource(RecordBody { on: Text(view.on), items: view.items.into_iter().map(RecordItemBody::from).collect() }))
}

/// What the recorded premises, capital and staff lack for the standards of the place.
#[utoipa::path(get, path = "/v1/institutions/{id}/standards", tag = "registry",
    params(("id" = w::InstitutionId, Path)),
    responses((status = 200, description = "Shortfalls.", body = StandardsBody), Problems))]
pub async fn standards(State(app): Uses, asker: Asker, Id(id): Id<InstitutionId>) -> Read<StandardsBody> {
    let lacking = app.standards(asker.principal.as_ref(), id, asker.now.day()).await?;
    let violations = lacking.into_iter().map(|one| violation(&one.into(), asker.language)).collect();
    Ok(Resource(StandardsBody { violations }))
}

/// The order of payment if the institution ended today (民办教育促进法 59): families, wages, others. What is
/// owed to families and lies in custody is read from the ledger.
#[utoipa::path(get, path = "/v1/institutions/{id}/closing-order", tag = "registry",
    params(("id" = w::InstitutionId, Path), ClosingQuery),
    responses((status = 200, description = "Claims and shares.", body = ClosingBody), Problems))]
pub async fn closing(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<InstitutionId>,
    Query(query): Query<ClosingQuery>,
) -> Read<ClosingBody> {
    let said = query.amounts();
    let (claims, shares) = app.closing_order(asker.principal.as_ref(), id, said).await?;
    Ok(Resource(ClosingBody::of(&claims, &shares)))
}

/// What the registry did to an institution, in order.
#[utoipa::path(get, path = "/v1/institutions/{id}/history", tag = "registry", security(()),
    params(("id" = w::InstitutionId, Path)),
    responses((status = 200, description = "Entries of its chain.", body = List<HistoryBody>), Problems))]
pub async fn history(State(app): Uses, _: Asker, Id(id): Id<InstitutionId>) -> Read<List<HistoryBody>> {
    Ok(Resource(List::all(app.history(id).await?.into_iter().map(HistoryBody::from).collect())))
}

/// What the families of an institution were told.
#[utoipa::path(get, path = "/v1/institutions/{id}/notices", tag = "registry", security(()),
    params(("id" = w::InstitutionId, Path)),
    responses((status = 200, description = "Notices.", body = List<HistoryBody>), Problems))]
pub async fn notices(State(app): Uses, _: Asker, Id(id): Id<InstitutionId>) -> Read<List<HistoryBody>> {
    Ok(Resource(List::all(app.notices(id).await?.into_iter().map(HistoryBody::from).collect())))
}

/// Barred institutions with which it shares people, phones, addresses or accounts, with the path.
#[utoipa::path(get, path = "/v1/institutions/{id}/ties", tag = "registry",
    params(("id" = w::InstitutionId, Path)),
    responses((status = 200, description = "Paths.", body = List<ControlPathBody>), Problems))]
pub async fn ties(State(app): Uses, asker: Asker, Id(id): Id<InstitutionId>) -> Read<List<ControlPathBody>> {
    let found = app.control_paths(asker.principal.as_ref(), id).await?;
    Ok(Resource(List::all(found.into_iter().map(ControlPathBody::from).collect())))
}
