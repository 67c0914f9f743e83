//! The regulator's desk: the situation board, the queue, an institution from all sides, alerts,
//! disputes, policies, users. Who may decide what is the access table's matter, not this page's.

use super::regulator_shapes::{applications, board, case, conduct, disputes, institution, names};
use super::{papers, record, regulator_desk, templates};
use crate::page::{Desk, Download, Field, Form, Kind, Page, Read, all, each, field, form, need, opt, page};

/// The desk.
pub const DESK: Desk = Desk {
    name: "regulator",
    roles: &["regulator"],
    pages: PAGES,
    downloads: &[
        Download {
            path: "/regulator/institutions/{id}/closures/{closure}/pack",
            api: "/v1/institutions/{id}/closures/{closure}/pack",
        },
        Download { path: "/regulator/institutions/{id}/files/{sha256}", api: "/v1/institutions/{id}/files/{sha256}" },
    ],
    templates: templates![
        "regulator/board.html",
        "regulator/applications.html",
        "regulator/application.html",
        "regulator/institutions.html",
        "regulator/institution.html",
        "regulator/case.html",
        "regulator/record.html",
        "regulator/refund_run.html",
        "regulator/conduct.html",
        "regulator/templates.html",
        "regulator/template.html",
        "regulator/import.html",
        "regulator/erasures.html",
        "regulator/staff_bars.html",
        "regulator/alerts.html",
        "regulator/alert.html",
        "regulator/disputes.html",
        "regulator/dispute.html",
        "regulator/refunds.html",
        "regulator/refund.html",
        "regulator/parties.html",
        "regulator/policies.html",
        "regulator/policy.html",
        "regulator/policy_version.html",
        "regulator/users.html",
        "regulator/user.html",
        "regulator/delegations.html",
    ],
    messages: [include_str!("../../messages/zh/regulator.toml"), include_str!("../../messages/en/regulator.toml")],
};

/// Everybody who is supervised: for their names, and for the figures of the region.
const INSTITUTIONS: Read = all("institutions", "/v1/institutions?region={me.region}&limit=200");

