//! Classes: each institution enters a site, a room and a teacher in its record; a published course becomes a
//! class with its sessions, and whoever paid is enrolled. A double booking is tried, and one teacher is at two
//! institutions at a time.

use std::collections::BTreeMap;

use app::classes::{NewClass, NewSessions};
use contract::checks::Session;
use kernel::{ClassId, ClassSessionId, Day, RecordItemId, TimeOfDay};
use ledger::body::RecordPart;
use serde_json::{Value, json};

use super::World;
use crate::demo::cast::{Fate, INSTITUTIONS, Term};
use crate::demo::stage::Stage;

/// A class of a course, with its sessions by day.
#[derive(Clone, Debug)]
pub struct Class {
    /// Its id.
    pub id: ClassId,
    /// Its sessions.
    pub sessions: BTreeMap<Day, ClassSessionId>,
}

/// Who teaches, by the place of the institution.
const TEACHERS: [&str; 12] = [
    "叶知秋",
    "顾清和",
    "莫怀瑾",
    "褚云舒",
    "乔远山",
    "苏映雪",
    "邵景行",
    "卢静言",
    "范思齐",
    "纪南星",
    "丁若谷",
    "宋望舒",
];

/// The teacher of the first teaches at the second too.
const SHARED: (usize, usize) = (6, 10);

/// The day on which the shared teacher is said to be at both.
const AT_BOTH_ON: &str = "2025-10-25";

/// Pupils in a class, at most.
const CAPACITY: u16 = 20;

/// Those that teach classes all year.
fn teaches(player: usize) -> bool {
    INSTITUTIONS.get(player).is_some_and(|cast| matches!(cast.fate, Fate::Stays | Fate::Converts(_)))
}

async fn enter(
    stage: &mut Stage,
    world: &World,
    player: usize,
    part: RecordPart,
    what: Value,
) -> anyhow::Result<RecordItemId> {
    let who = world.owner(player)?;
    let institution = world.players.get(player).map(|player| player.id);
    let institution = institution.ok_or_else(|| anyhow::anyhow!("unknown institution"))?;
    let call = stage.call(&who);
    let edit = stage.app.record_change(&call, institution, part, None, Some(what)).await?;
    let item = edit.item;
    stage.app.submit(&stage.ledger, call, app::verbs::RecordEditAppend { institution, edit }).await?;
    Ok(item)
}

/// A site, a room and a teacher in each record.
pub async fn rooms_and_teachers(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    stage.set(stage.today(), 9, 0)?;
    for player in (0..world.players.len()).filter(|player| teaches(*player)) {
        let number = player.saturating_add(1);
        let address = format!("浙江省湖州市吴兴区示例街{number}号");
        let site = json!({ "address": address, "floor_area_m2": 360, "highest_floor": 2 });
        let site = enter(stage, world, player, RecordPart::Site, site).await?;
        let room = json!({ "site": site.to_string(), "name": "一号教室", "area_m2": 130, "seats": 24 });
        let room = enter(stage, world, player, RecordPart::Room, room).await?;
        let person = if player == SHARED.1 { SHARED.0 } else { player };
        let teacher = json!({
            "name": TEACHERS.get(person % TEACHERS.len()),
            "phone": format!("1990001{person:04}"),
            "post": "teacher",
            "teaches": true,
            "full_time": true,
            "certificate": format!("2025330502{number:04}"),
        });
        let teacher = enter(stage, world, player, RecordPart::Staff, teacher).await?;
        world.rooms.insert(player, (room, teacher));
    }
    Ok(())
}

fn time(text: &str) -> anyhow::Result<TimeOfDay> {
    Ok(text.parse()?)
}

/// When a class of a term meets: one of each term at an institution fits into a day.
fn hours(institution: usize, term: Term, on: Day) -> anyhow::Result<(TimeOfDay, TimeOfDay)> {
    let (from, until) = match term {
        Term::Spring => ("14:00", "15:30"),
        Term::Subject | Term::Autumn | Term::Winter | Term::Summer if institution != SHARED.1 => ("09:00", "10:30"),
        // The shared teacher comes after noon, but for one day.
        Term::Subject | Term::Autumn | Term::Winter | Term::Summer if on.to_string() == AT_BOTH_ON => {
            ("10:00", "11:30")
        }
        Term::Subject | Term::Autumn | Term::Winter | Term::Summer => ("16:00", "17:30"),
    };
    Ok((time(from)?, time(until)?))
}

/// The classes of the courses of a term that are published today.
pub async fn open(stage: &mut Stage, world: &mut World, term: Term) -> anyhow::Result<()> {
    stage.set(stage.today(), 10, 15)?;
    for index in 0..world.courses.len() {
        let Some(course) = world.courses.get(index).filter(|course| course.cast.term == term) else { continue };
        let (id, cast) = (course.id, course.cast.clone());
        let Some(&(room, teacher)) = world.rooms.get(&cast.institution) else { continue };
        if term == Term::Subject {
            continue;
        }
        let who = world.owner(cast.institution)?;
        let call = stage.call(&who);
        let new = NewClass { name: format!("{}一班", cast.name), teacher, room: Some(room), capacity: CAPACITY };
        let class = stage.app.class_create(&call, id, new).await?.class.id;
        let mut sessions = Vec::with_capacity(cast.lessons.len());
        for on in &cast.lessons {
            let (from, until) = hours(cast.institution, term, *on)?;
            sessions.push(Session { on: *on, from, until });
        }
        let call = stage.call(&who);
        let made = stage.app.sessions_create(&call, class, NewSessions::Each(sessions)).await?;
        let sessions = made.sessions.into_iter().map(|session| (session.held_on, session.id)).collect();
        if let Some(course) = world.courses.get_mut(index) {
            course.class = Some(Class { id: class, sessions });
        }
    }
    Ok(())
}

/// Those who paid today come into their class.
pub async fn enrol(stage: &mut Stage, world: &World, sold: &[usize]) -> anyhow::Result<()> {
    stage.set(stage.today(), 12, 30)?;
    for &place in sold {
        let Some(contract) = world.contracts.get(place) else { continue };
        let Some(course) = world.courses.get(contract.course) else { continue };
        let Some(class) = course.class.as_ref().map(|class| class.id) else { continue };
        let who = world.owner(course.cast.institution)?;
        let call = stage.call(&who);
        stage.app.enrol(&call, class, contract.id, None).await?;
    }
    Ok(())
}

/// A second class at the same hour with the same teacher in the same room.
pub async fn book_twice(stage: &mut Stage, world: &mut World) -> anyhow::Result<()> {
    stage.set(stage.today(), 9, 40)?;
    let with_class = |course: &&super::Course| course.cast.term == Term::Autumn && course.class.is_some();
    let Some(course) = world.courses.iter().find(with_class) else { return Ok(()) };
    let (id, cast) = (course.id, course.cast.clone());
    let Some(&(room, teacher)) = world.rooms.get(&cast.institution) else { return Ok(()) };
    let who = world.owner(cast.institution)?;
    let call = stage.call(&who);
    let new = NewClass { name: format!("{}二班", cast.name), teacher, room: Some(room), capacity: CAPACITY };
    let class = stage.app.class_create(&call, id, new).await?.class.id;
    let Some(on) = cast.lessons.get(1).copied() else { return Ok(()) };
    let sessions = NewSessions::Each(vec![Session { on, from: time("09:30")?, until: time("11:00")? }]);
    let call = stage.call(&who);
    let answer = stage.app.sessions_create(&call, class, sessions).await;
    stage.caught_by(answer, "同一教师同一教室同时排两个班", "two classes at once with one teacher in one room")
}
