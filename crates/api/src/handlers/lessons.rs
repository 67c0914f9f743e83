//! Lessons: claimed one by one or by the class, confirmed, disputed, decided.

use access::Action;
use app::read::Thing;
use app::verbs::{DisputeDecide, LessonClaim, LessonConfirm, LessonDispute};
use axum::extract::State;
use kernel::{ContractId, LessonId};

use super::{Answered, Read, Uses, committed, run};
use crate::answer::{Appended, List, Resource};
use crate::batch;
use crate::dto::batches::{BatchBody, BatchRequest};
use crate::dto::escrow::{DisputeDecisionRequest, DisputeRequest, LessonBody, LessonRequest};
use crate::dto::registry::Nothing;
use crate::extract::{Asker, Command, CommandParams, Id, PageQuery, Query};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::w;

/// Records a lesson.
#[utoipa::path(post, path = "/v1/contracts/{id}/lessons", tag = "escrow",
    params(("id" = w::ContractId, Path), CommandParams), request_body = LessonRequest,
    responses((status = 201, description = "Recorded.", body = Appended<LessonBody>), Problems))]
pub async fn claim(State(app): Uses, Id(contract): Id<ContractId>, command: Command<LessonRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let lesson = app.new_id(&call, LessonId::new);
    let class_session = body.class_session.map(|session| session.0);
    let verb = LessonClaim { lesson, contract, hours: body.hours.0.0, held_on: body.held_on.0, class_session };
    run::<LessonBody>(&app, call, prefer, Action::LessonClaim, Thing::Contract(contract), verb).await
}

/// Records many lessons; each succeeds or fails alone.
#[utoipa::path(post, path = "/v1/lesson-batches", tag = "escrow", params(CommandParams), request_body = BatchRequest,
    responses((status = 200, description = "What became of each.", body = BatchBody), Problems))]
pub async fn claim_batch(
    State(state): State<ApiState>,
    command: Command<BatchRequest>,
) -> Result<Resource<BatchBody>, Problem> {
    Ok(Resource(batch::claim(&state, command).await?))
}

/// Lessons of a contract.
#[utoipa::path(get, path = "/v1/contracts/{id}/lessons", tag = "escrow",
    params(("id" = w::ContractId, Path), PageQuery),
    responses((status = 200, description = "Lessons.", body = List<LessonBody>), Problems))]
pub async fn list(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<ContractId>,
    Query(query): Query<PageQuery>,
) -> Read<List<LessonBody>> {
    Ok(List::of(app.lessons(asker.principal.as_ref(), id, &query.page()).await?, LessonBody::from))
}

/// A lesson.
#[utoipa::path(get, path = "/v1/lessons/{id}", tag = "escrow", params(("id" = w::LessonId, Path)),
    responses((status = 200, description = "The lesson.", body = LessonBody), Problems))]
pub async fn show(State(app): Uses, asker: Asker, Id(id): Id<LessonId>) -> Read<LessonBody> {
    Ok(Resource(app.lesson(asker.principal.as_ref(), id).await?.into()))
}

/// The guardian confirms; the lesson's money is earned.
#[utoipa::path(post, path = "/v1/lessons/{id}/confirmation", tag = "escrow",
    params(("id" = w::LessonId, Path), CommandParams), request_body = Nothing,
    responses((status = 201, description = "Confirmed.", body = Appended<LessonBody>), Problems))]
pub async fn confirm(State(app): Uses, Id(lesson): Id<LessonId>, command: Command<Nothing>) -> Answered {
    let Command { call, prefer, .. } = command;
    let verb = LessonConfirm { lesson, by: ledger::ConfirmedBy::Guardian };
    run::<LessonBody>(&app, call, prefer, Action::LessonConfirm, Thing::Lesson(lesson), verb).await
}

/// The guardian disputes; the lesson's money is frozen.
#[utoipa::path(post, path = "/v1/lessons/{id}/dispute", tag = "escrow",
    params(("id" = w::LessonId, Path), CommandParams), request_body = DisputeRequest,
    responses((status = 201, description = "Disputed.", body = Appended<LessonBody>), Problems))]
pub async fn dispute(State(app): Uses, Id(lesson): Id<LessonId>, command: Command<DisputeRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let verb = LessonDispute { lesson, reason: body.reason.0 };
    run::<LessonBody>(&app, call, prefer, Action::LessonDispute, Thing::Lesson(lesson), verb).await
}

/// The regulator decides a dispute.
#[utoipa::path(post, path = "/v1/lessons/{id}/dispute-decision", tag = "escrow",
    params(("id" = w::LessonId, Path), CommandParams), request_body = DisputeDecisionRequest,
    responses((status = 201, description = "Decided.", body = Appended<LessonBody>), Problems))]
pub async fn decide_dispute(
    State(app): Uses,
    Id(lesson): Id<LessonId>,
    command: Command<DisputeDecisionRequest>,
) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let reason = committed(&app, &[("reason", &body.reason)]);
    let verb = DisputeDecide { lesson, decision: body.decision.0, reason };
    run::<LessonBody>(&app, call, prefer, Action::DisputeDecide, Thing::Lesson(lesson), verb).await
}
