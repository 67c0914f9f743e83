//! Files of up to 100,000 lessons: handed in, then recorded while their progress is asked for.

use app::Call;
use app::classes::ImportProgress;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use kernel::{InstitutionId, LessonImportId};

use super::{Read, Uses};
use crate::answer::{Created, Resource};
use crate::dto::classes::{LessonImportBody, LessonImportResultsBody, PartQuery};
use crate::extract::{Asker, Id, Query, SignedIn};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::w;

/// Longest file, bytes: 100,000 lines of some 100 bytes.
const FILE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Records what waits of a file, whoever goes on listening.
fn start(app: &std::sync::Arc<app::App>, call: Call, progress: &ImportProgress) {
    let (app, id) = (std::sync::Arc::clone(app), progress.import.id);
    if progress.import.finished_at.is_none() && !call.dry_run {
        tokio::spawn(async move {
            if let Err(error) = app.lesson_import_run(&call, id).await {
                tracing::warn!(import = %id, %error, "a file of lessons was cut off; it can be run again");
            }
        });
    }
}

/// Hands in a CSV file with the columns contract, hours, held_on and, where wanted, class_session; at
/// most 100,000 lines. Recording begins at once and goes on without this connection.
#[utoipa::path(post, path = "/v1/institutions/{id}/lesson-imports", tag = "classes",
    params(("id" = w::InstitutionId, Path)),
    request_body(content = String, content_type = "text/csv", description = "The file."),
    responses((status = 201, description = "Kept; see its progress.", body = LessonImportBody), Problems))]
pub async fn create(
    State(app): Uses,
    Id(institution): Id<InstitutionId>,
    user: SignedIn,
    request: Request,
) -> Result<Created<LessonImportBody>, Problem> {
    let too_large = || Problem::of(ProblemType::BodyTooLarge).facts(Some(FILE_BYTES_MAX.to_string()), None);
    let file = to_bytes(request.into_body(), FILE_BYTES_MAX).await.map_err(|_| too_large())?;
    let call = Call { principal: Some(user.principal), now: user.now, key: None, dry_run: false };
    let progress = app.lesson_import_create(&call, institution, &file).await?;
    start(&app, call, &progress);
    Ok(Created(progress.into()))
}

/// How far a file has come.
#[utoipa::path(get, path = "/v1/lesson-imports/{id}", tag = "classes", params(("id" = w::LessonImportId, Path)),
    responses((status = 200, description = "Progress.", body = LessonImportBody), Problems))]
pub async fn show(State(app): Uses, asker: Asker, Id(id): Id<LessonImportId>) -> Read<LessonImportBody> {
    Ok(Resource(app.lesson_import(asker.principal.as_ref(), id).await?.into()))
}

/// Goes on with a file that was cut off; what was recorded stays recorded once.
#[utoipa::path(post, path = "/v1/lesson-imports/{id}/run", tag = "classes", params(("id" = w::LessonImportId, Path)),
    responses((status = 200, description = "It goes on.", body = LessonImportBody), Problems))]
pub async fn resume(State(app): Uses, user: SignedIn, Id(id): Id<LessonImportId>) -> Read<LessonImportBody> {
    let progress = app.lesson_import(Some(&user.principal), id).await?;
    let call = Call { principal: Some(user.principal), now: user.now, key: None, dry_run: false };
    start(&app, call, &progress);
    Ok(Resource(progress.into()))
}

/// What became of the lines of a part of a file.
#[utoipa::path(get, path = "/v1/lesson-imports/{id}/results", tag = "classes",
    params(("id" = w::LessonImportId, Path), PartQuery),
    responses((status = 200, description = "Line by line.", body = LessonImportResultsBody), Problems))]
pub async fn results(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<LessonImportId>,
    Query(query): Query<PartQuery>,
) -> Read<LessonImportResultsBody> {
    let part = query.part.map_or(0, |part| part.0);
    let results = app.lesson_import_results(asker.principal.as_ref(), id, part).await?;
    Ok(Resource(LessonImportResultsBody { part, results }))
}