const PAGES: &[Page] = &[
    page(
        "/regulator",
        "board",
        &[
            INSTITUTIONS,
            opt("reconciliations", "/v1/reconciliations"),
            all("applications", "/v1/licence-applications?limit=200"),
            all("alerts", "/v1/alerts?limit=200"),
            all("disputes", "/v1/disputes?limit=200"),
            opt("ledgers", "/v1/ledgers"),
            opt("regions", "/v1/policies"),
        ],
    )
    .shaped(board)
    .in_menu(),
    page(
        "/regulator/applications",
        "applications",
        &[
            INSTITUTIONS,
            all("applications", "/v1/licence-applications?limit=200&state={?query.state}&kind={?query.kind}"),
        ],
    )
    .shaped(applications)
    .in_menu(),
    page(
        "/regulator/applications/{id}",
        "application",
        &[
            need("application", "/v1/licence-applications/{id}"),
            opt("it", "/v1/institutions/{application.institution}"),
            opt("standards", "/v1/institutions/{application.institution}/standards"),
            opt("ties", "/v1/institutions/{application.institution}/ties"),
            opt("record", "/v1/institutions/{application.institution}/record"),
        ],
    )
    .with(APPLICATION),
    page(
        "/regulator/institutions",
        "institutions",
        &[need(
            "institutions",
            "/v1/institutions?region={me.region}&limit=50&name={?query.name}&state={?query.state}&after={?query.after}",
        )],
    )
    .in_menu(),
    page(
        "/regulator/institutions/{id}",
        "institution",
        &[
            need("it", "/v1/institutions/{id}?on={?query.on}"),
            opt("balances", "/v1/institutions/{id}/balances?on={?query.on}"),
            opt("history", "/v1/institutions/{id}/history"),
            opt("figures", "/v1/institutions/{id}/lesson-figures?from=2021-01-01&to={today}"),
            opt("refunds", "/v1/institutions/{id}/refunds"),
            opt("alerts", "/v1/alerts?institution={id}&limit=50"),
            opt("inspections", "/v1/institutions/{id}/inspections"),
            opt("holds", "/v1/institutions/{id}/holds"),
            opt("deposit", "/v1/institutions/{id}/deposits"),
            opt("record", "/v1/institutions/{id}/record?on={?query.on}"),
            opt("ties", "/v1/institutions/{id}/ties"),
            opt("seals", "/v1/institutions/{id}/seals?limit=200"),
            opt("courses", "/v1/institutions/{id}/courses?limit=50"),
            opt("told", "/v1/institutions/{id}/notices"),
        ],
    )
    .shaped(institution),
    page(
        "/regulator/institutions/{id}/case",
        "case",
        &[
            need("it", "/v1/institutions/{id}"),
            opt("holds", "/v1/institutions/{id}/holds"),
            opt("balances", "/v1/institutions/{id}/balances"),
            opt("refunds", "/v1/institutions/{id}/refunds"),
            opt("closures", "/v1/institutions/{id}/closures"),
            opt("offers", "/v1/institutions/{id}/transfer-offers"),
            opt("order", "/v1/institutions/{id}/closing-order"),
            opt("listings", "/v1/institutions/{id}/listings"),
            opt("settlements", "/v1/institutions/{id}/settlements?limit=200"),
            opt("deposit", "/v1/institutions/{id}/deposits"),
        ],
    )
    .with(CASE)
    .shaped(case),
    page(
        "/regulator/institutions/{id}/refund-runs/{run}",
        "refund_run",
        &[
            need("it", "/v1/institutions/{id}"),
            need("run", "/v1/institutions/{id}/refund-runs/{run}"),
            opt("items_of", "/v1/institutions/{id}/refund-runs/{run}/items?limit=100&after={?query.after}"),
        ],
    ),
    page(
        "/regulator/institutions/{id}/record",
        "record",
        &[need("it", "/v1/institutions/{id}"), need("record", "/v1/institutions/{id}/record")],
    )
    .with(&record::forms("/v1/institutions/{id}/record"))
    .shaped(record::shape),
    page(
        "/regulator/alerts",
        "alerts",
        &[
            INSTITUTIONS,
            need("alerts", "/v1/alerts?limit=100&rule={?query.rule}&state={?query.state}&after={?query.after}"),
        ],
    )
    .shaped(names)
    .in_menu(),
    page(
        "/regulator/alerts/{id}",
        "alert",
        &[need("alert", "/v1/alerts/{id}"), opt("it", "/v1/institutions/{alert.institution}")],
    )
    .with(ALERT),
    page(
        "/regulator/disputes",
        "disputes",
        &[INSTITUTIONS, need("disputes", "/v1/disputes?limit=100&after={?query.after}")],
    )
    .shaped(disputes)
    .in_menu(),
    page("/regulator/disputes/{id}", "dispute", &[need("dispute", "/v1/lessons/{id}/dispute")]).with(DISPUTE),
    page(
        "/regulator/refunds",
        "refunds",
        &[INSTITUTIONS, each("queues", "institutions.items", "/v1/institutions/{item.id}/refunds")],
    )
    .shaped(super::regulator_shapes::refunds)
    .in_menu(),
    page(
        "/regulator/refunds/{id}",
        "refund",
        &[
            need("refund", "/v1/refunds/{id}"),
            opt("it", "/v1/institutions/{refund.institution}"),
            opt("contract", "/v1/contracts/{refund.contract}"),
            opt("lessons", "/v1/contracts/{refund.contract}/lessons?limit=200"),
        ],
    )
    .with(REFUND),
    page(
        "/regulator/contracts/{id}",
        "parties",
        &[
            need("contract", "/v1/contracts/{id}"),
            opt("parties", "/v1/contracts/{id}/parties?reason={query.reason}"),
            opt("differences", "/v1/contracts/{id}/differences?reason={query.reason}"),
        ],
    ),
    page("/regulator/policies", "policies", &[need("regions", "/v1/policies")]).in_menu(),
    page(
        "/regulator/policies/{region}",
        "policy",
        &[need("policy", "/v1/policies/{region}?on={?query.on}"), opt("versions", "/v1/policies/{region}/versions")],
    )
    .with(POLICY),
    page("/regulator/policy-versions/{id}", "policy_version", &[need("version", "/v1/policy-versions/{id}")])
        .with(POLICY_VERSION),
    page(
        "/regulator/institutions/{id}/conduct",
        "conduct",
        &[need("it", "/v1/institutions/{id}"), opt("history", "/v1/institutions/{id}/history")],
    )
    .with(regulator_desk::CONDUCT)
    .shaped(conduct),
    page("/regulator/templates", "templates", &[need("templates", "/v1/contract-templates?region={?me.region}")])
        .with(regulator_desk::TEMPLATES)
        .in_menu(),
    page("/regulator/templates/{id}", "template", &[need("template", "/v1/contract-templates/{id}")])
        .with(regulator_desk::TEMPLATE),
    page("/regulator/import", "import", &[]).with(regulator_desk::IMPORT).in_menu(),
    page("/regulator/staff-bars", "staff_bars", &[opt("bars", "/v1/staff-bars?region={me.region}")])
        .with(regulator_desk::STAFF_BARS)
        .in_menu(),
    page(
        "/regulator/erasures",
        "erasures",
        &[opt("retention", "/v1/retention?region={me.region}&limit=100&after={?query.after}")],
    )
    .with(regulator_desk::ERASURES)
    .in_menu(),
    page("/regulator/users", "users", &[INSTITUTIONS, opt("users", "/v1/users?limit=50&after={?query.after}")])
        .with(USERS)
        .shaped(names)
        .in_menu(),
    page(
        "/regulator/users/{id}",
        "user",
        &[need("user", "/v1/users/{id}"), opt("sessions", "/v1/users/{id}/sessions")],
    )
    .with(super::users::USER),
    page("/regulator/delegations", "delegations", &[need("delegations", "/v1/delegations")])
        .with(DELEGATIONS)
        .in_menu(),
];

