//! Pages of users; the cursor is a user's id, since users are of no ledger.

use app::identity::{User, UserChange};
use kernel::UserId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::identity::UserBody;
use crate::extract::LIMIT_DEFAULT;
use crate::w;

/// Which page.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UsersQuery {
    /// Items of a page, at most 200; 50 where nothing is said.
    #[param(value_type = Option<w::PageLimit>)]
    pub limit: Option<w::PageLimit>,
    /// The `next` of the page before.
    #[param(value_type = Option<w::UserId>)]
    pub after: Option<w::UserId>,
}

impl UsersQuery {
    /// How many.
    pub fn limit(&self) -> u32 {
        self.limit.map_or(LIMIT_DEFAULT, |limit| limit.0.0)
    }

    /// After whom.
    pub fn after(&self) -> Option<UserId> {
        self.after.map(|id| id.0)
    }
}

/// A page of users.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct UserList {
    /// The users.
    pub items: Vec<UserBody>,
    /// Where the next page begins; none after the last.
    pub next: Option<w::UserId>,
}

impl UserList {
    /// A page from its users and, where there is one, the first of the next page.
    pub fn of(users: Vec<User>, limit: u32) -> UserList {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = users.len() > limit;
        let items: Vec<_> = users.into_iter().take(limit).map(UserBody::from).collect();
        let next = if more { items.last().map(|user| user.id) } else { None };
        UserList { items, next }
    }
}

/// What is changed of a user; what is not given stays.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserChangeRequest {
    /// May log in.
    #[serde(default)]
    pub active: Option<bool>,
    /// Department of a regulator.
    #[serde(default)]
    pub department: Option<w::Department>,
    /// Duties of a regulator; an empty list means both.
    #[serde(default)]
    pub duties: Option<Vec<w::Duty>>,
    /// Post in the institution.
    #[serde(default)]
    pub post: Option<w::Post>,
}

impl From<UserChangeRequest> for UserChange {
    fn from(body: UserChangeRequest) -> UserChange {
        UserChange {
            active: body.active,
            department: body.department.map(|department| department.0),
            duties: body.duties.map(|duties| duties.into_iter().map(|duty| duty.0).collect()),
            post: body.post.map(|post| post.0),
        }
    }
}
