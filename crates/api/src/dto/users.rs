//! Pages of users; the cursor is a user's id, since users are of no ledger.

use app::identity::User;
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
