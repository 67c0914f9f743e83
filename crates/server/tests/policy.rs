//! `tutela policy` as a person runs it: files checked, a place shown, days and files compared.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case must stop")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../policy/data")
}

/// Runs it in an empty directory, without a database.
fn tutela(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tutela"));
    command.current_dir(folder).env_clear().arg("policy").args(arguments).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn files_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let shipped: Vec<String> = std::fs::read_dir(data())
        .unwrap()
        .map(|entry| entry.unwrap().path().to_str().unwrap().to_owned())
        .chain(std::iter::once(data().join("calendar.toml").to_str().unwrap().to_owned()))
        .collect();
    let arguments: Vec<&str> = std::iter::once("check").chain(shipped.iter().map(String::as_str)).collect();
    let checked = tutela(folder.path(), &arguments);
    assert_eq!(checked.status.code(), Some(0), "{}", text(&checked));

    let slip = folder.path().join("slip.toml");
    std::fs::write(&slip, "region = \"330503\"\nname = \"x\"\n[[refund_anwser]]\nnone = true\n").unwrap();
    let checked = tutela(folder.path(), &["check", "slip.toml"]);
    assert_eq!(checked.status.code(), Some(1));
    let said = text(&checked);
    assert!(said.contains("slip.toml：没有名为 refund_anwser 的参数"), "{said}");
    assert!(said.contains("slip.toml: there is no parameter or field refund_anwser"), "{said}");
    assert_ne!(tutela(folder.path(), &["check", "nowhere.toml"]).status.code(), Some(0));
}

#[test]
fn a_place_is_shown_with_its_sources() {
    let folder = tempfile::tempdir().unwrap();
    let shown = tutela(folder.path(), &["show", "110108", "--on", "2026-09-01"]);
    assert_eq!(shown.status.code(), Some(0));
    let said = text(&shown);
    assert!(said.contains("数据中没有 110108 自己的规定"), "{said}");
    assert!(said.contains("prepaid_hours_max = (hours=60, per=subject)"), "{said}");
    assert!(said.contains("gift_hours_counted = 无规定 no rule"), "{said}");
}

#[test]
fn days_and_files_are_compared() {
    let folder = tempfile::tempdir().unwrap();
    let differ = tutela(folder.path(), &["diff", "620000", "2025-04-30", "2025-05-01"]);
    assert_eq!(differ.status.code(), Some(1));
    let said = text(&differ);
    assert!(said.contains("refund_basis_consumer_cause") && said.contains("+ list_price"), "{said}");
    let same = tutela(folder.path(), &["diff", "620000", "2025-05-02", "2025-05-03"]);
    assert_eq!((same.status.code(), text(&same).as_str()), (Some(0), "0 项不同 differ\n"));
    let (beijing, tianjin) = (data().join("110000.toml"), data().join("120000.toml"));
    let files = tutela(folder.path(), &["diff", beijing.to_str().unwrap(), tianjin.to_str().unwrap()]);
    assert_eq!(files.status.code(), Some(1));
    assert!(text(&files).contains("refund_pay_back_after_start"), "{}", text(&files));
    assert_eq!(tutela(folder.path(), &["diff", "620000", "yesterday", "today"]).status.code(), Some(1));
}
