//! The public calculators: stateless, for contracts outside the system too, and limited per client.

use axum::extract::State;

use super::{Read, Uses};
use crate::answer::Resource;
use crate::dto::calculators::{RefundCalculationBody, RefundCalculationRequest};
use crate::dto::checks::{DeadlineBody, FeeCheckBody, FeeCheckRequest, PriceCheckBody, PriceCheckRequest};
use crate::dto::policies::DeadlineQuery;
use crate::extract::{Asker, Body, Query};
use crate::openapi::Problems;

/// Computes a refund line by line, with every other sum that a text would give.
#[utoipa::path(post, path = "/v1/refund-calculations", tag = "calculators", security(()),
    request_body = RefundCalculationRequest,
    responses((status = 200, description = "The refund.", body = RefundCalculationBody), Problems))]
pub async fn refund(
    State(app): Uses,
    asker: Asker,
    Body { parsed, .. }: Body<RefundCalculationRequest>,
) -> Read<RefundCalculationBody> {
    let calculated = app.refund_calculation(parsed.region.0, &parsed.facts()?)?;
    Ok(Resource(RefundCalculationBody::of(&calculated, asker.language)))
}

/// Checks one charge against every rule on collection of a place and day.
#[utoipa::path(post, path = "/v1/fee-checks", tag = "calculators", security(()),
    request_body = FeeCheckRequest,
    responses((status = 200, description = "What was found.", body = FeeCheckBody), Problems))]
pub async fn fee(State(app): Uses, asker: Asker, Body { parsed, .. }: Body<FeeCheckRequest>) -> Read<FeeCheckBody> {
    let calculated = app.fee_check(parsed.region.0, parsed.day()?, &parsed.facts()?)?;
    Ok(Resource(FeeCheckBody::of(&calculated, asker.language)))
}

/// The guided price of a lesson of subject training.
#[utoipa::path(post, path = "/v1/price-checks", tag = "calculators", security(()),
    request_body = PriceCheckRequest,
    responses((status = 200, description = "The price.", body = PriceCheckBody), Problems))]
pub async fn price(
    State(app): Uses,
    asker: Asker,
    Body { parsed, .. }: Body<PriceCheckRequest>,
) -> Read<PriceCheckBody> {
    let calculated = app.price_check(parsed.region.0, parsed.on.0, &parsed.question())?;
    Ok(Resource(PriceCheckBody::of(&calculated, asker.language)))
}

/// The last day of a period; the day of the event is not counted.
#[utoipa::path(get, path = "/v1/deadlines", tag = "calculators", security(()), params(DeadlineQuery),
    responses((status = 200, description = "The last day.", body = DeadlineBody), Problems))]
pub async fn deadline(State(app): Uses, asker: Asker, Query(query): Query<DeadlineQuery>) -> Read<DeadlineBody> {
    let (from_on, count) = (query.from_on.0, query.period());
    let calculated = app.deadline(query.region.0, from_on, count)?;
    Ok(Resource(DeadlineBody::of(&calculated, from_on, count, asker.language)))
}
