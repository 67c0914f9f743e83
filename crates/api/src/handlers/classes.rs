//! Classes, their sessions, who is in them, timetables.

use axum::extract::State;
use kernel::{ClassId, ClassSessionId, ContractId, CourseId, InstitutionId};

use super::{Read, Uses};
use crate::answer::{Created, List, Resource};
use crate::dto::classes::{
    CancellationRequest, ClassBody, ClassRequest, ClassSessionBody, EnrolmentBody, EnrolmentEndRequest,
    EnrolmentRequest, LessonFiguresBody, LessonMonthBody, SessionsMadeBody, SessionsRequest, SpanQuery, TimetableBody,
    WeekQuery,
};
use crate::extract::{Asker, Command, Draft, DraftParams, Id, PageQuery, Query};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::w;
use crate::wire::Text;

/// Sets a class of a published course up.
#[utoipa::path(post, path = "/v1/courses/{id}/classes", tag = "classes",
    params(("id" = w::CourseId, Path), DraftParams), request_body = ClassRequest,
    responses((status = 201, description = "Set up.", body = ClassBody), Problems))]
pub async fn create(
    State(app): Uses,
    Id(course): Id<CourseId>,
    Draft(command): Draft<ClassRequest>,
) -> Result<Created<ClassBody>, Problem> {
    let Command { call, body, .. } = command;
    Ok(Created(app.class_create(&call, course, body.into()).await?.into()))
}

/// The classes of a course.
#[utoipa::path(get, path = "/v1/courses/{id}/classes", tag = "classes",
    params(("id" = w::CourseId, Path), PageQuery),
    responses((status = 200, description = "Classes.", body = List<ClassBody>), Problems))]
pub async fn list(
    State(app): Uses,
    asker: Asker,
    Id(course): Id<CourseId>,
    Query(query): Query<PageQuery>,
) -> Read<List<ClassBody>> {
    Ok(List::of(app.classes(asker.principal.as_ref(), course, &query.page()).await?, ClassBody::from))
}

/// Makes sessions of a class: single ones, or those of a weekly pattern.
#[utoipa::path(post, path = "/v1/classes/{id}/sessions", tag = "classes",
    params(("id" = w::ClassId, Path), DraftParams), request_body = SessionsRequest,
    responses((status = 201, description = "Made.", body = SessionsMadeBody), Problems))]
pub async fn sessions_create(
    State(app): Uses,
    Id(class): Id<ClassId>,
    Draft(command): Draft<SessionsRequest>,
) -> Result<Created<SessionsMadeBody>, Problem> {
    let Command { call, body, prefer, .. } = command;
    let made = app.sessions_create(&call, class, body.sessions()?).await?;
    Ok(Created(SessionsMadeBody::of(made, prefer.language)))
}

/// The sessions of a class.
#[utoipa::path(get, path = "/v1/classes/{id}/sessions", tag = "classes",
    params(("id" = w::ClassId, Path), PageQuery),
    responses((status = 200, description = "Sessions.", body = List<ClassSessionBody>), Problems))]
pub async fn sessions(
    State(app): Uses,
    asker: Asker,
    Id(class): Id<ClassId>,
    Query(query): Query<PageQuery>,
) -> Read<List<ClassSessionBody>> {
    let found = app.class_sessions(asker.principal.as_ref(), class, &query.page()).await?;
    Ok(List::of(found, ClassSessionBody::from))
}

/// A session is not held.
#[utoipa::path(post, path = "/v1/class-sessions/{id}/cancellation", tag = "classes",
    params(("id" = w::ClassSessionId, Path), DraftParams), request_body = CancellationRequest,
    responses((status = 201, description = "Cancelled.", body = ClassSessionBody), Problems))]
pub async fn session_cancel(
    State(app): Uses,
    Id(session): Id<ClassSessionId>,
    Draft(command): Draft<CancellationRequest>,
) -> Result<Created<ClassSessionBody>, Problem> {
    let Command { call, body, .. } = command;
    Ok(Created(app.session_cancel(&call, session, body.reason.0).await?.into()))
}

/// Puts a contract's pupil into a class.
#[utoipa::path(post, path = "/v1/classes/{id}/enrolments", tag = "classes",
    params(("id" = w::ClassId, Path), DraftParams), request_body = EnrolmentRequest,
    responses((status = 201, description = "In the class.", body = EnrolmentBody), Problems))]
