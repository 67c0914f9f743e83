//! The institution's desk: today, what is sold, contracts, a whole class on one page, money,
//! refunds, applications. A rule that is broken is said while the form is tried, with its source.

use super::institution_shapes as shapes;
use super::templates;
use super::{papers, record};
use crate::page::{Desk, Download, Field, Form, Kind, Page, all, each, field, form, need, opt, page};

/// The desk.
pub const DESK: Desk = Desk {
    name: "institution",
    roles: &["institution"],
    pages: PAGES,
    downloads: &[
        Download {
            path: "/institution/contracts/{id}/contract.pdf",
            api: "/v1/contracts/{id}/document.pdf?reason={?query.reason}",
        },
        Download { path: "/institution/files/{sha256}", api: "/v1/institutions/{me.institution}/files/{sha256}" },
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
        "institution/parties.html",
        "institution/classes.html",
        "institution/class.html",
        "institution/attendance.html",
        "institution/code.html",
        "institution/alert.html",
        "institution/users.html",
        "institution/user.html",
        "institution/money.html",
        "institution/refunds.html",
        "institution/disputes.html",
        "institution/dispute.html",
        "institution/applications.html",
        "institution/application.html",
        "institution/record.html",
        "institution/imports.html",
        "institution/offers.html",
        "institution/import.html",
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
    .shaped(shapes::today)
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
    .shaped(shapes::names)
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
        "/institution/contracts/{id}/parties",
        "parties",
        &[
            need("contract", "/v1/contracts/{id}"),
            opt("parties", "/v1/contracts/{id}/parties?reason={query.reason}"),
            opt("differences", "/v1/contracts/{id}/differences?reason={query.reason}"),
        ],
    ),
    page(
        "/institution/classes",
        "classes",
        &[
            all("courses", "/v1/institutions/{me.institution}/courses?limit=200"),
            opt("timetable", "/v1/institutions/{me.institution}/timetable?on={?query.on}"),
            opt("classes", "/v1/courses/{query.course}/classes?limit=100"),
            opt("record", "/v1/institutions/{me.institution}/record"),
        ],
    )
    .with(CLASSES)
    .shaped(shapes::classes)
    .in_menu(),
    page(
        "/institution/classes/{class}",
        "class",
        &[
            need("enrolments", "/v1/classes/{class}/enrolments"),
            all("sessions", "/v1/classes/{class}/sessions?limit=200"),
            all("contracts", "/v1/contracts?limit=200&state=signed"),
            all("courses", "/v1/institutions/{me.institution}/courses?limit=200"),
            each("classes", "courses.items", "/v1/courses/{item.id}/classes?limit=200"),
        ],
    )
    .with(CLASS)
    .shaped(shapes::class),
    page(
        "/institution/classes/{class}/{session}",
        "attendance",
        &[
            need("enrolments", "/v1/classes/{class}/enrolments"),
            need("sessions", "/v1/classes/{class}/sessions?limit=200"),
            opt("code", "/v1/class-sessions/{session}/code"),
            all("contracts", "/v1/contracts?limit=200&state=signed"),
        ],
    )
    .with(ATTENDANCE)
    .shaped(shapes::attendance),
    page("/institution/classes/{class}/{session}/code", "code", &[opt("code", "/v1/class-sessions/{session}/code")]),
    page("/institution/alerts/{id}", "alert", &[need("alert", "/v1/alerts/{id}")]).with(ALERT),
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
    .shaped(shapes::money)
    .in_menu(),
    page("/institution/disputes", "disputes", &[need("disputes", "/v1/disputes?limit=100&after={?query.after}")])
        .in_menu(),
    page("/institution/disputes/{id}", "dispute", &[need("dispute", "/v1/lessons/{id}/dispute")]).with(DISPUTE),
    page("/institution/refunds", "refunds", &[need("refunds", "/v1/institutions/{me.institution}/refunds")])
        .with(REFUNDS)
        .shaped(shapes::money)
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
    page("/institution/applications/{id}", "application", &[need("application", "/v1/licence-applications/{id}")])
        .with(APPLICATION),
    page(
        "/institution/record",
        "record",
        &[
            need("record", "/v1/institutions/{me.institution}/record"),
            opt("standards", "/v1/institutions/{me.institution}/standards"),
        ],
    )
    .with(&record::forms("/v1/institutions/{me.institution}/record"))
    .shaped(record::shape)
    .in_menu(),
    page(
        "/institution/offers",
        "offers",
        &[
            all("revoked", "/v1/institutions?state=revoked&limit=200"),
            all("closed", "/v1/institutions?state=closed&limit=200"),
        ],
    )
    .with(OFFERS)
    .shaped(shapes::failed)
    .in_menu(),
    page("/institution/imports", "imports", &[]).with(IMPORTS).in_menu(),
    page(
        "/institution/imports/{id}",
        "import",
        &[
            need("progress", "/v1/lesson-imports/{id}"),
            opt("results", "/v1/lesson-imports/{id}/results?part={?query.part}"),
        ],
    )
    .with(IMPORT)
    .shaped(shapes::import),
    page("/institution/users", "users", &[opt("users", "/v1/users?limit=50&after={?query.after}")])
        .with(USERS)
        .in_menu(),
    page(
        "/institution/users/{id}",
        "user",
        &[need("user", "/v1/users/{id}"), opt("sessions", "/v1/users/{id}/sessions")],
    )
    .with(super::users::USER),
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
    form(
        "terminate_institution",
        "/v1/contracts/{id}/termination",
        &[field("ground", Kind::One(&["payment_overdue", "force_majeure"])), field("reason", Kind::Area).or_not()],
    )
    .tried(),
];

