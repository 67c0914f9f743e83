//! The lists: what follows a listing, snapshots at a log position, differences, proofs, points, grades,
//! and the lists as tables.

use access::Action;
use app::read::Thing;
use app::verbs::{InstitutionGrade, ListingStepTake, PointsGive};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use kernel::{InstitutionId, ListingId, RecordItemId};
use ledger::body::PointsChange;
use registry::ListingStep;

use super::{Answered, Read, Uses, committed, run};
use crate::answer::{Appended, List, Resource};
use crate::dto::lists::{
    DayQuery, DifferenceQuery, GradeBody, GradeRequest, ListDifferenceBody, ListingStepRequest, PointsBody,
    PointsRequest, PublicationBody, PublicationsQuery, SnapshotBody, SnapshotQuery,
};
use crate::dto::registry::ListingBody;
use crate::extract::{Asker, Command, CommandParams, Id, Query};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::w;
use crate::wire::Expected;

/// Most publications that one answer lists: a year of days, and some.
const PUBLICATIONS_MAX: u32 = 400;

fn step(
    body: &ListingStepRequest,
    asked: ListingStep,
    yes: (&str, ListingStep),
    no: (&str, ListingStep),
) -> Result<ListingStep, Problem> {
    match body.decision.as_ref().map(|decision| decision.0.as_str()) {
        None => Ok(asked),
        Some(word) if word == yes.0 => Ok(yes.1),
        Some(word) if word == no.0 => Ok(no.1),
        Some(_) => {
            let detail = Expected::of(format!("须为 {} 或 {}。", yes.0, no.0), format!("It is {} or {}.", yes.0, no.0));
            Err(Problem::of(ProblemType::InvalidField).field("decision").detail(detail))
        }
    }
}

/// Objects to a listing, or decides an objection (`decision`: `upheld`, `rejected`).
#[utoipa::path(post, path = "/v1/listings/{id}/objection", tag = "lists",
    params(("id" = w::ListingId, Path), CommandParams), request_body = ListingStepRequest,
    responses((status = 201, description = "Recorded.", body = Appended<ListingBody>), Problems))]
pub async fn object(State(app): Uses, Id(listing): Id<ListingId>, command: Command<ListingStepRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let (upheld, rejected) = (("upheld", ListingStep::ObjectionUpheld), ("rejected", ListingStep::ObjectionRejected));
    let step = step(&body, ListingStep::Objected, upheld, rejected)?;
    let said = || committed(&app, &[("words", &body.words)]);
    let verb = ListingStepTake { listing, step, removal: app.new_id(&call, ListingId::new), words: [said(), said()] };
    run::<ListingBody>(&app, call, prefer, Action::ListingAnswer, Thing::Listing(listing), verb).await
}

/// Asks for repair, or decides it (`decision`: `accepted`, `refused`).
#[utoipa::path(post, path = "/v1/listings/{id}/repair", tag = "lists",
    params(("id" = w::ListingId, Path), CommandParams), request_body = ListingStepRequest,
    responses((status = 201, description = "Recorded.", body = Appended<ListingBody>), Problems))]
pub async fn repair(State(app): Uses, Id(listing): Id<ListingId>, command: Command<ListingStepRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let (accepted, refused) = (("accepted", ListingStep::RepairAccepted), ("refused", ListingStep::RepairRefused));
    let step = step(&body, ListingStep::RepairAsked, accepted, refused)?;
    let said = || committed(&app, &[("words", &body.words)]);
    let verb = ListingStepTake { listing, step, removal: app.new_id(&call, ListingId::new), words: [said(), said()] };
    run::<ListingBody>(&app, call, prefer, Action::ListingAnswer, Thing::Listing(listing), verb).await
}

/// Scores points, or cancels a score after rectification.
#[utoipa::path(post, path = "/v1/institutions/{id}/points", tag = "lists",
    params(("id" = w::InstitutionId, Path), CommandParams), request_body = PointsRequest,
    responses((status = 201, description = "Recorded.", body = Appended<PointsBody>), Problems))]
pub async fn points(State(app): Uses, Id(institution): Id<InstitutionId>, command: Command<PointsRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let new = || app.new_id(&call, RecordItemId::new);
    let verb = PointsGive {
        institution,
        change: if body.cancels.is_some() { PointsChange::Cancelled } else { PointsChange::Scored },
        item: body.cancels.map_or_else(new, |item| item.0),
        points: body.points,
        cause_code: body.cause_code.0.clone(),
        facts: committed(&app, &[("facts", &body.facts)]),
    };
    run::<PointsBody>(&app, call, prefer, Action::PointsGive, Thing::Institution(institution), verb).await
}

