//! The rules that hold, and deadlines.

use axum::extract::State;
use kernel::RegionCode;

use super::{Read, Uses};
use crate::answer::{List, Resource};
use crate::dto::policies::{DeadlineBody, DeadlineQuery, OnQuery, PolicyBody, PolicyRegionBody};
use crate::extract::{Asker, Id, Query};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::wire::{Expected, Text};

/// Regions with rules of their own; all others have the nation's.
#[utoipa::path(get, path = "/v1/policies", tag = "policies", security(()),
    responses((status = 200, description = "Regions.", body = List<PolicyRegionBody>), Problems))]
pub async fn list(State(app): Uses, _: Asker) -> Read<List<PolicyRegionBody>> {
    Ok(Resource(List::all(app.policies().regions().into_iter().map(PolicyRegionBody::from).collect())))
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
    let policy = app.policies().resolve(region, on).map_err(app::AppError::from)?;
    Ok(Resource(PolicyBody::from(&policy)))
}

/// The last day of a period; the day of the event is not counted.
#[utoipa::path(get, path = "/v1/deadlines", tag = "policies", security(()), params(DeadlineQuery),
    responses((status = 200, description = "The last day.", body = DeadlineBody), Problems))]
pub async fn deadline(State(app): Uses, _: Asker, Query(query): Query<DeadlineQuery>) -> Read<DeadlineBody> {
    let on = app.calendar().end_of(query.from_on.0, query.period()).map_err(|_| {
        let detail = Expected::of(
            "所涉年份的工作日历尚未公布，或超出 2199 年。",
            "The working-day calendar of a year concerned is not published, or the day is past 2199.",
        );
        Problem::of(ProblemType::NoPolicy).field("from_on").detail(detail)
    })?;
    Ok(Resource(DeadlineBody { on: Text(on) }))
}
