//! A running front door on a database of its own, a clock that the test sets, and users of every
//! role. Tests speak HTTP.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use access::{Department, Duty, Post};
use api::ApiOptions;
use app::identity::{HashedPassword, NewRole};
use app::{App, Call, Delivery, DeliveryError, EffectError, Effects, IdentityProvider, Mail, WebhookPost};
use kernel::{Instant, LedgerId};
use ledger::LogKey;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use server::notify::Courier;
use store::Store;
use store::vault::Vault;
use testdb::TestDatabase;
use tokio::net::TcpListener;

/// The password of every user.
pub const PASSWORD: &str = "correct horse battery";

/// The outside world of a test.
struct TestEffects {
    now: Mutex<Instant>,
    random: AtomicU32,
    kept: Mutex<HashMap<LedgerId, String>>,
    files: tempfile::TempDir,
    provider: Mutex<Option<Arc<dyn IdentityProvider>>>,
    courier: Mutex<Option<Arc<Courier>>>,
}

impl Effects for TestEffects {
    fn now(&self) -> Instant {
        *self.now.lock().unwrap()
    }
    fn fill(&self, bytes: &mut [u8]) {
        // Different every time; nothing here has to be secret.
        let number = self.random.fetch_add(1, Ordering::Relaxed);
        for (i, chunk) in bytes.chunks_mut(32).enumerate() {
            let block = ledger::digest("tests/random", &[number.to_be_bytes(), (i as u32).to_be_bytes()].concat());
            chunk.copy_from_slice(&block.as_bytes()[..chunk.len()]);
        }
    }
    fn log_key(&self, ledger: &LedgerId) -> Result<LogKey, EffectError> {
        LogKey::from_seed(&self.origin(ledger), &[3; 32]).map_err(|_| EffectError::Key)
    }
    fn origin(&self, ledger: &LedgerId) -> String {
        format!("tutela.example/log/{ledger}")
    }
    fn keep_checkpoint(&self, ledger: &LedgerId, _: u64, note: &str) -> Result<(), EffectError> {
        self.kept.lock().unwrap().insert(ledger.clone(), note.to_owned());
        Ok(())
    }
    fn kept_checkpoint(&self, ledger: &LedgerId) -> Result<Option<String>, EffectError> {
        Ok(self.kept.lock().unwrap().get(ledger).cloned())
    }
    fn keep_file(&self, name: &str, sealed: &[u8]) -> Result<(), EffectError> {
        std::fs::write(self.files.path().join(name), sealed).map_err(|_| EffectError::File)
    }
    fn kept_file(&self, name: &str) -> Result<Option<Vec<u8>>, EffectError> {
        Ok(std::fs::read(self.files.path().join(name)).ok())
    }
    fn identity_provider(&self) -> Option<Arc<dyn IdentityProvider>> {
        self.provider.lock().unwrap().clone()
    }
    fn send_mail(&self, mail: Mail) -> Delivery {
        match self.courier.lock().unwrap().clone() {
            Some(courier) => courier.send_mail(&mail),
            None => Box::pin(std::future::ready(Err(DeliveryError::NotConfigured))),
        }
    }
    fn post_webhook(&self, post: WebhookPost) -> Delivery {
        match self.courier.lock().unwrap().clone() {
            Some(courier) => courier.post(post),
            None => Box::pin(std::future::ready(Err(DeliveryError::NotConfigured))),
        }
    }
    fn webhook_allowed(&self, url: &str) -> bool {
        self.courier.lock().unwrap().as_ref().is_some_and(|courier| courier.allowed(url))
    }
    fn lookup_key(&self) -> [u8; 32] {
        [5; 32]
    }
}

/// What the console is handed: the test's clock and words that differ.
fn console(effects: &Arc<TestEffects>) -> web::Options {
    let (clock, dice, doors) = (Arc::clone(effects), Arc::clone(effects), Arc::clone(effects));
    web::Options {
        secure: false,
        today: Arc::new(move || clock.now().day()),
        fresh: Arc::new(move || {
            let mut bytes = [0; 16];
            dice.fill(&mut bytes);
            bytes.iter().map(|byte| format!("{byte:02x}")).collect()
        }),
        provider: Arc::new(move || doors.identity_provider().is_some()),
        demo: None,
    }
}

