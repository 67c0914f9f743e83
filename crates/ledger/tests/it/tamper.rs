//! The verifier names the first entry that fails and counts the rest.

use ledger::*;

use crate::common::{Chain, key, long};

fn run(entries: &[Vec<u8>], last: &Checkpoint) -> Report {
    let mut verifier = Verifier::for_log(key().verifier());
    entries.iter().for_each(|bytes| {
        verifier.feed(bytes);
    });
    verifier.finish(Some(last))
}

fn first(report: &Report) -> (Option<u64>, InvariantId) {
    match report.verdict() {
        Verdict::DoesNotHold(finding) => (finding.seq, finding.invariant),
        other => panic!("{other:?}"),
    }
}

fn base() -> Chain {
    long(60)
}

#[test]
fn untouched_holds() {
    let chain = base();
    assert_eq!(run(&chain.entries, &chain.checkpoint()).verdict(), Verdict::Holds);
}

#[test]
fn a_changed_entry_is_named() {
    let chain = base();
    for i in 0..chain.entries.len() - 1 {
        let mut entries = chain.entries.clone();
        let text = String::from_utf8(entries[i].clone()).unwrap();
        entries[i] = text.replacen("0190b7e2", "0190b7e3", 1).into_bytes();
        if entries[i] == chain.entries[i] {
            entries[i] = text.replacen("2026-03-01", "2026-03-02", 1).into_bytes();
        }
        let report = run(&entries, &chain.checkpoint());
        let (seq, invariant) = first(&report);
        let at = u64::try_from(i).unwrap();
        // Changed ids also break the replay of the entry itself; otherwise the link behind it does.
        assert_eq!(seq, Some(at), "{i}: {invariant}");
    }
}

#[test]
fn the_last_entry_is_held_by_the_checkpoint() {
    let chain = base();
    let mut entries = chain.entries.clone();
    let last = entries.last_mut().unwrap();
    *last = String::from_utf8(last.clone()).unwrap().replace("\"by\":\"guardian\"", "\"by\":\"silence\"").into_bytes();
    let at = chain.frontier.size() - 1;
    assert_eq!(first(&run(&entries, &chain.checkpoint())), (Some(at), InvariantId::Tree));
}

#[test]
fn deleted_reordered_repeated_and_cut() {
    let chain = base();
    let mut entries = chain.entries.clone();
    entries.remove(20);
    assert_eq!(first(&run(&entries, &chain.checkpoint())), (Some(20), InvariantId::Sequence));
    let mut entries = chain.entries.clone();
    entries.swap(20, 21);
    assert_eq!(first(&run(&entries, &chain.checkpoint())), (Some(20), InvariantId::Sequence));
    let mut entries = chain.entries.clone();
    entries.insert(20, entries[19].clone());
    assert_eq!(first(&run(&entries, &chain.checkpoint())), (Some(20), InvariantId::Sequence));
    let cut = &chain.entries[..40];
    assert_eq!(first(&run(cut, &chain.checkpoint())), (Some(40), InvariantId::Length));
    let garbage = [chain.entries.clone(), vec![b"{}".to_vec()]].concat();
    assert_eq!(first(&run(&garbage, &chain.checkpoint())).1, InvariantId::Canonical);
}

#[test]
fn the_rest_is_counted_and_the_books_stop() {
    let chain = base();
    let mut entries = chain.entries.clone();
    for i in [10, 20, 30] {
        entries[i].push(b' ');
    }
    let report = run(&entries, &chain.checkpoint());
    assert_eq!(first(&report), (Some(10), InvariantId::Canonical));
    // Each of the three, and for each the next entry, whose link does not fit any more.
    assert_eq!(report.failed_entries, 6);
    assert_eq!(report.entries, chain.frontier.size());
    assert!(report.unchecked.contains(&Unchecked::BooksAfterFailure));
    let flood: Vec<Vec<u8>> = (0..500).map(|_| b"x".to_vec()).collect();
    let report = run(&flood, &chain.checkpoint());
    assert_eq!(report.findings.len(), verify::FINDINGS_KEPT);
    assert_eq!(report.failed_entries, 500);
}

