//! The Python verifier: short, standard library only, and right on other projects' vectors. The
//! page's own Ed25519 on them, too.

use std::process::Command;

use serde_json::Value;

use crate::run::{chromium, page, python, repository, without_native};

#[test]
fn short_and_without_packages() {
    let text = std::fs::read_to_string(repository("docs/verify/tutela_verify.py")).unwrap();
    assert!(text.lines().count() <= 200, "{} lines, at most 200", text.lines().count());
    assert!(text.lines().all(|line| line.chars().count() <= 125), "a line is too long to read");
    const STANDARD: &[&str] = &["argparse", "base64", "hashlib", "json", "re", "sys", "time", "unicodedata", "zlib"];
    let mut imports = 0;
    for line in text.lines().map(str::trim) {
        assert!(!line.starts_with("from ") && !line.contains("__import__"), "{line}");
        if let Some(names) = line.strip_prefix("import ") {
            imports += 1;
            assert!(names.split(", ").all(|name| STANDARD.contains(&name)), "{line}");
        }
    }
    assert_eq!(imports, 1);
}

/// The vectors beside the checkout; `None` with a line about it.
fn vectors(name: &str) -> Option<Value> {
    let path = repository("../shared/vectors").join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Some(serde_json::from_slice(&bytes).unwrap()),
        Err(_) => {
            println!("skipped: no {}", path.display());
            None
        }
    }
}

/// Runs a script that has the verifier as `v` and the vectors as `cases`; it prints what is wrong.
fn script(name: &str, cases: &str, script: &str) {
    let Some(python) = python() else { return };
    if vectors(name).is_none() {
        return;
    }
    let verifier = repository("docs/verify");
    let file = repository("../shared/vectors").join(name);
    let program = format!(
        "import json, sys\nsys.dont_write_bytecode = True\nsys.path.insert(0, {verifier:?})\nimport tutela_verify as v\n\
         cases = json.load(open({file:?}))\ncases = {cases}\n\
         def fails(f, *given):\n    try:\n        return not f(*given)\n    except v.BROKEN:\n        return True\n\
         {script}\nprint(len(cases), 'cases')\n",
    );
    let output = Command::new(python).args(["-c", &program]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.lines().count() == 1, "{said}{errors}");
    assert_ne!(said.trim(), "0 cases");
}

#[test]
fn wycheproof_ed25519() {
    script(
        "wycheproof-ed25519_test.json",
        "[(g['publicKey']['pk'], t) for g in cases['testGroups'] for t in g['tests']]",
        "for key, t in cases:\n    \
         given = [bytes.fromhex(x) for x in (key, t['msg'], t['sig'])]\n    \
         if fails(v.ed25519, *given) != (t['result'] == 'invalid'):\n        \
         print(t['tcId'], t['comment'], t['result'])",
    );
}

/// With the browser's Ed25519 and with the page's own: the same strict answers.
#[test]
fn wycheproof_ed25519_in_the_page() {
    let Some(cases) = vectors("wycheproof-ed25519_test.json") else { return };
    let Some(chromium) = chromium() else { return };
    let after = format!(
        "(async () => {{ const out = []; let n = 0; \
         const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (d) => parseInt(d, 16)); \
         for (const group of {}) for (const t of group.tests) {{ n++; \
         const good = await ed25519(bytes(group.publicKey.pk), bytes(t.msg), bytes(t.sig)); \
         if (good !== (t.result === 'valid')) out.push(t.tcId + ' ' + t.comment); }} \
         await tell(n + ' cases ' + out.join('; ')); }})();",
        cases["testGroups"].to_string().replace("</", "<\\/")
    );
    let count = cases["numberOfTests"].as_u64().unwrap();
    for before in ["", without_native()] {
        assert_eq!(page(&chromium, before, &after, ""), format!("{count} cases "));
    }
}

#[test]
fn keys_of_signed_note() {
    script(
        "signed-note.json",
        "[(k, True) for k in cases['vkeys_valid']] + [(k['vkey'], False) for k in cases['vkeys_invalid']]",
        "cases += [(k[:n], False) for k, good in cases if good for n in range(len(k))]\n\
         for key, good in cases:\n    \
         if fails(v.parse_key, key) == good:\n        \
         print(key, good)",
    );
}

#[test]
fn inclusion_proofs() {
    script(
        "merkle-inclusion.json",
        "cases['cases']",
        "def holds(c):\n    \
         leaf, root = v.unbase64(c['leafHash'] or ''), v.unbase64(c['root'] or '')\n    \
         proof = [v.unbase64(h) for h in c['proof'] or []]\n    \
         good = len(leaf) == 32 and len(root) == 32 and all(len(h) == 32 for h in proof)\n    \
         return good and v.root_by_proof(leaf, c['leafIdx'], c['treeSize'], proof) == root\n\
         for c in cases:\n    \
         if fails(holds, c) != bool(c['wantErr']):\n        \
         print(c['path'])",
    );
}
