//! A server and its three witnesses: cosignatures under checkpoints and in receipts, a quorum of
//! two, witnesses that die and come back, and a log that was forked or rolled back.

use std::path::Path;
use std::time::Duration;

use ledger::witness::origin_digest;
use ledger::{Checkpoint, LogKey, LogPolicy, VerifierKey};
use reqwest::Client;
use serde_json::{Value, json};

use crate::process::{Process, WitnessDir, told, tutela, vkey};

const LEDGER: &str = "330502";
const ORIGIN: &str = "tutela.local/330502";
/// Whatever is waited for comes by then, or the test fails.
const LIMIT: Duration = Duration::from_secs(60);

/// A server with the key of its log laid down beforehand, so that witnesses can know it.
struct County {
    data: tempfile::TempDir,
    server: Process,
    client: Client,
    token: String,
}

impl County {
    fn data(key: &LogKey) -> tempfile::TempDir {
        let data = tempfile::tempdir().unwrap();
        std::fs::create_dir(data.path().join("keys")).unwrap();
        std::fs::write(data.path().join(format!("keys/{LEDGER}.key")), key.to_skey().as_str()).unwrap();
        data
    }

    fn serve(data: &Path, policy: &Path) -> Process {
        let mut command = tutela(data);
        command.arg("--data-dir").arg(data).arg("--witness-policy").arg(policy);
        command.args(["--listen", "127.0.0.1:0", "--log", "error", "serve"]);
        Process::start(command)
    }

    /// A new database.
    async fn open(key: &LogKey, policy: &Path) -> County {
        let data = County::data(key);
        let server = County::serve(data.path(), policy);
        let line = server.printed.iter().find_map(|line| line.split_once("shown only now: ")).unwrap();
        let password = line.1.to_owned();
        let mut county = County { data, server, client: Client::new(), token: String::new() };
        county.login("admin", &password).await;
        let body = json!({"username": "bureau", "password": "seen by three", "role": "regulator", "region": LEDGER});
        county.post("users", body).await;
        county.login("bureau", "seen by three").await;
        county
    }

    async fn restarted(self, policy: &Path) -> County {
        let County { data, server, client, .. } = self;
        server.kill();
        let server = County::serve(data.path(), policy);
        let mut county = County { data, server, client, token: String::new() };
        county.login("bureau", "seen by three").await;
        county
    }

