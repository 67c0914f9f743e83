//! A county to pay into: licensed institutions, each with a course, and signed contracts. Made
//! through the use cases, like everything else.

use std::sync::Arc;

use access::{Department, Duty, Post, Principal, Role};
use app::context::Verb;
use app::drafting::{NewContract, NewInstitution, NewLot, Wording};
use app::identity::{NewRole, NewUser};
use app::verbs::{
    ApplicationAccept, ApplicationCheckSite, ApplicationDecide, ApplicationReview, ApplicationSubmit, CourseDraft,
    CoursePublish, FeePay, GrantedLicence,
};
use app::{App, Call, Ledger};
use contract::{Party, RefundTerms};
use kernel::{
    ApplicationId, Category, ClassHours, ContractId, CourseId, Day, Fen, LicenceId, Mode, PaymentId, RegionCode, Stage,
    UserId,
};
use ledger::body::PaymentMethod;
use registry::{ApplicationKind, Decision};

use crate::demo::cast;
use crate::effects::now;

/// Institutions.
pub const INSTITUTIONS: usize = 20;
/// Contracts of each.
const CONTRACTS: usize = 50;
/// Contracts of the first that are paid in full besides.
const PAID: usize = 400;
/// Price of a contract, fen: the most that one non-subject charge may be.
const PRICE_FEN: i64 = 500_000;

/// Of every user.
const PASSWORD: &str = "bench-password";

/// Who sells what.
struct Seller {
    owner: Principal,
    course: contract::Course,
}

/// The county.
pub struct County {
    /// Its ledger.
    pub ledger: Arc<Ledger>,
    /// The bank, which records payments.
    pub bank: Principal,
    /// The bank's bearer token.
    pub bank_token: String,
    /// Somebody of the first institution, who records lessons.
    pub teacher: Principal,
    /// Bearer token of a teacher of the first institution.
    pub teacher_token: String,
    /// Contracts to pay for, institutions alternating.
    pub contracts: Vec<ContractId>,
    /// Contracts of the first institution that are paid in full, to record lessons of.
    pub paid: Vec<ContractId>,
    /// The first day of all courses.
    pub first_lesson_on: Day,
}

fn call(who: &Principal) -> anyhow::Result<Call> {
    Ok(Call { principal: Some(who.clone()), now: now()?, key: None, dry_run: false })
}

async fn act(app: &App, ledger: &Ledger, who: &Principal, verb: impl Verb + 'static) -> anyhow::Result<()> {
    app.submit(ledger, call(who)?, verb).await?;
    Ok(())
}

async fn user(app: &App, username: &str, role: NewRole) -> anyhow::Result<Principal> {
    let installation = Call { principal: None, now: now()?, key: None, dry_run: false };
    let new = NewUser { username: username.to_owned(), password: PASSWORD.to_owned(), role };
    let user = app.user_create(&installation, new).await?;
    Ok(Principal::new(user.id, user.role))
}

