//! One ledger and more than one of it: a database restored from an older copy, two servers on one
//! database, an export imported elsewhere. Real binaries, real databases, real HTTP on loopback.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

mod import;
#[path = "../process/mod.rs"]
mod process;
mod rollback;
mod two_servers;

use std::path::Path;
use std::time::Duration;

use ledger::{Checkpoint, Note};
use process::{Server, User, payment, tutela};
use reqwest::StatusCode;
use serde_json::Value;

/// Each test ends by then, whatever happens.
const LIMIT: Duration = Duration::from_secs(300);
/// The county of the tests.
const LEDGER: &str = "330502";

/// What a command of the binary says, and its exit code.
fn command(data: &Path, database: &str, arguments: &[&str]) -> (i32, String) {
    let output = tutela(data, Some(database)).args(["--log", "error"]).args(arguments).output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (output.status.code().unwrap(), said)
}

/// Pays one fen into a contract; again with the same key while the server is busy.
async fn pay(base: &str, bank: &User, contract: &str, n: u64) -> Value {
    let url = format!("{base}/v1/contracts/{contract}/payments");
    for _ in 0..50 {
        let (status, _, answer) = bank.post(url.clone(), &format!("pay-{n}"), &payment(n)).await.unwrap();
        if status != StatusCode::SERVICE_UNAVAILABLE {
            assert_eq!(status, StatusCode::CREATED, "{answer}");
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    unreachable!("payment {n} was never taken");
}

/// Something below the ledger's log.
async fn log(base: &str, path: &str, token: Option<&str>) -> (StatusCode, Vec<u8>) {
    let request = reqwest::Client::new().get(format!("{base}/log/{LEDGER}/{path}"));
    let request = match token {
        Some(token) => request.bearer_auth(token),
        None => request,
    };
    let answer = request.send().await.unwrap();
    (answer.status(), answer.bytes().await.unwrap().to_vec())
}

fn checkpoint(note: &[u8]) -> Checkpoint {
    Note::parse(note).unwrap().text().parse().unwrap()
}

/// The checkpoint that a server serves, once it covers so many entries.
async fn covering(base: &str, size: u64) -> Checkpoint {
    loop {
        let (status, note) = log(base, "checkpoint", None).await;
        if status == StatusCode::OK && checkpoint(&note).size >= size {
            return checkpoint(&note);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// The number of the entry that an answer names last.
fn last_seq(answer: &Value) -> u64 {
    let seq = &answer["entries"].as_array().unwrap().last().unwrap()["seq"];
    seq.as_u64().or_else(|| seq.as_str()?.parse().ok()).expect("a number")
}

/// A county on a fresh data directory, paid into, all under a checkpoint.
async fn county(data: &Path, database: &str) -> (Server, User, Vec<String>) {
    let server = Server::start(data, Some(database));
    let (bank, _, contracts) = process::county(&server.base, server.admin_password.as_deref().unwrap()).await;
    let mut last = 0;
    for (n, contract) in (0..).zip(&contracts) {
        last = last_seq(&pay(&server.base, &bank, contract, n).await);
    }
    covering(&server.base, last + 1).await;
    (server, bank, contracts)
}
