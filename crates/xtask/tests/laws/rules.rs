//! docs/RULES.md: every rule with what it asks, the parameters that feed it, its legal source and its
//! tests, and every parameter with what each place says. Sources and tests are found in the code, not
//! typed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use kernel::{Day, RegionCode, RuleId};
use policy::{InForce, PolicySet};

use crate::assert_none;
use crate::docs::{cell, compare};
use crate::source::{File, rust_files};

/// The day whose policy docs/RULES.md shows.
const RULES_ON: &str = "2026-09-01";
/// A region without rules of its own shows the national values.
const REGION_WITHOUT_RULES: &str = "620000";

/// Rules that no test names yet. The list only shrinks: write the test and take the rule out.
const UNNAMED: &[&str] = &[
    "licence.closure_after_refunds",
    "contract.preschool_subject",
    "contract.online_unit",
    "contract.unfair_term",
    "escrow.refund_answer_clock",
];

/// The name of a rule in the code, as its id is declared.
fn variants(files: &[File]) -> BTreeMap<RuleId, String> {
    let declared = files.iter().find(|f| f.path == "crates/kernel/src/rule.rs").expect("the list of rules");
    let named = declared.text.lines().filter_map(|line| {
        let (name, rest) = line.trim().split_once(" = \"")?;
        Some((rest.split('"').next()?.parse::<RuleId>().ok()?, name.to_owned()))
    });
    named.collect()
}

fn is_test(file: &File) -> bool {
    file.path.contains("/tests/")
}

/// Functions marked as tests, with their text.
fn tests_of(file: &File) -> Vec<(String, &str)> {
    let mut found = Vec::new();
    let mut rest = file.text.as_str();
    while let Some(at) = ["#[test]", "#[tokio::test"].iter().filter_map(|mark| rest.find(mark)).min() {
        let body = rest.get(at + 1..).unwrap_or_default();
        let end = ["#[test]", "#[tokio::test"].iter().filter_map(|mark| body.find(mark)).min().unwrap_or(body.len());
        let (one, after) = body.split_at(end);
        let name = one.split("fn ").nth(1).and_then(|text| text.split(['(', '<']).next());
        found.extend(name.map(|name| (name.to_owned(), one)));
        rest = after;
    }
    found
}

