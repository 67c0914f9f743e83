//! Logging in and out, one's sessions, and who one is.

use app::identity::{ExternalLogin, Login};
use axum::extract::State;
use axum::http::StatusCode;
use kernel::SessionId;

use super::{Read, Uses};
use crate::answer::{Created, List, Resource};
use crate::dto::accounts::{CodeRequest, ConfirmedBody, ProviderBegunBody, ProviderLoginRequest, SessionInfoBody};
use crate::dto::identity::{SessionBody, SessionRequest, UserBody};
use crate::extract::{Asker, Body, From, Id, SignedIn};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::w;

/// Logs in.
#[utoipa::path(post, path = "/v1/sessions", tag = "sessions", security(()), request_body = SessionRequest,
    responses((status = 201, description = "Signed in.", body = SessionBody), Problems))]
pub async fn open(
    State(app): Uses,
    asker: Asker,
    From(origin): From,
    Body { parsed, .. }: Body<SessionRequest>,
) -> Result<Created<SessionBody>, Problem> {
    Ok(Created(app.session_open_from(asker.now, Login::from(parsed), origin).await?.into()))
}

/// Logs out.
#[utoipa::path(delete, path = "/v1/sessions/current", tag = "sessions",
    responses((status = 204, description = "Signed out."), Problems))]
pub async fn close(State(app): Uses, user: SignedIn) -> Result<StatusCode, Problem> {
    app.session_close(&user.token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's own sessions, the newest first.
#[utoipa::path(get, path = "/v1/me/sessions", tag = "sessions",
    responses((status = 200, description = "Sessions.", body = List<SessionInfoBody>), Problems))]
pub async fn own(State(app): Uses, user: SignedIn) -> Read<List<SessionInfoBody>> {
    let sessions = app.own_sessions(&user.caller, user.now).await?;
    Ok(Resource(List::all(sessions.into_iter().map(SessionInfoBody::from).collect())))
}

/// Ends one of one's own sessions.
#[utoipa::path(delete, path = "/v1/me/sessions/{id}", tag = "sessions", params(("id" = w::SessionId, Path)),
    responses((status = 204, description = "Ended."), Problems))]
pub async fn end(State(app): Uses, user: SignedIn, Id(id): Id<SessionId>) -> Result<StatusCode, Problem> {
    app.own_session_end(&user.caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Confirms the session with a one-time code, for some minutes.
#[utoipa::path(post, path = "/v1/sessions/current/step-up", tag = "sessions", request_body = CodeRequest,
    responses((status = 201, description = "Confirmed.", body = ConfirmedBody), Problems))]
pub async fn step_up(
    State(app): Uses,
    user: SignedIn,
    Body { parsed, .. }: Body<CodeRequest>,
) -> Result<Created<ConfirmedBody>, Problem> {
    Ok(Created(ConfirmedBody::of(app.step_up(&user.caller, user.now, &parsed.code).await?)))
}

/// Begins a log-in at the bureau's own identity provider.
#[utoipa::path(post, path = "/v1/oidc/authorizations", tag = "sessions", security(()),
    responses((status = 201, description = "Where to go.", body = ProviderBegunBody), Problems))]
pub async fn provider_begin(State(app): Uses, asker: Asker) -> Result<Created<ProviderBegunBody>, Problem> {
    Ok(Created(app.oidc_begin(asker.now).await?.into()))
}

/// Ends a log-in at the identity provider, with what it handed back.
#[utoipa::path(post, path = "/v1/oidc/sessions", tag = "sessions", security(()), request_body = ProviderLoginRequest,
    responses((status = 201, description = "Signed in.", body = SessionBody), Problems))]
pub async fn provider_finish(
    State(app): Uses,
    asker: Asker,
    From(origin): From,
    Body { parsed, .. }: Body<ProviderLoginRequest>,
) -> Result<Created<SessionBody>, Problem> {
    Ok(Created(app.oidc_finish(asker.now, ExternalLogin::from(parsed), origin).await?.into()))
}

/// Who one is.
#[utoipa::path(get, path = "/v1/me", tag = "sessions",
    responses((status = 200, description = "The user.", body = UserBody), Problems))]
pub async fn me(State(app): Uses, user: SignedIn) -> Read<UserBody> {
    Ok(Resource(app.user(user.principal.user).await?.into()))
}
