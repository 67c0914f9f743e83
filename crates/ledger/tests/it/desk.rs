//! A small ledger of the regulator's desk: every entry type of applications, licences, records and
//! lists that came after the first golden vectors, and what does not fit.

use kernel::{ApplicationId, LicenceId, ListingId, RecordItemId, UserId};
use ledger::*;
use uuid::Uuid;

use crate::common::*;

fn id(kind: u128, n: u128) -> Uuid {
    Uuid::from_u128((kind << 64) | n)
}

fn application(n: u128) -> ApplicationId {
    ApplicationId::new(id(111, n))
}

fn licence(n: u128) -> LicenceId {
    LicenceId::new(id(112, n))
}

fn submitted(n: u128, kind: ApplicationKind) -> ApplicationSubmitted {
    ApplicationSubmitted {
        accept_by_on: Some(day("2026-03-08")),
        application: application(n),
        category: kernel::Category::Arts,
        decide_by_on: None,
        documents: vec![],
        kind,
        modes: [kernel::Mode::Offline].into(),
        stages: [kernel::Stage::Primary].into(),
    }
}

fn accepted(n: u128) -> ApplicationAccepted {
    ApplicationAccepted { application: application(n), decide_by_on: Some(day("2026-04-10")) }
}

fn granted(n: u128) -> ApplicationDecided {
    ApplicationDecided { application: application(n), decision: ApplicationDecision::Grant }
}

fn paper() -> SubmittedDocument {
    SubmittedDocument { kind: "site_minutes".parse().unwrap(), sha256: digest(tags::DOCUMENT, b"minutes") }
}

fn code(text: &str) -> Code {
    text.parse().unwrap()
}

/// The one institution that stands on a list.
fn leaf() -> ListLeaf {
    ListLeaf {
        institution: institution(1),
        list: ListKind::Black,
        listing: ListingId::new(id(113, 1)),
        published_on: day("2026-03-01"),
        seq: 18,
    }
}

