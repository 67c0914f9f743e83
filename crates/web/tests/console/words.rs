//! Words and templates: both languages say the same, nothing is said without a word, and the
//! documents that repeat the tables are up to date.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use web::{DESKS, Kind, Language, messages, templates};

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn files(below: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

fn chinese(text: &str) -> bool {
    text.chars().any(|c| ('\u{3000}'..='\u{9fff}').contains(&c) || ('\u{ff00}'..='\u{ffef}').contains(&c))
}

#[test]
fn every_word_is_there_in_both_languages() {
    for path in files(&folder("messages/zh")) {
        let read = |path: &Path| web::read_messages(&std::fs::read_to_string(path).unwrap()).unwrap();
        let zh = read(&path);
        let en = read(&folder("messages/en").join(path.file_name().unwrap()));
        let keys = |of: &BTreeMap<String, String>| of.keys().cloned().collect::<BTreeSet<_>>();
        let missing: Vec<_> = keys(&zh).symmetric_difference(&keys(&en)).cloned().collect();
        assert_eq!(missing, Vec::<String>::new(), "{}: in one language only", path.display());
        for (key, text) in &en {
            assert!(!chinese(text) || key == "other_language", "{key}: {text}");
            let blanks = |text: &str| text.matches('{').count();
            assert_eq!(blanks(text), blanks(&zh[key]), "{key}: not the same blanks");
        }
    }
}

#[test]
fn templates_are_those_of_the_tables_and_say_nothing_themselves() {
    let known: BTreeSet<String> = templates().iter().map(|(name, _)| (*name).to_owned()).collect();
    let root = folder("templates");
    let found: BTreeSet<String> =
        files(&root).iter().map(|path| path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(known, found, "a template is named by its desk, and every name is a file");
    for (name, text) in templates() {
        assert!(!chinese(&text), "{name} has Chinese text: put it into messages/");
        for inline in [" style=", "<style", "<script>", " onclick=", " onsubmit=", " onchange=", "javascript:", "|safe"]
        {
            assert!(!text.contains(inline), "{name}: {inline} is against the page's policy");
        }
        for form in text.split("<form").skip(1).filter(|form| form.starts_with(" method=\"post\"")) {
            assert!(
                form.split("</form>").next().unwrap().contains("name=\"_csrf\""),
                "{name}: a form without its word"
            );
        }
    }
}

/// The keys that a template names as they are.
fn named(text: &str) -> Vec<String> {
    let mut keys = Vec::new();
    for part in text.split("t(\"").skip(1) {
        let (key, rest) = part.split_once('"').unwrap();
        if rest.starts_with(')') || rest.starts_with(',') {
            keys.push(key.to_owned());
        }
    }
    keys
}

#[test]
fn whatever_a_page_says_has_a_word() {
    let words = messages(Language::Zh);
    let mut missing = BTreeSet::new();
    let mut want = |key: String| {
        if !words.contains_key(&key) {
            missing.insert(key);
        }
    };
    for (_, text) in templates() {
        named(&text).into_iter().for_each(&mut want);
    }
    for desk in DESKS {
        for page in desk.pages {
            want(format!("page.{}.{}", desk.name, page.name));
            for form in page.forms {
                want(format!("form.{}.title", form.name));
                want(format!("form.{}.send", form.name));
                if form.then != web::Then::Show {
                    want(format!("form.{}.done", form.name));
                }
                for field in form.fields.iter().filter(|field| field.kind != Kind::Hidden) {
                    want(format!("field.{}", field.name));
                    let (Kind::One(choices) | Kind::Many(choices) | Kind::Numbers(choices)) = field.kind else {
                        continue;
                    };
                    for choice in choices.iter().filter(|choice| !words.contains_key(&format!("word.any.{choice}"))) {
                        want(format!("word.{}.{choice}", field.name));
                    }
                }
            }
        }
    }
    assert_eq!(missing, BTreeSet::new(), "messages/ lacks words");
}

#[test]
fn addresses_and_forms_have_names_of_their_own() {
    let mut paths = BTreeSet::new();
    for desk in DESKS {
        for page in desk.pages {
            assert!(paths.insert(page.path), "{} twice", page.path);
            let forms: BTreeSet<_> = page.forms.iter().map(|form| form.name).collect();
            assert_eq!(forms.len(), page.forms.len(), "{}: two forms of one name", page.path);
            assert!(!page.menu || !page.path.contains('{'), "{} cannot stand in a menu", page.path);
        }
    }
}

#[test]
fn every_call_is_one_of_the_api() {
    let text = std::fs::read_to_string(folder("../../docs/openapi.json")).unwrap();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let known: BTreeSet<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), shape(path)))
        })
        .collect();
    let check = |method: &str, path: &str| {
        assert!(known.contains(&(method.to_owned(), shape(path))), "{method} {path} is no route of the API");
    };
    for desk in DESKS {
        for page in desk.pages {
            page.reads.iter().for_each(|read| check("GET", read.path));
            page.forms.iter().for_each(|form| check(form.method, form.path));
        }
        desk.downloads.iter().for_each(|file| check("GET", file.api));
    }
}

/// A path without its query, with every blank as `{}`.
fn shape(path: &str) -> String {
    let path = path.split('?').next().unwrap();
    path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
}

#[test]
fn the_table_of_pages_is_documented() {
    let path = folder("../../docs/CONSOLE-PAGES.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, web::document()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == web::document(), "docs/CONSOLE-PAGES.md is old: UPDATE_DOCS=1 cargo test -p web --test console");
}
