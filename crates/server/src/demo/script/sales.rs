//! Sales: courses are published, contracts drawn up from the model, signed by both sides and paid
//! into custody. Evasions are tried.

use access::Principal;
use app::context::Verb;
use app::drafting::{NewContract, NewLot, Wording};
use app::identity::NewRole;
use app::verbs::{CourseDraft, CoursePublish, FeePay};
use contract::{Party, RefundTerms};
use kernel::{ClassHours, CourseId, Day, Fen, Mode, PaymentId};
use ledger::body::PaymentMethod;

use super::{Contract, Course, World, day as on, reference_hash};
use crate::demo::cast::{self, CourseCast, FAMILIES, HOURS_PER_LESSON, Term};
use crate::demo::stage::{Act, Stage};

/// Of so many contracts, one is given up half way.
const WITHDRAWS_ONE_IN: usize = 23;

/// What a term has to do today.
pub async fn day(stage: &mut Stage, world: &mut World, term: Term, today: Day) -> anyhow::Result<()> {
    if today == on(term.published_on())? {
        publish(stage, world, term).await?;
    }
    let since = on(term.sold_from())?.days_until(today);
    match usize::try_from(since) {
        Ok(since) if since < Term::SALES_DAYS => sell(stage, world, term, since).await,
        Ok(_) | Err(_) => Ok(()),
    }
}

/// A course as the institution drafts it.
pub fn course(
    stage: &mut Stage,
    world: &World,
    who: &Principal,
    cast: &CourseCast,
) -> anyhow::Result<contract::Course> {
    let player = world.players.get(cast.institution).ok_or_else(|| anyhow::anyhow!("unknown institution"))?;
    let (Some(first), Some(last)) = (cast.lessons.first(), cast.lessons.last()) else {
        anyhow::bail!("course without lessons");
    };
    let lessons = i64::try_from(cast.lessons.len())?;
    let price = Fen::try_positive(cast.price_yuan.saturating_mul(100))?;
    let hours = lessons.saturating_mul(HOURS_PER_LESSON);
    Ok(contract::Course {
        id: stage.id(who, CourseId::new),
        institution: player.id,
        category: cast.category,
        mode: Mode::Offline,
        stage: cast.stage,
        hours: ClassHours::try_from_hundredths(hours.saturating_mul(100))?,
        minutes_per_hour: 45,
        price,
        list_price_per_hour: Some(Fen::try_positive(price.fen().checked_div(hours).unwrap_or(1))?),
        class_size_max: 20,
        starts_on: *first,
        ends_on: *last,
        published_seq: None,
    })
}

async fn publish(stage: &mut Stage, world: &mut World, term: Term) -> anyhow::Result<()> {
    stage.set(stage.today(), 10, 0)?;
    let mut drafts: Vec<Act> = Vec::new();
    let mut publications: Vec<Act> = Vec::new();
    for cast in cast::courses(term)? {
        let who = world.owner(cast.institution)?;
        let course = course(stage, world, &who, &cast)?;
        let id = course.id;
        let name = stage.app.secret(&serde_json::json!({ "name": cast.name }));
        drafts.push((who.clone(), Box::new(CourseDraft { course, name: cast.name.clone() })));
        publications.push((who, Box::new(CoursePublish { course: id, name })));
        world.courses.push(Course { cast, id, contracts: Vec::new(), class: None });
    }
    stage.act_all(drafts).await?;
    stage.act_all(publications).await?;
    super::classes::open(stage, world, term).await
}

/// Today's share of the contracts of a term: drawn up, signed by the institution, by the guardian,
/// paid.
async fn sell(stage: &mut Stage, world: &mut World, term: Term, since: usize) -> anyhow::Result<()> {
    stage.set(stage.today(), 10, 30)?;
    let mut drafts: Vec<Act> = Vec::new();
    let mut sold = Vec::new();
    for index in 0..world.courses.len() {
        let Some(course) = world.courses.get(index).filter(|course| course.cast.term == term) else { continue };
        let cast = course.cast.clone();
        let course_id = course.id;
        let today = (0..term.contracts_per_course()).filter(|n| (n + cast.institution) % Term::SALES_DAYS == since);
        for _ in today {
            let place = world.contracts.len();
            let family = family_of(world, cast.institution, place);
            let who = world.owner(cast.institution)?;
            let price = cast.price_yuan.saturating_mul(100);
            let verb = draft(stage, &who, &cast, course_id, family, price, "").await?;
            let id = verb.draft.terms.id;
            drafts.push((who, Box::new(verb)));
            let lasts = matches!(term, Term::Autumn | Term::Winter);
            let withdraws = lasts && place % WITHDRAWS_ONE_IN == 7;
            world.contracts.push(Contract { id, course: index, family, taught: true, withdraws });
            if let Some(course) = world.courses.get_mut(index) {
                course.contracts.push(place);
            }
            sold.push(place);
        }
    }
    stage.act_all(drafts).await?;
    stage.set(stage.today(), 11, 0)?;
    sign(stage, world, &sold, Party::Institution).await?;
    stage.set(stage.today(), 11, 30)?;
    for &place in &sold {
        let Some(contract) = world.contracts.get(place) else { continue };
        if world.guardians.get(contract.family).is_some_and(Option::is_none) {
            let name = format!("family-{:03}", contract.family + 1);
            let guardian = stage.user(&name, NewRole::Guardian { contract: contract.id }).await?;
            if let Some(slot) = world.guardians.get_mut(contract.family) {
                *slot = Some(guardian);
            }
        }
    }
    sign(stage, world, &sold, Party::Guardian).await?;
    stage.set(stage.today(), 12, 0)?;
    pay(stage, world, &sold).await?;
    super::classes::enrol(stage, world, &sold).await
}

