//! `kill -9` at random moments under load: nothing acknowledged is lost, never more is booked than sent, and
//! the chain verifies at every restart. The real binary, the real file, real HTTP.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops at the first surprise")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rand::{RngExt, SeedableRng};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

/// Kills on SQLite, and on PostgreSQL where there is one.
const KILLS_SQLITE: u32 = 50;
const KILLS_POSTGRES: u32 = 10;
/// Connections that pay at the same time.
const CALLERS: usize = 8;
/// The whole test ends by then, whatever happens.
const LIMIT: Duration = Duration::from_secs(600);

struct Server {
    child: Child,
    base: String,
    admin_password: Option<String>,
}

fn tutela(data: &Path, database: Option<&str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tutela"));
    command.current_dir(data).env_clear().arg("--data-dir").arg(data).stdin(Stdio::null());
    if let Some(url) = database {
        command.arg("--database-url").arg(url);
    }
    command
}

impl Server {
    fn start(data: &Path, database: Option<&str>) -> Server {
        let mut child = tutela(data, database)
            .args(["--listen", "127.0.0.1:0", "--log", "error", "serve"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (mut base, mut admin_password) = (None, None);
        while base.is_none() {
            let line = lines.next().expect("the server says where it serves").unwrap();
            if let Some((_, password)) = line.split_once("shown only now: ") {
                admin_password = Some(password.trim().to_owned());
            }
            if let Some((_, rest)) = line.split_once("serving ") {
                base = rest.split_whitespace().next().map(str::to_owned);
            }
        }
        // Whatever it prints later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Server { child, base: base.unwrap(), admin_password }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A client of one user.
#[derive(Clone)]
struct User {
    client: Client,
    token: String,
}

impl User {
    async fn login(base: &str, name: &str, password: &str) -> User {
        let client = Client::new();
        let body = json!({"username": name, "password": password});
        let answer = client.post(format!("{base}/v1/sessions")).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        let token = answer.json::<Value>().await.unwrap()["token"].as_str().unwrap().to_owned();
        User { client, token }
    }

    async fn post(&self, url: String, key: &str, body: &Value) -> Result<(StatusCode, bool, Value), reqwest::Error> {
        let request = self.client.post(url).bearer_auth(&self.token).header("idempotency-key", key).json(body);
        let answer = request.send().await?;
        let replayed = answer.headers().contains_key("idempotency-replayed");
        Ok((answer.status(), replayed, answer.json().await?))
    }

    /// A request that must succeed.
    async fn ok(&self, url: String, body: Value) -> Value {
        static KEY: AtomicU64 = AtomicU64::new(0);
        let key = format!("setup-{}", KEY.fetch_add(1, Ordering::Relaxed));
        let (status, _, answer) = self.post(url.clone(), &key, &body).await.unwrap();
        assert!(status.is_success(), "{url}: {status} {answer}");
        answer
    }
}

fn id(answer: &Value) -> String {
    answer["id"].as_str().unwrap().to_owned()
}

/// A licensed institution with contracts in force: the ids to pay for, and who pays.
async fn county(base: &str, admin_password: &str) -> (User, String, Vec<String>) {
    let admin = User::login(base, "admin", admin_password).await;
    let at = |path: &str| format!("{base}/v1/{path}");
    let password = "kill-minus-nine";
    let user = |name: &str, mut rest: Value| {
        rest["username"] = name.into();
        rest["password"] = password.into();
        rest
    };
    admin.ok(at("users"), user("bureau", json!({"role": "regulator", "region": "330502"}))).await;
    admin.ok(at("users"), user("bank", json!({"role": "bank", "region": "330502"}))).await;
    let bureau = User::login(base, "bureau", password).await;
    let bank = User::login(base, "bank", password).await;
    let scope = json!({"category": "arts", "modes": ["offline"], "stages": ["primary"]});
    let institution = id(&bureau
        .ok(
            at("institutions"),
            json!({
                "credit_code": kernel::CreditCode::complete("52330502MJ8719001").unwrap().to_string(),
                "name": "断电测试艺术中心", "legal_representative": "张三", "address": "测试路1号",
                "region": "330502", "category": "arts", "modes": ["offline"], "stages": ["primary"],
                "custody_account": {"bank": "测试银行", "account_name": "托管专户", "account_number": "62000001"}
            }),
        )
        .await);
    let application = json!({"kind": "new", "scope": scope, "documents": []});
    let application =
        id(&bureau.ok(at(&format!("institutions/{institution}/licence-applications")), application).await);
    bureau.ok(at(&format!("licence-applications/{application}/acceptance")), json!({})).await;
    let decision = json!({
        "decision": "grant", "licence_number": "133050270001239", "valid_from_on": "2020-01-01",
        "valid_until_on": "2199-12-31", "reason": "符合条件"
    });
    bureau.ok(at(&format!("licence-applications/{application}/decision")), decision).await;
    admin.ok(at("users"), user("owner", json!({"role": "institution", "institution": institution}))).await;
    let owner = User::login(base, "owner", password).await;
    let course = json!({
        "name": "少儿国画", "category": "arts", "mode": "offline", "stage": "primary", "hours": "24",
        "minutes_per_hour": 45, "list_price_per_hour_fen": null, "price_fen": 200_000, "class_size_max": 20,
        "starts_on": "2026-12-05", "ends_on": "2027-02-27"
    });
    let course = id(&owner.ok(at(&format!("institutions/{institution}/courses")), course).await);
    owner.ok(at(&format!("courses/{course}/publication")), json!({})).await;
    let mut contracts = Vec::new();
    for n in 0..CALLERS {
        let draft = json!({
            "course": course,
            "guardian": {"name": "李四", "phone": "19900000000", "id_kind": "passport",
                         "id_number": format!("E0000000{n}"), "relation": "mother", "address": "某小区"},
            "pupil": {"name": "李小四", "birth_on": "2016-05-01", "school": "某小学", "grade": "4"},
            "lots": [{"paid_hours": "24", "gift_hours": "0", "price_fen": 200_000, "list_price_per_hour_fen": null}],
            "refund_terms": {"full_refund_days_before_start": 5, "full_refund_days_after_start": 3,
                             "pay_back_days": 10},
            "supplementary_terms": "", "first_lesson_on": "2026-12-05", "last_lesson_on": "2027-02-27"
        });
        let contract = id(&owner.ok(at("contracts"), draft).await);
        let family = format!("family-{n}");
        admin.ok(at("users"), user(&family, json!({"role": "guardian", "contract": contract}))).await;
        let guardian = User::login(base, &family, password).await;
        owner.ok(at(&format!("contracts/{contract}/signatures")), json!({"party": "institution"})).await;
        guardian.ok(at(&format!("contracts/{contract}/signatures")), json!({"party": "guardian"})).await;
        contracts.push(contract);
    }
    (bank, institution, contracts)
}

/// A payment that the server acknowledged.
struct Acknowledged {
    url_path: String,
    key: String,
    body: Value,
    entries: Value,
}

fn payment(n: u64) -> Value {
    json!({"amount_fen": 1, "paid_at": "2026-11-22T09:30:00Z", "method": "bank_transfer", "bank_reference": format!("K{n}")})
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
