//! Each invariant of the books broken once, by an entry that is well-formed in itself.

use kernel::{ClassHours, Fen};
use ledger::*;

use crate::common::{self, *};

/// A contract of two lots (24 hours at 2,400.00, 10 hours at 1,000.00), signed and paid.
fn paid_contract() -> Chain {
    let mut c = Chain::new();
    let a = institution(1);
    c.push(None, opened());
    c.push(Some(a), registered(1));
    c.push(Some(a), signature(1));
    c.push(Some(a), signed(1));
    c.push(Some(a), common::paid(1));
    c
}

/// What the verifier says when these bodies follow: about the last one.
fn says(mut c: Chain, bodies: Vec<Body>) -> InvariantId {
    for body in bodies {
        c.push(Some(institution(1)), body);
    }
    let last = c.frontier.size() - 1;
    match c.verify().verdict() {
        Verdict::DoesNotHold(finding) => {
            assert_eq!(finding.seq, Some(last), "{finding:?}");
            assert!(finding.describe().zh.contains(&last.to_string()));
            finding.invariant
        }
        other => panic!("{other:?}"),
    }
}

fn after_payment(bodies: Vec<Body>) -> InvariantId {
    says(paid_contract(), bodies)
}

fn claim(seq: u64, n: u64, h: &str) -> Body {
    claimed(1, seq, n, &[(lot(2), h)]).into()
}

fn confirm(seq: u64, n: u64, h: &str, fen: i64) -> Body {
    confirmed(1, seq, n, vec![part(lot(2), h, fen)]).into()
}

fn dispute(seq: u64, n: u64, h: &str, fen: i64) -> Body {
    let lots = vec![part(lot(2), h, fen)];
    LessonDisputed {
        contract: contract(1),
        contract_seq: seq,
        decide_by_on: None,
        lesson: lesson(n),
        lots,
        reason: DisputeReason::Absent,
    }
    .into()
}

fn decide(seq: u64, n: u64, h: &str, fen: i64, decision: DisputeDecision) -> Body {
    let lots = vec![part(lot(2), h, fen)];
    DisputeDecided { contract: contract(1), contract_seq: seq, decision, lesson: lesson(n), lots }.into()
}

fn request(seq: u64, n: u64, h: &str, fen: i64) -> Body {
    RefundRequested {
        amount_fen: Fen::new(fen),
        answer_by_on: None,
        cause: RefundCause::Neither,
        contract: contract(1),
        contract_seq: seq,
        lots: vec![part(lot(2), h, fen)],
        refund: refund(n),
    }
    .into()
}

fn consent(seq: u64, n: u64, h: &str, fen: i64) -> Body {
    let lots = vec![part(lot(2), h, fen)];
    let by = ConsentedBy::Institution;
    RefundConsented { by, contract: contract(1), contract_seq: seq, lots, pay_by_on: None, refund: refund(n) }.into()
}

fn pay_back(seq: u64, n: u64, fen: i64) -> Body {
    RefundPaid {
        amount_fen: Fen::new(fen),
        contract: contract(1),
        contract_seq: seq,
        reference: Hash::ZERO,
        refund: refund(n),
    }
    .into()
}

fn order(n: u64, fen: i64) -> Body {
    SettlementOrdered { amount_fen: Fen::new(fen), settlement: settlement(n) }.into()
}

fn pay_out(n: u64, fen: i64) -> Body {
    SettlementPaid { amount_fen: Fen::new(fen), reference: Hash::ZERO, settlement: settlement(n) }.into()
}

fn place(n: u64) -> Body {
    HoldPlaced { cause: HoldCause::Order, hold: hold(n) }.into()
}

#[test]
fn hours_are_conserved() {
    assert_eq!(after_payment(vec![claim(4, 1, "24.01")]), InvariantId::HoursConserved);
    assert_eq!(after_payment(vec![claim(4, 1, "20"), claim(5, 2, "4.01")]), InvariantId::HoursConserved);
    assert_eq!(after_payment(vec![claim(4, 1, "20"), request(5, 1, "5", 50_000)]), InvariantId::HoursConserved);
    let returned = vec![request(4, 1, "20", 200_000), consent(5, 1, "20", 200_000), claim(6, 1, "5")];
    assert_eq!(after_payment(returned), InvariantId::HoursConserved);
}

