//! Licences: looked up by everybody, suspended, reinstated and revoked by the regulator.

use access::Action;
use app::read::Thing;
use app::verbs::{
    GrantedLicence, LicenceDeregister, LicenceHear, LicenceInspect, LicenceMeasureLift, LicenceMeasureTake,
    LicenceReinstate, LicenceRevoke, LicenceSurrender, LicenceSuspend,
};
use axum::extract::State;
use kernel::{HoldId, InstitutionId, LicenceId, ListingId};

use super::{Answered, Read, Uses, committed, run};
use crate::answer::{Appended, List, Resource};
use crate::dto::applications::documents;
use crate::dto::licences::{
    AnnualInspectionRequest, CarryOverRequest, HearingRequest, LicenceChangeBody, LicenceNumberQuery,
    MeasureLiftRequest, MeasureRequest, ReasonRequest, RevocationRequest,
};
use crate::dto::registry::LicenceBody;
use crate::extract::{Asker, Command, CommandParams, Id, Query};
use crate::openapi::Problems;
use crate::w;

/// Licences with a number.
#[utoipa::path(get, path = "/v1/licences", tag = "licences", security(()), params(LicenceNumberQuery),
    responses((status = 200, description = "Licences.", body = List<LicenceBody>), Problems))]
pub async fn find(State(app): Uses, _: Asker, Query(query): Query<LicenceNumberQuery>) -> Read<List<LicenceBody>> {
    let found = app.licences_by_number(query.number.0.as_str()).await?;
    Ok(Resource(List::all(found.iter().map(LicenceBody::from).collect())))
}

/// A licence.
#[utoipa::path(get, path = "/v1/licences/{id}", tag = "licences", security(()), params(("id" = w::LicenceId, Path)),
    responses((status = 200, description = "The licence.", body = LicenceBody), Problems))]
pub async fn show(State(app): Uses, _: Asker, Id(id): Id<LicenceId>) -> Read<LicenceBody> {
    Ok(Resource(LicenceBody::from(&app.licence(id).await?)))
}

/// Suspends a licence; releases are held.
#[utoipa::path(post, path = "/v1/licences/{id}/suspension", tag = "licences",
    params(("id" = w::LicenceId, Path), CommandParams), request_body = ReasonRequest,
    responses((status = 201, description = "Suspended.", body = Appended<LicenceChangeBody>), Problems))]
pub async fn suspend(State(app): Uses, Id(licence): Id<LicenceId>, command: Command<ReasonRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let reason = || committed(&app, &[("reason", &body.reason)]);
    let verb = LicenceSuspend { licence, hold: app.new_id(&call, HoldId::new), reasons: [reason(), reason()] };
    run::<LicenceChangeBody>(&app, call, prefer, Action::LicenceSuspend, Thing::Licence(licence), verb).await
}

/// Lifts a suspension.
#[utoipa::path(post, path = "/v1/licences/{id}/reinstatement", tag = "licences",
    params(("id" = w::LicenceId, Path), CommandParams), request_body = ReasonRequest,
    responses((status = 201, description = "Reinstated.", body = Appended<LicenceChangeBody>), Problems))]
pub async fn reinstate(State(app): Uses, Id(licence): Id<LicenceId>, command: Command<ReasonRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let verb = LicenceReinstate { licence, reason: committed(&app, &[("reason", &body.reason)]) };
    run::<LicenceChangeBody>(&app, call, prefer, Action::LicenceReinstate, Thing::Licence(licence), verb).await
}

/// Revokes a licence: an officer without the approver's duty proposes, an approver decides.
#[utoipa::path(post, path = "/v1/licences/{id}/revocation", tag = "licences",
    params(("id" = w::LicenceId, Path), CommandParams), request_body = RevocationRequest,
    responses((status = 201, description = "Proposed or decided.", body = Appended<LicenceChangeBody>), Problems))]
pub async fn revoke(State(app): Uses, Id(licence): Id<LicenceId>, command: Command<RevocationRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let reason = || committed(&app, &[("basis", &body.basis)]);
    let verb = LicenceRevoke {
        licence,
        reason_code: body.reason_code.0.clone(),
        effective_on: body.effective_on.0,
        hold: app.new_id(&call, HoldId::new),
        listing: app.new_id(&call, ListingId::new),
        reasons: [reason(), reason(), reason()],
    };
    run::<LicenceChangeBody>(&app, call, prefer, Action::LicenceRevoke, Thing::Licence(licence), verb).await
}

/// Takes a step between the proposal of a revocation and its decision: asking for a hearing or waiving
/// it, telling its day, holding it, dropping the proposal.
#[utoipa::path(post, path = "/v1/licences/{id}/hearing", tag = "licences",
    params(("id" = w::LicenceId, Path), CommandParams), request_body = HearingRequest,
    responses((status = 201, description = "Recorded.", body = Appended<LicenceChangeBody>), Problems))]
pub async fn hear(State(app): Uses, Id(licence): Id<LicenceId>, command: Command<HearingRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let held_on = body.held_on.map(|day| day.0);
    let verb = LicenceHear { licence, step: body.step.0, held_on, words: committed(&app, &[("words", &body.words)]) };
    run::<LicenceChangeBody>(&app, call, prefer, Action::HearingAnswer, Thing::Licence(licence), verb).await
}

