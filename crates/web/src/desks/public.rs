//! What everybody may see without logging in: is this institution safe, which lists is it on, what
//! may be charged and what comes back.

use super::templates;
use crate::page::{Desk, Download, Field, Kind, Page, all, field, form, need, opt, page};

/// The desk.
pub const DESK: Desk = Desk {
    name: "public",
    roles: &[],
    pages: PAGES,
    downloads: &[Download { path: "/licences/{id}/certificate.pdf", api: "/v1/licences/{id}/certificate.pdf" }],
    templates: templates![
        "public/front.html",
        "public/institution.html",
        "public/list.html",
        "public/changes.html",
        "public/refund.html",
        "public/fee.html",
        "public/price.html",
        "public/clauses.html",
        "public/receipts.html",
    ],
    messages: [include_str!("../../messages/zh/public.toml"), include_str!("../../messages/en/public.toml")],
};

const PAGES: &[Page] = &[
    page("/", "front", &[opt("found", "/v1/lookups?q={query.q}"), opt("ledgers", "/v1/ledgers")]).in_menu(),
    page(
        "/i/{id}",
        "institution",
        &[
            need("it", "/v1/institutions/{id}?on={?query.on}"),
            // Which account may be paid is public with the certificate alone.
            opt("certificate", "/v1/licences/{it.licence.id}/certificate"),
            opt("reconciliations", "/v1/reconciliations?institution={id}"),
            opt("courses", "/v1/institutions/{id}/courses?limit=50"),
            opt("listings", "/v1/institutions/{id}/listings"),
            opt("offers", "/v1/institutions/{id}/transfer-offers"),
        ],
    ),
    page("/lists/{kind}", "list", &[need("list", "/v1/lists/{kind}?limit=100&after={?query.after}")]),
    page(
        "/list-changes",
        "changes",
        &[
            need("ledgers", "/v1/ledgers"),
            opt("differences", "/v1/list-differences?region={query.region}&from={query.from}&to={query.to}"),
            all("institutions", "/v1/institutions?region={query.region}&limit=200"),
            opt("publications", "/v1/list-publications?region={ledgers.items.0.region}"),
        ],
    )
    .shaped(super::regulator_shapes::names)
    .in_menu(),
    page("/calculators/refund", "refund", REGIONS)
        .with(&[form("refund", "/v1/refund-calculations", REFUND).shows()])
        .in_menu(),
    page("/calculators/fee", "fee", REGIONS).with(&[form("fee", "/v1/fee-checks", FEE).shows()]).in_menu(),
    page("/calculators/price", "price", REGIONS).with(&[form("price", "/v1/price-checks", PRICE).shows()]).in_menu(),
    page("/calculators/clauses", "clauses", &[])
        .with(&[form("clauses", "/v1/contract-checks", &[field("text", Kind::Area)]).shows()])
        .in_menu(),
    page(crate::scan::PAGE, "receipts", &[])
        .with(&[form(crate::scan::FORM, "/v1/receipt-checks", RECEIPT).shows()])
        .in_menu(),
];

const RECEIPT: &[Field] = &[field("receipt", Kind::Area), field("log_key", Kind::Text).at("key").or_not()];

const REGIONS: &[crate::page::Read] = &[all("regions", "/v1/policies")];

/// The regions that have rules of their own.
const REGION: Field = field("region", Kind::Of("regions.items", "region", "name"));

const STAGES: &[&str] = &["preschool", "primary", "junior", "senior"];
const MODES: &[&str] = &["offline", "online"];
const CATEGORIES: &[&str] = &["subject", "sports", "arts", "science", "other"];

const REFUND: &[Field] = &[
    REGION,
    field("cause", Kind::One(&["consumer", "institution", "neither"])),
    field("paid_on", Kind::Day),
    field("first_lesson_on", Kind::Day).or_not(),
    field("requested_on", Kind::Day).from("today"),
    field("price", Kind::Yuan).at("lots.0.price_fen"),
    field("paid_hours", Kind::Decimal).at("lots.0.paid_hours"),
    field("gift_hours", Kind::Decimal).at("lots.0.gift_hours").or_not(),
    field("list_price", Kind::Yuan).at("lots.0.list_price_per_hour_fen").or_not(),
    field("used_hours", Kind::Decimal).or_not(),
];

const FEE: &[Field] = &[
    REGION,
    field("on", Kind::Day).from("today"),
    field("category", Kind::One(CATEGORIES)),
    field("mode", Kind::One(MODES)),
    field("stage", Kind::One(STAGES)),
    field("price", Kind::Yuan).at("price_fen"),
    field("paid_hours", Kind::Decimal),
    field("gift_hours", Kind::Decimal).or_not(),
    field("first_lesson_on", Kind::Day),
    field("last_lesson_on", Kind::Day),
    field("payment_form", Kind::One(&["bank_transfer", "platform", "cash", "training_loan", "personal_account"]))
        .or_not(),
];

const PRICE: &[Field] = &[
    REGION,
    field("on", Kind::Day).from("today"),
    field("mode", Kind::One(MODES)),
    field("class_size", Kind::Int),
    field("minutes", Kind::Int),
    field("area", Kind::One(&["all", "city", "village"])).or_not(),
];
