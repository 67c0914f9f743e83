//! Users, for whoever manages them.

use access::{Action, Caller, Target};
use app::Call;
use app::identity::NewUser;
use axum::extract::State;
use axum::http::StatusCode;
use kernel::{ApiKeyId, UserId};

use super::{Read, Uses};
use crate::answer::{Created, List, Resource, tag_of};
use crate::dto::accounts::{ApiKeyBody, EndedBody, IdentityBody, IdentityRequest, PasswordRequest, SessionInfoBody};
use crate::dto::identity::{UserBody, UserRequest};
use crate::dto::users::{UserChangeRequest, UserList, UsersQuery};
use crate::extract::{Body, Id, Ids, IfMatch, Query, SignedIn};
use crate::openapi::Problems;
use crate::problem::Problem;
use crate::w;

fn call(user: SignedIn) -> Call {
    Call { principal: Some(user.principal), now: user.now, key: None, dry_run: false }
}

/// Makes a user.
#[utoipa::path(post, path = "/v1/users", tag = "users", request_body = UserRequest,
    responses((status = 201, description = "Made.", body = UserBody), Problems))]
pub async fn create(
    State(app): Uses,
    user: SignedIn,
    Body { parsed, .. }: Body<UserRequest>,
) -> Result<Created<UserBody>, Problem> {
    // Who may never make users is told so, whatever else is wrong.
    if !access::may_ever(&user.principal.role, Action::UserManage) {
        let caller = Caller::User(&user.principal);
        access::check(caller, Action::UserManage, &Target::Nothing).map_err(app::AppError::from)?;
    }
    Ok(Created(app.user_create(&call(user), NewUser::try_from(parsed)?).await?.into()))
}

/// The users whom one manages.
#[utoipa::path(get, path = "/v1/users", tag = "users", params(UsersQuery),
    responses((status = 200, description = "Users.", body = UserList), Problems))]
pub async fn list(State(app): Uses, user: SignedIn, Query(query): Query<UsersQuery>) -> Read<UserList> {
    // One more than fits tells whether there is a next page.
    let users = app.users(&call(user), query.after(), query.limit().saturating_add(1)).await?;
    Ok(Resource(UserList::of(users, query.limit())))
}

/// A user.
#[utoipa::path(get, path = "/v1/users/{id}", tag = "users", params(("id" = w::UserId, Path)),
    responses((status = 200, description = "The user.", body = UserBody), Problems))]
pub async fn show(State(app): Uses, user: SignedIn, Id(id): Id<UserId>) -> Read<UserBody> {
    Ok(Resource(app.managed_user(&call(user), id).await?.into()))
}

/// Changes a user; `If-Match` names the version that was read. One who may no longer log in is logged
/// out, and the API keys are revoked.
#[utoipa::path(patch, path = "/v1/users/{id}", tag = "users",
    params(("id" = w::UserId, Path), ("If-Match" = String, Header, description = "The `ETag` that was read.")),
    request_body = UserChangeRequest,
    responses((status = 200, description = "Changed.", body = UserBody), Problems))]
pub async fn change(
    State(app): Uses,
    user: SignedIn,
    Id(id): Id<UserId>,
    if_match: IfMatch,
    Body { parsed, .. }: Body<UserChangeRequest>,
) -> Read<UserBody> {
    let call = call(user);
    let found = app.managed_user(&call, id).await?;
    let version = found.version;
    if_match.holds(&tag_of(&UserBody::from(found)))?;
    Ok(Resource(app.user_change(&call, id, version, parsed.into()).await?.into()))
}

/// Sets a user's password; the user's sessions end.
#[utoipa::path(post, path = "/v1/users/{id}/password", tag = "users", params(("id" = w::UserId, Path)),
    request_body = PasswordRequest, responses((status = 204, description = "Set."), Problems))]
pub async fn password(
    State(app): Uses,
    user: SignedIn,
    Id(id): Id<UserId>,
    Body { parsed, .. }: Body<PasswordRequest>,
) -> Result<StatusCode, Problem> {
    app.user_password_reset(&call(user), id, parsed.password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A user's sessions, the newest first.
#[utoipa::path(get, path = "/v1/users/{id}/sessions", tag = "users", params(("id" = w::UserId, Path)),
    responses((status = 200, description = "Sessions.", body = List<SessionInfoBody>), Problems))]
