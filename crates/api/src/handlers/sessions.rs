//! Logging in and out, and who one is.

use axum::extract::State;
use axum::http::StatusCode;

use super::{Read, Uses};
use crate::answer::{Created, Resource};
use crate::dto::identity::{SessionBody, SessionRequest, UserBody};
use crate::extract::{Asker, Body, SignedIn};
use crate::openapi::Problems;
use crate::problem::Problem;

/// Logs in.
#[utoipa::path(post, path = "/v1/sessions", tag = "sessions", security(()), request_body = SessionRequest,
    responses((status = 201, description = "Signed in.", body = SessionBody), Problems))]
pub async fn open(
    State(app): Uses,
    asker: Asker,
    Body { parsed, .. }: Body<SessionRequest>,
) -> Result<Created<SessionBody>, Problem> {
    Ok(Created(app.session_open(asker.now, &parsed.username, parsed.password).await?.into()))
}

/// Logs out.
#[utoipa::path(delete, path = "/v1/sessions/current", tag = "sessions",
    responses((status = 204, description = "Signed out."), Problems))]
pub async fn close(State(app): Uses, user: SignedIn) -> Result<StatusCode, Problem> {
    app.session_close(&user.token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who one is.
#[utoipa::path(get, path = "/v1/me", tag = "sessions",
    responses((status = 200, description = "The user.", body = UserBody), Problems))]
pub async fn me(State(app): Uses, user: SignedIn) -> Read<UserBody> {
    Ok(Resource(app.user(user.principal.user).await?.into()))
}