const CLASSES: &[Form] = &[
    form(
        "new_class",
        "/v1/courses/{field.course}/classes",
        &[
            field("course", Kind::Of("open_courses", "id", "name")).at("").from("query.course"),
            field("class_name", Kind::Text).at("name"),
            field("teacher", Kind::Of("teachers", "id", "record.name")),
            field("room", Kind::Of("rooms", "id", "record.name")).or_not(),
            field("capacity", Kind::Int),
        ],
    )
    .tried()
    .leads("/institution/classes/{answer.id}?done=new_class"),
    form(
        "new_teacher",
        "/v1/institutions/{me.institution}/record",
        &[
            field("teacher_name", Kind::Text).at("staff.name"),
            field("teacher_post", Kind::Hidden).at("staff.post").from("=teacher"),
            field("certificate", Kind::Text).at("staff.certificate").or_not(),
            field("subject", Kind::Text).at("staff.subject").or_not(),
            field("screened_on", Kind::Day).at("staff.screened_on").or_not(),
            field("teaches", Kind::Flag).at("staff.teaches").or_not().from("=yes"),
            field("full_time", Kind::Flag).at("staff.full_time").or_not(),
        ],
    )
    .tried(),
];

const CLASS: &[Form] = &[
    form(
        "weekly",
        "/v1/classes/{class}/sessions",
        &[
            field("weekdays", Kind::Numbers(&["1", "2", "3", "4", "5", "6", "7"])).at("weekly.weekdays"),
            field("begins", Kind::Time).at("weekly.from"),
            field("ends", Kind::Time).at("weekly.until"),
            field("from_on", Kind::Day).at("weekly.from_on").from("today"),
            field("until_on", Kind::Day).at("weekly.until_on").from("course.ends_on"),
        ],
    )
    .tried()
    .shows(),
    form(
        "single",
        "/v1/classes/{class}/sessions",
        &[
            field("held_on", Kind::Day).at("sessions.0.held_on"),
            field("begins", Kind::Time).at("sessions.0.from"),
            field("ends", Kind::Time).at("sessions.0.until"),
        ],
    )
    .tried(),
    form(
        "enrol",
        "/v1/classes/{class}/enrolments",
        &[field("contract", Kind::Of("contracts.items", "id", "number")), field("from_on", Kind::Day).or_not()],
    )
    .tried(),
    form(
        "depart",
        "/v1/classes/{class}/departures",
        &[field("contract", Kind::Of("pupils", "contract", "label")), field("until_on", Kind::Day).from("today")],
    )
    .tried(),
];

const ALERT: &[Form] =
    &[form("alert_explain", "/v1/alerts/{id}/explanation", &[field("words", Kind::Area).at("text")])];

