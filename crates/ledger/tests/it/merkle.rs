//! The tree against its definition, against another implementation, and against itself.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ledger::merkle::*;
use ledger::*;
use proptest::prelude::*;
use sha2::Sha256;
use std::collections::HashMap;

fn leaf(n: u64) -> Vec<u8> {
    n.to_be_bytes().to_vec()
}

fn tree(size: u64) -> (Frontier, HashMap<Node, Hash>) {
    let mut nodes = HashMap::new();
    let mut frontier = Frontier::new();
    for n in 0..size {
        frontier.push_with(leaf_hash(&leaf(n)), |node, hash| {
            assert!(nodes.insert(node, hash).is_none());
        });
    }
    (frontier, nodes)
}

/// RFC 6962, 2.1, word for word.
fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => hash::empty_root(),
        [one] => *one,
        many => {
            let k = many.len().next_power_of_two() / 2;
            hash::node_hash(&root(&many[..k]), &root(&many[k..]))
        }
    }
}

#[test]
fn frontier_has_the_root_of_the_definition() {
    let leaves: Vec<Hash> = (0..130).map(|n| leaf_hash(&leaf(n))).collect();
    let mut frontier = Frontier::new();
    for n in 0..=130 {
        assert_eq!(frontier.root(), root(&leaves[..n]));
        assert_eq!(Frontier::from_bytes(&frontier.to_bytes()), Ok(frontier.clone()));
        if let Some(&next) = leaves.get(n) {
            frontier.push(next);
        }
    }
    for bad in [vec![], vec![0; 7], vec![0; 40], vec![1; 8], [frontier.to_bytes(), vec![0]].concat()] {
        assert_eq!(Frontier::from_bytes(&bad), Err(MerkleError::NotAFrontier));
    }
}

#[test]
fn all_inclusion_proofs_up_to_70() {
    let (_, nodes) = tree(70);
    for size in 1..=70 {
        let (frontier, _) = tree(size);
        let root = frontier.root();
        for index in 0..size {
            let proof = inclusion_proof(index, size, &nodes).unwrap();
            let hash = leaf_hash(&leaf(index));
            assert_eq!(verify_inclusion(&hash, index, size, &proof, &root), Ok(()));
            for other in (0..size + 2).filter(|&other| other != index) {
                assert!(verify_inclusion(&hash, other, size, &proof, &root).is_err());
            }
            assert!(verify_inclusion(&leaf_hash(b"x"), index, size, &proof, &root).is_err());
            for i in 0..proof.len() {
                let mut broken = proof.clone();
                broken.remove(i);
                assert!(verify_inclusion(&hash, index, size, &broken, &root).is_err());
                broken = proof.clone();
                broken[i] = Hash::ZERO;
                assert!(verify_inclusion(&hash, index, size, &broken, &root).is_err());
            }
            let long = [proof, vec![Hash::ZERO]].concat();
            assert!(verify_inclusion(&hash, index, size, &long, &root).is_err());
        }
        assert_eq!(inclusion_proof(size, size, &nodes), Err(MerkleError::OutsideTree { index: size, size }));
    }
}

#[test]
fn all_consistency_proofs_up_to_70() {
    let (_, nodes) = tree(70);
    let roots: Vec<Hash> = (0..=70).map(|size| tree(size).0.root()).collect();
    let at = |size: u64| &roots[usize::try_from(size).unwrap()];
    for new in 1..=70 {
        for old in 1..=new {
            let proof = consistency_proof(old, new, &nodes).unwrap();
            assert_eq!(verify_consistency(old, at(old), new, at(new), &proof), Ok(()), "{old} {new}");
            assert!(verify_consistency(old, &Hash::ZERO, new, at(new), &proof).is_err());
            assert!(verify_consistency(old, at(old), new, &Hash::ZERO, &proof).is_err());
            assert!(verify_consistency(old, at(old), new, at(new), &[proof, vec![Hash::ZERO]].concat()).is_err());
        }
        assert!(consistency_proof(0, new, &nodes).is_err());
        assert!(consistency_proof(new + 1, new, &nodes).is_err());
    }
    assert_eq!(verify_consistency(0, at(0), 0, at(0), &[]), Ok(()));
}

fn oracle(size: u64) -> MemoryBackedTree<Sha256, Vec<u8>> {
    let mut tree = MemoryBackedTree::new();
    (0..size).for_each(|n| tree.push(leaf(n)));
    tree
}

fn bytes(proof: &[Hash]) -> Vec<u8> {
    proof.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn another_implementation_agrees(size in 2_u64..3_000, a in any::<u64>(), b in any::<u64>()) {
        let (frontier, nodes) = tree(size);
        let theirs = oracle(size);
        prop_assert_eq!(frontier.root().as_bytes().to_vec(), theirs.root().as_bytes().to_vec());
        let index = a % size;
        let proof = inclusion_proof(index, size, &nodes).unwrap();
        prop_assert_eq!(bytes(&proof), theirs.prove_inclusion(usize::try_from(index).unwrap()).as_bytes().to_vec());
        let old = 1 + b % (size - 1);
        let proof = consistency_proof(old, size, &nodes).unwrap();
        prop_assert_eq!(bytes(&proof), theirs.prove_consistency(usize::try_from(size - old).unwrap()).as_bytes().to_vec());
    }

    #[test]
    fn plans_of_huge_trees_ask_for_full_subtrees_only(size in 2_u64..1 << 40, a in any::<u64>(), b in any::<u64>()) {
        let old = 1 + b % (size - 1);
        for plan in [ProofPlan::inclusion(a % size, size).unwrap(), ProofPlan::consistency(old, size).unwrap()] {
            for node in plan.nodes() {
                prop_assert!((node.index + 1) << node.level <= size);
            }
            prop_assert!(plan.nodes().count() <= 100);
        }
    }
}

#[test]
fn a_missing_hash_is_named() {
    let (_, mut nodes) = tree(8);
    let node = Node { level: 1, index: 1 };
    nodes.remove(&node);
    assert_eq!(inclusion_proof(0, 8, &nodes), Err(MerkleError::MissingNode(node)));
}