/// Builds it in an empty database.
///
/// # Errors
/// Of the use cases.
pub async fn build(app: &App) -> anyhow::Result<County> {
    let region: RegionCode = cast::REGION.parse()?;
    let ledger = app.ledger_of(region).await?;
    let regulator = |duty| NewRole::Regulator { region, department: Department::Education, duties: vec![duty] };
    let officer = user(app, "officer", regulator(Duty::Officer)).await?;
    let approver = user(app, "approver", regulator(Duty::Approver)).await?;
    let bank = user(app, "bank", NewRole::Bank { region }).await?;
    let mut sellers = Vec::with_capacity(INSTITUTIONS);
    let mut by_institution = Vec::with_capacity(INSTITUTIONS);
    for index in 0..INSTITUTIONS {
        let seller = institution(app, &ledger, index, &officer, &approver).await?;
        by_institution.push(sell(app, &ledger, &seller, index.saturating_mul(CONTRACTS), CONTRACTS).await?);
        sellers.push(seller);
    }
    let mut contracts = Vec::with_capacity(INSTITUTIONS.saturating_mul(CONTRACTS));
    for n in 0..CONTRACTS {
        contracts.extend(by_institution.iter().filter_map(|own| own.get(n).copied()));
    }
    let seller = sellers.first().ok_or_else(|| anyhow::anyhow!("a county without institutions"))?;
    let paid = sell(app, &ledger, seller, INSTITUTIONS.saturating_mul(CONTRACTS), PAID).await?;
    pay(app, &ledger, &bank, &paid).await?;
    let post = Post::Owner;
    let teacher = user(app, "teacher", NewRole::Institution { institution: seller.course.institution, post }).await?;
    let token = async |name| anyhow::Ok(app.session_open(now()?, name, PASSWORD.to_owned()).await?.token);
    Ok(County {
        bank_token: token("bank").await?,
        teacher_token: token("teacher").await?,
        first_lesson_on: seller.course.starts_on,
        teacher,
        ledger,
        bank,
        contracts,
        paid,
    })
}

async fn pay(app: &App, ledger: &Ledger, bank: &Principal, contracts: &[ContractId]) -> anyhow::Result<()> {
    let mut payments: Vec<(Call, Box<dyn Verb>)> = Vec::new();
    for contract in contracts {
        let (call, reference) = (call(bank)?, format!("PAID{contract}"));
        let verb = FeePay {
            payment: app.new_id(&call, PaymentId::new),
            contract: *contract,
            amount: Fen::try_positive(PRICE_FEN)?,
            paid_at: call.now,
            method: PaymentMethod::BankTransfer,
            reference_hash: ledger::digest(ledger::tags::BANK_REFERENCE, reference.as_bytes()),
            reference,
        };
        payments.push((call, Box::new(verb)));
    }
    app.submit_all(ledger, payments).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(())
}

async fn institution(
    app: &App,
    ledger: &Ledger,
    index: usize,
    officer: &Principal,
    approver: &Principal,
) -> anyhow::Result<Seller> {
    let today = now()?.day();
    let number = index.saturating_add(1);
    let name = format!("示例机构{number}");
    let new = NewInstitution {
        credit_code: cast::credit_code(number)?,
        legal_representative: "示例".to_owned(),
        address: "示例路1号".to_owned(),
        region: cast::REGION.parse()?,
        scope: cast::scope(Category::Arts),
        custody_account: Some(cast::custody_account(number, &name)),
        name,
    };
    let registration = app.institution_register(&call(officer)?, ledger, new)?;
    let id = registration.institution;
    act(app, ledger, officer, registration).await?;
    let application = app.new_id(&call(officer)?, ApplicationId::new);
    let kind = ApplicationKind::New;
    act(
        app,
        ledger,
        officer,
        ApplicationSubmit { application, institution: id, kind, scope: None, documents: vec![], wish: None },
    )
    .await?;
    act(app, ledger, officer, ApplicationAccept { application, expected: None }).await?;
    let (second_officer, said) = (app.new_id(&call(officer)?, UserId::new), || app.secret(&serde_json::json!({})));
    let check = ApplicationCheckSite {
        application,
        expected: None,
        second_officer,
        checked_on: today,
        result: registry::SiteCheckResult::Passed,
        documents: vec![],
        findings: said(),
    };
    act(app, ledger, officer, check).await?;
    let review = ApplicationReview { application, expected: None, advice: Decision::Grant, opinion: said() };
    act(app, ledger, officer, review).await?;
    let licence = GrantedLicence {
        licence: app.new_id(&call(officer)?, LicenceId::new),
        number: cast::licence_number(number, 1).parse()?,
        valid_from_on: today,
        valid_until_on: today.plus_months(36)?,
    };
    let reason = app.secret(&serde_json::json!({ "reason": "bench" }));
    act(
        app,
        ledger,
        approver,
        ApplicationDecide {
            application,
            expected: None,
            verdict: Decision::Grant,
            licence: Some(licence),
            reason,
            record: vec![],
            lacking: vec![],
        },
    )
    .await?;
    let role = Role::Institution { ledger: ledger.id().clone(), institution: id, post: Post::Owner };
    let owner = Principal::new(app.new_id(&call(officer)?, UserId::new), role);
    let course = course(app, &owner, id, today)?;
    let draft = CourseDraft { course: course.clone(), name: "示例课".to_owned() };
    act(app, ledger, &owner, draft).await?;
    let name = app.secret(&serde_json::json!({ "name": "示例课" }));
    act(app, ledger, &owner, CoursePublish { course: course.id, name }).await?;
    Ok(Seller { owner, course })
}

