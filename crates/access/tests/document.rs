//! docs/ACCESS.md is written from the table: `UPDATE_DOCS=1 cargo test -p access`.

use std::path::Path;

use access::{Department, Duty, Grant, Post, Reach, SECOND_FACTOR, TABLE, Who};

fn list(words: &[impl ToString]) -> String {
    words.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn who(who: Who) -> String {
    match who {
        Who::Public => "anybody".to_owned(),
        Who::SignedIn => "anybody signed in".to_owned(),
        Who::Regulator(departments, duties) => {
            let duties = if duties == Duty::ALL { String::new() } else { format!(" ({})", list(duties)) };
            let departments =
                if departments == Department::ALL { String::new() } else { format!(" of {}", list(departments)) };
            format!("regulator{duties}{departments}")
        }
        Who::Institution(posts) if posts == Post::ALL => "institution".to_owned(),
        Who::Institution(posts) => format!("institution ({})", list(posts)),
        Who::Guardian => "guardian".to_owned(),
        Who::Bank => "bank".to_owned(),
        Who::Auditor => "auditor".to_owned(),
        Who::Admin => "admin".to_owned(),
    }
}

const fn reach(reach: Reach) -> &'static str {
    match reach {
        Reach::Anywhere => "",
        Reach::OwnRegion => ", exactly its region",
        Reach::RegionAndBelow => ", its region and below",
        Reach::OwnInstitution => ", own institution",
        Reach::OwnContract => ", own contracts",
    }
}

fn document() -> String {
    let row = |grants: &[Grant]| {
        grants.iter().map(|g| format!("{}{}", who(g.who), reach(g.reach))).collect::<Vec<_>>().join("; ")
    };
    let mark = |action| if SECOND_FACTOR.contains(action) { " ②" } else { "" };
    let rows = TABLE
        .iter()
        .map(|(action, grants)| format!("| `{action}`{} | {} | {} |\n", mark(action), action.zh(), row(grants)));
    format!("{HEAD}{}", rows.collect::<String>())
}

const HEAD: &str = "\
# Who may do what

Generated from the table in crates/access/src/table.rs; a test compares.

- What is not in the table is refused.
- A regulator acts in the region that is exactly its own; one of a city or province reads all below it. A
  regulator for whom no duty is stated holds both, officer and approver.
- An institution and a guardian: only what is theirs, in the ledger that they belong to.
- An auditor writes nothing. An administrator sees no personal data.
- ②: a one-time code is asked for, where the installation asks for one (docs/IDENTITY.md).
- Duties that a colleague lent count like one's own until their day. An API key may do what is in its scope and
  what its owner may.
- Whoever has nothing to do with a contract is told that there is none (404), not that it is forbidden (403).

| action | 事项 | who |
|---|---|---|
";

#[test]
fn access_is_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/ACCESS.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, document()).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == document(), "docs/ACCESS.md is not what the table says: UPDATE_DOCS=1 cargo test -p access");
}
