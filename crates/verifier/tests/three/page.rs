//! The page says what the code says: its table of types, members and words is made from the
//! ledger's, and every member has a Chinese name. `UPDATE_DOCS=1` writes the table.

use ledger::body::{EntryType, OBJECTS, Scope};
use ledger::wire::Field;
use serde_json::{Map, Value, json};

use crate::run::repository;

const BEGIN: &str = "/* table */\n";
const END: &str = "/* end of table */";

fn members(fields: &[Field]) -> Value {
    let kind = |field: &Field| format!("{}{}", field.kind, if field.optional { "?" } else { "" });
    fields.iter().map(|field| (field.key.to_owned(), Value::from(kind(field)))).collect::<Map<_, _>>().into()
}

fn types() -> Value {
    let one = |t: &EntryType| {
        let scope = match t.scope() {
            Scope::Ledger => "ledger",
            Scope::Institution => "institution",
            Scope::Contract => "contract",
        };
        let commit = t.commit().map(|(zh, en)| json!([zh, en]));
        json!({ "zh": t.zh(), "en": t.en(), "scope": scope, "commit": commit, "members": members(t.fields()) })
    };
    EntryType::ALL.iter().map(|t| (t.as_str().to_owned(), one(t))).collect::<Map<_, _>>().into()
}

/// The types that a row of the specification's table of words speaks of.
fn types_of(phrase: &str) -> &'static [&'static str] {
    match phrase {
        "an application" => &["application_submitted", "application_decided"],
        "a licence's end" => &["licence_ended"],
        "an application's end" => &["application_ended"],
        "a review" => &["application_reviewed"],
        "a site check" => &["application_site_checked"],
        "an inspection" => &["licence_inspected"],
        "a revocation" => &["licence_revocation_step"],
        "a notice" => &["notice_given"],
        "a record" => &["record_changed"],
        "a listing" => &["listing_step_taken"],
        "points" => &["points_changed"],
        "a confirmation" => &["lesson_confirmed"],
        "a dispute" => &["lesson_disputed", "dispute_decided"],
        "a refund" => &["refund_requested"],
        "an objection" => &["refund_objected", "refund_decided"],
        "a frozen contract" => &["contract_frozen"],
        "a site inspection" => &["inspection_recorded"],
        "an alert" => &["alert_raised", "alert_step_taken"],
        "a consent" => &["refund_consented"],
        "an ended contract" => &["contract_ended"],
        "a cleared line" => &["suspense_cleared"],
        "a reconciliation" => &["reconciled"],
        "a deposit" => &["deposit_locked"],
        "an argued dispute" => &["dispute_argued"],
        "an erasure" => &["subject_erased"],
        "a hold" => &["hold_placed"],
        other => panic!("docs/LEDGER-FORMAT.md has words of {other}: name their types here"),
    }
}

/// The words of each member, from the specification, which a test of the ledger compares with the
/// code: by member, or by type and member where the same member has different words.
fn words() -> (Value, Value) {
    let text = std::fs::read_to_string(repository("docs/LEDGER-FORMAT.md")).unwrap();
    let (_, table) = text.split_once("### Words\n").unwrap();
    let (table, _) = table.split_once("\n### ").unwrap();
    let (mut out, mut roles) = (Map::new(), Value::Null);
    for row in table.lines().filter(|line| line.starts_with("| ") && line.contains("| `")) {
        let mut cells = row.trim_matches('|').split('|').map(str::trim);
        let (of, list) = (cells.next().unwrap(), cells.next().unwrap());
        let pair = |word: &str| {
            let (word, zh) = word.trim_start_matches('`').split_once("` ").unwrap();
            json!([word, zh])
        };
        let list: Value = list.split(", ").map(pair).collect();
        let quoted: Vec<&str> = of.split('`').skip(1).step_by(2).collect();
        if of.starts_with("role in") {
            roles = list;
        } else if let Some((_, phrase)) = of.split_once(" of ") {
            for t in types_of(phrase) {
                out.insert(format!("{t}.{}", quoted[0]), list.clone());
            }
        } else {
            quoted.iter().for_each(|key| {
                out.insert((*key).to_owned(), list.clone());
            });
        }
    }
    (out.into(), roles)
}

#[test]
fn the_table_is_the_ledgers() {
    let path = repository("docs/verify/verify.html");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (table, after) = rest.split_once(END).unwrap();
    let objects: Map<String, Value> = OBJECTS.iter().map(|(kind, f)| ((*kind).to_owned(), members(f))).collect();
    let (words, roles) = words();
    let expected = json!({ "types": types(), "objects": objects, "words": words, "roles": roles });
    let expected = format!("const TABLE = {};\n", expected.to_string().replace("},\"", "},\n\""));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, format!("{before}{BEGIN}{expected}{END}{after}")).unwrap();
    } else {
        assert!(table == expected, "the table in {} is not the ledger's: run with UPDATE_DOCS=1", path.display());
    }
}

#[test]
fn every_member_has_a_chinese_name() {
    let page = std::fs::read_to_string(repository("docs/verify/verify.html")).unwrap();
    let (_, names) = page.split_once("const FIELDS_ZH = {").unwrap();
    let (names, _) = names.split_once("};").unwrap();
    let fields = EntryType::ALL.iter().map(|t| t.fields()).chain(OBJECTS.iter().map(|(_, fields)| *fields));
    let without: Vec<&str> =
        fields.flatten().map(|field| field.key).filter(|key| !names.contains(&format!(" {key}: \""))).collect();
    assert!(without.is_empty(), "no name in FIELDS_ZH of docs/verify/verify.html: {without:?}");
}

/// Every word in an entry has its Chinese in the page: a member of kind `word` is in the table.
#[test]
fn every_word_has_its_list() {
    let (words, _) = words();
    let mut missing = Vec::new();
    for t in EntryType::ALL {
        for field in t.fields().iter().filter(|field| field.kind.contains("word")) {
            let named = [format!("{}.{}", t.as_str(), field.key), field.key.to_owned()];
            if named.iter().all(|name| words.get(name).is_none()) {
                missing.push(named[0].clone());
            }
        }
    }
    assert_eq!(missing, [""; 0], "no words in docs/LEDGER-FORMAT.md");
}

/// Nothing is fetched, and text from outside never becomes markup.
#[test]
fn the_page_is_alone_and_careful() {
    let page = std::fs::read_to_string(repository("docs/verify/verify.html")).unwrap();
    for banned in [
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "fetch(",
        "XMLHttpRequest",
        "WebSocket",
        "sendBeacon",
        "import(",
        " src=",
        "<link",
        "@import",
        "url(",
        "http://",
        "onclick=",
        "javascript:",
    ] {
        assert!(!page.contains(banned), "{banned}");
    }
    assert!(!page.contains("https://"), "no address at all");
    assert!(page.contains("default-src 'none'"));
    assert_eq!(page.matches("<script>").count(), 1);
    assert_eq!(page.matches("<style>").count(), 1);
}