pub async fn sessions(State(app): Uses, user: SignedIn, Id(id): Id<UserId>) -> Read<List<SessionInfoBody>> {
    let sessions = app.sessions_of(&call(user), id).await?;
    Ok(Resource(List::all(sessions.into_iter().map(SessionInfoBody::from).collect())))
}

/// Ends all sessions of a user.
#[utoipa::path(delete, path = "/v1/users/{id}/sessions", tag = "users", params(("id" = w::UserId, Path)),
    responses((status = 200, description = "Ended.", body = EndedBody), Problems))]
pub async fn sessions_end(State(app): Uses, user: SignedIn, Id(id): Id<UserId>) -> Read<EndedBody> {
    Ok(Resource(EndedBody { ended: app.sessions_end(&call(user), id).await? }))
}

/// Removes a user's second factor, to be set up anew; the user's sessions end.
#[utoipa::path(delete, path = "/v1/users/{id}/second-factor", tag = "users", params(("id" = w::UserId, Path)),
    responses((status = 204, description = "Removed."), Problems))]
pub async fn factor_reset(State(app): Uses, user: SignedIn, Id(id): Id<UserId>) -> Result<StatusCode, Problem> {
    app.factor_reset(&call(user), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A user's API keys, the newest first.
#[utoipa::path(get, path = "/v1/users/{id}/api-keys", tag = "users", params(("id" = w::UserId, Path)),
    responses((status = 200, description = "Keys.", body = List<ApiKeyBody>), Problems))]
pub async fn keys(State(app): Uses, user: SignedIn, Id(id): Id<UserId>) -> Read<List<ApiKeyBody>> {
    let keys = app.api_keys_of(&call(user), id).await?;
    Ok(Resource(List::all(keys.into_iter().map(ApiKeyBody::from).collect())))
}

/// Revokes a user's API key.
#[utoipa::path(delete, path = "/v1/users/{id}/api-keys/{key}", tag = "users",
    params(("id" = w::UserId, Path), ("key" = w::ApiKeyId, Path)),
    responses((status = 204, description = "Revoked."), Problems))]
pub async fn key_revoke(
    State(app): Uses,
    user: SignedIn,
    Ids(id, key): Ids<UserId, ApiKeyId>,
) -> Result<StatusCode, Problem> {
    app.api_key_revoke_of(&call(user), id, key).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The accounts at identity providers that a user is linked to.
#[utoipa::path(get, path = "/v1/users/{id}/identities", tag = "users", params(("id" = w::UserId, Path)),
    responses((status = 200, description = "Accounts.", body = List<IdentityBody>), Problems))]
pub async fn identities(State(app): Uses, user: SignedIn, Id(id): Id<UserId>) -> Read<List<IdentityBody>> {
    let links = app.identity_links(&call(user), id).await?;
    let bodies = links.into_iter().map(|(issuer, subject, at)| IdentityBody::of(issuer, subject, at));
    Ok(Resource(List::all(bodies.collect())))
}

/// Links a user to an account at an identity provider.
#[utoipa::path(post, path = "/v1/users/{id}/identities", tag = "users", params(("id" = w::UserId, Path)),
    request_body = IdentityRequest, responses((status = 201, description = "Linked.", body = IdentityBody), Problems))]
pub async fn identity_add(
    State(app): Uses,
    user: SignedIn,
    Id(id): Id<UserId>,
    Body { parsed, .. }: Body<IdentityRequest>,
) -> Result<Created<IdentityBody>, Problem> {
    let (issuer, subject) = (parsed.issuer.0, parsed.subject.0);
    let at = app.identity_link_add(&call(user), id, issuer.clone(), subject.clone()).await?;
    Ok(Created(IdentityBody::of(issuer, subject, at)))
}

/// Unlinks an account; the user's sessions end.
#[utoipa::path(delete, path = "/v1/users/{id}/identities/current", tag = "users", params(("id" = w::UserId, Path)),
    request_body = IdentityRequest, responses((status = 204, description = "Unlinked."), Problems))]
pub async fn identity_remove(
    State(app): Uses,
    user: SignedIn,
    Id(id): Id<UserId>,
    Body { parsed, .. }: Body<IdentityRequest>,
) -> Result<StatusCode, Problem> {
    app.identity_link_remove(&call(user), id, &parsed.issuer.0, &parsed.subject.0).await?;
    Ok(StatusCode::NO_CONTENT)
}