/// Signed contracts with as many families, from the family numbered `first` on.
async fn sell(
    app: &App,
    ledger: &Ledger,
    seller: &Seller,
    first: usize,
    count: usize,
) -> anyhow::Result<Vec<ContractId>> {
    let Seller { owner, course } = seller;
    let mut signing: Vec<(Call, Box<dyn Verb>)> = Vec::new();
    let mut drafts: Vec<(Call, Box<dyn Verb>)> = Vec::new();
    let mut contracts = Vec::with_capacity(count);
    for family in first..first.saturating_add(count) {
        let new = contract(family, course.id, course.starts_on, course.ends_on)?;
        let draft = app.contract_draft(&call(owner)?, ledger, new).await?;
        let terms = &draft.draft.terms;
        let contract = terms.id;
        let role = Role::Guardian { ledger: ledger.id().clone(), subject: terms.guardian };
        let guardian = Principal::new(app.new_id(&call(owner)?, UserId::new), role);
        signing.push((call(owner)?, Box::new(draft.signature(Party::Institution))));
        signing.push((call(&guardian)?, Box::new(draft.signature(Party::Guardian))));
        drafts.push((call(owner)?, Box::new(draft)));
        contracts.push(contract);
    }
    drafts.extend(signing);
    app.submit_all(ledger, drafts).await.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(contracts)
}

fn course(
    app: &App,
    owner: &Principal,
    institution: kernel::InstitutionId,
    today: Day,
) -> anyhow::Result<contract::Course> {
    Ok(contract::Course {
        id: app.new_id(&call(owner)?, CourseId::new),
        institution,
        category: Category::Arts,
        mode: Mode::Offline,
        stage: Stage::Primary,
        hours: ClassHours::try_from_hundredths(6_000)?,
        minutes_per_hour: 45,
        price: Fen::try_positive(PRICE_FEN)?,
        list_price_per_hour: None,
        class_size_max: 60,
        starts_on: today.plus_days(7)?,
        ends_on: today.plus_days(80)?,
        published_seq: None,
    })
}

fn contract(family: usize, course: CourseId, first: Day, last: Day) -> anyhow::Result<NewContract> {
    let mut guardian = cast::guardian(family % cast::FAMILIES);
    // More families than the cast has: told apart by their number.
    guardian.id_number = format!("9{family:017}");
    // A child of the same name and birthday would be the same child under another guardian.
    let mut pupil = cast::pupil(family % cast::FAMILIES)?;
    pupil.name = format!("{}{family}", pupil.name);
    Ok(NewContract {
        course,
        guardian,
        pupil,
        lots: vec![NewLot {
            paid_hours: ClassHours::try_from_hundredths(6_000)?,
            gift_hours: ClassHours::ZERO,
            price: Fen::try_positive(PRICE_FEN)?,
            list_price_per_hour: None,
        }],
        refund_terms: RefundTerms {
            full_refund_days_before_start: 5,
            full_refund_days_after_start: 3,
            pay_back_days: 10,
        },
        supplementary_terms: String::new(),
        first_lesson_on: first,
        last_lesson_on: last,
        wording: Wording::default(),
    })
}
