//! What may be done about a user, on the pages of whoever manages users: the county's regulator for
//! owners and families, an owner for the staff, the administrator for all.

use crate::page::{Form, Kind, field, form};

/// Posts in an institution.
pub const ALL_POSTS: &[&str] = &["owner", "staff", "teacher"];

/// Sets a password.
pub const PASSWORD: Form = form("user_password", "/v1/users/{id}/password", &[field("password", Kind::Secret)]);
/// Ends all sessions.
pub const SESSIONS: Form = form("user_sessions", "/v1/users/{id}/sessions", &[]).by("DELETE");
/// Removes the second factor, to be set up anew.
pub const FACTOR: Form = form("user_factor", "/v1/users/{id}/second-factor", &[]).by("DELETE");

/// The forms of the page of one user, whose read is called `user`.
pub const USER: &[Form] = &[
    form(
        "user_change",
        "/v1/users/{id}",
        &[
            field("etag", Kind::Hidden).at("").from("user.etag"),
            field("active", Kind::Flag).or_not().from("user.active"),
            field("post", Kind::One(ALL_POSTS)).or_not().from("user.post"),
        ],
    )
    .by("PATCH"),
    PASSWORD,
    SESSIONS,
    FACTOR,
];