/// A running front door.
pub struct World {
    pub app: Arc<App>,
    pub base: String,
    pub client: Client,
    effects: Arc<TestEffects>,
    password: HashedPassword,
    tokens: Mutex<HashMap<String, String>>,
    keys: AtomicU32,
    _database: TestDatabase,
}

/// An answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The body of an answer with this status; else the test fails and shows it.
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self.json()
    }

    /// The last part of the problem's type, after checking that it is a whole problem document.
    pub fn problem(&self, status: u16) -> String {
        let body = self.json();
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.text);
        assert_eq!(body["status"], status, "{}", self.text);
        for member in ["type", "title", "detail", "instance"] {
            assert!(body[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {}", self.text);
        }
        assert!(body["retryable"].is_boolean(), "{}", self.text);
        body["type"].as_str().unwrap().strip_prefix("/problems/").unwrap().to_owned()
    }
}

/// A request under way.
pub struct Ask<'a> {
    world: &'a World,
    request: reqwest::RequestBuilder,
}

impl Ask<'_> {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    pub fn body(mut self, body: impl Into<reqwest::Body>) -> Self {
        self.request = self.request.body(body);
        self
    }

    pub fn json(mut self, body: &Value) -> Self {
        self.request = self.request.json(body);
        self
    }

    pub async fn send(self) -> Answer {
        let answer = self.request.send().await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        Answer { status, headers, text: answer.text().await.unwrap() }
    }

    /// Headers and body of an answer that is no text.
    pub async fn bytes(self) -> (reqwest::header::HeaderMap, Vec<u8>) {
        let answer = self.request.send().await.unwrap();
        let headers = answer.headers().clone();
        (headers, answer.bytes().await.unwrap().to_vec())
    }

    /// With a key of its own.
    pub fn keyed(self) -> Self {
        let key = format!("key-{}", self.world.keys.fetch_add(1, Ordering::Relaxed));
        self.header("idempotency-key", &key)
    }
}

impl World {
    /// A front door in the morning of a day, with the users that exist before any institution.
    pub async fn on(day: &str) -> World {
        World::with(day, ApiOptions::default()).await
    }

    /// The same with settings of the front door.
    pub async fn with(day: &str, options: ApiOptions) -> World {
        World::in_database(day, options, testdb::sqlite()).await
    }

    /// The same in a database of PostgreSQL; none where there is no PostgreSQL.
    pub async fn on_postgres(day: &str) -> Option<World> {
        Some(World::in_database(day, ApiOptions::default(), testdb::fresh_postgres()?).await)
    }

    async fn in_database(day: &str, options: ApiOptions, database: TestDatabase) -> World {
        let store = Store::connect(&database.url).await.unwrap();
        let effects = Arc::new(TestEffects {
            now: Mutex::new(morning(day)),
            random: AtomicU32::new(0),
            provider: Mutex::default(),
            courier: Mutex::default(),
            kept: Mutex::default(),
            files: tempfile::tempdir().unwrap(),
        });
        let app = App::start(store, Vault::new([9; 32]), Arc::clone(&effects) as Arc<dyn Effects>).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let routes = web::router(api::router(Arc::clone(&app), options), console(&effects)).unwrap();
        tokio::spawn(api::serve_routes(listener, routes, std::future::pending()));
        let password = app.password_hash(PASSWORD.to_owned()).await.unwrap();
        let mut world = World {
            app,
            base,
            client: Client::new(),
            effects,
            password,
            tokens: Mutex::default(),
            keys: AtomicU32::new(0),
            _database: database,
        };
        let regulator = |region: &str, duties: &[Duty]| NewRole::Regulator {
            region: region.parse().unwrap(),
            department: Department::Education,
            duties: duties.to_vec(),
        };
        let home = || "330502".parse().unwrap();
        for (name, role) in [
            ("admin", NewRole::Admin),
            ("bureau", regulator("330502", &[])),
            ("officer", regulator("330502", &[Duty::Officer])),
            ("approver", regulator("330502", &[Duty::Approver])),
            ("city", regulator("330500", &[])),
            ("neighbour", regulator("330503", &[])),
            ("bank", NewRole::Bank { region: home() }),
            ("auditor", NewRole::Auditor { region: home() }),
        ] {
            world.user(name, role).await;
        }
        world
    }

