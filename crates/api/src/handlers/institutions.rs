//! Institutions, their applications and the lists they stand on.

use access::Action;
use app::read::Thing;
use app::verbs::{ApplicationAccept, ApplicationDecide, ApplicationSubmit, ListingDecide};
use axum::extract::State;
use kernel::{ApplicationId, InstitutionId, LicenceId, ListingId};
use registry::ListKind;

use super::{Answered, Read, Uses, committed, run};
use crate::answer::{Appended, List, Resource, appended};
use crate::dto::registry::{
    ApplicationBody, ApplicationRequest, DecisionRequest, InstitutionBody, InstitutionFilter, InstitutionRequest,
    ListFilter, ListedBody, ListingBody, ListingRequest, Nothing,
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

/// An institution: its public part, and the rest for those who may see it.
#[utoipa::path(get, path = "/v1/institutions/{id}", tag = "registry", security(()),
    params(("id" = w::InstitutionId, Path)),
    responses((status = 200, description = "The institution.", body = InstitutionBody), Problems))]
pub async fn show(State(app): Uses, asker: Asker, Id(id): Id<InstitutionId>) -> Read<InstitutionBody> {
    Ok(Resource(app.institution(asker.principal.as_ref(), id).await?.into()))
}

/// Hands in an application for a licence.
#[utoipa::path(post, path = "/v1/institutions/{id}/licence-applications", tag = "registry",
    params(("id" = w::InstitutionId, Path), CommandParams), request_body = ApplicationRequest,
    responses((status = 201, description = "Handed in.", body = Appended<ApplicationBody>), Problems))]
pub async fn apply(
    State(app): Uses,
    Id(institution): Id<InstitutionId>,
    command: Command<ApplicationRequest>,
) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let verb = ApplicationSubmit {
        application: app.new_id(&call, ApplicationId::new),
        institution,
        kind: body.kind.0,
        scope: body.scope.as_ref().map(|scope| scope.scope("scope.")).transpose()?,
        documents: body.documents(),
    };
    run::<ApplicationBody>(&app, call, prefer, Action::ApplicationSubmit, Thing::Institution(institution), verb).await
}

/// Applications of an institution.
#[utoipa::path(get, path = "/v1/institutions/{id}/licence-applications", tag = "registry",
    params(("id" = w::InstitutionId, Path), PageQuery),
    responses((status = 200, description = "Applications.", body = List<ApplicationBody>), Problems))]
pub async fn applications(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<InstitutionId>,
    Query(query): Query<PageQuery>,
) -> Read<List<ApplicationBody>> {
    Ok(List::of(app.applications(asker.principal.as_ref(), id, &query.page()).await?, ApplicationBody::from))
}

/// An application.
#[utoipa::path(get, path = "/v1/licence-applications/{id}", tag = "registry",
    params(("id" = w::ApplicationId, Path)),
    responses((status = 200, description = "The application.", body = ApplicationBody), Problems))]
pub async fn application(State(app): Uses, asker: Asker, Id(id): Id<ApplicationId>) -> Read<ApplicationBody> {
    Ok(Resource(app.application(asker.principal.as_ref(), id).await?.into()))
}

/// Accepts an application for decision.
#[utoipa::path(post, path = "/v1/licence-applications/{id}/acceptance", tag = "registry",
    params(("id" = w::ApplicationId, Path), CommandParams), request_body = Nothing,
    responses((status = 201, description = "Accepted.", body = Appended<ApplicationBody>), Problems))]
pub async fn accept(State(app): Uses, Id(application): Id<ApplicationId>, command: Command<Nothing>) -> Answered {
    let Command { call, prefer, .. } = command;
    let thing = Thing::Application(application);
    run::<ApplicationBody>(&app, call, prefer, Action::ApplicationAccept, thing, ApplicationAccept { application })
        .await
}

/// Grants or refuses.
#[utoipa::path(post, path = "/v1/licence-applications/{id}/decision", tag = "registry",
    params(("id" = w::ApplicationId, Path), CommandParams), request_body = DecisionRequest,
    responses((status = 201, description = "Decided.", body = Appended<ApplicationBody>), Problems))]
pub async fn decide(
    State(app): Uses,
    Id(application): Id<ApplicationId>,
    command: Command<DecisionRequest>,
) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let verb = ApplicationDecide {
        application,
        verdict: body.decision.0,
        licence: body.licence(app.new_id(&call, LicenceId::new))?,
        reason: committed(&app, &[("reason", &body.reason)]),
    };
    run::<ApplicationBody>(&app, call, prefer, Action::ApplicationDecide, Thing::Application(application), verb).await
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
