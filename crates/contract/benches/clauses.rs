//! How long the clause check takes on a contract of 6,000 characters (budget 5 ms).

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// Real clauses, fair and unfair, as paragraphs up to a length.
fn contract_of(characters: usize) -> String {
    let lines = include_str!("../data/clauses/train.tsv").lines().skip(1);
    let clauses = lines.filter_map(|line| line.rsplit('\t').next());
    let text: String = clauses.enumerate().map(|(n, clause)| format!("{}、{clause}。\n", n + 1)).collect();
    text.chars().cycle().take(characters).collect()
}

fn clauses(c: &mut Criterion) {
    let mut group = c.benchmark_group("clauses");
    for characters in [600, 6_000, 60_000] {
        let text = contract_of(characters);
        group.throughput(Throughput::Elements(u64::try_from(characters).unwrap_or(0)));
        group.bench_function(format!("check/{characters}"), |b| b.iter(|| contract::clauses::check(black_box(&text))));
    }
    // No punctuation at all, and one word over and over.
    let text = "不退费".repeat(2_000);
    group.bench_function("check/6000 hostile", |b| b.iter(|| contract::clauses::check(black_box(&text))));
    group.finish();
}

criterion_group!(benches, clauses);
criterion_main!(benches);