const USERS: &[Form] = &[form(
    "new_user",
    "/v1/users",
    &[
        field("username", Kind::Text),
        field("password", Kind::Secret),
        field("role", Kind::Hidden).from("=institution"),
        field("institution", Kind::Hidden).from("me.institution"),
        field("post", Kind::One(&["staff", "teacher"])),
    ],
)];

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

const MONEY: &[Form] = &[
    form("settle", "/v1/institutions/{me.institution}/settlements", &[field("amount", Kind::Yuan).at("amount_fen")])
        .tried(),
    form("settlement_run", "/v1/institutions/{me.institution}/settlement-runs", &[]).tried().shows(),
];

const OFFERS: &[Form] = &[form(
    "offer_hours",
    "/v1/institutions/{field.failed}/transfer-offers",
    &[
        field("failed", Kind::Of("failed", "id", "name")).at(""),
        CATEGORY,
        STAGE,
        field("offered_hours", Kind::Decimal).at("hours"),
    ],
)
.tried()];

const DISPUTE: &[Form] = &[form(
    "argue",
    "/v1/lessons/{id}/dispute-arguments",
    &[
        field("stance", Kind::One(&["maintains", "concedes"])),
        field("statement", Kind::Area).or_not(),
        papers::ATTENDANCE,
        papers::OTHER,
    ],
)
.keeps(FILES)];

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

const LISTING: Field = field("listing", Kind::Of("listings.items", "id", "published_on")).at("");

const IMPORTS: &[Form] = &[form(
    "import_lessons",
    "/v1/institutions/{me.institution}/lesson-imports",
    &[field("lessons_file", Kind::File(".csv"))],
)
.leads("/institution/imports/{answer.id}")];

const IMPORT: &[Form] = &[form("resume_import", "/v1/lesson-imports/{id}/run", &[])];

/// Where papers are handed in.
const FILES: &str = "/v1/institutions/{me.institution}/files";

const APPLICATION: &[Form] = &[
    form("hand_in", "/v1/licence-applications/{id}/correction", papers::CORRECTED).keeps(FILES).tried(),
    form(
        "take_back_application",
        "/v1/licence-applications/{id}/ending",
        &[field("cause", Kind::Hidden).from("=withdrawn"), field("reason", Kind::Area).or_not()],
    )
    .tried(),
];

const APPLICATIONS: &[Form] = &[
    form(
        "apply",
        "/v1/institutions/{me.institution}/licence-applications",
        &[
            field(
                "kind",
                Kind::One(&[
                    "new",
                    "renewal",
                    "change_name",
                    "change_site",
                    "change_representative",
                    "change_promoter",
                    "change_capital",
                    "branch",
                    "conversion",
                    "closure",
                ]),
            ),
            field("wish_name", Kind::Text).at("wish.name").or_not(),
            field("wish_address", Kind::Text).at("wish.address").or_not(),
            field("wish_representative", Kind::Text).at("wish.legal_representative").or_not(),
            field("wish_promoter", Kind::Text).at("wish.promoter").or_not(),
            field("wish_capital", Kind::Yuan).at("wish.capital_fen").or_not(),
            field("category", Kind::One(&["subject", "sports", "arts", "science", "other"]))
                .at("scope.category")
                .or_not(),
            field("modes", Kind::Many(&["offline", "online"])).at("scope.modes").or_not(),
            field("stages", Kind::Many(&["preschool", "primary", "junior", "senior"])).at("scope.stages").or_not(),
            papers::CHARTER,
            papers::SITE,
            papers::FIRE,
            papers::CAPITAL,
            papers::STAFF,
            papers::PROMOTER,
            papers::RESOLUTION,
            papers::LICENCE,
            papers::OTHER,
        ],
    )
    .keeps(FILES)
    .leads("/institution/applications/{answer.id}?done=apply")
    .tried(),
    form("object_listing", "/v1/listings/{field.listing}/objection", &[LISTING, field("words", Kind::Area)]).tried(),
    form("ask_repair", "/v1/listings/{field.listing}/repair", &[LISTING, field("words", Kind::Area)]).tried(),
];
