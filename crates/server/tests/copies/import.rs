//! An export into an empty database: the same bytes, the same root, every table; read only until the
//! signing key is there; refused when it does not hold or there is such a ledger already.

use std::path::Path;

use reqwest::StatusCode;
use serde_json::json;

use super::process::{Server, User, payment};
use super::{LIMIT, checkpoint, command, county, covering, last_seq, log, pay};

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

async fn there_and_back(origin: testdb::TestDatabase, database: testdb::TestDatabase) {
    let (data, fresh) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (server, _, contracts) = county(data.path(), &origin.url).await;
    server.kill();
    let file = data.path().join("export");
    let shown = file.to_str().unwrap();
    assert_eq!(command(data.path(), &origin.url, &["export", "--out", shown]).0, 0);
    let export = text(&file);
    let vkey = export.lines().nth(1).unwrap().strip_prefix("log ").unwrap().to_owned();
    let kept = data.path().join("checkpoints/330502");
    let import = |file: &str, more: &[&str]| command(fresh.path(), &database.url, &[&["import", file], more].concat());

    // Nothing from outside says whose log it is.
    let (code, said) = import(shown, &[]);
    assert_eq!(code, 2, "{said}");
    // Broken, cut off, rolled back behind what is known: refused as verify refuses.
    let broken = data.path().join("broken");
    let cut = export.lines().take(20).collect::<Vec<_>>().join("\n");
    for contents in [export.replacen("bank_transfer", "cash", 1), cut] {
        std::fs::write(&broken, contents).unwrap();
        let (code, said) = import(broken.to_str().unwrap(), &["--key", &vkey]);
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("不予导入") && said.contains("not imported"), "{said}");
    }
    let (code, said) = import("/nonexistent", &["--key", &vkey]);
    assert_eq!(code, 2, "{said}");

    let with = ["--key", vkey.as_str(), "--since", kept.to_str().unwrap()];
    let (code, said) = import(shown, &with);
    assert_eq!(code, 0, "{said}");
    let root = checkpoint(text(&kept).as_bytes()).root.to_string();
    assert!(said.contains(&root) && said.contains("keys/330502.key"), "{said}");
    let (code, said) = import(shown, &with);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("已有账本"), "{said}");

    let verify = |more: &[&str]| command(fresh.path(), &database.url, &[&["verify", "--json"], more].concat());
    let (code, said) = verify(&with);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains(&root), "{said}");
    let again = fresh.path().join("export");
    assert_eq!(command(fresh.path(), &database.url, &["export", "--out", again.to_str().unwrap()]).0, 0);
    assert_eq!(text(&again), export, "the same bytes");

    // Without the signing key it is read, and takes no writes; with it, it goes on.
    let server = Server::start(fresh.path(), Some(&database.url));
    let password = server.admin_password.clone().unwrap();
    let admin = User::login(&server.base, "admin", &password).await;
    let bank = json!({"username": "bank", "password": "an-imported-ledger", "role": "bank", "region": "330502"});
    admin.ok(format!("{}/v1/users", server.base), bank).await;
    let bank = User::login(&server.base, "bank", "an-imported-ledger").await;
    let url = format!("{}/v1/contracts/{}/payments", server.base, contracts[0]);
    let (status, _, answer) = bank.post(url, "too-early", &payment(900)).await.unwrap();
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{answer}");
    let (status, note) = log(&server.base, "checkpoint", None).await;
    assert_eq!((status, String::from_utf8(note).unwrap()), (StatusCode::OK, text(&kept)));
    assert!(!fresh.path().join("keys/330502.key").exists(), "no other key was made");
    server.kill();

    std::fs::create_dir_all(fresh.path().join("keys")).unwrap();
    std::fs::copy(data.path().join("keys/330502.key"), fresh.path().join("keys/330502.key")).unwrap();
    let server = Server::start(fresh.path(), Some(&database.url));
    let last = last_seq(&pay(&server.base, &bank, &contracts[0], 901).await);
    covering(&server.base, last + 1).await;
    server.kill();
    let (code, said) = verify(&["--since", kept.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_becomes_the_same_ledger() {
    for (origin, database) in testdb::fresh_databases().into_iter().zip(testdb::fresh_databases()) {
        tokio::time::timeout(LIMIT, there_and_back(origin, database)).await.expect("ends in bounded time");
    }
}
