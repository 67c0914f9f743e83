//! Personal data: who read it, what is kept about oneself, what is due to be erased, erasing it.

use axum::extract::State;
use kernel::ContractId;

use super::{Answered, Read, Uses};
use crate::answer::{List, Resource, appended};
use crate::dto::privacy::{
    ErasedBody, ErasureRequest, PartiesBody, ReadingBody, ReadingFilter, RetentionBody, RetentionQuery,
};
use crate::extract::{Asker, Command, CommandParams, Id, PageQuery, Query, Reason, ReasonParams};
use crate::openapi::Problems;
use crate::w;

/// Everything that is kept about the guardian who asks, with a receipt for every entry.
#[utoipa::path(get, path = "/v1/me/data", tag = "privacy",
    responses((status = 200, description = "All of it.", body = serde_json::Value), Problems))]
pub async fn own_data(State(app): Uses, asker: Asker) -> Read<serde_json::Value> {
    Ok(Resource(app.own_data(asker.principal.as_ref()).await?))
}

/// Who read the records of the guardian who asks.
#[utoipa::path(get, path = "/v1/me/readings", tag = "privacy", params(PageQuery),
    responses((status = 200, description = "Readings.", body = List<ReadingBody>), Problems))]
pub async fn own_readings(State(app): Uses, asker: Asker, Query(query): Query<PageQuery>) -> Read<List<ReadingBody>> {
    let read = app.own_readings(asker.principal.as_ref(), &query.page()).await?;
    // A family learns the office that looked, not the person's account.
    Ok(List::of(read, |view| ReadingBody { user: None, ..ReadingBody::from(view) }))
}

/// Who read the records of families, for auditors.
#[utoipa::path(get, path = "/v1/readings", tag = "privacy", params(ReadingFilter),
    responses((status = 200, description = "Readings.", body = List<ReadingBody>), Problems))]
pub async fn readings(State(app): Uses, asker: Asker, Query(filter): Query<ReadingFilter>) -> Read<List<ReadingBody>> {
    let (query, page) = filter.query();
    Ok(List::of(app.readings(asker.principal.as_ref(), query, &page).await?, ReadingBody::from))
}

/// Guardian and pupil of a contract. The reading is written down with its reason.
#[utoipa::path(get, path = "/v1/contracts/{id}/parties", tag = "privacy",
    params(("id" = w::ContractId, Path), ReasonParams),
    responses((status = 200, description = "The parties.", body = PartiesBody), Problems))]
pub async fn parties(State(app): Uses, asker: Asker, Id(id): Id<ContractId>, Reason(why): Reason) -> Read<PartiesBody> {
    Ok(Resource(app.contract_parties(asker.principal.as_ref(), id, &why).await?.into()))
}

/// Families whose records are no longer to be kept: what would be erased.
#[utoipa::path(get, path = "/v1/retention", tag = "privacy", params(RetentionQuery),
    responses((status = 200, description = "What is due.", body = RetentionBody), Problems))]
pub async fn retention(State(app): Uses, asker: Asker, Query(query): Query<RetentionQuery>) -> Read<RetentionBody> {
    let (region, after, limit) = query.parts();
    Ok(Resource(app.retention(asker.principal.as_ref(), region, asker.now, after, limit).await?.into()))
}

/// Erases the records of a family: guardian, pupils, texts of their contracts. Entries and proofs stand.
#[utoipa::path(post, path = "/v1/erasures", tag = "privacy", params(CommandParams), request_body = ErasureRequest,
    responses((status = 201, description = "Erased.", body = crate::answer::Appended<ErasedBody>), Problems))]
pub async fn erase(State(app): Uses, command: Command<ErasureRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let dry_run = call.dry_run;
    let (ledger, outcome) = app.family_erase(call, body.region.0, body.subject.0, body.ground.0).await?;
    appended::<ErasedBody>(&app, &ledger, outcome, prefer, dry_run).await
}
