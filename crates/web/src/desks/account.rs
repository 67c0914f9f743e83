//! What everybody who is logged in has: the own account, its password and sessions.

use super::templates;
use crate::page::{Desk, Field, Form, Kind, field, form, need, page};

/// The desk.
pub const DESK: Desk = Desk {
    name: "account",
    roles: &["*"],
    pages: &[page(
        "/account",
        "account",
        &[need("factor", "/v1/me/second-factor"), need("sessions", "/v1/me/sessions")],
    )
    .with(FORMS)],
    downloads: &[],
    templates: templates!["account/account.html"],
    messages: [include_str!("../../messages/zh/account.toml"), include_str!("../../messages/en/account.toml")],
};

const PASSWORD: &[Field] =
    &[field("present_password", Kind::Secret).at("present"), field("new_password", Kind::Secret).at("password")];

const FORMS: &[Form] = &[
    form("own_password", "/v1/me/password", PASSWORD),
    form("step_up", "/v1/sessions/current/step-up", &[field("code", Kind::Text)]),
    form("end_session", "/v1/me/sessions/{field.session}", &[field("session", Kind::Hidden).at("")]).by("DELETE"),
];
