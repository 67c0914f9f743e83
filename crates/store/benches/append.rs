//! The writer's work on the database, durability on: batches of 512 entries with one institution and
//! 512 contracts of one lot each, read and written. `TEST_POSTGRES=durable cargo bench -p store` has
//! PostgreSQL too.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on stops")]

#[path = "../tests/store/samples.rs"]
#[expect(dead_code, reason = "shared with the tests, which use all of it")]
mod samples;

use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use escrow::Account;
use samples::{account, entry, head, institution, ledger};
use store::*;
use testdb::TestDatabase;

const BATCH: u64 = 512;

/// An entry as long as a real one: about 700 bytes.
fn long_entry(seq: u64) -> EntryRow {
    let mut row = entry(seq);
    row.institution = Some((institution(1).id, seq + 1));
    row.contract = Some((account(seq % BATCH).terms.id, seq / BATCH + 1));
    row.bytes.resize(700, b'x');
    row
}

struct Bench {
    store: Store,
    accounts: Vec<Account>,
    size: u64,
}

impl Bench {
    async fn open(db: &TestDatabase) -> Bench {
        let store = Store::connect(&db.url).await.unwrap();
        let mut accounts: Vec<Account> = (0..BATCH).map(account).collect();
        accounts.iter_mut().for_each(|account| account.lots.truncate(1));
        let tx = store.begin().await.unwrap();
        ledger_open(&tx, &head()).await.unwrap();
        institution_save(&tx, &ledger(), &[&institution(1)]).await.unwrap();
        account_save(&tx, &ledger(), &accounts.iter().collect::<Vec<_>>()).await.unwrap();
        tx.commit().await.unwrap();
        Bench { store, accounts, size: 0 }
    }

    /// One batch of the writer; the time of each part is added to `parts`.
    async fn batch(&mut self, parts: &mut [Duration; 5]) {
        let l = ledger();
        let entries: Vec<EntryRow> = (self.size..self.size + BATCH).map(long_entry).collect();
        let ids: Vec<_> = self.accounts.iter().map(|a| a.terms.id).collect();
        let mut last = Instant::now();
        let mut lap = |part: usize| {
            parts[part] += last.elapsed();
            last = Instant::now();
        };
        let tx = self.store.begin().await.unwrap();
        let old = head_lock(&tx, &l).await.unwrap().unwrap();
        lap(0);
        assert_eq!(account_load(&tx, &l, &ids).await.unwrap().len(), ids.len());
        lap(1);
        entries_append(&tx, &l, &entries).await.unwrap();
        lap(2);
        institution_save(&tx, &l, &[&institution(1)]).await.unwrap();
        account_save(&tx, &l, &self.accounts.iter().collect::<Vec<_>>()).await.unwrap();
        lap(3);
        let new = Head { size: self.size + BATCH, ..old.clone() };
        assert!(head_advance(&tx, &new, old.mark()).await.unwrap());
        tx.commit().await.unwrap();
        lap(4);
        self.size += BATCH;
    }
}

fn append(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let durable = std::env::var("TEST_POSTGRES").as_deref() == Ok("durable");
    let postgres = if durable { testdb::fresh_postgres() } else { None };
    for db in std::iter::once(testdb::sqlite()).chain(postgres) {
        let mut bench = runtime.block_on(Bench::open(&db));
        let mut group = criterion.benchmark_group("batch of 512 entries and contracts");
        group.throughput(Throughput::Elements(BATCH)).sample_size(20).measurement_time(Duration::from_secs(8));
        let mut parts = [Duration::ZERO; 5];
        group.bench_function(bench.store.engine().to_string(), |b| {
            b.iter_custom(|iterations| {
                runtime.block_on(async {
                    let mut spent = Duration::ZERO;
                    for _ in 0..iterations {
                        let mut of_batch = [Duration::ZERO; 5];
                        bench.batch(&mut of_batch).await;
                        spent += of_batch.iter().sum::<Duration>();
                        parts.iter_mut().zip(of_batch).for_each(|(all, one)| *all += one);
                    }
                    spent
                })
            });
        });
        group.finish();
        let total: Duration = parts.iter().sum();
        println!("  {} batches", bench.size / BATCH);
        if total.is_zero() {
            continue;
        }
        for (name, part) in ["begin, head", "load", "entries", "upserts", "head, commit"].iter().zip(parts) {
            println!("  {name}: {:.0} %", part.as_secs_f64() / total.as_secs_f64() * 100.0);
        }
        runtime.block_on(bench.store.close()).unwrap();
    }
}

criterion_group!(benches, append);
criterion_main!(benches);
