//! docs/ALERTS.md lists the rules as the code has them.

use std::fmt::Write;

use escrow::warning::Rule;

const OPEN: &str = "<!-- rules: compared with the code by a test -->\n";
const CLOSE: &str = "<!-- /rules -->";

#[test]
fn the_rules_are_documented() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/ALERTS.md");
    let document = std::fs::read_to_string(path).unwrap();
    let mut table = String::from("\n| rule | version | | |\n|---|---|---|---|\n");
    for rule in Rule::ALL {
        let (zh, en) = rule.explanation();
        writeln!(table, "| `{rule}` {} | {} | {zh} | {en} |", rule.zh(), rule.version()).unwrap();
    }
    table.push('\n');
    let start = document.find(OPEN).unwrap() + OPEN.len();
    let end = document.find(CLOSE).unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let written = format!("{}{table}{}", &document[..start], &document[end..]);
        return std::fs::write(path, written).unwrap();
    }
    assert_eq!(&document[start..end], table, "run again with UPDATE_DOCS=1");
}
