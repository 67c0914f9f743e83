//! A contract that is handed on: seals hide it by who holds it, and the statement of whoever holds it
//! now is checked with the seals before and after.

use kernel::{SubjectId, TransferId};
use ledger::*;

use crate::common::*;

fn transferred(contract_seq: u64) -> ContractTransferred {
    ContractTransferred {
        contract: contract(1),
        contract_seq,
        guardian: SubjectId::new(uuid(9, 31)),
        pupil: SubjectId::new(uuid(9, 32)),
        transfer: TransferId::new(uuid(13, 1)),
    }
}

fn paid_contract() -> Chain {
    let mut c = Chain::new();
    let a = Some(institution(1));
    c.push(None, opened());
    c.push(a, registered(1));
    c.push(a, signature(1));
    c.push(a, signed(1));
    c.push(a, paid(1));
    c
}

/// Sealed, handed on, sealed again.
pub fn transfer_story() -> Chain {
    let mut c = paid_contract();
    c.days = 1;
    c.seal(institution(1), "2026-03-01");
    c.push(Some(institution(1)), transferred(4));
    c.days = 2;
    c.seal(institution(1), "2026-03-02");
    c
}

#[test]
fn who_holds_it_now_proves_its_balance() {
    let c = transfer_story();
    assert_eq!(c.verify().findings, []);
    let document = signed(1).document;
    let blind_of = |leaf: &SealLeaf| leaf.blind;
    let now = transferred(4);
    let sealed = SealLeaf::read(&c.balance(contract(1)).seal.proof.leaf).unwrap();
    assert_eq!(blind_of(&sealed), ledger::seal::blind(contract(1), now.guardian, now.pupil, &document));
    let report = c.statement(Subject::Contract(contract(1))).verify(Some(key().verifier()), &[]);
    assert_eq!(report.verdict, Verdict::Holds);
    assert_eq!(report.complete.unwrap().entries, 4);
    // Handed on after the last seal: it counts the contract for who held it then.
    let mut c = paid_contract();
    c.days = 1;
    c.seal(institution(1), "2026-03-01");
    c.push(Some(institution(1)), transferred(4));
    let report = c.statement(Subject::Contract(contract(1))).verify(Some(key().verifier()), &[]);
    assert_eq!((report.verdict.clone(), report.after_seal()), (Verdict::Holds, 1));
    let (before, after) = (report.sealed.unwrap(), report.now.unwrap());
    assert_ne!(before.blind, after.blind);
}

#[test]
fn only_a_contract_in_force_is_handed_on() {
    let a = Some(institution(1));
    let mut unsigned = Chain::new();
    unsigned.push(None, opened());
    unsigned.push(a, registered(1));
    unsigned.push(a, signature(1));
    unsigned.push(a, transferred(2));
    assert!(!unsigned.verify().findings.is_empty());
    let mut ended = crate::ending::ending_story();
    ended.push(a, transferred(8));
    assert!(!ended.verify().findings.is_empty());
}
