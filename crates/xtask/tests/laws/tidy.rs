//! What no tracked file may contain. Clippy and rustc hold what they can (see the root manifest);
//! these laws are the rest.

use crate::assert_none;
use crate::source::{File, lines_with, root, rust_files, text_files, tracked};

/// Most lines of a Rust file: above it there are two subjects in it.
const FILE_LINES_MAX: usize = 600;
/// Most lines of a handler, signature included: parse, call one use case, convert the answer.
const HANDLER_LINES_MAX: usize = 25;

fn is_in(file: &File, folders: &[&str]) -> bool {
    folders.iter().any(|folder| file.path.starts_with(folder))
}

/// Findings for code that names one of `words` outside `folders`.
fn named_outside(words: &[&str], folders: &[&str]) -> Vec<String> {
    let mut findings = Vec::new();
    for file in rust_files().iter().filter(|f| !is_in(f, folders)) {
        for word in words {
            findings.extend(lines_with(&file.code, word).iter().map(|line| format!("{}:{line} {word}", file.path)));
        }
    }
    findings
}

#[test]
fn files_say_what_lives_in_them() {
    let findings: Vec<_> =
        rust_files().iter().filter(|f| !f.text.starts_with("//! ")).map(|f| f.path.clone()).collect();
    assert_none("Start the file with `//! `: one to five lines on what lives here and what does not.", &findings);
}

#[test]
fn files_have_one_subject() {
    let findings: Vec<_> = rust_files()
        .iter()
        .map(|f| (f.text.lines().count(), &f.path))
        .filter(|(lines, _)| *lines > FILE_LINES_MAX)
        .map(|(lines, path)| format!("{path}: {lines} lines"))
        .collect();
    assert_none("More than 600 lines are two subjects: split the file where the second begins.", &findings);
}

#[test]
fn lints_are_answered_not_silenced() {
    let mut findings = named_outside(&["#[allow(", "#![allow("], &[]);
    findings.extend(named_outside(&["#[ignore", "#[should_panic"], &[]));
    assert_none(
        "Mend what the lint says, or write #[expect(lint, reason = \"…\")], which fails when it is no longer needed. \
         Tests are not ignored and do not expect a panic: assert the error.",
        &findings,
    );
}

#[test]
fn the_clock_is_read_in_the_server() {
    let clocks = [
        "SystemTime::now",
        "Instant::now",
        "Utc::now",
        "Local::now",
        "Timestamp::now",
        "Zoned::now",
        "Uuid::now_v7",
        "Uuid::new_v4",
    ];
    let findings: Vec<_> = named_outside(&clocks, &["crates/server/", "crates/testdb/", "tests/"])
        .into_iter()
        // Benches measure; that is their work.
        .filter(|finding| !finding.contains("/benches/") && !is_tokio_time(finding))
        .collect();
    assert_none(
        "Only the server reads the clock and makes ids; take `now` and ids as arguments, so that replay and tests \
         decide the same. For measuring, write tokio::time::Instant::now in full.",
        &findings,
    );
}

/// The clock of the runtime measures and waits; it decides nothing and tests can pause it.
fn is_tokio_time(finding: &str) -> bool {
    let (at, _) = finding.split_once(' ').unwrap_or_default();
    let (path, line) = at.rsplit_once(':').unwrap_or_default();
    let text = std::fs::read_to_string(root().join(path)).unwrap_or_default();
    let line = line.parse::<usize>().ok().and_then(|n| text.lines().nth(n - 1)).unwrap_or_default();
    line.contains("tokio::time::Instant::now")
}

#[test]
fn the_environment_is_read_in_the_binaries() {
    let words = ["std::env", "env::var", "env::vars", "env::args", "env::current_dir", "env::temp_dir"];
    let folders = ["crates/server/", "crates/verifier/", "crates/xtask/", "crates/testdb/", "tests/"];
    let mut findings = named_outside(&words, &folders);
    // Integration tests and benches ask where to write a document, or which database to use.
    findings.retain(|finding| !finding.contains("/tests/") && !finding.contains("/benches/"));
    assert_none("Only the binaries read the environment; take the setting as an argument.", &findings);
}

#[test]
fn transactions_belong_to_the_use_cases() {
    // `migrations` is there because a schema change is one transaction too.
    let words = [
        ".begin(",
        ".begin_batch(",
        ".begin_with_config(",
        ".begin_with_options(",
        ".transaction(",
        ".commit().await",
        ".rollback().await",
    ];
    // `bench` writes plain SQL beside the ledger, into a database of its own, to compare.
    let places =
        ["crates/store/", "crates/app/", "crates/testdb/", "migrations/", "tests/", "crates/server/src/bench/"];
    let findings = named_outside(&words, &places);
    assert_none(
        "A transaction begins and ends in app, over store: what is checked must be what is locked. Make it a use case.",
        &findings,
    );
}