#[test]
fn lots_release_what_was_paid_for_them() {
    assert_eq!(after_payment(vec![claim(4, 1, "1"), confirm(5, 1, "1", 240_001)]), InvariantId::LotMoney);
    let mut again = common::paid(1);
    again.contract_seq = 4;
    again.payment = kernel::PaymentId::new(uuid(10, 99));
    assert_eq!(after_payment(vec![again.into()]), InvariantId::LotMoney);
}

#[test]
fn balances_are_never_negative() {
    // More is settled than was earned: refused when ordered, and when paid without being earned.
    assert_eq!(after_payment(vec![order(1, 1)]), InvariantId::Amounts);
    let earned = vec![claim(4, 1, "1"), confirm(5, 1, "1", 10_000), order(1, 10_000), order(2, 10_000)];
    let twice = [earned, vec![pay_out(1, 10_000), pay_out(2, 10_000)]].concat();
    assert_eq!(after_payment(twice), InvariantId::NoNegative);
}

#[test]
fn things_are_known_once_and_at_home() {
    assert_eq!(after_payment(vec![confirm(4, 1, "1", 1)]), InvariantId::Known);
    assert_eq!(after_payment(vec![claim(4, 1, "1"), claim(5, 1, "1")]), InvariantId::Known);
    assert_eq!(after_payment(vec![claimed(1, 4, 1, &[(lot(77), "1")]).into()]), InvariantId::Known);
    assert_eq!(after_payment(vec![pay_back(4, 1, 1)]), InvariantId::Known);
    assert_eq!(after_payment(vec![pay_out(1, 1)]), InvariantId::Known);
    assert_eq!(after_payment(vec![HoldReleased { hold: hold(1) }.into()]), InvariantId::Known);
    assert_eq!(after_payment(vec![consent(4, 1, "1", 1)]), InvariantId::Known);
    let licence = kernel::LicenceId::new(uuid(12, 1));
    assert_eq!(after_payment(vec![LicenceSuspended { licence }.into()]), InvariantId::Known);
    assert_eq!(after_payment(vec![registered(1).into()]), InvariantId::Known);
    // Another institution writes into this contract.
    let mut c = paid_contract();
    c.push(Some(institution(2)), registered(2));
    c.push(Some(institution(2)), claim(4, 1, "1"));
    assert_eq!(says_as_is(&c), InvariantId::Known);
    // An institution that nobody registered.
    let mut c = paid_contract();
    c.push(Some(institution(2)), place(1));
    assert_eq!(says_as_is(&c), InvariantId::Known);
}

fn says_as_is(c: &Chain) -> InvariantId {
    match c.verify().verdict() {
        Verdict::DoesNotHold(finding) => finding.invariant,
        other => panic!("{other:?}"),
    }
}

#[test]
fn states_allow_each_step_once() {
    use InvariantId::State;
    let done = vec![claim(4, 1, "1"), confirm(5, 1, "1", 10_000)];
    assert_eq!(after_payment([done.clone(), vec![confirm(6, 1, "1", 10_000)]].concat()), State);
    assert_eq!(after_payment([done, vec![dispute(6, 1, "1", 10_000)]].concat()), State);
    let claimed = vec![claim(4, 1, "1"), decide(5, 1, "1", 10_000, DisputeDecision::Family)];
    assert_eq!(after_payment(claimed), State);
    let decided =
        vec![claim(4, 1, "1"), dispute(5, 1, "1", 10_000), decide(6, 1, "1", 10_000, DisputeDecision::Family)];
    assert_eq!(after_payment([decided, vec![decide(7, 1, "1", 10_000, DisputeDecision::Family)]].concat()), State);
    assert_eq!(after_payment(vec![request(4, 1, "1", 10_000), pay_back(5, 1, 10_000)]), State);
    let paid = vec![request(4, 1, "1", 10_000), consent(5, 1, "1", 10_000), pay_back(6, 1, 10_000)];
    assert_eq!(after_payment([paid, vec![pay_back(7, 1, 10_000)]].concat()), State);
    let twice = vec![request(4, 1, "1", 10_000), consent(5, 1, "1", 10_000), consent(6, 1, "1", 10_000)];
    assert_eq!(after_payment(twice), State);
    assert_eq!(
        after_payment(vec![place(1), HoldReleased { hold: hold(1) }.into(), HoldReleased { hold: hold(1) }.into()]),
        State
    );
    assert_eq!(after_payment(vec![ContractSignatureGiven { contract_seq: 4, ..signature(1) }.into()]), State);
    // Money before the second signature; one party alone.
    let mut c = Chain::new();
    c.push(None, opened());
    c.push(Some(institution(1)), registered(1));
    c.push(Some(institution(1)), signature(1));
    assert_eq!(says(c, vec![FeePaid { contract_seq: 2, ..common::paid(1) }.into()]), State);
    let mut c = Chain::new();
    c.push(None, opened());
    c.push(Some(institution(1)), registered(1));
    c.push(Some(institution(1)), signature(1));
    assert_eq!(says(c, vec![ContractSigned { party: Party::Institution, ..signed(1) }.into()]), State);
}

