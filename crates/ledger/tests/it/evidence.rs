//! A small ledger of what stands beside claims: a check-in, a lesson of a class, a confirmation by the
//! check-in, what the parties say in a dispute, and what does not fit.

use kernel::{CheckInId, ClassSessionId};
use ledger::*;

use crate::common::*;

fn session(n: u64) -> ClassSessionId {
    ClassSessionId::new(uuid(33, n))
}

fn checked_in(n: u64, contract_seq: u64) -> LessonCheckedIn {
    LessonCheckedIn {
        check_in: CheckInId::new(uuid(34, n)),
        class_session: session(n),
        contract: contract(1),
        contract_seq,
        held_on: day("2026-03-05"),
    }
}

fn argued(by: Party, stance: DisputeStance, lesson_n: u64, contract_seq: u64) -> DisputeArgued {
    let sheet = SubmittedDocument { kind: "attendance_sheet".parse().unwrap(), sha256: file_digest(b"sheet") };
    DisputeArgued { by, contract: contract(1), contract_seq, documents: vec![sheet], lesson: lesson(lesson_n), stance }
}

pub fn evidence_story() -> Chain {
    let mut c = Chain::new();
    let a = Some(institution(1));
    c.push(None, opened());
    c.push(a, registered(1));
    c.push(a, signature(1));
    c.push(a, signed(1));
    c.push(a, paid(1));
    c.push(a, checked_in(1, 4));
    c.push(a, LessonClaimed { class_session: Some(session(1)), ..claimed(1, 5, 1, &[(lot(2), "1.5")]) });
    let by_check_in =
        LessonConfirmed { by: ConfirmedBy::CheckIn, ..confirmed(1, 6, 1, vec![part(lot(2), "1.5", 15_000)]) };
    c.push(a, by_check_in);
    c.push(a, LessonClaimed { class_session: Some(session(2)), ..claimed(1, 7, 2, &[(lot(2), "1")]) });
    c.push(a, disputed(8));
    c.push(a, argued(Party::Institution, DisputeStance::Maintains, 2, 9));
    c.push(a, argued(Party::Guardian, DisputeStance::Concedes, 2, 10));
    let lots = vec![part(lot(2), "1", 10_000)];
    let decision = DisputeDecision::Institution;
    c.push(a, DisputeDecided { contract: contract(1), contract_seq: 11, decision, lesson: lesson(2), lots });
    c
}

fn disputed(contract_seq: u64) -> LessonDisputed {
    LessonDisputed {
        contract: contract(1),
        contract_seq,
        decide_by_on: Some(day("2026-05-08")),
        lesson: lesson(2),
        lots: vec![part(lot(2), "1", 10_000)],
        reason: DisputeReason::NotHeld,
    }
}

#[test]
fn what_is_not_disputed_is_not_argued_about() {
    let story = evidence_story();
    let holds = |n: usize, body: Body| {
        let mut books = ledger::books::ContractReplay::new(institution(1), contract(1));
        for bytes in story.entries.iter().skip(2).take(n) {
            books.apply(&decode(bytes).unwrap().body, leaf_hash(bytes)).unwrap();
        }
        books.apply(&body, Hash::ZERO).is_ok()
    };
    // After the dispute; before it; after the decision.
    assert!(holds(8, argued(Party::Guardian, DisputeStance::Maintains, 2, 9).into()));
    assert!(!holds(7, argued(Party::Guardian, DisputeStance::Maintains, 2, 8).into()));
    assert!(!holds(8, argued(Party::Guardian, DisputeStance::Maintains, 1, 9).into()));
    assert!(!holds(11, argued(Party::Guardian, DisputeStance::Maintains, 2, 12).into()));
}