/// The first 600 contracts are of 600 families; later ones come back in another order, each family to
/// an institution where it has not bought before: two contracts together would break the caps.
fn family_of(world: &World, institution: usize, place: usize) -> usize {
    let first = if place < FAMILIES { place } else { (place * 37 + 11) % FAMILIES };
    let there = |contract: &&Contract| {
        world.courses.get(contract.course).is_some_and(|course| course.cast.institution == institution)
    };
    let known: std::collections::BTreeSet<usize> =
        world.contracts.iter().filter(there).map(|contract| contract.family).collect();
    (first..first + FAMILIES).map(|n| n % FAMILIES).find(|family| !known.contains(family)).unwrap_or(first)
}

async fn draft(
    stage: &mut Stage,
    who: &Principal,
    cast: &CourseCast,
    course: CourseId,
    family: usize,
    price_fen: i64,
    supplement: &str,
) -> anyhow::Result<app::verbs::ContractDraft> {
    let (Some(first), Some(last)) = (cast.lessons.first(), cast.lessons.last()) else {
        anyhow::bail!("course without lessons");
    };
    let hours = i64::try_from(cast.lessons.len())?.saturating_mul(HOURS_PER_LESSON);
    let price = Fen::try_positive(price_fen)?;
    let new = NewContract {
        course,
        guardian: cast::guardian(family),
        pupil: cast::pupil(family)?,
        lots: vec![NewLot {
            paid_hours: ClassHours::try_from_hundredths(hours.saturating_mul(100))?,
            gift_hours: ClassHours::ZERO,
            price,
            list_price_per_hour: None,
        }],
        refund_terms: RefundTerms {
            full_refund_days_before_start: 5,
            full_refund_days_after_start: 3,
            pay_back_days: 10,
        },
        supplementary_terms: supplement.to_owned(),
        first_lesson_on: *first,
        last_lesson_on: *last,
        wording: Wording::default(),
    };
    let call = stage.call(who);
    Ok(stage.app.contract_draft(&call, &stage.ledger, new).await?)
}

async fn sign(stage: &mut Stage, world: &World, sold: &[usize], party: Party) -> anyhow::Result<()> {
    let mut acts: Vec<Act> = Vec::with_capacity(sold.len());
    for &place in sold {
        let Some(contract) = world.contracts.get(place) else { continue };
        let who = match party {
            Party::Institution => world.owner(world.seller(place)?)?,
            Party::Guardian => world.guardian(place)?,
        };
        let verb: Box<dyn Verb> = Box::new(stage.app.contract_sign(stage.ledger.id(), contract.id, party, None).await?);
        acts.push((who, verb));
    }
    stage.act_all(acts).await?;
    Ok(())
}

async fn pay(stage: &mut Stage, world: &mut World, sold: &[usize]) -> anyhow::Result<()> {
    const METHODS: [PaymentMethod; 4] =
        [PaymentMethod::BankTransfer, PaymentMethod::ThirdParty, PaymentMethod::Card, PaymentMethod::DigitalYuan];
    let who = world.officials.bank.clone();
    let mut acts: Vec<Act> = Vec::with_capacity(sold.len());
    for &place in sold {
        let reference = world.reference(stage.today());
        let Some(contract) = world.contracts.get(place) else { continue };
        let Some(course) = world.courses.get(contract.course) else { continue };
        let verb = FeePay {
            payment: stage.id(&who, PaymentId::new),
            contract: contract.id,
            amount: Fen::try_positive(course.cast.price_yuan.saturating_mul(100))?,
            paid_at: stage.now(),
            method: METHODS.get(place % METHODS.len()).copied().unwrap_or(PaymentMethod::BankTransfer),
            reference_hash: reference_hash(&reference),
            reference,
        };
        acts.push((who.clone(), Box::new(verb)));
    }
    stage.act_all(acts).await?;
    Ok(())
}