/// Every type of the desk at least once.
pub fn desk_story() -> Chain {
    let mut c = Chain::new();
    let a = Some(institution(1));
    c.push(None, opened());
    c.actor = Actor::User { role: ActorRole::Regulator, user: UserId::new(id(190, 1)) };
    c.push(a, registered(1));
    let item = RecordItemId::new(id(120, 1));
    c.push(a, RecordChanged { change: RecordChange::Set, item, part: RecordPart::Site });
    c.push(a, RecordChanged { change: RecordChange::Removed, item, part: RecordPart::Site });
    c.push(a, submitted(1, ApplicationKind::New));
    let correct_by_on = Some(day("2026-03-20"));
    c.push(a, ApplicationCorrectionAsked { application: application(1), correct_by_on });
    c.push(a, ApplicationCorrected { accept_by_on: None, application: application(1), documents: vec![paper()] });
    c.push(a, accepted(1));
    c.push(
        a,
        ApplicationSiteChecked {
            application: application(1),
            checked_on: day("2026-03-02"),
            documents: vec![paper()],
            result: SiteCheckResult::Passed,
            second_officer: UserId::new(id(190, 2)),
        },
    );
    c.push(a, ApplicationReviewed { advice: ApplicationDecision::Grant, application: application(1) });
    c.push(a, granted(1));
    c.push(
        a,
        LicenceGranted {
            application: application(1),
            category: kernel::Category::Arts,
            licence: licence(1),
            licence_number: "133050270001239".parse().unwrap(),
            modes: [kernel::Mode::Offline].into(),
            stages: [kernel::Stage::Primary].into(),
            valid_from_on: day("2026-03-01"),
            valid_until_on: day("2029-02-28"),
        },
    );
    c.push(a, submitted(2, ApplicationKind::ChangeRepresentative));
    c.push(a, NoticeGiven { application: Some(application(2)), kind: NoticeKind::ChangePending, licence: None });
    c.push(a, ApplicationEnded { application: application(2), cause: ApplicationEndCause::Withdrawn });
    let (measure, reason_code) = (LicenceMeasure::EnrolmentSuspension, code("unfiled_staff"));
    let until_on = Some(day("2026-06-01"));
    c.push(a, LicenceMeasureTaken { licence: licence(1), measure, reason_code, until_on });
    c.push(a, LicenceMeasureLifted { licence: licence(1), measure });
    let inspected = LicenceInspected {
        grade: InspectionGrade::BasicallyQualified,
        licence: licence(1),
        public_until_on: None,
        rectify_by_on: until_on,
        year: 2025,
    };
    c.push(a, inspected);
    let listing = ListingId::new(id(113, 1));
    let listed = ListingChanged {
        cause_code: Some(code("unlicensed_scope")),
        list: ListKind::Black,
        listing,
        objection_by_on: Some(day("2026-03-15")),
        published_on: day("2026-03-01"),
        rectify_by_on: Some(day("2026-06-01")),
        until_on: Some(day("2027-02-28")),
    };
    c.push(a, listed);
    c.push(a, ListingStepTaken { listing, step: ListingStep::Objected });
    let (cause_code, item) = (code("late_refund"), RecordItemId::new(id(121, 1)));
    c.push(a, PointsChanged { cause_code, change: PointsChange::Scored, item, points: 3 });
    c.push(a, InstitutionGraded { grade: code("b"), scale: code("a_to_e"), year: 2025 });
    c.actor = Actor::System;
    let listed = ListTree::new(vec![leaf()]).unwrap();
    let through_seq = c.frontier.size() - 1;
    c.push(None, ListsPublished { listed: 1, lists_on: day("2026-03-01"), lists_root: listed.root(), through_seq });
    c.push(a, submitted(3, ApplicationKind::Renewal));
    c.push(a, accepted(3));
    c.push(a, granted(3));
    let valid_until_on = day("2032-02-29");
    c.push(a, LicenceExtended { application: application(3), licence: licence(1), valid_until_on });
    c.push(a, submitted(4, ApplicationKind::Closure));
    let close_from_on = Some(day("2026-09-01"));
    c.push(a, LicenceClosing { application: application(4), close_from_on, licence: licence(1) });
    let held_on = Some(day("2026-03-30"));
    c.push(a, LicenceRevocationStep { held_on, licence: licence(1), step: RevocationStep::HearingSet });
    c.push(a, LicenceEnded { cause: LicenceEndCause::Surrendered, licence: licence(1) });
    c.push(a, LicenceDeregistered { licence: licence(1) });
    c
}

#[test]
fn lists_that_nobody_decided_are_found() {
    let c = desk_story();
    assert_eq!(decode(&c.entries[18]).unwrap().body.entry_type(), EntryType::ListingChanged);
    let honest = ListTree::new(vec![leaf()]).unwrap();
    let published = |listed: u64, root: Hash, through_seq: u64| {
        let mut c = desk_story();
        c.push(None, ListsPublished { listed, lists_on: day("2026-03-02"), lists_root: root, through_seq });
        c.verify().findings.is_empty()
    };
    let last = c.frontier.size() - 1;
    assert!(published(1, honest.root(), last));
    let without = ListTree::new(vec![]).unwrap();
    assert!(!published(0, without.root(), last), "one was left out");
    assert!(!published(2, honest.root(), last));
    let other = ListTree::new(vec![ListLeaf { list: ListKind::White, ..leaf() }]).unwrap();
    assert!(!published(1, other.root(), last), "another list");
    assert!(!published(1, honest.root(), last + 1), "counts itself");
}

/// Lists of three, published; what proves that the second of six stood there, and that the fifth did not.
pub fn list_proofs() -> (Chain, ListProof, ListProof) {
    let leaves = [2, 4, 6].iter().map(|n| ListLeaf { institution: institution(*n), ..leaf() }).collect();
    let tree = ListTree::new(leaves).unwrap();
    let mut c = Chain::new();
    c.push(None, opened());
    let on = day("2026-03-01");
    c.push(None, ListsPublished { listed: tree.size(), lists_on: on, lists_root: tree.root(), through_seq: 0 });
    let receipt = c.receipt(1);
    let proof = |n| {
        let institution = institution(n);
        ListProof { institution, on, placed: tree.proof(institution).unwrap(), receipt: receipt.clone() }
    };
    let proofs = (proof(2), proof(5));
    (c, proofs.0, proofs.1)
}

