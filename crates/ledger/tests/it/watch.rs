//! A small ledger of contested refunds, frozen money, an inspection, an alert and a closure: every entry
//! type of supervision and of failure, and what does not fit.

use kernel::{AlertId, ClosureId, Fen, InspectionId};
use ledger::*;

use crate::common::*;

fn requested(refund_n: u64, contract_seq: u64, lots: Vec<LotPart>) -> RefundRequested {
    RefundRequested {
        amount_fen: body::parts_fen(&lots).unwrap(),
        answer_by_on: Some(day("2026-03-20")),
        cause: RefundCause::Consumer,
        contract: contract(1),
        contract_seq,
        lots,
        refund: refund(refund_n),
    }
}

fn objected(refund_n: u64, contract_seq: u64) -> RefundObjected {
    RefundObjected {
        contract: contract(1),
        contract_seq,
        decide_by_on: Some(day("2026-04-20")),
        reason: RefundObjection::HoursTaught,
        refund: refund(refund_n),
    }
}

fn decided(refund_n: u64, contract_seq: u64, decision: DisputeDecision) -> RefundDecided {
    RefundDecided { contract: contract(1), contract_seq, decision, refund: refund(refund_n) }
}

fn withdrawn(refund_n: u64, contract_seq: u64) -> RefundWithdrawn {
    RefundWithdrawn { contract: contract(1), contract_seq, refund: refund(refund_n) }
}

fn consented(refund_n: u64, contract_seq: u64, lots: Vec<LotPart>) -> RefundConsented {
    RefundConsented {
        by: ConsentedBy::Regulator,
        contract: contract(1),
        contract_seq,
        lots,
        pay_by_on: Some(day("2026-05-01")),
        refund: refund(refund_n),
    }
}

fn paid_back(refund_n: u64, contract_seq: u64, fen: i64) -> RefundPaid {
    RefundPaid {
        amount_fen: Fen::new(fen),
        contract: contract(1),
        contract_seq,
        reference: digest(tags::BANK_REFERENCE, b"refund"),
        refund: refund(refund_n),
    }
}

fn some() -> Vec<LotPart> {
    vec![part(lot(3), "4", 40_000)]
}

fn rest() -> Vec<LotPart> {
    vec![part(lot(2), "24", 240_000), part(lot(3), "6", 60_000)]
}

fn alert() -> AlertId {
    AlertId::new(uuid(30, 1))
}

fn step(step: AlertStep) -> AlertStepTaken {
    AlertStepTaken { alert: alert(), step }
}

/// Every type of supervision and failure at least once.
pub fn watch_story() -> Chain {
    let mut c = Chain::new();
    let a = Some(institution(1));
    c.push(None, opened());
    c.push(a, registered(1));
    c.push(a, signature(1));
    c.push(a, signed(1));
    c.push(a, paid(1));
    // The family thinks better of it, asks again for a part, and gets it against an objection.
    c.push(a, requested(1, 4, some()));
    c.push(a, withdrawn(1, 5));
    c.push(a, requested(2, 6, some()));
    c.push(a, objected(2, 7));
    c.push(a, decided(2, 8, DisputeDecision::Family));
    c.push(a, consented(2, 9, some()));
    c.push(a, ContractFrozen { cause: HoldCause::Order, contract: contract(1), contract_seq: 10, hold: hold(1) });
    c.push(a, ContractUnfrozen { contract: contract(1), contract_seq: 11, hold: hold(1) });
    c.push(a, paid_back(2, 12, 40_000));
    let (finding, inspected_on) = (InspectionFinding::SiteClosed, day("2026-03-02"));
    let inspection = InspectionId::new(uuid(31, 1));
    c.push(a, InspectionRecorded { finding, inspected_on, inspection, problems: 3 });
    c.push(
        a,
        AlertRaised {
            alert: alert(),
            facts: digest(tags::ALERT_FACTS, b"{}"),
            level: AlertLevel::Red,
            rule: "site_closed".parse().unwrap(),
            rule_version: 1,
            watched_on: day("2026-03-02"),
        },
    );
    for next in [AlertStep::Acknowledged, AlertStep::Explained, AlertStep::Escalated, AlertStep::Closed] {
        c.push(a, step(next));
    }
    c.push(a, HoldPlaced { cause: HoldCause::SuspectedFlight, hold: hold(2) });
    c.push(
        a,
        ClosurePacked {
            closure: ClosureId::new(uuid(32, 1)),
            contracts: 1,
            hours_left_hundredths: 3_000,
            manifest: digest(tags::DOCUMENT, b"manifest"),
            owed_fen: Fen::new(300_000),
        },
    );
    c.push(a, requested(3, 13, rest()));
    c.push(a, consented(3, 14, rest()));
    c.push(a, paid_back(3, 15, 300_000));
    c
}

