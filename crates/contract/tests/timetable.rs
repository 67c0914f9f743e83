//! Timetables: days of the week, bookings that never meet, what a room takes, and the hours and days on
//! which training may be held.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case must stop")]

use std::collections::BTreeSet;

use contract::Course;
use contract::checks::Session;
use contract::timetable::{
    Booking, RoomFacts, class_broken, conflicts, days_of, end_of, room_places, session_broken, teacher_broken, weekday,
};
use kernel::{Category, CourseId, Day, Fen, InstitutionId, Mode, RecordItemId, RuleId, Stage, TimeOfDay};
use policy::{Policy, PolicySet};
use proptest::prelude::*;
use registry::standards::StaffFacts;
use uuid::Uuid;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn time(text: &str) -> TimeOfDay {
    text.parse().unwrap()
}

fn session(on: &str, from: &str, until: &str) -> Session {
    Session { on: day(on), from: time(from), until: time(until) }
}

fn policy(region: &str) -> Policy {
    PolicySet::shipped().unwrap().resolve(region.parse().unwrap(), day("2025-10-08")).unwrap()
}

fn course(category: Category, mode: Mode, stage: Stage) -> Course {
    Course {
        id: CourseId::new(Uuid::from_u128(1)),
        institution: InstitutionId::new(Uuid::from_u128(2)),
        category,
        mode,
        stage,
        hours: "24".parse().unwrap(),
        minutes_per_hour: 45,
        price: Fen::new(200_000),
        list_price_per_hour: None,
        class_size_max: 20,
        starts_on: day("2025-09-01"),
        ends_on: day("2025-12-31"),
        published_seq: Some(1),
    }
}

#[test]
fn days_of_the_week() {
    for (on, expected) in
        [("2024-01-01", 1), ("2023-12-31", 7), ("2026-12-05", 6), ("2026-11-22", 7), ("1990-01-01", 1)]
    {
        assert_eq!(weekday(day(on)), expected, "{on}");
    }
    let days = days_of(&BTreeSet::from([6, 7]), day("2026-12-01"), day("2026-12-13"));
    assert_eq!(days, ["2026-12-05", "2026-12-06", "2026-12-12", "2026-12-13"].map(day));
    assert_eq!(days_of(&BTreeSet::from([6]), day("2026-12-13"), day("2026-12-01")), []);
    assert_eq!(end_of(time("23:30"), 30), None);
    assert_eq!(end_of(time("09:00"), 90), Some(time("10:30")));
}

#[test]
fn training_has_its_hours_and_days() {
    let calendar = policy::calendar().unwrap();
    let rules = |course: &Course, session: Session| -> Vec<RuleId> {
        session_broken(course, &session, &policy("330502"), &calendar).into_iter().map(|v| v.rule).collect()
    };
    let arts = course(Category::Arts, Mode::Offline, Stage::Primary);
    assert_eq!(rules(&arts, session("2025-10-18", "09:00", "10:30")), []);
    assert_eq!(rules(&arts, session("2025-10-18", "19:30", "20:30")), []);
    assert_eq!(rules(&arts, session("2025-10-18", "19:30", "20:31")), [RuleId::TrainingHour]);
    assert_eq!(rules(&arts, session("2026-01-01", "09:00", "10:30")), [RuleId::SessionWithinCourse]);
    // Subjects of the compulsory stage rest on Saturdays and on statutory holidays, others do not.
    let subject = course(Category::Subject, Mode::Offline, Stage::Primary);
    assert_eq!(rules(&subject, session("2025-10-18", "09:00", "10:30")), [RuleId::TrainingDay]);
    assert_eq!(rules(&subject, session("2025-10-01", "18:30", "20:00")), [RuleId::TrainingDay]);
    assert_eq!(rules(&arts, session("2025-10-01", "18:30", "20:00")), []);
}

