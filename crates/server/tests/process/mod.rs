//! A server as a process, people who use it over HTTP, and a county with contracts to pay for.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

/// Contracts of the county.
pub const CONTRACTS: usize = 8;

/// A running server.
pub struct Server {
    child: Child,
    pub base: String,
    pub admin_password: Option<String>,
}

/// The binary on a data directory and a database.
pub fn tutela(data: &Path, database: Option<&str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tutela"));
    command.current_dir(data).env_clear().arg("--data-dir").arg(data).stdin(Stdio::null());
    if let Some(url) = database {
        command.arg("--database-url").arg(url);
    }
    command
}

impl Server {
    pub fn start(data: &Path, database: Option<&str>) -> Server {
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

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A client of one user.
#[derive(Clone)]
pub struct User {
    pub client: Client,
    pub token: String,
}

impl User {
    pub async fn login(base: &str, name: &str, password: &str) -> User {
        let client = Client::new();
        let body = json!({"username": name, "password": password});
        let answer = client.post(format!("{base}/v1/sessions")).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        let token = answer.json::<Value>().await.unwrap()["token"].as_str().unwrap().to_owned();
        User { client, token }
    }

    pub async fn post(
        &self,
        url: String,
        key: &str,
        body: &Value,
    ) -> Result<(StatusCode, bool, Value), reqwest::Error> {
        let request = self.client.post(url).bearer_auth(&self.token).header("idempotency-key", key).json(body);
        let answer = request.send().await?;
        let replayed = answer.headers().contains_key("idempotency-replayed");
        Ok((answer.status(), replayed, answer.json().await?))
    }

    /// A request that must succeed.
    pub async fn ok(&self, url: String, body: Value) -> Value {
        static KEY: AtomicU64 = AtomicU64::new(0);
        let key = format!("setup-{}", KEY.fetch_add(1, Ordering::Relaxed));
        let (status, _, answer) = self.post(url.clone(), &key, &body).await.unwrap();
        assert!(status.is_success(), "{url}: {status} {answer}");
        answer
    }
}

/// The id of what was made.
pub fn id(answer: &Value) -> String {
    answer["id"].as_str().unwrap().to_owned()
}

/// A licensed institution with contracts in force: the ids to pay for, and who pays.
pub async fn county(base: &str, admin_password: &str) -> (User, String, Vec<String>) {
    let admin = User::login(base, "admin", admin_password).await;
    let at = |path: &str| format!("{base}/v1/{path}");
    let password = "kill-minus-nine";
    let user = |name: &str, mut rest: Value| {
        rest["username"] = name.into();
        rest["password"] = password.into();
        rest
    };
    // Who takes an application in, who goes to see the rooms with them, and who decides.
    for name in ["window", "bureau"] {
        admin.ok(at("users"), user(name, json!({"role": "regulator", "region": "330502"}))).await;
    }
    let second = id(&admin.ok(at("users"), user("visitor", json!({"role": "regulator", "region": "330502"}))).await);
    let window = User::login(base, "window", password).await;
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
        id(&window.ok(at(&format!("institutions/{institution}/licence-applications")), application).await);
    let step = |name: &str| at(&format!("licence-applications/{application}/{name}"));
    window.ok(step("acceptance"), json!({})).await;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_micros();
    let today = kernel::Instant::try_from_micros(i64::try_from(now).unwrap()).unwrap().day().to_string();
    let check = json!({"second_officer": second, "checked_on": today, "result": "passed", "findings": "与申报一致"});
    window.ok(step("site-check"), check).await;
    window.ok(step("review"), json!({"advice": "grant", "opinion": "建议准予"})).await;
    let decision = json!({
        "decision": "grant", "licence_number": "133050270001239", "valid_from_on": "2020-01-01",
        "valid_until_on": "2199-12-31", "reason": "符合条件"
    });
    bureau.ok(step("decision"), decision).await;
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
    for n in 0..CONTRACTS {
        let draft = json!({
            "course": course,
            "guardian": {"name": "李四", "phone": format!("1990000000{n}"), "id_kind": "passport",
                         "id_number": format!("E0000000{n}"), "relation": "mother", "address": "某小区"},
            "pupil": {"name": "李小四", "birth_on": format!("2016-05-{:02}", n + 1), "school": "某小学", "grade": "4"},
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

/// A payment of one fen.
pub fn payment(n: u64) -> Value {
    json!({"amount_fen": 1, "paid_at": "2026-11-22T09:30:00Z", "method": "bank_transfer", "bank_reference": format!("K{n}")})
}