/// A course one hour above the cap cannot be published.
pub async fn course_of_61_hours(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    stage.set(stage.today(), 9, 0)?;
    let Some(cast) = cast::courses(Term::Autumn)?.into_iter().nth(3) else { return Ok(()) };
    let who = world.owner(cast.institution)?;
    let mut course = course(stage, world, &who, &cast)?;
    course.hours = ClassHours::try_from_hundredths(6_100)?;
    let name = stage.app.secret(&serde_json::json!({ "name": cast.name }));
    let id = course.id;
    stage.act(&who, CourseDraft { course, name: format!("{}（加长）", cast.name) }).await?;
    let verb = CoursePublish { course: id, name };
    stage.caught(&who, "发布61课时的课程", "a course of 61 hours", verb).await
}

/// A contract above 5,000 yuan cannot be signed.
pub async fn contract_above_the_cap(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    stage.set(stage.today(), 9, 0)?;
    let Some(course) = world.courses.iter().find(|course| course.cast.term == Term::Autumn) else { return Ok(()) };
    let (cast, id) = (course.cast.clone(), course.id);
    let who = world.owner(cast.institution)?;
    let verb = draft(stage, &who, &cast, id, 0, 520_000, "").await?;
    let contract = verb.draft.terms.id;
    stage.act(&who, verb).await?;
    let verb = stage.app.contract_sign(stage.ledger.id(), contract, Party::Institution, None).await?;
    stage.caught(&who, "签订5,200元的非学科类合同", "a non-subject contract of 5,200 yuan", verb).await
}

/// Contracts with terms that the law makes void cannot be signed.
pub async fn contracts_with_unfair_terms(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    const TERMS: [(&str, &str, &str); 2] = [
        ("课程一经售出，概不退费。", "签订约定概不退费的合同", "a contract without any refund"),
        (
            "本合同最终解释权归培训机构所有。",
            "签订保留最终解释权的合同",
            "a contract that the institution alone interprets",
        ),
    ];
    stage.set(stage.today(), 9, 10)?;
    let Some(course) = world.courses.iter().find(|course| course.cast.term == Term::Autumn) else { return Ok(()) };
    let (cast, id) = (course.cast.clone(), course.id);
    let who = world.owner(cast.institution)?;
    for (supplement, zh, en) in TERMS {
        let verb = draft(stage, &who, &cast, id, 0, 200_000, supplement).await?;
        let contract = verb.draft.terms.id;
        stage.act(&who, verb).await?;
        let verb = stage.app.contract_sign(stage.ledger.id(), contract, Party::Institution, None).await?;
        stage.caught(&who, zh, en, verb).await?;
    }
    Ok(())
}

/// One sale of 9,600 yuan in three contracts on one day: the second counts the first.
pub async fn one_sale_in_three_contracts(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    const PART_FEN: i64 = 320_000;
    stage.set(stage.today(), 9, 20)?;
    let Some(course) = world.courses.iter().find(|course| course.cast.term == Term::Autumn) else { return Ok(()) };
    let (cast, id) = (course.cast.clone(), course.id);
    let who = world.owner(cast.institution)?;
    let family = family_of(world, cast.institution, FAMILIES - 1);
    for part in 0..3 {
        let verb = draft(stage, &who, &cast, id, family, PART_FEN, "").await?;
        let contract = verb.draft.terms.id;
        stage.act(&who, verb).await?;
        let verb = stage.app.contract_sign(stage.ledger.id(), contract, Party::Institution, None).await?;
        if part > 0 {
            let (zh, en) = ("将9,600元的一次销售拆成三份合同", "a sale of 9,600 yuan in three contracts");
            stage.caught(&who, zh, en, verb).await?;
            continue;
        }
        stage.act(&who, verb).await?;
        // Who the guardian is, the contract says: a person who is known keeps its id.
        let subject = stage.app.contract_terms(contract).await?.1.guardian;
        let role = access::Role::Guardian { ledger: stage.ledger.id().clone(), subject };
        let guardian = Principal::new(stage.id(&who, kernel::UserId::new), role);
        let verb = stage.app.contract_sign(stage.ledger.id(), contract, Party::Guardian, None).await?;
        stage.act(&guardian, verb).await?;
    }
    Ok(())
}
