//! On which days and hours a lesson may be held: statutory holidays, rest days, shifted days off, make-up
//! working days and vacations are told apart (rules 2.8).
#![expect(clippy::unwrap_used, reason = "a test says where it fails")]

use contract::checks::{Session, session_violations};
use kernel::{Category, Day, Mode, RuleId, Stage};
use policy::{Policy, PolicySet};

fn policy(region: &str, on: &str) -> Policy {
    PolicySet::shipped().unwrap().resolve(region.parse().unwrap(), on.parse::<Day>().unwrap()).unwrap()
}

fn session(on: &str, from: &str, until: &str) -> Session {
    Session { on: on.parse().unwrap(), from: from.parse().unwrap(), until: until.parse().unwrap() }
}

/// What keeps a lesson from being held: the rule and the kind of day or the hours.
fn broken(region: &str, category: Category, on: &str, from: &str, until: &str) -> Vec<(RuleId, String)> {
    let calendar = policy::calendar().unwrap();
    let scope = (category, Mode::Offline, Stage::Primary);
    let found = session_violations(scope, session(on, from, until), &policy(region, on), &calendar);
    found.into_iter().map(|violation| (violation.rule, violation.limit.unwrap_or_default())).collect()
}

#[test]
fn a_day_off_by_shifting_is_a_rest_day_and_a_holiday_on_a_weekend_is_a_holiday() {
    for (on, kind) in [
        ("2025-10-01", "legal_holiday"),
        // A Wednesday off by shifting, no statutory holiday.
        ("2025-10-08", "rest_day"),
        // A Saturday, and the Dragon Boat festival itself.
        ("2025-05-31", "legal_holiday"),
        ("2025-11-22", "rest_day"),
    ] {
        let found = broken("330502", Category::Subject, on, "18:00", "19:00");
        assert_eq!(found, [(RuleId::TrainingDay, kind.to_owned())], "{on}");
        assert_eq!(broken("330502", Category::Arts, on, "18:00", "19:00"), [], "{on}");
    }
}

#[test]
fn a_make_up_saturday_is_no_rest_day_and_the_texts_leave_it_open() {
    assert_eq!(broken("330502", Category::Subject, "2025-10-11", "18:00", "19:00"), []);
    assert_eq!(broken("330502", Category::Subject, "2025-10-18", "18:00", "19:00").len(), 1);
}

#[test]
fn school_hours_hold_on_worked_days_make_up_days_among_them_and_not_on_days_off() {
    for (on, count) in [("2025-10-09", 1), ("2025-10-11", 1), ("2025-10-08", 0), ("2025-10-12", 0)] {
        let found = broken("510500", Category::Arts, on, "16:00", "17:00");
        assert_eq!(found.iter().filter(|(rule, _)| *rule == RuleId::TrainingHour).count(), count, "{on}: {found:?}");
    }
}

#[test]
fn a_worked_day_between_the_terms_is_vacation() {
    // Beijing's first term ends on 23 January 2026, the second begins on 2 March.
    for (on, expected) in [("2026-01-22", None), ("2026-02-04", Some("vacation")), ("2026-03-03", None)] {
        let found = broken("110000", Category::Subject, on, "18:00", "19:00");
        assert_eq!(found.first().map(|(_, kind)| kind.as_str()), expected, "{on}");
    }
}
