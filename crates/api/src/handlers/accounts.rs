//! One's own account: password, second factor, API keys, lent duties.

use axum::extract::State;
use axum::http::StatusCode;
use kernel::{ApiKeyId, DelegationId};

use super::{Read, Uses};
use crate::answer::{Created, List, Resource};
use crate::dto::accounts::{
    ApiKeyBody, ApiKeyRequest, CodeRequest, DelegationBody, DelegationRequest, FactorBody, FactorEnrolmentBody,
    NewApiKeyBody, OwnPasswordRequest, PasswordRequest, RecoveryCodesBody,
};
use crate::extract::{Body, Id, SignedIn};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::w;

/// Changes one's password; all one's sessions end.
#[utoipa::path(post, path = "/v1/me/password", tag = "sessions", request_body = OwnPasswordRequest,
    responses((status = 204, description = "Changed: log in again."), Problems))]
pub async fn password(
    State(app): Uses,
    user: SignedIn,
    Body { parsed, .. }: Body<OwnPasswordRequest>,
) -> Result<StatusCode, Problem> {
    app.password_change(&user.caller, user.now, parsed.present, parsed.password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What there is of one's second factor.
#[utoipa::path(get, path = "/v1/me/second-factor", tag = "sessions",
    responses((status = 200, description = "The second factor.", body = FactorBody), Problems))]
pub async fn factor(State(app): Uses, user: SignedIn) -> Read<FactorBody> {
    Ok(Resource(app.factor_status(&user.caller).await?.into()))
}

/// Begins to set up a second factor: the secret and its QR code, shown once.
#[utoipa::path(post, path = "/v1/me/second-factor", tag = "sessions", request_body = PasswordRequest,
    responses((status = 201, description = "To be confirmed with a code.", body = FactorEnrolmentBody), Problems))]
pub async fn factor_begin(
    State(app): Uses,
    user: SignedIn,
    Body { parsed, .. }: Body<PasswordRequest>,
) -> Result<Created<FactorEnrolmentBody>, Problem> {
    Ok(Created(app.factor_begin(&user.caller, user.now, parsed.password).await?.into()))
}

/// Ends setting up with the first code; answers with the recovery codes, shown once.
#[utoipa::path(post, path = "/v1/me/second-factor/confirmation", tag = "sessions", request_body = CodeRequest,
    responses((status = 201, description = "Set up.", body = RecoveryCodesBody), Problems))]
pub async fn factor_confirm(
    State(app): Uses,
    user: SignedIn,
    Body { parsed, .. }: Body<CodeRequest>,
) -> Result<Created<RecoveryCodesBody>, Problem> {
    let recovery_codes = app.factor_confirm(&user.caller, user.now, &parsed.code).await?;
    Ok(Created(RecoveryCodesBody { recovery_codes }))
}

/// Removes one's second factor, with a code of it.
#[utoipa::path(delete, path = "/v1/me/second-factor", tag = "sessions", request_body = CodeRequest,
    responses((status = 204, description = "Removed."), Problems))]
pub async fn factor_remove(
    State(app): Uses,
    user: SignedIn,
    Body { parsed, .. }: Body<CodeRequest>,
) -> Result<StatusCode, Problem> {
    app.factor_remove(&user.caller, user.now, &parsed.code).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's API keys, the newest first.
#[utoipa::path(get, path = "/v1/api-keys", tag = "sessions",
    responses((status = 200, description = "Keys.", body = List<ApiKeyBody>), Problems))]
pub async fn keys(State(app): Uses, user: SignedIn) -> Read<List<ApiKeyBody>> {
    let keys = app.api_keys(&user.caller).await?;
    Ok(Resource(List::all(keys.into_iter().map(ApiKeyBody::from).collect())))
}

/// Makes an API key; the key itself is shown once.
#[utoipa::path(post, path = "/v1/api-keys", tag = "sessions", request_body = ApiKeyRequest,
    responses((status = 201, description = "Made.", body = NewApiKeyBody), Problems))]
pub async fn key_create(
    State(app): Uses,
    user: SignedIn,
    Body { parsed, .. }: Body<ApiKeyRequest>,
) -> Result<Created<NewApiKeyBody>, Problem> {
    Ok(Created(app.api_key_create(&user.caller, user.now, parsed.into()).await?.into()))
}

/// Revokes one of one's API keys.
#[utoipa::path(delete, path = "/v1/api-keys/{id}", tag = "sessions", params(("id" = w::ApiKeyId, Path)),
    responses((status = 204, description = "Revoked."), Problems))]
pub async fn key_revoke(State(app): Uses, user: SignedIn, Id(id): Id<ApiKeyId>) -> Result<StatusCode, Problem> {
    app.api_key_revoke(&user.caller, user.now, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Duties that one lent and was lent, the newest first.
#[utoipa::path(get, path = "/v1/delegations", tag = "sessions",
    responses((status = 200, description = "Delegations.", body = List<DelegationBody>), Problems))]
pub async fn delegations(State(app): Uses, user: SignedIn) -> Read<List<DelegationBody>> {
    let lent = app.delegations(&user.caller).await?;
    Ok(Resource(List::all(lent.into_iter().map(DelegationBody::from).collect())))
}

/// Lends duties to a colleague until a day.
#[utoipa::path(post, path = "/v1/delegations", tag = "sessions", request_body = DelegationRequest,
    responses((status = 201, description = "Lent.", body = DelegationBody), Problems))]
pub async fn delegation_create(
    State(app): Uses,
    user: SignedIn,
    Body { parsed, .. }: Body<DelegationRequest>,
) -> Result<Created<DelegationBody>, Problem> {
    let new = parsed.on(user.now.day());
    Ok(Created(app.delegation_create(&user.caller, user.now, new).await?.into()))
}

/// Withdraws duties that one lent.
#[utoipa::path(delete, path = "/v1/delegations/{id}", tag = "sessions", params(("id" = w::DelegationId, Path)),
    responses((status = 204, description = "Withdrawn."), Problems))]
pub async fn delegation_revoke(
    State(app): Uses,
    user: SignedIn,
    Id(id): Id<DelegationId>,
) -> Result<StatusCode, Problem> {
    app.delegation_revoke(&user.caller, user.now, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