/// Do the books take these entries after the first `n` of the story?
fn after(n: usize, bodies: &[Body]) -> bool {
    let story = watch_story();
    let mut c = Chain::new();
    for bytes in &story.entries[..n] {
        let entry = decode(bytes).unwrap();
        c.push(entry.header.institution.map(|link| link.institution), entry.body);
    }
    for body in bodies {
        c.push(Some(institution(1)), body.clone());
    }
    c.verify().findings.is_empty()
}

#[test]
fn a_refund_is_objected_to_decided_and_withdrawn_once() {
    assert_eq!(watch_story().verify().findings, []);
    // After the second request.
    assert!(after(8, &[consented(2, 7, some()).into()]));
    assert!(!after(8, &[decided(2, 7, DisputeDecision::Family).into()]), "nobody objected");
    assert!(!after(8, &[withdrawn(1, 7).into()]), "it was taken back");
    assert!(!after(8, &[objected(1, 7).into()]), "it was taken back");
    // After the objection.
    assert!(!after(9, &[objected(2, 8).into()]), "twice");
    assert!(after(9, &[withdrawn(2, 8).into()]));
    assert!(after(9, &[consented(2, 8, some()).into()]), "the institution gives in");
    let refused = || decided(2, 8, DisputeDecision::Institution).into();
    assert!(after(9, &[refused()]));
    assert!(!after(9, &[refused(), consented(2, 9, some()).into()]), "it was refused");
    assert!(!after(10, &[consented(2, 9, rest()).into()]), "other money than was asked");
}

#[test]
fn frozen_money_stays_where_it_is() {
    let frozen = ContractFrozen { cause: HoldCause::Order, contract: contract(1), contract_seq: 10, hold: hold(9) };
    assert!(!after(11, &[frozen.clone().into(), paid_back(2, 11, 40_000).into()]));
    let thawed = ContractUnfrozen { contract: contract(1), contract_seq: 11, hold: hold(9) };
    assert!(after(11, &[frozen.into(), thawed.clone().into(), paid_back(2, 12, 40_000).into()]));
    assert!(!after(11, &[ContractUnfrozen { contract_seq: 10, ..thawed }.into()]), "no such hold");
    let account = || HoldPlaced { cause: HoldCause::Account, hold: hold(9) }.into();
    assert!(!after(11, &[account(), paid_back(2, 10, 40_000).into()]), "the whole account is frozen");
    assert!(after(11, &[account(), HoldReleased { hold: hold(9) }.into(), paid_back(2, 10, 40_000).into()]));
    let order = HoldPlaced { cause: HoldCause::Order, hold: hold(9) }.into();
    assert!(after(11, &[order, paid_back(2, 10, 40_000).into()]), "families are paid back");
}

#[test]
fn nothing_follows_a_closed_alert() {
    assert!(!after(16, &[step(AlertStep::Closed).into(), step(AlertStep::Acknowledged).into()]));
    assert!(!after(15, &[step(AlertStep::Acknowledged).into()]), "unknown");
}
