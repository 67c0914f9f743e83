//! Sessions that lessons are claimed for, and refusals: what is found, and the edge beside it.

use super::*;

fn session(n: u128, teacher: u8, room: Option<u128>, from: TimeOfDay, until: TimeOfDay) -> Taught {
    Taught {
        session: ClassSessionId::new(id(100 + n)),
        teacher: [Some([teacher; 32]), None],
        room: room.map(|room| RecordItemId::new(id(200 + room))),
        from,
        until,
    }
}

fn claim(play: &mut Play, institution: u128, hours: &str, taught: Taught) {
    let event = Event::Claimed {
        contract: ContractId::new(id(5)),
        lesson: LessonId::new(id(6)),
        held_on: day(3),
        hours: hours.parse().unwrap(),
        taught: Some(taught),
    };
    play.watch.event(InstitutionId::new(id(institution)), day(play.today), &event);
}

fn at(play: Play) -> Vec<(Rule, AlertLevel)> {
    play.rules()
}

#[test]
fn a_teacher_is_at_one_place_at_a_time() {
    let morning = |n, teacher, room| session(n, teacher, room, time(9, 0), time(10, 30));
    let mut play = Play::default();
    claim(&mut play, 1, "2", morning(1, 7, Some(1)));
    claim(&mut play, 2, "2", session(2, 7, Some(2), time(10, 0), time(11, 30)));
    play.until(1);
    let said: Vec<_> = play.said.iter().map(|found| (found.institution, found.rule)).collect();
    let both = [1, 2].map(|n| (InstitutionId::new(id(n)), Rule::TwoPlaces));
    assert_eq!(said, both, "both institutions are asked");
    assert_eq!(play.said[0].facts["overlap_minutes"], "30");
    assert_eq!(play.said[0].facts, play.said[1].facts);
    // Claims of more pupils of the same sessions say nothing new.
    claim(&mut play, 1, "2", morning(1, 7, Some(1)));
    play.until(2);
    assert_eq!(play.said.len(), 2);
    // One after the other, or two teachers in two rooms.
    let mut play = Play::default();
    claim(&mut play, 1, "2", morning(1, 7, Some(1)));
    claim(&mut play, 2, "2", session(2, 7, Some(2), time(10, 30), time(12, 0)));
    claim(&mut play, 1, "2", morning(3, 8, Some(2)));
    assert_eq!(at(play), []);
    // The same room, which institutions number each for themselves.
    let mut play = Play::default();
    claim(&mut play, 1, "2", morning(1, 7, Some(1)));
    claim(&mut play, 1, "2", morning(2, 8, Some(1)));
    claim(&mut play, 2, "2", morning(3, 9, Some(1)));
    assert_eq!(at(play), [(Rule::TwoPlaces, AlertLevel::Red)]);
}

#[test]
fn hours_that_cannot_be() {
    let found = |hours: &str, taught: Taught| {
        let mut play = Play::default();
        claim(&mut play, 1, hours, taught);
        at(play)
    };
    let (yellow, red) = ([(Rule::ImpossibleHours, AlertLevel::Yellow)], [(Rule::ImpossibleHours, AlertLevel::Red)]);
    assert_eq!(
        found("2", session(1, 7, Some(1), time(6, 0), time(7, 0))),
        [],
        "the first hour, each hour as short as may be"
    );
    assert_eq!(found("2", session(1, 7, Some(1), time(5, 59), time(7, 0))), yellow, "before");
    assert_eq!(found("2", session(1, 7, Some(1), time(19, 0), time(20, 31))), yellow, "after");
    assert_eq!(found("2", session(1, 7, None, time(19, 0), time(20, 31))), [], "online half an hour more");
    assert_eq!(found("2.01", session(1, 7, Some(1), time(9, 0), time(10, 0))), red, "more than there is time for");
}

#[test]
fn a_day_has_only_so_many_hours() {
    let mut play = Play::default();
    // Five times two hours of one teacher in two rooms.
    for n in 0..5_u16 {
        claim(
            &mut play,
            1,
            "2",
            session(u128::from(n), 7, Some(u128::from(n % 2)), time(7 + n * 2, 0), time(9 + n * 2, 0)),
        );
    }
    play.until(1);
    assert!(play.said.is_empty(), "{:?}", play.said);
    claim(&mut play, 1, "1", session(9, 7, Some(1), time(17, 0), time(17, 1)));
    play.until(2);
    let what: Vec<_> = play.said.iter().map(|found| (found.level, found.facts["what"].as_str())).collect();
    assert_eq!(what, [(AlertLevel::Yellow, "long_day_of_teacher"), (AlertLevel::Red, "more_hours_than_time")]);
}

#[test]
fn refusals_are_measured_against_the_own_past() {
    let refused = |play: &mut Play, attempts| {
        play.event(Event::Refused { rule: RuleId::PrepaidAmountCap, attempts });
    };
    let mut play = Play::default();
    refused(&mut play, 9);
    assert_eq!(at(play), [], "too few");
    let mut play = Play::default();
    refused(&mut play, 6);
    play.until(1);
    refused(&mut play, 4);
    play.event(Event::Refused { rule: RuleId::PrepaidAmountAcross, attempts: 9 });
    play.until(3);
    let facts = &play.said[0].facts;
    assert_eq!((facts["attempts"].as_str(), facts["refused_by"].as_str()), ("10", RuleId::PrepaidAmountCap.as_str()));
    assert_eq!(play.said.len(), 1);
    // Who is refused as often every month is said nothing new of; three times as often is.
    let usual = || {
        let mut play = Play::default();
        for window in 0..3 {
            play.until(window * 30);
            refused(&mut play, 5);
        }
        play.until(90);
        play
    };
    let mut play = usual();
    refused(&mut play, 14);
    assert_eq!(at(play), []);
    let mut play = usual();
    refused(&mut play, 15);
    assert_eq!(at(play), [(Rule::RefusedAttempts, AlertLevel::Yellow)]);
    // Once a window.
    let mut play = Play::default();
    refused(&mut play, 10);
    play.until(29);
    refused(&mut play, 10);
    play.until(31);
    refused(&mut play, 10);
    play.until(35);
    assert_eq!(play.said.iter().map(|found| found.watched_on).collect::<Vec<_>>(), [day(0), day(31)]);
}
