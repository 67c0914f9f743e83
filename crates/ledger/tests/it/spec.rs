//! docs/LEDGER-FORMAT.md says what the code does: its tables of types, words and invariants are
//! compared with the lists of the code.

use std::fmt::Write;
use std::path::PathBuf;

use kernel::{Category, Mode, Stage};
use ledger::wire::Field;
use ledger::*;

fn table(out: &mut String, fields: &[Field]) {
    out.push_str("| key | kind | |\n|---|---|---|\n");
    for field in fields {
        let optional = if field.optional { ", optional" } else { "" };
        writeln!(out, "| `{}` | {}{optional} | {} |", field.key, field.kind, field.meaning).unwrap();
    }
    out.push('\n');
}

fn words(out: &mut String, of: &str, words: &[(&str, &str)]) {
    let words: Vec<String> = words.iter().map(|(word, zh)| format!("`{word}` {zh}")).collect();
    writeln!(out, "| {of} | {} |", words.join(", ")).unwrap();
}

macro_rules! list {
    ($out:expr, $of:literal, $name:ident) => {
        words($out, $of, &$name::ALL.iter().map(|w| (w.as_str(), w.zh())).collect::<Vec<_>>())
    };
}

fn types() -> String {
    let mut out = String::from("\n### Words\n\n| member | words, in order |\n|---|---|\n");
    let o = &mut out;
    list!(o, "`category`", Category);
    list!(o, "`mode`, `modes`", Mode);
    list!(o, "`stage`, `stages`", Stage);
    list!(o, "`kind` of an application", ApplicationKind);
    list!(o, "`decision` of an application", ApplicationDecision);
    list!(o, "`cause` of a licence's end", LicenceEndCause);
    list!(o, "`cause` of an application's end", ApplicationEndCause);
    list!(o, "`advice` of a review", ApplicationDecision);
    list!(o, "`result` of a site check", SiteCheckResult);
    list!(o, "`measure`", LicenceMeasure);
    list!(o, "`grade` of an inspection", InspectionGrade);
    list!(o, "`step` of a revocation", RevocationStep);
    list!(o, "`kind` of a notice", NoticeKind);
    list!(o, "`part`", RecordPart);
    list!(o, "`change` of a record", RecordChange);
    list!(o, "`step` of a listing", ListingStep);
    list!(o, "`change` of points", PointsChange);
    list!(o, "`list`", ListKind);
    list!(o, "`party`", Party);
    list!(o, "`method`", PaymentMethod);
    list!(o, "`by` of a confirmation", ConfirmedBy);
    list!(o, "`reason` of a dispute", DisputeReason);
    list!(o, "`decision` of a dispute", DisputeDecision);
    list!(o, "`cause` of a refund", RefundCause);
    list!(o, "`reason` of an objection", RefundObjection);
    list!(o, "`decision` of an objection", DisputeDecision);
    list!(o, "`by` of a consent", ConsentedBy);
    list!(o, "`by` of an ended contract", Party);
    list!(o, "`by` of an argued dispute", Party);
    list!(o, "`stance`", DisputeStance);
    list!(o, "`ground` of an ended contract", ContractEndGround);
    list!(o, "`ground` of an erasure", ErasureGround);
    list!(o, "`cause` of a hold", HoldCause);
    list!(o, "`cause` of a frozen contract", HoldCause);
    list!(o, "`finding` of a site inspection", InspectionFinding);
    list!(o, "`level` of an alert", AlertLevel);
    list!(o, "`step` of an alert", AlertStep);
    list!(o, "`account`", BankAccountKind);
    list!(o, "`direction`", BankDirection);
    list!(o, "`rule` of a cleared line", MatchRule);
    list!(o, "`result` of a reconciliation", ReconciliationResult);
    list!(o, "`state` of a deposit", DepositLock);
    list!(o, "role in `actor`", ActorRole);
    out.push_str("\n### Objects in lists\n\n");
    for (kind, fields) in body::OBJECTS {
        writeln!(out, "`{kind}`\n").unwrap();
        table(&mut out, fields);
    }
    for t in EntryType::ALL {
        let scope = match t.scope() {
            Scope::Ledger => "ledger",
            Scope::Institution => "institution",
            Scope::Contract => "contract",
        };
        let commit = t.commit().map_or(String::new(), |(zh, en)| format!("; `commit`: {zh}, {en}"));
        writeln!(out, "### `{t}`\n\n{}, {}. Scope: {scope}{commit}.\n", t.zh(), t.en()).unwrap();
        table(&mut out, t.fields());
    }
    out
}

fn invariants() -> String {
    let mut out = String::from("\n| id | | |\n|---|---|---|\n");
    for i in InvariantId::ALL {
        writeln!(out, "| `{i}` | {} | {} |", i.zh(), i.en()).unwrap();
    }
    out.push('\n');
    out
}

/// The part of the document between two markers equals `expected`. An empty part is filled in.
fn compare(name: &str, expected: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/LEDGER-FORMAT.md");
    let document = std::fs::read_to_string(&path).unwrap();
    let (open, close) = (format!("<!-- {name}: compared with the code by a test -->\n"), format!("<!-- /{name} -->"));
    let start = document.find(&open).unwrap() + open.len();
    let end = document.find(&close).unwrap();
    if document[start..end].is_empty() {
        let filled = format!("{}{expected}{}", &document[..start], &document[end..]);
        return std::fs::write(&path, filled).unwrap();
    }
    assert_eq!(&document[start..end], expected, "empty the part `{name}` of {path:?} and run again");
}

#[test]
fn the_document_says_what_the_code_does() {
    compare("types", &types());
    compare("invariants", &invariants());
}

/// Every type that posts is in the posting table, and no other.
#[test]
fn the_posting_table_names_the_types_that_post() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/LEDGER-FORMAT.md");
    let document = std::fs::read_to_string(path).unwrap();
    let section = document.split("## 4. Postings").nth(1).unwrap().split("## 5.").next().unwrap();
    for bytes in crate::common::story().entries {
        let body = decode(&bytes).unwrap().body;
        let posts = !body.postings().unwrap().is_empty();
        let rows = section.lines().filter(|line| line.starts_with(&format!("| `{}`", body.entry_type())));
        assert_eq!(posts, rows.count() > 0, "{}", body.entry_type());
    }
}
