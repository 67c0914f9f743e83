//! docs/ACCESS.md, written from the table.

use std::fmt::Write;

use crate::{Department, Duty, Grant, Post, Reach, TABLE, Who};

impl Who {
    fn text(self) -> String {
        match self {
            Who::Public => "anybody".to_owned(),
            Who::SignedIn => "anybody signed in".to_owned(),
            Who::Regulator(departments, duties) => {
                let departments =
                    if departments == Department::ALL { String::new() } else { format!(" of {}", list(departments)) };
                let duties = if duties == Duty::ALL { String::new() } else { format!(" ({})", list(duties)) };
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
}

impl Reach {
    const fn text(self) -> &'static str {
        match self {
            Reach::Anywhere => "",
            Reach::OwnRegion => ", in its own region",
            Reach::RegionAndBelow => ", in its region and below",
            Reach::OwnInstitution => ", own institution",
            Reach::OwnContract => ", own contracts",
        }
    }
}

fn list(words: &[impl ToString]) -> String {
    words.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn grants(grants: &[Grant]) -> String {
    grants.iter().map(|g| format!("{}{}", g.who.text(), g.reach.text())).collect::<Vec<_>>().join("; ")
}

/// The text of docs/ACCESS.md.
pub fn document() -> String {
    let mut text = String::from(HEAD);
    for (action, row) in TABLE {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| `{action}` | {} | {} |", action.zh(), grants(row));
    }
    text
}

const HEAD: &str = "\
# Who may do what

Written from the table in crates/access/src/table.rs by `UPDATE_DOCS=1 cargo test -p access`; do not edit.

- What is not in the table is refused.
- A regulator acts in the region that is exactly its own; one of a city or province reads all below it. A
  regulator for whom no duty is stated holds both, officer and approver.
- An institution, a guardian: only what is theirs, in the ledger that they belong to.
- An auditor writes nothing. An administrator sees no personal data.
- Whoever may not read a contract is told that there is none (404), not that it is forbidden (403).

| action | 事项 | who |
|---|---|---|
";
