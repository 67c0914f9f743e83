//! A ledger for tests: a real database, a clock that the test sets, randomness from a seed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use access::{Department, Duty, Post, Principal, Role};
use app::drafting::{NewContract, NewInstitution, NewLot};
use app::verbs::*;
use app::{App, AppError, Call, EffectError, Effects, Key, Ledger, Outcome};
use contract::document::{CustodyAccount, GuardianParty, PupilParty};
use contract::{Course, Party, RefundTerms};
use kernel::*;
use ledger::LogKey;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha20Rng;
use serde_json::{Value, json};
use store::Store;
use store::vault::Vault;
use testdb::TestDatabase;

pub struct TestEffects {
    now: Mutex<Instant>,
    random: Mutex<ChaCha20Rng>,
    kept: Mutex<HashMap<LedgerId, (u64, String)>>,
}

impl TestEffects {
    pub fn new() -> TestEffects {
        TestEffects {
            now: Mutex::new(Instant::parse_rfc3339("2026-03-02T01:00:00Z").unwrap()),
            random: Mutex::new(ChaCha20Rng::from_seed([7; 32])),
            kept: Mutex::default(),
        }
    }
    pub fn set(&self, day: &str) {
        *self.now.lock().unwrap() =
            Instant::start_of(day.parse().unwrap()).unwrap().plus_micros(3_600_000_000).unwrap();
    }
}

impl Effects for TestEffects {
    fn now(&self) -> Instant {
        *self.now.lock().unwrap()
    }
    fn fill(&self, bytes: &mut [u8]) {
        self.random.lock().unwrap().fill_bytes(bytes);
    }
    fn log_key(&self, ledger: &LedgerId) -> Result<LogKey, EffectError> {
        LogKey::from_seed(&self.origin(ledger), &[3; 32]).map_err(|_| EffectError::Key)
    }
    fn origin(&self, ledger: &LedgerId) -> String {
        format!("test.example/{ledger}")
    }
    fn keep_checkpoint(&self, ledger: &LedgerId, size: u64, note: &str) -> Result<(), EffectError> {
        self.kept.lock().unwrap().insert(ledger.clone(), (size, note.to_owned()));
        Ok(())
    }
    fn kept_checkpoint(&self, ledger: &LedgerId) -> Result<Option<String>, EffectError> {
        Ok(self.kept.lock().unwrap().get(ledger).map(|kept| kept.1.clone()))
    }
    fn lookup_key(&self) -> [u8; 32] {
        [9; 32]
    }
}

pub const REGION: &str = "330502";

pub struct World {
    pub app: Arc<App>,
    pub effects: Arc<TestEffects>,
    pub ledger: Arc<Ledger>,
    pub database: TestDatabase,
    keys: Mutex<u64>,
}

fn user(n: u128) -> UserId {
    UserId::new(uuid::Uuid::from_u128(n))
}

pub fn officer() -> Principal {
    let duties = [Duty::Officer].into();
    Principal::new(
        user(1),
        Role::Regulator { region: REGION.parse().unwrap(), department: Department::Education, duties },
    )
}

pub fn approver() -> Principal {
    let duties = [Duty::Approver].into();
    Principal::new(
        user(2),
        Role::Regulator { region: REGION.parse().unwrap(), department: Department::Education, duties },
    )
}

pub fn any_duty() -> Role {
    Role::Regulator {
        region: REGION.parse().unwrap(),
        department: Department::Education,
        duties: Duty::ALL.iter().copied().collect(),
    }
}

pub fn bank() -> Principal {
    Principal::new(user(3), Role::Bank { region: REGION.parse().unwrap() })
}

impl World {
    pub async fn on(database: TestDatabase) -> World {
        let effects = Arc::new(TestEffects::new());
        let store = Store::connect(&database.url).await.unwrap();
        let app = App::start(store, Vault::new([5; 32]), effects.clone()).await.unwrap();
        let ledger = app.ledger_of(REGION.parse().unwrap()).await.unwrap();
        World { app, effects, ledger, database, keys: Mutex::new(0) }
    }

    /// The same database and outside world with a new process on it.
    pub async fn reopen(self) -> World {
        self.try_reopen().await.unwrap()
    }

    pub async fn try_reopen(self) -> Result<World, AppError> {
        let World { effects, database, app, ledger, .. } = self;
        drop((app, ledger));
        let store = Store::connect(&database.url).await.unwrap();
        let app = App::start(store, Vault::new([5; 32]), effects.clone()).await?;
        let ledger = app.ledger_of(REGION.parse().unwrap()).await?;
        Ok(World { app, effects, ledger, database, keys: Mutex::new(1_000_000) })
    }

