//! Everything that is built in is under a licence that an Apache-2.0 work can carry. The list is
//! `.deny.toml`'s, so that `cargo deny` and `cargo test` say the same.

use cargo_metadata::{CargoOpt, MetadataCommand};

use crate::assert_none;
use crate::source::root;

/// The licences that `.deny.toml` allows.
fn allowed() -> Vec<String> {
    let text = std::fs::read_to_string(root().join(".deny.toml")).expect(".deny.toml");
    let (_, list) = text.split_once("allow = [").expect("a list of licences");
    let (list, _) = list.split_once(']').expect("the end of the list");
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Does an SPDX expression have an alternative of which every part is allowed?
fn holds(expression: &str, allowed: &[String]) -> bool {
    // `A/B` is an old spelling of `A OR B`.
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    let holds = either(&mut words, allowed);
    holds && words.next().is_none()
}

type Words<'a, 'b> = &'b mut std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn either(words: Words<'_, '_>, allowed: &[String]) -> bool {
    let mut holds = all(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        holds |= all(words, allowed);
    }
    holds
}

fn all(words: Words<'_, '_>, allowed: &[String]) -> bool {
    let mut holds = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        holds &= one(words, allowed);
    }
    holds
}

fn one(words: Words<'_, '_>, allowed: &[String]) -> bool {
    match words.next() {
        Some("(") => {
            let holds = either(words, allowed);
            words.next_if_eq(&")").is_some() && holds
        }
        Some(name) => {
            let mut name = name.to_owned();
            if words.next_if_eq(&"WITH").is_some() {
                name = format!("{name} WITH {}", words.next().unwrap_or_default());
            }
            allowed.contains(&name)
        }
        None => false,
    }
}

#[test]
fn outside_crates_are_free_to_carry() {
    let allowed = allowed();
    let metadata = MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .features(CargoOpt::AllFeatures)
        // What a build on this kind of machine has fetched already: no network is needed.
        .other_options(["--offline", "--filter-platform", "x86_64-unknown-linux-gnu"].map(str::to_owned))
        .exec()
        .expect("cargo metadata");
    let findings: Vec<_> = metadata
        .packages
        .iter()
        .filter(|p| !p.license.as_deref().is_some_and(|expression| holds(expression, &allowed)))
        .map(|p| format!("{} {}: {}", p.name, p.version, p.license.as_deref().unwrap_or("no licence named")))
        .collect();
    assert_none(
        "A crate under a licence that is not in .deny.toml. Take another crate, or add the licence there if an \
         Apache-2.0 work may carry it (docs/adr/0012).",
        &findings,
    );
}

#[test]
fn expressions_are_read() {
    let allowed = ["MIT".to_owned(), "Zlib".to_owned(), "A WITH B".to_owned()];
    for good in ["MIT", "GPL-3.0 OR MIT", "GPL/MIT", "(GPL OR MIT) AND Zlib", "A WITH B", "MIT AND Zlib OR GPL"] {
        assert!(holds(good, &allowed), "{good}");
    }
    for bad in ["", "GPL-3.0", "MIT AND GPL", "(MIT OR GPL) AND GPL", "A", "MIT GPL", "(MIT"] {
        assert!(!holds(bad, &allowed), "{bad}");
    }
}
