//! The whole lives of applications and licences: every state, every command.
#![expect(clippy::unwrap_used, reason = "a test that cannot set up its case must stop")]

use kernel::{Category, Day, InstitutionId, LicenceId, Mode, Scope, Stage};
use registry::{ApplicationCommand, ApplicationState, Licence, LicenceCommand, LicenceState};
use uuid::Uuid;

#[test]
fn application_states_and_commands() {
    let mut table = String::new();
    for &state in ApplicationState::ALL {
        for &command in ApplicationCommand::ALL {
            let next = state.apply(command).map_or_else(|_| "-".to_owned(), |next| next.to_string());
            table.push_str(&format!("{:10} {:7} {next}\n", state.as_str(), command.as_str()));
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
            table.push_str(&format!("{:10} {:19} {next}\n", state.as_str(), command.as_str()));
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn an_application_is_open_until_it_is_decided() {
    let open: Vec<ApplicationState> = ApplicationState::ALL.iter().copied().filter(|s| s.is_open()).collect();
    assert_eq!(open, [ApplicationState::Submitted, ApplicationState::Accepted]);
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
        revoked_from_on: revoked_from_on.map(day),
    }
}

#[test]
fn a_licence_is_in_force_from_its_first_day_to_its_last() {
    let days = ["2026-08-31", "2026-09-01", "2029-08-31", "2029-09-01"].map(day);
    let in_force = |state| days.map(|d| licence(state, None).in_force_on(d));
    assert_eq!(in_force(LicenceState::InForce), [false, true, true, false]);
    for state in [LicenceState::Suspended, LicenceState::Revoked, LicenceState::Ended] {
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
