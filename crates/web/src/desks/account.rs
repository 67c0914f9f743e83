//! What everybody who is logged in has: the own account, its password, second factor and sessions,
//! keys and webhooks for programs, the own data and who read it.

use super::templates;
use crate::page::{Desk, Download, Field, Form, Kind, field, form, need, opt, page};

/// The desk.
pub const DESK: Desk = Desk {
    name: "account",
    roles: &["*"],
    pages: &[
        page(
            "/account",
            "account",
            &[
                need("factor", "/v1/me/second-factor"),
                need("sessions", "/v1/me/sessions"),
                opt("notice", "/v1/me/notice-address"),
            ],
        )
        .with(FORMS)
        .in_menu(),
        page("/account/keys", "keys", &[opt("keys", "/v1/api-keys"), opt("webhooks", "/v1/webhooks")])
            .with(KEYS)
            .in_menu(),
        page("/account/readings", "readings", &[opt("readings", "/v1/me/readings?limit=50&after={?query.after}")])
            .in_menu(),
    ],
    downloads: &[Download { path: "/account/data", api: "/v1/me/data" }],
    templates: templates!["account/account.html", "account/keys.html", "account/readings.html"],
    messages: [include_str!("../../messages/zh/account.toml"), include_str!("../../messages/en/account.toml")],
};

const PASSWORD: &[Field] =
    &[field("present_password", Kind::Secret).at("present"), field("new_password", Kind::Secret).at("password")];

const FORMS: &[Form] = &[
    form("own_password", "/v1/me/password", PASSWORD),
    form("factor_start", "/v1/me/second-factor", &[field("password", Kind::Secret)]).shows(),
    form("factor_confirm", "/v1/me/second-factor/confirmation", &[field("code", Kind::Text)]).shows(),
    form("factor_remove", "/v1/me/second-factor", &[field("code", Kind::Text)]).by("DELETE"),
    form("step_up", "/v1/sessions/current/step-up", &[field("code", Kind::Text)]),
    form("notice_set", "/v1/me/notice-address", &[field("mail", Kind::Text).at("address").from("notice.address")])
        .by("PUT"),
    form("notice_remove", "/v1/me/notice-address", &[]).by("DELETE"),
    form("end_session", "/v1/me/sessions/{field.session}", &[field("session", Kind::Hidden).at("")]).by("DELETE"),
];

const KEYS: &[Form] = &[
    form(
        "new_key",
        "/v1/api-keys",
        &[field("key_name", Kind::Text).at("name"), field("scope", Kind::Words), field("until_on", Kind::Day)],
    )
    .shows(),
    form("revoke_key", "/v1/api-keys/{field.key}", &[field("key", Kind::Hidden).at("")]).by("DELETE"),
    form("new_webhook", "/v1/webhooks", &[field("url", Kind::Text), field("topics", Kind::Words).or_not()]).shows(),
    form("remove_webhook", "/v1/webhooks/{field.webhook}", &[field("webhook", Kind::Hidden).at("")]).by("DELETE"),
];
