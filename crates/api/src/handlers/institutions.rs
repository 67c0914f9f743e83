//! Institutions and the lists they stand on.

use access::Action;
use app::read::Thing;
use app::verbs::ListingDecide;
use axum::extract::State;
use kernel::{InstitutionId, ListingId};
use registry::ListKind;

use super::{Answered, Read, Uses, committed, run};
use crate::answer::{Appended, List, Resource, appended};
use crate::dto::registry::{
    InstitutionBody, InstitutionFilter, InstitutionRequest, ListFilter, ListedBody, ListingBody, ListingRequest,
    OnQuery,
};
use crate::extract::{Asker, Command, CommandParams, Id, PageQuery, Query, page};
use crate::openapi::Problems;
use crate::w;

/// Registers an institution.
#[utoipa::path(post, path = "/v1/institutions", tag = "registry", params(CommandParams),
    request_body = InstitutionRequest,
    responses((status = 201, description = "Registered.", body = Appended<InstitutionBody>), Problems))]
pub async fn register(State(app): Uses, command: Command<InstitutionRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let dry_run = call.dry_run;
    let (ledger, outcome) = app.institution_submit(call, body.try_into()?).await?;
    appended::<InstitutionBody>(&app, &ledger, outcome, prefer, dry_run).await
}

/// Institutions, their public part.
#[utoipa::path(get, path = "/v1/institutions", tag = "registry", security(()), params(InstitutionFilter),
    responses((status = 200, description = "Institutions.", body = List<InstitutionBody>), Problems))]
pub async fn list(State(app): Uses, _: Asker, Query(filter): Query<InstitutionFilter>) -> Read<List<InstitutionBody>> {
    let (query, page) = filter.query();
    Ok(List::of(app.institutions(&query, &page).await?, InstitutionBody::from))
}

/// An institution: its public part, and the rest for those who may see it; with `on` its public part as
/// it stood at the end of that day, from its own chain of entries.
#[utoipa::path(get, path = "/v1/institutions/{id}", tag = "registry", security(()),
    params(("id" = w::InstitutionId, Path), OnQuery),
    responses((status = 200, description = "The institution.", body = InstitutionBody), Problems))]
pub async fn show(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<InstitutionId>,
    Query(query): Query<OnQuery>,
) -> Read<InstitutionBody> {
    if let Some(on) = query.on {
        return Ok(Resource(app.institution_on(id, on.0).await?.into()));
    }
    Ok(Resource(app.institution(asker.principal.as_ref(), id).await?.into()))
}

/// Puts an institution on a list, or takes it off.
#[utoipa::path(post, path = "/v1/institutions/{id}/listings", tag = "lists",
    params(("id" = w::InstitutionId, Path), CommandParams), request_body = ListingRequest,
    responses((status = 201, description = "Decided.", body = Appended<ListingBody>), Problems))]
pub async fn decide_listing(
    State(app): Uses,
    Id(institution): Id<InstitutionId>,
    command: Command<ListingRequest>,
) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let verb = ListingDecide {
        listing: app.new_id(&call, ListingId::new),
        institution,
        list: body.list.0,
        published_on: body.published_on.0,
        cause_code: body.cause_code.as_ref().map(|code| code.0.clone()),
        rectify_by_on: body.rectify_by_on.map(|day| day.0),
        until_on: body.until_on.map(|day| day.0),
        cause: committed(&app, &[("cause", &body.cause), ("basis", &body.basis)]),
    };
    run::<ListingBody>(&app, call, prefer, Action::ListingDecide, Thing::Institution(institution), verb).await
}

/// Decisions on lists about an institution, newest first.
#[utoipa::path(get, path = "/v1/institutions/{id}/listings", tag = "lists", security(()),
    params(("id" = w::InstitutionId, Path), PageQuery),
    responses((status = 200, description = "Decisions.", body = List<ListingBody>), Problems))]
pub async fn listings(
    State(app): Uses,
    _: Asker,
    Id(id): Id<InstitutionId>,
    Query(query): Query<PageQuery>,
) -> Read<List<ListingBody>> {
    Ok(List::of(app.listings(id, &query.page()).await?, ListingBody::from))
}

/// Who stands on a list.
#[utoipa::path(get, path = "/v1/lists/{kind}", tag = "lists", security(()),
    params(("kind" = w::ListKind, Path), ListFilter),
    responses((status = 200, description = "The list.", body = List<ListedBody>), Problems))]
pub async fn on_list(
    State(app): Uses,
    _: Asker,
    Id(kind): Id<ListKind>,
    Query(filter): Query<ListFilter>,
) -> Read<List<ListedBody>> {
    let (region, page) = (filter.region.map(|region| region.0), page(filter.limit, filter.after));
    Ok(List::of(app.list(kind, region, &page).await?, ListedBody::from))
}
