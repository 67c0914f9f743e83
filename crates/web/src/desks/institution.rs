//! The institution's desk: today, what is sold, contracts, a whole class on one page, money,
//! refunds, applications. A rule that is broken is said while the form is tried, with its source.

use serde_json::{Map, Value, json};

use super::templates;
use crate::amount::yuan;
use crate::page::{Desk, Download, Field, Form, Kind, Page, all, field, form, need, opt, page};

/// The desk.
pub const DESK: Desk = Desk {
    name: "institution",
    roles: &["institution"],
    pages: PAGES,
    downloads: &[
        Download { path: "/institution/contracts/{id}/contract.pdf", api: "/v1/contracts/{id}/document.pdf" },
        Download { path: "/institution/statement", api: "/v1/institutions/{me.institution}/statement" },
        Download {
            path: "/institution/payment-orders.csv",
            api: "/v1/institutions/{me.institution}/payment-orders.csv",
        },
    ],
    templates: templates![
        "institution/today.html",
        "institution/courses.html",
        "institution/contracts.html",
        "institution/contract.html",
        "institution/classes.html",
        "institution/attendance.html",
        "institution/money.html",
        "institution/refunds.html",
        "institution/disputes.html",
        "institution/dispute.html",
        "institution/applications.html",
    ],
    messages: [include_str!("../../messages/zh/institution.toml"), include_str!("../../messages/en/institution.toml")],
};

const PAGES: &[Page] = &[
    page(
        "/institution",
        "today",
        &[
            need("it", "/v1/institutions/{me.institution}"),
            opt("timetable", "/v1/institutions/{me.institution}/timetable?on={?query.on}"),
            opt("balances", "/v1/institutions/{me.institution}/balances"),
            opt("figures", "/v1/institutions/{me.institution}/lesson-figures?from=2021-01-01&to={today}"),
            opt("refunds", "/v1/institutions/{me.institution}/refunds"),
            opt("alerts", "/v1/alerts?limit=50"),
            opt("disputes", "/v1/disputes?limit=50"),
            opt("reconciliations", "/v1/reconciliations?institution={me.institution}"),
        ],
    )
    .shaped(today)
    .in_menu(),
    page("/institution/courses", "courses", &[need("courses", "/v1/institutions/{me.institution}/courses?limit=100")])
        .with(COURSES)
        .in_menu(),
    page(
        "/institution/contracts",
        "contracts",
        &[
            all("courses", "/v1/institutions/{me.institution}/courses?limit=200"),
            need("contracts", "/v1/contracts?limit=50&state={?query.state}&after={?query.after}"),
        ],
    )
    .with(CONTRACTS)
    .shaped(names)
    .in_menu(),
    page(
        "/institution/contracts/{id}",
        "contract",
        &[
            need("contract", "/v1/contracts/{id}"),
            opt("course", "/v1/courses/{contract.course}"),
            opt("statement", "/v1/contracts/{id}/statement?limit=1"),
            all("lessons", "/v1/contracts/{id}/lessons?limit=200"),
            opt("payments", "/v1/contracts/{id}/payments"),
            opt("refunds", "/v1/contracts/{id}/refunds"),
        ],
    )
    .with(CONTRACT),
    page(
        "/institution/classes",
        "classes",
        &[
            all("courses", "/v1/institutions/{me.institution}/courses?limit=200"),
            opt("timetable", "/v1/institutions/{me.institution}/timetable?on={?query.on}"),
            opt("classes", "/v1/courses/{query.course}/classes?limit=100"),
        ],
    )
    .in_menu(),
    page(
        "/institution/classes/{class}/{session}",
        "attendance",
        &[
            need("enrolments", "/v1/classes/{class}/enrolments"),
            need("sessions", "/v1/classes/{class}/sessions?limit=200"),
            opt("code", "/v1/class-sessions/{session}/code"),
        ],
    )
    .with(ATTENDANCE)
    .shaped(attendance),
    page(
        "/institution/money",
        "money",
        &[
            opt("balances", "/v1/institutions/{me.institution}/balances"),
            opt("deposit", "/v1/institutions/{me.institution}/deposits"),
            opt("settlements", "/v1/institutions/{me.institution}/settlements?limit=50&after={?query.after}"),
            opt("orders", "/v1/institutions/{me.institution}/payment-orders"),
            opt("seals", "/v1/institutions/{me.institution}/seals?limit=200"),
            opt("holds", "/v1/institutions/{me.institution}/holds"),
        ],
    )
    .with(MONEY)
    .shaped(money)
    .in_menu(),
    page("/institution/disputes", "disputes", &[need("disputes", "/v1/disputes?limit=100&after={?query.after}")])
        .in_menu(),
    page("/institution/disputes/{id}", "dispute", &[need("dispute", "/v1/lessons/{id}/dispute")]).with(DISPUTE),
    page("/institution/refunds", "refunds", &[need("refunds", "/v1/institutions/{me.institution}/refunds")])
        .with(REFUNDS)
        .shaped(money)
        .in_menu(),
    page(
        "/institution/applications",
        "applications",
        &[
            need("it", "/v1/institutions/{me.institution}"),
            need("applications", "/v1/institutions/{me.institution}/licence-applications"),
            opt("standards", "/v1/institutions/{me.institution}/standards"),
            opt("listings", "/v1/institutions/{me.institution}/listings"),
        ],
    )
    .with(APPLICATIONS)
    .in_menu(),
];

