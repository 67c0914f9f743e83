//! Statements and balances of the golden vectors through the program: three exits, plain words.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

fn vectors() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ledger/vectors/seal-v1.json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn run(kind: &str, contents: &str, more: &[&str]) -> (i32, String) {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("file");
    std::fs::write(&path, contents).unwrap();
    let arguments = [&[kind, path.to_str().unwrap()], more].concat();
    let output = Command::new(env!("CARGO_BIN_EXE_tutela-verify")).args(arguments).output().unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn files_hold_with_the_key_and_not_without() {
    let v = vectors();
    let key = v["vkey"].as_str().unwrap();
    for (kind, name, zh, en) in [
        ("statement", "statement_of_contract_1", "前 5 条记录完整无缺", "the first 5 entries are all there are"),
        ("statement", "statement_of_institution_1", "前 16 条记录完整无缺", "the first 16 entries are all there are"),
        ("balance", "balance_of_2", "本合同的余额已计入该合计", "this contract's balance is counted in it"),
    ] {
        let file = v[name].as_str().unwrap();
        let (code, out) = run(kind, file, &["--key", key]);
        assert_eq!(code, 0, "{out}");
        assert!(out.contains(zh) && out.contains(en) && out.contains("2026-03-03"), "{out}");
        assert!(out.find("结论：成立").unwrap() < out.find("verdict: holds").unwrap());
        let (code, out) = run(kind, file, &["--lang", "en"]);
        assert_eq!(code, 2, "{out}");
        // A hash of the tree and the signed text changed.
        let (code, out) =
            run(kind, &file.replacen("\n330502", "\n330503", 1).replacen("=\n", "\n", 1), &["--key", key]);
        assert_eq!(code, 1, "{out}");
    }
}

#[test]
fn facts_are_told_as_json() {
    let v = vectors();
    let (code, out) =
        run("balance", v["balance_of_2"].as_str().unwrap(), &["--key", v["vkey"].as_str().unwrap(), "--json"]);
    assert_eq!(code, 0, "{out}");
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["verdict"], "holds");
    assert_eq!(
        (&answer["sealed"]["prepaid_fen"], &answer["sealed"]["disputed_fen"]),
        (&"320000".into(), &"20000".into())
    );
    assert_eq!((&answer["seal"]["sealed_on"], &answer["seal"]["contracts"]), (&"2026-03-03".into(), &"3".into()));
    assert!(answer["unchecked"].as_array().unwrap().iter().any(|u| u["id"] == "others_of_seal"));
}

#[test]
fn one_kind_of_file_is_not_the_other() {
    let v = vectors();
    let (statement, balance) = (v["statement_of_contract_1"].as_str().unwrap(), v["balance_of_2"].as_str().unwrap());
    assert_eq!(run("balance", statement, &[]).0, 1);
    assert_eq!(run("statement", balance, &[]).0, 1);
    assert_eq!(run("statement", "", &[]).0, 1);
}