/// Warns, orders to rectify, stops enrolment.
#[utoipa::path(post, path = "/v1/licences/{id}/measures", tag = "licences",
    params(("id" = w::LicenceId, Path), CommandParams), request_body = MeasureRequest,
    responses((status = 201, description = "Ordered.", body = Appended<LicenceChangeBody>), Problems))]
pub async fn measure(State(app): Uses, Id(licence): Id<LicenceId>, command: Command<MeasureRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let verb = LicenceMeasureTake {
        licence,
        measure: body.measure.0,
        reason_code: body.reason_code.0.clone(),
        until_on: body.until_on.map(|day| day.0),
        basis: committed(&app, &[("basis", &body.basis)]),
    };
    run::<LicenceChangeBody>(&app, call, prefer, Action::LicenceMeasure, Thing::Licence(licence), verb).await
}

/// Lifts an order to rectify or a stop of enrolment.
#[utoipa::path(post, path = "/v1/licences/{id}/measures/lifting", tag = "licences",
    params(("id" = w::LicenceId, Path), CommandParams), request_body = MeasureLiftRequest,
    responses((status = 201, description = "Lifted.", body = Appended<LicenceChangeBody>), Problems))]
pub async fn lift(State(app): Uses, Id(licence): Id<LicenceId>, command: Command<MeasureLiftRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let reason = committed(&app, &[("reason", &body.reason)]);
    let verb = LicenceMeasureLift { licence, measure: body.measure.0, reason };
    run::<LicenceChangeBody>(&app, call, prefer, Action::LicenceMeasure, Thing::Licence(licence), verb).await
}

/// Notes the result of the annual inspection.
#[utoipa::path(post, path = "/v1/licences/{id}/annual-inspections", tag = "licences",
    params(("id" = w::LicenceId, Path), CommandParams), request_body = AnnualInspectionRequest,
    responses((status = 201, description = "Noted.", body = Appended<LicenceChangeBody>), Problems))]
pub async fn inspect(
    State(app): Uses,
    Id(licence): Id<LicenceId>,
    command: Command<AnnualInspectionRequest>,
) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let findings = committed(&app, &[("findings", &body.findings)]);
    let verb = LicenceInspect { licence, year: body.year, grade: body.grade.0, findings };
    run::<LicenceChangeBody>(&app, call, prefer, Action::LicenceInspect, Thing::Licence(licence), verb).await
}

/// Takes back a licence that its holder gives back; families are refunded first.
#[utoipa::path(post, path = "/v1/licences/{id}/surrender", tag = "licences",
    params(("id" = w::LicenceId, Path), CommandParams), request_body = ReasonRequest,
    responses((status = 201, description = "Taken back.", body = Appended<LicenceChangeBody>), Problems))]
pub async fn surrender(State(app): Uses, Id(licence): Id<LicenceId>, command: Command<ReasonRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let (listing, reason) = (app.new_id(&call, ListingId::new), committed(&app, &[("reason", &body.reason)]));
    let verb = LicenceSurrender { licence, listing, reason };
    run::<LicenceChangeBody>(&app, call, prefer, Action::LicenceDeregister, Thing::Licence(licence), verb).await
}

/// Strikes an ended licence from the register.
#[utoipa::path(post, path = "/v1/licences/{id}/deregistration", tag = "licences",
    params(("id" = w::LicenceId, Path), CommandParams), request_body = ReasonRequest,
    responses((status = 201, description = "Struck.", body = Appended<LicenceChangeBody>), Problems))]
pub async fn deregister(State(app): Uses, Id(licence): Id<LicenceId>, command: Command<ReasonRequest>) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let verb = LicenceDeregister { licence, reason: committed(&app, &[("reason", &body.reason)]) };
    run::<LicenceChangeBody>(&app, call, prefer, Action::LicenceDeregister, Thing::Licence(licence), verb).await
}

/// Carries a licence that is older than the ledger into it, once (docs/adr/0013).
#[utoipa::path(post, path = "/v1/institutions/{id}/licence-carry-over", tag = "licences",
    params(("id" = w::InstitutionId, Path), CommandParams), request_body = CarryOverRequest,
    responses((status = 201, description = "Carried over.", body = Appended<LicenceBody>), Problems))]
pub async fn carry_over(
    State(app): Uses,
    Id(institution): Id<InstitutionId>,
    command: Command<CarryOverRequest>,
) -> Answered {
    let Command { call, body, prefer, .. } = command;
    let licence = GrantedLicence {
        licence: app.new_id(&call, LicenceId::new),
        number: body.licence_number.0.clone(),
        valid_from_on: body.valid_from_on.0,
        valid_until_on: body.valid_until_on.0,
    };
    let reason = committed(&app, &[("reason", &body.reason)]);
    let verb = app.licence_carry_over(&call, institution, licence, documents(&body.documents), reason).await?;
    run::<LicenceBody>(&app, call, prefer, Action::ApplicationDecide, Thing::Institution(institution), verb).await
}