const REASON: Field = field("reason", Kind::Area);
const RESULT: Field = field("decision", Kind::One(&["grant", "refuse"]));

const APPLICATION: &[Form] = &[
    form("accept", "/v1/licence-applications/{id}/acceptance", &[]),
    form(
        "correction",
        "/v1/licence-applications/{id}/correction",
        &[field("what", Kind::Area), field("correct_by_on", Kind::Day).or_not()],
    ),
    form(
        "site_check",
        "/v1/licence-applications/{id}/site-check",
        &[
            field("checked_on", Kind::Day).from("today"),
            field("second_officer", Kind::Text),
            field("result", Kind::One(&["passed", "failed"])),
            field("findings", Kind::Area).or_not(),
            papers::MINUTES,
            papers::PICTURES,
            field("institution", Kind::Hidden).at("").from("application.institution"),
        ],
    )
    .keeps("/v1/institutions/{field.institution}/files"),
    form(
        "end_application",
        "/v1/licence-applications/{id}/ending",
        &[field("end_cause", Kind::One(&["not_accepted", "not_corrected"])).at("cause"), REASON.or_not()],
    )
    .tried(),
    form(
        "review",
        "/v1/licence-applications/{id}/review",
        &[field("advice", Kind::One(&["grant", "refuse"])), field("opinion", Kind::Area).or_not()],
    ),
    form(
        "decide",
        "/v1/licence-applications/{id}/decision",
        &[
            RESULT,
            field("licence_number", Kind::Text).or_not(),
            field("valid_from_on", Kind::Day).or_not().from("today"),
            field("valid_until_on", Kind::Day).or_not(),
            REASON.or_not(),
        ],
    )
    .tried(),
];

const LISTING: Field = field("listing", Kind::Of("listings.items", "id", "published_on")).at("");

const CASE: &[Form] = &[
    form(
        "inspection",
        "/v1/inspections",
        &[
            field("institution", Kind::Hidden).from("id"),
            field("inspected_on", Kind::Day).from("today"),
            field("finding", Kind::One(&["in_order", "problems", "site_closed", "unlicensed", "payee_mismatch"])),
            field("text", Kind::Area).or_not(),
        ],
    ),
    form(
        "hold",
        "/v1/institutions/{id}/holds",
        &[field("cause", Kind::One(&["suspected_flight", "control_change", "order"])).or_not(), REASON],
    ),
    form(
        "measure",
        "/v1/licences/{field.licence}/measures",
        &[
            field("licence", Kind::Hidden).at("").from("it.licence.id"),
            field("measure", Kind::One(&["warning", "rectification", "enrolment_suspension"])),
            field("reason_code", Kind::Text),
            field("until_on", Kind::Day).or_not(),
            field("basis", Kind::Area).or_not(),
        ],
    ),
    form(
        "lift_measure",
        "/v1/licences/{field.licence}/measures/lifting",
        &[
            field("licence", Kind::Hidden).at("").from("it.licence.id"),
            field("measure", Kind::One(&["warning", "rectification", "enrolment_suspension"])),
            REASON.or_not(),
        ],
    )
    .tried(),
    form(
        "approve_settlement",
        "/v1/settlements/{field.settlement}/approval",
        &[field("settlement", Kind::Hidden).at("")],
    ),
    form("lock_deposit", "/v1/institutions/{id}/deposits/lock", &[REASON]).tried(),
    form("unlock_deposit", "/v1/institutions/{id}/deposits/unlock", &[REASON]).tried(),
    form(
        "release_deposit",
        "/v1/institutions/{id}/deposits/release",
        &[field("amount", Kind::Yuan).at("amount_fen"), field("bank_reference", Kind::Text)],
    )
    .tried(),
    form(
        "claim_deposit",
        "/v1/institutions/{id}/deposits/claim",
        &[
            field("amount", Kind::Yuan).at("amount_fen"),
            field("bank_reference", Kind::Text),
            field("deposit_decision", Kind::Text).at("decision"),
        ],
    )
    .tried(),
    form(
        "suspend",
        "/v1/licences/{field.licence}/suspension",
        &[field("licence", Kind::Hidden).at("").from("it.licence.id"), REASON],
    )
    .tried(),
    form(
        "reinstate",
        "/v1/licences/{field.licence}/reinstatement",
        &[field("licence", Kind::Hidden).at("").from("it.licence.id"), REASON],
    ),
    form(
        "revoke",
        "/v1/licences/{field.licence}/revocation",
        &[
            field("licence", Kind::Hidden).at("").from("it.licence.id"),
            field("reason_code", Kind::Text),
            field("effective_on", Kind::Day).from("today"),
            field("basis", Kind::Area).or_not(),
        ],
    )
    .tried(),
    form(
        "listing",
        "/v1/institutions/{id}/listings",
        &[
            field("list", Kind::One(&["white", "black", "warning", "rectifying", "none"])),
            field("published_on", Kind::Day).from("today"),
            field("cause_code", Kind::Text).or_not(),
            field("until_on", Kind::Day).or_not(),
            field("list_cause", Kind::Area).at("cause").or_not(),
            field("basis", Kind::Area).or_not(),
        ],
    )
    .tried(),
    form(
        "listing_objection",
        "/v1/listings/{field.listing}/objection",
        &[
            LISTING,
            field("objection_result", Kind::One(&["upheld", "rejected"])).at("decision"),
            field("words", Kind::Area).or_not(),
        ],
    )
    .tried(),
    form(
        "listing_repair",
        "/v1/listings/{field.listing}/repair",
        &[
            LISTING,
            field("repair_result", Kind::One(&["accepted", "refused"])).at("decision"),
            field("words", Kind::Area).or_not(),
        ],
    )
    .tried(),
    form("closure", "/v1/institutions/{id}/closure", &[field("passphrase", Kind::Secret)]),
    form("refund_run", "/v1/institutions/{id}/refund-runs", &[])
        .tried()
        .leads("/regulator/institutions/{answer.institution}/refund-runs/{answer.id}?done=refund_run"),
    form("release", "/v1/holds/{field.hold}/release", &[field("hold", Kind::Hidden).at("")]),
];

