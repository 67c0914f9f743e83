//! Rules about the sessions that lessons are claimed for: one teacher or room at two places at a time,
//! lessons at hours that are not permitted, and more hours than there is time for.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{ClassHours, ClassSessionId, Day, InstitutionId, RecordItemId};

use super::rules::{Evening, Finding};
use super::{Limits, MEMORY_DAYS, Rule, Taught};
use crate::AlertLevel;

/// Two sessions that cannot both have been held.
#[derive(Clone, Copy, Debug)]
pub(super) struct Double {
    held_on: Day,
    /// What they share.
    of: &'static str,
    sessions: [(ClassSessionId, InstitutionId); 2],
    /// Minutes in which they overlap.
    minutes: u16,
}

fn same_teacher(one: &Taught, other: &Taught) -> bool {
    one.teacher.iter().flatten().any(|key| other.teacher.contains(&Some(*key)))
}

impl Double {
    /// Of two sessions of a day, if they overlap and share a teacher or a room.
    pub(super) fn of(
        held_on: Day,
        (whose, one): (InstitutionId, &Taught),
        (others, other): (InstitutionId, &Taught),
    ) -> Option<Double> {
        let minutes = one.until.min(other.until).minutes().checked_sub(one.from.max(other.from).minutes())?;
        let room = whose == others && one.room.is_some() && one.room == other.room;
        let of = match (same_teacher(one, other), room) {
            (true, _) => "teacher",
            (false, true) => "room",
            (false, false) => return None,
        };
        // Whichever was claimed first, the facts are the same.
        let mut sessions = [(one.session, whose), (other.session, others)];
        sessions.sort_unstable();
        (minutes > 0).then_some(Double { held_on, of, sessions, minutes })
    }
}

/// A session with the most hours that somebody claimed for it.
#[derive(Clone, Copy, Debug)]
struct Held {
    taught: Taught,
    hours: ClassHours,
}

impl Held {
    fn minutes(&self) -> u16 {
        self.taught.until.minutes().saturating_sub(self.taught.from.minutes())
    }
}

/// The sessions of an institution that lessons are claimed for.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    days: BTreeMap<Day, BTreeMap<ClassSessionId, Held>>,
    /// Days that changed since the last evening.
    changed: BTreeSet<Day>,
}

impl Sessions {
    pub(super) fn claimed(&mut self, held_on: Day, taught: &Taught, hours: ClassHours) {
        let of_day = self.days.entry(held_on).or_default();
        let held = of_day.entry(taught.session).or_insert(Held { taught: *taught, hours });
        held.hours = held.hours.max(hours);
        self.changed.insert(held_on);
    }

    pub(super) fn forget(&mut self, day: Day) {
        self.changed.clear();
        self.days.retain(|on, _| on.days_until(day) <= MEMORY_DAYS);
    }
}

/// Sessions that overlap and share a teacher or a room.
pub(super) fn two_places(evening: &Evening<'_>) -> Vec<Finding> {
    let found = evening.seen.doubles.iter().map(|double| {
        let [(one, whose), (other, others)] = double.sessions;
        let facts = [
            ("held_on", double.held_on.to_string()),
            ("institutions", format!("{whose} {others}")),
            ("overlap_minutes", double.minutes.to_string()),
            ("same", double.of.to_owned()),
            ("sessions", format!("{one} {other}")),
        ];
        evening.found(Rule::TwoPlaces, AlertLevel::Red, format!("{one} {other}"), facts)
    });
    found.collect()
}

/// Sessions too early, too late or too short for what is claimed, and days too long for a teacher or a room.
pub(super) fn impossible_hours(evening: &Evening<'_>, limits: &Limits) -> Vec<Finding> {
    let sessions = &evening.seen.sessions;
    let mut out = Vec::new();
    for on in &sessions.changed {
        let Some(of_day) = sessions.days.get(on) else { continue };
        for held in of_day.values() {
            out.extend(too_many_hours(evening, limits, *on, held));
            out.extend(outside(evening, limits, *on, held));
        }
        out.extend(long_days(evening, limits, *on, of_day));
    }
    out
}

/// More class hours than the session has time for.
fn too_many_hours(evening: &Evening<'_>, limits: &Limits, on: Day, held: &Held) -> Option<Finding> {
    let needed = held.hours.hundredths().saturating_mul(i64::from(limits.class_hour_minutes_min));
    if needed <= i64::from(held.minutes()).saturating_mul(100) {
        return None;
    }
    let facts = [
        ("held_on", on.to_string()),
        ("hours_hundredths", held.hours.hundredths().to_string()),
        ("minutes", held.minutes().to_string()),
        ("session", held.taught.session.to_string()),
        ("what", "more_hours_than_time".to_owned()),
    ];
    let subject = format!("hours:{}", held.taught.session);
    Some(evening.found(Rule::ImpossibleHours, AlertLevel::Red, subject, facts))
}

/// Begins before or ends after what is permitted.
fn outside(evening: &Evening<'_>, limits: &Limits, on: Day, held: &Held) -> Option<Finding> {
    let taught = &held.taught;
    let latest = if taught.room.is_some() { limits.ends_offline } else { limits.ends_online };
    let late = latest.filter(|latest| *latest < taught.until);
    let limit = if taught.from < limits.lessons_from { limits.lessons_from } else { late? };
    let facts = [
        ("from", taught.from.to_string()),
        ("held_on", on.to_string()),
        ("limit", limit.to_string()),
        ("session", taught.session.to_string()),
        ("until", taught.until.to_string()),
        ("what", if late.is_some() { "too_late" } else { "too_early" }.to_owned()),
    ];
    let subject = format!("time:{}", taught.session);
    Some(evening.found(Rule::ImpossibleHours, AlertLevel::Yellow, subject, facts))
}

/// Teachers and rooms that have more hours on the day than the limit.
fn long_days(evening: &Evening<'_>, limits: &Limits, on: Day, of_day: &BTreeMap<ClassSessionId, Held>) -> Vec<Finding> {
    let mut rooms: BTreeMap<RecordItemId, Vec<&Held>> = BTreeMap::new();
    let mut teachers: BTreeMap<[u8; 32], Vec<&Held>> = BTreeMap::new();
    for held in of_day.values() {
        if let Some(room) = held.taught.room {
            rooms.entry(room).or_default().push(held);
        }
        // The first by which the teacher is known: one session counts once.
        if let Some(key) = held.taught.teacher.iter().flatten().next() {
            teachers.entry(*key).or_default().push(held);
        }
    }
    let teachers = teachers.into_values().map(|all| ("teacher", limits.teacher_hours_a_day_max, all));
    let rooms = rooms.into_values().map(|all| ("room", limits.room_hours_a_day_max, all));
    let long = teachers.chain(rooms).filter_map(|(of, hours_max, all)| {
        let minutes = all.iter().fold(0_u32, |sum, held| sum.saturating_add(u32::from(held.minutes())));
        let limit = u32::from(hours_max).saturating_mul(60);
        let first = all.first().filter(|_| minutes > limit)?.taught.session;
        let sessions: Vec<String> = all.iter().map(|held| held.taught.session.to_string()).collect();
        let facts = [
            ("held_on", on.to_string()),
            ("limit_minutes", limit.to_string()),
            ("minutes", minutes.to_string()),
            ("sessions", sessions.join(" ")),
            ("what", format!("long_day_of_{of}")),
        ];
        Some(evening.found(Rule::ImpossibleHours, AlertLevel::Yellow, format!("day:{of}:{on}:{first}"), facts))
    });
    long.collect()
}
