//! Versions of the model contract's text: loaded, decided by another person, read by everybody.

use access::Caller;
use axum::extract::State;
use kernel::ContractTemplateId;
use ledger::Hash;

use super::{Read, Uses};
use crate::answer::{Created, List, Resource};
use crate::dto::policy_versions::PolicyDecisionRequest;
use crate::dto::templates::{
    FieldBody, TemplateBody, TemplateDecidedBody, TemplateDraftRequest, TemplateFilter, fields,
};
use crate::extract::{Asker, Draft, DraftParams, Id, Query};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::w;

fn caller(asker: &Asker) -> Caller<'_> {
    asker.principal.as_ref().map_or(Caller::Public, Caller::User)
}

/// Loads a version of the model contract's text, as a draft.
#[utoipa::path(post, path = "/v1/contract-templates", tag = "contracts", params(DraftParams),
    request_body = TemplateDraftRequest,
    responses((status = 201, description = "Loaded.", body = TemplateBody), Problems))]
pub async fn draft(
    State(app): Uses,
    Draft(command): Draft<TemplateDraftRequest>,
) -> Result<Created<TemplateBody>, Problem> {
    let body = command.body;
    let drafted = app.template_draft(&command.call, body.region.0, body.effective_on.0, body.name.0, body.text).await?;
    Ok(Created(drafted.into()))
}

/// The versions, the text that ships with the program first. Drafts are shown to the regulators of
/// their region and to auditors.
#[utoipa::path(get, path = "/v1/contract-templates", tag = "contracts", security(()), params(TemplateFilter),
    responses((status = 200, description = "Versions.", body = List<TemplateBody>), Problems))]
pub async fn list(State(app): Uses, asker: Asker, Query(filter): Query<TemplateFilter>) -> Read<List<TemplateBody>> {
    let versions = app.templates(caller(&asker), filter.region.map(|region| region.0)).await?;
    Ok(Resource(List::all(versions.into_iter().map(TemplateBody::from).collect())))
}

/// A version.
#[utoipa::path(get, path = "/v1/contract-templates/{id}", tag = "contracts", security(()),
    params(("id" = w::ContractTemplateId, Path)),
    responses((status = 200, description = "The version.", body = TemplateBody), Problems))]
pub async fn show(State(app): Uses, asker: Asker, Id(id): Id<ContractTemplateId>) -> Read<TemplateBody> {
    Ok(Resource(app.template(caller(&asker), id).await?.into()))
}

/// The adopted version whose text has a hash, as contracts name it.
#[utoipa::path(get, path = "/v1/contract-templates/by-hash/{hash}", tag = "contracts", security(()),
    params(("hash" = w::Hash, Path)),
    responses((status = 200, description = "The version.", body = TemplateBody), Problems))]
pub async fn by_hash(State(app): Uses, _: Asker, Id(hash): Id<Hash>) -> Read<TemplateBody> {
    Ok(Resource(app.template_by_hash(hash).await?.into()))
}

/// The fields of the model contract: who decides about each, and what holds when it stays empty.
#[utoipa::path(get, path = "/v1/contract-fields", tag = "contracts", security(()),
    responses((status = 200, description = "Fields.", body = List<FieldBody>), Problems))]
pub async fn field_list(_: Asker) -> Read<List<FieldBody>> {
    Ok(Resource(List::all(fields())))
}

/// Adopts or rejects a draft; not by the person who loaded it.
#[utoipa::path(post, path = "/v1/contract-templates/{id}/decision", tag = "contracts",
    params(("id" = w::ContractTemplateId, Path), DraftParams), request_body = PolicyDecisionRequest,
    responses((status = 201, description = "Decided.", body = TemplateDecidedBody), Problems))]
pub async fn decide(
    State(app): Uses,
    Id(id): Id<ContractTemplateId>,
    Draft(command): Draft<PolicyDecisionRequest>,
) -> Result<Created<TemplateDecidedBody>, Problem> {
    Ok(Created(app.template_decide(&command.call, id, command.body.decision.0).await?.into()))
}
