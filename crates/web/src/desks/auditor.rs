//! The auditor's desk: is the ledger whole, what is in it, a sample that everybody can draw again,
//! reconciliation, who looked at personal data, and the bytes to check without this server.

use serde_json::{Map, Value, json};

use super::regulator_shapes::names;
use super::templates;
use crate::page::{Desk, Download, Page, Read, all, each, form, need, opt, page};

/// The desk.
pub const DESK: Desk = Desk {
    name: "auditor",
    roles: &["auditor"],
    pages: PAGES,
    downloads: &[
        Download { path: "/auditor/export/{ledger}", api: "/v1/ledgers/{ledger}/export" },
        Download { path: "/auditor/receipts/{hash}", api: "/v1/receipts/{hash}" },
        Download { path: "/auditor/institutions/{id}/statement", api: "/v1/institutions/{id}/statement" },
        Download { path: "/auditor/institutions/{id}/journal.hledger", api: "/v1/institutions/{id}/journal.hledger" },
        Download {
            path: "/auditor/institutions/{id}/journal.beancount",
            api: "/v1/institutions/{id}/journal.beancount",
        },
        Download { path: "/auditor/institutions/{id}/journal.csv", api: "/v1/institutions/{id}/journal.csv" },
        Download { path: "/auditor/institutions/{id}/journal.xlsx", api: "/v1/institutions/{id}/journal.xlsx" },
    ],
    templates: templates![
        "auditor/ledgers.html",
        "auditor/verification.html",
        "auditor/entries.html",
        "auditor/entry.html",
        "auditor/sample.html",
        "auditor/reconciliation.html",
        "auditor/readings.html",
    ],
    messages: [include_str!("../../messages/zh/auditor.toml"), include_str!("../../messages/en/auditor.toml")],
};

const INSTITUTIONS: Read = all("institutions", "/v1/institutions?region={me.region}&limit=200");

const PAGES: &[Page] = &[
    page(
        "/auditor",
        "ledgers",
        &[
            need("integrity", "/v1/integrity"),
            each("witnesses", "integrity.ledgers", "/v1/ledgers/{item.id}/witnesses"),
            opt("jobs", "/v1/jobs"),
        ],
    )
    .in_menu(),
    page("/auditor/verification/{ledger}", "verification", &[need("run", "/v1/ledgers/{ledger}/verification")])
        .with(&[form("verify_now", "/v1/ledgers/{ledger}/verification", &[])]),
    page(
        "/auditor/entries",
        "entries",
        &[INSTITUTIONS, opt("entries", "/v1/institutions/{query.institution}/entries?limit=50&after={?query.after}")],
    )
    .shaped(names)
    .in_menu(),
    page(
        "/auditor/entries/{ledger}/{seq}",
        "entry",
        &[
            need("entry", "/v1/ledgers/{ledger}/entries/{seq}"),
            opt("proof", "/v1/ledgers/{ledger}/entries/{seq}/proof"),
        ],
    ),
    page("/auditor/sample", "sample", &[need("ledgers", "/v1/ledgers")]).shaped(sample).in_menu(),
    page(
        "/auditor/reconciliation",
        "reconciliation",
        &[INSTITUTIONS, need("reconciliations", "/v1/reconciliations?on={?query.on}&institution={?query.institution}")],
    )
    .shaped(reconciliation)
    .in_menu(),
    page("/auditor/readings", "readings", &[need("readings", "/v1/readings?limit=50&after={?query.after}")]).in_menu(),
];

/// Most entries of a sample.
const SAMPLE_MAX: u64 = 100;
/// Most rows of the page of reconciliations.
const ROWS_MAX: usize = 200;

/// The next number of the generator SplitMix64 (Steele, Lea, Flood 2014), which anybody can run again.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// `count` different entry numbers below `size`, from a seed that was published before.
fn drawn(seed: u64, count: u64, size: u64) -> Vec<u64> {
    let mut state = seed;
    let mut numbers: Vec<u64> = Vec::new();
    while (numbers.len() as u64) < count.min(size).min(SAMPLE_MAX) {
        let number = next(&mut state).checked_rem(size).unwrap_or(0);
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    numbers
}

/// The sample that the query asks for.
fn sample(values: &mut Map<String, Value>) {
    let number = |name: &str| values.get("query")?.get(name)?.as_str()?.trim().parse::<u64>().ok();
    let ledger = values.get("query").and_then(|query| query["ledger"].as_str()).unwrap_or_default();
    let ledgers = values.get("ledgers").and_then(|list| list["items"].as_array().cloned()).unwrap_or_default();
    let found = ledgers.iter().find(|one| one["id"].as_str() == Some(ledger));
    let size = found.and_then(|one| one["size"].as_str()).and_then(|size| size.parse::<u64>().ok());
    // The size that was published with the seed, so that the sample stays the same while the ledger grows.
    let size = match (number("size"), size) {
        (Some(asked), Some(now)) => Some(asked.min(now)),
        (_, now) => now,
    };
    let numbers = match (number("seed"), number("count"), size) {
        (Some(seed), Some(count), Some(size)) => drawn(seed, count, size),
        _ => Vec::new(),
    };
    values.insert("drawn".to_owned(), json!(numbers));
    values.insert("of".to_owned(), json!(size));
}

/// The rows, those that did not pass first.
fn reconciliation(values: &mut Map<String, Value>) {
    names(values);
    let mut rows = values.get("reconciliations").and_then(|list| list["items"].as_array().cloned()).unwrap_or_default();
    rows.sort_by_key(|row| row["result"].as_str() == Some("pass"));
    let failed = rows.iter().filter(|row| row["result"].as_str() != Some("pass")).count();
    values.insert("failed".to_owned(), json!(failed));
    values.insert("all_rows".to_owned(), json!(rows.len()));
    rows.truncate(ROWS_MAX);
    values.insert("rows".to_owned(), Value::Array(rows));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anybody_draws_the_same_sample() {
        // First outputs of SplitMix64 for the seed 1234567, as its authors' programs give them.
        let mut state = 1_234_567;
        assert_eq!([next(&mut state), next(&mut state)], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
        let sample = drawn(7, 20, 1_000);
        assert_eq!(sample.len(), 20);
        assert_eq!(sample, drawn(7, 20, 1_000));
        assert!(sample.iter().all(|seq| *seq < 1_000));
        assert_eq!(drawn(7, 20, 5).len(), 5);
        assert_eq!(drawn(7, 5, 0), Vec::<u64>::new());
    }
}
