//! Seals: what they state is what the entries leave, and each family's balance is counted in them.

use kernel::{Day, Fen};
use ledger::seal::{SumNode, blind};
use ledger::*;
use proptest::prelude::*;

use crate::common::*;

fn says(chain: &Chain) -> InvariantId {
    match chain.verify().verdict() {
        Verdict::DoesNotHold(finding) => finding.invariant,
        other => panic!("{other:?}"),
    }
}

fn before_the_last_seal() -> (Chain, DaySealed) {
    let mut c = sealed_story();
    let seal = c.entries.iter().rev().find_map(|bytes| match decode(bytes).unwrap().body {
        Body::DaySealed(seal) => Some(seal),
        _ => None,
    });
    c.days = 4;
    (c, seal.unwrap())
}

/// One member changed at a time, and everything else made to fit as far as it can be.
#[test]
fn a_seal_that_states_anything_else_is_found() {
    let (mut c, _) = before_the_last_seal();
    let a = institution(1);
    let good = c.books().seal(a, day("2026-03-04")).unwrap();
    let one = |fen: Fen| fen.checked_add(Fen::new(1)).unwrap();
    let bad: Vec<DaySealed> = vec![
        DaySealed { contracts: good.contracts + 1, ..good.clone() },
        DaySealed { contracts_root: Hash::ZERO, ..good.clone() },
        DaySealed { hours_left_hundredths: good.hours_left_hundredths + 1, ..good.clone() },
        DaySealed { custody_fen: one(good.custody_fen), prepaid_fen: one(good.prepaid_fen), ..good.clone() },
        DaySealed { custody_fen: one(good.custody_fen), payable_fen: one(good.payable_fen), ..good.clone() },
        DaySealed { prepaid_fen: one(good.prepaid_fen), payable_fen: Fen::new(14_999), ..good.clone() },
        // Not later than the last one; not over when it was recorded.
        DaySealed { sealed_on: day("2026-03-03"), ..good.clone() },
        DaySealed { sealed_on: day("2026-03-05"), ..good.clone() },
    ];
    for seal in bad {
        let mut c = sealed_story();
        c.days = 4;
        c.push(Some(a), seal.clone());
        assert_eq!(says(&c), InvariantId::Seal, "{seal:?}");
    }
    // What is owed and what is there must agree in the entry itself.
    let header = c.header(Some(a), false);
    let uncovered = DaySealed { custody_fen: one(good.custody_fen), ..good.clone() };
    assert_eq!(encode(&header, &uncovered.into()), Err(EntryError::Range { key: "custody_fen" }));
    c.push(Some(a), good);
    assert_eq!(c.verify().verdict(), Verdict::Holds);
}

#[test]
fn an_institution_without_contracts_can_be_sealed() {
    let mut c = Chain::new();
    c.push(None, opened());
    c.push(Some(institution(1)), registered(1));
    c.days = 1;
    c.seal(institution(1), "2026-03-01");
    assert_eq!(c.verify().verdict(), Verdict::Holds);
}

#[test]
fn every_family_can_prove_its_balance() {
    let c = sealed_story();
    let known = key();
    for n in 1..=4 {
        let file = c.balance(contract(n)).to_string();
        let report = file.parse::<SealedBalance>().unwrap().verify(Some(known.verifier()), &[]);
        assert_eq!(report.verdict, Verdict::Holds, "{file}");
        let stated = report.sealed.unwrap();
        assert_eq!(stated.contract, contract(n));
        let expected = match n {
            1 => (325_000, 0, 5, 3_250),
            2 => (320_000, 20_000, 5, 3_200),
            _ => (340_000, 0, 3, 3_400),
        };
        let actual =
            (stated.prepaid_fen.fen(), stated.disputed_fen.fen(), stated.entries, stated.hours_left_hundredths);
        assert_eq!(actual, expected);
        // With the key in the file alone it is never enough.
        let alone = file.parse::<SealedBalance>().unwrap().verify(None, &[]);
        assert_eq!(alone.verdict.exit_code(), 2);
    }
}

