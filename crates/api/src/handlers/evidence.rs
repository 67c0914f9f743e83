//! The pupil's side of a lesson, lessons of a whole class, and disputes with what stands beside them.

use access::Action;
use app::read::Thing;
use app::verbs::DisputeArgue;
use axum::extract::State;
use kernel::{ClassSessionId, LessonId};

use super::{Answered, Read, Uses, committed, run};
use crate::answer::{self, Appended, List, Resource};
use crate::batch;
use crate::dto::escrow::LessonBody;
use crate::dto::evidence::{
    ArgumentRequest, CheckInBody, CheckInRequest, ClassLessonsBody, ClassLessonsRequest, CodeBody, DisputeBody,
    DisputeQuery, OpenDisputeBody,
};
use crate::extract::{Asker, Command, CommandParams, Id, Query, SignedIn, page};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::w;

/// The code of a session, to be shown in the room; another one every minute.
#[utoipa::path(get, path = "/v1/class-sessions/{id}/code", tag = "classes",
    params(("id" = w::ClassSessionId, Path)),
    responses((status = 200, description = "The code.", body = CodeBody), Problems))]
pub async fn code(State(app): Uses, user: SignedIn, Id(session): Id<ClassSessionId>) -> Read<CodeBody> {
    Ok(Resource(app.session_code(Some(&user.principal), session, user.now).await?.into()))
}

/// The pupil's side checks in with the code that is shown in the room.
#[utoipa::path(post, path = "/v1/class-sessions/{id}/check-ins", tag = "classes",
    params(("id" = w::ClassSessionId, Path), CommandParams), request_body = CheckInRequest,
    responses((status = 201, description = "Checked in.", body = Appended<CheckInBody>), Problems))]
pub async fn check_in(State(app): Uses, Id(session): Id<ClassSessionId>, command: Command<CheckInRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let dry_run = call.dry_run;
    let (ledger, outcome) = app.check_in(call, session, body.contract.0, body.code.0.0).await?;
    answer::appended::<CheckInBody>(&app, &ledger, outcome, prefer, dry_run).await
}

/// Records a lesson for everybody of a class who was there; each succeeds or fails alone.
#[utoipa::path(post, path = "/v1/class-sessions/{id}/lessons", tag = "classes",
    params(("id" = w::ClassSessionId, Path), CommandParams), request_body = ClassLessonsRequest,
    responses((status = 200, description = "What became of each.", body = ClassLessonsBody), Problems))]
pub async fn class_lessons(
    State(state): State<ApiState>,
    Id(session): Id<ClassSessionId>,
    command: Command<ClassLessonsRequest>,
) -> Read<ClassLessonsBody> {
    Ok(Resource(batch::claim_class(&state, session, command).await?))
}

/// A dispute with what the parties say and what else is known of the lesson.
#[utoipa::path(get, path = "/v1/lessons/{id}/dispute", tag = "escrow", params(("id" = w::LessonId, Path)),
    responses((status = 200, description = "The dispute.", body = DisputeBody), Problems))]
pub async fn dispute(State(app): Uses, asker: Asker, Id(lesson): Id<LessonId>) -> Read<DisputeBody> {
    Ok(Resource(app.dispute(asker.principal.as_ref(), lesson, asker.now.day()).await?.into()))
}

/// A party says something about a disputed lesson and hands in papers; whoever gives in ends it.
#[utoipa::path(post, path = "/v1/lessons/{id}/dispute-arguments", tag = "escrow",
    params(("id" = w::LessonId, Path), CommandParams), request_body = ArgumentRequest,
    responses((status = 201, description = "Recorded.", body = Appended<LessonBody>), Problems))]
pub async fn argue(State(app): Uses, Id(lesson): Id<LessonId>, command: Command<ArgumentRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let statement = committed(&app, &[("statement", &body.statement)]);
    let verb = DisputeArgue { lesson, stance: body.stance.0, documents: body.papers(), statement };
    run::<LessonBody>(&app, call, prefer, Action::DisputeArgue, Thing::Lesson(lesson), verb).await
}

/// Disputes that wait for a decision.
#[utoipa::path(get, path = "/v1/disputes", tag = "escrow", params(DisputeQuery),
    responses((status = 200, description = "Disputes.", body = List<OpenDisputeBody>), Problems))]
pub async fn disputes(
    State(app): Uses,
    user: SignedIn,
    Query(query): Query<DisputeQuery>,
) -> Result<Resource<List<OpenDisputeBody>>, Problem> {
    let overdue_on = query.overdue.filter(|flag| flag.0).map(|_| user.now.day());
    let found = app.disputes(Some(&user.principal), overdue_on, &page(query.limit, query.after)).await?;
    Ok(List::of(found, OpenDisputeBody::from))
}
