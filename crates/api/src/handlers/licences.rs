//! Licences: looked up by everybody, suspended, reinstated and revoked by the regulator.

use access::Action;
use app::read::Thing;
use app::verbs::{LicenceReinstate, LicenceRevoke, LicenceSuspend};
use axum::extract::State;
use kernel::{HoldId, LicenceId, ListingId};

use super::{Answered, Read, Uses, committed, run};
use crate::answer::{Appended, List, Resource};
use crate::dto::registry::{LicenceBody, LicenceChangeBody, LicenceNumberQuery, ReasonRequest, RevocationRequest};
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
