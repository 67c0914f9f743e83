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

/// The forms of the page of one user, whose read is called `user`: what may be changed of it is the post
/// and whether it is active, with more fields for who manages more; then more forms.
macro_rules! forms_of_user {
    ($($field:expr),* $(,)? ; $($form:expr),* $(,)?) => {
        &[
            $crate::page::form(
                "user_change",
                "/v1/users/{id}",
                &[
                    $crate::page::field("etag", $crate::page::Kind::Hidden).at("").from("user.etag"),
                    $crate::page::field("active", $crate::page::Kind::Flag).or_not().from("user.active"),
                    $crate::page::field("post", $crate::page::Kind::One($crate::desks::users::ALL_POSTS))
                        .or_not()
                        .from("user.post"),
                    $($field),*
                ],
            )
            .by("PATCH"),
            $crate::desks::users::PASSWORD,
            $crate::desks::users::SESSIONS,
            $crate::desks::users::FACTOR,
            $($form),*
        ]
    };
}
pub(super) use forms_of_user;

/// The forms for whoever manages users of a county or an institution.
pub const USER: &[Form] = forms_of_user!(;);
