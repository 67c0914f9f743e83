//! Two servers on one database take writes at the same time, for the same contracts. Neither forks:
//! the head moves by compare-and-swap, and the loser of a race decides anew on what the winner left.

use std::collections::BTreeSet;
use std::path::Path;

use ledger::{Frontier, Hash, TileKind, TilePath};
use reqwest::StatusCode;
use serde_json::json;

use super::process::{self, Server, User};
use super::{LIMIT, checkpoint, command, covering, last_seq, log, pay};

/// Payments of each caller; every contract has a caller at each server.
const PAYMENTS: u64 = 12;

/// The second server has a directory of its own, with the same keys.
fn share_keys(from: &Path, to: &Path) {
    std::fs::create_dir(to.join("keys")).unwrap();
    for file in ["master.key", "keys/330502.key"] {
        std::fs::copy(from.join(file), to.join(file)).unwrap();
    }
}

/// Everything below the log, as one server serves it up to a size.
async fn whole_log(base: &str, size: u64, auditor: &str) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    for kind in [TileKind::Hashes { level: 0 }, TileKind::Hashes { level: 1 }, TileKind::Entries] {
        for index in 0.. {
            let path = TilePath { kind, index, width: 256 };
            let path = TilePath { width: path.width_at(size), ..path };
            if path.width == 0 {
                break;
            }
            let (status, bytes) = log(base, &path.to_string(), Some(auditor)).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            out.push((path.to_string(), bytes));
        }
    }
    out
}

async fn both_write(database: testdb::TestDatabase) {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = Server::start(one.path(), Some(&database.url));
    let password = first.admin_password.clone().unwrap();
    let (bank, institution, contracts) = process::county(&first.base, &password).await;
    share_keys(one.path(), two.path());
    let second = Server::start(two.path(), Some(&database.url));

    let mut callers = Vec::new();
    for (caller, contract) in (0_u64..).zip(contracts.iter().chain(&contracts)) {
        let base = if caller < 8 { first.base.clone() } else { second.base.clone() };
        let (bank, contract) = (bank.clone(), contract.clone());
        callers.push(tokio::spawn(async move {
            let mut seqs = Vec::new();
            for n in 0..PAYMENTS {
                seqs.push(last_seq(&pay(&base, &bank, &contract, caller * 1_000 + n).await));
            }
            seqs
        }));
    }
    let mut seqs = BTreeSet::new();
    for caller in callers {
        let own = caller.await.unwrap();
        assert!(own.is_sorted(), "a caller's payments are booked in its order");
        seqs.extend(own);
    }
    let paid = PAYMENTS * 16;
    assert_eq!(seqs.len() as u64, paid, "no number was given twice");
    let size = seqs.last().unwrap() + 1;

    // Both serve the same log, whoever wrote what.
    let admin = User::login(&first.base, "admin", &password).await;
    let auditor =
        json!({"username": "audit", "password": "two-servers-one-log", "role": "auditor", "region": "330502"});
    admin.ok(format!("{}/v1/users", first.base), auditor).await;
    let auditor = User::login(&second.base, "audit", "two-servers-one-log").await;
    assert_eq!(covering(&first.base, size).await, covering(&second.base, size).await);
    let note = log(&first.base, "checkpoint", None).await.1;
    assert_eq!(note, log(&second.base, "checkpoint", None).await.1, "one log, one checkpoint");
    let signed = checkpoint(&note);
    let served = whole_log(&first.base, signed.size, &auditor.token).await;
    assert_eq!(served, whole_log(&second.base, signed.size, &auditor.token).await);
    let mut tree = Frontier::new();
    for (_, tile) in served.iter().filter(|(path, _)| path.starts_with("tile/0/")) {
        tile.chunks(32).for_each(|hash| tree.push(Hash::try_from_slice(hash).unwrap()));
    }
    assert_eq!((tree.size(), tree.root()), (signed.size, signed.root));

    // Each knows the balance that both made.
    for server in [&first, &second] {
        let url = format!("{}/v1/institutions/{institution}/balances", server.base);
        let balances = bank.client.get(url).bearer_auth(&bank.token).send().await.unwrap();
        let prepaid = balances.json::<serde_json::Value>().await.unwrap()["prepaid_fen"].as_u64();
        assert_eq!(prepaid, Some(paid));
    }
    first.kill();
    second.kill();
    for data in [one.path(), two.path()] {
        let (code, said) = command(data, &database.url, &["verify"]);
        assert_eq!(code, 0, "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_take_writes_and_neither_forks() {
    // SQLite too: a second process on the file waits for its turn.
    for database in testdb::fresh_databases() {
        tokio::time::timeout(LIMIT, both_write(database)).await.expect("ends in bounded time");
    }
}
