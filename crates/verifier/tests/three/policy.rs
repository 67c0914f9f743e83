//! What `tutela-verify receipt` is told besides a key: a policy, a number of witnesses, standard input.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use ledger::LogKey;
use serde_json::Value;
use tempfile::TempDir;

use crate::cases::{Log, witness};

fn verify(arguments: &[&str], input: &str) -> (i32, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tutela-verify"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // What is refused for its arguments is not read, and the pipe may be closed.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

fn cosigned() -> (Log, String) {
    let log = Log::golden();
    let (a, b) = (witness(1), witness(2));
    let receipt = log.receipt(11, &[(&a, 1_772_330_000), (&b, 1_772_330_001)]);
    (log, receipt.to_string())
}

fn policy(dir: &TempDir, log: &str, quorum: &str) -> PathBuf {
    let [a, b, c] = [1, 2, 3].map(|n| witness(n).vkey());
    let path = dir.path().join("policy");
    let text = format!(
        "log {log}\nwitness council {a}\nwitness bank {b}\nwitness audit {c}\n\
         group two 2 council bank audit\nquorum {quorum}\n"
    );
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn from_standard_input_as_a_file_or_a_code() {
    let (log, text) = cosigned();
    let key = log.vkey();
    let code = text.parse::<ledger::Receipt>().unwrap().to_qr().unwrap();
    for input in [&text, &code, &format!("https://ledger.example/verify#{code}\n")] {
        assert_eq!(verify(&["receipt", "-", "--key", &key], input).0, 0);
        assert_eq!(verify(&["receipt", "-"], input).0, 2);
    }
    assert_eq!(verify(&["receipt", "-", "--key", &key], "").0, 1);
}

#[test]
fn a_policy_brings_keys_and_quorum() {
    let (log, text) = cosigned();
    let dir = TempDir::new().unwrap();
    let run = |vkey: &str, quorum: &str, more: &[&str]| {
        let path = policy(&dir, vkey, quorum);
        verify(&[&["receipt", "-", "--policy", path.to_str().unwrap()], more].concat(), &text)
    };
    let (exit, said) = run(&log.vkey(), "two", &[]);
    assert_eq!(exit, 0, "{said}");
    assert!(said.contains("见证人 witness-1.example/w 于 2026-03-01T01:53:20.000000Z（UTC）签名"), "{said}");
    assert!(said.contains("at least 2 witnesses are asked for, 2 signed: met"), "{said}");
    let (exit, said) = run(&log.vkey(), "audit", &[]);
    assert_eq!(exit, 2, "{said}");
    assert!(said.contains("未达到") && said.contains("见证方的签名少于所要求的数目"), "{said}");
    assert_eq!(run(&log.vkey(), "none", &[]).0, 0);
    // Another log in the policy is no key for this one; another key of this log's name is the wrong one.
    let other = LogKey::from_seed("other.example/log", &[9; 32]).unwrap();
    assert_eq!(run(&other.vkey(), "two", &[]).0, 2);
    assert_eq!(run(&other.vkey(), "two", &["--key", &log.vkey()]).0, 0);
    let forged = LogKey::from_seed(log.key.verifier().name(), &[9; 32]).unwrap();
    assert_eq!(run(&forged.vkey(), "two", &[]).0, 1);
    // A policy that cannot be read is not a yes, and neither is a quorum that is named twice.
    let (exit, said) = run(&log.vkey(), "nobody", &[]);
    assert_eq!(exit, 2, "{said}");
    assert!(said.contains("第 6 行") && said.contains("line 6"), "{said}");
    assert_eq!(run(&log.vkey(), "two", &["--quorum", "1"]).0, 2);
}

#[test]
fn json_names_the_witnesses() {
    let (log, text) = cosigned();
    let (a, b) = (witness(1).vkey(), witness(2).vkey());
    let given = ["receipt", "-", "--json", "--key", &log.vkey(), "--witness", &a, "--quorum", "1"];
    let (exit, said) = verify(&given, &text);
    assert_eq!(exit, 0, "{said}");
    let answer: Value = serde_json::from_str(&said).unwrap();
    let checkpoint = &answer["checkpoint"];
    assert_eq!(checkpoint["cosignatures"][0]["name"], "witness-1.example/w");
    assert_eq!(checkpoint["cosignatures"][0]["time"], "1772330000");
    assert_eq!(checkpoint["cosignatures"][1], Value::Null);
    assert_eq!(checkpoint["unknown_signatures"][0], "witness-2.example/w");
    assert_eq!(answer["quorum"]["signed"], 1);
    assert_eq!(answer["quorum"]["met"], true);
    let more = ["receipt", "-", "--json", "--key", &log.vkey(), "--witness", &a, "--witness", &b, "--quorum", "3"];
    let (exit, said) = verify(&more, &text);
    assert_eq!(exit, 2, "{said}");
    let answer: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(answer["verdict"], "could_not_check_everything");
    assert_eq!(answer["unchecked"].as_array().unwrap().iter().filter(|u| u["id"] == "quorum").count(), 1);
}
