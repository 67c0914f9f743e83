//! What the regulator's desk keeps beside cases: licences and conduct of an institution, texts of the
//! model contract, registers from files, families whose records end.

use super::papers;
use crate::page::{Field, Form, Kind, field, form};

const LICENCE: Field = field("licence", Kind::Hidden).at("").from("it.licence.id");
const REASON: Field = field("reason", Kind::Area).or_not();
const YEAR: Field = field("year", Kind::Int);

/// Licence and conduct of an institution.
pub const CONDUCT: &[Form] = &[
    form(
        "points",
        "/v1/institutions/{id}/points",
        &[
            field("points", Kind::Int),
            field("cause_code", Kind::Text),
            field("cancels", Kind::Text).or_not(),
            field("facts", Kind::Area).or_not(),
        ],
    )
    .tried()
    .shows(),
    form(
        "grade",
        "/v1/institutions/{id}/grades",
        &[YEAR, field("scale", Kind::Text), field("grade", Kind::Text), field("indicators", Kind::Area).or_not()],
    )
    .tried(),
    form(
        "annual_inspection",
        "/v1/licences/{field.licence}/annual-inspections",
        &[
            LICENCE,
            YEAR,
            field("annual_grade", Kind::One(&["qualified", "basically_qualified", "unqualified"])).at("grade"),
            field("findings", Kind::Area).or_not(),
        ],
    )
    .tried(),
    form(
        "hearing",
        "/v1/licences/{field.licence}/hearing",
        &[
            LICENCE,
            field("step", Kind::One(&["hearing_asked", "hearing_waived", "hearing_set", "hearing_held", "dropped"])),
            field("hearing_on", Kind::Day).at("held_on").or_not(),
            field("words", Kind::Area).or_not(),
        ],
    )
    .tried(),
    form("surrender", "/v1/licences/{field.licence}/surrender", &[LICENCE, REASON]).tried(),
    form("deregister", "/v1/licences/{field.licence}/deregistration", &[LICENCE, REASON]).tried(),
    form(
        "carry_over",
        "/v1/institutions/{id}/licence-carry-over",
        &[
            field("licence_number", Kind::Text),
            field("valid_from_on", Kind::Day),
            field("valid_until_on", Kind::Day),
            Field { needed: true, ..papers::LICENCE },
            REASON,
        ],
    )
    .keeps("/v1/institutions/{id}/files")
    .tried(),
];

/// The model contract.
pub const TEMPLATES: &[Form] = &[form(
    "load_template",
    "/v1/contract-templates",
    &[
        field("region", Kind::Hidden).from("me.region"),
        field("template_name", Kind::Text).at("name"),
        field("effective_on", Kind::Day),
        field("template_text", Kind::Area).at("text"),
    ],
)
.tried()
.leads("/regulator/templates/{answer.id}?done=load_template")];

/// A text of the model contract: decided by another person.
pub const TEMPLATE: &[Form] = &[form(
    "decide_template",
    "/v1/contract-templates/{id}/decision",
    &[field("adoption", Kind::One(&["adopt", "reject"])).at("decision")],
)
.tried()];

/// Registers.
pub const IMPORT: &[Form] = &[
    form(
        "import_register",
        "/v1/registry-imports?region={field.region}&commit={field.commit}",
        &[
            field("register_file", Kind::File(".csv,.xlsx")),
            field("region", Kind::Hidden).at("").from("me.region"),
            field("commit", Kind::One(&["false", "true"])).at("").from("=false"),
        ],
    )
    .shows(),
    form(
        "register_institution",
        "/v1/institutions",
        &[
            field("region", Kind::Hidden).from("me.region"),
            field("institution_name", Kind::Text).at("name"),
            field("credit_code", Kind::Text),
            field("legal_representative", Kind::Text),
            field("address", Kind::Text),
            field("category", Kind::One(&["subject", "sports", "arts", "science", "other"])),
            field("held_modes", Kind::Many(&["offline", "online"])).at("modes"),
            field("held_stages", Kind::Many(&["preschool", "primary", "junior", "senior"])).at("stages"),
            field("custody_bank", Kind::Text).at("custody_account.bank").or_not(),
            field("custody_name", Kind::Text).at("custody_account.account_name").or_not(),
            field("custody_number", Kind::Text).at("custody_account.account_number").or_not(),
        ],
    )
    .tried()
    .leads("/regulator/institutions/{answer.id}?done=register_institution"),
];

/// Families whose records end.
pub const ERASURES: &[Form] = &[form(
    "erase",
    "/v1/erasures",
    &[
        field("region", Kind::Hidden).from("me.region"),
        field("erased_subject", Kind::Text).at("subject").from("query.subject"),
        field("erasure_ground", Kind::One(&["retention_over", "request", "order"])).at("ground"),
    ],
)
.tried()];

/// People who may not teach.
pub const STAFF_BARS: &[Form] = &[
    form(
        "bar_staff",
        "/v1/staff-bars",
        &[
            field("region", Kind::Hidden).from("me.region"),
            field("staff_name", Kind::Text).at("name"),
            field("staff_id_number", Kind::Text).at("id_number"),
            field("bar_cause", Kind::Area).at("cause"),
            field("basis", Kind::Area),
            field("barred_on", Kind::Day).from("today"),
            field("until_on", Kind::Day).or_not(),
        ],
    ),
    form("lift_bar", "/v1/staff-bars/{field.bar}/lifting", &[field("bar", Kind::Hidden).at("")]),
];