/// Every line of a balance file changed in every way that leaves it a file.
#[test]
fn another_balance_cannot_be_proved() {
    let c = sealed_story();
    let known = key();
    let good = c.balance(contract(2));
    let refused = |bad: &SealedBalance, what: &str| {
        let report = bad.verify(Some(known.verifier()), &[]);
        assert!(matches!(report.verdict, Verdict::DoesNotHold(_)), "{what}: {bad}");
        assert!(report.sealed.is_none());
    };
    let leaf = SealLeaf::read(&good.seal.proof.leaf).unwrap();
    let one = Fen::new(1);
    let leaves = [
        SealLeaf { prepaid_fen: leaf.prepaid_fen.checked_add(one).unwrap(), ..leaf.clone() },
        SealLeaf { disputed_fen: Fen::new(19_999), prepaid_fen: Fen::new(320_001), ..leaf.clone() },
        SealLeaf { refund_fen: one, ..leaf.clone() },
        SealLeaf { entries: leaf.entries - 1, ..leaf.clone() },
        SealLeaf { hours_left_hundredths: leaf.hours_left_hundredths + 1, ..leaf.clone() },
        SealLeaf { last_leaf: Hash::ZERO, ..leaf.clone() },
        SealLeaf { contract: contract(1), ..leaf.clone() },
        SealLeaf { blind: Hash::ZERO, ..leaf.clone() },
    ];
    for leaf in leaves {
        let mut bad = good.clone();
        bad.seal.proof.leaf = leaf.bytes();
        refused(&bad, "leaf");
    }
    for path in 0..2 {
        for step in 0..good.seal.proof.paths[path].steps.len() {
            let mut bad = good.clone();
            let node = &mut bad.seal.proof.paths[path].steps[step];
            *node = SumNode { fen: node.fen + 1, ..*node };
            refused(&bad, "sum of a step");
            let mut bad = good.clone();
            bad.seal.proof.paths[path].steps[step].hash = Hash::ZERO;
            refused(&bad, "hash of a step");
            let mut bad = good.clone();
            bad.seal.proof.paths[path].steps.remove(step);
            refused(&bad, "a step less");
        }
        let mut bad = good.clone();
        let step = bad.seal.proof.paths[path].steps[0];
        bad.seal.proof.paths[path].steps.push(step);
        refused(&bad, "a step more");
        for index in [0, 5, 6, u64::MAX] {
            let mut bad = good.clone();
            if bad.seal.proof.paths[path].index != index {
                bad.seal.proof.paths[path].index = index;
                refused(&bad, "another place");
            }
        }
    }
    let mut twice = good.clone();
    twice.seal.proof.paths[1] = twice.seal.proof.paths[0].clone();
    refused(&twice, "one share twice");
    let mut other_day = good.clone();
    other_day.seal.entry = c.sealed(contract(4)).unwrap().1.entry;
    refused(&other_day, "another seal");
    let mut unsealed = good.clone();
    unsealed.seal.entry = c.entries[5].clone();
    refused(&unsealed, "no seal");
}

#[test]
fn balance_files_have_one_form() {
    let text = sealed_story().balance(contract(2)).to_string();
    assert_eq!(text.parse::<SealedBalance>().unwrap().to_string(), text);
    for (from, to) in [
        ("tutela-balance/v1", "tutela-balance/v2"),
        ("leaf ", "leave "),
        ("\nstep ", "\nstep 0"),
        ("\npath ", "\npath -"),
        ("seal ", "seal *"),
        ("c2sp.org", "c3sp.org"),
    ] {
        assert!(text.replacen(from, to, 1).parse::<SealedBalance>().is_err(), "{from}");
    }
    // A leaf spelled in another way is no leaf.
    let mut spaced = sealed_story().balance(contract(2));
    spaced.seal.proof.leaf.push(b' ');
    assert!(matches!(spaced.verify(None, &[]).verdict, Verdict::DoesNotHold(f) if f.invariant == InvariantId::File));
}

/// A proof shows of others two random shares and sums of them, nothing that names or repeats.
#[test]
fn what_a_proof_shows_of_others_changes_every_day() {
    let leaf = SealLeaf::read(&sealed_story().balance(contract(1)).seal.proof.leaf).unwrap();
    let sealed = leaf.sealed().unwrap();
    let [a, b] = sealed.shares(day("2026-03-01")).unwrap();
    let [c, d] = sealed.shares(day("2026-03-02")).unwrap();
    assert_eq!(a.fen + b.fen, c.fen + d.fen);
    assert!(a.fen != c.fen && ![c.hash, d.hash].contains(&a.hash));
    let s = signed(1);
    assert_eq!(leaf.blind, blind(s.contract, s.guardian, s.pupil, &s.document));
    assert_ne!(leaf.blind, blind(s.contract, s.guardian, s.guardian, &s.document));
}

