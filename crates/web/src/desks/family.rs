//! The family's desk, for a phone first: what is left of what was paid, was the lesson held, how to
//! get money back, how to keep the proof.

use serde_json::{Map, Value, json};

use super::templates;
use crate::page::{Desk, Download, Field, Form, Kind, Page, Read, all, each, field, form, need, opt, page};

/// The desk.
pub const DESK: Desk = Desk {
    name: "family",
    roles: &["guardian"],
    pages: PAGES,
    downloads: &[
        Download { path: "/family/contracts/{id}/contract.pdf", api: "/v1/contracts/{id}/document.pdf" },
        Download { path: "/family/contracts/{id}/statement.txt", api: "/v1/contracts/{id}/statement.txt" },
        Download { path: "/family/contracts/{id}/balance-proof", api: "/v1/contracts/{id}/balance-proof" },
        Download { path: "/family/receipts/{hash}", api: "/v1/receipts/{hash}" },
        Download { path: "/family/receipts/{hash}/qr", api: "/v1/receipts/{hash}/qr" },
        Download { path: "/family/data", api: "/v1/me/data" },
    ],
    templates: templates![
        "family/parts.html",
        "family/children.html",
        "family/contract.html",
        "family/refund.html",
        "family/readings.html",
        "family/end.html",
        "family/terms.html",
        "family/transfer.html",
        "family/check_in.html",
        "family/dispute.html",
    ],
    messages: [include_str!("../../messages/zh/family.toml"), include_str!("../../messages/en/family.toml")],
};

const PAGES: &[Page] = &[
    page(
        "/family",
        "children",
        &[
            all("contracts", "/v1/contracts?limit=200"),
            each("statements", "contracts.items", "/v1/contracts/{item.id}/statement?limit=1"),
            each("lessons", "contracts.items", "/v1/contracts/{item.id}/lessons?limit=200"),
            each("institutions", "contracts.items", "/v1/institutions/{item.institution}"),
        ],
    )
    .with(ANSWERS)
    .shaped(children)
    .in_menu(),
    page(
        "/family/contracts/{id}",
        "contract",
        &[
            need("contract", "/v1/contracts/{id}"),
            opt("it", "/v1/institutions/{contract.institution}"),
            opt("course", "/v1/courses/{contract.course}"),
            opt("statement", "/v1/contracts/{id}/statement?limit=100&after={?query.after}"),
            all("lessons", "/v1/contracts/{id}/lessons?limit=200"),
            opt("payments", "/v1/contracts/{id}/payments"),
            opt("refunds", "/v1/contracts/{id}/refunds"),
            opt("offers", "/v1/institutions/{contract.institution}/transfer-offers"),
            opt("told", "/v1/institutions/{contract.institution}/notices"),
        ],
    )
    .with(CONTRACT)
    .shaped(lessons),
    page(
        "/family/contracts/{id}/refund",
        "refund",
        &[
            need("contract", "/v1/contracts/{id}"),
            opt("it", "/v1/institutions/{contract.institution}"),
            opt("refunds", "/v1/contracts/{id}/refunds"),
        ],
    )
    .with(REFUND),
    page("/family/contracts/{id}/end", "end", HEAD).with(END),
    page(
        "/family/contracts/{id}/terms",
        "terms",
        &[need("contract", "/v1/contracts/{id}"), opt("differences", "/v1/contracts/{id}/differences")],
    ),
    page("/family/contracts/{id}/transfer", "transfer", HEAD).with(TRANSFER),
    page(
        "/family/contracts/{id}/check-in",
        "check_in",
        &[need("contract", "/v1/contracts/{id}"), opt("sessions", "/v1/contracts/{id}/class-sessions")],
    )
    .with(CHECK_IN)
    .shaped(coming),
    page("/family/disputes/{id}", "dispute", &[need("dispute", "/v1/lessons/{id}/dispute")]).with(COMPLAINT),
    page("/family/readings", "readings", &[need("readings", "/v1/me/readings?limit=50&after={?query.after}")])
        .in_menu(),
];

const HEAD: &[Read] = &[need("contract", "/v1/contracts/{id}"), opt("it", "/v1/institutions/{contract.institution}")];

const END: &[Form] = &[
    form("end_quote", "/v1/contracts/{id}/refund-quotes", &[CAUSE]).shows(),
    form(
        "terminate",
        "/v1/contracts/{id}/termination",
        &[
            field(
                "ground",
                Kind::One(&[
                    "cooling_off",
                    "agreed_full_refund",
                    "before_first_lesson",
                    "early",
                    "institution_breach",
                    "health",
                    "force_majeure",
                ]),
            ),
            field("reason", Kind::Area).or_not(),
        ],
    )
    .tried()
    .leads("/family/contracts/{id}?done=terminate"),
];

const TRANSFER: &[Form] = &[form(
    "hand_over",
    "/v1/contracts/{id}/transfer",
    &[
        field("guardian_name", Kind::Text).at("guardian.name"),
        field("phone", Kind::Text).at("guardian.phone"),
        field("id_kind", Kind::One(&["resident_id", "passport", "other"])).at("guardian.id_kind"),
        field("id_number", Kind::Text).at("guardian.id_number"),
        field("relation", Kind::One(&["mother", "father", "other"])).at("guardian.relation"),
        field("pupil_name", Kind::Text).at("pupil.name"),
        field("birth_on", Kind::Day).at("pupil.birth_on"),
        field("school", Kind::Text).at("pupil.school").or_not(),
        field("reason", Kind::Area).or_not(),
    ],
)
.tried()
.leads("/family?done=hand_over")];

