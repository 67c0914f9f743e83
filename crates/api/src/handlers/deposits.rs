//! The risk deposit of an institution: paid in, locked, given back above its floor, claimed for families.

use access::Action;
use app::read::Thing;
use app::verbs::{DepositChange, DepositMove};
use axum::extract::State;
use kernel::InstitutionId;

use super::{Answered, Read, Uses, committed, reference_hash, run};
use crate::answer::{Appended, Resource};
use crate::dto::bank::{BankReasonRequest, DepositBody, DepositClaimRequest, DepositRequest, DepositStandingBody};
use crate::extract::{Asker, Command, CommandParams, Id};
use crate::openapi::Problems;
use crate::w;

/// The risk deposit against its floor.
#[utoipa::path(get, path = "/v1/institutions/{id}/deposits", tag = "bank", params(("id" = w::InstitutionId, Path)),
    responses((status = 200, description = "The deposit.", body = DepositStandingBody), Problems))]
pub async fn show(State(app): Uses, asker: Asker, Id(id): Id<InstitutionId>) -> Read<DepositStandingBody> {
    Ok(Resource(app.deposit_standing(asker.principal.as_ref(), id, asker.now.day()).await?.into()))
}

/// Records money that the institution paid into its deposit.
#[utoipa::path(post, path = "/v1/institutions/{id}/deposits", tag = "bank",
    params(("id" = w::InstitutionId, Path), CommandParams), request_body = DepositRequest,
    responses((status = 201, description = "Recorded.", body = Appended<DepositBody>), Problems))]
pub async fn pay(State(app): Uses, Id(institution): Id<InstitutionId>, command: Command<DepositRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let reference = reference_hash(&body.bank_reference);
    let verb = DepositChange { institution, change: DepositMove::Pay { amount: body.amount_fen.0, reference } };
    run::<DepositBody>(&app, call, prefer, Action::DepositRecord, Thing::Institution(institution), verb).await
}

/// Locks the deposit: nothing of it is paid back.
#[utoipa::path(post, path = "/v1/institutions/{id}/deposits/lock", tag = "bank",
    params(("id" = w::InstitutionId, Path), CommandParams), request_body = BankReasonRequest,
    responses((status = 201, description = "Locked.", body = Appended<DepositBody>), Problems))]
pub async fn lock(
    State(app): Uses,
    Id(institution): Id<InstitutionId>,
    command: Command<BankReasonRequest>,
) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let reason = committed(&app, &[("reason", &Some(body.reason))]);
    let verb = DepositChange { institution, change: DepositMove::Lock { reason } };
    run::<DepositBody>(&app, call, prefer, Action::DepositLock, Thing::Institution(institution), verb).await
}

/// Lifts the lock.
#[utoipa::path(post, path = "/v1/institutions/{id}/deposits/unlock", tag = "bank",
    params(("id" = w::InstitutionId, Path), CommandParams), request_body = BankReasonRequest,
    responses((status = 201, description = "Unlocked.", body = Appended<DepositBody>), Problems))]
pub async fn unlock(
    State(app): Uses,
    Id(institution): Id<InstitutionId>,
    command: Command<BankReasonRequest>,
) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let reason = committed(&app, &[("reason", &Some(body.reason))]);
    let verb = DepositChange { institution, change: DepositMove::Unlock { reason } };
    run::<DepositBody>(&app, call, prefer, Action::DepositRelease, Thing::Institution(institution), verb).await
}

/// Gives a part back to the institution; the floor stays.
#[utoipa::path(post, path = "/v1/institutions/{id}/deposits/release", tag = "bank",
    params(("id" = w::InstitutionId, Path), CommandParams), request_body = DepositRequest,
    responses((status = 201, description = "Given back.", body = Appended<DepositBody>), Problems))]
pub async fn release(
    State(app): Uses,
    Id(institution): Id<InstitutionId>,
    command: Command<DepositRequest>,
) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let reference = reference_hash(&body.bank_reference);
    let floor = app.deposit_floor_for(&call, institution).await?;
    let change = DepositMove::Release { amount: body.amount_fen.0, reference, floor };
    let verb = DepositChange { institution, change };
    run::<DepositBody>(&app, call, prefer, Action::DepositRelease, Thing::Institution(institution), verb).await
}

/// Pays a part to families by decision.
#[utoipa::path(post, path = "/v1/institutions/{id}/deposits/claim", tag = "bank",
    params(("id" = w::InstitutionId, Path), CommandParams), request_body = DepositClaimRequest,
    responses((status = 201, description = "Claimed.", body = Appended<DepositBody>), Problems))]
pub async fn claim(
    State(app): Uses,
    Id(institution): Id<InstitutionId>,
    command: Command<DepositClaimRequest>,
) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let reference = reference_hash(&body.bank_reference);
    let decision = committed(&app, &[("decision", &Some(body.decision))]);
    let verb =
        DepositChange { institution, change: DepositMove::Claim { amount: body.amount_fen.0, reference, decision } };
    run::<DepositBody>(&app, call, prefer, Action::DepositRelease, Thing::Institution(institution), verb).await
}
