//! The working-day calendar: known answers, the shape of every year, and slips that are refused.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case must stop")]

use kernel::{Calendar, CalendarError, Day, DayCount, DayKind};
use policy::{PolicyError, calendar, calendar_from_source};

fn day(s: &str) -> Day {
    s.parse().unwrap()
}

fn working_days(calendar: &Calendar, year: i16) -> usize {
    let first = Day::try_new(year, 1, 1).unwrap();
    (0..366)
        .map(|n| first.plus_days(n).unwrap())
        .filter(|d| d.year() == year && calendar.is_working_day(*d).unwrap())
        .count()
}

#[test]
fn fifteen_working_days_over_a_spring_festival() {
    let end = |from: &str, n| calendar().unwrap().end_of(day(from), DayCount::WorkingDays(n));
    assert_eq!(end("2025-01-08", 15), Ok(day("2025-02-05")));
    // WC-54, no holiday in between.
    assert_eq!(end("2025-03-03", 15), Ok(day("2025-03-24")));
    // 2026: off 15 to 23 February, worked on Saturdays 14 and 28.
    assert_eq!(end("2026-02-13", 1), Ok(day("2026-02-14")));
    assert_eq!(end("2026-02-13", 2), Ok(day("2026-02-24")));
    assert_eq!(end("2026-12-05", 15), Ok(day("2026-12-25")));
}

#[test]
fn a_year_that_is_not_announced_is_refused() {
    let calendar = calendar().unwrap();
    assert_eq!(
        calendar.end_of(day("2026-12-14"), DayCount::WorkingDays(15)),
        Err(CalendarError::YearUnknown { year: 2027 })
    );
    assert_eq!(calendar.is_working_day(day("2020-12-31")), Err(CalendarError::YearUnknown { year: 2020 }));
}

/// Statutory holidays (11 to 2024, 13 since 2025, 全国年节及纪念日放假办法) that fall on a weekend are
/// made up for, so a year has its weekdays less the statutory holidays, however they are shifted.
#[test]
fn every_year_has_its_number_of_working_days() {
    let calendar = calendar().unwrap();
    for year in 2021..=2026 {
        let first = Day::try_new(year, 1, 1).unwrap();
        let days = || (0..366).map(|n| first.plus_days(n).unwrap()).filter(|d| d.year() == year);
        let weekdays = days().filter(|d| !d.is_weekend()).count();
        let statutory = if year < 2025 { 11 } else { 13 };
        assert_eq!(working_days(&calendar, year), weekdays - statutory, "{year}");
    }
}

#[test]
fn statutory_holidays_are_told_from_days_off() {
    let calendar = calendar().unwrap();
    for year in 2021..=2026 {
        let first = Day::try_new(year, 1, 1).unwrap();
        let days = (0..366).map(|n| first.plus_days(n).unwrap()).filter(|d| d.year() == year);
        let legal = days.filter(|d| calendar.kind_of(*d) == Ok(DayKind::LegalHoliday)).count();
        assert_eq!(legal, if year < 2025 { 11 } else { 13 }, "{year}");
    }
    for (on, kind) in [
        ("2026-02-15", DayKind::RestDay),
        ("2026-02-16", DayKind::LegalHoliday),
        ("2026-02-20", DayKind::RestDay),
        ("2026-02-14", DayKind::MakeUpWorkingDay),
        ("2026-02-24", DayKind::WorkingDay),
        ("2024-02-09", DayKind::WorkingDay),
        ("2025-10-06", DayKind::LegalHoliday),
        ("2025-10-07", DayKind::RestDay),
    ] {
        assert_eq!(calendar.kind_of(day(on)), Ok(kind), "{on}");
    }
}

#[test]
fn slips_are_refused() {
    let data = |off: &str, worked: &str| {
        format!(
            "[[year]]\nyear = 2025\nsource = \"s\"\ngrade = \"K\"\noff = [{off}]\nlegal = []\nworked = [{worked}]\n"
        )
    };
    let load = |off: &str, worked: &str| calendar_from_source("c", &data(off, worked));
    assert!(load("\"2025-05-01/2025-05-05\"", "\"2025-04-27\"").is_ok());
    for (off, worked) in [
        ("\"2026-05-01/2026-05-05\"", ""),
        ("\"2025-05-05/2025-05-01\"", ""),
        ("\"2025-05-01/2025-06-05\"", ""),
        ("", "\"2025-04-28\""),
        ("", "\"2026-04-26\""),
        ("\"2025-04-26/2025-04-27\"", "\"2025-04-27\""),
    ] {
        assert!(matches!(load(off, worked), Err(PolicyError::WrongDay { .. })), "{off} {worked}");
    }
    for (off, worked) in [("\"2025-05-01\"", ""), ("\"x/y\"", ""), ("1", ""), ("", "\"27 April\"")] {
        assert!(matches!(load(off, worked), Err(PolicyError::WrongType { .. })), "{off} {worked}");
    }
    let legal = data("\"2025-05-01/2025-05-05\"", "").replace("legal = []", "legal = [\"2025-05-01/2025-05-06\"]");
    assert!(matches!(calendar_from_source("c", &legal), Err(PolicyError::WrongDay { .. })), "no day off");
    let year = data("", "");
    assert!(matches!(calendar_from_source("c", &format!("{year}{year}")), Err(PolicyError::Twice { .. })));
    assert!(matches!(calendar_from_source("c", &year.replace("source", "from")), Err(PolicyError::Missing { .. })));
    assert!(matches!(calendar_from_source("c", &format!("{year}note = \"x\"\n")), Err(PolicyError::UnknownKey { .. })));
}

/// School terms are the place's: what no file says is not known, and no day of it is guessed.
#[test]
fn school_terms_of_a_place() {
    use kernel::Stage;
    use policy::types::TermDay;
    let set = policy::PolicySet::shipped().unwrap();
    let beijing = set.resolve("110108".parse().unwrap(), day("2026-01-24")).unwrap();
    let terms = &beijing.school_terms.in_force().unwrap().value;
    for (on, stage, expected) in [
        ("2025-08-31", Stage::Primary, None),
        ("2025-09-01", Stage::Primary, Some(TermDay::InTerm)),
        ("2026-01-23", Stage::Primary, Some(TermDay::InTerm)),
        ("2026-01-24", Stage::Primary, Some(TermDay::Vacation)),
        ("2026-01-24", Stage::Senior, Some(TermDay::InTerm)),
        ("2026-03-01", Stage::Junior, Some(TermDay::Vacation)),
        ("2026-03-02", Stage::Junior, Some(TermDay::InTerm)),
        ("2026-08-31", Stage::Junior, Some(TermDay::Vacation)),
        ("2026-09-01", Stage::Junior, None),
        ("2026-01-24", Stage::Preschool, None),
    ] {
        assert_eq!(terms.at(stage, day(on)), expected, "{on} {stage}");
    }
    let gansu = set.resolve("620102".parse().unwrap(), day("2026-01-24")).unwrap();
    let why = gansu.school_terms.no_rule().unwrap();
    assert!(why.source.contains("校历"), "{}", why.source);
}
