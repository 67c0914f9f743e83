//! The whole lives of applications and licences: every state, every command.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case must stop")]

use kernel::{Category, Day, InstitutionId, LicenceId, Mode, Scope, Stage};
use registry::clock::working_days_left;
use registry::{
    ApplicationCommand, ApplicationKind, ApplicationState, Hearing, Licence, LicenceCommand, LicenceState,
    RevocationStep,
};
use uuid::Uuid;

#[test]
fn application_states_and_commands() {
    let mut table = String::new();
    for &state in ApplicationState::ALL {
        for &command in ApplicationCommand::ALL {
            let next = state.apply(command).map_or_else(|_| "-".to_owned(), |next| next.to_string());
            table.push_str(&format!("{:12} {:14} {next}\n", state.as_str(), command.as_str()));
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn licence_states_and_commands() {
    let mut table = String::new();
    for &state in LicenceState::ALL {
        for &command in LicenceCommand::ALL {
            let next = state.apply(command).map_or_else(|_| "-".to_owned(), |next| next.to_string());
            table.push_str(&format!("{:19} {:19} {next}\n", state.as_str(), command.as_str()));
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn an_application_is_open_until_it_is_decided() {
    let open: Vec<ApplicationState> = ApplicationState::ALL.iter().copied().filter(|s| s.is_open()).collect();
    use ApplicationState as S;
    assert_eq!(open, [S::Submitted, S::Correcting, S::Corrected, S::Accepted, S::SiteChecked, S::Reviewed]);
}

fn day(s: &str) -> Day {
    s.parse().unwrap()
}

fn licence(state: LicenceState, revoked_from_on: Option<&str>) -> Licence {
    Licence {
        id: LicenceId::new(Uuid::from_u128(1)),
        institution: InstitutionId::new(Uuid::from_u128(2)),
        number: "133050270001239".to_owned(),
        scope: Scope { category: Category::Arts, modes: [Mode::Offline].into(), stages: [Stage::Primary].into() },
        valid_from_on: day("2026-09-01"),
        valid_until_on: day("2029-08-31"),
        state,
        revocation_proposed_by: None,
        hearing_by_on: None,
        hearing: None,
        hearing_on: None,
        rectify_by_on: None,
        close_from_on: None,
        inspected: None,
        revoked_from_on: revoked_from_on.map(day),
    }
}

#[test]
fn a_licence_is_in_force_from_its_first_day_to_its_last() {
    let days = ["2026-08-31", "2026-09-01", "2029-08-31", "2029-09-01"].map(day);
    let in_force = |state| days.map(|d| licence(state, None).in_force_on(d));
    assert_eq!(in_force(LicenceState::InForce), [false, true, true, false]);
    assert_eq!(in_force(LicenceState::Rectifying), [false, true, true, false]);
    use LicenceState as S;
    for state in [
        S::EnrolmentSuspended,
        S::Suspended,
        S::Closing,
        S::Revoked,
        S::Expired,
        S::Surrendered,
        S::Ended,
        S::Deregistered,
    ] {
        assert_eq!(in_force(state), [false; 4], "{state}");
    }
}

#[test]
fn a_revoked_licence_is_in_force_until_the_day_before() {
    let revoked = licence(LicenceState::Revoked, Some("2027-04-15"));
    assert!(revoked.in_force_on(day("2027-04-14")));
    assert!(!revoked.in_force_on(day("2027-04-15")));
    assert!(!licence(LicenceState::Revoked, Some("2026-01-01")).in_force_on(day("2026-09-01")));
}

#[test]
fn enrolment_suspended_or_closing_still_teaches() {
    let on = day("2027-04-15");
    for state in [LicenceState::EnrolmentSuspended, LicenceState::Closing] {
        assert!(!licence(state, None).in_force_on(on) && licence(state, None).may_teach_on(on), "{state}");
    }
    assert!(!licence(LicenceState::Suspended, None).may_teach_on(on));
    // A lesson of its last day is booked when the licence has expired.
    assert!(licence(LicenceState::Expired, None).may_teach_on(day("2029-08-31")));
    assert!(!licence(LicenceState::Expired, None).may_teach_on(day("2029-09-01")));
}

#[test]
fn hearing_states_and_steps() {
    let mut table = String::new();
    for &state in Hearing::ALL {
        for &step in RevocationStep::ALL {
            let next =
                state.apply(step).map_or_else(|_| "-".to_owned(), |n| n.map_or("(dropped)".into(), |n| n.to_string()));
            table.push_str(&format!("{:7} {:15} {next}\n", state.as_str(), step.as_str()));
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_revocation_waits_for_the_holder() {
    let (last, next) = (day("2026-11-27"), day("2026-11-28"));
    assert!(!Hearing::Open.lets_decide(Some(last), last));
    assert!(Hearing::Open.lets_decide(Some(last), next), "it let its time pass");
    assert!(!Hearing::Asked.lets_decide(Some(last), next));
    assert!(!Hearing::Set.lets_decide(Some(last), next));
    assert!(Hearing::Held.lets_decide(Some(last), last) && Hearing::Waived.lets_decide(Some(last), last));
}

#[test]
fn what_kinds_of_applications_do() {
    let mut table = String::new();
    for &kind in ApplicationKind::ALL {
        let (replaces, control) = (kind.replaces_licence(), kind.is_control_change());
        table.push_str(&format!(
            "{:22} replaces the licence: {replaces:5} change of control: {control}\n",
            kind.as_str()
        ));
    }
    insta::assert_snapshot!(table);
}

#[test]
fn working_days_are_counted_both_ways() {
    // A week of 2026 with a day off on the Wednesday and a Saturday worked instead.
    let calendar = kernel::Calendar::new([2026], [day("2026-11-25")], [day("2026-11-28")]);
    let left = |today: &str, due: &str| working_days_left(&calendar, day(today), day(due)).unwrap();
    assert_eq!(left("2026-11-23", "2026-11-27"), 3);
    assert_eq!(left("2026-11-23", "2026-11-28"), 4);
    assert_eq!(left("2026-11-23", "2026-11-23"), 0);
    assert_eq!(left("2026-11-27", "2026-11-23"), -3);
    assert!(working_days_left(&calendar, day("2026-12-30"), day("2027-01-05")).is_err());
}
