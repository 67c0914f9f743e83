//! September: the ledger opens, the licences of before are carried into it, the others are granted
//! and whitelisted; who has no licence gets none.

use std::collections::BTreeMap;

use access::{Department, Duty, Post, Principal};
use app::context::Verb;
use app::drafting::NewInstitution;
use app::identity::NewRole;
use app::verbs::{
    ApplicationAccept, ApplicationCheckSite, ApplicationDecide, ApplicationReview, ApplicationSubmit, Document,
    GrantedLicence, LicenceCarryOver, ListingDecide,
};
use kernel::{ApplicationId, Category, LicenceId, ListingId, RegionCode};
use registry::{ApplicationKind, Decision, ListKind, SiteCheckResult};

use super::{Officials, Player, World, day};
use crate::demo::cast::{self, Fate, INSTITUTIONS};
use crate::demo::stage::{Act, Stage};

/// The users, the institutions, and an empty world.
pub async fn open(stage: &mut Stage) -> anyhow::Result<World> {
    let region: RegionCode = cast::REGION.parse()?;
    let city: RegionCode = cast::CITY.parse()?;
    let regulator =
        |department, region, duties: &[Duty]| NewRole::Regulator { region, department, duties: duties.to_vec() };
    let officer = [Duty::Officer];
    stage.user("admin", NewRole::Admin).await?;
    let officials = Officials {
        // The officer in charge holds both duties; a revocation still takes a second person.
        bureau: stage.user("bureau", regulator(Department::Education, region, Duty::ALL)).await?,
        approver: stage.user("approver", regulator(Department::Education, region, &[Duty::Approver])).await?,
        sports: stage.user("sports", regulator(Department::Sports, region, &officer)).await?,
        culture: stage.user("culture", regulator(Department::Culture, region, &officer)).await?,
        market: stage.user("market", regulator(Department::Market, region, &officer)).await?,
        bank: stage.user("bank", NewRole::Bank { region }).await?,
    };
    stage.user("city", regulator(Department::Education, city, &officer)).await?;
    stage.user("auditor", NewRole::Auditor { region }).await?;
    let mut players = Vec::with_capacity(INSTITUTIONS.len());
    for (index, cast) in INSTITUTIONS.iter().enumerate() {
        let number = index.saturating_add(1);
        let who = officer_for(&officials, cast.category);
        let call = stage.call(&who);
        let new = NewInstitution {
            credit_code: cast::credit_code(number)?,
            name: cast.name.to_owned(),
            legal_representative: cast.person.to_owned(),
            address: format!("浙江省湖州市吴兴区示例街{number}号"),
            region,
            scope: cast.scope(),
            custody_account: (cast.fate != Fate::Unlicensed).then(|| cast::custody_account(number, cast.name)),
        };
        let verb = register(stage, &call, new)?;
        let id = verb.institution;
        stage.app.submit(&stage.ledger, call, verb).await?;
        let owner = match cast.fate {
            Fate::Unlicensed => None,
            Fate::Closes | Fate::Converts(_) | Fate::Stays | Fate::Fails => {
                let role = NewRole::Institution { institution: id, post: Post::Owner };
                Some(stage.user(&format!("inst-{number:02}"), role).await?)
            }
        };
        players.push(Player { id, owner, licence: None });
    }
    Ok(World {
        officials,
        players,
        courses: Vec::new(),
        contracts: Vec::new(),
        guardians: vec![None; cast::FAMILIES],
        answers: BTreeMap::new(),
        disputes: BTreeMap::new(),
        disputes_decided: 0,
        refunds: BTreeMap::new(),
        references: 0,
        rooms: BTreeMap::new(),
        books: std::collections::BTreeMap::new(),
    })
}

fn register(stage: &Stage, call: &app::Call, new: NewInstitution) -> anyhow::Result<app::verbs::InstitutionRegister> {
    Ok(stage.app.institution_register(call, &stage.ledger, new)?)
}

