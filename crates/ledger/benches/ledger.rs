//! How long the bytes take: encode, decode, hash, prove, verify.
#![expect(clippy::expect_used, reason = "a benchmark that cannot go on stops")]

#[expect(dead_code, clippy::unwrap_used, reason = "the tests use more of it, and stop where they cannot go on")]
#[path = "../tests/it/common.rs"]
mod common;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ledger::*;

fn entries(c: &mut Criterion) {
    let chain = common::long(10_000);
    let bytes = chain.entries[6].clone();
    let entry = decode(&bytes).expect("an entry");
    println!("{} of {} bytes", entry.body.entry_type(), bytes.len());
    c.bench_function("encode", |b| b.iter(|| encode(black_box(&entry.header), black_box(&entry.body))));
    c.bench_function("decode", |b| b.iter(|| decode(black_box(&bytes))));
    c.bench_function("leaf_hash", |b| b.iter(|| leaf_hash(black_box(&bytes))));
    c.bench_function("describe", |b| b.iter(|| black_box(&entry.body).describe()));
    let size = chain.frontier.size();
    c.bench_function("inclusion_proof_of_10k", |b| {
        b.iter(|| merkle::inclusion_proof(black_box(4_321), size, &chain.nodes))
    });
    let proof = merkle::inclusion_proof(4_321, size, &chain.nodes).expect("a proof");
    let (leaf, root) = (chain.leaves[4_321], chain.frontier.root());
    c.bench_function("verify_inclusion_of_10k", |b| {
        b.iter(|| merkle::verify_inclusion(black_box(&leaf), 4_321, size, &proof, &root));
    });
    let key = common::key();
    let checkpoint = chain.checkpoint();
    c.bench_function("sign_checkpoint", |b| b.iter(|| key.sign_checkpoint(black_box(&checkpoint))));
    let mut group = c.benchmark_group("stream");
    group.throughput(Throughput::Elements(size));
    group.sample_size(20);
    group.bench_function("verify_10k", |b| b.iter(|| chain.verify()));
    group.finish();
}

/// A whole ledger: on one core, its two halves, and an export on one core and on all.
fn verify(c: &mut Criterion) {
    let chain = common::long(20_000);
    let size = chain.frontier.size();
    let export = chain.export();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let prepared: Vec<Prepared> = chain.entries.iter().map(|entry| Prepared::of(entry)).collect();
    let mut group = c.benchmark_group("verify");
    group.throughput(Throughput::Elements(size));
    group.sample_size(20);
    group.bench_function("ledger_on_one_core", |b| b.iter(|| chain.verify()));
    group.bench_function("hash_and_read", |b| {
        b.iter(|| chain.entries.iter().filter(|entry| Prepared::of(entry).entry().is_some()).count());
    });
    group.bench_function("follow_chains_and_books", |b| {
        b.iter(|| {
            let mut verifier = Verifier::for_log(common::key().verifier());
            prepared.iter().for_each(|prepared| verifier.take(prepared));
            verifier.entries()
        });
    });
    for workers in [1, cores] {
        group.bench_function(format!("export_with_{workers}_workers"), |b| {
            b.iter(|| verify_export_on(workers, export.as_slice(), Some(common::key().verifier()), &[], |_, _| ()));
        });
    }
    group.finish();
}

criterion_group!(benches, entries, verify);
criterion_main!(benches);