#[test]
fn a_proof_of_a_list_says_who_stood_there_and_who_did_not() {
    let leaves: Vec<ListLeaf> = [2, 4, 6].iter().map(|n| ListLeaf { institution: institution(*n), ..leaf() }).collect();
    for listed in [vec![], leaves[..1].to_vec(), leaves.clone()] {
        let tree = ListTree::new(listed.clone()).unwrap();
        let mut c = Chain::new();
        c.push(None, opened());
        let through_seq = 0;
        let on = day("2026-03-01");
        let published = ListsPublished { listed: tree.size(), lists_on: on, lists_root: tree.root(), through_seq };
        c.push(None, published);
        for n in 1..=7 {
            let institution = institution(n);
            let proof = ListProof { institution, on, placed: tree.proof(institution).unwrap(), receipt: c.receipt(1) };
            let read: ListProof = proof.to_string().parse().unwrap();
            assert_eq!(read, proof);
            let report = read.verify(Some(key().verifier()), &[]);
            assert!(report.fits && report.receipt.verdict == Verdict::Holds, "{n} of {}", listed.len());
            assert_eq!(report.stood, listed.iter().find(|leaf| leaf.institution == institution).cloned());
            // The same proof for somebody else, or for another day, proves nothing.
            let another = ListProof { institution: crate::common::institution(n + 10), ..proof.clone() };
            let last_neighbour = !listed.is_empty() && proof.placed.last().is_some_and(|p| p.index + 1 == tree.size());
            assert!(!another.verify(None, &[]).fits || listed.is_empty() || last_neighbour, "{n}");
            assert!(!ListProof { on: day("2026-03-02"), ..proof.clone() }.verify(None, &[]).fits);
            if let Some(placed) = proof.placed.first() {
                let mut moved = proof.clone();
                moved.placed[0] = ledger::lists::Placed { index: placed.index + 1, ..placed.clone() };
                assert!(!moved.verify(None, &[]).fits, "another place");
                let mut changed = proof.clone();
                changed.placed[0].leaf =
                    ListLeaf { list: ListKind::White, ..ListLeaf::parse(&placed.leaf).unwrap() }.bytes();
                assert!(!changed.verify(None, &[]).fits, "another list");
            }
        }
    }
    assert_eq!(ListTree::new(vec![leaf(), leaf()]).unwrap_err(), ledger::ListError::Order);
    assert!("tutela-list/v1\n\n".parse::<ListProof>().is_err());
}

/// What the books say of one more entry.
fn next(body: impl Into<Body>) -> bool {
    let mut c = desk_story();
    c.push(Some(institution(1)), body);
    c.verify().findings.is_empty()
}

#[test]
fn what_does_not_fit_the_desk_is_found() {
    assert_eq!(desk_story().verify().findings, []);
    // The application to close is still open.
    assert!(next(accepted(4)));
    assert!(!next(ApplicationCorrected { accept_by_on: None, application: application(4), documents: vec![] }));
    assert!(!next(ApplicationReviewed { advice: ApplicationDecision::Grant, application: application(4) }));
    assert!(!next(accepted(2)), "it was taken back");
    assert!(!next(granted(2)));
    assert!(!next(LicenceDeregistered { licence: licence(1) }), "once");
    let measure = LicenceMeasure::Warning;
    assert!(!next(LicenceMeasureLifted { licence: licence(1), measure }), "it ended");
    assert!(!next(LicenceExtended {
        application: application(3),
        licence: licence(1),
        valid_until_on: day("2033-01-01")
    }));
    assert!(!next(LicenceDeregistered { licence: licence(2) }), "unknown");
}
