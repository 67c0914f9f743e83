//! The whole life of a contract: every state, every command.

use contract::{ContractCommand, ContractState, Party};

#[test]
fn contract_states_and_commands() {
    let mut table = String::new();
    for &state in ContractState::ALL {
        for &command in ContractCommand::ALL {
            let next = state.apply(command).map_or_else(|_| "-".to_owned(), |next| next.to_string());
            table.push_str(&format!("{:22} {:18} {next}\n", state.as_str(), command.as_str()));
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn a_refusal_names_state_and_command() {
    let refused = ContractState::Draft.apply(ContractCommand::End).map_err(|e| e.to_string());
    assert_eq!(refused, Err("end is not possible in state draft".to_owned()));
}

#[test]
fn the_order_of_signatures_does_not_matter() {
    for (first, second) in [(Party::Institution, Party::Guardian), (Party::Guardian, Party::Institution)] {
        let once = ContractState::Draft.apply(ContractCommand::sign(first));
        let signed = once.and_then(|state| state.apply(ContractCommand::sign(second)));
        assert_eq!(signed, Ok(ContractState::Signed));
        assert!(once.is_ok_and(|state| state.apply(ContractCommand::sign(first)).is_err()), "{first} signs twice");
    }
}