    /// Another server on the same database.
    pub async fn second_server(&self) -> Arc<App> {
        let store = Store::connect(&self._database.url).await.unwrap();
        App::start(store, Vault::new([9; 32]), Arc::clone(&self.effects) as Arc<dyn Effects>).await.unwrap()
    }

    /// Runs SQL past every check, as an attacker with the database in hand.
    pub async fn tamper(&self, sql: &str) {
        self._database.execute(sql).await.unwrap();
    }

    /// Is there a user of that name?
    pub fn knows(&self, name: &str) -> bool {
        self.tokens.lock().unwrap().contains_key(name)
    }

    /// The files that were kept, as they lie on disk.
    pub fn files_on_disk(&self) -> Vec<Vec<u8>> {
        let files = std::fs::read_dir(self.effects.files.path()).unwrap();
        files.map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
    }

    /// Runs the ledger's own clocks, at the time of the world.
    pub async fn tick(&self) {
        let ledger = self.app.ledger(&"330502".parse().unwrap()).await.unwrap().unwrap();
        self.app.run_clocks(&ledger, self.effects.now()).await.unwrap();
    }

    pub fn set_day(&self, day: &str) {
        *self.effects.now.lock().unwrap() = morning(day);
        // Sessions of another day have ended.
        assert!(!self.tokens.lock().unwrap().is_empty());
    }

    /// Makes a user without the front door, and logs in through it.
    pub async fn user(&mut self, name: &str, role: NewRole) {
        let call = Call { principal: None, now: self.effects.now(), key: None, dry_run: false };
        self.app.user_create_hashed(&call, name.to_owned(), role, &self.password).await.unwrap();
        self.log_in(name).await;
    }

    pub async fn log_in(&self, name: &str) {
        let body = json!({ "username": name, "password": PASSWORD });
        let answer = self.ask(None, Method::POST, "/v1/sessions").json(&body).send().await.expect(201);
        self.tokens.lock().unwrap().insert(name.to_owned(), answer["token"].as_str().unwrap().to_owned());
    }