pub async fn enrol(
    State(app): Uses,
    Id(class): Id<ClassId>,
    Draft(command): Draft<EnrolmentRequest>,
) -> Result<Created<EnrolmentBody>, Problem> {
    let Command { call, body, .. } = command;
    let from_on = body.from_on.map(|day| day.0);
    Ok(Created(app.enrol(&call, class, body.contract.0, from_on).await?.into()))
}

/// A pupil leaves a class after a day.
#[utoipa::path(post, path = "/v1/classes/{id}/departures", tag = "classes",
    params(("id" = w::ClassId, Path), DraftParams), request_body = EnrolmentEndRequest,
    responses((status = 201, description = "Until then.", body = EnrolmentBody), Problems))]
pub async fn depart(
    State(app): Uses,
    Id(class): Id<ClassId>,
    Draft(command): Draft<EnrolmentEndRequest>,
) -> Result<Created<EnrolmentBody>, Problem> {
    let Command { call, body, .. } = command;
    Ok(Created(app.enrolment_end(&call, class, body.contract.0, body.until_on.0).await?.into()))
}

/// Who is or was in a class.
#[utoipa::path(get, path = "/v1/classes/{id}/enrolments", tag = "classes", params(("id" = w::ClassId, Path)),
    responses((status = 200, description = "Contracts.", body = List<EnrolmentBody>), Problems))]
pub async fn enrolments(State(app): Uses, asker: Asker, Id(class): Id<ClassId>) -> Read<List<EnrolmentBody>> {
    let found = app.enrolments(asker.principal.as_ref(), class).await?;
    Ok(Resource(List::all(found.into_iter().map(EnrolmentBody::from).collect())))
}

/// The timetable of an institution for a week.
#[utoipa::path(get, path = "/v1/institutions/{id}/timetable", tag = "classes",
    params(("id" = w::InstitutionId, Path), WeekQuery),
    responses((status = 200, description = "The week.", body = TimetableBody), Problems))]
pub async fn timetable(
    State(app): Uses,
    asker: Asker,
    Id(institution): Id<InstitutionId>,
    Query(query): Query<WeekQuery>,
) -> Read<TimetableBody> {
    let on = query.on.map_or_else(|| asker.now.day(), |on| on.0);
    let (monday, sessions) = app.timetable(asker.principal.as_ref(), institution, on).await?;
    let sessions = sessions.into_iter().map(ClassSessionBody::from).collect();
    Ok(Resource(TimetableBody { from_on: Text(monday), sessions }))
}

/// The sessions of the classes that a contract's pupil is in.
#[utoipa::path(get, path = "/v1/contracts/{id}/class-sessions", tag = "classes",
    params(("id" = w::ContractId, Path)),
    responses((status = 200, description = "Sessions.", body = List<ClassSessionBody>), Problems))]
pub async fn sessions_of_contract(
    State(app): Uses,
    asker: Asker,
    Id(contract): Id<ContractId>,
) -> Read<List<ClassSessionBody>> {
    let found = app.sessions_of_contract(asker.principal.as_ref(), contract).await?;
    Ok(Resource(List::all(found.into_iter().map(ClassSessionBody::from).collect())))
}

/// How the lessons of an institution were answered: how many were confirmed, by silence, disputed.
#[utoipa::path(get, path = "/v1/institutions/{id}/lesson-figures", tag = "classes",
    params(("id" = w::InstitutionId, Path), SpanQuery),
    responses((status = 200, description = "Figures.", body = LessonFiguresBody), Problems))]
pub async fn figures(
    State(app): Uses,
    asker: Asker,
    Id(institution): Id<InstitutionId>,
    Query(query): Query<SpanQuery>,
) -> Read<LessonFiguresBody> {
    let days = (query.from.0, query.to.0);
    let (months, total) = app.lesson_figures(asker.principal.as_ref(), institution, days).await?;
    let month =
        |(month, figures): (String, app::classes::LessonFigures)| LessonMonthBody { month, figures: figures.into() };
    Ok(Resource(LessonFiguresBody { months: months.into_iter().map(month).collect(), total: total.into() }))
}
