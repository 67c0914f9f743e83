//! The whole lives of lessons, refunds, settlements and holds: every state, every command.

use escrow::{HoldState, LessonCommand, LessonState, RefundCommand, RefundState, SettlementCommand, SettlementState};

#[test]
fn lesson_states_and_commands() {
    let mut table = String::new();
    for &state in LessonState::ALL {
        for &command in LessonCommand::ALL {
            let next = state.apply(command).map_or_else(|_| "-".to_owned(), |next| next.to_string());
            table.push_str(&format!("{:16} {:22} {next}\n", state.as_str(), command.as_str()));
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn refund_states_and_commands() {
    let mut table = String::new();
    for &state in RefundState::ALL {
        for &command in RefundCommand::ALL {
            let next = state.apply(command).map_or_else(|_| "-".to_owned(), |next| next.to_string());
            table.push_str(&format!("{:10} {:8} {next}\n", state.as_str(), command.as_str()));
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn settlement_states_and_commands() {
    let mut table = String::new();
    for &state in SettlementState::ALL {
        for &command in SettlementCommand::ALL {
            let next = state.apply(command).map_or_else(|_| "-".to_owned(), |next| next.to_string());
            table.push_str(&format!("{:8} {:7} {next}\n", state.as_str(), command.as_str()));
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn hold_states_and_commands() {
    let mut table = String::new();
    for &state in HoldState::ALL {
        let next = state.release().map_or_else(|_| "-".to_owned(), |next| next.to_string());
        table.push_str(&format!("{:9} release {next}\n", state.as_str()));
    }
    insta::assert_snapshot!(table);
}
