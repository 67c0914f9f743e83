//! The same answer from all three, on everything in `cases`.

use tempfile::TempDir;

use crate::cases::{Case, Log, VALUES, exports, receipts};
use crate::run;

fn files(cases: &[Case]) -> (TempDir, Vec<std::path::PathBuf>) {
    let dir = TempDir::new().unwrap();
    let paths = cases.iter().enumerate().map(|(n, case)| {
        let path = dir.path().join(n.to_string());
        std::fs::write(&path, &case.text).unwrap();
        path
    });
    let paths = paths.collect();
    (dir, paths)
}

/// What differs from what the case expects.
fn differences(by: &str, cases: &[Case], mut answer: impl FnMut(usize) -> (i32, String)) -> Vec<String> {
    let answers = cases.iter().enumerate().map(|(n, case)| (case, answer(n)));
    let wrong = answers.filter(|(case, (exit, _))| case.exit != *exit);
    wrong
        .map(|(case, (exit, said))| format!("{by}, {} {:?}: {exit}, not {}\n{said}", case.what, case.name, case.exit))
        .collect()
}

fn assert_none(differences: &[String]) {
    assert!(differences.is_empty(), "{} answers differ:\n{}", differences.len(), differences.join("\n"));
}

#[test]
fn the_program() {
    for cases in [receipts(), exports()] {
        let (_dir, paths) = files(&cases);
        assert_none(&differences("tutela-verify", &cases, |n| run::rust(&paths[n], &cases[n])));
    }
}

#[test]
fn the_python_verifier() {
    let Some(python) = run::python() else { return };
    for cases in [receipts(), exports()] {
        let (_dir, paths) = files(&cases);
        let answers = run::by_python(&python, &paths, &cases);
        assert_none(&differences("Python", &cases, |n| answers[n].clone()));
    }
}

/// With the browser's Ed25519, and with the page's own.
#[test]
fn the_page() {
    let Some(chromium) = run::chromium() else { return };
    let cases = receipts();
    for (by, script) in [("page", ""), ("page, own Ed25519", run::without_native())] {
        let answers = run::by_page(&chromium, &cases, script);
        assert_eq!(answers.len(), cases.len());
        let exit = |n: usize| (i32::try_from(answers[n].0).unwrap(), answers[n].1.clone());
        assert_none(&differences(by, &cases, exit));
    }
}

/// Opened as a person opens it: the code's text behind the `#` of the address.
#[test]
fn the_page_from_an_address() {
    let Some(chromium) = run::chromium() else { return };
    let log = Log::golden();
    let qr = log.receipt(log.first("fee_paid"), &[]).to_qr().unwrap();
    let key: String = log.vkey().replace('+', "%2B").replace('/', "%2F");
    let open = |script: &str, fragment: &str| run::opened(&chromium, script, fragment);
    let holds = open("", &format!("key={key}&receipt={qr}"));
    assert!(holds.contains("<html lang=\"zh-CN\" data-exit=\"0\">"), "{holds}");
    assert!(holds.contains("¥3,400.00") && holds.contains("缴费入托管") && holds.contains("银行转账"), "{holds}");
    assert!(open("", &qr).contains("data-exit=\"2\">"));
    assert!(open("", &format!("key={key}&receipt={}", &qr[..qr.len() - 40])).contains("data-exit=\"1\">"));
    // Over plain http there is no WebCrypto: the page says what to do, and does not say "holds".
    let insecure = "Object.defineProperty(crypto, 'subtle', { value: undefined });";
    let without = open(insecure, &format!("key={key}&receipt={qr}"));
    assert!(without.contains("data-exit=\"2\">") && without.contains("另存为文件"), "{without}");
}

/// Values that the log should never have signed: found by the program and the page; the Python
/// verifier, which is short, says that it does not look.
#[test]
fn values_of_their_kind() {
    let log = Log::golden();
    let cases: Vec<Case> = VALUES
        .iter()
        .map(|&(entry_type, from, to)| {
            let index = log.first(entry_type);
            Case {
                name: format!("{entry_type}: {from} is {to}"),
                what: "receipt",
                text: log.replaced(index, from, to).receipt(index, &[]).to_string(),
                key: Some(log.vkey()),
                witnesses: Vec::new(),
                quorum: 0,
                exit: 1,
            }
        })
        .collect();
    let (_dir, paths) = files(&cases);
    assert_none(&differences("tutela-verify", &cases, |n| run::rust(&paths[n], &cases[n])));
    if let Some(python) = run::python() {
        for (exit, said) in run::by_python(&python, &paths, &cases) {
            assert!(exit == 1 || said.contains("Not checked: later entries, values in data"), "{said}");
        }
    }
    if let Some(chromium) = run::chromium() {
        let answers = run::by_page(&chromium, &cases, "");
        let exit = |n: usize| (i32::try_from(answers[n].0).unwrap(), answers[n].1.clone());
        assert_none(&differences("page", &cases, exit));
    }
}
