//! Refunds as a process: objected to, decided, taken back; and what an institution still owes whom, by age.

use access::Action;
use app::read::Thing;
use app::verbs::{RefundDecide, RefundObject, RefundWithdraw};
use axum::extract::State;
use kernel::{InstitutionId, RefundId};

use super::{Answered, Read, Uses, committed, run};
use crate::answer::{Appended, Resource};
use crate::dto::escrow::RefundBody;
use crate::dto::refund_process::{RefundDecisionRequest, RefundObjectionRequest, RefundQueueBody};
use crate::dto::registry::Nothing;
use crate::extract::{Command, CommandParams, Id, SignedIn};
use crate::openapi::Problems;
use crate::w;

/// The institution objects to a refund, within its time to answer. Silence consents no more; the
/// regulator decides.
#[utoipa::path(post, path = "/v1/refunds/{id}/objection", tag = "escrow",
    params(("id" = w::RefundId, Path), CommandParams), request_body = RefundObjectionRequest,
    responses((status = 201, description = "Objected to.", body = Appended<RefundBody>), Problems))]
pub async fn object(State(app): Uses, Id(refund): Id<RefundId>, command: Command<RefundObjectionRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let text = committed(&app, &[("objection", &Some(body.text))]);
    let verb = RefundObject { refund, ground: body.reason.0, text };
    run::<RefundBody>(&app, call, prefer, Action::RefundObject, Thing::Refund(refund), verb).await
}

/// The regulator decides on an objection. For the family, the refund is agreed at once.
#[utoipa::path(post, path = "/v1/refunds/{id}/decision", tag = "escrow",
    params(("id" = w::RefundId, Path), CommandParams), request_body = RefundDecisionRequest,
    responses((status = 201, description = "Decided.", body = Appended<RefundBody>), Problems))]
pub async fn decide(State(app): Uses, Id(refund): Id<RefundId>, command: Command<RefundDecisionRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let for_family = body.decision.0 == ledger::body::DisputeDecision::Family;
    let verb = RefundDecide { refund, for_family, reason: committed(&app, &[("reason", &body.reason)]) };
    run::<RefundBody>(&app, call, prefer, Action::RefundDecide, Thing::Refund(refund), verb).await
}

/// The family takes its request back.
#[utoipa::path(post, path = "/v1/refunds/{id}/withdrawal", tag = "escrow",
    params(("id" = w::RefundId, Path), CommandParams), request_body = Nothing,
    responses((status = 201, description = "Taken back.", body = Appended<RefundBody>), Problems))]
pub async fn withdraw(State(app): Uses, Id(refund): Id<RefundId>, command: Command<Nothing>) -> Answered {
    let Command { call, prefer, .. } = command;
    let verb = RefundWithdraw { refund };
    run::<RefundBody>(&app, call, prefer, Action::RefundWithdraw, Thing::Refund(refund), verb).await
}

/// Refunds of an institution that are not over, the longest overdue first, with sums by age.
#[utoipa::path(get, path = "/v1/institutions/{id}/refunds", tag = "escrow",
    params(("id" = w::InstitutionId, Path)),
    responses((status = 200, description = "The queue.", body = RefundQueueBody), Problems))]
pub async fn queue(State(app): Uses, user: SignedIn, Id(id): Id<InstitutionId>) -> Read<RefundQueueBody> {
    Ok(Resource(app.refund_queue(Some(&user.principal), user.now, id).await?.into()))
}