const ALERT: &[Form] = &[
    form("alert_acknowledge", "/v1/alerts/{id}/acknowledgement", &[field("words", Kind::Area).at("text").or_not()]),
    form("alert_escalate", "/v1/alerts/{id}/escalation", &[field("words", Kind::Area).at("text")]),
    form("alert_close", "/v1/alerts/{id}/closure", &[field("words", Kind::Area).at("text")]),
];

const DISPUTE: &[Form] = &[form(
    "dispute_decide",
    "/v1/lessons/{id}/dispute-decision",
    &[field("for", Kind::One(&["family", "institution"])).at("decision"), REASON],
)
.tried()
.leads("/regulator/disputes?done=dispute_decide")];

const REFUND: &[Form] = &[
    form(
        "refund_decide",
        "/v1/refunds/{id}/decision",
        &[field("for", Kind::One(&["family", "institution"])).at("decision"), REASON],
    )
    .tried(),
    form("refund_consent", "/v1/refunds/{id}/consent", &[]).tried(),
];

const POLICY: &[Form] = &[
    form(
        "simulate",
        "/v1/policies/{region}/simulation",
        &[
            field("effective_on", Kind::Day).from("today"),
            field("from_on", Kind::Day).or_not(),
            field("until_on", Kind::Day).or_not(),
            field("toml", Kind::Area),
        ],
    )
    .shows(),
    form(
        "draft_version",
        "/v1/policies/{region}/versions",
        &[field("effective_on", Kind::Day), field("version_toml", Kind::Area).at("toml")],
    )
    .tried()
    .leads("/regulator/policy-versions/{answer.id}?done=draft_version"),
];

const POLICY_VERSION: &[Form] = &[form(
    "decide_version",
    "/v1/policy-versions/{id}/decision",
    &[field("adoption", Kind::One(&["adopt", "reject"])).at("decision")],
)
.tried()];

const DELEGATIONS: &[Form] = &[
    form(
        "lend",
        "/v1/delegations",
        &[
            field("colleague", Kind::Text).at("to"),
            field("duties", Kind::Many(&["officer", "approver"])).from("me.duties"),
            field("from_on", Kind::Day).or_not(),
            field("until_on", Kind::Day),
        ],
    ),
    form("take_back", "/v1/delegations/{field.delegation}", &[field("delegation", Kind::Hidden).at("")]).by("DELETE"),
];

const USERS: &[Form] = &[form(
    "new_user",
    "/v1/users",
    &[
        field("username", Kind::Text),
        field("password", Kind::Secret),
        field("role", Kind::One(&["institution", "guardian"])),
        field("institution", Kind::Of("institutions.items", "id", "name")).or_not(),
        field("post", Kind::One(&["owner", "staff", "teacher"])).or_not(),
        field("contract", Kind::Text).or_not(),
    ],
)];
