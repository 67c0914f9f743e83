//! Courses.

use access::Action;
use app::read::Thing;
use app::verbs::{CourseDraft, CoursePublish};
use axum::extract::State;
use kernel::{CourseId, InstitutionId};
use serde_json::json;

use super::{Answered, Read, Uses, run};
use crate::answer::{Appended, List, Resource};
use crate::dto::contracts::{CourseBody, CourseChangeBody, CourseRequest};
use crate::dto::registry::Nothing;
use crate::extract::{Asker, Command, CommandParams, Draft, DraftParams, Id, PageQuery, Query};
use crate::openapi::Problems;
use crate::w;

/// Draws up a course.
#[utoipa::path(post, path = "/v1/institutions/{id}/courses", tag = "courses",
    params(("id" = w::InstitutionId, Path), DraftParams), request_body = CourseRequest,
    responses((status = 201, description = "Drawn up.", body = Appended<CourseChangeBody>), Problems))]
pub async fn draft(
    State(app): Uses,
    Id(institution): Id<InstitutionId>,
    Draft(command): Draft<CourseRequest>,
) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let course = body.course(app.new_id(&call, CourseId::new), institution)?;
    let verb = CourseDraft { course, name: body.name.0 };
    run::<CourseChangeBody>(&app, call, prefer, Action::CourseDraft, Thing::Institution(institution), verb).await
}

/// Courses of an institution: the published ones, and the drafts for its staff.
#[utoipa::path(get, path = "/v1/institutions/{id}/courses", tag = "courses", security(()),
    params(("id" = w::InstitutionId, Path), PageQuery),
    responses((status = 200, description = "Courses.", body = List<CourseBody>), Problems))]
pub async fn list(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<InstitutionId>,
    Query(query): Query<PageQuery>,
) -> Read<List<CourseBody>> {
    Ok(List::of(app.courses(asker.principal.as_ref(), id, &query.page()).await?, CourseBody::from))
}

/// A course.
#[utoipa::path(get, path = "/v1/courses/{id}", tag = "courses", security(()), params(("id" = w::CourseId, Path)),
    responses((status = 200, description = "The course.", body = CourseBody), Problems))]
pub async fn show(State(app): Uses, asker: Asker, Id(id): Id<CourseId>) -> Read<CourseBody> {
    Ok(Resource(app.course(asker.principal.as_ref(), id).await?.into()))
}

/// Publishes a course; one that breaks a rule stays a draft.
#[utoipa::path(post, path = "/v1/courses/{id}/publication", tag = "courses",
    params(("id" = w::CourseId, Path), CommandParams), request_body = Nothing,
    responses((status = 201, description = "Published.", body = Appended<CourseChangeBody>), Problems))]
pub async fn publish(State(app): Uses, Id(course): Id<CourseId>, command: Command<Nothing>) -> Answered {
    let Command { call, prefer, .. } = command;
    let name = app.course_name(call.principal.as_ref(), course).await?;
    let verb = CoursePublish { course, name: app.secret(&json!({ "name": name })) };
    run::<CourseChangeBody>(&app, call, prefer, Action::CoursePublish, Thing::Course(course), verb).await
}
