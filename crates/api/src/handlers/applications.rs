//! Applications for a licence: handed in, corrected, accepted, examined, decided; the queue.

use access::Action;
use app::read::Thing;
use app::verbs::{
    ApplicationAccept, ApplicationAskCorrection, ApplicationCheckSite, ApplicationCorrect, ApplicationDecide,
    ApplicationEnd, ApplicationReview, ApplicationSubmit,
};
use axum::extract::{FromRequestParts, State};
use axum::http::header::IF_MATCH;
use axum::http::{HeaderValue, header, request::Parts};
use axum::response::{IntoResponse, Response};
use kernel::{ApplicationId, InstitutionId, LicenceId};

use super::{Answered, Read, Uses, committed, run};
use crate::answer::{Appended, List, Resource};
use crate::dto::applications::{
    ApplicationBody, ApplicationPaperBody, ApplicationRequest, CorrectionRequest, DecisionRequest, EndingRequest,
    QueueQuery, ReviewRequest, SiteCheckRequest, documents,
};
use crate::dto::records::ControlPathBody;
use crate::dto::registry::Nothing;
use crate::extract::{Asker, Command, CommandParams, Id, PageQuery, Query, page};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::state::ApiState;
use crate::w;
use crate::wire::Expected;

/// The version of an application that the caller read (`If-Match`); without it none is compared.
#[derive(Clone, Copy, Debug)]
pub struct Version(Option<u32>);

impl FromRequestParts<ApiState> for Version {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &ApiState) -> Result<Version, Problem> {
        let Some(tag) = parts.headers.get(IF_MATCH) else { return Ok(Version(None)) };
        let text = tag.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Version(None));
        }
        let number = text.strip_prefix("\"v").and_then(|rest| rest.strip_suffix('"')).and_then(|n| n.parse().ok());
        let expected =
            || Expected::of("读取申请时所得的 ETag，形如 \"v3\"", "the ETag of the application as read, as in \"v3\"");
        number.map(|n| Version(Some(n))).ok_or_else(|| Problem::parameter("If-Match", expected()))
    }
}

/// Hands in an application for a licence.
#[utoipa::path(post, path = "/v1/institutions/{id}/licence-applications", tag = "registry",
    params(("id" = w::InstitutionId, Path), CommandParams), request_body = ApplicationRequest,
    responses((status = 201, description = "Handed in.", body = Appended<ApplicationBody>), Problems))]
pub async fn apply(
    State(app): Uses,
    Id(institution): Id<InstitutionId>,
    command: Command<ApplicationRequest>,
) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let verb = ApplicationSubmit {
        application: app.new_id(&call, ApplicationId::new),
        institution,
        kind: body.kind.0,
        scope: body.scope.as_ref().map(|scope| scope.scope("scope.")).transpose()?,
        documents: documents(&body.documents),
        wish: body.wish.as_ref().map(|wish| app.secret(&wish.record())),
    };
    run::<ApplicationBody>(&app, call, prefer, Action::ApplicationSubmit, Thing::Institution(institution), verb).await
}

/// Applications of an institution.
#[utoipa::path(get, path = "/v1/institutions/{id}/licence-applications", tag = "registry",
    params(("id" = w::InstitutionId, Path), PageQuery),
    responses((status = 200, description = "Applications.", body = List<ApplicationBody>), Problems))]
pub async fn of_institution(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<InstitutionId>,
    Query(query): Query<PageQuery>,
) -> Read<List<ApplicationBody>> {
    let found = app.applications(asker.principal.as_ref(), id, &query.page()).await?;
    let today = asker.now.day();
    Ok(List::of(found, |one| ApplicationBody::of(one.clone(), app.days_left(&one, today))))
}

/// The queue: applications under way, what is due first first.
#[utoipa::path(get, path = "/v1/licence-applications", tag = "registry", params(QueueQuery),
    responses((status = 200, description = "The queue.", body = List<ApplicationBody>), Problems))]
pub async fn queue(State(app): Uses, asker: Asker, Query(query): Query<QueueQuery>) -> Read<List<ApplicationBody>> {
    let (state, kind) = (query.state.map(|state| state.0), query.kind.map(|kind| kind.0));
    let (region, page) = (query.region.map(|region| region.0), page(query.limit, query.after));
    let found = app.application_queue(asker.principal.as_ref(), region, (state, kind), &page).await?;
    let today = asker.now.day();
    Ok(List::of(found, |one| ApplicationBody::of(one.clone(), app.days_left(&one, today))))
}

/// An application; its `ETag` is what `If-Match` of the next step names.
#[utoipa::path(get, path = "/v1/licence-applications/{id}", tag = "registry",
    params(("id" = w::ApplicationId, Path)),
    responses((status = 200, description = "The application.", body = ApplicationBody), Problems))]
pub async fn show(State(app): Uses, asker: Asker, Id(id): Id<ApplicationId>) -> Answered {
    let found = app.application(asker.principal.as_ref(), id).await?;
    let (version, days_left) = (found.version, app.days_left(&found, asker.now.day()));
    // Who may decide sees at once who stands behind the applicant; others see nothing of it.
    let ties = app.control_paths(asker.principal.as_ref(), found.institution).await.unwrap_or_default();
    let ties = ties.into_iter().map(ControlPathBody::from).collect();
    // Whoever may see the application and not the files sees none of them.
    let named = app.application_papers(asker.principal.as_ref(), &found).await.unwrap_or_default();
    let (wish, correction) = (named.wish, named.notice);
    let papers = named.papers.into_iter().map(ApplicationPaperBody::from).collect();
    let body = ApplicationBody { ties, papers, wish, correction, ..ApplicationBody::of(found, days_left) };
    let mut response = Resource(body).into_response();
    tag(&mut response, version);
    Ok(response)
}

