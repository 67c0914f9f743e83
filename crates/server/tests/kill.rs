//! `kill -9` at random moments under load: nothing acknowledged is lost, never more is booked than sent, and
//! the chain verifies at every restart. The real binary, the real file, real HTTP.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

mod process;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use process::{Server, User, county, payment, tutela};
use rand::{RngExt, SeedableRng};
use reqwest::StatusCode;
use serde_json::Value;

/// Kills on SQLite, and on PostgreSQL where there is one.
const KILLS_SQLITE: u32 = 50;
const KILLS_POSTGRES: u32 = 10;
/// The whole test ends by then, whatever happens.
const LIMIT: Duration = Duration::from_secs(600);

/// A payment that the server acknowledged.
struct Acknowledged {
    url_path: String,
    key: String,
    body: Value,
    entries: Value,
}

/// Pays as fast as it can until the server dies.
async fn load(
    base: String,
    bank: User,
    contracts: Vec<String>,
    numbers: Arc<AtomicU64>,
    acked: Arc<Mutex<Vec<Acknowledged>>>,
) {
    let mut tasks = Vec::new();
    for contract in contracts {
        let (base, bank, numbers, acked) = (base.clone(), bank.clone(), Arc::clone(&numbers), Arc::clone(&acked));
        tasks.push(tokio::spawn(async move {
            loop {
                let n = numbers.fetch_add(1, Ordering::Relaxed);
                let (url_path, key, body) =
                    (format!("/v1/contracts/{contract}/payments"), format!("pay-{n}"), payment(n));
                match bank.post(format!("{base}{url_path}"), &key, &body).await {
                    Ok((StatusCode::CREATED, _, answer)) => {
                        let entries = answer["entries"].clone();
                        acked.lock().unwrap().push(Acknowledged { url_path, key, body, entries });
                    }
                    Ok((status, _, answer)) => unreachable!("{status} {answer}"),
                    Err(_) => return,
                }
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
}

/// The check of the binary on the database that the killed server left: holds, or (2) the last
/// entries have no signed checkpoint yet. Never 1.
fn verify(data: &Path, database: Option<&str>) -> i32 {
    let output = tutela(data, database).arg("verify").output().unwrap();
    let code = output.status.code().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(code == 0 || code == 2, "verify exits {code}: {out}{err}");
    code
}

async fn killed_again_and_again(kills: u32, database: Option<&str>) {
    let data = tempfile::tempdir().unwrap();
    let mut random = rand_chacha::ChaCha20Rng::seed_from_u64(u64::from(kills));
    let mut server = Server::start(data.path(), database);
    let (bank, institution, contracts) = county(&server.base, server.admin_password.as_deref().unwrap()).await;
    let numbers = Arc::new(AtomicU64::new(0));
    let mut total = 0;
    for _ in 0..kills {
        let acked = Arc::new(Mutex::new(Vec::new()));
        let (base, numbers) = (server.base.clone(), Arc::clone(&numbers));
        let paying = tokio::spawn(load(base, bank.clone(), contracts.clone(), numbers, Arc::clone(&acked)));
        tokio::time::sleep(Duration::from_millis(random.random_range(5..250))).await;
        server.kill();
        paying.await.unwrap();
        verify(data.path(), database);
        server = Server::start(data.path(), database);
        let acked = std::mem::take(&mut *acked.lock().unwrap());
        total += acked.len();
        for payment in &acked {
            let url = format!("{}{}", server.base, payment.url_path);
            let (status, replayed, answer) = bank.post(url, &payment.key, &payment.body).await.unwrap();
            assert!(status == StatusCode::CREATED && replayed, "acknowledged and lost: {} {answer}", payment.key);
            assert_eq!(answer["entries"], payment.entries, "{}", payment.key);
        }
    }
    assert!(total > usize::try_from(kills).unwrap(), "the load was real: {total} acknowledged");
    // What was sent and not answered may have been booked or not; never more than was sent.
    let sent = numbers.load(Ordering::Relaxed);
    let balances = format!("{}/v1/institutions/{institution}/balances", server.base);
    let answer =
        bank.client.get(balances).bearer_auth(&bank.token).send().await.unwrap().json::<Value>().await.unwrap();
    let prepaid = usize::try_from(answer["prepaid_fen"].as_i64().unwrap()).unwrap();
    assert!(prepaid >= total, "{prepaid} fen booked, {total} acknowledged");
    assert!(prepaid <= usize::try_from(sent).unwrap(), "{prepaid} fen booked, {sent} sent");
    tokio::time::sleep(Duration::from_millis(1500)).await;
    server.kill();
    assert_eq!(verify(data.path(), database), 0, "once a checkpoint covers everything, it holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost() {
    tokio::time::timeout(LIMIT, async {
        killed_again_and_again(KILLS_SQLITE, None).await;
        if let Some(database) = testdb::fresh_postgres() {
            killed_again_and_again(KILLS_POSTGRES, Some(&database.url)).await;
        }
    })
    .await
    .expect("ends in bounded time");
}
