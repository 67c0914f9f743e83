//! Users, for administrators.

use access::{Action, Caller, Target};
use app::Call;
use app::identity::NewUser;
use axum::extract::State;

use super::{Read, Uses};
use crate::answer::{Created, Resource};
use crate::dto::identity::{UserBody, UserRequest};
use crate::dto::users::{UserList, UsersQuery};
use crate::extract::{Body, Query, SignedIn};
use crate::openapi::Problems;
use crate::problem::Problem;

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
    // Who may not make users is told so, whatever else is wrong.
    let caller = Caller::User(&user.principal);
    access::check(caller, Action::UserManage, &Target::Nothing).map_err(app::AppError::from)?;
    Ok(Created(app.user_create(&call(user), NewUser::try_from(parsed)?).await?.into()))
}

/// Users.
#[utoipa::path(get, path = "/v1/users", tag = "users", params(UsersQuery),
    responses((status = 200, description = "Users.", body = UserList), Problems))]
pub async fn list(State(app): Uses, user: SignedIn, Query(query): Query<UsersQuery>) -> Read<UserList> {
    // One more than fits tells whether there is a next page.
    let users = app.users(&call(user), query.after(), query.limit().saturating_add(1)).await?;
    Ok(Resource(UserList::of(users, query.limit())))
}