/// Does a text speak of a rule: by its name in the code or its id?
fn speaks_of(text: &str, rule: RuleId, variant: &str) -> bool {
    let by_name = format!("RuleId::{variant}");
    let whole = |at: usize| !text[at + by_name.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
    text.match_indices(&by_name).any(|(at, _)| whole(at)) || text.contains(&format!("\"{rule}\""))
}

/// The texts that a file gives as the legal source of a rule: constants near the rule's name.
fn sources_in(file: &File, variant: &str) -> BTreeSet<String> {
    let constant = |name: &str| {
        let declared = file.text.split_once(&format!("const {name}: &str ="))?.1;
        declared.split('"').nth(1).map(str::to_owned)
    };
    let mut found = BTreeSet::new();
    for (at, _) in file.text.match_indices(&format!("RuleId::{variant})")) {
        let statement = file.text[at..].split([';', '}']).next().unwrap_or_default();
        for argument in statement.split(".source(").skip(1) {
            let name: String = argument.chars().take_while(|c| c.is_ascii_uppercase() || *c == '_').collect();
            found.extend(constant(&name));
        }
    }
    found
}

/// A rule's row: what it asks, parameters, sources, tests.
fn rows(files: &[File], national: &[InForce<'_>]) -> (String, Vec<String>) {
    let variants = variants(files);
    let mut text = String::new();
    let mut untested = Vec::new();
    for &rule in RuleId::ALL {
        let variant = &variants[&rule];
        let feeds: Vec<&InForce<'_>> = national.iter().filter(|p| p.rules.contains(&rule)).collect();
        let keys: Vec<String> = feeds.iter().map(|p| format!("[`{0}`](#{0})", p.key)).collect();
        let product = files.iter().filter(|f| !is_test(f) && f.path.contains("/src/"));
        let mut sources: BTreeSet<String> = product.flat_map(|f| sources_in(f, variant)).collect();
        sources.extend(feeds.iter().filter_map(|p| Some(p.source?.text.to_owned())).filter(|_| keys.len() < 3));
        let mut tests = BTreeSet::new();
        for file in files {
            for (name, body) in tests_of(file) {
                if speaks_of(body, rule, variant) {
                    let room = file.path.trim_start_matches("crates/").trim_end_matches(".rs");
                    tests.insert(format!("{room}: `{name}`"));
                }
            }
        }
        if tests.is_empty() && !UNNAMED.contains(&rule.as_str()) {
            untested.push(rule.to_string());
        }
        writeln!(text, "### `{rule}`\n\n{}; {}.\n", rule.zh(), rule.en()).expect("text");
        if !keys.is_empty() {
            writeln!(text, "- parameters: {}", keys.join(", ")).expect("text");
        }
        if !sources.is_empty() {
            let sources: Vec<String> = sources.into_iter().collect();
            writeln!(text, "- source: {}", sources.join("；")).expect("text");
        } else if keys.len() >= 3 {
            writeln!(text, "- source: that of each parameter").expect("text");
        } else {
            writeln!(text, "- source: none; what the records of this system need to hold").expect("text");
        }
        let tests: Vec<String> = tests.into_iter().collect();
        let tests = if tests.is_empty() { "none names it".to_owned() } else { tests.join(", ") };
        writeln!(text, "- tests: {tests}\n").expect("text");
    }
    (text, untested)
}

#[test]
fn rules_are_documented() {
    let on: Day = RULES_ON.parse().expect("a day");
    let set = PolicySet::shipped().expect("policy data");
    let national = set.resolve(REGION_WITHOUT_RULES.parse().expect("a region"), on).expect("national policy");
    let national = national.in_force();
    let regions: Vec<(RegionCode, String)> = set.regions().into_iter().map(|(r, n)| (r, n.to_owned())).collect();
    let (rules, untested) = rows(&rust_files(), &national);
    assert_none("A rule that no test names: write one that expects its id.", &untested);

    let mut text = format!(
        "# Rules\n\nGenerated from `kernel::RuleId`, `crates/policy/data` and the code; a test compares.\n\n\
         ## Rules, in the order in which broken ones are reported\n\n{rules}"
    );
    writeln!(
        text,
        "## Parameters, as on {RULES_ON}\n\nGrade: P primary text read in full, X official page read in part, N \
         report or reprint read, K background\nknowledge, to be checked against the text, ? conflicting or open. A \
         place that is not in a table has the\nnearest level's above it. \"no rule\" is known, with its source; it is \
         never a silent default."
    )
    .expect("text");
    let places: Vec<(String, policy::Policy)> =
        regions.into_iter().map(|(region, name)| (format!("{region} {name}"), set.resolve_known(region, on))).collect();
    let mut section = None;
    for (index, nation) in national.iter().enumerate() {
        if section.replace(nation.section) != Some(nation.section) {
            writeln!(text, "\n## {} ({})", nation.section.zh(), nation.section).expect("text");
        }
        let rules: Vec<String> = nation.rules.iter().map(|r| format!("`{r}`")).collect();
        writeln!(text, "\n### `{}`\n\n{}; {}.", nation.key, nation.zh, nation.en).expect("text");
        if !rules.is_empty() {
            writeln!(text, "Feeds {}.", rules.join(", ")).expect("text");
        }
        text.push_str("\n| where | value | from | grade | source |\n|---|---|---|---|---|\n");
        text.push_str(&told("nation", nation));
        for (place, policy) in &places {
            let own = &policy.in_force()[index];
            if own.source.is_some_and(|source| source.level == Some(policy.region)) {
                text.push_str(&told(place, own));
            }
        }
    }
    compare("RULES.md", &format!("{}\n", text.trim_end()));
}

/// The rows of a parameter in one place: what holds, and what other texts say.
fn told(place: &str, p: &InForce<'_>) -> String {
    let Some(source) = p.source else { return String::new() };
    let value = cell(p.value.as_deref().unwrap_or("no rule"));
    let mut rows = format!("| {place} | {value} | {} | {} | {} |\n", source.from_on, source.grade, cell(source.text));
    for other in &p.also {
        let (value, grade) = (cell(&other.value), other.grade);
        writeln!(rows, "| {place}, another text | {value} | | {grade} | {} |", cell(other.source)).expect("text");
    }
    rows
}
