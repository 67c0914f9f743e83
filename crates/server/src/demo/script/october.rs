//! October: all subject licences go. Four institutions close and two convert, after every family has
//! its money back; whoever tries before, or sells afterwards, is stopped.

use app::verbs::{ApplicationAccept, ApplicationDecide, ApplicationSubmit, CourseDraft, CoursePublish};
use escrow::RefundCause;
use kernel::{ApplicationId, LicenceId};
use registry::{ApplicationKind, Decision, ListKind};

use super::september::{decision, examine, listing, open_application, paper};
use super::{RefundStep, World};
use crate::demo::cast::{self, Fate, INSTITUTIONS, Term};
use crate::demo::stage::Stage;

/// The first institution that closes.
const FIRST: usize = 0;

/// Teaching stops, every family asks for its money, the first institution asks to close.
pub async fn stop(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    let asked_on = stage.today().plus_days(1)?;
    for (index, contract) in world.contracts.iter_mut().enumerate() {
        let subject = world.courses.get(contract.course).is_some_and(|course| course.cast.term == Term::Subject);
        if subject {
            contract.taught = false;
            let step = RefundStep::Request(index, RefundCause::Neither);
            world.refunds.entry(asked_on).or_default().push(step);
        }
    }
    stage.set(stage.today(), 9, 0)?;
    ask(stage, world, FIRST, ApplicationKind::Closure).await
}

/// Hands in an application and has it accepted.
async fn ask(stage: &mut Stage, world: &World, index: usize, kind: ApplicationKind) -> anyhow::Result<()> {
    let Some((player, cast)) = world.players.get(index).zip(INSTITUTIONS.get(index)) else { return Ok(()) };
    let who = world.owner(index)?;
    let scope = match (kind, cast.fate) {
        (ApplicationKind::Conversion, Fate::Converts(category)) => Some(cast::scope(category)),
        _ => None,
    };
    let application = stage.id(&who, ApplicationId::new);
    let documents = vec![paper("board_resolution", cast.name)?];
    let verb = ApplicationSubmit { application, institution: player.id, kind, scope, documents, wish: None };
    stage.act(&who, verb).await?;
    let officer = world.officials.bureau.clone();
    stage.act(&officer, ApplicationAccept { application, expected: None }).await?;
    examine(stage, &world.officials, application, kind == ApplicationKind::Conversion).await
}

fn closure(stage: &Stage, application: ApplicationId) -> ApplicationDecide {
    ApplicationDecide {
        application,
        verdict: Decision::Grant,
        licence: None,
        reason: stage.reason("学员费用已全部退清，准予终止办学"),
        expected: None,
        record: Vec::new(),
        lacking: Vec::new(),
    }
}

/// Before the families have their money nobody closes.
pub async fn close_too_early(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    stage.set(stage.today(), 9, 0)?;
    let who = world.officials.approver.clone();
    let Some(player) = world.players.get(FIRST) else { return Ok(()) };
    let Some(application) = open_application(stage, player).await? else { return Ok(()) };
    let verb = closure(stage, application);
    stage.caught(&who, "退清学员费用之前终止办学", "closing before the families are refunded", verb).await
}

/// The others ask: to close, or to convert.
pub async fn apply(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    stage.set(stage.today(), 9, 0)?;
    for (index, cast) in INSTITUTIONS.iter().enumerate() {
        match cast.fate {
            Fate::Closes if index != FIRST => ask(stage, world, index, ApplicationKind::Closure).await?,
            Fate::Converts(_) => ask(stage, world, index, ApplicationKind::Conversion).await?,
            Fate::Closes | Fate::Stays | Fate::Fails | Fate::Unlicensed => {}
        }
    }
    Ok(())
}

/// Four close, two convert and enter the white list with their new scope.
pub async fn decide(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    stage.set(stage.today(), 9, 0)?;
    let who = world.officials.approver.clone();
    for (index, cast) in INSTITUTIONS.iter().enumerate() {
        let Some(player) = world.players.get_mut(index) else { continue };
        match cast.fate {
            Fate::Closes => {
                let Some(application) = open_application(stage, player).await? else { continue };
                let verb = closure(stage, application);
                stage.act(&who, verb).await?;
            }
            Fate::Converts(_) => {
                let Some(application) = open_application(stage, player).await? else { continue };
                let licence = stage.id(&who, LicenceId::new);
                let verb = decision(stage, application, licence, index, 1, ("2025-10-30", "2028-10-29"))?;
                stage.act(&who, verb).await?;
                player.licence = Some(licence);
                let verb = listing(stage, &who, player, ListKind::White);
                stage.act(&who, verb).await?;
            }
            Fate::Stays | Fate::Fails | Fate::Unlicensed => {}
        }
    }
    Ok(())
}

/// A closed institution offers a course again.
pub async fn sell_without_licence(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    stage.set(stage.today(), 9, 0)?;
    let index = FIRST.saturating_add(1);
    let who = world.owner(index)?;
    let Some(cast) = cast::courses(Term::Winter)?.into_iter().next() else { return Ok(()) };
    let cast = cast::CourseCast { institution: index, category: kernel::Category::Subject, ..cast };
    let course = super::sales::course(stage, world, &who, &cast)?;
    let verb = CoursePublish { course: course.id, name: stage.app.secret(&serde_json::json!({ "name": cast.name })) };
    stage.act(&who, CourseDraft { course, name: cast.name.clone() }).await?;
    stage.caught(&who, "许可证已终止的机构发布课程收费", "a course sold after the licence ended", verb).await
}
