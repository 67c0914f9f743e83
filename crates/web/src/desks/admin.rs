//! The administrator's desk: users of every role, what the scheduler does, notices that did not
//! arrive. An administrator sees no personal data.

use super::templates;
use super::users::{ALL_POSTS, forms_of_user};
use crate::page::{Desk, Form, Kind, all, field, form, need, opt, page};

/// The desk.
pub const DESK: Desk = Desk {
    name: "admin",
    roles: &["admin"],
    pages: &[
        page(
            "/admin",
            "users",
            &[
                need("users", "/v1/users?limit=100&after={?query.after}"),
                all("institutions", "/v1/institutions?limit=200"),
            ],
        )
        .with(USERS)
        .in_menu(),
        page(
            "/admin/users/{id}",
            "user",
            &[
                need("user", "/v1/users/{id}"),
                opt("sessions", "/v1/users/{id}/sessions"),
                opt("identities", "/v1/users/{id}/identities"),
                opt("keys", "/v1/users/{id}/api-keys"),
            ],
        )
        .with(USER),
        page("/admin/jobs", "jobs", &[need("jobs", "/v1/jobs")]).in_menu(),
        page("/admin/notices", "notices", &[need("notices", "/v1/outbox?limit=100&after={?query.after}")])
            .with(NOTICES)
            .in_menu(),
    ],
    downloads: &[],
    templates: templates!["admin/users.html", "admin/user.html", "admin/jobs.html", "admin/notices.html"],
    messages: [include_str!("../../messages/zh/admin.toml"), include_str!("../../messages/en/admin.toml")],
};

const DEPARTMENTS: &[&str] = &["education", "science", "culture", "sports", "market", "finance"];

const USERS: &[Form] = &[form(
    "new_user",
    "/v1/users",
    &[
        field("username", Kind::Text),
        field("password", Kind::Secret),
        field("role", Kind::One(&["regulator", "institution", "guardian", "bank", "auditor", "admin"])),
        field("region", Kind::Text).or_not(),
        field("department", Kind::One(DEPARTMENTS)).or_not(),
        field("duties", Kind::Many(&["officer", "approver"])).or_not(),
        field("institution", Kind::Of("institutions.items", "id", "name")).or_not(),
        field("post", Kind::One(ALL_POSTS)).or_not(),
        field("contract", Kind::Text).or_not(),
    ],
)];

const USER: &[Form] = forms_of_user!(
    field("department", Kind::One(DEPARTMENTS)).or_not().from("user.department"),
    field("duties", Kind::Many(&["officer", "approver"])).or_not().from("user.duties");
    form(
        "link_identity",
        "/v1/users/{id}/identities",
        &[field("issuer", Kind::Text).from("identities.items.0.issuer"), field("provider_subject", Kind::Text).at("subject")],
    ),
    form(
        "unlink_identity",
        "/v1/users/{id}/identities/current",
        &[field("issuer", Kind::Hidden), field("provider_subject", Kind::Hidden).at("subject")],
    )
    .by("DELETE"),
    form("revoke_user_key", "/v1/users/{id}/api-keys/{field.key}", &[field("key", Kind::Hidden).at("")]).by("DELETE"),
);

const NOTICES: &[Form] = &[form("retry", "/v1/outbox/{field.notice}/retry", &[field("notice", Kind::Hidden).at("")])];
