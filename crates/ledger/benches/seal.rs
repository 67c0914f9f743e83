//! How long a seal takes: an institution with 10,000 contracts of which a few changed, the proof for
//! one of them, and its check.
#![expect(clippy::expect_used, reason = "a benchmark that cannot go on stops")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kernel::{ContractId, Day, Fen};
use ledger::*;

const CONTRACTS: u64 = 10_000;

fn leaf(n: u64) -> SealLeaf {
    let random = digest(tags::SEAL_BLIND, &n.to_be_bytes());
    SealLeaf {
        blind: random,
        contract: ContractId::new(uuid::Uuid::from_u128(0x0190_b7e2_7b5c_7c00_8000_0000_0000_0000 | u128::from(n))),
        disputed_fen: Fen::ZERO,
        entries: 3 + n % 50,
        hours_left_hundredths: n % 6_000,
        last_leaf: random,
        prepaid_fen: Fen::new(i64::try_from(n % 1_000).unwrap_or_default() * 4_321),
        refund_fen: Fen::ZERO,
    }
}

fn seals(c: &mut Criterion) {
    let on: Day = "2026-11-22".parse().expect("a day");
    let sealed: Vec<Sealed> = (0..CONTRACTS).map(|n| leaf(n).sealed().expect("a leaf")).collect();
    let mut group = c.benchmark_group("seal");
    group.throughput(Throughput::Elements(CONTRACTS));
    group.sample_size(20);
    group.bench_function("leaves_10k", |b| {
        b.iter(|| (0..CONTRACTS).map(|n| leaf(n).sealed().expect("a leaf")).collect::<Vec<_>>())
    });
    group.bench_function("tree_10k", |b| {
        b.iter(|| SealTree::build(on, black_box(&sealed).iter().copied()).expect("a tree").root())
    });
    group.finish();
    let tree = SealTree::build(on, sealed).expect("a tree");
    let one = leaf(4_321);
    c.bench_function("seal_prove_of_10k", |b| b.iter(|| tree.prove(black_box(&one))));
    let total = Fen::new(i64::try_from(tree.root().fen).expect("fen"));
    let seal = DaySealed {
        contracts: CONTRACTS,
        contracts_root: tree.root().hash,
        custody_fen: total,
        disputed_fen: Fen::ZERO,
        hours_left_hundredths: 0,
        payable_fen: Fen::ZERO,
        prepaid_fen: total,
        refund_fen: Fen::ZERO,
        sealed_on: on,
    };
    let proof = tree.prove(&one).expect("a proof");
    c.bench_function("seal_check_of_10k", |b| b.iter(|| black_box(&proof).check(&seal)));
}

criterion_group!(benches, seals);
criterion_main!(benches);