const CHECK_IN: &[Form] = &[form(
    "check_in",
    "/v1/class-sessions/{field.class_session}/check-ins",
    &[
        field("class_session", Kind::Of("coming", "id", "label")).at(""),
        field("room_code", Kind::Text).at("code"),
        field("contract", Kind::Hidden).from("contract.id"),
    ],
)];

const COMPLAINT: &[Form] = &[form(
    "complain",
    "/v1/lessons/{id}/dispute-arguments",
    &[field("stance", Kind::One(&["maintains", "concedes"])), field("statement", Kind::Area).or_not()],
)];

const LESSON: Field = field("lesson", Kind::Hidden).at("");

const CONFIRM: Form = form("confirm", "/v1/lessons/{field.lesson}/confirmation", &[LESSON]);
const DISPUTE: Form = form(
    "dispute",
    "/v1/lessons/{field.lesson}/dispute",
    &[
        LESSON,
        field("dispute_reason", Kind::One(&["not_held", "absent", "wrong_hours", "quality", "other"])).at("reason"),
    ],
);

const ANSWERS: &[Form] = &[CONFIRM, DISPUTE];

const CONTRACT: &[Form] = &[
    CONFIRM,
    DISPUTE,
    form(
        "sign_guardian",
        "/v1/contracts/{id}/signatures",
        &[
            field("party", Kind::Hidden).from("=guardian"),
            field("document_hash", Kind::Hidden).from("contract.document_hash"),
        ],
    )
    .tried(),
    form(
        "withdraw",
        "/v1/contracts/{id}/withdrawal",
        &[field("same_service_before", Kind::Flag).or_not(), field("reason", Kind::Area).or_not()],
    )
    .tried(),
    form(
        "accept_offer",
        "/v1/contracts/{id}/transfer-acceptance",
        &[field("offer", Kind::Of("offers.items", "id", "hours_left"))],
    )
    .tried(),
];

const CAUSE: Field = field("cause", Kind::One(&["consumer", "institution", "neither"]));

const REFUND: &[Form] = &[
    form("quote", "/v1/contracts/{id}/refund-quotes", &[CAUSE]).shows(),
    form("ask_refund", "/v1/contracts/{id}/refunds", &[CAUSE, field("reason", Kind::Area).or_not()])
        .tried()
        .leads("/family/contracts/{id}?done=ask_refund"),
    form(
        "withdraw_refund",
        "/v1/refunds/{field.refund}/withdrawal",
        &[field("refund", Kind::Hidden).at("").from("contract.open_refund")],
    ),
];

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The contracts as cards, those under way first, and the lessons that wait for an answer.
fn children(values: &mut Map<String, Value>) {
    let of = |name: &str, id: &str| values.get(name).and_then(|map| map.get(id)).cloned().unwrap_or(Value::Null);
    let contracts = values.get("contracts").and_then(|list| list["items"].as_array().cloned()).unwrap_or_default();
    let mut waiting = Vec::new();
    let mut cards: Vec<Value> = Vec::new();
    for contract in contracts {
        let id = text(&contract, "id");
        let institution = of("institutions", id);
        let lots = of("statements", id)["lots"].clone();
        for lesson in of("lessons", id)["items"].as_array().into_iter().flatten() {
            if text(lesson, "state") == "claimed" {
                waiting.push(json!({"lesson": lesson, "institution": institution["name"]}));
            }
        }
        cards.push(json!({"contract": contract, "institution": institution, "lots": lots}));
    }
    cards.sort_by_key(|card| text(&card["contract"], "state") == "ended");
    values.insert("cards".to_owned(), Value::Array(cards));
    values.insert("waiting".to_owned(), Value::Array(waiting));
}

/// `coming`: sessions of today that are held; the code of the room counts on that day only.
fn coming(values: &mut Map<String, Value>) {
    let today = values.get("today").and_then(Value::as_str).unwrap_or_default();
    let sessions = values.get("sessions").and_then(|list| list["items"].as_array().cloned()).unwrap_or_default();
    let held = |session: &&Value| text(session, "held_on") == today && session["cancelled_for"].is_null();
    let label = |session: &Value| format!("{}–{}", text(session, "from"), text(session, "until"));
    let coming: Vec<Value> =
        sessions.iter().filter(held).map(|it| json!({"id": it["id"], "label": label(it)})).collect();
    values.insert("coming".to_owned(), Value::Array(coming));
}

/// Lessons, those that wait for an answer first, then the latest first.
fn lessons(values: &mut Map<String, Value>) {
    let mut rows = values.get("lessons").and_then(|list| list["items"].as_array().cloned()).unwrap_or_default();
    rows.sort_by(|a, b| {
        let waits = |lesson: &Value| text(lesson, "state") != "claimed";
        waits(a).cmp(&waits(b)).then_with(|| text(b, "held_on").cmp(text(a, "held_on")))
    });
    values.insert("rows".to_owned(), Value::Array(rows));
}