    pub fn call(&self, principal: &Principal) -> Call {
        let mut n = self.keys.lock().unwrap();
        *n += 1;
        self.keyed(principal, &format!("key-{n}"), &Value::Null)
    }

    pub fn keyed(&self, principal: &Principal, key: &str, body: &Value) -> Call {
        let key = Key::new(&self.effects.lookup_key(), &principal.actor(), key, "test", body);
        Call { principal: Some(principal.clone()), now: self.effects.now(), key: Some(key), dry_run: false }
    }

    pub async fn run(
        &self,
        principal: &Principal,
        verb: impl app::context::Verb + 'static,
    ) -> Result<Outcome, AppError> {
        self.app.submit(&self.ledger, self.call(principal), verb).await
    }

    pub fn institution_user(&self, institution: InstitutionId) -> Principal {
        let role = Role::Institution { ledger: self.ledger.id().clone(), institution, post: Post::Owner };
        Principal::new(user(100), role)
    }

    pub async fn guardian_of(&self, contract: ContractId) -> Principal {
        let (ledger, terms) = self.app.contract_terms(contract).await.unwrap();
        Principal::new(user(terms.guardian.uuid().as_u128()), Role::Guardian { ledger, subject: terms.guardian })
    }

    /// A licensed, whitelisted arts institution.
    pub async fn institution(&self, n: u32) -> InstitutionId {
        let call = self.call(&officer());
        let scope = Scope {
            category: Category::Arts,
            modes: [Mode::Offline].into(),
            stages: [Stage::Primary, Stage::Junior].into(),
        };
        let new = NewInstitution {
            credit_code: CreditCode::complete(&format!("52330502MJ871{n:04}")).unwrap(),
            name: format!("测试艺术培训中心{n}"),
            legal_representative: "张三".into(),
            address: "测试路1号".into(),
            region: REGION.parse().unwrap(),
            scope,
            custody_account: Some(CustodyAccount {
                bank: "测试银行".into(),
                account_name: "预收费资金托管专户".into(),
                account_number: "6200000000000001".into(),
            }),
        };
        let verb = self.app.institution_register(&call, &self.ledger, new).unwrap();
        let institution = verb.institution;
        self.app.submit(&self.ledger, call, verb).await.unwrap();
        let application = self.app.new_id(&self.call(&officer()), ApplicationId::new);
        let kind = registry::ApplicationKind::New;
        let submit = ApplicationSubmit { application, institution, kind, scope: None, documents: vec![], wish: None };
        self.run(&self.institution_user(institution), submit).await.unwrap();
        self.run(&officer(), ApplicationAccept { application, expected: None }).await.unwrap();
        let said = || self.app.secret(&json!({}));
        let check = ApplicationCheckSite {
            application,
            expected: None,
            second_officer: bank().user,
            checked_on: self.app.effects().now().day(),
            result: registry::SiteCheckResult::Passed,
            documents: vec![],
            findings: said(),
        };
        self.run(&officer(), check).await.unwrap();
        let advice = registry::Decision::Grant;
        self.run(&officer(), ApplicationReview { application, expected: None, advice, opinion: said() }).await.unwrap();
        let licence = GrantedLicence {
            licence: self.app.new_id(&self.call(&officer()), LicenceId::new),
            number: format!("13305027{n:08}").parse().unwrap(),
            valid_from_on: "2026-03-02".parse().unwrap(),
            valid_until_on: "2029-03-01".parse().unwrap(),
        };
        let decide = ApplicationDecide {
            application,
            verdict: registry::Decision::Grant,
            licence: Some(licence),
            reason: self.app.secret(&json!({"reason": "符合条件"})),
            expected: None,
            record: vec![],
            lacking: vec![],
        };
        self.run(&approver(), decide).await.unwrap();
        institution
    }

    pub async fn course(&self, institution: InstitutionId, hours: &str, price: i64) -> CourseId {
        let owner = self.institution_user(institution);
        let call = self.call(&owner);
        let course = Course {
            id: self.app.new_id(&call, CourseId::new),
            institution,
            category: Category::Arts,
            mode: Mode::Offline,
            stage: Stage::Primary,
            hours: hours.parse().unwrap(),
            minutes_per_hour: 45,
            price: Fen::new(price),
            list_price_per_hour: None,
            class_size_max: 20,
            starts_on: "2026-03-07".parse().unwrap(),
            ends_on: "2026-05-30".parse().unwrap(),
            published_seq: None,
        };
        let id = course.id;
        self.app.submit(&self.ledger, call, CourseDraft { course, name: "少儿国画".into() }).await.unwrap();
        let name = self.app.secret(&json!({"name": "少儿国画"}));
        self.run(&owner, CoursePublish { course: id, name }).await.unwrap();
        id
    }

