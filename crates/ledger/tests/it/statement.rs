//! Statements show these entries and no others: whatever is left out, changed or moved is found.

use ledger::*;
use proptest::prelude::*;

use crate::common::*;

fn check(statement: &Statement) -> StatementReport {
    statement.verify(Some(key().verifier()), &[])
}

fn refused(statement: &Statement, what: &str) -> InvariantId {
    match check(statement).verdict {
        Verdict::DoesNotHold(finding) => finding.invariant,
        other => panic!("{what}: {other:?}"),
    }
}

fn of_contract(n: u64) -> Statement {
    sealed_story().statement(Subject::Contract(contract(n)))
}

/// A checkpoint of another ledger of the same log.
fn of_contract_before() -> String {
    key().sign_checkpoint(&long(60).checkpoint()).unwrap()
}

fn of_institution(n: u64) -> Statement {
    sealed_story().statement(Subject::Institution(institution(n)))
}

#[test]
fn a_statement_of_a_contract_is_complete_up_to_its_seal() {
    let statement = of_contract(1);
    let report = check(&statement);
    assert_eq!(report.verdict, Verdict::Holds);
    assert_eq!((report.entries.len(), report.after_seal()), (6, 1));
    let complete = report.complete.unwrap();
    assert_eq!((complete.on(), complete.entries), (day("2026-03-03"), 5));
    assert_eq!(report.sealed.unwrap().prepaid_fen.fen(), 325_000);
    let now = report.now.unwrap();
    assert_eq!((now.prepaid_fen.fen(), now.hours_left_hundredths), (325_000, 3_150));
    assert!(report.unchecked.contains(&Unchecked::AfterSeal));
    let text = statement.to_string();
    assert_eq!(text.parse::<Statement>().unwrap(), statement);
    assert_eq!(statement.verify(None, &[]).verdict.exit_code(), 2);
}

#[test]
fn without_a_seal_a_contract_is_not_shown_to_be_complete() {
    let mut chain = long(40);
    let subject = Subject::Contract(contract(2));
    let report = check(&chain.statement(subject));
    assert_eq!(report.verdict, Verdict::CouldNotCheckEverything(vec![Unchecked::NoSeal]));
    chain.days = 1;
    chain.seal(institution(1), "2026-03-01");
    let report = check(&chain.statement(subject));
    assert_eq!((report.verdict.clone(), report.after_seal()), (Verdict::Holds, 0));
    // The seal left out of the file: its place in the one inclusion proof shows it.
    let unsealed = Statement { seal: None, ..chain.statement(subject) };
    assert_eq!(refused(&unsealed, "unsealed"), InvariantId::Tree);
}

#[test]
fn a_statement_of_an_institution_is_its_whole_chain() {
    let statement = of_institution(1);
    let report = check(&statement);
    assert_eq!(report.verdict, Verdict::Holds);
    let complete = report.complete.as_ref().unwrap();
    assert_eq!((complete.on(), complete.seal.contracts), (day("2026-03-03"), 3));
    assert_eq!((report.entries.len(), report.after_seal()), (17, 1));
    assert!(report.unchecked.contains(&Unchecked::AfterLast));
    assert_eq!(check(&of_institution(2)).verdict, Verdict::Holds);
}

/// Each entry left out, changed, doubled, or moved one place.
#[test]
fn every_change_of_an_entry_is_found() {
    for good in [of_contract(1), of_contract(2), of_institution(1), of_institution(2)] {
        let n = good.entries.len();
        for i in 0..n {
            let mut bad = good.clone();
            bad.entries.remove(i);
            refused(&bad, "left out");
            let mut bad = good.clone();
            let entry = bad.entries[i].clone();
            bad.entries.insert(i, entry);
            refused(&bad, "doubled");
            for j in i + 1..n {
                let mut bad = good.clone();
                bad.entries.swap(i, j);
                refused(&bad, "swapped");
            }
            for at in [10, good.entries[i].len() / 2, good.entries[i].len() - 20] {
                let mut bad = good.clone();
                bad.entries[i][at] ^= 1;
                refused(&bad, "changed");
            }
        }
        for i in 0..good.hashes.len() {
            let mut bad = good.clone();
            bad.hashes[i] = Hash::ZERO;
            assert_eq!(refused(&bad, "hash"), InvariantId::Tree);
            let mut bad = good.clone();
            bad.hashes.remove(i);
            assert_eq!(refused(&bad, "hash"), InvariantId::Tree);
        }
    }
}

