//! The desk of the custody bank: lines that nothing explains, orders that wait to be paid, statements,
//! payments, one institution's account. What was posted stands in the ledger; nothing is decided here.

use serde_json::{Map, Value, json};

use super::templates;
use crate::amount::yuan;
use crate::page::{Desk, Download, Field, Form, Kind, Page, Read, all, each, field, form, need, opt, page};

/// The desk.
pub const DESK: Desk = Desk {
    name: "bank",
    roles: &["bank"],
    pages: PAGES,
    downloads: &[
        Download {
            path: "/bank/institutions/{id}/payment-orders.csv",
            api: "/v1/institutions/{id}/payment-orders.csv",
        },
        Download {
            path: "/bank/institutions/{id}/payment-orders.xml",
            api: "/v1/institutions/{id}/payment-orders.xml",
        },
        Download { path: "/bank/orders/{file}", api: "/v1/payment-orders/{file}" },
    ],
    templates: templates![
        "bank/lines.html",
        "bank/orders.html",
        "bank/statements.html",
        "bank/institutions.html",
        "bank/account.html",
    ],
    messages: [include_str!("../../messages/zh/bank.toml"), include_str!("../../messages/en/bank.toml")],
};

const INSTITUTIONS: Read = all("institutions", "/v1/institutions?region={?me.region}&limit=200");

const PAGES: &[Page] = &[
    page(
        "/bank",
        "lines",
        &[INSTITUTIONS, need("lines", "/v1/bank-lines?state=suspended&limit=100&after={?query.after}")],
    )
    .shaped(names)
    .in_menu(),
    page(
        "/bank/orders",
        "orders",
        &[INSTITUTIONS, each("queues", "institutions.items", "/v1/institutions/{item.id}/payment-orders")],
    )
    .shaped(orders)
    .in_menu(),
    page(
        "/bank/statements",
        "statements",
        &[INSTITUTIONS, need("statements", "/v1/bank-statements?limit=50&after={?query.after}")],
    )
    .with(STATEMENTS)
    .shaped(names)
    .in_menu(),
    page(
        "/bank/institutions",
        "institutions",
        &[need(
            "institutions",
            "/v1/institutions?region={?me.region}&limit=50&name={?query.name}&after={?query.after}",
        )],
    )
    .in_menu(),
    page(
        "/bank/institutions/{id}",
        "account",
        &[
            need("it", "/v1/institutions/{id}"),
            opt("balances", "/v1/institutions/{id}/balances"),
            opt("lines", "/v1/bank-lines?institution={id}&state=suspended&limit=200"),
            opt("orders", "/v1/institutions/{id}/payment-orders"),
            all("ordered", "/v1/institutions/{id}/settlements?limit=200"),
        ],
    )
    .with(ACCOUNT)
    .shaped(account),
];

const STATEMENTS: &[Form] =
    &[form("import", "/v1/bank-statements", &[field("statement_text", Kind::Area).or_not(), STATEMENT_FILE])
        .sends_text()
        .shows()];

/// Instead of pasted text.
const STATEMENT_FILE: Field = field("statement_file", Kind::File(".xml,.csv,.txt")).or_not();

const REFERENCE: Field = field("bank_reference", Kind::Text);
const SETTLEMENT: Field = field("settlement", Kind::Of("settlements", "id", "label")).at("");

