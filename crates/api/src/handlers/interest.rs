//! Interest on a custody account, allotted by the rules of the place.

use axum::extract::State;
use kernel::InstitutionId;

use super::{Read, Uses};
use crate::answer::{List, Resource};
use crate::dto::interest::InterestLineBody;
use crate::dto::registry::Nothing;
use crate::extract::{Command, CommandParams, Id};
use crate::openapi::Problems;
use crate::w;

/// Allots the interest that the bank credited, line by line: each contract gets what its money bore, by fen
/// and days, as a refund that is agreed (docs/BANK.md). The clock does the same every day; nothing is
/// allotted twice. Refused where no rule says whose the interest is.
#[utoipa::path(post, path = "/v1/institutions/{id}/interest-allotments", tag = "bank",
    params(("id" = w::InstitutionId, Path), CommandParams), request_body = Nothing,
    responses((status = 200, description = "Every credit of interest, and what became of it.",
        body = List<InterestLineBody>), Problems))]
pub async fn allot(
    State(app): Uses,
    Id(id): Id<InstitutionId>,
    command: Command<Nothing>,
) -> Read<List<InterestLineBody>> {
    let lines = app.interest_allot(&command.call, id).await?;
    Ok(Resource(List::all(lines.into_iter().map(InterestLineBody::from).collect())))
}