#[test]
fn amounts_are_those_promised() {
    use InvariantId::Amounts;
    assert_eq!(after_payment(vec![claim(4, 1, "1"), confirm(5, 1, "2", 10_000)]), Amounts);
    assert_eq!(after_payment(vec![claim(4, 1, "1"), dispute(5, 1, "0.5", 5_000)]), Amounts);
    let other = decide(6, 1, "1", 9_999, DisputeDecision::Institution);
    assert_eq!(after_payment(vec![claim(4, 1, "1"), dispute(5, 1, "1", 10_000), other]), Amounts);
    assert_eq!(after_payment(vec![request(4, 1, "1", 10_000), consent(5, 1, "1", 9_999)]), Amounts);
    let short = vec![request(4, 1, "1", 10_000), consent(5, 1, "1", 10_000), pay_back(6, 1, 9_999)];
    assert_eq!(after_payment(short), Amounts);
    let earned = vec![claim(4, 1, "1"), confirm(5, 1, "1", 10_000), order(1, 10_000), pay_out(1, 9_999)];
    assert_eq!(after_payment(earned), Amounts);
    let mut c = Chain::new();
    c.push(None, opened());
    c.push(Some(institution(1)), registered(1));
    c.push(Some(institution(1)), signature(1));
    assert_eq!(says(c, vec![ContractSigned { document: Hash::ZERO, ..signed(1) }.into()]), Amounts);
}

#[test]
fn a_hold_stops_settlements() {
    let earned = vec![claim(4, 1, "1"), confirm(5, 1, "1", 10_000)];
    assert_eq!(after_payment([earned.clone(), vec![place(1), order(1, 1)]].concat()), InvariantId::Hold);
    assert_eq!(after_payment([earned, vec![order(1, 1), place(1), pay_out(1, 1)]].concat()), InvariantId::Hold);
}

#[test]
fn contract_numbers_have_no_gaps() {
    assert_eq!(after_payment(vec![claim(5, 1, "1")]), InvariantId::ContractSequence);
    assert_eq!(after_payment(vec![claim(3, 1, "1")]), InvariantId::ContractSequence);
}

#[test]
fn the_replay_says_what_is_where() {
    let report = story().verify();
    let balances = report.books.balances();
    let fen = |account| balances[&(institution(1), account)].fen();
    assert_eq!(fen(Account::BankCustody), 50_000);
    assert_eq!(fen(Account::Payable), 50_000);
    assert_eq!(fen(Account::Prepaid(contract(1))), 0);
    let lots = report.books.lots();
    let first = &lots[&(contract(1), lot(2))];
    assert_eq!((first.used.to_string(), first.remaining()), ("24".to_owned(), Some(ClassHours::ZERO)));
    let second = &lots[&(contract(1), lot(3))];
    assert_eq!((second.used.to_string(), second.returned.to_string()), ("1".to_owned(), "9".to_owned()));
    assert_eq!(report.books.contract_seq(contract(1)), 14);
}

/// Postings cannot be wrong in bytes that decode, so custody is broken from inside: the sweep must
/// see what single entries cannot.
#[test]
fn custody_is_the_sum_of_what_is_owed() {
    let report = paid_contract().verify();
    let sum: i64 = report
        .books
        .balances()
        .into_iter()
        .map(|((_, account), fen)| if account.is_asset() { fen.fen() } else { -fen.fen() })
        .sum();
    assert_eq!(sum, 0);
    assert_eq!(report.books.institution(institution(1)).unwrap().owed, Fen::new(340_000));
    assert_eq!(report.books.sweep(), Ok(()));
}