const CATEGORY: Field = field("category", Kind::One(&["subject", "sports", "arts", "science", "other"]));
const MODE: Field = field("mode", Kind::One(&["offline", "online"]));
const STAGE: Field = field("stage", Kind::One(&["preschool", "primary", "junior", "senior"]));

const COURSES: &[Form] = &[
    form(
        "new_course",
        "/v1/institutions/{me.institution}/courses",
        &[
            field("course_name", Kind::Text).at("name"),
            CATEGORY,
            MODE,
            STAGE,
            field("hours", Kind::Decimal),
            field("minutes_per_hour", Kind::Int),
            field("price", Kind::Yuan).at("price_fen"),
            field("list_price", Kind::Yuan).at("list_price_per_hour_fen").or_not(),
            field("class_size_max", Kind::Int),
            field("starts_on", Kind::Day),
            field("ends_on", Kind::Day),
        ],
    )
    .tried(),
    form("publish", "/v1/courses/{field.course}/publication", &[field("course", Kind::Hidden).at("")]),
];

const CONTRACTS: &[Form] = &[form(
    "new_contract",
    "/v1/contracts",
    &[
        field("course", Kind::Of("courses.items", "id", "name")),
        field("guardian_name", Kind::Text).at("guardian.name"),
        field("phone", Kind::Text).at("guardian.phone"),
        field("id_kind", Kind::One(&["resident_id", "passport", "other"])).at("guardian.id_kind"),
        field("id_number", Kind::Text).at("guardian.id_number"),
        field("relation", Kind::One(&["mother", "father", "other"])).at("guardian.relation"),
        field("pupil_name", Kind::Text).at("pupil.name"),
        field("birth_on", Kind::Day).at("pupil.birth_on"),
        field("school", Kind::Text).at("pupil.school").or_not(),
        field("first_lesson_on", Kind::Day),
        field("last_lesson_on", Kind::Day),
        field("paid_hours", Kind::Decimal).at("lots.0.paid_hours"),
        field("gift_hours", Kind::Decimal).at("lots.0.gift_hours").or_not(),
        field("price", Kind::Yuan).at("lots.0.price_fen"),
        field("full_refund_days_before_start", Kind::Int).at("refund_terms.full_refund_days_before_start"),
        field("full_refund_days_after_start", Kind::Int).at("refund_terms.full_refund_days_after_start"),
        field("pay_back_days", Kind::Int).at("refund_terms.pay_back_days"),
    ],
)
.tried()
.leads("/institution/contracts/{answer.id}?done=new_contract")];

const CONTRACT: &[Form] = &[
    form(
        "sign_institution",
        "/v1/contracts/{id}/signatures",
        &[
            field("party", Kind::Hidden).from("=institution"),
            field("document_hash", Kind::Hidden).from("contract.document_hash"),
        ],
    )
    .tried(),
    form(
        "claim",
        "/v1/contracts/{id}/lessons",
        &[field("held_on", Kind::Day).from("today"), field("hours", Kind::Decimal)],
    )
    .tried(),
];