fn leaves() -> impl Strategy<Value = Vec<SealLeaf>> {
    let one = (0..4_000_000_i64, 0..400_000_i64, 0..400_000_i64, 0..10_000_u64, 2..500_u64, any::<[u8; 32]>());
    proptest::collection::vec(one, 0..70).prop_map(|all| {
        (0..)
            .zip(all)
            .map(|(n, (prepaid, disputed, refund, hours, entries, random))| SealLeaf {
                blind: Hash::new(random),
                contract: contract(n),
                disputed_fen: Fen::new(disputed),
                entries,
                hours_left_hundredths: hours,
                last_leaf: leaf_hash(&random),
                prepaid_fen: Fen::new(prepaid),
                refund_fen: Fen::new(refund),
            })
            .collect()
    })
}

fn seal_of(leaves: &[SealLeaf], on: Day) -> (SealTree, DaySealed) {
    let tree = SealTree::build(on, leaves.iter().map(|leaf| leaf.sealed().unwrap())).unwrap();
    let sum = |of: fn(&SealLeaf) -> Fen| Fen::try_sum(leaves.iter().map(of)).unwrap();
    let (prepaid_fen, disputed_fen, refund_fen) =
        (sum(|leaf| leaf.prepaid_fen), sum(|leaf| leaf.disputed_fen), sum(|leaf| leaf.refund_fen));
    let seal = DaySealed {
        contracts: u64::try_from(leaves.len()).unwrap(),
        contracts_root: tree.root().hash,
        custody_fen: Fen::try_sum([prepaid_fen, disputed_fen, refund_fen]).unwrap(),
        disputed_fen,
        hours_left_hundredths: 0,
        payable_fen: Fen::ZERO,
        prepaid_fen,
        refund_fen,
        sealed_on: on,
    };
    (tree, seal)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The sum at the root is the sum of all balances; every contract has a proof, in whatever order
    /// they come; with a fen more or less in the total none of them holds.
    #[test]
    fn sums_are_those_of_the_leaves(mut leaves in leaves(), other in 1..1_000_i64) {
        let on = day("2026-03-01");
        let (tree, seal) = seal_of(&leaves, on);
        let total: u64 = leaves.iter().map(|leaf| u64::try_from(leaf.balance().unwrap().fen()).unwrap()).sum();
        prop_assert_eq!(tree.root().fen, total);
        let less = DaySealed { prepaid_fen: Fen::new(seal.prepaid_fen.fen() - other), ..seal.clone() };
        for leaf in &leaves {
            let proof = tree.prove(leaf).unwrap();
            prop_assert_eq!(proof.check(&seal), Ok(leaf.clone()));
            prop_assert!(proof.check(&less).is_err());
            let changed = SealLeaf { prepaid_fen: Fen::new(leaf.prepaid_fen.fen() + other), ..leaf.clone() };
            prop_assert!(tree.prove(&changed).is_none());
            let forged = SealProof { leaf: changed.bytes(), ..proof };
            prop_assert!(forged.check(&seal).is_err());
        }
        leaves.reverse();
        prop_assert_eq!(seal_of(&leaves, on).0.root(), tree.root());
    }

    /// A tree that leaves a family out, or counts less of its balance, cannot satisfy it.
    #[test]
    fn a_smaller_total_leaves_somebody_out(leaves in leaves(), victim in any::<prop::sample::Index>()) {
        prop_assume!(leaves.len() > 1);
        let on = day("2026-03-01");
        let mut fewer = leaves.clone();
        let victim = fewer.remove(victim.index(leaves.len()));
        let (tree, seal) = seal_of(&fewer, on);
        prop_assert!(tree.prove(&victim).is_none());
        // The proof of the honest tree does not lead to this root.
        let (honest, _) = seal_of(&leaves, on);
        prop_assert!(honest.prove(&victim).unwrap().check(&seal).is_err());
    }
}

#[test]
fn sums_do_not_wrap() {
    let leaf = SealLeaf::read(&sealed_story().balance(contract(1)).seal.proof.leaf).unwrap();
    let huge = Sealed { core: Hash::ZERO, balance: Fen::new(i64::MAX) };
    let more = leaf.sealed().unwrap();
    assert_eq!(SealTree::build(day("2026-03-01"), [huge, more]).err(), Some(SealError::Amount));
    let negative = SealLeaf { prepaid_fen: Fen::new(-1), ..leaf };
    assert_eq!(negative.sealed(), Err(SealError::Amount));
    assert_eq!(SealLeaf::read(&negative.bytes()), Err(SealError::Amount));
}