/// A server that makes the inclusion proof anew for what it shows can hide nothing that the seal
/// counted, whichever entry it leaves out; after the seal it can, and the report says so.
#[test]
fn what_the_seal_counted_cannot_be_left_out_by_anybody() {
    let chain = sealed_story();
    for n in 1..=3 {
        let good = chain.statement(Subject::Contract(contract(n)));
        let counted = check(&good).complete.unwrap().entries;
        for i in 0..good.entries.len() {
            let mut bad = good.clone();
            bad.entries.remove(i);
            let seqs = bad.entries.iter().chain(bad.seal.iter().map(|seal| &seal.entry));
            let mut seqs: Vec<u64> = seqs.map(|bytes| decode(bytes).unwrap().header.seq).collect();
            seqs.sort_unstable();
            bad.hashes = ProofPlan::inclusion_of(&seqs, chain.frontier.size()).unwrap().build(&chain.nodes).unwrap();
            if u64::try_from(i).unwrap() < counted {
                assert_eq!(refused(&bad, "hidden"), InvariantId::ContractSequence);
            } else {
                assert!(check(&bad).unchecked.contains(&Unchecked::AfterSeal));
            }
        }
    }
}

#[test]
fn a_statement_is_of_whom_it_says() {
    let other = Subject::Contract(contract(2));
    assert_eq!(refused(&Statement { subject: other, ..of_contract(1) }, "other"), InvariantId::Statement);
    let other = Subject::Institution(institution(2));
    assert_eq!(refused(&Statement { subject: other, ..of_institution(1) }, "other"), InvariantId::Statement);
    assert_eq!(refused(&Statement { entries: Vec::new(), ..of_contract(1) }, "none"), InvariantId::Statement);
    assert_eq!(refused(&Statement { entries: Vec::new(), ..of_institution(1) }, "none"), InvariantId::Statement);
    // The seal of the other contract, or of the other institution.
    let borrowed = Statement { seal: of_contract(2).seal, ..of_contract(1) };
    assert_eq!(refused(&borrowed, "borrowed"), InvariantId::Seal);
    let log = LogKey::from_seed(ORIGIN, &[8; 32]).unwrap();
    let forged = Statement { log: log.verifier().clone(), ..of_contract(1) };
    assert_eq!(refused(&forged, "key"), InvariantId::Signature);
    let older = Statement { checkpoint: of_contract_before(), ..of_contract(1) };
    assert_eq!(refused(&older, "checkpoint"), InvariantId::Tree);
}

#[test]
fn statement_files_have_one_form() {
    let text = of_contract(1).to_string();
    for (from, to) in [
        ("tutela-statement/v1", "tutela-statement/v2"),
        ("\ncontract ", "\nperson "),
        ("\nentry ", "\nentry  "),
        ("\nhash ", "\nhesh "),
        ("\nseal ", "\nsael "),
        ("\n\n", "\n"),
    ] {
        assert!(text.replacen(from, to, 1).parse::<Statement>().is_err(), "{from}");
    }
    // Members have their order: a hash before the entries is no statement.
    assert!(text.replacen("\nentry ", "\nhash AAAA\nentry ", 1).parse::<Statement>().is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// One proof for many leaves is what single proofs are, for any leaves of any tree.
    #[test]
    fn one_proof_for_many(size in 1..200_u64, picks in proptest::collection::btree_set(0..200_u64, 0..40), lie in any::<prop::sample::Index>()) {
        let mut small = Chain::new();
        (0..size).for_each(|n| small.append(n.to_be_bytes().to_vec()));
        let indices: Vec<u64> = picks.into_iter().filter(|&index| index < size).collect();
        let leaves: Vec<(u64, Hash)> =
            indices.iter().map(|&index| (index, small.leaves[usize::try_from(index).unwrap()])).collect();
        let root = small.frontier.root();
        let proof = ProofPlan::inclusion_of(&indices, size).unwrap().build(&small.nodes).unwrap();
        prop_assert_eq!(merkle::verify_inclusion_of(&leaves, size, &proof, &root), Ok(()));
        if let [(index, leaf)] = leaves[..] {
            let single = merkle::inclusion_proof(index, size, &small.nodes).unwrap();
            prop_assert_eq!(single.len(), proof.len());
            prop_assert_eq!(merkle::verify_inclusion(&leaf, index, size, &single, &root), Ok(()));
        }
        prop_assert!(merkle::verify_inclusion_of(&leaves, size, &[proof.clone(), vec![Hash::ZERO]].concat(), &root).is_err());
        if !leaves.is_empty() {
            let mut lied = leaves.clone();
            let at = lie.index(lied.len());
            lied[at].1 = Hash::ZERO;
            prop_assert!(merkle::verify_inclusion_of(&lied, size, &proof, &root).is_err());
        }
    }
}

#[test]
fn one_proof_needs_ascending_places_in_the_tree() {
    for bad in [&[1, 1][..], &[2, 1], &[5]] {
        assert!(ProofPlan::inclusion_of(bad, 5).is_err());
    }
}