    async fn login(&mut self, name: &str, password: &str) {
        let url = format!("{}/v1/sessions", self.server.base);
        let body = json!({"username": name, "password": password.trim()});
        let answer: Value = self.client.post(url).json(&body).send().await.unwrap().json().await.unwrap();
        self.token = answer["token"].as_str().unwrap().to_owned();
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let request = self.client.post(format!("{}/v1/{path}", self.server.base)).bearer_auth(&self.token);
        let key = ledger::digest("key", body.to_string().as_bytes()).to_string();
        let answer = request.header("idempotency-key", key).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    /// Appends: one more institution. Gives the leaf hash of its entry.
    async fn register(&self, n: u32) -> String {
        let body = json!({
            "credit_code": kernel::CreditCode::complete(&format!("52330502MJ871{n:04}")).unwrap().to_string(),
            "name": format!("见证测试艺术中心{n}"), "legal_representative": "张三", "address": "测试路1号",
            "region": LEDGER, "category": "arts", "modes": ["offline"], "stages": ["primary"],
            "custody_account": {"bank": "测试银行", "account_name": "托管专户", "account_number": "62000001"}
        });
        let answer = self.post("institutions", body).await;
        answer["entries"][0]["leaf_hash"].as_str().unwrap().to_owned()
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.client.get(format!("{}{path}", self.server.base)).bearer_auth(&self.token);
        request.header("accept", "application/json").send().await.unwrap().json().await.unwrap()
    }

    async fn witnesses(&self) -> Value {
        self.get(&format!("/v1/ledgers/{LEDGER}/witnesses")).await
    }

    /// Waits until what is known of the witnesses is as it should be.
    async fn until(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let deadline = tokio::time::Instant::now() + LIMIT;
        loop {
            let witnesses = self.witnesses().await;
            if holds(&witnesses) {
                return witnesses;
            }
            assert!(tokio::time::Instant::now() < deadline, "{what}: {witnesses}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The receipt of an entry once so many witnesses cosigned.
    async fn receipt(&self, leaf: &str, count: usize) -> Value {
        let deadline = tokio::time::Instant::now() + LIMIT;
        loop {
            let receipt = self.get(&format!("/v1/receipts/{leaf}")).await;
            if receipt["cosigned_by"].as_array().is_some_and(|by| by.len() == count) {
                return receipt;
            }
            assert!(tokio::time::Instant::now() < deadline, "{count}: {receipt}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn size(value: &Value) -> u64 {
    value.as_str().map_or(0, |size| size.parse().unwrap())
}

/// Have so many cosigned the latest checkpoint, which covers at least so many entries?
fn cosigned_latest(witnesses: &Value, count: usize, min: u64) -> bool {
    let latest = size(&witnesses["checkpoint_size"]);
    let all = witnesses["witnesses"].as_array().unwrap();
    latest >= min && all.iter().filter(|w| size(&w["cosigned_size"]) == latest).count() == count
}

#[tokio::test(flavor = "multi_thread")]
async fn three_witnesses_two_are_enough() {
    let key = LogKey::from_seed(ORIGIN, &[9; 32]).unwrap();
    let logs = format!("log {}\n", key.vkey());
    let dirs: Vec<WitnessDir> =
        ["council", "bank", "audit"].map(|name| WitnessDir::new(&format!("{name}.example"), &logs)).into();
    let mut running: Vec<Option<Process>> = dirs.iter().map(|dir| Some(dir.start())).collect();
    let at: Vec<String> = running.iter().flatten().map(|witness| witness.base.clone()).collect();
    let keys: Vec<VerifierKey> = running.iter().flatten().map(|witness| vkey(witness).parse().unwrap()).collect();
    let mut policy = logs.clone();
    for ((dir, base), key) in dirs.iter().zip(&at).zip(&keys) {
        policy.push_str(&format!("witness {} {key} {base}\n", dir.name));
    }
    policy.push_str("group two 2 council.example bank.example audit.example\nquorum two\n");
    let parsed = LogPolicy::parse(policy.as_bytes()).unwrap();
    let policies = tempfile::tempdir().unwrap();
    std::fs::write(policies.path().join("default.policy"), &policy).unwrap();

    // All three cosign; the checkpoint and the receipt carry it.
    let county = County::open(&key, policies.path()).await;
    let first = county.register(1).await;
    let known = county.until("all cosign", |w| cosigned_latest(w, 3, 2)).await;
    assert_eq!((&known["quorum_met"], &known["witnesses_min"]), (&json!(true), &json!("2")), "{known}");
    for (witness, key) in known["witnesses"].as_array().unwrap().iter().zip(&keys) {
        assert_eq!(witness["vkey"], key.to_string());
        assert!(size(&witness["age_seconds"]) < 120 && witness["last_error"].is_null(), "{witness}");
        assert!(witness.to_string().find("127.0.0.1").is_none(), "addresses are not for everybody");
    }
    let url = format!("{}/log/{LEDGER}/checkpoint", county.server.base);
    let (_, _, note) = told(county.client.get(&url).send().await.unwrap()).await;
    let (checkpoint, verified) = Checkpoint::open(note.as_bytes(), key.verifier(), &keys).unwrap();
    let evaluation = parsed.evaluate(&verified);
    assert!(evaluation.met && evaluation.count() == 3 && checkpoint.size >= 2, "{note}");
    let receipt = county.receipt(&first, 3).await;
    assert_eq!(receipt["quorum_met"], true);
    let file: ledger::Receipt = receipt["receipt"].as_str().unwrap().parse().unwrap();
    let report = file.verify(Some(key.verifier()), &keys);
    assert_eq!(report.verdict.exit_code(), 0, "{report:?}");
    assert!(parsed.evaluate(&report.signatures).met);

    // One is killed: two are enough, and the third is said to be missing.
    running[2].take().unwrap().kill();
    let before = size(&county.witnesses().await["checkpoint_size"]);
    let second = county.register(2).await;
    let missing = |w: &Value| w["witnesses"][2]["last_error"] == "unreachable";
    let known = county.until("two cosign", |w| cosigned_latest(w, 2, before + 1) && missing(w)).await;
    assert_eq!((&known["quorum_met"], &known["quorum_size"]), (&json!(true), &known["checkpoint_size"]));
    let receipt = county.receipt(&second, 2).await;
    assert_eq!((&receipt["quorum_met"], &receipt["cosigned_by"][1]["name"]), (&json!(true), &json!("bank.example")));

    // It comes back where it was, and catches up.
    running[2] = Some(dirs[2].start_at(at[2].trim_start_matches("http://")));
    county.until("it catches up", |w| cosigned_latest(w, 3, before + 1)).await;

    // Two are killed: entries and checkpoints go on, and receipts say that it is not enough.
    running[0].take().unwrap().kill();
    running[1].take().unwrap().kill();
    let before = size(&county.witnesses().await["checkpoint_size"]);
    let third = county.register(3).await;
    let known = county.until("one cosigns", |w| cosigned_latest(w, 1, before + 1)).await;
    assert_eq!((&known["quorum_met"], size(&known["quorum_size"])), (&json!(false), before));
    let receipt = county.receipt(&third, 1).await;
    assert_eq!((&receipt["quorum_met"], &receipt["cosigned_by"][0]["name"]), (&json!(false), &json!("audit.example")));

    // After a restart the server knows what it was given, and the others catch up.
    for i in [0, 1] {
        running[i] = Some(dirs[i].start_at(at[i].trim_start_matches("http://")));
    }
    let county = county.restarted(policies.path()).await;
    assert!(size(&county.witnesses().await["quorum_size"]) >= before);
    let known = county.until("all cosign again", |w| cosigned_latest(w, 3, before + 1)).await;
    let longest = size(&known["checkpoint_size"]);
    county.server.kill();

    // The same key signs another history: shorter, it is a rollback; longer, a fork.
    let forked = County::open(&key, policies.path()).await;
    forked.register(101).await;
    let ahead = |w: &Value| w["witnesses"].as_array().unwrap().iter().all(|w| w["last_error"] == "ahead");
    let known = forked.until("no rollback is cosigned", ahead).await;
    assert!(size(&known["checkpoint_size"]) < longest && known["quorum_met"] == json!(false), "{known}");
    for n in 0..=u32::try_from(longest).unwrap() {
        forked.register(200 + n).await;
    }
    let refused = |w: &Value| w["witnesses"].as_array().unwrap().iter().all(|w| w["last_error"] == "refused");
    let known = forked.until("no fork is cosigned", refused).await;
    assert!(size(&known["checkpoint_size"]) > longest && known["quorum_size"].is_null(), "{known}");
    for base in &at {
        let url = format!("{base}/{}/checkpoint", origin_digest(ORIGIN));
        let (_, _, note) = told(forked.client.get(&url).send().await.unwrap()).await;
        let (kept, _) = Checkpoint::open(note.as_bytes(), key.verifier(), &keys).unwrap();
        assert_eq!(kept.size, longest, "what was refused left no trace");
    }
}

#[test]
fn a_policy_with_a_mistake_keeps_the_server_from_starting() {
    let data = tempfile::tempdir().unwrap();
    let policy = data.path().join("policy");
    let start = |text: &str| {
        std::fs::write(&policy, text).unwrap();
        let mut command = tutela(data.path());
        command.arg("--witness-policy").arg(&policy).args(["--listen", "127.0.0.1:0", "serve"]);
        let output = command.output().unwrap();
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let said = start("# one\nwitness A nonsense\nquorum A\n");
    assert!(said.contains("第 2 行") && said.contains("line 2"), "{said}");
    let vkey = ledger::WitnessKey::from_seed("w.example", &[1; 32]).unwrap().vkey();
    let said = start(&format!("witness A {vkey} ftp://w.example\nquorum A\n"));
    assert!(said.contains("http://"), "{said}");
}