    pub fn ask(&self, who: Option<&str>, method: Method, path: &str) -> Ask<'_> {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if let Some(who) = who {
            request = request.bearer_auth(&self.tokens.lock().unwrap()[who]);
        }
        Ask { world: self, request }
    }

    /// With a token or key that is not of the users above.
    pub fn ask_with(&self, token: &str, method: Method, path: &str) -> Ask<'_> {
        Ask { world: self, request: self.client.request(method, format!("{}{path}", self.base)).bearer_auth(token) }
    }

    /// Where else people may log in.
    pub fn provider(&self, provider: Arc<dyn IdentityProvider>) {
        *self.effects.provider.lock().unwrap() = Some(provider);
    }

    /// By which notices are delivered.
    pub fn courier(&self, courier: Courier) {
        *self.effects.courier.lock().unwrap() = Some(Arc::new(courier));
    }

    /// Delivers what is due.
    pub async fn deliver(&self) -> app::outbox::DeliveryRun {
        let ledger = self.app.ledger(&"330502".parse().unwrap()).await.unwrap().unwrap();
        self.app.deliver(&ledger, self.effects.now()).await.unwrap()
    }

    /// A time of a day, and everybody in it logged in anew.
    pub async fn at(&self, day: &str, minutes: i64) {
        let midnight = Instant::start_of(day.parse().unwrap()).unwrap();
        *self.effects.now.lock().unwrap() = midnight.plus_micros(minutes * 60_000_000).unwrap();
        let names: Vec<String> = self.tokens.lock().unwrap().keys().cloned().collect();
        for name in names {
            self.log_in(&name).await;
        }
    }

    /// A part of the institution's record; its id.
    pub async fn record(&self, shop: &Shop, part: Value) -> String {
        let path = format!("/v1/institutions/{}/record", shop.institution);
        text(&self.post("owner", &path, &part).await.expect(201)["id"])
    }

    /// A class of the shop with a teacher and a room.
    pub async fn class(&self, shop: &Shop) -> Class {
        let site = json!({"site":{"address":"某路 1 号","floor_area_m2":320,"highest_floor":2}});
        let site = self.record(shop, site).await;
        let room = json!({"room":{"site":site,"name":"一号教室","area_m2":60,"seats":20}});
        let room = self.record(shop, room).await;
        let teacher = json!({"staff":{"name":"赵某","post":"teacher","teaches":true,"full_time":true,
            "certificate":"20261234"}});
        let teacher = self.record(shop, teacher).await;
        let path = format!("/v1/courses/{}/classes", shop.course);
        let body = json!({"name":"周六班","teacher":teacher,"room":room,"capacity":10});
        let class = text(&self.post("owner", &path, &body).await.expect(201)["id"]);
        Class { class, site, room, teacher }
    }

    /// Lets time pass.
    pub fn pass(&self, seconds: i64) {
        let mut now = self.effects.now.lock().unwrap();
        *now = now.plus_micros(seconds * 1_000_000).unwrap();
    }

    pub fn now(&self) -> Instant {
        self.effects.now()
    }

    pub async fn id_of(&self, who: &str) -> String {
        text(&self.get(who, "/v1/me").await.expect(200)["id"])
    }

    pub async fn get(&self, who: &str, path: &str) -> Answer {
        self.ask(Some(who), Method::GET, path).send().await
    }

    pub async fn public(&self, path: &str) -> Answer {
        self.ask(None, Method::GET, path).send().await
    }

    pub async fn post(&self, who: &str, path: &str, body: &Value) -> Answer {
        self.ask(Some(who), Method::POST, path).keyed().json(body).send().await
    }

    /// An institution on the white list with a published course; its owner is `owner`.
    pub async fn shop(&mut self) -> Shop {
        let institution = self.post("bureau", "/v1/institutions", &institution_body()).await.expect(201);
        let institution = text(&institution["id"]);
        let at = |tail: &str| format!("/v1/institutions/{institution}/{tail}");
        let body = json!({"kind":"new","scope":{"category":"arts","modes":["offline"],"stages":["primary","junior"]},
            "documents":[{"kind":"charter","sha256":"ab".repeat(32)}]});
        let application = self.post("bureau", &at("licence-applications"), &body).await.expect(201);
        let application = text(&application["id"]);
        let step = |tail: &str| format!("/v1/licence-applications/{application}/{tail}");
        self.post("bureau", &step("acceptance"), &json!({})).await.expect(201);
        self.examined(&application, true).await;
        let body = json!({"decision":"grant","licence_number":"133050270001239","valid_from_on":"2026-09-01",
            "valid_until_on":"2029-08-31","reason":"条件具备"});
        let decided = self.post("approver", &step("decision"), &body).await;
        let licence = text(&decided.expect(201)["licence"]["id"]);
        let body = json!({"list":"white","cause":"licensed and in custody","basis":"规定","published_on":"2026-09-01"});
        self.post("bureau", &at("listings"), &body).await.expect(201);
        let role = NewRole::Institution { institution: institution.parse().unwrap(), post: Post::Owner };
        self.user("owner", role).await;
        let course = self.post("owner", &at("courses"), &course_body()).await.expect(201);
        assert_eq!(course["violations"], json!([]), "{course}");
        let course = text(&course["id"]);
        self.post("owner", &format!("/v1/courses/{course}/publication"), &json!({})).await.expect(201);
        Shop { institution, application, licence, course }
    }

    /// An accepted application is examined: the site by two officers, the papers by one of them.
    pub async fn examined(&self, application: &str, site: bool) {
        let step = |tail: &str| format!("/v1/licence-applications/{application}/{tail}");
        if site {
            let second = text(&self.get("bureau", "/v1/me").await.expect(200)["id"]);
            let today = self.effects.now().day().to_string();
            let body = json!({"second_officer":second,"checked_on":today,"result":"passed","findings":"与申报一致"});
            self.post("officer", &step("site-check"), &body).await.expect(201);
        }
        let body = json!({"advice":"grant","opinion":"建议准予"});
        self.post("officer", &step("review"), &body).await.expect(201);
    }

    /// A contract of the shop, signed by both; the guardian is `guardian`.
    pub async fn contract(&mut self, shop: &Shop) -> String {
        let drafted = self.post("owner", "/v1/contracts", &contract_body(&shop.course)).await.expect(201);
        assert_eq!(drafted["violations"], json!([]), "{drafted}");
        let contract = text(&drafted["id"]);
        self.user("guardian", NewRole::Guardian { contract: contract.parse().unwrap() }).await;
        let path = format!("/v1/contracts/{contract}/signatures");
        self.post("owner", &path, &json!({"party":"institution"})).await.expect(201);
        let signed = self.post("guardian", &path, &json!({"party":"guardian"})).await.expect(201);
        assert_eq!(signed["state"], "signed");
        contract
    }
}

