//! A small ledger of a template and of a contract that is ended: every entry type of contracts and of
//! the people in them that came after the first golden vectors, and what does not fit.

use kernel::{Fen, SubjectId};
use ledger::*;

use crate::common::*;

fn ended(contract_seq: u64) -> ContractEnded {
    ContractEnded {
        by: Party::Guardian,
        contract: contract(1),
        contract_seq,
        ground: ContractEndGround::CoolingOff,
        outside_escrow_fen: Fen::ZERO,
    }
}

/// A contract in force and paid for.
fn in_force() -> Chain {
    let mut c = Chain::new();
    let a = Some(institution(1));
    c.push(None, opened());
    let template = digest(tags::CONTRACT_TEMPLATE, b"text");
    c.push(None, TemplateAdopted { effective_on: day("2026-03-01"), region: "330502".parse().unwrap(), template });
    c.push(a, registered(1));
    c.push(a, signature(1));
    c.push(a, signed(1));
    c.push(a, paid(1));
    c
}

/// A family that steps back within its time: all money goes back without anybody's consent.
pub fn ending_story() -> Chain {
    let mut c = in_force();
    let a = Some(institution(1));
    c.push(a, ended(4));
    let lots = vec![part(lot(2), "24", 240_000), part(lot(3), "10", 100_000)];
    c.push(
        a,
        RefundRequested {
            amount_fen: Fen::new(340_000),
            answer_by_on: None,
            cause: RefundCause::Consumer,
            contract: contract(1),
            contract_seq: 5,
            lots: lots.clone(),
            refund: refund(1),
        },
    );
    c.push(
        a,
        RefundConsented {
            by: ConsentedBy::Law,
            contract: contract(1),
            contract_seq: 6,
            lots,
            pay_by_on: Some(day("2026-03-11")),
            refund: refund(1),
        },
    );
    c.push(
        a,
        RefundPaid {
            amount_fen: Fen::new(340_000),
            contract: contract(1),
            contract_seq: 7,
            reference: digest(tags::BANK_REFERENCE, b"refund"),
            refund: refund(1),
        },
    );
    c.push(a, HoldPlaced { cause: HoldCause::Order, hold: hold(1) });
    c.push(a, HoldReleased { hold: hold(1) });
    c.push(None, SubjectErased { ground: ErasureGround::Request, subject: SubjectId::new(uuid(9, 2)) });
    c
}

#[test]
fn nothing_new_begins_in_a_contract_that_was_ended() {
    assert_eq!(ending_story().verify().findings, []);
    let after = |body: Body| {
        let mut c = in_force();
        c.push(Some(institution(1)), ended(4));
        c.push(Some(institution(1)), body);
        c.verify().findings.len()
    };
    assert!(after(ended(5).into()) > 0, "ended twice");
    assert!(after(claimed(1, 5, 1, &[(lot(2), "1")]).into()) > 0, "a lesson after the end");
    let mut before = in_force();
    before.push(Some(institution(1)), claimed(1, 4, 1, &[(lot(2), "1")]));
    before.push(Some(institution(1)), ended(5));
    before.push(Some(institution(1)), confirmed(1, 6, 1, vec![part(lot(2), "1", 10_000)]));
    assert_eq!(before.verify().findings, [], "what was taught before is settled");
}
