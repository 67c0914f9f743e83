//! What an append costs as a ledger grows: payments are made until it has a length, then a while is
//! measured, then on to the next. Beside the clock, which other work on the machine moves, the process
//! is asked for its own time on the processor and the bytes it wrote.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use app::App;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tokio::time::Instant;

use super::{County, Measured, Plan, in_process};
use crate::cli::BenchLoad;

/// Callers while the ledger is made longer.
const FILLERS: u16 = 256;
/// Callers while it is measured.
const CALLERS: u16 = 64;
/// Longest stretch of filling between two looks.
const STRETCH: Duration = Duration::from_secs(20);
/// Inclusion proofs made at each length.
const PROOFS: usize = 500;

/// What was measured at one length.
#[derive(Clone, Debug)]
pub struct Grown {
    /// Entries when it began.
    pub entries: u64,
    /// Payments.
    pub measured: Measured,
    /// Time of this process on the processor per payment, where the system tells it.
    pub processor: Option<Duration>,
    /// Bytes handed to the disk per payment, where the system tells it.
    pub written: Option<u64>,
    /// Memory that is resident, in bytes, where the system tells it.
    pub memory: Option<u64>,
    /// Half of the inclusion proofs of entries drawn at random took at most this.
    pub proof_p50: Duration,
    /// 99 of 100 did.
    pub proof_p99: Duration,
    /// Opening the database, checking what is checked at a start, until writes are taken.
    pub start: Duration,
}

/// Grows the ledger to each length and measures there for `time`. `start` opens the same database as a
/// new process would; `tell` is told the length now and then.
///
/// # Errors
/// A payment that is refused, or trouble of the database.
pub async fn grow(
    app: &Arc<App>,
    county: &County,
    lengths: &[u64],
    time: Duration,
    start: impl AsyncFn() -> anyhow::Result<()>,
    mut tell: impl FnMut(u64),
) -> anyhow::Result<Vec<Grown>> {
    let mut found = Vec::new();
    for &length in lengths {
        loop {
            let size = size(app, county).await?;
            tell(size);
            if size >= length {
                break;
            }
            let plan = Plan { callers: FILLERS, time: STRETCH, load: BenchLoad::Even, first: size, end: length };
            in_process(app, county, plan).await?;
        }
        found.push(at(app, county, time, &start).await?);
    }
    Ok(found)
}

async fn at(
    app: &Arc<App>,
    county: &County,
    time: Duration,
    start: &impl AsyncFn() -> anyhow::Result<()>,
) -> anyhow::Result<Grown> {
    let entries = size(app, county).await?;
    let plan = Plan { callers: CALLERS, time, load: BenchLoad::Even, first: entries, end: u64::MAX };
    let (processor, written) = (processor_time(), bytes_written());
    let measured = in_process(app, county, plan).await?;
    let spent = |before: Option<u64>, after: Option<u64>| after?.saturating_sub(before?).checked_div(measured.done);
    let processor = spent(processor, processor_time()).map(Duration::from_nanos);
    let written = spent(written, bytes_written());
    let (proof_p50, proof_p99) = proofs(app, county, entries).await?;
    let began = Instant::now();
    start().await?;
    let start = began.elapsed();
    Ok(Grown { entries, measured, processor, written, memory: memory(), proof_p50, proof_p99, start })
}

async fn proofs(app: &App, county: &County, size: u64) -> anyhow::Result<(Duration, Duration)> {
    let mut random = ChaCha8Rng::seed_from_u64(size);
    let mut times = Vec::with_capacity(PROOFS);
    for _ in 0..PROOFS {
        let index = random.random_range(0..size.max(1));
        let began = Instant::now();
        app.inclusion(&county.ledger, index, size).await?;
        times.push(began.elapsed());
    }
    let measured = Measured::of(times, Duration::ZERO, 1);
    Ok((measured.p50, measured.p99))
}

async fn size(app: &App, county: &County) -> anyhow::Result<u64> {
    let head = store::head_load(&app.store().read(), county.ledger.id()).await?;
    Ok(head.map_or(0, |head| head.size))
}

fn of_process(name: &str) -> Option<String> {
    std::fs::read_to_string(PathBuf::from("/proc/self").join(name)).ok()
}

/// Nanoseconds that this process was on the processor; Linux counts in hundredths of a second.
fn processor_time() -> Option<u64> {
    const TICK_NANOS: u64 = 10_000_000;
    let stat = of_process("stat")?;
    // The name of the program, in brackets, may hold spaces.
    let (_, fields) = stat.rsplit_once(") ")?;
    let mut times = fields.split(' ').skip(11).map(str::parse::<u64>);
    let (user, system) = (times.next()?.ok()?, times.next()?.ok()?);
    Some(user.saturating_add(system).saturating_mul(TICK_NANOS))
}

fn bytes_written() -> Option<u64> {
    labelled(&of_process("io")?, "write_bytes:")
}

fn memory() -> Option<u64> {
    Some(labelled(&of_process("status")?, "VmRSS:")?.saturating_mul(1024))
}

fn labelled(text: &str, label: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(label))?;
    line.split_whitespace().next()?.parse().ok()
}