const ATTENDANCE: &[Form] = &[
    form(
        "attendance",
        "/v1/class-sessions/{session}/lessons",
        &[
            field("hours", Kind::Decimal),
            field("attended", Kind::AnyOf("pupils", "contract", "label")),
            field("absent", Kind::AnyOf("pupils", "contract", "label")).or_not(),
        ],
    )
    .shows(),
    form("cancel_session", "/v1/class-sessions/{session}/cancellation", &[field("reason", Kind::Text)])
        .leads("/institution/classes?done=cancel_session"),
];

const MONEY: &[Form] =
    &[form("settle", "/v1/institutions/{me.institution}/settlements", &[field("amount", Kind::Yuan).at("amount_fen")])
        .tried()];

const DISPUTE: &[Form] = &[form(
    "argue",
    "/v1/lessons/{id}/dispute-arguments",
    &[field("stance", Kind::One(&["maintains", "concedes"])), field("statement", Kind::Area).or_not()],
)];

const REFUND: Field = field("refund", Kind::Hidden).at("");

const REFUNDS: &[Form] = &[
    form("consent", "/v1/refunds/{field.refund}/consent", &[REFUND]),
    form(
        "object",
        "/v1/refunds/{field.refund}/objection",
        &[
            REFUND,
            field("objection", Kind::One(&["hours_taught", "amount", "cause", "already_paid", "terms"])).at("reason"),
            field("words", Kind::Area).at("text"),
        ],
    ),
];

const APPLICATIONS: &[Form] = &[form(
    "apply",
    "/v1/institutions/{me.institution}/licence-applications",
    &[field("kind", Kind::One(&["new", "renewal", "closure"]))],
)
.tried()];

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list(values: &Map<String, Value>, name: &str) -> Vec<Value> {
    values.get(name).and_then(|list| list["items"].as_array().cloned()).unwrap_or_default()
}

/// `names`: what each course is called.
fn names(values: &mut Map<String, Value>) {
    let names: Map<String, Value> =
        list(values, "courses").iter().map(|course| (text(course, "id").to_owned(), course["name"].clone())).collect();
    values.insert("names".to_owned(), Value::Object(names));
}

/// Lessons by month as columns.
fn today(values: &mut Map<String, Value>) {
    let months = values.get("figures").and_then(|figures| figures["months"].as_array().cloned()).unwrap_or_default();
    let columns: Vec<Value> = months
        .iter()
        .map(|month| {
            let of = |name: &str| month[name].as_i64().unwrap_or(0);
            json!({"label": text(month, "month"), "values": [of("confirmed"), of("deemed"), of("disputed")]})
        })
        .collect();
    values.insert("lesson_columns".to_owned(), Value::Array(columns));
}

/// The class as a list to tick.
fn attendance(values: &mut Map<String, Value>) {
    let pupils: Vec<Value> = list(values, "enrolments")
        .iter()
        .enumerate()
        .map(|(at, enrolment)| {
            let contract = text(enrolment, "contract");
            let short: String = contract.chars().rev().take(6).collect::<Vec<_>>().into_iter().rev().collect();
            json!({"contract": contract, "label": format!("{}. …{short}", at.saturating_add(1))})
        })
        .collect();
    let wanted = values.get("session").and_then(Value::as_str).unwrap_or_default().to_owned();
    let held = list(values, "sessions").into_iter().find(|session| text(session, "id") == wanted);
    values.insert("pupils".to_owned(), Value::Array(pupils));
    values.insert("held".to_owned(), held.unwrap_or(Value::Null));
}

/// Balances over time and the ages of refunds as pictures.
fn money(values: &mut Map<String, Value>) {
    let mut seals = list(values, "seals");
    seals.sort_by(|a, b| text(a, "sealed_on").cmp(text(b, "sealed_on")));
    let line: Vec<Value> = seals
        .iter()
        .map(|seal| {
            let held = seal["custody_fen"].as_i64().unwrap_or(0);
            json!({"label": text(seal, "sealed_on"), "values": [held], "written": [yuan(held)]})
        })
        .collect();
    values.insert("held_line".to_owned(), Value::Array(line));
}
