//! The rules that hold, their versions, and what a draft would change.

use access::Caller;
use axum::extract::State;
use kernel::{PolicyVersionId, RegionCode};

use super::{Read, Uses};
use crate::answer::{Created, List, Resource};
use crate::dto::policies::{OnQuery, PolicyBody, PolicyRegionBody};
use crate::dto::policy_versions::{
    PolicyDecidedBody, PolicyDecisionRequest, PolicyDraftRequest, PolicyVersionBody, SimulationBody, SimulationRequest,
};
use crate::extract::{Asker, Draft, DraftParams, Id, Query};
use crate::openapi::Problems;
use crate::problem::Problem;

/// Regions with rules of their own; all others have the nation's.
#[utoipa::path(get, path = "/v1/policies", tag = "policies", security(()),
    responses((status = 200, description = "Regions.", body = List<PolicyRegionBody>), Problems))]
pub async fn list(State(app): Uses, _: Asker) -> Read<List<PolicyRegionBody>> {
    Ok(Resource(List::all(app.policies_now().await?.regions().into_iter().map(PolicyRegionBody::from).collect())))
}

/// What holds in a region on a day.
#[utoipa::path(get, path = "/v1/policies/{region}", tag = "policies", security(()),
    params(("region" = crate::w::RegionCode, Path), OnQuery),
    responses((status = 200, description = "The policy.", body = PolicyBody), Problems))]
pub async fn show(
    State(app): Uses,
    asker: Asker,
    Id(region): Id<RegionCode>,
    Query(query): Query<OnQuery>,
) -> Read<PolicyBody> {
    let on = query.on.map_or_else(|| asker.now.day(), |on| on.0);
    let policy = app.policies_now().await?.resolve(region, on).map_err(app::AppError::from)?;
    Ok(Resource(PolicyBody::from(&policy)))
}

fn caller(asker: &Asker) -> Caller<'_> {
    asker.principal.as_ref().map_or(Caller::Public, Caller::User)
}

/// The name under which a draft that does not name its region is kept.
fn name(app: &app::App, region: RegionCode) -> String {
    let set = app.policies();
    let known = set.regions().into_iter().find(|(code, _)| *code == region).map(|(_, name)| name.to_owned());
    known.unwrap_or_else(|| region.to_string())
}

/// Drafts a version of a region's rules.
#[utoipa::path(post, path = "/v1/policies/{region}/versions", tag = "policies",
    params(("region" = crate::w::RegionCode, Path), DraftParams), request_body = PolicyDraftRequest,
    responses((status = 201, description = "Drafted.", body = PolicyVersionBody), Problems))]
pub async fn draft(
    State(app): Uses,
    Id(region): Id<RegionCode>,
    Draft(command): Draft<PolicyDraftRequest>,
) -> Result<Created<PolicyVersionBody>, Problem> {
    app.policy_draft_allowed(&command.call, region)?;
    let (effective_on, document) = command.body.read(region, &name(&app, region))?;
    Ok(Created(app.policy_draft(&command.call, region, effective_on, document).await?.into()))
}

/// The versions of a region's rules, oldest first. Drafts are shown to the regulators of the region
/// and to auditors.
#[utoipa::path(get, path = "/v1/policies/{region}/versions", tag = "policies", security(()),
    params(("region" = crate::w::RegionCode, Path)),
    responses((status = 200, description = "Versions.", body = List<PolicyVersionBody>), Problems))]
pub async fn versions(State(app): Uses, asker: Asker, Id(region): Id<RegionCode>) -> Read<List<PolicyVersionBody>> {
    let versions = app.policy_versions(caller(&asker), region).await?;
    Ok(Resource(List::all(versions.into_iter().map(PolicyVersionBody::from).collect())))
}

/// A version of a region's rules.
#[utoipa::path(get, path = "/v1/policy-versions/{id}", tag = "policies", security(()),
    params(("id" = crate::w::PolicyVersionId, Path)),
    responses((status = 200, description = "The version.", body = PolicyVersionBody), Problems))]
pub async fn version(State(app): Uses, asker: Asker, Id(id): Id<PolicyVersionId>) -> Read<PolicyVersionBody> {
    Ok(Resource(app.policy_version(caller(&asker), id).await?.into()))
}

/// Adopts or rejects a draft; not by the person who drafted it.
#[utoipa::path(post, path = "/v1/policy-versions/{id}/decision", tag = "policies",
    params(("id" = crate::w::PolicyVersionId, Path), DraftParams), request_body = PolicyDecisionRequest,
    responses((status = 201, description = "Decided.", body = PolicyDecidedBody), Problems))]
pub async fn decide(
    State(app): Uses,
    Id(id): Id<PolicyVersionId>,
    Draft(command): Draft<PolicyDecisionRequest>,
) -> Result<Created<PolicyDecidedBody>, Problem> {
    Ok(Created(app.policy_decide(&command.call, id, command.body.decision.0).await?.into()))
}

/// What past decisions a draft would have changed.
#[utoipa::path(post, path = "/v1/policies/{region}/simulation", tag = "policies",
    params(("region" = crate::w::RegionCode, Path), DraftParams), request_body = SimulationRequest,
    responses((status = 200, description = "What would differ.", body = SimulationBody), Problems))]
pub async fn simulate(
    State(app): Uses,
    Id(region): Id<RegionCode>,
    Draft(command): Draft<SimulationRequest>,
) -> Read<SimulationBody> {
    app.policy_simulation_allowed(&command.call, region)?;
    let asked = command.body.read(region, &name(&app, region))?;
    Ok(Resource(app.policy_simulation(&command.call, &asked).await?.into()))
}
