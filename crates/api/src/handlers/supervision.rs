//! Supervision: inspections, alerts and what is done about them, the scheduler.

use access::Action;
use app::read::Thing;
use app::verbs::{AlertStepTake, InspectionRecord};
use axum::extract::State;
use escrow::{AlertStep, InspectionFinding};
use kernel::{AlertId, InspectionId, InstitutionId};

use super::{Answered, Read, Uses, committed, run};
use crate::answer::{Appended, List, Resource};
use crate::dto::supervision::{
    AlertBody, AlertFilter, AlertStepBody, AlertStepRequest, InspectionBody, InspectionRequest, JobsBody,
};
use crate::extract::{Asker, Command, CommandParams, Id, PageQuery, Query, SignedIn};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::problem_type::ProblemType;
use crate::w;
use crate::wire::Expected;

/// An account that families were told to pay to is another than the registered one.
async fn payee_is_another(app: &app::App, body: &InspectionRequest) -> Result<(), Problem> {
    let registered = match &body.payee_account {
        _ if body.finding.0 != InspectionFinding::PayeeMismatch => false,
        Some(account) => app.is_registered_account(body.institution.0, account.0.as_str()).await?,
        None => true,
    };
    if !registered {
        return Ok(());
    }
    let (zh, en) = ("须填写与登记托管账户不同的收款账号。", "Give the account that is not the registered one.");
    Err(Problem::of(ProblemType::InvalidField).field("payee_account").detail(Expected::of(zh, en)))
}

/// Records what officers found at a site, with the list of problems.
#[utoipa::path(post, path = "/v1/inspections", tag = "supervision",
    params(CommandParams), request_body = InspectionRequest,
    responses((status = 201, description = "Recorded.", body = Appended<InspectionBody>), Problems))]
pub async fn inspect(State(app): Uses, command: Command<InspectionRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    payee_is_another(&app, &body).await?;
    let verb = InspectionRecord {
        inspection: app.new_id(&call, InspectionId::new),
        institution: body.institution.0,
        inspected_on: body.inspected_on.0,
        finding: body.finding.0,
        problems: u64::try_from(body.problems.len()).unwrap_or(u64::MAX),
        text: app.secret(&body.record()),
    };
    let thing = Thing::Institution(body.institution.0);
    run::<InspectionBody>(&app, call, prefer, Action::InspectionRecord, thing, verb).await
}

/// Inspections of an institution.
#[utoipa::path(get, path = "/v1/institutions/{id}/inspections", tag = "supervision",
    params(("id" = w::InstitutionId, Path), PageQuery),
    responses((status = 200, description = "Inspections.", body = List<InspectionBody>), Problems))]
pub async fn inspections(
    State(app): Uses,
    asker: Asker,
    Id(id): Id<InstitutionId>,
    Query(query): Query<PageQuery>,
) -> Read<List<InspectionBody>> {
    Ok(List::of(app.inspections(asker.principal.as_ref(), id, &query.page()).await?, InspectionBody::from))
}

/// Alerts, each with its rule and the facts that it lists.
#[utoipa::path(get, path = "/v1/alerts", tag = "supervision", params(AlertFilter),
    responses((status = 200, description = "Alerts.", body = List<AlertBody>), Problems))]
pub async fn alerts(State(app): Uses, user: SignedIn, Query(filter): Query<AlertFilter>) -> Read<List<AlertBody>> {
    let (query, page) = filter.query();
    let language = user.language;
    let found = app.alerts(Some(&user.principal), &query, &page).await?;
    Ok(List::of(found, |view| AlertBody::of(view, language)))
}

/// One alert.
#[utoipa::path(get, path = "/v1/alerts/{id}", tag = "supervision", params(("id" = w::AlertId, Path)),
    responses((status = 200, description = "The alert.", body = AlertBody), Problems))]
pub async fn alert(State(app): Uses, user: SignedIn, Id(id): Id<AlertId>) -> Read<AlertBody> {
    Ok(Resource(AlertBody::of(app.alert(Some(&user.principal), id).await?, user.language)))
}

async fn step(app: &app::App, alert: AlertId, command: Command<AlertStepRequest>, step: AlertStep) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let action = if step == AlertStep::Explained { Action::AlertExplain } else { Action::AlertHandle };
    let verb = AlertStepTake { alert, step, text: committed(app, &[("text", &body.text)]) };
    run::<AlertStepBody>(app, call, prefer, action, Thing::Alert(alert), verb).await
}

/// An officer takes an alert on.
#[utoipa::path(post, path = "/v1/alerts/{id}/acknowledgement", tag = "supervision",
    params(("id" = w::AlertId, Path), CommandParams), request_body = AlertStepRequest,
    responses((status = 201, description = "Taken on.", body = Appended<AlertStepBody>), Problems))]
pub async fn acknowledge(State(app): Uses, Id(id): Id<AlertId>, command: Command<AlertStepRequest>) -> Answered {
    step(&app, id, command, AlertStep::Acknowledged).await
}

/// The institution explains an alert.
#[utoipa::path(post, path = "/v1/alerts/{id}/explanation", tag = "supervision",
    params(("id" = w::AlertId, Path), CommandParams), request_body = AlertStepRequest,
    responses((status = 201, description = "Explained.", body = Appended<AlertStepBody>), Problems))]
pub async fn explain(State(app): Uses, Id(id): Id<AlertId>, command: Command<AlertStepRequest>) -> Answered {
    step(&app, id, command, AlertStep::Explained).await
}

/// An officer passes an alert on to the next level.
#[utoipa::path(post, path = "/v1/alerts/{id}/escalation", tag = "supervision",
    params(("id" = w::AlertId, Path), CommandParams), request_body = AlertStepRequest,
    responses((status = 201, description = "Passed on.", body = Appended<AlertStepBody>), Problems))]
pub async fn escalate(State(app): Uses, Id(id): Id<AlertId>, command: Command<AlertStepRequest>) -> Answered {
    step(&app, id, command, AlertStep::Escalated).await
}

/// An officer closes an alert.
#[utoipa::path(post, path = "/v1/alerts/{id}/closure", tag = "supervision",
    params(("id" = w::AlertId, Path), CommandParams), request_body = AlertStepRequest,
    responses((status = 201, description = "Closed.", body = Appended<AlertStepBody>), Problems))]
pub async fn close(State(app): Uses, Id(id): Id<AlertId>, command: Command<AlertStepRequest>) -> Answered {
    step(&app, id, command, AlertStep::Closed).await
}

/// What the scheduler does: every job with its lease, when it is due, and its last runs.
#[utoipa::path(get, path = "/v1/jobs", tag = "supervision",
    responses((status = 200, description = "Jobs.", body = JobsBody), Problems))]
pub async fn jobs(State(app): Uses, user: SignedIn) -> Read<JobsBody> {
    Ok(Resource(JobsBody::of(app.jobs(Some(&user.principal), 100).await?, user.language)))
}
