//! Classes and their sessions: which days a weekly pattern meets, whether a room and a teacher are
//! free, how many pupils fit, and when training may be held at all.

use std::collections::BTreeSet;

use kernel::{Calendar, Category, Day, RecordItemId, RuleId, TimeOfDay, Violation};
use policy::Policy;
use policy::types::PremisesKind;
use registry::standards::{StaffFacts, places};

use crate::Course;
use crate::checks::{Session, session_violations};

/// A Monday; every other day is so many days from it.
const A_MONDAY: (i16, i8, i8) = (2024, 1, 1);

/// Day of the week, 1 for Monday to 7 for Sunday (ISO 8601).
pub fn weekday(on: Day) -> u8 {
    let (year, month, day) = A_MONDAY;
    let days = Day::try_new(year, month, day).map_or(0, |monday| monday.days_until(on));
    u8::try_from(days.rem_euclid(7)).unwrap_or(0).saturating_add(1)
}

/// The days from one to another that fall on these days of the week.
pub fn days_of(weekdays: &BTreeSet<u8>, from_on: Day, until_on: Day) -> Vec<Day> {
    let span = from_on.days_until(until_on);
    let days = (0..=span).filter_map(|n| from_on.plus_days(n).ok());
    days.filter(|day| weekdays.contains(&weekday(*day))).collect()
}

/// A time that a teacher and a room are needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booking {
    /// When.
    pub session: Session,
    /// Who teaches.
    pub teacher: RecordItemId,
    /// Where; none online.
    pub room: Option<RecordItemId>,
}

impl Booking {
    fn meets(&self, other: &Booking) -> bool {
        let (a, b) = (&self.session, &other.session);
        a.on == b.on && a.from < b.until && b.from < a.until
    }
}

/// What keeps a booking from being made beside those that are.
pub fn conflicts(wanted: &Booking, booked: &[Booking]) -> Vec<Violation> {
    let at = |booking: &Booking| {
        let Session { on, from, until } = booking.session;
        format!("{on} {from}-{until}")
    };
    let mut broken = Vec::new();
    for other in booked.iter().filter(|other| wanted.meets(other)) {
        if other.teacher == wanted.teacher {
            broken.push(Violation::of(RuleId::TeacherFree).with(at(other), at(wanted)).field("teacher"));
        }
        if other.room.is_some() && other.room == wanted.room {
            broken.push(Violation::of(RuleId::RoomFree).with(at(other), at(wanted)).field("room"));
        }
    }
    broken.sort_by_key(|violation| violation.rule);
    broken
}

/// What keeps a session of a course from being held then: the course's own span, and the hours and days
/// on which training may be held.
pub fn session_broken(course: &Course, session: &Session, policy: &Policy, calendar: &Calendar) -> Vec<Violation> {
    let mut broken = Vec::new();
    if session.on < course.starts_on || course.ends_on < session.on {
        let limit = format!("{}/{}", course.starts_on, course.ends_on);
        broken.push(Violation::of(RuleId::SessionWithinCourse).with(limit, session.on).field("held_on"));
    }
    broken.extend(session_violations((course.category, course.mode, course.stage), *session, policy, calendar));
    broken.sort_by_key(|violation| violation.rule);
    broken
}

/// A room as the institution's record has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RoomFacts {
    /// Seats, where they are recorded.
    pub seats: Option<u32>,
    /// Area, square metres, where it is recorded.
    pub area_m2: Option<u32>,
}

/// How many pupils a room takes: its seats, and what its area gives at so much a pupil; none where
/// neither is known.
pub fn room_places(room: &RoomFacts, category: Category, policy: &Policy) -> Option<u32> {
    let kind = if category == Category::Arts { PremisesKind::Arts } else { PremisesKind::Any };
    let per_pupil = policy.area_per_pupil_min.in_force().and_then(|rule| rule.value.of(kind).copied());
    let by_area = room.area_m2.and_then(|area| places(area, per_pupil?));
    match (room.seats, by_area) {
        (Some(seats), Some(by_area)) => Some(seats.min(by_area)),
        (seats, by_area) => seats.or(by_area),
    }
}

/// What keeps a class of this size from being set up in this room.
pub fn class_broken(course: &Course, capacity: u16, room: Option<&RoomFacts>, policy: &Policy) -> Vec<Violation> {
    let mut broken = Vec::new();
    if capacity > course.class_size_max {
        broken.push(Violation::of(RuleId::ClassSize).with(course.class_size_max, capacity).field("capacity"));
    }
    if let Some(most) = room.and_then(|room| room_places(room, course.category, policy))
        && u32::from(capacity) > most
    {
        broken.push(Violation::of(RuleId::RoomCapacity).with(most, capacity).field("capacity"));
    }
    broken
}

/// What keeps a person from teaching a class.
pub fn teacher_broken(teacher: &StaffFacts) -> Vec<Violation> {
    let mut broken = Vec::new();
    if !(teacher.teaches && teacher.qualified) {
        broken.push(Violation::of(RuleId::TeacherQualified).field("teacher"));
    }
    if teacher.serving {
        broken.push(Violation::of(RuleId::NoServingTeacher).field("teacher"));
    }
    if teacher.barred {
        broken.push(Violation::of(RuleId::StaffNotBarred).field("teacher"));
    }
    broken
}

/// The end of a class that begins at a time and lasts so many minutes; none beyond midnight.
pub fn end_of(from: TimeOfDay, minutes: u16) -> Option<TimeOfDay> {
    TimeOfDay::from_minutes(from.minutes().checked_add(minutes)?)
}