const ACCOUNT: &[Form] = &[
    form(
        "match",
        "/v1/bank-lines/{field.bank_line}/match",
        &[
            field("bank_line", Kind::Of("suspended", "id", "label")).at(""),
            field("match_settlement", Kind::Of("settlements", "id", "label")).at("settlement").or_not(),
            field("match_refund", Kind::Of("refunds", "id", "label")).at("refund").or_not(),
            field("match_line", Kind::Of("suspended", "id", "label")).at("line").or_not(),
            field("match_payment", Kind::Text).at("payment").or_not(),
            field("reason", Kind::Area),
        ],
    )
    .tried(),
    form("settlement_paid", "/v1/settlements/{field.settlement}/payout", &[SETTLEMENT, REFERENCE]).tried(),
    form("settlement_failed", "/v1/settlements/{field.settlement}/failure", &[SETTLEMENT, field("reason", Kind::Area)])
        .tried(),
    form(
        "refund_paid",
        "/v1/refunds/{field.refund}/payout",
        &[field("refund", Kind::Of("refunds", "id", "label")).at(""), REFERENCE],
    )
    .tried(),
    form(
        "record_payment",
        "/v1/contracts/{field.contract}/payments",
        &[
            field("contract", Kind::Text).at(""),
            field("amount", Kind::Yuan).at("amount_fen"),
            field("method", Kind::One(&["bank_transfer", "card", "third_party", "cash", "digital_yuan"])),
            REFERENCE,
            field("paid_at", Kind::Moment),
        ],
    )
    .tried(),
    form(
        "settlement_returned",
        "/v1/settlements/{field.settlement}/return",
        &[field("settlement", Kind::Of("paid_settlements", "id", "label")).at(""), field("reason", Kind::Area)],
    )
    .tried(),
    form(
        "refund_returned",
        "/v1/refunds/{field.refund}/return",
        &[field("refund", Kind::Text).at(""), field("reason", Kind::Area)],
    )
    .tried(),
    form("allot_interest", "/v1/institutions/{id}/interest-allotments", &[]).tried().shows(),
    form("deposit_paid", "/v1/institutions/{id}/deposits", &[field("amount", Kind::Yuan).at("amount_fen"), REFERENCE])
        .tried(),
];

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn items(value: Option<&Value>) -> Vec<Value> {
    value.and_then(|list| list.get("items")).and_then(Value::as_array).cloned().unwrap_or_default()
}

/// `names`: what each institution is called.
fn names(values: &mut Map<String, Value>) {
    let names: Map<String, Value> = items(values.get("institutions"))
        .iter()
        .map(|it| (text(it, "id").to_owned(), Value::from(text(it, "name"))))
        .collect();
    values.insert("names".to_owned(), Value::Object(names));
}

/// The orders of all institutions in one list.
fn orders(values: &mut Map<String, Value>) {
    names(values);
    let queues = values.get("queues").and_then(Value::as_object).cloned().unwrap_or_default();
    let rows = queues.values().flat_map(|queue| items(Some(queue))).collect();
    values.insert("rows".to_owned(), Value::Array(rows));
}

/// What can be chosen in the forms: suspended lines, orders by their kind.
fn account(values: &mut Map<String, Value>) {
    let amount = |item: &Value| yuan(item.get("amount_fen").and_then(Value::as_i64).unwrap_or(0));
    let lines: Vec<Value> = items(values.get("lines"))
        .iter()
        .map(|line| {
            let sign = if text(line, "direction") == "debit" { "−" } else { "+" };
            let label = format!("{} {sign}{} {}", text(line, "booked_on"), amount(line), text(line, "reference"));
            json!({"id": text(line, "id"), "label": label})
        })
        .collect();
    let orders = items(values.get("orders"));
    let of = |kind: &str| -> Vec<Value> {
        let these = orders.iter().filter(|order| text(order, "kind") == kind);
        let label = |order: &Value| format!("{} {}", amount(order), text(order, "end_to_end"));
        these.map(|order| json!({"id": text(order, "id"), "label": label(order)})).collect()
    };
    let (settlements, refunds) = (of("settlement"), of("refund"));
    let ordered = items(values.get("ordered"));
    let paid = ordered.iter().rev().filter(|settlement| text(settlement, "state") == "paid");
    let label = |settlement: &Value| format!("{} {}", amount(settlement), text(settlement, "id"));
    let paid: Vec<Value> = paid.map(|it| json!({"id": text(it, "id"), "label": label(it)})).collect();
    values.insert("paid_settlements".to_owned(), Value::Array(paid));
    values.insert("suspended".to_owned(), Value::Array(lines));
    values.insert("settlements".to_owned(), Value::Array(settlements));
    values.insert("refunds".to_owned(), Value::Array(refunds));
}
