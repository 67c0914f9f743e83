//! Documents that are made from the code, and links between documents. A generated part is compared;
//! `UPDATE_DOCS=1 cargo test -p xtask` writes it anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::assert_none;
use crate::source::{File, root, rust_files, text_files, tracked};

/// Compares `docs/<name>` between the markers (or all of it, without markers) with `generated`.
pub fn compare(name: &str, generated: &str) {
    let path = root().join("docs").join(name);
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    let (begin, end) = ("<!-- generated: begin -->\n", "<!-- generated: end -->\n");
    let expected = match (found.split_once(begin), found.split_once(end)) {
        (Some((before, _)), Some((_, after))) => format!("{before}{begin}{generated}{end}{after}"),
        _ => generated.to_owned(),
    };
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &expected).expect("docs can be written");
    } else {
        assert!(found == expected, "docs/{name} is not what the code says: UPDATE_DOCS=1 cargo test -p xtask");
    }
}

/// Makes a text fit for a cell of a table.
pub fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// A closed list of words as the `words!` macro declares it.
struct List {
    name: String,
    doc: String,
    words: Vec<(String, String)>,
    places: Vec<String>,
}

/// The closed lists in a file.
fn lists(file: &File) -> Vec<List> {
    let mut found = Vec::new();
    let mut doc = String::new();
    let mut inside = false;
    for line in file.text.lines().map(str::trim) {
        if line == "words! {" {
            inside = true;
            doc.clear();
        } else if !inside {
        } else if let Some(sentence) = line.strip_prefix("///") {
            doc = format!("{doc}{sentence}");
        } else if let Some(name) = line.strip_suffix(" {") {
            let place = file.path.trim_start_matches("crates/").replace("/src/", "::").replace('/', "::");
            let place = place.trim_end_matches(".rs").trim_end_matches("::mod").trim_end_matches("::lib").to_owned();
            found.push(List { name: name.to_owned(), doc: doc.trim().to_owned(), words: vec![], places: vec![place] });
        } else if let Some((_, spelling)) = line.split_once(" = \"") {
            let parts: Vec<&str> = spelling.split('"').collect();
            let list = found.last_mut().expect("a word stands in a list");
            list.words.push((parts[0].to_owned(), parts[2].to_owned()));
        } else if line == "}" && found.last().is_some_and(|l| !l.words.is_empty()) {
            inside = false;
        }
    }
    found
}

#[test]
fn closed_lists_are_in_the_glossary() {
    let mut merged: BTreeMap<String, Vec<List>> = BTreeMap::new();
    for list in rust_files().iter().filter(|f| !f.path.contains("/tests/")).flat_map(lists) {
        let same_name = merged.entry(list.name.clone()).or_default();
        match same_name.iter_mut().find(|l| l.words == list.words) {
            Some(known) => known.places.extend(list.places),
            None => same_name.push(list),
        }
    }
    assert!(merged.len() > 15, "only {} lists found: has words! changed?", merged.len());
    let mut text = String::from("| list | words | where |\n|---|---|---|\n");
    for list in merged.values().flatten() {
        let words: Vec<String> = list.words.iter().map(|(word, zh)| format!("`{word}` {zh}")).collect();
        let places: Vec<String> = list.places.iter().map(|p| format!("`{p}`")).collect();
        let sentence = list.doc.split(". ").next().unwrap_or_default().trim_end_matches('.');
        let row = format!("| {}: {} | {} | {} |\n", list.name, cell(sentence), words.join(", "), places.join(", "));
        text.push_str(&row);
    }
    compare("GLOSSARY.md", &text);
}

#[test]
fn a_word_has_one_chinese_term() {
    let mut terms: BTreeMap<(String, String), (String, String)> = BTreeMap::new();
    let mut findings = Vec::new();
    for list in rust_files().iter().filter(|f| !f.path.contains("/tests/")).flat_map(lists) {
        for (word, zh) in list.words {
            let place = list.places.join(", ");
            let known = terms.entry((list.name.clone(), word.clone())).or_insert((zh.clone(), place.clone()));
            if known.0 != zh {
                findings.push(format!("{} {word}: {} in {}, {zh} in {place}", list.name, known.0, known.1));
            }
        }
    }
    assert_none("The same word of the same list has two Chinese terms; the domain crate's is right.", &findings);
}

/// Every link of the documents: from where, as written, and the file that it names.
fn links() -> Vec<(String, String, PathBuf)> {
    let mut links = Vec::new();
    for file in text_files().iter().filter(|f| f.path.ends_with(".md")) {
        let folder = Path::new(&file.path).parent().unwrap_or(Path::new(""));
        for link in file.text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = link.split('#').next().unwrap_or_default();
            let target = if path.is_empty() { root().join(&file.path) } else { root().join(folder).join(path) };
            if !link.contains("://") {
                links.push((file.path.clone(), link.to_owned(), target));
            }
        }
    }
    links
}

#[test]
fn links_lead_somewhere() {
    let mut findings = Vec::new();
    for (from, link, target) in links() {
        let anchor = link.split_once('#').map_or("", |(_, anchor)| anchor);
        let text = std::fs::read_to_string(&target).unwrap_or_default();
        if !target.exists() || !(anchor.is_empty() || text.lines().any(|line| heading(line) == anchor)) {
            findings.push(format!("{from}: {link}"));
        }
    }
    assert_none("A link in the documents that leads nowhere.", &findings);
}

#[test]
fn documents_can_be_found() {
    let linked: Vec<PathBuf> = links().into_iter().filter_map(|(_, _, target)| target.canonicalize().ok()).collect();
    let findings: Vec<String> = tracked()
        .into_iter()
        .filter(|path| path.starts_with("docs/") && path.ends_with(".md"))
        .filter(|path| root().join(path).canonicalize().is_ok_and(|path| !linked.contains(&path)))
        .collect();
    assert_none("No document links here: add it to the map in README.md or to docs/adr/README.md.", &findings);
}

/// The anchor that a heading gets; empty for other lines.
fn heading(line: &str) -> String {
    let Some(title) = line.strip_prefix('#') else { return String::new() };
    let kept = title.trim_start_matches('#').trim().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}