#[test]
fn a_room_takes_what_seats_and_area_allow() {
    let arts = course(Category::Arts, Mode::Offline, Stage::Primary);
    let policy = policy("330502");
    let room = |seats, area_m2| RoomFacts { seats, area_m2 };
    let per = room_places(&room(None, Some(60)), Category::Arts, &policy);
    assert_eq!(per, Some(20));
    assert_eq!(room_places(&room(Some(12), Some(60)), Category::Arts, &policy), Some(12));
    assert_eq!(room_places(&room(None, None), Category::Arts, &policy), None);
    let rules = |capacity, facts: RoomFacts| -> Vec<RuleId> {
        class_broken(&arts, capacity, Some(&facts), &policy).into_iter().map(|v| v.rule).collect()
    };
    assert_eq!(rules(20, room(Some(20), Some(60))), []);
    assert_eq!(rules(20, room(Some(20), Some(59))), [RuleId::RoomCapacity]);
    assert_eq!(rules(21, room(Some(30), Some(90))), [RuleId::ClassSize]);
}

#[test]
fn who_may_teach() {
    let fit = StaffFacts { teaches: true, qualified: true, ..StaffFacts::default() };
    assert_eq!(teacher_broken(&fit), []);
    let rules = |facts: StaffFacts| -> Vec<RuleId> { teacher_broken(&facts).into_iter().map(|v| v.rule).collect() };
    assert_eq!(rules(StaffFacts { qualified: false, ..fit }), [RuleId::TeacherQualified]);
    assert_eq!(rules(StaffFacts { serving: true, ..fit }), [RuleId::NoServingTeacher]);
    assert_eq!(rules(StaffFacts { barred: true, ..fit }), [RuleId::StaffNotBarred]);
}

fn booking() -> impl Strategy<Value = Booking> {
    (0..3_i32, 0..48_u16, 1..12_u16, 0..3_u128, 0..3_u128).prop_map(|(on, from, long, teacher, room)| {
        let on = day("2026-12-01").plus_days(on).unwrap();
        let from = TimeOfDay::from_minutes(from * 20).unwrap();
        let until = TimeOfDay::from_minutes((from.minutes() + long * 20).min(1439)).unwrap();
        Booking {
            session: Session { on, from, until },
            teacher: RecordItemId::new(Uuid::from_u128(teacher)),
            room: (room > 0).then(|| RecordItemId::new(Uuid::from_u128(room))),
        }
    })
}

proptest! {
    /// Whoever books only what nothing conflicts with has nobody in two places at any minute.
    #[test]
    fn nobody_is_in_two_places(wanted in proptest::collection::vec(booking(), 1..40)) {
        let mut booked: Vec<Booking> = Vec::new();
        for one in wanted {
            if conflicts(&one, &booked).is_empty() {
                booked.push(one);
            }
        }
        for minute in (0..1440_u16).step_by(20) {
            let at = TimeOfDay::from_minutes(minute).unwrap();
            let mut seen = BTreeSet::new();
            for one in booked.iter().filter(|b| b.session.from <= at && at < b.session.until) {
                prop_assert!(seen.insert((one.session.on, 0, one.teacher)), "a teacher twice at {at}");
                if let Some(room) = one.room {
                    prop_assert!(seen.insert((one.session.on, 1, room)), "a room twice at {at}");
                }
            }
        }
    }

    /// A conflict is one both ways, and only a shared teacher or room makes it.
    #[test]
    fn conflicts_are_mutual(a in booking(), b in booking()) {
        let one: Vec<RuleId> = conflicts(&a, &[b]).into_iter().map(|v| v.rule).collect();
        let other: Vec<RuleId> = conflicts(&b, &[a]).into_iter().map(|v| v.rule).collect();
        prop_assert_eq!(&one, &other);
        if a.teacher != b.teacher && (a.room != b.room || a.room.is_none()) {
            prop_assert!(one.is_empty());
        }
    }
}