#[test]
fn handlers_are_thin() {
    let mut findings = Vec::new();
    for file in rust_files().iter().filter(|f| f.path.starts_with("crates/api/src/handlers")) {
        for (name, line, length) in functions(&file.code) {
            if length > HANDLER_LINES_MAX {
                findings.push(format!("{}:{line} fn {name}: {length} lines", file.path));
            }
        }
    }
    assert_none(
        "A function in api/handlers parses, calls one use case and converts the answer, in at most 25 lines. Move \
         what decides to app, what converts to a From or TryFrom beside the DTO.",
        &findings,
    );
}

/// Every function with a body: name, line (from 1), length in lines from `fn` to the closing brace.
fn functions(code: &str) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let name: String = code[at + 3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let Some(open) = code[at..].find(['{', ';']).map(|i| at + i) else { continue };
        if name.is_empty() || code[open..].starts_with(';') {
            continue;
        }
        let mut depth = 0usize;
        let end = code[open..].char_indices().find(|(_, c)| {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let end = end.map_or(code.len(), |(i, _)| open + i);
        let line = code[..at].matches('\n').count() + 1;
        found.push((name, line, code[at..end].matches('\n').count() + 1));
    }
    found
}

#[test]
fn functions_are_measured() {
    let code = "async fn one(\n  a: A,\n) -> B {\n  if x { y }\n}\nfn two() {}\ntrait T { fn three(); }\n";
    let lines: Vec<_> = functions(code);
    assert_eq!(lines, [("one".to_owned(), 1, 5), ("two".to_owned(), 6, 1)]);
}

#[test]
fn errors_hold_data() {
    let mut findings = Vec::new();
    for file in rust_files().iter().filter(|f| f.path.ends_with("/error.rs")) {
        // A named field (`file: String`) is data; these are sentences.
        for word in ["(String", "(Cow<", "message: String", "reason: String", "detail: String", "text: String"] {
            findings.extend(lines_with(&file.code, word).iter().map(|line| format!("{}:{line} {word}", file.path)));
        }
    }
    assert_none(
        "A variant of an error holds ids, limits and values of the domain that a caller can act on, not a sentence: \
         text is made where it is shown, and internal text cannot leak.",
        &findings,
    );
}

#[test]
fn nothing_is_left_unfinished() {
    // Spelled so that this file does not contain them.
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("HA", "CK")];
    let mut findings = Vec::new();
    for file in text_files().iter().filter(|f| f.path != "Cargo.lock") {
        for mark in marks {
            findings.extend(lines_with(&file.text, mark).iter().map(|line| format!("{}:{line} {mark}", file.path)));
        }
    }
    assert_none(
        "Finish it, or open an issue and take the mark out: marks in the code are never read again.",
        &findings,
    );
}

#[test]
fn paths_of_one_machine_stay_there() {
    let places = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];
    let mut findings = Vec::new();
    for file in text_files() {
        for (i, line) in file.text.lines().enumerate() {
            // Part of a longer path or an address is not a path of a machine.
            let inside = |at: usize| line[..at].ends_with(|c: char| c.is_alphanumeric() || "_.-}".contains(c));
            if places.iter().any(|place| line.match_indices(place).any(|(at, _)| !inside(at))) {
                findings.push(format!("{}:{}", file.path, i + 1));
            }
        }
    }
    assert_none(
        "An absolute path of somebody's machine: write it relative to the root, or take it as a setting.",
        &findings,
    );
}

#[test]
fn the_top_level_is_closed() {
    let allowed = ["Cargo.toml", "Cargo.lock", "README.md", "crates", "docs", "migrations", "tests"];
    let mut findings: Vec<_> = tracked()
        .into_iter()
        .filter_map(|path| path.split('/').next().map(str::to_owned))
        .filter(|top| !allowed.contains(&top.as_str()) && !top.starts_with('.') && !top.ends_with(".toml"))
        .collect();
    findings.dedup();
    assert_none("The top level is closed: a document goes to docs/, code to a crate.", &findings);
}

#[test]
fn bodies_have_names_of_their_own() {
    let mut seen = std::collections::BTreeMap::<String, String>::new();
    let mut findings = Vec::new();
    for file in rust_files().iter().filter(|file| is_in(file, &["crates/api/src/"])) {
        let lines: Vec<&str> = file.code.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let Some(rest) = line.strip_prefix("pub struct ").or_else(|| line.strip_prefix("pub enum ")) else {
                continue;
            };
            let derived = lines.iter().take(at).rev().take_while(|line| line.starts_with("#[") || line.is_empty());
            if !derived.into_iter().any(|line| line.contains("ToSchema")) {
                continue;
            }
            let name: String = rest.chars().take_while(|c| c.is_alphanumeric()).collect();
            if let Some(other) = seen.insert(name.clone(), file.path.clone()) {
                findings.push(format!("{}: {name}, as in {other}", file.path));
            }
        }
    }
    assert!(seen.len() > 50, "the bodies are elsewhere now: {}", seen.len());
    assert_none("The OpenAPI document keeps one schema of a name: call the body after what it is about.", &findings);
}
