//! Payments through the writer, durability on: closed loop, each caller pays again as soon as it is
//! answered, for any of 1,000 contracts. `TEST_POSTGRES=durable cargo bench -p app` has PostgreSQL too.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a bench that cannot go on stops")]

#[path = "../tests/it/common.rs"]
#[expect(dead_code, reason = "shared with the tests, which use all of it")]
mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use app::{Call, Key};
use common::{World, bank};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use kernel::ContractId;
use serde_json::json;
use tokio::task::JoinSet;

const CONTRACTS: u32 = 1_000;
const CALLERS: [u64; 4] = [1, 16, 64, 256];

/// `count` payments by `callers`, numbered on from `numbers`.
async fn pay(world: &Arc<World>, contracts: &Arc<[ContractId]>, numbers: &Arc<AtomicU64>, callers: u64, count: u64) {
    let left = Arc::new(AtomicU64::new(count));
    let mut tasks = JoinSet::new();
    for _ in 0..callers {
        let (world, contracts, numbers, left) =
            (Arc::clone(world), Arc::clone(contracts), Arc::clone(numbers), Arc::clone(&left));
        tasks.spawn(async move {
            let bank = bank();
            let actor = bank.actor();
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
                let number = numbers.fetch_add(1, Ordering::Relaxed);
                // Steps of a prime through the contracts: every batch meets other rows.
                let contract = contracts[usize::try_from(number * 7_919).unwrap() % contracts.len()];
                let reference = format!("BENCH{number:012}");
                let body = json!({ "bank_reference": reference });
                let key = Key::new(&app::Effects::lookup_key(&*world.effects), &actor, &reference, "bench", &body);
                let now = app::Effects::now(&*world.effects);
                let call = Call { principal: Some(bank.clone()), now, key: Some(key), dry_run: false };
                world.app.submit(&world.ledger, call, world.payment(contract, 1, &reference)).await.unwrap();
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.expect("a caller");
    }
}

fn payments(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let durable = std::env::var("TEST_POSTGRES").as_deref() == Ok("durable");
    let postgres = if durable { testdb::fresh_postgres() } else { None };
    for database in std::iter::once(testdb::sqlite()).chain(postgres) {
        let world = Arc::new(runtime.block_on(World::on(database)));
        let contracts: Arc<[ContractId]> = runtime.block_on(async {
            let institution = world.institution(1).await;
            let course = world.course(institution, "24", 500_000).await;
            let mut contracts = Vec::new();
            for n in 0..CONTRACTS {
                contracts.push(world.contract(institution, course, "24", 500_000, n).await);
            }
            contracts.into()
        });
        let numbers = Arc::new(AtomicU64::new(0));
        let mut group = criterion.benchmark_group(format!("payments, {}", world.app.store().engine()));
        group.sample_size(10).measurement_time(Duration::from_secs(5)).throughput(Throughput::Elements(1));
        for callers in CALLERS {
            group.bench_function(format!("{callers} callers"), |bench| {
                bench.iter_custom(|count| {
                    let began = Instant::now();
                    runtime.block_on(pay(&world, &contracts, &numbers, callers, count));
                    began.elapsed()
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, payments);
criterion_main!(benches);