    pub async fn draft(
        &self,
        institution: InstitutionId,
        course: CourseId,
        hours: &str,
        price: i64,
        n: u32,
    ) -> Outcome {
        self.draft_for(institution, course, hours, price, (n, n)).await
    }

    /// The same for a guardian and a child by their numbers.
    pub async fn draft_for(
        &self,
        institution: InstitutionId,
        course: CourseId,
        hours: &str,
        price: i64,
        (guardian, child): (u32, u32),
    ) -> Outcome {
        let owner = self.institution_user(institution);
        let call = self.call(&owner);
        let new = NewContract {
            course,
            guardian: GuardianParty {
                name: "李四".into(),
                phone: "19900000000".into(),
                id_kind: "resident_id".into(),
                id_number: format!("33050219900101{guardian:04}"),
                relation: "mother".into(),
                address: "某小区".into(),
            },
            pupil: PupilParty {
                name: format!("李小四{child}"),
                birth_on: "2016-05-01".parse().unwrap(),
                school: "某小学".into(),
                grade: "4".into(),
            },
            lots: vec![NewLot {
                paid_hours: hours.parse().unwrap(),
                gift_hours: ClassHours::ZERO,
                price: Fen::new(price),
                list_price_per_hour: None,
            }],
            refund_terms: RefundTerms {
                full_refund_days_before_start: 5,
                full_refund_days_after_start: 3,
                pay_back_days: 10,
            },
            supplementary_terms: String::new(),
            first_lesson_on: "2026-03-07".parse().unwrap(),
            last_lesson_on: "2026-05-30".parse().unwrap(),
            wording: app::drafting::Wording::default(),
        };
        let verb = self.app.contract_draft(&call, &self.ledger, new).await.unwrap();
        self.app.submit(&self.ledger, call, verb).await.unwrap()
    }

    /// A signature under the document that is kept.
    pub async fn signature(&self, contract: ContractId, party: Party) -> ContractSign {
        self.app.contract_sign(self.ledger.id(), contract, party, None).await.unwrap()
    }

    /// A contract in force.
    pub async fn contract(
        &self,
        institution: InstitutionId,
        course: CourseId,
        hours: &str,
        price: i64,
        n: u32,
    ) -> ContractId {
        let outcome = self.draft(institution, course, hours, price, n).await;
        let contract: ContractId = outcome.answer["id"].as_str().unwrap().parse().unwrap();
        let owner = self.institution_user(institution);
        self.run(&owner, self.signature(contract, Party::Institution).await).await.unwrap();
        let guardian = self.guardian_of(contract).await;
        self.run(&guardian, self.signature(contract, Party::Guardian).await).await.unwrap();
        contract
    }

    pub fn payment(&self, contract: ContractId, amount: i64, reference: &str) -> FeePay {
        FeePay {
            payment: self.app.new_id(&self.call(&bank()), PaymentId::new),
            contract,
            amount: Fen::new(amount),
            paid_at: self.effects.now(),
            method: ledger::PaymentMethod::BankTransfer,
            reference: reference.to_owned(),
            reference_hash: ledger::digest(ledger::tags::BANK_REFERENCE, reference.as_bytes()),
        }
    }

    pub async fn claim(
        &self,
        institution: InstitutionId,
        contract: ContractId,
        hours: &str,
        day: &str,
    ) -> Result<LessonId, AppError> {
        let owner = self.institution_user(institution);
        let lesson = self.app.new_id(&self.call(&owner), LessonId::new);
        let (hours, held_on) = (hours.parse().unwrap(), day.parse().unwrap());
        let claim = LessonClaim { lesson, contract, hours, held_on, class_session: None };
        self.run(&owner, claim).await.map(|_| lesson)
    }

    /// The whole ledger verifies, with every table.
    pub async fn sweep(&self) -> ledger::verify::Report {
        let size = store::head_load(&self.app.store().read(), self.ledger.id()).await.unwrap().unwrap().size;
        self.ledger.checkpoints().covering(size).await.unwrap();
        let vault = Vault::new([5; 32]);
        let kept = self.effects.kept_checkpoint(self.ledger.id()).unwrap();
        let key = self.effects.log_key(self.ledger.id()).unwrap().verifier().clone();
        let options = app::verify::Options {
            since: kept.into_iter().collect(),
            key: Some(key),
            vault: Some(&vault),
            pages: true,
        };
        let report = app::verify::verify(self.app.store(), self.ledger.id(), options, |_, _| ()).await.unwrap();
        assert_eq!(report.verdict(), ledger::finding::Verdict::Holds, "{:?}", report.findings);
        report
    }
}