/// A class with what it needs.
pub struct Class {
    pub class: String,
    pub site: String,
    pub room: String,
    pub teacher: String,
}

/// An institution with a course.
pub struct Shop {
    pub institution: String,
    pub application: String,
    pub licence: String,
    pub course: String,
}

fn morning(day: &str) -> Instant {
    Instant::start_of(day.parse().unwrap()).unwrap().plus_micros(9 * 3_600_000_000).unwrap()
}

/// A value that must be a text.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}")).to_owned()
}

pub fn institution_body() -> Value {
    let code = kernel::CreditCode::complete("52330502MJ8719000").unwrap();
    json!({"credit_code":code.to_string(),"name":"丹青画室","legal_representative":"王某","address":"某路 1 号",
        "region":"330502","category":"arts","modes":["offline"],"stages":["primary","junior"],
        "custody_account":{"bank":"某银行","account_name":"丹青画室","account_number":"6222000000000001"}})
}

pub fn course_body() -> Value {
    json!({"name":"少儿国画","category":"arts","mode":"offline","stage":"primary","hours":"24","minutes_per_hour":45,
        "list_price_per_hour_fen":10000,"price_fen":200000,"class_size_max":20,
        "starts_on":"2026-12-05","ends_on":"2027-02-27"})
}

pub fn contract_body(course: &str) -> Value {
    json!({"course":course,
        "guardian":{"name":"李某","phone":"13800000000","id_kind":"resident_id","id_number":"11010519491231002X",
            "relation":"mother","address":"某街 2 号"},
        "pupil":{"name":"李小某","birth_on":"2016-05-01","school":"某小学","grade":"4"},
        "lots":[{"paid_hours":"24","gift_hours":"0","price_fen":200000,"list_price_per_hour_fen":10000}],
        "refund_terms":{"full_refund_days_before_start":5,"full_refund_days_after_start":3,"pay_back_days":10},
        "supplementary_terms":"","first_lesson_on":"2026-12-05","last_lesson_on":"2027-02-27"})
}

/// A draft of the county's rules with one parameter.
pub fn policy_draft_body(effective_on: &str, key: &str, value: Value) -> Value {
    let period = json!({"value":value,"from_on":effective_on,"source":"吴兴区测试文件第一条","grade":"P"});
    json!({"effective_on":effective_on,"parameters":{key:[period]}})
}

pub fn payment_body(amount_fen: i64, reference: &str) -> Value {
    json!({"amount_fen":amount_fen,"paid_at":"2026-11-22T01:30:00Z","method":"bank_transfer","bank_reference":reference})
}
