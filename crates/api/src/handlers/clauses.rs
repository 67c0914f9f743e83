//! The clause check of any text: public, stateless; nothing of the text is kept.

use axum::extract::State;

use super::{Read, Uses};
use crate::answer::Resource;
use crate::dto::clauses::{ContractCheckBody, ContractCheckRequest};
use crate::extract::{Asker, Body};
use crate::openapi::Problems;

/// Finds the unfair terms of a text, each with its place, the law it breaks and advice.
#[utoipa::path(post, path = "/v1/contract-checks", tag = "calculators", security(()),
    request_body = ContractCheckRequest,
    responses((status = 200, description = "What was found.", body = ContractCheckBody), Problems))]
pub async fn check(
    State(_): Uses,
    asker: Asker,
    Body { parsed, .. }: Body<ContractCheckRequest>,
) -> Read<ContractCheckBody> {
    let findings = contract::clauses::check(parsed.text()?);
    Ok(Resource(ContractCheckBody::of(findings, asker.language)))
}