/// The officer of the department that a category belongs to.
pub fn officer_for(officials: &Officials, category: Category) -> Principal {
    match category {
        Category::Arts => officials.culture.clone(),
        Category::Sports => officials.sports.clone(),
        Category::Subject | Category::Science | Category::Other => officials.bureau.clone(),
    }
}

/// A paper that was handed in.
pub fn paper(kind: &str, of: &str) -> anyhow::Result<Document> {
    Ok(Document { kind: kind.parse()?, sha256: ledger::digest("tutela/demo-paper/1", of.as_bytes()) })
}

/// The six subject licences of before.
pub async fn carry_over(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    stage.set(stage.today(), 9, 0)?;
    let who = world.officials.approver.clone();
    for (index, cast) in INSTITUTIONS.iter().enumerate().filter(|(_, cast)| cast.holds_subject_licence()) {
        let Some(player) = world.players.get_mut(index) else { continue };
        let licence = stage.id(&who, LicenceId::new);
        let verb = LicenceCarryOver {
            ledger_opened_on: day(super::FIRST_DAY)?,
            application: stage.id(&who, ApplicationId::new),
            institution: player.id,
            licence: GrantedLicence {
                licence,
                number: cast::licence_number(index.saturating_add(1), 0).parse()?,
                valid_from_on: day("2023-07-01")?,
                valid_until_on: day("2026-06-30")?,
            },
            documents: vec![paper("existing_licence", cast.name)?],
            reason: stage.reason("开账前已取得的办学许可证转入账本"),
        };
        stage.act(&who, verb).await?;
        player.licence = Some(licence);
    }
    Ok(())
}

/// The 18 non-subject institutions apply; a subject one asks in vain.
pub async fn apply(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    stage.set(stage.today(), 9, 0)?;
    let mut submit: Vec<Act> = Vec::new();
    let mut accept: Vec<Act> = Vec::new();
    for (index, cast) in INSTITUTIONS.iter().enumerate().filter(|(_, cast)| goes_on(cast.fate)) {
        let who = world.owner(index)?;
        let application = stage.id(&who, ApplicationId::new);
        let Some(player) = world.players.get(index) else { continue };
        let verb = ApplicationSubmit {
            application,
            institution: player.id,
            kind: ApplicationKind::New,
            scope: None,
            documents: vec![
                paper("charter", cast.name)?,
                paper("site_lease", cast.name)?,
                paper("fire_check", cast.name)?,
            ],
            wish: None,
        };
        submit.push((who, Box::new(verb)));
        accept.push((
            officer_for(&world.officials, cast.category),
            Box::new(ApplicationAccept { application, expected: None }),
        ));
    }
    stage.act_all(submit).await?;
    let unlicensed = INSTITUTIONS.iter().position(|cast| cast.fate == Fate::Unlicensed && cast.category.is_subject());
    if let Some(player) = unlicensed.and_then(|index| world.players.get(index)) {
        let who = world.officials.bureau.clone();
        let verb = ApplicationSubmit {
            application: stage.id(&who, ApplicationId::new),
            institution: player.id,
            kind: ApplicationKind::New,
            scope: None,
            documents: vec![paper("charter", "subject")?],
            wish: None,
        };
        stage.caught(&who, "申请新设学科类机构", "an application for a new subject institution", verb).await?;
    }
    stage.set(stage.today(), 15, 0)?;
    stage.act_all(accept).await?;
    Ok(())
}

const fn goes_on(fate: Fate) -> bool {
    matches!(fate, Fate::Stays | Fate::Fails)
}

