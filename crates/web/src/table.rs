//! The table of pages as a document: who may open which, and what each asks of the API.

use std::fmt::Write;

use crate::desks::DESKS;
use crate::page::{Desk, Form};

/// docs/CONSOLE-PAGES.md.
pub fn document() -> String {
    let mut text = String::from(
        "# Pages of the console\n\n\
         Generated from the tables in crates/web/src/desks; a test compares. A page shows what the API answers to\n\
         its reader: the roles here say who may open it, [ACCESS](ACCESS.md) what it may then show and do.\n",
    );
    for desk in DESKS {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n## {}\n\n{}\n\n| page | reads | sends |\n|---|---|---|\n", desk.name, who(desk));
        for page in desk.pages {
            let reads: Vec<String> = page.reads.iter().map(|read| format!("`{}`", bare(read.path))).collect();
            let sends: Vec<String> = page.forms.iter().flat_map(sends).collect();
            let _ = writeln!(text, "| `{}` | {} | {} |", page.path, reads.join("<br>"), sends.join("<br>"));
        }
        for file in desk.downloads {
            let _ = writeln!(text, "| `{}` | `{}` | |", file.path, bare(file.api));
        }
    }
    text
}

/// The calls of a form: first those that hand in its papers.
fn sends(form: &Form) -> Vec<String> {
    let keeps = (!form.keeps.is_empty()).then(|| format!("`POST {}`", form.keeps));
    keeps.into_iter().chain([format!("`{} {}`", form.method, bare(form.path))]).collect()
}

fn who(desk: &Desk) -> String {
    match desk.roles {
        [] => "Opened by: anybody.".to_owned(),
        ["*"] => "Opened by: anybody signed in.".to_owned(),
        roles => format!("Opened by: {}.", roles.join(", ")),
    }
}

/// Without the query.
fn bare(path: &str) -> &str {
    path.split_once('?').map_or(path, |(path, _)| path)
}
