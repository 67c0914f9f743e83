//! Runs the program on the golden vectors, whole and broken.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

fn vectors() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ledger/vectors/v1.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn export(v: &Value) -> String {
    let entries: Vec<&str> = v["entries"].as_array().unwrap().iter().map(|e| text(&e["bytes"])).collect();
    format!(
        "tutela-export/v1\nlog {}\nsize {}\n\n{}\n\n{}",
        text(&v["vkey"]),
        entries.len(),
        entries.join("\n"),
        text(&v["checkpoint"])
    )
}

fn write(dir: &TempDir, contents: &str) -> PathBuf {
    let path = dir.path().join("file");
    std::fs::write(&path, contents).unwrap();
    path
}

fn run(arguments: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } =
        Command::new(env!("CARGO_BIN_EXE_tutela-verify")).args(arguments).output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// Runs `kind FILE` on these contents.
fn on(kind: &str, contents: &str, more: &[&str]) -> (i32, String) {
    let dir = TempDir::new().unwrap();
    let path = write(&dir, contents);
    let (code, out, _) = run(&[&[kind, path.to_str().unwrap()], more].concat());
    (code, out)
}

#[test]
fn a_receipt_holds_with_the_key() {
    let v = vectors();
    let (code, out) = on("receipt", text(&v["receipt_of_10"]), &["--key", text(&v["vkey"])]);
    assert_eq!(code, 0, "{out}");
    assert!(out.find("结论：成立").unwrap() < out.find("verdict: holds").unwrap());
    assert!(out.contains("¥2,400.00"), "{out}");
    let (_, zh) = on("receipt", text(&v["receipt_of_10"]), &["--key", text(&v["vkey"]), "--lang", "zh"]);
    assert!(zh.contains("结论") && !zh.contains("verdict"));
}

#[test]
fn a_receipt_alone_is_not_enough() {
    let v = vectors();
    let (code, out) = on("receipt", text(&v["receipt_of_10"]), &["--lang", "en"]);
    assert_eq!(code, 2, "{out}");
    assert!(out.contains("could not check everything") && out.contains("key was taken from the file"));
}

#[test]
fn a_changed_receipt_does_not_hold() {
    let v = vectors();
    let receipt = text(&v["receipt_of_10"]).replacen("index 10", "index 11", 1);
    let (code, out) = on("receipt", &receipt, &["--key", text(&v["vkey"]), "--json"]);
    assert_eq!(code, 1, "{out}");
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["verdict"], "does_not_hold");
    assert_eq!(answer["findings"][0]["invariant"], "ledger.sequence");
    assert_eq!(on("receipt", "not a receipt", &[]).0, 1);
}

#[test]
fn an_export_holds_with_the_key() {
    let v = vectors();
    let dir = TempDir::new().unwrap();
    let earlier = write(&dir, text(&v["checkpoint"]));
    let more = ["--key", text(&v["vkey"]), "--since", earlier.to_str().unwrap(), "--json"];
    let (code, out) = on("export", &export(&v), &more);
    assert_eq!(code, 0, "{out}");
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["verdict"], "holds");
    let entries = v["entries"].as_array().unwrap();
    assert_eq!(answer["root"], entries.last().unwrap()["root_after"]);
    assert_eq!(answer["entries"], entries.len().to_string());
    assert_eq!(on("export", &export(&v), &[]).0, 2);
}

#[test]
fn broken_exports_name_the_first_entry() {
    let v = vectors();
    let key = ["--key", text(&v["vkey"]), "--json"];
    let first = |contents: &str| {
        let (code, out) = on("export", contents, &key);
        assert_eq!(code, 1, "{out}");
        let answer: Value = serde_json::from_str(&out).unwrap();
        (answer["findings"][0]["seq"].clone(), answer["findings"][0]["invariant"].clone())
    };
    let good = export(&v);
    assert_eq!(first(&good.replace("bank_transfer", "cash")), ("11".into(), "ledger.chain".into()));
    let mut lines: Vec<&str> = good.split('\n').collect();
    lines.remove(4 + 7);
    assert_eq!(first(&lines.join("\n")), ("7".into(), "ledger.sequence".into()));
    let cut: Vec<&str> = good.split('\n').take(4 + 20).collect();
    assert_eq!(first(&(cut.join("\n") + "\n")), ("20".into(), "ledger.length".into()));
    let swapped = good.replace("\"amount_fen\":\"200000\"", "\"amount_fen\":\"200001\"");
    assert_eq!(first(&swapped).1, "books.postings");
}

#[test]
fn what_cannot_be_read_is_not_a_yes() {
    let (code, _, err) = run(&["export", "/nonexistent"]);
    assert_eq!(code, 2);
    assert!(err.contains("无法读取"), "{err}");
    assert_eq!(run(&["receipt", "/nonexistent", "--key", "no key"]).0, 2);
    assert_eq!(run(&[]).0, 2);
    assert_eq!(run(&["--help"]).0, 0);
}