/// The 18 licences.
pub async fn grant(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    stage.set(stage.today(), 10, 0)?;
    let who = world.officials.approver.clone();
    for (index, _) in INSTITUTIONS.iter().enumerate().filter(|(_, cast)| goes_on(cast.fate)) {
        let Some(player) = world.players.get_mut(index) else { continue };
        let Some(application) = open_application(stage, player).await? else { continue };
        examine(stage, &world.officials, application, true).await?;
        let licence = stage.id(&who, LicenceId::new);
        let verb = decision(stage, application, licence, index, 1, ("2025-09-15", "2028-09-14"))?;
        stage.act(&who, verb).await?;
        player.licence = Some(licence);
    }
    Ok(())
}

/// Two officers look at the site where the kind of application asks for it; a third person advises.
pub async fn examine(
    stage: &mut Stage,
    officials: &Officials,
    application: ApplicationId,
    site: bool,
) -> anyhow::Result<()> {
    if site {
        let verb = ApplicationCheckSite {
            application,
            expected: None,
            second_officer: officials.culture.user,
            checked_on: stage.today(),
            result: SiteCheckResult::Passed,
            documents: vec![paper("site_minutes", &application.to_string())?],
            findings: stage.reason("面积、消防、师资与申报一致，现场核查合格"),
        };
        let who = officials.sports.clone();
        stage.act(&who, verb).await?;
    }
    let verb = ApplicationReview {
        application,
        expected: None,
        advice: Decision::Grant,
        opinion: stage.reason("材料齐全，建议准予"),
    };
    let who = officials.bureau.clone();
    stage.act(&who, verb).await?;
    Ok(())
}

/// The application under way.
pub async fn open_application(stage: &Stage, player: &Player) -> anyhow::Result<Option<ApplicationId>> {
    let found = store::institution_load(&stage.app.store().read(), stage.ledger.id(), &[player.id]).await?;
    Ok(found.first().and_then(|institution| institution.open_application))
}

/// A grant.
pub fn decision(
    stage: &Stage,
    application: ApplicationId,
    licence: LicenceId,
    index: usize,
    round: usize,
    (from, until): (&str, &str),
) -> anyhow::Result<ApplicationDecide> {
    Ok(ApplicationDecide {
        application,
        verdict: Decision::Grant,
        licence: Some(GrantedLicence {
            licence,
            number: cast::licence_number(index.saturating_add(1), round).parse()?,
            valid_from_on: day(from)?,
            valid_until_on: day(until)?,
        }),
        reason: stage.reason("材料齐全，现场核验合格，准予许可"),
        expected: None,
        record: Vec::new(),
        lacking: Vec::new(),
    })
}

/// Puts an institution on the white list.
pub fn listing(stage: &mut Stage, who: &Principal, player: &Player, list: ListKind) -> ListingDecide {
    ListingDecide {
        listing: stage.id(who, ListingId::new),
        institution: player.id,
        list,
        published_on: stage.today(),
        cause_code: (list == ListKind::Black).then(|| "licence_revoked".parse()).transpose().unwrap_or(None),
        rectify_by_on: None,
        until_on: None,
        cause: stage.app.secret(&serde_json::json!({ "cause": list.zh(), "basis": "国办发〔2018〕80号" })),
    }
}

/// The white list of September; who has no licence does not get on it.
pub async fn white_list(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    stage.set(stage.today(), 10, 0)?;
    let who = world.officials.approver.clone();
    let mut acts: Vec<Act> = Vec::new();
    for (player, _) in world.players.iter().zip(INSTITUTIONS).filter(|(_, cast)| goes_on(cast.fate)) {
        let verb: Box<dyn Verb> = Box::new(listing(stage, &who, player, ListKind::White));
        acts.push((who.clone(), verb));
    }
    stage.act_all(acts).await?;
    if let Some((player, _)) = world.players.iter().zip(INSTITUTIONS).find(|(_, cast)| cast.fate == Fate::Unlicensed) {
        let verb = listing(stage, &who, player, ListKind::White);
        stage.caught(&who, "把无证机构列入白名单", "an unlicensed institution for the white list", verb).await?;
    }
    Ok(())
}
