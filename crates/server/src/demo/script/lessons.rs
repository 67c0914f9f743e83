//! Lessons: claimed per class on the evening they are held; most are confirmed the next day, many by
//! silence, a few are disputed and decided.

use access::Principal;
use app::context::Verb;
use app::verbs::{DisputeDecide, LessonClaim, LessonConfirm, LessonDispute};
use kernel::{ClassHours, Day, LessonId};
use ledger::body::{ConfirmedBy, DisputeDecision, DisputeReason};

use super::{Answer, World};
use crate::demo::cast::{Fate, HOURS_PER_LESSON, INSTITUTIONS, Term};
use crate::demo::stage::{Act, Stage};

/// Of a hundred lessons: so many are missed by the pupil and not claimed.
const MISSED: u32 = 3;
/// Of a thousand claimed whose answer is open: so many are confirmed by the guardian, which makes
/// 70% of all with those whose answer is not.
const CONFIRMED: u32 = 676;
/// Of a thousand: so many are disputed; the rest is silence.
const DISPUTED: u32 = 20;
/// Days until a dispute is decided.
const DECIDED_AFTER_DAYS: i32 = 9;

/// The day an institution stands closed and claims its lessons all the same.
const NOT_HELD_ON: &str = "2026-04-12";

/// Today's classes.
pub async fn held(stage: &mut Stage, world: &mut World, today: Day) -> anyhow::Result<()> {
    if !today.is_weekend() {
        return Ok(());
    }
    stage.set(today, 19, 0)?;
    let mut acts: Vec<Act> = Vec::new();
    let hours = ClassHours::try_from_hundredths(HOURS_PER_LESSON.saturating_mul(100))?;
    for course in 0..world.courses.len() {
        let Some(class) = world.courses.get(course).filter(|class| class.cast.lessons.contains(&today)) else {
            continue;
        };
        let (institution, pupils) = (class.cast.institution, class.contracts.clone());
        let subject = class.cast.term == Term::Subject;
        let nth = class.cast.lessons.iter().position(|day| *day == today).unwrap_or(0);
        let fails = INSTITUTIONS.get(institution).is_some_and(|cast| cast.fate == Fate::Fails);
        let not_held = fails && today.to_string() == NOT_HELD_ON;
        let class_session = class.class.as_ref().and_then(|class| class.sessions.get(&today).copied());
        let who = world.owner(institution)?;
        for place in pupils {
            if !world.contracts.get(place).is_some_and(|contract| contract.taught) {
                continue;
            }
            if withdraws_now(world, place, nth, today)? || (!not_held && stage.chance(100) < MISSED) {
                continue;
            }
            let Some(contract) = world.contracts.get(place) else { continue };
            // Those who will ask their money back, and whoever has to do with a closing institution,
            // keep no question open.
            let certain = subject || fails || contract.withdraws;
            let lesson = stage.id(&who, LessonId::new);
            let verb: Box<dyn Verb> =
                Box::new(LessonClaim { lesson, contract: contract.id, hours, held_on: today, class_session });
            acts.push((who.clone(), verb));
            let answer = if not_held {
                Some((1, Answer::Dispute(DisputeReason::NotHeld)))
            } else if certain {
                Some((1, Answer::Confirm))
            } else {
                match stage.chance(1000) {
                    n if n < CONFIRMED => Some((1, Answer::Confirm)),
                    n if n < CONFIRMED + DISPUTED => Some((2, Answer::Dispute(DisputeReason::WrongHours))),
                    _ => None,
                }
            };
            if let Some((days, answer)) = answer {
                let on = today.plus_days(days)?;
                world.answers.entry(on).or_default().push((lesson, place, answer));
            }
        }
    }
    stage.act_all(acts).await?;
    Ok(())
}

/// After the fourth lesson those who withdraw come no more, and ask for their money two days later.
fn withdraws_now(world: &mut World, place: usize, nth: usize, today: Day) -> anyhow::Result<bool> {
    let Some(contract) = world.contracts.get_mut(place) else { return Ok(false) };
    if !contract.withdraws || nth < 4 {
        return Ok(false);
    }
    contract.taught = false;
    let step = super::RefundStep::Request(place, escrow::RefundCause::Consumer);
    world.refunds.entry(today.plus_days(2)?).or_default().push(step);
    Ok(true)
}

/// What guardians say today.
pub async fn answers(stage: &mut Stage, world: &mut World, today: Day) -> anyhow::Result<()> {
    let Some(answers) = world.answers.remove(&today) else { return Ok(()) };
    stage.set(today, 20, 30)?;
    let mut acts: Vec<Act> = Vec::with_capacity(answers.len());
    let mut disputed = Vec::new();
    for (lesson, place, answer) in answers {
        let who = world.guardian(place)?;
        let verb: Box<dyn Verb> = match answer {
            Answer::Confirm => Box::new(LessonConfirm { lesson, by: ConfirmedBy::Guardian }),
            Answer::Dispute(reason) => {
                // That nothing was held shows at a glance.
                let days = if reason == DisputeReason::NotHeld { 2 } else { DECIDED_AFTER_DAYS };
                disputed.push((today.plus_days(days)?, lesson, reason));
                Box::new(LessonDispute { lesson, reason })
            }
        };
        acts.push((who, verb));
    }
    stage.act_all(acts).await?;
    for (on, lesson, reason) in disputed {
        world.disputes.entry(on).or_default().push((lesson, reason));
    }
    Ok(())
}

/// Disputes that are decided today: half of them for the family, and all where nothing was held.
pub async fn decisions(stage: &mut Stage, world: &mut World, today: Day) -> anyhow::Result<()> {
    let Some(lessons) = world.disputes.remove(&today) else { return Ok(()) };
    stage.set(today, 14, 0)?;
    let who: Principal = world.officials.market.clone();
    let mut acts: Vec<Act> = Vec::with_capacity(lessons.len());
    for (lesson, reason) in lessons {
        let family = reason == DisputeReason::NotHeld || world.disputes_decided.is_multiple_of(2);
        if reason != DisputeReason::NotHeld {
            world.disputes_decided = world.disputes_decided.saturating_add(1);
        }
        let (decision, text) = if family {
            (DisputeDecision::Family, "签到记录不能证明已上课，支持家长")
        } else {
            (DisputeDecision::Institution, "签到记录与监控一致，支持机构")
        };
        let verb: Box<dyn Verb> = Box::new(DisputeDecide { lesson, decision, reason: stage.reason(text) });
        acts.push((who.clone(), verb));
    }
    stage.act_all(acts).await?;
    Ok(())
}