#[test]
fn a_forger_who_rehashes_everything_needs_the_key() {
    // A complete, consistent chain in which one payment is larger: only the checkpoint tells.
    let chain = base();
    let mut forged = Chain::new();
    for bytes in &chain.entries {
        let Entry { mut header, mut body } = decode(bytes).unwrap();
        if let Body::LessonConfirmed(d) = &mut body {
            d.by = ConfirmedBy::Silence;
        }
        header.prev = forged.leaves.last().copied().unwrap_or(Hash::ZERO);
        if let Some(link) = &mut header.institution {
            link.prev = forged.institutions.get(&link.institution).map_or(Hash::ZERO, |(_, hash)| *hash);
        }
        let bytes = encode(&header, &body).unwrap();
        if let Some(link) = header.institution {
            forged.institutions.insert(link.institution, (link.seq, leaf_hash(&bytes)));
        }
        forged.append(bytes);
    }
    assert_eq!(forged.verify().verdict(), Verdict::Holds);
    assert_eq!(first(&run(&forged.entries, &chain.checkpoint())).1, InvariantId::Tree);
}

/// One header field changed before writing, everything after chained onto it.
fn with_header(change: impl Fn(&mut Header)) -> (Option<u64>, InvariantId) {
    let chain = base();
    let mut out = Chain::new();
    for (i, bytes) in chain.entries.iter().take(10).enumerate() {
        let Entry { mut header, body } = decode(bytes).unwrap();
        header.prev = out.leaves.last().copied().unwrap_or(Hash::ZERO);
        if i == 9 {
            change(&mut header);
        }
        out.append(encode(&header, &body).unwrap());
    }
    first(&run(&out.entries, &out.checkpoint()))
}

#[test]
fn headers_must_fit_what_came_before() {
    let link = |h: &mut Header| h.institution.unwrap();
    assert_eq!(with_header(|h| h.prev = Hash::new([1; 32])), (Some(8), InvariantId::Chain));
    assert_eq!(with_header(|h| h.seq += 1), (Some(9), InvariantId::Sequence));
    assert_eq!(with_header(|h| h.ledger = "330503".parse().unwrap()), (Some(9), InvariantId::OneLedger));
    assert_eq!(
        with_header(|h| h.recorded_at = h.recorded_at.plus_micros(-60_000_123).unwrap()),
        (Some(9), InvariantId::Clock)
    );
    assert_eq!(
        with_header(|h| h.institution = Some(InstitutionLink { seq: 8, ..link(h) })),
        (Some(9), InvariantId::InstitutionChain)
    );
    assert_eq!(
        with_header(|h| h.institution = Some(InstitutionLink { seq: 7, ..link(h) })),
        (Some(9), InvariantId::InstitutionChain)
    );
    let prev = Hash::new([1; 32]);
    assert_eq!(
        with_header(|h| h.institution = Some(InstitutionLink { prev, ..link(h) })),
        (Some(9), InvariantId::InstitutionChain)
    );
}

#[test]
fn the_first_entry_must_name_this_log() {
    let chain = base();
    let stranger = LogKey::from_seed(crate::common::ORIGIN, &[8; 32]).unwrap();
    let mut verifier = Verifier::for_log(stranger.verifier());
    chain.entries.iter().for_each(|bytes| {
        verifier.feed(bytes);
    });
    assert_eq!(first(&verifier.finish(Some(&chain.checkpoint()))), (Some(0), InvariantId::Genesis));
}

#[test]
fn without_a_checkpoint_it_is_not_enough() {
    let mut verifier = Verifier::new();
    base().entries.iter().for_each(|bytes| {
        verifier.feed(bytes);
    });
    let verdict = verifier.finish(None).verdict();
    assert_eq!(verdict, Verdict::CouldNotCheckEverything(vec![Unchecked::Checkpoint]));
}
