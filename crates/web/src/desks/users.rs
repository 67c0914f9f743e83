//! What may be done about a user, on the pages of whoever manages users: the county's regulator for
//! owners and families, an owner for the staff, the administrator for all.

use crate::page::{Form, Kind, field, form};

/// The forms of the page of one user, whose read is called `user`.
pub const USER: &[Form] = &[
    form(
        "user_change",
        "/v1/users/{id}",
        &[
            field("etag", Kind::Hidden).at("").from("user.etag"),
            field("active", Kind::Flag).or_not().from("user.active"),
            field("post", Kind::One(&["owner", "staff", "teacher"])).or_not().from("user.post"),
        ],
    )
    .by("PATCH"),
    form("user_password", "/v1/users/{id}/password", &[field("password", Kind::Secret)]),
    form("user_sessions", "/v1/users/{id}/sessions", &[]).by("DELETE"),
    form("user_factor", "/v1/users/{id}/second-factor", &[]).by("DELETE"),
];