/// Grades an institution on a scale of its place.
#[utoipa::path(post, path = "/v1/institutions/{id}/grades", tag = "lists",
    params(("id" = w::InstitutionId, Path), CommandParams), request_body = GradeRequest,
    responses((status = 201, description = "Recorded.", body = Appended<GradeBody>), Problems))]
pub async fn grade(State(app): Uses, Id(institution): Id<InstitutionId>, command: Command<GradeRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let verb = InstitutionGrade {
        institution,
        scale: body.scale.0.clone(),
        grade: body.grade.0.clone(),
        year: body.year,
        indicators: committed(&app, &[("indicators", &body.indicators)]),
    };
    run::<GradeBody>(&app, call, prefer, Action::PointsGive, Thing::Institution(institution), verb).await
}

/// The publications of a county's lists, newest first.
#[utoipa::path(get, path = "/v1/list-publications", tag = "lists", security(()), params(PublicationsQuery),
    responses((status = 200, description = "Publications.", body = List<PublicationBody>), Problems))]
pub async fn publications(
    State(app): Uses,
    _: Asker,
    Query(query): Query<PublicationsQuery>,
) -> Read<List<PublicationBody>> {
    let found = app.list_publications(query.region.0, PUBLICATIONS_MAX).await?;
    Ok(Resource(List::all(found.iter().map(|(seq, published)| PublicationBody::of(*seq, published)).collect())))
}

/// The lists as they stood at the end of a day; `Accept: text/csv` or the XLSX type for a table.
#[utoipa::path(get, path = "/v1/list-snapshots", tag = "lists", security(()), params(SnapshotQuery),
    responses((status = 200, description = "The lists.", body = SnapshotBody), Problems))]
pub async fn snapshot(
    State(app): Uses,
    _: Asker,
    Query(query): Query<SnapshotQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let snapshot = SnapshotBody::from(app.lists_on(query.region.0, query.on.0).await?);
    let wanted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = format!("lists-{}-{}", query.region.0, query.on.0);
    if wanted.contains("text/csv") {
        return Ok(download("text/csv; charset=utf-8", &format!("{name}.csv"), crate::table::csv(&table(&snapshot))));
    }
    if wanted.contains(crate::table::XLSX) {
        let bytes = crate::table::xlsx(&table(&snapshot))?;
        return Ok(download(crate::table::XLSX, &format!("{name}.xlsx"), bytes));
    }
    Ok(Resource(snapshot).into_response())
}

fn table(snapshot: &SnapshotBody) -> Vec<Vec<String>> {
    let head = ["机构 institution", "名称 name", "名单 list", "公布日 published_on", "决定 listing", "条目 seq"];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(snapshot.items.iter().map(|item| {
        vec![
            item.institution.0.to_string(),
            item.name.clone(),
            item.list.clone(),
            item.published_on.0.to_string(),
            item.listing.0.to_string(),
            item.seq.0.to_string(),
        ]
    }));
    rows
}

fn download(kind: &str, name: &str, bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let disposition = format!("attachment; filename=\"{name}\"");
    for (key, value) in [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition.as_str())] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(key, value);
        }
    }
    response
}

/// Who stood elsewhere on the second day.
#[utoipa::path(get, path = "/v1/list-differences", tag = "lists", security(()), params(DifferenceQuery),
    responses((status = 200, description = "Differences.", body = List<ListDifferenceBody>), Problems))]
pub async fn difference(
    State(app): Uses,
    _: Asker,
    Query(query): Query<DifferenceQuery>,
) -> Read<List<ListDifferenceBody>> {
    let found = app.lists_between(query.region.0, query.from.0, query.to.0).await?;
    Ok(Resource(List::all(found.into_iter().map(ListDifferenceBody::from).collect())))
}

/// The file that proves where an institution stood at the end of a day, on a list or on none; checked
/// offline by `tutela-verify list`.
#[utoipa::path(get, path = "/v1/institutions/{id}/list-proof", tag = "lists", security(()),
    params(("id" = w::InstitutionId, Path), DayQuery),
    responses((status = 200, description = "A tutela-list/v1 file.", content_type = "text/plain"), Problems))]
pub async fn proof(
    State(app): Uses,
    _: Asker,
    Id(id): Id<InstitutionId>,
    Query(query): Query<DayQuery>,
) -> Result<Response, Problem> {
    Ok(crate::answer::text(app.list_proof(id, query.on.0).await?))
}
