//! The sample county is the same on every machine: its ledger's root is a constant.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case must stop")]

use std::collections::BTreeMap;

use server::commands::verify;
use server::demo;
use server::settings::{Inputs, Settings};

/// Entries and root of the play. Whoever changes the script, the policy data or the form of entries
/// changes this too, and says so.
const SIZE: u64 = 35_416;
const ROOT: &str = "6e4a79e1673be0f97bb2fedd553b9a1544731bb30ef893870a48710839d7225e";

fn settings(dir: &std::path::Path) -> Settings {
    let flags = BTreeMap::from([("data_dir", dir.display().to_string())]);
    Settings::resolve(&Inputs { flags, ..Inputs::default() }).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sample_county_has_one_root() {
    let dir = tempfile::tempdir().unwrap();
    let settings = settings(&dir.path().join("data"));
    let played = demo::prepare(&settings, true).await.unwrap();
    let demo::Prepared::Played(caught) = played else { panic!("an empty directory is played into") };
    let rules: Vec<String> = caught.iter().map(|caught| format!("{:?}", caught.refusal)).collect();
    assert_eq!(rules.len(), 12, "{rules:#?}");

    let store = server::system::connect(&settings).await.unwrap();
    let id = demo::ledger_id().unwrap();
    let report = verify::check(&settings, &store, &id, None).await.unwrap();
    assert_eq!(report.verdict(), ledger::Verdict::Holds, "{:?}", report.findings);
    assert_eq!((report.entries, report.root.to_string().as_str()), (SIZE, ROOT));

    let app = server::system::open(&settings).await.unwrap();
    let ledger = app.ledger(&id).await.unwrap().unwrap();
    assert!(ledger.accepts_writes());
    let figures = demo::figures::figures(&app, &ledger).await.unwrap();
    assert_eq!(figures.subject.len(), 6);
    assert_eq!(figures.subject_left(), 0);
    assert_eq!(figures.ended(ledger::LicenceEndCause::Closed), 4);
    assert_eq!(figures.ended(ledger::LicenceEndCause::Converted), 2);
    for balance in &figures.balances {
        assert_eq!(balance.difference().unwrap(), kernel::Fen::ZERO, "{}", balance.name);
    }
    drop((ledger, app));

    // Found as it is; the mark of another play is not taken for this one.
    assert!(matches!(demo::prepare(&settings, true).await.unwrap(), demo::Prepared::Found));
    let mark = settings.data_dir.join("demo");
    let text = std::fs::read_to_string(&mark).unwrap();
    std::fs::write(&mark, text.replace(&format!("size {SIZE}"), "size 12")).unwrap();
    assert!(demo::prepare(&settings, true).await.is_err());
}

#[tokio::test]
async fn a_directory_with_anything_else_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("notes.txt"), "mine").unwrap();
    let error = demo::prepare(&settings(dir.path()), true).await.unwrap_err().to_string();
    assert!(error.contains("demo"), "{error}");
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}