fn tag(response: &mut Response, version: u32) {
    if let Ok(tag) = HeaderValue::from_str(&format!("\"v{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
}

/// Accepts an application for decision; the time to decide runs from here.
#[utoipa::path(post, path = "/v1/licence-applications/{id}/acceptance", tag = "registry",
    params(("id" = w::ApplicationId, Path), CommandParams), request_body = Nothing,
    responses((status = 201, description = "Accepted.", body = Appended<ApplicationBody>), Problems))]
pub async fn accept(
    State(app): Uses,
    Id(application): Id<ApplicationId>,
    Version(expected): Version,
    command: Command<Nothing>,
) -> Answered {
    let Command { call, prefer, .. } = command;
    let (thing, verb) = (Thing::Application(application), ApplicationAccept { application, expected });
    run::<ApplicationBody>(&app, call, prefer, Action::ApplicationAccept, thing, verb).await
}

/// Asks for corrections, once (`what`), or hands them in (`documents`).
#[utoipa::path(post, path = "/v1/licence-applications/{id}/correction", tag = "registry",
    params(("id" = w::ApplicationId, Path), CommandParams), request_body = CorrectionRequest,
    responses((status = 201, description = "Asked for, or handed in.", body = Appended<ApplicationBody>), Problems))]
pub async fn correct(
    State(app): Uses,
    Id(application): Id<ApplicationId>,
    Version(expected): Version,
    command: Command<CorrectionRequest>,
) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let thing = Thing::Application(application);
    if body.what.is_some() {
        let correct_by_on = body.correct_by_on.map(|day| day.0);
        let what = committed(&app, &[("what", &body.what)]);
        let verb = ApplicationAskCorrection { application, expected, correct_by_on, what };
        return run::<ApplicationBody>(&app, call, prefer, Action::ApplicationAccept, thing, verb).await;
    }
    let verb = ApplicationCorrect { application, documents: documents(&body.documents) };
    run::<ApplicationBody>(&app, call, prefer, Action::ApplicationCorrect, thing, verb).await
}

/// Records the check of the site by two officers.
#[utoipa::path(post, path = "/v1/licence-applications/{id}/site-check", tag = "registry",
    params(("id" = w::ApplicationId, Path), CommandParams), request_body = SiteCheckRequest,
    responses((status = 201, description = "Recorded.", body = Appended<ApplicationBody>), Problems))]
pub async fn check_site(
    State(app): Uses,
    Id(application): Id<ApplicationId>,
    Version(expected): Version,
    command: Command<SiteCheckRequest>,
) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let verb = ApplicationCheckSite {
        application,
        expected,
        second_officer: body.second_officer.0,
        checked_on: body.checked_on.0,
        result: body.result.0,
        documents: documents(&body.documents),
        findings: committed(&app, &[("findings", &body.findings)]),
    };
    run::<ApplicationBody>(&app, call, prefer, Action::ApplicationExamine, Thing::Application(application), verb).await
}

/// Records an officer's advice on the decision.
#[utoipa::path(post, path = "/v1/licence-applications/{id}/review", tag = "registry",
    params(("id" = w::ApplicationId, Path), CommandParams), request_body = ReviewRequest,
    responses((status = 201, description = "Recorded.", body = Appended<ApplicationBody>), Problems))]
pub async fn review(
    State(app): Uses,
    Id(application): Id<ApplicationId>,
    Version(expected): Version,
    command: Command<ReviewRequest>,
) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let opinion = committed(&app, &[("opinion", &body.opinion)]);
    let verb = ApplicationReview { application, expected, advice: body.advice.0, opinion };
    run::<ApplicationBody>(&app, call, prefer, Action::ApplicationExamine, Thing::Application(application), verb).await
}

/// Grants or refuses; by another person than those who worked on it.
#[utoipa::path(post, path = "/v1/licence-applications/{id}/decision", tag = "registry",
    params(("id" = w::ApplicationId, Path), CommandParams), request_body = DecisionRequest,
    responses((status = 201, description = "Decided.", body = Appended<ApplicationBody>), Problems))]
pub async fn decide(
    State(app): Uses,
    Id(application): Id<ApplicationId>,
    Version(expected): Version,
    command: Command<DecisionRequest>,
) -> Answered {
    let Command { call, body, prefer, .. } = command;
    // What a grant changes and lacks is read before; a refusal asks for neither.
    let (record, lacking) = match body.decision.0 {
        registry::Decision::Grant => app.grant_follows(&call, application).await?,
        registry::Decision::Refuse => (Vec::new(), Vec::new()),
    };
    let verb = ApplicationDecide {
        application,
        expected,
        verdict: body.decision.0,
        licence: body.licence(app.new_id(&call, LicenceId::new))?,
        reason: committed(&app, &[("reason", &body.reason)]),
        record,
        lacking,
    };
    run::<ApplicationBody>(&app, call, prefer, Action::ApplicationDecide, Thing::Application(application), verb).await
}

/// Ends an application without a decision: taken back, not corrected in time, not accepted.
#[utoipa::path(post, path = "/v1/licence-applications/{id}/ending", tag = "registry",
    params(("id" = w::ApplicationId, Path), CommandParams), request_body = EndingRequest,
    responses((status = 201, description = "Ended.", body = Appended<ApplicationBody>), Problems))]
pub async fn end(State(app): Uses, Id(application): Id<ApplicationId>, command: Command<EndingRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let reason = committed(&app, &[("reason", &body.reason)]);
    let verb = ApplicationEnd { application, cause: body.cause.0, reason };
    run::<ApplicationBody>(&app, call, prefer, Action::ApplicationCorrect, Thing::Application(application), verb).await
}
