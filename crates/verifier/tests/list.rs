//! Proofs of lists of the golden vectors through the program: three exits, plain words.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

fn vectors() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ledger/vectors/lists-v1.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn run(contents: &str, more: &[&str]) -> (i32, String) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("file");
    std::fs::write(&path, contents).unwrap();
    let arguments = [&["list", path.to_str().unwrap()], more].concat();
    let output = Command::new(env!("CARGO_BIN_EXE_tutela-verify")).args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn who_stood_on_a_list_and_who_did_not() {
    let v = vectors();
    let key = ["--key", v["vkey"].as_str().unwrap()];
    for (name, zh, en) in [
        ("listed", "在 2026-03-01 日终列于", "stood on the list `"),
        ("unlisted", "在 2026-03-01 日终不在任何名单之列", "stood on no list at the end of 2026-03-01"),
    ] {
        let file = v[name].as_str().unwrap();
        let (code, out) = run(file, &key);
        assert_eq!(code, 0, "{out}");
        assert!(out.contains(zh) && out.contains(en) && out.contains("verdict: holds"), "{out}");
        // Without the key from elsewhere it cannot be said whose log it is.
        assert_eq!(run(file, &[]).0, 2);
        let (code, out) = run(&file.replacen("2026-03-01", "2026-03-02", 1), &key);
        assert_eq!(code, 1, "{out}");
        assert!(out.contains("does not prove"), "{out}");
    }
    assert_eq!(run("tutela-list/v1\n", &key).0, 1);
}

#[test]
fn facts_are_told_as_json() {
    let v = vectors();
    let (code, out) = run(v["unlisted"].as_str().unwrap(), &["--key", v["vkey"].as_str().unwrap(), "--json"]);
    assert_eq!(code, 0, "{out}");
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (&answer["verdict"], &answer["list"], &answer["on"]),
        (&"holds".into(), &"none".into(), &"2026-03-01".into())
    );
}
